//! What texts mean: each form of the language, and what the schema says of it.

use std::sync::Arc;

use xdr_parser::schema::{
    Acl, ConstantValue, EnumProcedure, Field, Generate, Item, Mark, Origin, Priority, Type,
    TypeDef, TypeKind, Union, ValueName,
};
use xdr_parser::{Options, Profile, Schema, compile_text};

fn options(defines: &[(&str, i128)]) -> Options {
    let mut options = Options::default();
    options.defines.extend(
        defines
            .iter()
            .map(|&(name, value)| (name.to_owned(), value)),
    );
    options
}

fn schema_with(text: &str, options: &Options) -> Schema {
    let compilation = compile_text("a.x", text, None, options);
    let messages: Vec<&str> = compilation
        .diagnostics
        .iter()
        .map(|found| found.message.as_str())
        .collect();
    assert!(compilation.schema.is_some(), "{messages:?}");
    compilation.schema.expect("it was just there")
}

fn schema(text: &str) -> Schema {
    schema_with(text, &Options::default())
}

fn ty<'s>(schema: &'s Schema, name: &str) -> &'s TypeDef {
    schema.type_named(name).expect("the type is there")
}

fn fields<'s>(schema: &'s Schema, name: &str) -> &'s [Field] {
    match &ty(schema, name).kind {
        TypeKind::Struct(definition) => &definition.fields,
        _ => &[],
    }
}

fn union<'s>(schema: &'s Schema, name: &str) -> &'s Union {
    match &ty(schema, name).kind {
        TypeKind::Union(definition) => Some(definition),
        _ => None,
    }
    .expect("it is a union")
}

fn value(schema: &Schema, name: &str) -> ConstantValue {
    let mut constants = schema.constants.iter();
    let constant = constants.find(|constant| constant.name == name);
    constant.expect("the constant is there").value.clone()
}

fn size(schema: &Schema, name: &str) -> (u64, Option<u64>) {
    let size = ty(schema, name).size;
    (size.min, size.max)
}

#[test]
fn integers_go_by_all_their_names() {
    let cases = [
        ("int", Type::Int),
        ("long", Type::Int),
        ("int32_t", Type::Int),
        ("signed", Type::Int),
        ("unsigned", Type::UnsignedInt),
        ("unsigned int", Type::UnsignedInt),
        ("unsigned long", Type::UnsignedInt),
        ("u_int", Type::UnsignedInt),
        ("u_long", Type::UnsignedInt),
        ("uint32_t", Type::UnsignedInt),
        ("hyper", Type::Hyper),
        ("long long", Type::Hyper),
        ("long long int", Type::Hyper),
        ("unsigned long long int", Type::UnsignedHyper),
        ("int64_t", Type::Hyper),
        ("quad_t", Type::Hyper),
        ("unsigned hyper", Type::UnsignedHyper),
        ("unsigned long long", Type::UnsignedHyper),
        ("u_quad_t", Type::UnsignedHyper),
        ("uint64_t", Type::UnsignedHyper),
        ("short", Type::Short),
        ("short int", Type::Short),
        ("int16_t", Type::Short),
        ("unsigned short", Type::UnsignedShort),
        ("u_short", Type::UnsignedShort),
        ("char", Type::Char),
        ("int8_t", Type::Char),
        ("unsigned char", Type::UnsignedChar),
        ("u_char", Type::UnsignedChar),
        ("float", Type::Float),
        ("double", Type::Double),
        ("quadruple", Type::Quadruple),
        ("bool", Type::Bool),
        ("bool_t", Type::Bool),
    ];
    for (written, expected) in cases {
        let schema = schema(&format!("struct s {{ {written} x; }};"));
        assert_eq!(fields(&schema, "s")[0].ty, expected, "{written}");
    }
}

#[test]
fn a_name_of_c_gives_way_to_a_definition() {
    let schema = schema("typedef hyper int32_t; struct s { int32_t x; };");
    assert_eq!(size(&schema, "s"), (8, Some(8)));
}

