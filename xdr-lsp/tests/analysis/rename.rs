//! Another name for what stands at the cursor.

use std::collections::BTreeMap;

use crate::case;

/// The texts that change, by name.
fn renamed(documents: &[(&str, &str)], new: &str) -> Result<Vec<(String, String)>, String> {
    let mut case = case(documents);
    let edits = case.workspace.rename(&case.path, case.offset, new);
    let edits = edits.map_err(|error| error.to_string())?;
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for edit in edits.iter().rev() {
        let name = edit
            .place
            .path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let text = case.workspace.text(&edit.place.path).unwrap().as_str();
        let text = texts.entry(name).or_insert_with(|| text.to_owned());
        text.replace_range(edit.place.span.range(), &edit.replacement);
    }
    Ok(texts.into_iter().collect())
}

fn one(text: &str, new: &str) -> Result<String, String> {
    let mut texts = renamed(&[("a.x", text)], new)?;
    Ok(texts.pop().map(|(_, text)| text).unwrap_or_default())
}

#[test]
fn every_place_of_the_name_has_the_new_one() {
    assert_eq!(
        one(
            "struct a { int x; };\nstruct b { $0a a; };\nstruct c { a *next; };",
            "d"
        )
        .unwrap(),
        "struct d { int x; };\nstruct b { d a; };\nstruct c { d *next; };"
    );
    assert_eq!(
        one("struct $0a { int a; };\ntypedef struct a a;", "b").unwrap(),
        "struct b { int a; };\ntypedef struct b b;"
    );
}

#[test]
fn every_document_that_imports_it_is_changed() {
    let texts = renamed(
        &[
            ("base.x", "const $0MAX = 1;"),
            ("a.x", "%#include \"base.h\"\nstruct a { int x<MAX>; };"),
            ("b.x", "const MAX = 2;\nstruct b { int x<MAX>; };"),
        ],
        "MOST",
    );
    assert_eq!(
        texts.unwrap(),
        [
            (
                "a.x".to_owned(),
                "%#include \"base.h\"\nstruct a { int x<MOST>; };".to_owned()
            ),
            ("base.x".to_owned(), "const MOST = 1;".to_owned()),
        ]
    );
}

#[test]
fn a_name_that_cannot_be_is_refused() {
    for (new, why) in [
        (
            "1a",
            "`1a` cannot be a name: letters, digits and `_` can, a letter or `_` first",
        ),
        (
            "a b",
            "`a b` cannot be a name: letters, digits and `_` can, a letter or `_` first",
        ),
        (
            "",
            "`` cannot be a name: letters, digits and `_` can, a letter or `_` first",
        ),
        (
            "é",
            "`é` cannot be a name: letters, digits and `_` can, a letter or `_` first",
        ),
        ("struct", "`struct` is a word of the language"),
        ("uint32_t", "`uint32_t` is a word of the language"),
        ("b", "`b` is taken already, by the struct in /nowhere/a.x"),
        ("B", "`B` is taken already, by the constant in /nowhere/a.x"),
    ] {
        let text = "struct $0a { int x; };\nstruct b { int x; };\nconst B = 1;";
        assert_eq!(one(text, new), Err(why.to_owned()));
    }
    let nothing = "there is no name here that has a definition";
    assert_eq!(
        one("struct a { $0nothing x; };", "b"),
        Err(nothing.to_owned())
    );
    assert_eq!(one("struct$0 a { int x; };", "b"), Err(nothing.to_owned()));
}

#[test]
fn a_name_that_is_taken_where_the_definition_is_seen_is_refused() {
    let documents = [
        ("base.x", "struct $0a { int x; };"),
        ("user.x", "%#include \"base.h\"\nstruct b { int x; };"),
    ];
    assert_eq!(
        renamed(&documents, "b"),
        Err("`b` is taken already, by the struct in /nowhere/user.x".to_owned())
    );
}

