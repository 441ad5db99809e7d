//! What the rules of `xdr check` find in real files, and that mending it changes nothing on the wire.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use xdr_parser::diagnostic::mend;
use xdr_parser::fingerprint::{Fingerprint, Fingerprints};
use xdr_parser::lint::{Category, Level, Rule, Selector, Settings, lint};
use xdr_parser::token::TokenKind;
use xdr_parser::{Compilation, FileId, Options, lexer};

use crate::files::ALL;
use crate::project::Project;

fn everything() -> Settings {
    let mut settings = Settings::default();
    settings.set(Selector::All, Level::Warn);
    settings
}

/// All projects whose files are here.
fn projects() -> impl Iterator<Item = Project> {
    ALL.iter().filter_map(|line| match line.find() {
        Ok(project) => Some(project),
        Err(why) => {
            xdr_tests::skip(&why);
            None
        }
    })
}

/// How often each rule finds something: what decides whether it is on unless somebody says otherwise. Files of which none
/// is here have no line, so the snapshot is compared only where all are.
#[test]
fn each_rule_finds_as_much_as_is_written_down() {
    let mut counts: BTreeMap<Rule, BTreeMap<&str, usize>> = BTreeMap::new();
    let mut count = 0;
    for project in projects() {
        count += 1;
        for file in &project.files {
            let compilation = compile(&project.folder.join(file), project.config.options());
            for found in lint(&compilation, &everything()) {
                if let Some(rule) = Rule::of(found.code) {
                    let of_rule = counts.entry(rule).or_default();
                    *of_rule.entry(project.name).or_default() += 1;
                }
            }
        }
    }
    let mut table = String::new();
    for category in Category::ALL {
        let rules = Rule::ALL.iter();
        for rule in rules.filter(|rule| rule.category() == *category) {
            let level = rule.default_level().name();
            let of_rule = counts.remove(rule).unwrap_or_default();
            let sum: usize = of_rule.values().sum();
            let found = of_rule
                .iter()
                .map(|(name, count)| format!("{name} {count}"));
            let found: Vec<String> = found.collect();
            writeln!(
                table,
                "{:24} {level:5} {sum:4}  {}",
                rule.id(),
                found.join(", ")
            )
            .expect("a string takes any text");
        }
    }
    if count == ALL.len() {
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!("lint", table);
        });
    }
}

#[test]
fn mending_a_real_file_changes_no_fingerprint_and_no_comment_and_is_done_once() {
    let (mut files, mut changed) = (0, 0);
    for project in projects() {
        for file in &project.files {
            let path = project.folder.join(file);
            let options = project.config.options();
            let compilation = compile(&path, options);
            let (Some(before), Some(text)) = (
                fingerprints(&compilation),
                root(&compilation).map(|id| text(&compilation, id).to_owned()),
            ) else {
                continue;
            };
            let (compilation, mended, rounds) = fixed(&path, options);
            assert_eq!(fingerprints(&compilation), Some(before), "{file}");
            assert_eq!(kept(&mended), kept(&text), "{file}");
            let mut again = options.clone();
            again.set_content(&path, mended.clone());
            assert_eq!(fixed(&path, &again).1, mended, "{file}");
            files += 1;
            changed += usize::from(rounds > 0);
        }
    }
    println!("{changed} of {files} files are mended");
}

fn compile(path: &Path, options: &Options) -> Compilation {
    xdr_parser::compile(&[path.to_owned()], options)
}

fn root(compilation: &Compilation) -> Option<FileId> {
    let schema = compilation.schema.as_ref()?;
    let root = schema.files.iter().find(|file| file.root);
    root.map(|file| file.id)
}

fn text(compilation: &Compilation, id: FileId) -> &str {
    let source = compilation.sources.get(id);
    source.map_or("", |source| &source.text)
}

/// After all safe fixes: what it means, the text, and in how many rounds.
fn fixed(path: &Path, options: &Options) -> (Compilation, String, usize) {
    let mut options = options.clone();
    let mut rounds = 0;
    loop {
        let compilation = compile(path, &options);
        let found = lint(&compilation, &everything());
        let id = root(&compilation).expect("it resolves");
        match mend(&compilation.sources, &found, |file| file == id).pop() {
            None => {
                let text = text(&compilation, id).to_owned();
                return (compilation, text, rounds);
            }
            Some((_, mended)) => options.set_content(path, mended),
        }
        rounds += 1;
        assert!(rounds < 10, "{}: no end of fixes", path.display());
    }
}

/// Every type by name, and what it means on the wire.
fn fingerprints(compilation: &Compilation) -> Option<Vec<(String, Option<Fingerprint>)>> {
    let schema = compilation.schema.as_ref()?;
    let all = Fingerprints::of(schema);
    let types = schema.types.iter();
    let types = types.map(|ty| (ty.name.clone(), all.of_type(ty.id)));
    Some(types.collect())
}

/// All comments, `%` and `#` lines but `#define`, of which the number may be mended.
fn kept(text: &str) -> Vec<&str> {
    let (tokens, _) = lexer::lex(FileId(0), text);
    let lines = tokens.iter().filter(|token| {
        matches!(
            token.kind,
            TokenKind::LineComment
                | TokenKind::BlockComment
                | TokenKind::PassThrough
                | TokenKind::Directive
        )
    });
    lines
        .map(|token| token.span.of(text))
        .filter(|line| !line.starts_with("#define"))
        .collect()
}
