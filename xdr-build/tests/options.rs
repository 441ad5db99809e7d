//! What each option changes.

use xdr_build::Config;

const TEXT: &str = "\
const APP_MAX = 8;
typedef string app_text<APP_MAX>;
typedef app_text *app_string;
enum app_mode { APP_MODE_OFF = 0, APP_MODE_ON = 1 };
struct app_item { app_text title; opaque body<>; app_mode mode; app_item *next; };
struct app_page { app_item items; app_string note; };
struct item { int x; };
";

/// The lines of the one generated file that are neither docs nor header.
fn generate(configure: impl FnOnce(&mut Config)) -> String {
    let mut config = Config::new();
    configure(&mut config);
    let files = config
        .generate_text("app.x", TEXT, None)
        .expect("it has no errors");
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    files[0]
        .source
        .split_inclusive('\n')
        .filter(is_code)
        .collect()
}

/// Lines that the option adds, each of which must be there.
#[track_caller]
fn assert_has(source: &str, lines: &[&str]) {
    for line in lines {
        assert!(source.contains(line), "no `{line}` in\n{source}");
    }
}

#[test]
fn prefixes_go_where_a_good_name_remains() {
    let source = generate(|config| {
        config.strip_prefix("app_");
    });
    assert_has(
        &source,
        &[
            "pub const MAX: u32 = 8;",
            "pub type Text = String;",
            // Of the prelude.
            "pub type AppString = Option<String>;",
            "pub enum Mode {",
            // There is an `item` of that very name.
            "pub struct AppItem {",
            "pub struct Item {",
            "pub struct Page {",
            "#[xdr(max = MAX)]",
        ],
    );
}

#[test]
fn enumerators_may_keep_their_prefix() {
    let source = generate(|config| {
        config.strip_enumerator_prefix(false);
    });
    assert_has(&source, &["    AppModeOff = 0,", "    AppModeOn = 1,"]);
}

#[test]
fn foreign_types_are_used_and_not_generated() {
    let source = generate(|config| {
        config
            .extern_path("app_mode", "::modes::Mode")
            .extern_path(".app.app_text", "::texts::Text");
    });
    assert_has(
        &source,
        &[
            "pub mode: ::modes::Mode,",
            "#[xdr(max = APP_MAX)]\n    pub title: ::texts::Text,",
        ],
    );
    assert!(!source.contains("enum AppMode"), "{source}");
    assert!(!source.contains("type AppText"), "{source}");
}

#[test]
fn attributes_go_to_what_their_path_names() {
    let source = generate(|config| {
        config
            .type_attribute(".", "#[derive(PartialOrd, Clone)]")
            .type_attribute("app_page", "#[must_use]")
            .field_attribute("app_item.title", "#[cfg(feature = \"titles\")]")
            .field_attribute("APP_MODE_ON", "#[doc(alias = \"yes\")]");
    });
    assert_has(
        &source,
        &[
            "::xdr_wire::Decode, PartialOrd)]\n#[must_use]\npub struct AppPage {",
            "#[cfg(feature = \"titles\")]\n    #[xdr(max = APP_MAX)]\n    pub title: String,",
            "#[doc(alias = \"yes\")]\n    On = 1,",
        ],
    );
    assert_eq!(source.matches("#[must_use]").count(), 1);
    assert_eq!(source.matches("Clone,").count(), 4);
}

#[test]
fn strings_become_bytes() {
    let source = generate(|config| {
        config.bytes("app_text");
    });
    assert_has(
        &source,
        &[
            "pub type AppText = Vec<u8>;",
            "pub title: Vec<u8>,",
            "pub note: Option<Vec<u8>>,",
        ],
    );
}

#[test]
fn outlined_structs_say_so() {
    let outlined = |source: &str, name: &str| {
        source.contains(&format!("#[xdr(outlined)]\npub struct {name} {{"))
    };
    let source = generate(|_| {});
    assert!(!source.contains("outlined"), "{source}");
    let source = generate(|config| {
        config.outline("app_page");
    });
    assert!(
        outlined(&source, "AppPage") && !outlined(&source, "AppItem"),
        "{source}"
    );
}

/// A struct that is a field in eight places, but is neither plain numbers nor an element.
#[test]
fn common_structs_are_outlined() {
    let generate = |uses: usize| {
        let fields: Vec<_> = (0..uses)
            .map(|at| format!("struct u{at} {{ name x; point p; }};\n"))
            .collect();
        let text = format!(
            "struct label {{ string text<>; }};\ntypedef label name;\nstruct point {{ int x; int y; }};\n\
             struct part {{ string s<>; }};\nstruct all {{ part a<>; part b[9]; part *c; }};\n{}",
            fields.concat()
        );
        let files = Config::new().generate_text("app.x", &text, None);
        files.expect("it has no errors").remove(0).source
    };
    assert!(!generate(7).contains("outlined"));
    let source = generate(8);
    assert!(
        source.contains("#[xdr(outlined)]\npub struct Label {"),
        "{source}"
    );
    assert_eq!(source.matches("outlined").count(), 1, "{source}");
}

