//! The rules of `lint`: a folder for each, `lint/RULE/case.x`, and what is said of it. Add a case by adding a file to a
//! folder; `cargo xtask bless` writes the snapshot, for you to read.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use xdr_parser::diagnostic::mend;
use xdr_parser::fingerprint::{Fingerprint, Fingerprints};
use xdr_parser::lint::{Category, Level, Rule, Selector, Settings, lint};
use xdr_parser::token::TokenKind;
use xdr_parser::{Code, Compilation, Diagnostic, FileId, Options, Severity, compile_text, lexer};

mod render;

/// Nothing but one rule, and those that are on anyway where the rule is about comments that allow others.
fn only(rule: Rule) -> Settings {
    let mut settings = Settings::default();
    if !matches!(rule, Rule::UnknownAllow | Rule::UselessAllow) {
        settings.set(Selector::All, Level::Allow);
    }
    settings.set(Selector::Rule(rule), Level::Warn);
    settings
}

fn everything() -> Settings {
    let mut settings = Settings::default();
    settings.set(Selector::All, Level::Warn);
    settings
}

fn compiled(text: &str) -> Compilation {
    compiled_with(text, &Options::default())
}

fn compiled_with(text: &str, options: &Options) -> Compilation {
    let compilation = compile_text("case.x", text, None, options);
    assert!(
        compilation.schema.is_some(),
        "{text}\n{:?}",
        compilation.diagnostics
    );
    compilation
}

/// The text after all safe fixes, and how many rounds they took.
fn fixed(text: &str, settings: &Settings) -> (String, usize) {
    fixed_with(text, settings, &Options::default())
}

fn fixed_with(text: &str, settings: &Settings, options: &Options) -> (String, usize) {
    let mut text = text.to_owned();
    let mut rounds = 0;
    loop {
        let compilation = compiled_with(&text, options);
        let found = lint(&compilation, settings);
        match mend(&compilation.sources, &found, |_| true).pop() {
            None => return (text, rounds),
            Some((_, mended)) => text = mended,
        }
        rounds += 1;
        assert!(rounds < 10, "there is no end of fixes:\n{text}");
    }
}

#[test]
fn every_case_says_what_its_snapshot_says() {
    insta::glob!("lint/*/*.x", |path| {
        let folder = path.parent().and_then(Path::file_name);
        let name = folder.expect("cases are in folders").to_string_lossy();
        let rule = Rule::named(&name).unwrap_or_else(|| panic!("`{name}` is no rule"));
        let text = std::fs::read_to_string(path).expect("it can be read");
        let compilation = compiled(&text);
        let found = lint(&compilation, &only(rule));
        let mut shown = render::diagnostics(&compilation.sources, &found);
        let (mended, rounds) = fixed(&text, &only(rule));
        if rounds > 0 {
            shown = format!("{shown}--- mended ---\n{mended}");
        }
        insta::assert_snapshot!(shown);
    });
}

#[test]
fn every_rule_has_a_case_and_every_case_shows_its_rule() {
    let mut ids = BTreeSet::new();
    for rule in Rule::ALL {
        assert!(ids.insert(rule.id()), "{} is used twice", rule.id());
        let path = Path::new("tests/lint").join(rule.id()).join("case.x");
        let text = std::fs::read_to_string(&path);
        let text = text.unwrap_or_else(|_| panic!("{} has no case", rule.id()));
        let found = lint(&compiled(&text), &only(*rule));
        assert!(
            found.iter().any(|found| found.code == rule.code()),
            "the case of {} does not show it",
            rule.id()
        );
    }
}

#[test]
fn every_rule_has_a_code_of_its_own_and_every_warning_a_rule() {
    let mut codes: BTreeSet<Code> = Rule::ALL.iter().map(|rule| rule.code()).collect();
    assert_eq!(codes.len(), Rule::ALL.len());
    for code in Code::ALL {
        assert_eq!(codes.remove(code), code.as_str().starts_with('W'), "{code}");
    }
}