#[test]
fn words_of_the_language_may_be_names_of_fields() {
    let schema = schema(
        "struct s { int type; string version<4>; unsigned long; int program; hyper case_; };",
    );
    let names: Vec<&str> = fields(&schema, "s")
        .iter()
        .map(|field| field.name.as_str())
        .collect();
    assert_eq!(names, ["type", "version", "long", "program", "case_"]);
}

#[test]
fn constants_may_be_names_of_constants_enumerators_and_externals() {
    let text = "const A = B; const B = 010; const C = TWO; enum e { ONE = A, TWO, THREE = C }; const X = OUTSIDE;\n\
                #define D 0x10\n#define E A\nconst S = \"text\"; const T = TRUE; const M = -9223372036854775808;";
    let schema = schema_with(text, &options(&[("OUTSIDE", 77)]));
    for (name, expected) in [
        ("A", 8),
        ("B", 8),
        ("C", 9),
        ("X", 77),
        ("D", 16),
        ("E", 8),
        ("T", 1),
    ] {
        assert_eq!(value(&schema, name), ConstantValue::Int(expected), "{name}");
    }
    assert_eq!(value(&schema, "M"), ConstantValue::Int(i64::MIN.into()));
    assert_eq!(value(&schema, "S"), ConstantValue::String("text".into()));
    assert_eq!(value(&schema, "OUTSIDE"), ConstantValue::Int(77));
    let outside = schema
        .constants
        .iter()
        .find(|constant| constant.name == "OUTSIDE")
        .expect("it is there");
    assert_eq!(outside.origin, Origin::Define);
    let TypeKind::Enum(definition) = &ty(&schema, "e").kind else {
        panic!("an enum is expected");
    };
    let found: Vec<_> = definition
        .enumerators
        .iter()
        .map(|found| (found.value, found.alias_of))
        .collect();
    assert_eq!(found, [(8, None), (9, None), (9, Some(1))]);
}

#[test]
fn constants_that_name_a_string_share_it() {
    let schema = schema("const A = \"text\"; const B = A; const C = B;");
    let ConstantValue::String(first) = value(&schema, "A") else {
        panic!("a string is expected");
    };
    for name in ["B", "C"] {
        let shared = value(&schema, name);
        assert!(matches!(shared, ConstantValue::String(text) if Arc::ptr_eq(&text, &first)));
    }
}

#[test]
fn defines_are_constants_where_they_are_numbers() {
    let text = "#define EXTERN extern\n#define U32 uint32_t\n#define F(x) 5\n#define LOOP LOOP\n#define SUM 1 + 2\n\
                #define TEN 10L\n#define HEX (0xffUL) // many\n#define MINUS ((-1))\n#define SAME OTHER\n\
                #define OTHER TEN\n#define TEN 10L\n#define URL \"http://a.b/\" /* c */\n#define TWO \"a\" \"b\"\n\
                struct s { int x[SAME]; };";
    let schema = schema(text);
    let names: Vec<&str> = schema.constants.iter().map(|found| &*found.name).collect();
    assert_eq!(names, ["TEN", "HEX", "MINUS", "URL", "SAME", "OTHER"]);
    assert_eq!(value(&schema, "HEX"), ConstantValue::Int(255));
    assert_eq!(value(&schema, "MINUS"), ConstantValue::Int(-1));
    assert_eq!(value(&schema, "SAME"), ConstantValue::Int(10));
    let url = ConstantValue::String("http://a.b/".into());
    assert_eq!(value(&schema, "URL"), url);
    let in_order: Vec<&str> = schema.files[0]
        .items
        .iter()
        .map(|item| match item {
            Item::Constant(id) => &*schema.constant(*id).name,
            _ => "s",
        })
        .collect();
    assert_eq!(
        in_order,
        ["TEN", "HEX", "MINUS", "SAME", "OTHER", "URL", "s"]
    );
}