#[test]
fn fields_are_told_apart_by_their_struct() {
    let text = "struct a { int $0x; int y; };\nstruct b { int x; int z; };";
    assert_eq!(
        one(text, "z").unwrap(),
        "struct a { int z; int y; };\nstruct b { int x; int z; };"
    );
    assert_eq!(
        one(text, "y"),
        Err("`y` is taken already, by the field in /nowhere/a.x".to_owned())
    );
}

const PROGRAM: &str = "const T_PROGRAM = 1;\nconst T_PROTOCOL_VERSION = 1;\nstruct t_open_args { int x; };\n\
     struct t_open_ret { int x; };\nenum t_procedure { T_PROC_OPEN = 1, T_PROC_CLOSE = 2 };\n";

#[test]
fn types_of_a_procedure_keep_their_procedure() {
    let expected = PROGRAM
        .replace("t_open_", "t_start_it_")
        .replace("PROC_OPEN", "PROC_START_IT");
    for (place, new) in [
        ("T_PROC_OPEN", "T_PROC_START_IT"),
        ("t_open_args", "t_start_it_args"),
        ("t_open_ret", "t_start_it_ret"),
    ] {
        let text = PROGRAM.replacen(place, &format!("$0{place}"), 1);
        assert_eq!(one(&text, new).as_deref(), Ok(expected.as_str()), "{place}");
    }
}

#[test]
fn a_name_that_would_cut_a_type_from_its_procedure_is_refused() {
    for (place, new, why) in [
        (
            "t_open_args",
            "t_arguments",
            "`t_open_args` belongs to the procedure `T_PROC_OPEN` by its name: a new one has to be `t_…_args`",
        ),
        (
            "T_PROC_OPEN",
            "T_OPEN",
            "`T_PROC_OPEN` belongs to the procedure `T_PROC_OPEN` by its name: a new one has to be `T_PROC_…`",
        ),
        (
            "t_open_args",
            "t_close_args",
            "`T_PROC_CLOSE` is taken already, by the enumerator in /nowhere/a.x",
        ),
    ] {
        let text = PROGRAM.replacen(place, &format!("$0{place}"), 1);
        assert_eq!(one(&text, new), Err(why.to_owned()));
    }
}

#[test]
fn names_in_capitals_keep_their_procedure_as_well() {
    let text = "const VIR_P_PROTOCOL_PROGRAM = 1;\nconst VIR_P_PROTOCOL_PROGRAM_VERSION = 1;\n\
         struct virPProtocolOpenFileArgs { int x; };\n\
         enum virPProtocolProcedure { VIR_P_PROTOCOL_PROC_$0OPEN_FILE = 1 };";
    let renamed = one(text, "VIR_P_PROTOCOL_PROC_SHUT_FILE").unwrap();
    assert!(
        renamed.contains("struct virPProtocolShutFileArgs"),
        "{renamed}"
    );
    let text = text
        .replace("$0", "")
        .replace("virPProtocolOpenFile", "$0virPProtocolOpenFile");
    let renamed = one(&text, "virPProtocolShutFileArgs").unwrap();
    assert!(
        renamed.contains("VIR_P_PROTOCOL_PROC_SHUT_FILE = 1"),
        "{renamed}"
    );
}

fn refused(documents: &[(&str, &str)], new: &str, why: &str) {
    assert_eq!(renamed(documents, new), Err(why.to_owned()));
}

#[test]
fn a_name_that_the_settings_give_a_value_is_refused() {
    refused(
        &[(
            "a.x",
            "const $0MINE = 3;\ntypedef opaque a[MINE];\ntypedef opaque b[VIR_UUID_BUFLEN];",
        )],
        "VIR_UUID_BUFLEN",
        "`VIR_UUID_BUFLEN` is taken already: the settings of /nowhere/a.x give it a value",
    );
}

#[test]
fn a_name_that_a_condition_asks_for_is_refused() {
    refused(
        &[(
            "a.x",
            "#define $0A 1\n#ifdef B\ntypedef int a;\n#else\ntypedef hyper a;\n#endif",
        )],
        "B",
        "`B` would change more than a name in /nowhere/a.x: `a` would be another type",
    );
}

const TYPES: &str = "struct t_open_args { int x; };\nstruct other { int x; };\n";

