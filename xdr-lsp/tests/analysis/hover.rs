//! What is said of a name.

use insta::assert_snapshot;

use crate::case;

fn hover(text: &str) -> String {
    let mut case = case(&[("a.x", text)]);
    let hover = case.workspace.hover(&case.path, case.offset).unwrap();
    hover.map_or_else(|| "nothing".to_owned(), |hover| hover.markdown)
}

#[test]
fn of_a_struct_its_size_and_where_its_fields_are() {
    assert_snapshot!(hover(
        "const MAX = 8;\ntypedef opaque uuid[16];\ntypedef string name<MAX>;\n\
         /* Who\n * it is. */\nstruct $0id { uuid id; hyper when; name given; name family; int age; };"
    ), @r"
    ```xdr
    struct id {
        uuid id;
        hyper when;
        name given;
        name family;
        int age;
    };
    ```

    Who  
    it is.

    On the wire: 36 to 52 bytes.

    ```text
    at  bytes  field
     0  16     uuid id = opaque[16]
    16  8      hyper when
    24  4..12  name given = string<8>
     …  4..12  name family = string<8>
     …  4      int age
    ```

    From there on, places depend on `given`.
    ");
}

#[test]
fn of_a_union_its_arms() {
    assert_snapshot!(hover(
        "enum kind { NONE = 0, SOME = 1, MORE = 2 };\n\
         union $0u switch (kind k) { case NONE: void; case SOME: case MORE: string s<>; default: int i; };"
    ), @r"
    ```xdr
    union u switch (kind k) {
    case NONE:
        void;
    case SOME:
    case MORE:
        string s<>;
    default:
        int i;
    };
    ```

    On the wire: 4 bytes or more, unbounded.

    ```text
    at  bytes  field
     0  4      kind k
     4  0      NONE: void
     4  4..    SOME, MORE: string s<>
     4  4      default: int i
    ```
    ");
}

#[test]
fn of_a_typedef_all_that_it_goes_through() {
    assert_snapshot!(hover("typedef opaque a[4];\ntypedef a b<3>;\ntypedef b c;\nstruct s { $0c x; };"), @r"
    ```xdr
    typedef b c;
    ```

    `c` = `b` = `a<3>` = `opaque[4]<3>`

    On the wire: 4 to 16 bytes.
    ");
}

#[test]
fn of_a_constant_its_value_and_where_it_is_from() {
    assert_snapshot!(hover("enum e { A = 31 };\nconst B = A;\nconst $0C = B;"), @"
    ```xdr
    const C = B;
    ```

    31 (0x1f)

    `C` = `B` = `A`
    ");
    assert_snapshot!(hover("#define A -0x10\nconst B = $0A;"), @"
    ```xdr
    #define A -0x10
    ```

    -16 (-0x10)
    ");
}

#[test]
fn of_a_name_that_the_settings_value_who_values_it() {
    assert_snapshot!(hover("struct s { opaque id[VIR_UUID$0_BUFLEN]; };"), @"
    ```xdr
    const VIR_UUID_BUFLEN = 16;
    ```

    16 (0x10)

    Its value is from the profile.
    ");
}

#[test]
fn of_an_enumerator_without_a_value_the_one_before() {
    assert_snapshot!(hover("enum e { A = 3, B, $0C };"), @"
    ```xdr
    C = 5
    ```

    5 (0x5)

    One more than `B`.

    In `enum e`.
    ");
}

#[test]
fn of_a_field_its_bounds_and_its_place() {
    assert_snapshot!(hover(
        "const MAX = 32;\ntypedef string name<MAX>;\nstruct s { int x; /* Both of them. */ name n$0ames<MAX>; };"
    ), @"
    ```xdr
    name names<MAX>
    ```

    In `struct s`, at byte 4.

    `name<32>` = `string<32><32>`

    `MAX` = 32 (0x20): at most so many elements.

    `MAX` = 32 (0x20): at most so many bytes.

    On the wire: 4 to 1156 bytes.
    ");
}

#[test]
fn of_a_procedure_what_it_takes_and_returns() {
    assert_snapshot!(hover(
        "struct r { int x; };\nprogram P { version V {\n/* Does it. */\nr $0DO(int, r) = 7; } = 1; } = 0x20000001;"
    ), @"
    ```xdr
    r DO(int, r) = 7;
    ```

    Does it.

    Procedure 7 of `P`, `V`:
    - takes `int`, 4 bytes
    - takes `r`, 4 bytes
    - returns `r`, 4 bytes
    ");
}

const LIBVIRT: &str = "const T_PROGRAM = 1;\nconst T_PROTOCOL_VERSION = 1;\nstruct t_open_args { int x; };\n\
     enum t_procedure {\n    /**\n     * @generate: both\n     * @priority: high\n     * @acl: connect:open\n     */\n    T_PROC_OPEN = 1\n};\n";

#[test]
fn of_a_procedure_of_libvirts_its_annotations_and_its_types() {
    assert_snapshot!(hover(&LIBVIRT.replace("T_PROC", "$0T_PROC")), @"
    ```xdr
    T_PROC_OPEN = 1
    ```

    1 (0x1)

    In `enum t_procedure`.

    Procedure 1:
    - takes `t_open_args`, 4 bytes
    - returns nothing
    - `@generate: both`
    - `@priority: high`
    - `@acl: connect:open`
    ");
    let of_the_type = hover(&LIBVIRT.replace("t_open", "$0t_open"));
    assert!(
        of_the_type.ends_with("Arguments of procedure 1, `T_PROC_OPEN`."),
        "{of_the_type}"
    );
}

#[test]
fn of_the_rest_of_a_text_with_mistakes_as_before() {
    let text = "struct $0a { int x; };\nstruct b {\n  a one;\n  stri";
    assert!(hover(text).contains("On the wire: 4 bytes."));
    // Of what the mistake is in as much as can be read.
    let text = "struct a { int x; };\nstruct $0b {\n  a one;\n  stri\n  a two;\n};";
    assert_snapshot!(hover(text), @"
    ```xdr
    struct b {
        a one;
        a two;
    };
    ```

    On the wire: not known, because of mistakes.

    ```text
    at  bytes  field
     0  4      a one
     …  4      a two
    ```

    Some of it is not known: there are mistakes in it, or in what it holds.
    ");
    // A word of what cannot be read at all.
    assert!(hover("struct a { int x; };\ntypedef ;;; $0a <").contains("struct a"));
}

#[test]
fn of_a_type_that_holds_what_is_not_known_no_size() {
    let text = "struct a { nothing x; };\nstruct $0b { int y; a z; };";
    let hover = hover(text);
    assert!(hover.contains("not known, because of mistakes"), "{hover}");
    assert!(hover.contains(" 4  ?      a z"), "{hover}");
}

#[test]
fn of_fields_behind_one_that_is_missing_no_place() {
    for (text, place) in [
        ("struct $0s { int x[UNKNOWN]; int y; };", " …  4      int y"),
        (
            "struct $0s { hyper h; int[2] bad; int y; };",
            " …  4      int y",
        ),
        (
            "const A = B; struct $0s { int x[A]; int y; };",
            " …  4      int y",
        ),
        (
            "struct $0s { hyper h; int y; int x<A>; };",
            " 8  4      int y",
        ),
    ] {
        let hover = hover(text);
        assert!(hover.contains(place), "{text}\n{hover}");
    }
}

#[test]
fn of_a_union_over_bool_the_names_of_its_labels() {
    let hover = hover("union $0u switch (bool b) { case TRUE: hyper x; case FALSE: void; };");
    assert!(hover.contains("TRUE: hyper x"), "{hover}");
    assert!(hover.contains("FALSE: void"), "{hover}");
}

#[test]
fn of_a_payload_its_place_behind_the_discriminant() {
    let hover = hover("union u switch (bool b) { case TRUE: hyper $0x; case FALSE: void; };");
    assert!(hover.contains("In `union u`, at byte 4."), "{hover}");
}

#[test]
fn of_what_is_no_name_nothing() {
    for text in [
        "$0",
        "struct$0 a { int x; };",
        "struct a { in$0t x; };",
        "/* $0a */ typedef int a;",
    ] {
        assert_eq!(hover(text), "nothing", "{text}");
    }
}