#[test]
fn programs_versions_and_procedures_are_constants_as_rpcgen_has_them() {
    let text = "const HIGHEST = DUMP; const CURRENT = TWO; const SERVICE = PROG; const LIMIT = 9;\n\
                #define NEXT LAST\n\
                program PROG { version ONE { void SET(void) = 1; void DUMP(void) = LIMIT; } = 1;\n\
                version TWO { void LAST(void) = SET; } = 2; } = 100000;";
    let schema = schema(text);
    for (name, expected) in [
        ("HIGHEST", 9),
        ("CURRENT", 2),
        ("SERVICE", 100_000),
        ("NEXT", 1),
    ] {
        assert_eq!(value(&schema, name), ConstantValue::Int(expected), "{name}");
    }
    assert_eq!(schema.programs[0].versions[1].procedures[0].number, 1);
}

#[test]
fn a_byte_order_mark_says_nothing() {
    let schema = schema("\u{feff}%#include <a.h>\r\nstruct s { int x; };\r\n");
    assert_eq!(fields(&schema, "s").len(), 1);
}

#[test]
fn bounds_keep_the_name_they_were_written_as() {
    let schema =
        schema("const MAX = 5; struct s { string a<MAX>; opaque b<7>; int c<>; opaque d[MAX]; };");
    let fields = fields(&schema, "s");
    let Type::String(bound) = &fields[0].ty else {
        panic!("a string is expected");
    };
    assert_eq!(bound.value, 5);
    assert!(
        matches!(bound.name, Some(ValueName::Constant(id)) if schema.constant(id).name == "MAX")
    );
    assert!(
        matches!(&fields[1].ty, Type::Opaque(bound) if bound.value == 7 && bound.name.is_none())
    );
    assert!(
        matches!(&fields[2].ty, Type::Array(_, bound) if bound.value == u32::MAX && !bound.written)
    );
    assert!(matches!(&fields[3].ty, Type::FixedOpaque(length) if length.value == 5));
}

#[test]
fn profiles_and_conditionals_decide_what_is_there() {
    let mut libvirt = Options::default();
    libvirt.profile = Some(Profile::Libvirt);
    let text = "typedef opaque uuid[VIR_UUID_BUFLEN];\n#ifdef VIR_UUID_BUFLEN\nstruct a { uuid x; };\n#else\nstruct b { int x; };\n#endif\n\
                #if defined(NEVER) && 1\nbroken\n#elif VIR_TYPED_PARAM_STRING == 7\nstruct c { int x; };\n#endif\n";
    let schema = schema_with(text, &libvirt);
    assert_eq!(size(&schema, "a"), (16, Some(16)));
    assert!(schema.type_named("b").is_none() && schema.type_named("c").is_some());
    let Item::Type(first) = schema.files[0].items[0] else {
        panic!("a type is expected: the external is found when values are resolved");
    };
    assert_eq!(schema.ty(first).name, "uuid");
}

#[test]
fn sizes_are_those_of_rfc_4506() {
    let text = "enum e { A = 1 };\n\
                struct scalars { int a; hyper b; bool c; double d; float f; quadruple q; char h; short s; e k; };\n\
                typedef string text<5>;\n\
                struct bytes { opaque a[5]; opaque b<5>; text c; string d<>; };\n\
                struct arrays { hyper a[3]; text b<2>; char c[7]; int d<>; };\n\
                struct optional { text *a; };\n\
                union u switch (int k) { case 1: hyper a; case 2: void; default: text b; };\n\
                struct empty { int none[0]; opaque nothing[0]; };";
    let schema = schema(text);
    assert_eq!(size(&schema, "scalars"), (56, Some(56)));
    assert_eq!(size(&schema, "text"), (4, Some(12)));
    let string = 4 + 4_294_967_296;
    assert_eq!(
        size(&schema, "bytes"),
        (8 + 4 + 4 + 4, Some(8 + 12 + 12 + string))
    );
    let integers = 4 + 4 * u64::from(u32::MAX);
    assert_eq!(
        size(&schema, "arrays"),
        (24 + 4 + 28 + 4, Some(24 + 28 + 28 + integers))
    );
    assert_eq!(size(&schema, "optional"), (4, Some(16)));
    assert_eq!(size(&schema, "u"), (4, Some(16)));
    assert_eq!(size(&schema, "empty"), (0, Some(0)));
}

