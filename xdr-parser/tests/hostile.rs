//! Texts that mean harm: each ends soon, with a message, on a small stack.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use xdr_parser::{Code, Compilation, Options, compile_text};

/// Generous: the slowest takes a small part of it, unoptimised.
const TIME: Duration = Duration::from_secs(20);

fn compile(text: &str) -> Compilation {
    let text = text.to_owned();
    // Half of what a thread has by default: recursion in the text must not become recursion here.
    let thread = std::thread::Builder::new().stack_size(1 << 20);
    let start = Instant::now();
    let run = move || compile_text("hostile.x", &text, None, &Options::default());
    let compilation = thread
        .spawn(run)
        .expect("a thread starts")
        .join()
        .expect("it does not panic");
    assert!(start.elapsed() < TIME, "took {:?}", start.elapsed());
    compilation
}

fn first_code(text: &str) -> Option<Code> {
    compile(text)
        .diagnostics
        .first()
        .map(|diagnostic| diagnostic.code)
}

#[test]
fn nesting_is_bounded() {
    let deep = |open: &str, count: usize| format!("struct s {}", open.repeat(count));
    assert_eq!(first_code(&deep("{ struct ", 100_000)), Some(Code::E0106));
    assert_eq!(
        first_code(&"union u switch (".repeat(100_000)),
        Some(Code::E0106)
    );
    assert_eq!(
        first_code(&deep("{ union switch (int i) { case 1: struct ", 50_000)),
        Some(Code::E0106)
    );
    assert_eq!(
        first_code(&format!("#if {}", "(".repeat(1_000_000))),
        Some(Code::E0108)
    );
    assert!(first_code(&"{".repeat(1_000_000)).is_some());
    assert_eq!(first_code(&"#if 1\n".repeat(100_000)), Some(Code::E0109));
}

#[test]
fn long_chains_are_followed_without_recursion() {
    let mut text = String::from("const C0 = 1;\n");
    for index in (1..100_000).rev() {
        let _ = writeln!(text, "const C{index} = C{};", index - 1);
    }
    text.push_str("struct s { int x[C99999]; };");
    let schema = compile(&text).schema.expect("it resolves");
    assert_eq!(schema.type_named("s").expect("it is there").size.min, 4);

    let mut text = String::from("enum e {");
    for index in 0..200_000 {
        let _ = write!(text, "E{index},");
    }
    text.push_str("LAST };");
    assert!(compile(&text).schema.is_some());
}

#[test]
fn long_chains_of_types_are_refused() {
    let mut typedefs = String::from("typedef int t0;\n");
    let mut circle = String::new();
    let mut optionals = String::new();
    for index in 1..50_000 {
        let _ = writeln!(typedefs, "typedef t{} t{index};", index - 1);
        let _ = writeln!(
            circle,
            "struct c{index} {{ c{} x; }};",
            if index == 1 { 49_999 } else { index - 1 }
        );
        let _ = writeln!(
            optionals,
            "struct o{index} {{ o{} *x; }};",
            if index == 1 { 49_999 } else { index - 1 }
        );
    }
    assert_eq!(first_code(&typedefs), Some(Code::E0407));
    assert_eq!(first_code(&circle), Some(Code::E0401));
    // Optionals may go round: such a schema stands.
    let schema = compile(&optionals).schema.expect("it resolves");
    assert!(schema.types.iter().all(|ty| ty.recursive));
}

#[test]
fn long_chains_of_arrays_and_optionals_are_refused() {
    for form in ["{}<5>", "{}[1]", "*{}"] {
        let mut text = String::from("typedef int t0;\n");
        for index in 1..50_000 {
            let name = form.replace("{}", &format!("t{index}"));
            let _ = writeln!(text, "typedef t{} {name};", index - 1);
        }
        assert_eq!(first_code(&text), Some(Code::E0407), "{form}");
    }
}

#[test]
fn typedefs_of_themselves_are_refused_in_every_form() {
    for text in [
        "typedef t t<>;",
        "typedef t *t;",
        "typedef t t[0];",
        "typedef a *b; typedef b c[2]; typedef c a<3>; struct s { a x; };",
    ] {
        assert_eq!(first_code(text), Some(Code::E0402), "{text}");
    }
}

