//! This project's own comments, and which definition, field or enumerator each belongs to.

use std::collections::BTreeMap;

use xdr_parser::ast::{
    EnumBody, ItemKind, StructBody, Trivia, TriviaKind, TypeSpecifier, TypeSpecifierKind, UnionBody,
};
use xdr_parser::schema::Mark;

use super::protocol::Protocol;
use super::syntax;

/// What begins a comment that opens a section of a file.
const SECTION: &str = "/*-----";

/// All comments of one file. Marks and annotations, which libvirt's generator reads, are none; what stands inside of a
/// `program` block is not kept, as libvirt has no such blocks.
#[derive(Default)]
pub(crate) struct Comments {
    /// What the file begins with.
    pub(crate) header: Option<String>,
    /// Keys of definitions, in order.
    pub(crate) items: Vec<String>,
    /// By key: `remote_error`, `remote_error.code`.
    pub(crate) notes: BTreeMap<String, Notes>,
    /// What stands behind the last definition.
    pub(crate) end: Vec<String>,
}

/// The comments of one definition, field or enumerator, as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    /// What opens a section before it.
    pub(crate) section: Option<String>,
    /// Those that a blank line separates from it.
    pub(crate) apart: Vec<String>,
    /// Those before it.
    pub(crate) before: Vec<String>,
    /// Those on the line where it ends.
    pub(crate) after: Vec<String>,
}

impl Notes {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Comments {
    pub(crate) fn of(file: &Protocol) -> Self {
        let mut comments = Self::default();
        for (index, item) in file.ast.items.iter().enumerate() {
            let key = syntax::key(item);
            let mut notes = comments.leading(file, &item.leading, item.span.start, index == 0);
            notes.after = others(file, &item.trailing);
            comments.add(key.clone(), notes);
            comments.add(
                opening(&key),
                Notes {
                    after: others(file, &item.opening),
                    ..Notes::default()
                },
            );
            comments.inside(file, &key, &item.kind);
            comments.items.push(key);
        }
        comments.end = others(file, &file.ast.dangling);
        comments
    }

    fn add(&mut self, key: String, notes: Notes) {
        if !notes.is_empty() {
            self.notes.insert(key, notes);
        }
    }

    fn inside(&mut self, file: &Protocol, key: &str, kind: &ItemKind) {
        match kind {
            ItemKind::Struct(_, body) => self.members(file, key, body),
            ItemKind::Enum(_, body) => self.enumerators(file, key, body),
            ItemKind::Union(_, body) => self.arms(file, key, body),
            ItemKind::Const(_) | ItemKind::Typedef(_) | ItemKind::Program(_) => {}
        }
    }

    /// What stands inside of a type without a name has no place in what is written; noting it makes it known as lost.
    fn nested(&mut self, file: &Protocol, key: &str, ty: &TypeSpecifier) {
        match &ty.kind {
            TypeSpecifierKind::Struct(_, body) => self.members(file, key, body),
            TypeSpecifierKind::Enum(_, body) => self.enumerators(file, key, body),
            TypeSpecifierKind::Union(_, body) => self.arms(file, key, body),
            TypeSpecifierKind::Builtin(_) | TypeSpecifierKind::Named(..) => {}
        }
    }

    fn members(&mut self, file: &Protocol, key: &str, body: &StructBody) {
        for member in &body.members {
            let name = member.declaration.name.as_ref();
            let key = inner(key, name.map_or("", |name| &name.name));
            self.nested(file, &key, &member.declaration.ty);
            self.node(file, key, &member.leading, &member.trailing);
        }
        self.dangling(file, key, &body.dangling);
    }

    fn enumerators(&mut self, file: &Protocol, key: &str, body: &EnumBody) {
        for enumerator in &body.enumerators {
            let key = inner(key, &enumerator.name.name);
            self.node(file, key, &enumerator.leading, &enumerator.trailing);
        }
        self.dangling(file, key, &body.dangling);
    }

    fn arms(&mut self, file: &Protocol, key: &str, body: &UnionBody) {
        for arm in &body.arms {
            let label = arm.labels.first();
            let label = label.map_or("default", |label| label.span.of(&file.text));
            let key = inner(key, label);
            self.nested(file, &key, &arm.declaration.ty);
            self.node(file, key, &arm.leading, &arm.trailing);
        }
        self.dangling(file, key, &body.dangling);
    }

    fn dangling(&mut self, file: &Protocol, key: &str, trivia: &[Trivia]) {
        let notes = Notes {
            before: others(file, trivia),
            ..Notes::default()
        };
        self.add(closing(key), notes);
    }

    fn node(&mut self, file: &Protocol, key: String, leading: &[Trivia], trailing: &[Trivia]) {
        let notes = Notes {
            before: others(file, leading),
            after: others(file, trailing),
            ..Notes::default()
        };
        self.add(key, notes);
    }