#[test]
fn recursion_is_found_and_lists_are_told_from_trees() {
    let text = "struct list { int value; list *next; };\n\
                typedef entry *entries;\n\
                struct entry { string name<>; entries next; };\n\
                struct tree { int value; tree children<>; };\n\
                struct pair { pair *left; pair *right; };\n\
                struct chain { chain *next; };\n\
                struct a { int x; b *next; }; struct b { int y; a *next; };\n\
                union nested switch (int k) { case 0: void; case 1: nested again; };\n\
                struct plain { list l; };";
    let schema = schema(text);
    let told = |name| {
        let ty = ty(&schema, name);
        (
            ty.recursive,
            matches!(&ty.kind, TypeKind::Struct(definition) if definition.list),
        )
    };
    assert_eq!(told("list"), (true, true));
    assert_eq!(told("entry"), (true, true));
    assert_eq!(told("tree"), (true, false));
    assert_eq!(told("pair"), (true, false));
    assert_eq!(told("chain"), (true, false));
    assert_eq!(told("a"), (true, false));
    assert_eq!(told("nested"), (true, false));
    assert_eq!(told("plain"), (false, false));
    assert_eq!(size(&schema, "nested"), (4, None));
    assert_eq!(size(&schema, "list"), (8, None));
}

#[test]
fn unions_have_labels_of_every_kind() {
    let text = "enum color { RED = 1, GREEN = 2, BLUE = 3 }; const N = 9;\n\
                union a switch (color c) { case RED: case GREEN: int x; case BLUE: void; };\n\
                union b switch (bool ok) { case TRUE: int x; case FALSE: void; };\n\
                union c switch (unsigned u) { case 4294967295: int x; case N: hyper y; default: string z<>; };\n\
                union d switch (int i) { case -1: struct { int deep; } inner; case 010: enum { LEFT, RIGHT } side; };";
    let schema = schema(text);
    let labels = |name: &str| -> Vec<Vec<i128>> {
        let arms = union(&schema, name).arms.iter();
        arms.map(|arm| arm.labels.iter().map(|label| label.value).collect())
            .collect()
    };
    assert_eq!(labels("a"), [vec![1, 2], vec![3]]);
    assert_eq!(labels("b"), [[1], [0]]);
    assert_eq!(
        union(&schema, "b").arms[0].labels[0].name,
        Some(ValueName::Bool)
    );
    assert_eq!(labels("c"), [[4_294_967_295], [9]]);
    assert!(union(&schema, "c").default.is_some());
    assert_eq!(labels("d"), [[-1], [8]]);
    assert!(matches!(
        union(&schema, "a").arms[0].labels[0].name,
        Some(ValueName::Enumerator(_, 0))
    ));
    let inner = schema
        .types
        .iter()
        .find(|ty| ty.name == "inner")
        .expect("it is there");
    assert_eq!(inner.parent, Some(ty(&schema, "d").id));
}

#[test]
fn definitions_in_the_ways_of_c_are_definitions() {
    let text = "typedef struct { int x; } a; typedef enum { ONE } b; typedef union switch (int k) { case 1: int x; } c;\n\
                struct d { struct a x; enum b y; union c z; struct e *e; }; struct e { int x; }; typedef struct e e;\n\
                typedef struct e f; typedef struct g { int x; int y; } g; typedef enum h { TWO } h;";
    let schema = schema(text);
    assert_eq!(fields(&schema, "g").len(), 2);
    assert!(matches!(ty(&schema, "h").kind, TypeKind::Enum(_)));
    assert!(matches!(ty(&schema, "a").kind, TypeKind::Struct(_)));
    assert!(matches!(ty(&schema, "b").kind, TypeKind::Enum(_)));
    assert!(matches!(ty(&schema, "c").kind, TypeKind::Union(_)));
    assert_eq!(fields(&schema, "d").len(), 4);
    let TypeKind::Typedef(target) = &ty(&schema, "f").kind else {
        panic!("a typedef is expected");
    };
    assert_eq!(*target, Type::Named(ty(&schema, "e").id));
}