#[test]
fn open_enums_have_a_variant_for_the_unknown() {
    let source = generate(|config| {
        config.open_enum("app_mode");
    });
    assert_has(
        &source,
        &[
            "    #[xdr(unknown)]\n    Unknown(i32),",
            "impl From<i32> for AppMode {",
            "impl From<AppMode> for i32 {",
        ],
    );
    assert!(!source.contains("TryFrom"), "{source}");
    assert!(!source.contains("PartialOrd"), "{source}");
}

#[test]
fn borrowing_gives_a_lifetime_to_all_that_holds_it() {
    let source = generate(|config| {
        config.borrowed("app_item.title");
    });
    assert_has(
        &source,
        &[
            "pub type AppText = String;",
            "pub struct AppItem<'a> {",
            "pub title: &'a str,",
            "pub body: Vec<u8>,",
            "pub struct AppPage<'a> {",
            "pub items: ::xdr_wire::Chain<AppItem<'a>>,",
            "pub note: Option<String>,",
        ],
    );
}

#[test]
fn newtypes_carry_bounds() {
    let source = generate(|config| {
        config.bounded_types(true);
    });
    assert_has(
        &source,
        &[
            "    pub struct AppText(#[xdr(max = super::APP_MAX)] pub String);",
            "    pub struct AppString(#[xdr(max = super::APP_MAX)] pub Option<String>);",
            "    impl From<String> for AppText {",
            "    impl From<AppText> for String {",
        ],
    );
    assert!(!generate(|_| {}).contains("mod bounded"));
}