#[test]
fn rules_stand_in_the_table_category_by_category() {
    let categories: Vec<_> = Rule::ALL.iter().map(|rule| rule.category()).collect();
    assert!(categories.is_sorted());
    for rule in Rule::ALL {
        for sentence in [rule.why(), rule.remedy()] {
            assert!(sentence.ends_with('.'), "{}: {sentence}", rule.id());
            assert!(
                sentence.starts_with(
                    |c: char| c.is_ascii_uppercase() || sentence.starts_with("libvirt")
                )
            );
        }
    }
}

#[test]
fn the_example_of_each_rule_shows_it_and_nothing_else_and_the_mended_one_is_clean() {
    for rule in Rule::ALL {
        let example = rule.example();
        let mut settings = Settings::default();
        settings.set(Selector::Rule(*rule), Level::Warn);
        settings.packet_limit = example.packet_limit;
        let found = lint(&compiled(example.wrong), &settings);
        let codes: BTreeSet<Code> = found.iter().map(|found| found.code).collect();
        assert_eq!(
            codes,
            BTreeSet::from([rule.code()]),
            "{}: {found:?}",
            rule.id()
        );
        let found = lint(&compiled(example.mended), &settings);
        assert_eq!(found, [], "{}", rule.id());
    }
}

#[test]
fn a_safe_fix_mends_the_example_as_the_table_does() {
    for rule in Rule::ALL {
        let example = rule.example();
        let mut settings = Settings::default();
        settings.set(Selector::Rule(*rule), Level::Warn);
        settings.packet_limit = example.packet_limit;
        let found = lint(&compiled(example.wrong), &settings);
        let safe = |found: &&Diagnostic| found.fix.as_ref().is_some_and(|fix| fix.safe);
        if found.iter().any(|found| safe(&found)) {
            let (mended, _) = fixed(example.wrong, &settings);
            assert_eq!(mended, example.mended, "{}", rule.id());
        }
    }
}

/// All comments and `%` lines.
fn kept(text: &str) -> Vec<&str> {
    let (tokens, _) = lexer::lex(FileId(0), text);
    let comments = tokens.iter().filter(|token| {
        matches!(
            token.kind,
            TokenKind::LineComment | TokenKind::BlockComment | TokenKind::PassThrough
        )
    });
    comments.map(|token| token.span.of(text)).collect()
}

/// All types with their fingerprints.
fn fingerprints(text: &str, options: &Options) -> Vec<(String, Option<Fingerprint>)> {
    let schema = compiled_with(text, options).schema.expect("it resolves");
    let all = Fingerprints::of(&schema);
    let types = schema.types.iter();
    let types = types.map(|ty| (ty.name.clone(), all.of_type(ty.id)));
    types.collect()
}

#[test]
fn fixes_change_neither_what_is_sent_nor_comments_and_are_done_in_the_end() {
    for rule in Rule::ALL {
        let path = Path::new("tests/lint").join(rule.id()).join("case.x");
        let text = std::fs::read_to_string(&path).expect("every rule has a case");
        let (mended, _) = fixed(&text, &everything());
        let options = Options::default();
        let sent = |text: &str| fingerprints(text, &options);
        assert_eq!(sent(&mended), sent(&text), "{}", rule.id());
        assert_eq!(kept(&mended), kept(&text), "{}", rule.id());
        assert_eq!(fixed(&mended, &everything()), (mended.clone(), 0));
    }
}

/// Names with their values, as `-D` gives them.
type Defines = &'static [(&'static str, i128)];

