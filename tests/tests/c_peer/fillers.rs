//! The C that a schema becomes: the table of its types, and for each a function that fills a value at random.
//!
//! C's names and shapes are rpcgen's: `struct { u_int x_len; T *x_val; } x` for `T x<>` and `opaque x<>`, `char *` for a
//! string, the arms of a union in its member `NAME_u`.

use std::collections::BTreeSet;
use std::fmt::Write;

use xdr_parser::schema::{
    ConstantValue, Enum, Field, Item, Origin, Schema, Struct, Type, TypeDef, TypeId, TypeKind,
    Union,
};

/// Types that `harness.c` also builds from fields, with the functions that do it; graphics.c has them.
pub(crate) const BUILDERS: &[(&str, &str)] = &[
    ("remote_domain_event_graphics_msg", "make_graphics_msg"),
    (
        "remote_domain_event_callback_graphics_msg",
        "make_callback_graphics_msg",
    ),
];

/// What the root file of a schema defines itself: its types by name, in source order.
pub(crate) fn types(schema: &Schema) -> Vec<&TypeDef> {
    let root = schema.files.iter().find(|file| file.root);
    let items = &root.expect("a file was asked for").items;
    let types = items.iter().filter_map(|item| match item {
        Item::Type(id) => Some(schema.ty(*id)),
        _ => None,
    });
    types.collect()
}

/// Definitions of the names that the file takes from C headers, for `cc -include`.
pub(crate) fn names_h(schema: &Schema) -> String {
    let mut text = String::new();
    for constant in &schema.constants {
        if let (Origin::Profile, ConstantValue::Int(value)) = (constant.origin, &constant.value) {
            line(&mut text, &format!("#define {} {value}", constant.name));
        }
    }
    text
}

/// The table of types, for a file whose header from rpcgen is `stem.h`; with fillers, if its shapes are rpcgen's.
pub(crate) fn types_c(schema: &Schema, stem: &str, has_fillers: bool) -> String {
    let own = types(schema);
    let mut needed = BTreeSet::new();
    if has_fillers {
        for def in &own {
            need(schema, def.id, &mut needed);
        }
    }
    let mut c = Fillers {
        schema,
        text: String::new(),
    };
    line(&mut c.text, "#include \"harness.h\"");
    line(&mut c.text, &format!("#include \"{stem}.h\""));
    for id in &needed {
        let name = &schema.ty(*id).name;
        line(&mut c.text, &format!("static filler fill_{name};"));
    }
    for (_, builder) in BUILDERS {
        line(&mut c.text, &format!("builder {builder};"));
    }
    for id in &needed {
        c.filler(schema.ty(*id));
    }
    line(&mut c.text, "const struct type types[] = {");
    for def in &own {
        let name = &def.name;
        let builder = BUILDERS.iter().find(|(of, _)| of == name);
        let builder = builder.map_or("NULL", |(_, builder)| builder);
        let code = format!("(xdrproc_t)xdr_{name}");
        let filler = if has_fillers {
            format!("fill_{name}")
        } else {
            "NULL".to_owned()
        };
        let entry = format!("{{\"{name}\", sizeof({name}), {code}, {filler}, {builder}}},");
        line(&mut c.text, &entry);
    }
    line(&mut c.text, "};");
    line(
        &mut c.text,
        "const size_t type_count = sizeof types / sizeof *types;",
    );
    c.text
}

/// A type and all that is in it.
fn need(schema: &Schema, id: TypeId, needed: &mut BTreeSet<TypeId>) {
    if !needed.insert(id) {
        return;
    }
    let mut of = |ty: &Type| {
        let mut ty = ty;
        loop {
            match ty {
                Type::Named(id) => return need(schema, *id, needed),
                Type::FixedArray(element, _) | Type::Array(element, _) => ty = element,
                Type::Optional(target) => ty = target,
                _ => return,
            }
        }
    };
    match &schema.ty(id).kind {
        TypeKind::Struct(body) => body.fields.iter().for_each(|field| of(&field.ty)),
        TypeKind::Union(body) => {
            of(&body.discriminant);
            body.payloads().flatten().for_each(|field| of(&field.ty));
        }
        TypeKind::Typedef(ty) => of(ty),
        _ => {}
    }
}

struct Fillers<'a> {
    schema: &'a Schema,
    text: String,
}