const NUMBERS: &str = "%#include \"types.h\"\nconst T_PROGRAM = 1;\nconst T_PROTOCOL_VERSION = 1;\n\
     enum t_procedure { T_PROC_OPEN = 1, T_PROC_CLOSE = 2 };\n";

#[test]
fn types_of_a_procedure_keep_it_though_it_is_in_another_file() {
    let types = TYPES.replace("t_open", "$0t_open");
    let texts = renamed(&[("types.x", &types), ("proc.x", NUMBERS)], "t_shut_args").unwrap();
    assert_eq!(
        texts,
        [
            ("proc.x".to_owned(), NUMBERS.replace("_OPEN", "_SHUT")),
            ("types.x".to_owned(), TYPES.replace("t_open", "t_shut")),
        ]
    );
    refused(
        &[("types.x", &types), ("proc.x", NUMBERS)],
        "whatever",
        "`t_open_args` belongs to the procedure `T_PROC_OPEN` by its name: a new one has to be `t_…_args`",
    );
}

#[test]
fn a_name_that_would_unhook_procedures_is_refused() {
    for (place, new, what) in [
        (
            "T_PROGRAM",
            "U_PROGRAM",
            "the procedures of `t_procedure` would be no procedures any more",
        ),
        (
            "T_PROTOCOL_VERSION",
            "T_VERSION",
            "the procedures of `t_procedure` would be no procedures any more",
        ),
        (
            "t_procedure",
            "t_numbers",
            "the procedures of `t_procedure` would be no procedures any more",
        ),
        (
            "t_procedure",
            "u_procedure",
            "`t_open_args` would no longer be the arguments of `T_PROC_OPEN`",
        ),
    ] {
        let text = PROGRAM.replacen(place, &format!("$0{place}"), 1);
        let why = format!("`{new}` would change more than a name in /nowhere/a.x: {what}");
        refused(&[("a.x", &text)], new, &why);
    }
}

#[test]
fn a_type_whose_procedure_would_look_for_another_name_is_refused() {
    refused(
        &[("a.x", &PROGRAM.replacen("t_open_args", "$0t_open_args", 1))],
        "t_Start_it_args",
        "`t_Start_it_args` would change more than a name in /nowhere/a.x: \
         `t_open_args` would no longer be the arguments of `T_PROC_OPEN`",
    );
}

#[test]
fn a_type_that_would_become_that_of_a_procedure_is_refused() {
    let types = TYPES.replace("other", "$0other");
    refused(
        &[("types.x", &types), ("proc.x", NUMBERS)],
        "t_close_args",
        "`t_close_args` would change more than a name in /nowhere/proc.x: \
         `t_close_args` would be the arguments of `T_PROC_CLOSE`",
    );
}

#[test]
fn mistakes_elsewhere_do_not_keep_a_name() {
    assert_eq!(
        one("struct $0a { int x; };\nstruct b { nothing y; a z; };", "c").unwrap(),
        "struct c { int x; };\nstruct b { nothing y; c z; };"
    );
}

#[test]
fn fields_where_nothing_counts_keep_their_names() {
    assert_eq!(
        one(
            "typedef int $0a;\n#ifdef NO\nstruct s { a a; int a<3>; };\n#else\nstruct s { a a; };\n#endif",
            "b"
        )
        .unwrap(),
        "typedef int b;\n#ifdef NO\nstruct s { b a; int a<3>; };\n#else\nstruct s { b a; };\n#endif"
    );
}

#[test]
fn a_name_that_is_taken_where_nothing_counts_is_refused() {
    refused(
        &[(
            "a.x",
            "const $0A = 3;\n#ifdef NO\nconst B = 4;\n#endif\ntypedef opaque a[A];",
        )],
        "B",
        "`B` is taken already, by the definition that does not count in /nowhere/a.x",
    );
    assert_eq!(
        one("#ifdef NO\n#define A 1\n#else\n#define $0A 2\n#endif", "B").unwrap(),
        "#ifdef NO\n#define B 1\n#else\n#define B 2\n#endif"
    );
}