#[test]
fn programs_have_versions_and_procedures() {
    let text = "typedef string name<>;\n\
                program P { version V1 { void NULL(void) = 0; name GET(int, name) = 0x10; string ECHO(string) = 2; } = 1;\n\
                version V2 { void NULL() = 0; struct s *FIND(struct s) = 1; } = 2; } = 0x20000001;\n\
                struct s { int x; };\n\
                program Q { version V1 { int TAKE(int first, opaque second<>) = 1; } = 1; } = 5;";
    let schema = schema(text);
    assert_eq!(schema.programs[0].number, 0x2000_0001);
    let versions = &schema.programs[0].versions;
    assert_eq!(
        versions
            .iter()
            .map(|version| version.number)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    let get = &versions[0].procedures[1];
    assert_eq!((get.name.as_str(), get.number), ("GET", 16));
    assert_eq!(get.args, [Type::Int, Type::Named(ty(&schema, "name").id)]);
    assert_eq!(versions[0].procedures[0].args, []);
    assert!(matches!(versions[0].procedures[2].ret, Type::String(_)));
    assert_eq!(
        versions[1].procedures[1].ret,
        Type::Optional(Box::new(Type::Named(ty(&schema, "s").id)))
    );
    assert_eq!(schema.programs[1].versions[0].procedures[0].args.len(), 2);
}

const LIBVIRT: &str = "\
const TEST_PROGRAM = 0x20008086;
const TEST_PROTOCOL_VERSION = 1;
struct test_open_args { /* insert@2 */
    int x; /* insert@1 */
    string names<4>; /* (const char **) */
    int params<8>; /* alloc@1@unsigned int@2 */
    /* What it does. */
    int flags; /* skipgen skipgen */
};
struct test_open_ret { int x; };
struct test_event_lost_msg { int x; };
enum test_procedure {
    /* Each function is preceded by a comment with
     * - @generate: none|client|server|both
     */

    /**
     * Opens it.
     * @generate: both
     * @priority: high
     * @acl: domain:read
     * @acl: domain:write:!VIR_FLAG
     * @aclfilter: domain:getattr
     * @writestream: 2
     * @sparseflag: VIR_SPARSE
     */
    TEST_PROC_OPEN = 1,

    /** @generate: none */
    TEST_PROC_EVENT_LOST = 5
};
";

fn procedures(schema: &Schema) -> &[EnumProcedure] {
    &schema.procedure_enums[0].procedures
}

#[test]
fn libvirt_procedures_are_paired_with_their_types() {
    let schema = schema(LIBVIRT);
    let found = &schema.procedure_enums[0];
    assert_eq!(schema.constant(found.program).name, "TEST_PROGRAM");
    assert_eq!(schema.constant(found.version).name, "TEST_PROTOCOL_VERSION");
    assert_eq!(found.prefix, "TEST_PROC_");
    let name = |id: Option<_>| id.map(|id| schema.ty(id).name.as_str());
    let open = &procedures(&schema)[0];
    assert_eq!((open.name.as_str(), open.number), ("OPEN", 1));
    assert_eq!(
        (name(open.args), name(open.ret), name(open.msg)),
        (Some("test_open_args"), Some("test_open_ret"), None)
    );
    let lost = &procedures(&schema)[1];
    assert_eq!(
        (lost.number, name(lost.args), name(lost.msg)),
        (5, None, Some("test_event_lost_msg"))
    );
}

#[test]
fn libvirt_annotations_and_marks_are_data_and_leave_the_comments() {
    let schema = schema(LIBVIRT);
    let open = &procedures(&schema)[0].annotations;
    assert_eq!(
        (open.generate, open.priority),
        (Some(Generate::Both), Some(Priority::High))
    );
    let texts = |acl: &[Acl]| acl.iter().map(|acl| acl.text.clone()).collect::<Vec<_>>();
    assert_eq!(texts(&open.acl), ["domain:read", "domain:write:!VIR_FLAG"]);
    assert_eq!(texts(&open.acl_filter), ["domain:getattr"]);
    assert_eq!((open.read_stream, open.write_stream), (None, Some(2)));
    assert_eq!(open.sparse_flag.as_deref(), Some("VIR_SPARSE"));
    let TypeKind::Enum(procedures) = &ty(&schema, "test_procedure").kind else {
        panic!("an enum is expected");
    };
    assert_eq!(procedures.enumerators[0].docs.text, "Opens it.");
    assert_eq!(procedures.enumerators[1].docs.text, "");

    assert_eq!(ty(&schema, "test_open_args").marks, [Mark::Insert(2)]);
    let fields = fields(&schema, "test_open_args");
    assert_eq!(fields[0].marks, [Mark::Insert(1)]);
    assert_eq!(fields[1].marks, [Mark::Cast("const char **".to_owned())]);
    assert!(matches!(
        &fields[2].marks[..],
        [Mark::Alloc {
            offset: 1,
            count_offset: 2,
            ..
        }]
    ));
    assert_eq!(fields[3].marks, [Mark::SkipGen]);
    let docs: Vec<&str> = fields
        .iter()
        .map(|field| field.docs.text.as_str())
        .collect();
    assert_eq!(docs, ["", "", "", "What it does."]);
}

#[test]
fn the_camel_case_convention_is_known_as_well() {
    let text = "const VIR_LOG_PROTOCOL_PROGRAM = 0x87539319; const VIR_LOG_PROTOCOL_PROGRAM_VERSION = 1;\n\
                struct virLogProtocolOpenFileArgs { int x; }; struct virLogProtocolOpenFileRet { int x; };\n\
                enum virLogProtocolProcedure { VIR_LOG_PROTOCOL_PROC_OPEN_FILE = 1 };";
    let schema = schema(text);
    let open = &procedures(&schema)[0];
    assert!(open.args.is_some() && open.ret.is_some() && open.msg.is_none());
}

#[test]
fn a_compound_in_a_camel_case_name_may_have_a_capital_that_the_procedure_does_not_show() {
    let text = "const VIR_LOCK_PROGRAM = 1; const VIR_LOCK_PROGRAM_VERSION = 1;\n\
                struct virLockCreateLockSpaceArgs { int x; };\n\
                enum virLockProcedure { VIR_LOCK_PROC_CREATE_LOCKSPACE = 8 };";
    let schema = schema(text);
    let args = procedures(&schema)[0].args;
    assert_eq!(args, Some(ty(&schema, "virLockCreateLockSpaceArgs").id));
}

#[test]
fn comments_describe_what_stands_below_them_and_before_them_on_the_line() {
    let text = "/* License. */\n\n/* A point. */\nstruct p {\n    /* across */\n    int x; /* to the right */\n    int y;\n};\n\
                enum e {\n    A = 1, /* first */\n    B = 2 // second\n};\n";
    let schema = schema(text);
    assert_eq!(ty(&schema, "p").docs.text, "A point.");
    assert_eq!(fields(&schema, "p")[0].docs.text, "across\nto the right");
    assert_eq!(fields(&schema, "p")[1].docs.text, "");
    let TypeKind::Enum(definition) = &ty(&schema, "e").kind else {
        panic!("an enum is expected");
    };
    assert_eq!(definition.enumerators[0].docs.text, "first");
    assert_eq!(definition.enumerators[1].docs.text, "second");
}

#[test]
fn definitions_are_quoted_in_canonical_layout() {
    let text = "struct  s{unsigned x ;/* c */string y< 5>;struct s*z;int a[ 0x10 ];};\nunion u switch(int k){case 1:case 2:int x;default:void;};";
    let schema = schema(text);
    assert_eq!(
        ty(&schema, "s").xdr,
        "struct s {\n    unsigned int x;\n    string y<5>;\n    struct s *z;\n    int a[0x10];\n};"
    );
    assert_eq!(
        ty(&schema, "u").xdr,
        "union u switch (int k) {\ncase 1:\ncase 2:\n    int x;\ndefault:\n    void;\n};"
    );
}
