//! Comments that state what the schema says, for definitions about which nobody has said more.

use std::collections::BTreeMap;

use xdr_parser::ast::ItemKind;
use xdr_parser::schema::TypeId;

use super::comments;
use super::layout;
use super::protocol::Protocol;
use super::syntax::{self, Uses};

/// Columns that a comment may take.
const WIDTH: usize = 95;
/// More uses of a bound than this are not named.
const NAMED_USES: usize = 2;

/// Sentences without their full stop, by name of the definition.
#[derive(Default)]
pub(crate) struct Facts(BTreeMap<String, String>);

impl Facts {
    pub(crate) fn of(file: &Protocol) -> Self {
        let schema = &file.schema;
        let mut facts = BTreeMap::new();
        for (name, uses) in bounds(file) {
            facts.insert(name.to_owned(), bound(&uses));
        }
        for program in layout::programs(file) {
            let mut add = |name: &str, fact: &str| facts.insert(name.to_owned(), fact.to_owned());
            add(
                &schema.constant(program.program).name,
                "Number of the program",
            );
            add(&schema.constant(program.version).name, "Its version");
            add(&schema.ty(program.ty).name, "All procedures");
            for procedure in &program.procedures {
                let (number, name) = (procedure.number, &procedure.name);
                let mut add = |ty: Option<TypeId>, what: &str| {
                    if let Some(ty) = ty {
                        let fact = format!("{what} {number}, {name}");
                        facts.insert(schema.ty(ty).name.clone(), fact);
                    }
                };
                add(procedure.args, "Arguments of procedure");
                add(procedure.ret, "Result of procedure");
                add(procedure.msg, "Event");
            }
        }
        Self(facts)
    }

    /// The comment for a definition of which there is no other.
    pub(crate) fn comment(&self, name: &str) -> Option<String> {
        self.0
            .get(name)
            .map(|fact| comment(&format!("{fact}."), &[]))
    }

    /// True if the comment says this much and no more.
    pub(crate) fn is_all_of(&self, name: &str, comment: &str) -> bool {
        self.rest(name, comment).is_some_and(|rest| rest == ".")
    }

    /// A comment that began with these facts, now beginning with those; nothing if nothing is left of it.
    pub(crate) fn renew(&self, new: &Self, name: &str, old: &str) -> Option<String> {
        let Some(rest) = self.rest(name, old) else {
            return Some(old.to_owned());
        };
        let fact = new.0.get(name);
        if fact == self.0.get(name) {
            return Some(old.to_owned());
        }
        let lines = comments::lines(old);
        let more = lines.iter().position(|line| line.is_empty());
        let more = more.and_then(|end| lines.get(end..)).unwrap_or_default();
        match (fact, rest.trim_start_matches(['.', ':']).trim_start()) {
            (Some(fact), _) => Some(comment(&format!("{fact}{rest}"), more)),
            (None, "") => None,
            (None, rest) => Some(comment(rest, more)),
        }
    }

    /// What stands in a comment's first paragraph behind the fact, if that is how it begins.
    fn rest(&self, name: &str, comment: &str) -> Option<String> {
        let fact = self.0.get(name)?;
        let lines = comments::lines(comment);
        let paragraph = lines.split(|line| line.is_empty()).next()?;
        let text = paragraph.join(" ");
        let rest = text.strip_prefix(fact.as_str())?;
        rest.starts_with(['.', ':']).then(|| rest.to_owned())
    }
}

/// A comment of a paragraph and of lines that stay as they are.
pub(crate) fn comment(paragraph: &str, more: &[&str]) -> String {
    if more.is_empty() && paragraph.chars().count() + "/*  */".len() <= WIDTH {
        return format!("/* {paragraph} */");
    }
    let mut text = String::from("/*");
    let mut column = WIDTH;
    for word in paragraph.split_whitespace() {
        let width = word.chars().count();
        if column + 1 + width > WIDTH {
            text.push_str("\n *");
            column = " *".len();
        }
        text.push(' ');
        text.push_str(word);
        column += 1 + width;
    }
    for line in more {
        text.push_str("\n *");
        if !line.is_empty() {
            text.push(' ');
            text.push_str(line);
        }
    }
    text.push_str("\n */");
    text
}

/// The constants that bound something, and what.
fn bounds(file: &Protocol) -> BTreeMap<&str, Vec<String>> {
    let mut bounds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for item in &file.ast.items {
        let name = syntax::name(item);
        if let ItemKind::Struct(_, body) = &item.kind {
            for member in &body.members {
                let field = member.declaration.name.as_ref();
                for value in Uses::of_declaration(&member.declaration).values {
                    let field = field.map_or("", |field| &field.name);
                    bounds
                        .entry(value)
                        .or_default()
                        .push(format!("{name}.{field}"));
                }
            }
        } else if let ItemKind::Typedef(declaration) = &item.kind {
            for value in Uses::of_declaration(declaration).values {
                bounds.entry(value).or_default().push(name.to_owned());
            }
        }
    }
    bounds
}

fn bound(uses: &[String]) -> String {
    match uses.split_at_checked(NAMED_USES) {
        Some((named, more)) if !more.is_empty() => {
            format!("Bound of {} and {} more", named.join(", "), more.len())
        }
        _ => format!("Bound of {}", uses.join(" and ")),
    }
}
