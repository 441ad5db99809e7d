//! The TextMate grammar, by which editors colour: it knows the words of the language, and tells comments, strings and numbers
//! as the lexer does.
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod textmate;

use std::fmt::Write as _;
use std::path::Path;

use insta::assert_snapshot;
use textmate::Grammar;
use xdr_parser::lexer::lex;
use xdr_parser::token::TokenKind;
use xdr_parser::{FileId, words};

fn grammar() -> Grammar {
    Grammar::read(include_str!("../../../editors/vscode/xdr.tmLanguage.json"))
}

#[test]
fn every_word_of_the_language_has_a_scope() {
    let grammar = grammar();
    let scope = |word: &str| {
        let text = format!("  {word} ");
        let scopes = grammar.scopes(&text);
        scopes[2].last().cloned().unwrap_or_default()
    };
    for word in words::DEFINITIONS.iter().chain(&words::INNER) {
        assert!(
            scope(word).starts_with("keyword."),
            "{word}: {}",
            scope(word)
        );
    }
    for word in words::TYPES.iter().chain(&words::SIGNS) {
        assert!(
            scope(word).starts_with("storage."),
            "{word}: {}",
            scope(word)
        );
    }
    for word in &words::C_TYPES {
        assert!(
            scope(word).starts_with("support.type"),
            "{word}: {}",
            scope(word)
        );
    }
    for word in &words::TRUTHS {
        assert!(scope(word).starts_with("constant.language"), "{word}");
    }
    for word in ["structs", "mystring", "uint33_t", "int_", "x"] {
        assert_eq!(scope(word), "", "{word}");
    }
}

#[test]
fn the_extension_names_files_that_are_there() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../editors/vscode");
    let read = |name: &str| -> serde_json::Value {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        serde_json::from_str(&text).unwrap()
    };
    let manifest = read("package.json");
    let contributed = &manifest["contributes"];
    let configuration = contributed["languages"][0]["configuration"].as_str();
    assert_eq!(
        read(configuration.unwrap())["comments"]["lineComment"],
        "//"
    );
    let grammar = &contributed["grammars"][0];
    let path = grammar["path"].as_str();
    assert_eq!(read(path.unwrap())["scopeName"], grammar["scopeName"]);
}

#[test]
fn an_example_has_these_scopes() {
    let text = "%#include <rpc/auth.h>\n#ifdef WITH_NOTES\n/* The members,\n * @acl: none */\nconst MAX = 0x20; // at most\n#endif\n\
                union reply switch (enum status s) {\ncase OK:\n    unsigned hyper ids<MAX>;\ndefault:\n    uint32_t *next;\n};\n\
                program P { version V { reply ASK(string) = -1; } = 1; } = 0x20000001;\n";
    let scopes = grammar().scopes(text);
    let mut out = String::new();
    let mut last: Option<&Vec<String>> = None;
    for (at, character) in text.char_indices() {
        let here = &scopes[at];
        if last != Some(here) && !character.is_whitespace() {
            let named: Vec<&str> = here
                .iter()
                .map(|scope| scope.trim_end_matches(".xdr"))
                .collect();
            let _ = write!(out, "\n{:36} ", named.join(" "));
            last = Some(here);
        }
        if character == '\n' {
            last = None;
        } else {
            out.push(character);
        }
    }
    let lines: Vec<&str> = out.trim_start().lines().map(str::trim_end).collect();
    assert_snapshot!(lines.join("\n"));
}

#[test]
fn the_lexer_agrees_on_libvirts_protocols() {
    let grammar = grammar();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../protocol-defs/proto");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "x") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let scopes = grammar.scopes(&text);
        for token in lex(FileId(0), &text).0 {
            let wanted = match token.kind {
                TokenKind::BlockComment | TokenKind::LineComment => "comment.",
                TokenKind::Number => "constant.numeric",
                TokenKind::String => "string.",
                TokenKind::PassThrough | TokenKind::Directive => "meta.preprocessor",
                _ => "",
            };
            let first = scopes[token.span.start as usize].first();
            let first = first.map_or("", String::as_str);
            let word = token.span.of(&text);
            assert!(
                first.starts_with(wanted),
                "{}: {word}: {first}",
                path.display()
            );
            if wanted.is_empty() {
                assert!(
                    !first.starts_with("comment.") && !first.starts_with("string."),
                    "{word}"
                );
            }
            count += 1;
        }
    }
    assert!(count > 10_000, "{count}");
}
