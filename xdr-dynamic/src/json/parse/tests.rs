//! `serde_json` is the judge of what JSON is.

use proptest::prelude::*;
use serde_json::Value;

use super::{Kind, Tape, Token};

/// What a tape holds, as `serde_json` has it.
fn value(tape: &Tape<'_>, token: Token) -> Value {
    match tape.kind(token) {
        Kind::Null => Value::Null,
        Kind::Bool(value) => value.into(),
        Kind::Number => serde_json::from_str(tape.raw(token)).unwrap(),
        Kind::String { .. } => tape.string(token).unwrap().into_owned().into(),
        Kind::Array => {
            let mut next = tape.first(token);
            let mut items = Vec::new();
            for left in (0..tape.len(token)).rev() {
                let item = next.unwrap();
                items.push(value(tape, item));
                next = (left > 0).then(|| tape.after(item));
            }
            items.into()
        }
        Kind::Object => tape
            .members(token)
            .map(|(key, it)| (tape.string(key).unwrap().into_owned(), value(tape, it)))
            .collect::<serde_json::Map<_, _>>()
            .into(),
    }
}

fn agree(text: &str) {
    match (serde_json::from_str::<Value>(text), Tape::read(text)) {
        (Ok(expected), Ok(tape)) => assert_eq!(value(&tape, Tape::ROOT), expected, "{text}"),
        (Err(_), Err(_)) => {}
        // What is out of range for a double is a number nevertheless.
        (Err(error), Ok(_)) if error.to_string().contains("out of range") => {}
        (expected, found) => panic!("{text:?}: {expected:?}, {found:?}"),
    }
}

#[test]
fn accepts_what_serde_json_accepts_and_nothing_else() {
    for text in [
        "null",
        " true ",
        "false",
        "0",
        "-0",
        "01",
        "1.",
        "1.5e3",
        "1e",
        "-",
        ".5",
        "\"\"",
        "\"\\u00e9\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ude00\"",
        "\"\\ud83d\\u0041\"",
        "\"\\x\"",
        "\"a\nb\"",
        "\"",
        "[]",
        "[ ]",
        "[1,2,[3],{}]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{}",
        "{\"a\":1,\"b\":[]}",
        "{\"a\"}",
        "{\"a\":}",
        "{a:1}",
        "{\"a\":1,}",
        "{,}",
        "[}",
        "{]",
        "[",
        "{",
        "{\"a\":1",
        "nul",
        "nulll",
        "",
        " ",
        "1 2",
        "[1]]",
        "\u{feff}1",
        "\"\\u12\"",
        "1E+5",
        "1e+",
        "\"\u{7f}é😀\"",
        "[[[[[[]]]]]]",
        "tru",
        "[true,false,null]",
    ] {
        agree(text);
    }
}

#[test]
fn no_nesting_is_too_deep() {
    let deep = "[".repeat(1_000_000) + &"]".repeat(1_000_000);
    assert_eq!(Tape::read(&deep).unwrap().tokens.len(), 1_000_000);
    assert!(Tape::read(&deep[1..]).is_err());
}

#[test]
fn a_position_counts_characters() {
    let text = "{\"é\": 1,\n  \"ü\": x}";
    let error = Tape::read(text).unwrap_err();
    assert_eq!(super::position(text, error.at), (2, 8));
    assert_eq!(error.expected, "a value");
}

proptest! {
    #[test]
    fn any_text_of_the_letters_of_json_is_what_serde_json_says(
        text in r#"([\[\]{}:,"\\0-9eE.+\- \n]|"[a-z\\u0-9d]{0,6}":?|true|null){0,16}"#
    ) {
        agree(&text);
    }

    #[test]
    fn strings_come_back(text in any::<String>()) {
        let quoted = serde_json::to_string(&text).unwrap();
        let tape = Tape::read(&quoted).unwrap();
        prop_assert_eq!(tape.string(Tape::ROOT).unwrap(), text);
    }
}
