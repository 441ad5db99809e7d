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
/// More users than this are not named.
const NAMED_USERS: usize = 2;

/// Sentences without their full stop, by name of the definition.
#[derive(Default)]
pub(crate) struct Facts(BTreeMap<String, String>);

impl Facts {
    pub(crate) fn of(file: &Protocol) -> Self {
        let schema = &file.schema;
        let mut facts = BTreeMap::new();
        for (name, users) in uses(file) {
            facts.insert(name.to_owned(), users.fact());
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

/// What names a constant or a type.
#[derive(Default)]
struct Users {
    bounds: Vec<String>,
    parts: Vec<String>,
}

impl Users {
    fn fact(&self) -> String {
        let (what, users) = if self.bounds.is_empty() {
            ("Part", &self.parts)
        } else {
            ("Bound", &self.bounds)
        };
        match users.split_at_checked(NAMED_USERS) {
            Some((named, more)) if !more.is_empty() => {
                format!("{what} of {} and {} more", named.join(", "), more.len())
            }
            _ => format!("{what} of {}", users.join(" and ")),
        }
    }
}

/// All that a file's types are made of and bounded by. An alias is no part of what it stands for.
fn uses(file: &Protocol) -> BTreeMap<&str, Users> {
    let mut by_name: BTreeMap<&str, Users> = BTreeMap::new();
    for item in &file.ast.items {
        let name = syntax::name(item);
        let members = match &item.kind {
            ItemKind::Struct(_, body) => body.members.as_slice(),
            ItemKind::Typedef(target) => {
                for value in Uses::of_declaration(target).values {
                    let bounds = &mut by_name.entry(value).or_default().bounds;
                    bounds.push(name.to_owned());
                }
                continue;
            }
            _ => continue,
        };
        for member in members {
            let field = member.declaration.name.as_ref();
            let field = field.map_or("", |field| &field.name);
            let Uses { types, values } = Uses::of_declaration(&member.declaration);
            for value in values {
                let bounds = &mut by_name.entry(value).or_default().bounds;
                bounds.push(format!("{name}.{field}"));
            }
            for ty in types {
                let parts = &mut by_name.entry(ty).or_default().parts;
                if parts.last().is_none_or(|last| last != name) {
                    parts.push(name.to_owned());
                }
            }
        }
    }
    by_name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_comment_is_a_block_of_lines_that_fit() {
        let words = ["word"; 40].join(" ");
        let block = comment(&words, &["", "kept as  it is"]);
        assert!(block.lines().all(|line| line.chars().count() <= WIDTH));
        assert!(block.starts_with("/*\n * word word"));
        assert!(block.ends_with("\n *\n * kept as  it is\n */"));
        assert_eq!(comment("Short.", &[]), "/* Short. */");
    }

    #[test]
    fn users_are_named_while_they_are_few() {
        let text = "const MAX = 2; struct a { int x<MAX>; }; struct b { a y<MAX>; };";
        let facts = Facts::of(&Protocol::text("test", text));
        assert_eq!(
            facts.comment("MAX").as_deref(),
            Some("/* Bound of a.x and b.y. */")
        );
        assert_eq!(facts.comment("a").as_deref(), Some("/* Part of b. */"));
        assert_eq!(facts.comment("b"), None);
        let text = format!("{text} typedef int c[MAX]; typedef int d[MAX];");
        let facts = Facts::of(&Protocol::text("test", &text));
        assert_eq!(
            facts.comment("MAX").as_deref(),
            Some("/* Bound of a.x, b.y and 2 more. */")
        );
    }

    #[test]
    fn a_fact_is_renewed_and_what_else_is_said_stays() {
        let fact = |fact: &str| Facts(BTreeMap::from([("a".to_owned(), fact.to_owned())]));
        let (old, new) = (fact("Event 1, A"), fact("Event 2, B"));
        let renewed = |comment: &str| old.renew(&new, "a", comment);
        assert_eq!(
            renewed("/* Event 1, A. */").as_deref(),
            Some("/* Event 2, B. */")
        );
        assert_eq!(
            renewed("/*\n * Event 1,\n * A: seen.\n *\n * More.\n */").as_deref(),
            Some("/*\n * Event 2, B: seen.\n *\n * More.\n */")
        );
        assert_eq!(renewed("/* Seen. */").as_deref(), Some("/* Seen. */"));
        let gone = Facts::default();
        assert_eq!(old.renew(&gone, "a", "/* Event 1, A. */"), None);
        assert_eq!(
            old.renew(&gone, "a", "/* Event 1, A. Seen. */").as_deref(),
            Some("/* Seen. */")
        );
    }
}