/// Texts that mean different things under different settings, and what is defined in these.
const DIVIDED: &[(&str, &[Defines])] = &[
    (
        "enum color {\n RED,\n#ifdef EXTRA\n PINK,\n#endif\n BLUE\n};",
        &[&[], &[("EXTRA", 1)]],
    ),
    (
        "enum color { RED,\n%#ifdef EXTRA\n PINK,\n%#endif\n BLUE };",
        &[&[]],
    ),
    (
        "enum a { A = FOO, B };\nenum b { C = B, D };",
        &[&[("FOO", 5)], &[("FOO", 6)]],
    ),
    (
        "const LOW = FOO;\n#define HIGH LOW\nenum a { A = HIGH, B };",
        &[&[("FOO", 5)], &[("FOO", 6)]],
    ),
    (
        "#ifdef EXTRA\nconst FOO = 1;\n#else\nconst FOO = 2;\n#endif\nenum a { A = FOO, B };",
        &[&[], &[("EXTRA", 1)]],
    ),
    (
        "#ifdef EXTRA\ntypedef hyper uint32_t;\n#endif\nstruct s { uint32_t x; unsigned y; };",
        &[&[], &[("EXTRA", 1)]],
    ),
    (
        "#ifdef EXTRA\n#define FOO 010\n#endif\n#define FOO 010\ntypedef opaque a[FOO];",
        &[&[], &[("EXTRA", 1)]],
    ),
    (
        "#define FOO 010\n#define FOO 010\nconst BAR = 010;\ntypedef opaque a[FOO];",
        &[&[]],
    ),
    (
        "#ifdef EXTRA\nenum e { A = 010, B };\n#else\nenum e { A = 011, B };\n#endif",
        &[&[], &[("EXTRA", 1)]],
    ),
];

fn defining(defines: Defines) -> Options {
    let mut options = Options::default();
    let defines = defines
        .iter()
        .map(|(name, value)| ((*name).to_owned(), *value));
    options.defines.extend(defines);
    options
}

#[test]
fn safe_fixes_keep_what_is_sent_under_settings_other_than_those_they_are_made_under() {
    for (text, settings) in DIVIDED {
        for made_under in *settings {
            let mended = fixed_with(text, &everything(), &defining(made_under)).0;
            for defines in *settings {
                let options = defining(defines);
                assert_eq!(
                    fingerprints(&mended, &options),
                    fingerprints(text, &options),
                    "{text}\nmended under {made_under:?}, read under {defines:?}:\n{mended}"
                );
            }
        }
    }
}

#[test]
fn numbers_that_are_the_same_under_all_settings_are_written_down() {
    let text = "const LOW = 5;\nenum a { A = LOW, B };\nenum b { C = B, D };\n\
                #ifdef EXTRA\n#endif\n";
    let (mended, _) = fixed(&text.replace("#ifdef EXTRA\n#endif\n", ""), &everything());
    assert!(
        mended.contains("B = 6 }") && mended.contains("D = 7 }"),
        "{mended}"
    );
    // Of a file with conditionals that is known of numbers alone.
    let (mended, _) = fixed(&format!("{text}enum c {{ E, F = 3, G }};"), &everything());
    assert!(
        mended.contains("A = LOW, B }") && mended.contains("E = 0, F = 3, G = 4"),
        "{mended}"
    );
}

#[test]
fn a_denied_rule_makes_errors_and_an_allowed_one_nothing() {
    let compilation = compiled("typedef string a<>;\ntypedef int b<>;\n");
    let mut settings = Settings::default();
    settings.set("bounds".parse().expect("a category"), Level::Deny);
    settings.set("unbounded-array".parse().expect("a rule"), Level::Allow);
    let found = lint(&compilation, &settings);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].severity, Severity::Error);
    assert_eq!(found[0].code, Code::W0701);
}

