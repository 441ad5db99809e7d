//! Rules, for people and for programs.

use std::fmt::Write as _;

use serde::Serialize;
use xdr_parser::lint::{Category, Example, Level, Rule};

use crate::console;
use crate::failure::Failure;

/// Shows one rule with its example, or all in a list.
pub(super) fn show(explained: Option<Rule>, is_json: bool) -> Result<(), Failure> {
    let text = match (explained, is_json) {
        (Some(rule), false) => explain(rule),
        (Some(rule), true) => json(rule),
        (None, false) => list(),
        (None, true) => Rule::ALL.iter().copied().map(json).collect(),
    };
    console::result(text.as_bytes())
}

/// A rule as `--message-format json` prints it. Fields are added, never renamed or taken away.
#[derive(Serialize)]
struct Record {
    id: Rule,
    code: &'static str,
    category: Category,
    default: Level,
    why: &'static str,
    remedy: &'static str,
    example: Example,
}

fn json(rule: Rule) -> String {
    let record = Record {
        id: rule,
        code: rule.code().as_str(),
        category: rule.category(),
        default: rule.default_level(),
        why: rule.why(),
        remedy: rule.remedy(),
        example: rule.example(),
    };
    // It is nothing but strings.
    let mut line = serde_json::to_string(&record).unwrap_or_default();
    line.push('\n');
    line
}

fn list() -> String {
    let mut text = String::new();
    for category in Category::ALL {
        let _ = writeln!(text, "{}: {}", category.name(), category.title());
        let rules = Rule::ALL.iter();
        for rule in rules.filter(|rule| rule.category() == *category) {
            let (id, code, level) = (rule.id(), rule.code(), rule.default_level().name());
            let _ = writeln!(text, "  {id} ({code}, {level})\n      {}", rule.why());
        }
        text.push('\n');
    }
    text.push_str("`xdr check --explain RULE` shows an example.\n");
    text
}

fn explain(rule: Rule) -> String {
    let (id, code, category) = (rule.id(), rule.code(), rule.category().name());
    let level = match rule.default_level() {
        Level::Allow => "off unless asked for",
        Level::Warn => "a warning by default",
        Level::Deny => "an error by default",
    };
    let example = rule.example();
    let indented = |text: &str| {
        let lines = text.lines().map(|line| format!("    {line}\n"));
        lines.collect::<String>()
    };
    format!(
        "{id} ({code}, {category}): {level}\n\n{}\n\nFor example\n\n{}\nMended\n\n{}\n{}\n",
        rule.why(),
        indented(example.wrong),
        indented(example.mended),
        rule.remedy(),
    )
}
