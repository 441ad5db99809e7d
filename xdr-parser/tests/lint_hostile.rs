//! Texts that mean harm to the rules: all are tried soon, on a small stack, and say no more than anybody can take.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use xdr_parser::diagnostic::mend;
use xdr_parser::lint::{LISTED, Level, Rule, Selector, Settings, lint};
use xdr_parser::{Diagnostic, Options, compile_text};

/// Generous: the slowest takes a small part of it, unoptimised.
const TIME: Duration = Duration::from_secs(30);

/// What is found with every rule on, and the bytes of all that is said.
fn found(text: String) -> (Vec<Diagnostic>, usize) {
    let thread = std::thread::Builder::new().stack_size(1 << 20);
    let run = move || {
        let compilation = compile_text("hostile.x", &text, None, &Options::default());
        assert!(
            compilation.schema.is_some(),
            "{:?}",
            compilation.diagnostics.first()
        );
        let mut settings = Settings::default();
        settings.set(Selector::All, Level::Warn);
        let start = Instant::now();
        let found = lint(&compilation, &settings);
        let mended = mend(&compilation.sources, &found, |_| true);
        assert!(start.elapsed() < TIME, "took {:?}", start.elapsed());
        drop(mended);
        found
    };
    let found = thread
        .spawn(run)
        .expect("a thread starts")
        .join()
        .expect("it does not panic");
    let bytes = found.iter().map(|one| {
        let labels = one.secondary.iter().map(|label| label.text.len());
        let help = one.help.as_ref().map_or(0, String::len);
        one.message.len() + one.primary.text.len() + labels.sum::<usize>() + help
    });
    let bytes = bytes.sum();
    (found, bytes)
}

fn count(found: &[Diagnostic], rule: Rule) -> usize {
    found.iter().filter(|one| one.code == rule.code()).count()
}

#[test]
fn findings_beyond_those_that_are_listed_are_counted() {
    let mut text = String::new();
    for index in 0..60_000 {
        let _ = writeln!(text, "typedef string a{index}<>; const B{index} = 010;");
    }
    let (found, _) = found(text);
    for rule in [Rule::UnboundedString, Rule::OctalNumber] {
        assert_eq!(count(&found, rule), LISTED);
        let mut of_rule = found.iter().filter(|one| one.code == rule.code());
        let last = of_rule.next_back().and_then(|last| last.help.as_deref());
        let last = last.expect("it has help");
        assert!(
            last.ends_with("(50000 more of this kind are not listed)"),
            "{last}"
        );
    }
}

#[test]
fn an_enum_of_many_without_values_is_one_finding() {
    let mut text = String::from("enum e {");
    for index in 0..300_000 {
        let _ = write!(text, "E{index},");
    }
    text.push_str("LAST };");
    let (found, _) = found(text);
    assert_eq!(count(&found, Rule::EnumeratorWithoutValue), 1);
}

#[test]
fn comments_that_allow_are_read_in_one_go() {
    // All on one line, with something to find on it.
    let line = "typedef string a<>; ".to_owned() + &"/* xdr:allow(char-array) */ ".repeat(50_000);
    let (found_line, _) = found(line);
    assert_eq!(count(&found_line, Rule::UselessAllow), LISTED);
    // Each of its own line, of which the last has something on it.
    let lines = "// xdr:allow(bounds)\n".repeat(90_000) + "typedef string a<>;";
    let (found_lines, _) = found(lines);
    assert_eq!(count(&found_lines, Rule::UnboundedString), 0);
    // Names that there are none of.
    let names = vec!["unbounded-strin"; 100_000].join(",");
    let (found_names, _) = found(format!("typedef int a; // xdr:allow({names})"));
    assert_eq!(count(&found_names, Rule::UnknownAllow), LISTED);
    // In one comment, without an end of any list.
    let marks = "xdr:allow(".repeat(200_000);
    let (found_marks, _) = found(format!("typedef int a; /* {marks} */"));
    assert_eq!(count(&found_marks, Rule::UnknownAllow), LISTED);
    // Behind one `#define`, each nearly right.
    let marks = "/* XDR: allow(bounds) */ ".repeat(100_000);
    let (found_misspelt, _) = found(format!("#define A 1 {marks}"));
    assert_eq!(count(&found_misspelt, Rule::UnknownAllow), LISTED);
    let blanks = " ".repeat(1 << 20);
    let (_, bytes) = found(format!("typedef int a; // xdr{blanks}allow(bounds)"));
    assert!(bytes < 1 << 12, "{bytes} bytes");
    // A long name, and no end of it.
    let name = "x".repeat(1 << 20);
    found(format!("typedef int a; // xdr:allow({name}"));
    found(format!("typedef int a; // xdr:allow({name})"));
}