#[test]
fn the_table_of_types_has_all_of_them_within_their_bounds() {
    let configure = |config: &mut Config| {
        config
            .type_table(true)
            .borrowed("app_text")
            .extern_path("app_mode", "::modes::Mode");
    };
    let source = generate(configure);
    assert_has(
        &source,
        &["pub const TYPES: &[::xdr_wire::TypeEntry] = &[
    ::xdr_wire::TypeEntry::borrowed::<fn(&[u8]) -> bounded::AppText<'_>>(\"app_text\"),
    ::xdr_wire::TypeEntry::borrowed::<fn(&[u8]) -> bounded::AppString<'_>>(\"app_string\"),
    ::xdr_wire::TypeEntry::of::<::modes::Mode>(\"app_mode\"),
    ::xdr_wire::TypeEntry::borrowed::<fn(&[u8]) -> ::xdr_wire::Chain<AppItem<'_>>>(\"app_item\"),
    ::xdr_wire::TypeEntry::borrowed::<fn(&[u8]) -> AppPage<'_>>(\"app_page\"),
    ::xdr_wire::TypeEntry::of::<Item>(\"item\"),
];"],
    );
    assert!(!generate(|_| {}).contains("TYPES"));
}

#[test]
fn fingerprints_are_those_of_the_schema() {
    let text = "const FINGERPRINTS = 1; struct a { int x; string s<4>; }; typedef a b; struct c { struct { hyper y; } z; };";
    let mut config = Config::new();
    let files = config
        .fingerprints(true)
        .generate_text("a.x", text, None)
        .unwrap();
    let schema = xdr_parser::compile_text("a.x", text, None, &xdr_parser::Options::default())
        .schema
        .unwrap();
    let found = xdr_parser::fingerprint::Fingerprints::of(&schema);
    let written = |number: u128| {
        let digits = format!("{number:032x}");
        let groups: Vec<&str> = (0..8).map(|at| &digits[at * 4..][..4]).collect();
        format!("0x{}", groups.join("_"))
    };
    let ty = |name: &str| {
        written(
            found
                .of_type(schema.type_named(name).unwrap().id)
                .unwrap()
                .0,
        )
    };
    let expected = format!(
        "#[rustfmt::skip]\npub const FINGERPRINTS_2: &[(&str, u128)] = &[
    (\"a.x\", {}),\n    (\"a\", {}),\n    (\"b\", {}),\n    (\"c\", {}),\n];",
        written(found.of_file(schema.files[0].id).unwrap().0),
        ty("a"),
        ty("b"),
        ty("c"),
    );
    assert_has(&files[0].source, &[&expected]);
    assert!(!generate(|_| {}).contains("FINGERPRINTS"));
}

#[test]
fn messages_are_enums_beside_the_procedures() {
    let text = "\
program APP { version APP_V1 { void APP_CALL(void) = 1; int APP_ADD(int, int) = 2; } = 1; } = 9;
";
    let generate = |messages: bool| {
        let mut config = Config::new();
        config.messages(messages).serde(true);
        let files = config.generate_text("app.x", text, None);
        files.expect("it has no errors").remove(0).source
    };
    let source = generate(true);
    assert_has(
        &source,
        &[
            "pub struct Call2;",
            "::serde::Serialize, ::serde::Deserialize)]\n        pub enum Call {",
            "            Call2,\n",
            "            Add(<Add as ::xdr_wire::Procedure>::Args),\n",
            "        pub enum Reply {",
            "            Add(i32),\n",
            "pub const PROCEDURES: &[::xdr_wire::ProcedureInfo] = &[",
        ],
    );
    assert!(!source.contains("enum Event"), "{source}");
    let without = generate(false);
    assert!(!without.contains("PROCEDURES"), "{without}");
    assert_has(&without, &["pub struct Call;"]);
}

#[test]
fn a_type_that_is_not_generated_has_the_floats_that_xdr_gives_it() {
    let text = "\
struct app_point { double x; };
typedef app_point app_line<>;
struct app_name { int x; };
struct app_map { app_line lines<2>; };
struct app_sign { app_name name; };
";
    let mut config = Config::new();
    for (of, path) in [("point", "Point"), ("line", "Line"), ("name", "Name")] {
        config.extern_path(format!("app_{of}"), format!("::shapes::{path}"));
    }
    let files = config.generate_text("app.x", text, None);
    let source = files.expect("it has no errors").remove(0).source;
    let derives = |name: &str| {
        let before = source.split(&format!("pub struct {name} {{")).next();
        let line = before.and_then(|before| before.lines().last());
        line.expect("it is generated").to_owned()
    };
    assert!(!derives("AppMap").contains(" Eq,"), "{source}");
    assert!(derives("AppSign").contains(" Eq, Hash,"), "{source}");
}

#[test]
fn serde_is_told_what_is_borrowed() {
    let source = generate(|config| {
        config.serde(true).borrowed("app_text").bounded_types(true);
    });
    let bound = "#[serde(bound(deserialize = \"'de: 'a\"))]\n";
    assert_has(
        &source,
        &[
            &format!("{bound}pub struct AppItem<'a> {{"),
            &format!("{bound}pub struct AppPage<'a> {{"),
            &format!("    {bound}    pub struct AppString<'a>("),
        ],
    );
    assert!(
        !source.contains(&format!("{bound}pub enum AppMode")),
        "{source}"
    );
}

#[test]
fn serde_no_std_and_another_runtime() {
    let source = generate(|config| {
        config.serde(true).no_std(true).runtime_path("::rt");
    });
    assert_has(
        &source,
        &[
            "    ::serde::Serialize,\n    ::serde::Deserialize,",
            "pub title: ::alloc::string::String,",
            "pub body: ::alloc::vec::Vec<u8>,",
            "#[xdr(crate = ::rt)]",
            "::rt::Chain<AppItem>",
        ],
    );
    assert!(!source.contains("xdr_wire"), "{source}");
}

#[test]
fn the_header_names_the_command_and_stays_one_line() {
    let mut config = Config::new();
    config.renew_command("make\nall");
    let files = config
        .generate_text("odd\nname.x", "const A = 1;", None)
        .expect("it has no errors");
    let header: Vec<&str> = files[0].source.lines().take(3).collect();
    assert_eq!(header[1..], ["// Renew it with `make all`.", ""]);
    assert!(
        header[0].starts_with("// @generated by xdr-build "),
        "{header:?}"
    );
}

#[test]
fn a_typedef_that_is_not_generated_keeps_its_bound_where_it_is_sent_alone() {
    let text = "\
typedef string app_text<8>;
program APP { version APP_V1 { app_text APP_ECHO(app_text) = 1; } = 1; } = 9;
";
    let mut config = Config::new();
    config
        .strip_prefix("app_")
        .extern_path("app_text", "::texts::Text");
    let files = config.generate_text("app.x", text, None);
    let source = files.expect("it has no errors").remove(0).source;
    assert_has(
        &source,
        &[
            "type Args = super::super::bounded::AppText;",
            "type Ret = super::super::bounded::AppText;",
            "/// `::texts::Text` within its bounds.",
            "pub struct AppText(#[xdr(max = 8)] pub ::texts::Text);",
        ],
    );
}

#[test]
fn types_that_borrow_nothing_get_strategies() {
    let strategies = |configure: fn(&mut Config)| {
        let source = generate(|config| configure(config.strategies(true)));
        let (_, rest) = source
            .split_once("::xdr_testkit::strategies! {\n")
            .expect("it is called");
        let (names, rest) = rest.split_once("}\n").expect("it ends");
        let names = names.lines().map(|line| line.trim().to_owned());
        (names.collect::<Vec<_>>().concat(), rest.to_owned())
    };
    let (types, rest) = strategies(|_| {});
    assert_eq!(types, "AppMode,AppItem,AppPage,Item,");
    assert!(!rest.contains("strategies!"), "{rest}");
    let (_, rest) = strategies(|config| {
        config.bounded_types(true);
    });
    let bounded = "    ::xdr_testkit::strategies! {\n        AppText,\n        AppString,\n    }\n";
    assert_has(&rest, &[bounded]);
    let (types, _) = strategies(|config| {
        config.borrowed("app_text");
    });
    assert_eq!(types, "AppMode,Item,");
    assert!(!generate(|_| {}).contains("xdr_testkit"));
}