#[test]
fn a_comment_covers_its_line_or_the_next_with_something_on_it() {
    for (text, expected) in [
        ("typedef string a<>; // xdr:allow(unbounded-string)", 0),
        (
            "typedef string a<>; /* xdr:allow( bounds , unused-type ): why */",
            0,
        ),
        ("/* xdr:allow(all) */ typedef string a<>;", 0),
        (
            "/* xdr:allow(all) */\n\n/* About a. */\ntypedef string a<>;",
            0,
        ),
        ("/**\n * xdr:allow(all)\n */\ntypedef string a<>;", 0),
        ("typedef string /* xdr:allow(all) */\n a<>;", 0),
        ("/* xdr:allow(octal-number) */\n#define A 010", 0),
        ("/* xdr:allow(char-array) */\ntypedef string a<>;", 1),
        (
            "/* xdr:allow(all) */\ntypedef string a<1>;\ntypedef string b<>;",
            1,
        ),
        (
            "typedef string a<1>; /* xdr:allow(all) */\ntypedef string b<>;",
            1,
        ),
        ("typedef string a<>;\n/* xdr:allow(all) */", 1),
        ("typedef string a<>; /* see xdr:allow(all) */", 1),
        // In `#define` lines.
        ("#define A 010 /* xdr:allow(octal-number): as in C */", 0),
        ("#define A 010 // xdr:allow(octal-number)", 0),
        (
            "#define A \"// xdr:allow(nonsense)\" /* xdr:allow(nonsense) */",
            1,
        ),
        // At the head of an enum, or above it.
        (
            "/* xdr:allow(enumerator-without-value) */\nenum e {\n A, B };",
            0,
        ),
        ("enum e { /* xdr:allow(wire) */\n A, B };", 0),
        ("enum e {\n A, /* xdr:allow(wire) */\n B };", 0),
        ("enum e {\n A,\n B /* xdr:allow(wire) */ };", 1),
        // In comments up to the next line with something else.
        (
            "/* xdr:allow(misplaced-annotation) */\n/* @generate: both */\ntypedef int a;",
            0,
        ),
        (
            "/* xdr:allow(misplaced-annotation) */\n\n// one\n/* @generate: both */",
            0,
        ),
        (
            "/* xdr:allow(misplaced-annotation) */\ntypedef int b;\n/* @acl: none */",
            1,
        ),
        (
            "// xdr:allow(unknown-allow)\n// xdr:allow(nonsense)\ntypedef int a;",
            0,
        ),
        // As it may be put.
        (
            "/* The reason.\n * xdr:allow(bounds)\n */\ntypedef string a<>;",
            0,
        ),
        (
            "/* xdr:allow(wire) xdr:allow(bounds) */\ntypedef string a<>;",
            0,
        ),
        ("typedef string a<>; // xdr:allow (bounds)", 0),
        // What is nearly right is reported beside what it does not allow.
        ("typedef string a<>; // XDR:ALLOW(bounds)", 2),
        ("typedef string a<>; // xdr: allow(bounds)", 2),
        // What is left out allows nothing, and is not looked at.
        (
            "#ifdef NO\n/* xdr:allow(bounds) */\n#endif\ntypedef string a<>;",
            1,
        ),
        (
            "#ifdef NO\n/* xdr:allow(nonsense) */\n#define A 1 /* xdr:allow(nonsense) */\n#endif\n",
            0,
        ),
    ] {
        let mut settings = Settings::default();
        settings.set(Selector::Rule(Rule::UselessAllow), Level::Allow);
        let found = lint(&compiled(text), &settings);
        assert_eq!(found.len(), expected, "{text}\n{found:?}");
    }
}

#[test]
fn a_comment_that_allows_what_a_rule_that_is_off_would_find_is_of_use() {
    let compilation = compiled("typedef string a<>; // xdr:allow(bounds)\n");
    let mut settings = Settings::default();
    settings.set(Selector::Rule(Rule::UnboundedString), Level::Allow);
    assert_eq!(lint(&compilation, &settings), []);
}

#[test]
fn a_comment_that_may_be_of_use_under_other_settings_is_not_called_useless() {
    for text in [
        "typedef opaque big<100000>; /* xdr:allow(bound-over-packet): sent in parts */",
        "typedef opaque big<100000>; /* xdr:allow(bounds) */",
        "#ifdef NO\ntypedef char a[4]; /* xdr:allow(char-array) */\n#endif\n",
        "#ifdef NO\n#define A 010 /* xdr:allow(octal-number) */\n#else\n#endif\n",
    ] {
        assert_eq!(lint(&compiled(text), &Settings::default()), [], "{text}");
    }
    let text = "typedef opaque big[9]; typedef string any<>; // xdr:allow(bound-over-packet)";
    let mut settings = Settings::default();
    settings.packet_limit = Some(4000);
    assert_eq!(lint(&compiled(text), &settings).len(), 2);
}