#[test]
fn sizes_saturate() {
    let mut text = String::from("struct s0 { int x[4294967295]; };\n");
    for index in 1..60 {
        let _ = writeln!(text, "struct s{index} {{ s{} x[4294967295]; }};", index - 1);
    }
    let schema = compile(&text).schema.expect("it resolves");
    let last = schema.type_named("s59").expect("it is there");
    assert_eq!((last.size.min, last.size.max), (u64::MAX, None));
}

#[test]
fn many_definitions_take_time_in_proportion() {
    assert_eq!(
        compile(&"struct a;\n".repeat(100_000)).diagnostics.len(),
        100_000
    );
    assert_eq!(compile(&"x\n".repeat(100_000)).diagnostics.len(), 1);
    assert!(compile(&"/* c */\n".repeat(200_000)).schema.is_some());
}

#[test]
fn looking_for_similar_names_comes_to_an_end() {
    let stem = "abcdefghij".repeat(7);
    let mut text = String::new();
    for index in 0..20_000 {
        let _ = writeln!(text, "struct {stem}{index:07} {{ int x; }};");
    }
    text.push_str("struct s {");
    for index in 0..49 {
        let _ = writeln!(text, "{stem}_{index} x{index};");
    }
    text.push_str("};");
    assert_eq!(compile(&text).diagnostics.len(), 49);
}

#[test]
fn many_macros_take_time_in_proportion() {
    let mut text = String::new();
    for index in 0..100_000 {
        let _ = writeln!(
            text,
            "#define M{index} M{}\n#define N{index} x{index}",
            index + 1
        );
    }
    text.push_str("#define M100000 7\n");
    let schema = compile(&text).schema.expect("it resolves");
    assert_eq!(schema.constants.len(), 100_001);
}

#[test]
fn many_unions_may_switch_on_one_enum_of_many() {
    let mut text = String::from("enum e {");
    for index in 0..5000 {
        let _ = write!(text, "E{index} = {index},");
    }
    text.push_str("};\n");
    for index in 0..5000 {
        let _ = writeln!(
            text,
            "union u{index} switch (e k) {{ case E{index}: int x; default: void; }};"
        );
    }
    assert!(compile(&text).schema.is_some());
}

#[test]
fn a_thousand_mistakes_are_a_thousand_messages() {
    let mut text = String::new();
    for index in 0..1000 {
        let _ = writeln!(text, "struct s{index} {{ unknown_{index} x; }};");
    }
    assert_eq!(compile(&text).diagnostics.len(), 1000);
    assert_eq!(
        compile(&"struct s { int x }\n".repeat(1000))
            .diagnostics
            .len(),
        1000
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_compiled_or_refused(text in "\\PC{0,200}") {
        let _ = compile(&text);
    }

    #[test]
    fn any_tokens_are_compiled_or_refused(words in prop::collection::vec(prop::sample::select(vec![
        "struct", "union", "enum", "typedef", "const", "program", "version", "switch", "case", "default", "int",
        "unsigned", "hyper", "string", "opaque", "void", "bool", "x", "y", "N", "1", "-1", "0x10", "{", "}", "(", ")",
        "[", "]", "<", ">", "=", ",", ";", ":", "*", "\n%x\n", "\n#ifdef N\n", "\n#else\n", "\n#endif\n", "/* c */",
        "\"s\"", "TRUE", "/*", "$",
    ]), 0..120)) {
        let _ = compile(&words.join(" "));
    }

    #[test]
    fn a_schema_cut_short_is_refused_or_stands(at in 0usize..400) {
        let text = "struct a { int x; string s<10>; a *next; };\nunion u switch (int k) { case 1: a x; default: void; };\n\
                    enum e { ONE = 1, TWO };\ntypedef opaque o[16];\nprogram P { version V { a GET(o, e) = 1; } = 1; } = 9;\n";
        let _ = compile(&text[..at.min(text.len())]);
    }
}