#[test]
fn comments_with_annotations_are_read_in_one_go() {
    let comments = "/* @acl: none */\n".repeat(50_000);
    let program = "const A_PROGRAM = 1; const A_PROTOCOL_VERSION = 1;";
    let (found_before, _) = found(format!(
        "{program} enum a_procedure {{\n{comments} A_PROC_B = 1 }};"
    ));
    assert_eq!(count(&found_before, Rule::MisplacedAnnotation), 0);
    let (found_elsewhere, _) = found(format!("{comments} typedef int a;"));
    assert_eq!(count(&found_elsewhere, Rule::MisplacedAnnotation), LISTED);
}

#[test]
fn a_long_name_is_not_quoted_again_and_again() {
    let name = "N".repeat(1 << 18);
    let mut text = String::new();
    let version = "{ version V { void P(void) = 1; } = 1; } = 7;";
    let _ = write!(text, "program {name} {version}");
    for index in 0..20_000 {
        let _ = write!(text, "program A{index} {version}");
    }
    let (found_programs, bytes) = found(text);
    assert_eq!(count(&found_programs, Rule::ProgramReuse), LISTED);
    assert!(bytes < 32 << 20, "{bytes} bytes");

    let mut text = format!("const {name}_PROGRAM = 1; const {name}_PROTOCOL_VERSION = 1;");
    let _ = write!(text, "enum a_procedure {{ {name}_PROC_LOOKUP = 1 }};");
    for index in 0..20_000 {
        let _ = write!(text, "struct a_lookup{index}_args {{ int x; }};");
    }
    let (found_types, bytes) = found(text);
    assert_eq!(count(&found_types, Rule::MissingPartner), LISTED);
    assert!(bytes < 32 << 20, "{bytes} bytes");
}

#[test]
fn many_programs_and_many_types_are_looked_at_once() {
    let mut text = String::new();
    for index in 0..10_000 {
        let _ = writeln!(
            text,
            "const A{index}_PROGRAM = {index}; const A{index}_PROTOCOL_VERSION = 1;
             enum a{index}_procedure {{ A{index}_PROC_X = 1 }}; struct a{index}_y_args {{ int x; }};"
        );
    }
    let (found, _) = found(text);
    assert!(count(&found, Rule::MissingPartner) > 0);
}

#[test]
fn types_that_hold_each_other_are_one_finding_and_deep_ones_none() {
    let mut text = String::new();
    for index in 0..50_000 {
        let _ = writeln!(
            text,
            "struct a{index} {{ a{} *left; a{} *right; }};",
            (index + 1) % 50_000,
            (index + 7) % 50_000
        );
    }
    let (found_circle, _) = found(text);
    assert_eq!(count(&found_circle, Rule::RecursiveType), 1);
    let deep = "struct { ".repeat(30) + "int x<>;" + &" } y;".repeat(30);
    let (found_deep, _) = found(format!("struct a {{ {deep} }};"));
    assert_eq!(count(&found_deep, Rule::UnboundedArray), 1);
}