impl Fillers<'_> {
    fn filler(&mut self, def: &TypeDef) {
        let name = &def.name;
        let head = format!("static void fill_{name}(struct random *random, void *value)\n{{");
        self.line(&head);
        self.line(&format!("{name} *v = value;"));
        match &def.kind {
            TypeKind::Struct(body) => self.fields(body),
            TypeKind::Enum(body) => self.enumeration(body),
            TypeKind::Union(body) => self.union(name, body),
            TypeKind::Typedef(ty) => self.value(ty, "(*v)", name),
            other => panic!("{name} is {other:?}"),
        }
        self.line("}");
    }

    fn fields(&mut self, body: &Struct) {
        for field in &body.fields {
            self.value(&field.ty, &format!("v->{}", field.name), &field.name);
        }
    }

    fn enumeration(&mut self, body: &Enum) {
        let values: Vec<_> = body.enumerators.iter().map(|it| &*it.name).collect();
        self.line("*v = (const int[]){");
        self.line(&values.join(", "));
        self.line(&format!("}}[random_below(random, {})];", values.len()));
    }

    /// One case for each label, so that all arms are reached. What takes least comes first, as it is chosen when there
    /// are no more random numbers: an arm that holds its own union is larger than the union.
    fn union(&mut self, name: &str, body: &Union) {
        let mut cases: Vec<(String, Option<&Field>)> = Vec::new();
        for arm in &body.arms {
            let labels = arm.labels.iter();
            cases.extend(labels.map(|label| (label.value.to_string(), arm.field.as_ref())));
        }
        if let Some(default) = &body.default {
            let others = self.others(body);
            let field = default.field.as_ref();
            cases.extend(others.map(|value| (value, field)));
        }
        let least = |field: Option<&Field>| field.map_or(0, |field| self.least(&field.ty));
        cases.sort_by_key(|(_, field)| least(*field));
        let switch = format!("switch (random_below(random, {})) {{", cases.len());
        self.line(&switch);
        for (index, (discriminant, field)) in cases.iter().enumerate() {
            self.line(&format!("case {index}:"));
            self.line(&format!("v->{} = {discriminant};", body.discriminant_name));
            if let Some(field) = field {
                let member = format!("v->{name}_u.{}", field.name);
                self.value(&field.ty, &member, &field.name);
            }
            self.line("break;");
        }
        self.line("}");
    }

    /// Discriminants that select the default arm.
    fn others(&self, body: &Union) -> impl Iterator<Item = String> {
        let values = match self.schema.peel(&body.discriminant) {
            Type::Named(id) => match &self.schema.ty(*id).kind {
                TypeKind::Enum(body) => body.enumerators.iter().map(|it| it.value.into()).collect(),
                other => panic!("the discriminant is {other:?}"),
            },
            Type::Bool => vec![0, 1],
            Type::UnsignedInt => vec![0, 1, 77, i128::from(u32::MAX)],
            _ => vec![0, 1, -77, i32::MIN.into(), i32::MAX.into()],
        };
        let labels = body.arms.iter().flat_map(|arm| &arm.labels);
        let labels: BTreeSet<i128> = labels.map(|label| label.value).collect();
        let others = values.into_iter().filter(move |it| !labels.contains(it));
        others.map(|value| value.to_string())
    }

    /// Fills `place`, which is declared by this name.
    fn value(&mut self, ty: &Type, place: &str, name: &str) {
        let number = match ty {
            // C keeps the low bits of it for the smaller ones.
            Type::Int
            | Type::UnsignedInt
            | Type::Char
            | Type::UnsignedChar
            | Type::Short
            | Type::UnsignedShort => "random_word(random)",
            Type::Hyper | Type::UnsignedHyper => "random_long(random)",
            Type::Float => "random_float(random)",
            Type::Double => "random_double(random)",
            Type::Bool => "random_below(random, 2)",
            _ => return self.compound(ty, place, name),
        };
        self.line(&format!("{place} = {number};"));
    }

    fn compound(&mut self, ty: &Type, place: &str, name: &str) {
        match ty {
            Type::String(max) => {
                self.line(&format!("{place} = random_text(random, {}u);", max.value));
            }
            Type::Opaque(max) => {
                let len = format!("&{place}.{name}_len");
                let bytes = format!("random_opaque(random, {}u, {len})", max.value);
                self.line(&format!("{place}.{name}_val = {bytes};"));
            }
            Type::FixedOpaque(len) => {
                self.line(&format!("random_bytes(random, {place}, {});", len.value));
            }
            Type::FixedArray(element, len) => {
                self.elements(element, &len.value.to_string(), place);
            }
            Type::Array(element, max) => {
                let (len, items) = (format!("{place}.{name}_len"), format!("{place}.{name}_val"));
                let each = self.least(element) / 4;
                self.line(&format!(
                    "{len} = random_count(random, {}u, {each});",
                    max.value
                ));
                self.line(&format!("{items} = allocate({len} * sizeof *{items});"));
                self.nested(|c| c.elements(element, &len, &items));
            }
            Type::Optional(target) => {
                self.line("if (random_present(random)) {");
                self.line(&format!("{place} = allocate(sizeof *{place});"));
                self.nested(|c| c.value(target, &format!("(*{place})"), name));
                self.line("}");
            }
            Type::Named(id) => {
                let name = &self.schema.ty(*id).name;
                self.line(&format!("fill_{name}(random, &{place});"));
            }
            other => panic!("{name} is {other:?}, which rpcgen has not"),
        }
    }

    /// What may hold values of the type that is being filled.
    fn nested(&mut self, fill: impl FnOnce(&mut Self)) {
        self.line("random->level++;");
        fill(self);
        self.line("random->level--;");
    }

    fn elements(&mut self, element: &Type, len: &str, items: &str) {
        self.line(&format!("for (u_int i = 0; i < {len}; i++) {{"));
        // The language has no arrays of arrays but by typedefs, which have functions of their own: no other `i` is near.
        self.value(element, &format!("{items}[i]"), "");
        self.line("}");
    }

    /// Least bytes of a value.
    fn least(&self, ty: &Type) -> u64 {
        match ty {
            Type::Void => 0,
            Type::Hyper | Type::UnsignedHyper | Type::Double => 8,
            Type::FixedOpaque(len) => u64::from(len.value),
            Type::FixedArray(element, len) => self.least(element) * u64::from(len.value),
            Type::Named(id) => self.schema.ty(*id).size.min,
            _ => 4,
        }
    }

    fn line(&mut self, line: &str) {
        self::line(&mut self.text, line);
    }
}

fn line(text: &mut String, line: &str) {
    writeln!(text, "{line}").expect("a string takes any text");
}