#[test]
fn comments_that_allow_are_no_documentation() {
    let text = "/* Words.\n * xdr:allow(wire)\n */\n/* xdr:allow(all) */\ntypedef string a<>; // xdr:allow(bounds)";
    let schema = compiled(text).schema.expect("it resolves");
    assert_eq!(schema.types[0].docs.text, "Words.");
}

#[test]
fn only_files_that_were_asked_for_are_held_to_the_rules() {
    let mut options = Options::default();
    let imported = b"typedef string b<>; /* xdr:allow(nonsense) */".to_vec();
    options.contents.insert("base.x".into(), imported);
    let text = "#include \"base.x\"\ntypedef b c<>;";
    let compilation = compile_text("case.x", text, Some(Path::new("")), &options);
    let found = lint(&compilation, &Settings::default());
    let codes: Vec<Code> = found.iter().map(|found| found.code).collect();
    assert_eq!(codes, [Code::W0703], "{found:?}");
}

#[test]
fn a_text_with_errors_is_not_held_to_the_rules() {
    let compilation = compile_text("case.x", "typedef nosuch a<>;", None, &Options::default());
    assert_eq!(
        lint(&compilation, &Settings::default()),
        compilation.diagnostics
    );
}

/// `docs/LINTS.md` is written from the table: by `cargo xtask bless`, as everything else is.
#[test]
fn the_page_of_rules_says_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/LINTS.md");
    let page = page();
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&path, &page).expect("the folder is there");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page,
        "docs/LINTS.md is stale: `cargo xtask bless`"
    );
}

fn page() -> String {
    let mut page = String::from(
        "<!-- Written by `cargo xtask bless` from the table in xdr-parser/src/lint/rules.rs. -->

# Rules of `xdr check`

What the language allows and what is still likely to be wrong, or a hazard, or unusual. Rules that are often a matter of
taste, or of what a protocol is for, are off unless asked for. Ids and codes keep their meaning.

| where | what to write |
| --- | --- |
| command line | `--allow`, `--warn` or `--deny` with a rule, its code, a category or `all`; the last one counts |
| `xdr.toml` | `allow`, `warn` and `deny` in `[lint]`; a rule goes before its category, that before `all` |
| text | `/* xdr:allow(RULE, CATEGORY): the reason */` or `// xdr:allow(…)`, on the line or by itself above it |

A comment by itself also covers the comments between it and that line. What `enumerator-without-value` finds is allowed at
the head of the enum, too. Nothing is said of comments in text that a conditional leaves out.

`--fix` mends what is marked so, in the files that are named: types keep their bytes, bounds and names under whatever
settings, and comments stay. Where other settings may make a difference there is only a suggestion.
Rules are tried on the files named, not on what these import.

| rule | code | by default | |
| --- | --- | --- | --- |
",
    );
    for rule in Rule::ALL {
        let id = rule.id();
        let (code, level) = (rule.code(), rule.default_level().name());
        let mends = if is_mended(*rule) {
            "`--fix` mends it"
        } else {
            ""
        };
        let _ = writeln!(page, "| [`{id}`](#{id}) | {code} | {level} | {mends} |");
    }
    for category in Category::ALL {
        let _ = write!(page, "\n## `{}`: {}\n", category.name(), category.title());
        let rules = Rule::ALL.iter();
        for rule in rules.filter(|rule| rule.category() == *category) {
            let example = rule.example();
            let limit = example.packet_limit.map_or(String::new(), |limit| {
                format!("With `packet-limit = {limit}`:\n\n")
            });
            let _ = write!(
                page,
                "\n### {}\n\n{} {}\n\n{limit}```c\n{}```\n\nMended:\n\n```c\n{}```\n",
                rule.id(),
                rule.why(),
                rule.remedy(),
                example.wrong,
                example.mended
            );
        }
    }
    page
}

/// Whether its example has a safe fix.
fn is_mended(rule: Rule) -> bool {
    let example = rule.example();
    let found = lint(&compiled(example.wrong), &only(rule));
    found
        .iter()
        .any(|found| found.fix.as_ref().is_some_and(|fix| fix.safe))
}