    /// Sorts what stands before a definition; `%` lines among it take the comments before them.
    fn leading(&mut self, file: &Protocol, trivia: &[Trivia], end: u32, first: bool) -> Notes {
        let mut notes = Notes::default();
        let mut pending = Vec::new();
        for (index, piece) in trivia.iter().enumerate() {
            let text = piece.span.of(&file.text);
            match piece.kind {
                TriviaKind::Comment if text.starts_with(SECTION) => {
                    notes.section = Some(text.to_owned());
                }
                TriviaKind::Comment => {
                    let next = trivia.get(index + 1).map_or(end, |next| next.span.start);
                    let gap = file.text.get(piece.span.end as usize..next as usize);
                    let apart = gap.is_some_and(|gap| gap.matches('\n').count() > 1);
                    pending.extend(own(text));
                    if apart && first && index == 0 {
                        self.header = pending.pop();
                    } else if apart {
                        notes.apart.append(&mut pending);
                    }
                }
                TriviaKind::PassThrough | TriviaKind::Directive => {
                    let before = std::mem::take(&mut pending);
                    let notes = Notes {
                        before,
                        ..Notes::default()
                    };
                    self.add(text.trim().to_owned(), notes);
                }
                TriviaKind::Inactive => {}
            }
        }
        notes.before = pending;
        notes
    }
}

/// The key of what is inside a definition.
pub(crate) fn inner(key: &str, name: &str) -> String {
    format!("{key}.{name}")
}

/// The key of comments behind the brace that opens a definition.
pub(crate) fn opening(key: &str) -> String {
    inner(key, "{")
}

/// The key of comments before the brace that closes a definition.
pub(crate) fn closing(key: &str) -> String {
    inner(key, "}")
}

/// Comments that libvirt's generator reads on a struct, a field or an enumerator, each in one line.
pub(crate) fn marks<'a>(
    file: &'a Protocol,
    trivia: &'a [Trivia],
) -> impl Iterator<Item = String> + 'a {
    let comments = trivia.iter().filter(|t| t.kind == TriviaKind::Comment);
    comments.filter_map(|comment| {
        let text = lines(comment.span.of(&file.text)).join(" ");
        Mark::read(&text).map(|_| format!("/* {text} */"))
    })
}

/// The lines of a comment without what makes it one.
pub(crate) fn lines(comment: &str) -> Vec<&str> {
    let inside = comment.trim_end_matches('/').trim_end_matches('*');
    let inside = inside.trim_start_matches('/').trim_start_matches('*');
    let lines = inside.lines().map(|line| {
        let line = line.trim();
        line.strip_prefix('*').map_or(line, str::trim_start)
    });
    let lines: Vec<_> = lines.collect();
    let start = lines.iter().position(|line| !line.is_empty()).unwrap_or(0);
    let end = lines.iter().rposition(|line| !line.is_empty());
    end.and_then(|end| lines.get(start..=end))
        .unwrap_or_default()
        .to_vec()
}

/// The comments that are no marks.
fn others(file: &Protocol, trivia: &[Trivia]) -> Vec<String> {
    let comments = trivia.iter().filter(|t| t.kind == TriviaKind::Comment);
    comments
        .filter_map(|comment| own(comment.span.of(&file.text)))
        .collect()
}

/// A comment, or what of it is neither mark nor annotation.
fn own(comment: &str) -> Option<String> {
    let all = lines(comment);
    if Mark::read(&all.join(" ")).is_some() {
        return None;
    }
    let is_annotation = |line: &&str| line.starts_with('@') && line.contains(':');
    if !all.iter().any(is_annotation) {
        return Some(comment.to_owned());
    }
    let words = all.iter().filter(|line| !is_annotation(line));
    let words = words.flat_map(|line| line.split_whitespace());
    let text = words.collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then(|| format!("/* {text} */"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_its_lines() {
        assert_eq!(lines("/* one */"), ["one"]);
        assert_eq!(lines("/**\n * one\n *\n *   two\n */"), ["one", "", "two"]);
        assert_eq!(lines("// one"), ["one"]);
        assert_eq!(lines("/**/"), [""; 0]);
    }

    #[test]
    fn marks_and_annotations_are_no_comments_of_ours() {
        assert_eq!(own("/* insert@1 */"), None);
        assert_eq!(own("/**\n * @generate: both\n */"), None);
        let mixed = own("/**\n * Slow.\n *\n * @generate: both\n */");
        assert_eq!(mixed.as_deref(), Some("/* Slow. */"));
        assert_eq!(own("/* Slow. */").as_deref(), Some("/* Slow. */"));
    }
}
