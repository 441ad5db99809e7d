//! libvirt's definitions → text in this project's layout, with this project's comments.

use std::collections::{BTreeMap, BTreeSet};

use xdr_parser::ast::{Item, ItemKind};
use xdr_parser::print;
use xdr_parser::schema::Annotations;

use super::body;
use super::comments::{self, Comments, Notes};
use super::facts::{self, Facts};
use super::layout::{self, Part};
use super::protocol::Protocol;
use super::{numbers, syntax};

/// A file, and what it no longer says.
pub(crate) struct Written {
    pub(crate) text: String,
    /// Comments of ours for which there is no place any more, by what they were about.
    pub(crate) dropped: Vec<(String, String)>,
}

/// Writes libvirt's file with the comments of ours, if there is one. `version` is libvirt's, for the header.
pub(crate) fn write(theirs: &Protocol, ours: Option<&Protocol>, version: Option<&str>) -> Written {
    let own = ours.map_or_else(Comments::default, Comments::of);
    let old_facts = ours.map_or_else(Facts::default, Facts::of);
    let annotations = body::annotations(theirs);
    let mut writer = Writer {
        file: theirs,
        procedures: layout::programs(theirs).next().is_some(),
        known: own.items.iter().map(String::as_str).collect(),
        own: &own,
        sections: BTreeMap::new(),
        annotations,
        facts: Facts::of(theirs),
        old_facts,
        used: BTreeSet::new(),
        last: None,
        text: String::new(),
    };
    let items = layout::arrange(theirs, ours);
    let mut numbers = numbers::needed(theirs);
    // Those that are there stay in their order; the others follow.
    numbers.sort_by_key(|(name, _)| {
        let place = own.items.iter().position(|item| item == name);
        place.unwrap_or(usize::MAX)
    });
    let kept = items.iter().map(|(_, item)| syntax::key(item));
    let kept = kept.chain(numbers.iter().map(|(name, _)| (*name).to_owned()));
    let kept = kept.chain(syntax::defines(&theirs.ast).map(|(name, _)| name.to_owned()));
    let lost = writer.place_sections(&kept.collect());
    writer.header(version);
    writer.includes();
    for (name, value) in numbers {
        let definition = format!("const {name} = {value};");
        writer.definition(name, Part::Numbers, true, |_| definition);
    }
    for (name, value) in syntax::defines(&theirs.ast) {
        let definition = format!("const {name} = {};", value.span.of(&theirs.text));
        writer.definition(name, Part::Bounds, true, |_| definition);
    }
    for (part, item) in items {
        let is_constant = matches!(item.kind, ItemKind::Const(_));
        let key = syntax::key(item);
        writer.definition(&key, part, is_constant, |writer| writer.item(&key, item));
    }
    for comment in &own.end {
        writer.text.extend(["\n", comment, "\n"]);
    }
    let mut dropped = writer.dropped();
    dropped.extend(lost);
    Written {
        text: writer.text,
        dropped,
    }
}

/// The text so far, and what goes into it.
pub(super) struct Writer<'a> {
    pub(super) file: &'a Protocol,
    /// By enumerator.
    pub(super) annotations: BTreeMap<&'a str, &'a Annotations>,
    procedures: bool,
    own: &'a Comments,
    /// Keys of definitions that ours has, with or without comments.
    known: BTreeSet<&'a str>,
    /// What opens a section, by the definition that it now stands before.
    sections: BTreeMap<&'a str, Notes>,
    facts: Facts,
    /// What comments of ours say on the strength of our own schema.
    old_facts: Facts,
    /// Keys of comments that have found their place.
    used: BTreeSet<String>,
    /// The last definition: its part, and whether it is a constant.
    last: Option<(Part, bool)>,
    text: String,
}

impl Writer<'_> {
    /// Comments of ours before something.
    pub(super) fn before(&mut self, key: &str, indent: &str) -> String {
        let Some(notes) = self.own.notes.get(key) else {
            return String::new();
        };
        self.used.insert(key.to_owned());
        let renewed = notes
            .before
            .iter()
            .filter_map(|comment| self.old_facts.renew(&self.facts, key, comment));
        renewed
            .map(|comment| indented(&comment, indent) + "\n")
            .collect()
    }

    /// Comments of ours behind something on its line.
    pub(super) fn after(&mut self, key: &str) -> Vec<String> {
        let Some(notes) = self.own.notes.get(key) else {
            return Vec::new();
        };
        self.used.insert(key.to_owned());
        notes.after.clone()
    }

    /// A section begins at its first definition that still exists; what is returned has none.
    fn place_sections(&mut self, kept: &BTreeSet<String>) -> Vec<(String, String)> {
        let mut lost = Vec::new();
        let mut pending = Notes::default();
        for key in &self.own.items {
            if let Some(notes) = self.own.notes.get(key) {
                let section = notes.section.as_ref();
                if let Some(section) = section.filter(|section| !Part::is_title(section)) {
                    let empty = pending.section.replace(section.clone());
                    lost.extend(empty.map(|section| (key.clone(), section)));
                }
                pending.apart.extend(notes.apart.iter().cloned());
            }
            if kept.contains(key) {
                self.sections.insert(key, std::mem::take(&mut pending));
            }
        }
        let end = pending.section.into_iter().chain(pending.apart);
        lost.extend(end.map(|comment| ("the end".to_owned(), comment)));
        lost
    }

    fn header(&mut self, version: Option<&str>) {
        let header = match (&self.own.header, version) {
            (Some(header), Some(version)) => with_version(header, version),
            (Some(header), None) => header.clone(),
            (None, version) => {
                let stem = &self.file.stem;
                let version = version.map(|version| format!(" {version}"));
                let version = version.unwrap_or_default();
                let text = format!(
                    "{stem}: the names, types, bounds, numbers and annotations are those of libvirt{version}."
                );
                facts::comment(&text, &[])
            }
        };
        self.text.push_str(&header);
        self.text.push('\n');
    }

    /// Imports; what else libvirt includes, only C needs.
    fn includes(&mut self) {
        for stem in syntax::includes(&self.file.ast) {
            if self.file.imports.iter().any(|(import, _)| import == stem) {
                let line = format!("%#include \"{stem}.h\"");
                let before = self.before(&line, "");
                self.text.extend(["\n", &before, &line, "\n"]);
            }
        }
    }

    /// A definition with all that stands before it and behind it.
    fn definition(
        &mut self,
        key: &str,
        part: Part,
        is_constant: bool,
        text: impl FnOnce(&mut Self) -> String,
    ) {
        let sections = self.sections.remove(key).unwrap_or_default();
        let begins = self.last.is_none_or(|(last, _)| last != part);
        let title = part.title(self.procedures).to_owned();
        let title = sections.section.or(begins.then_some(title));
        let apart: Vec<_> = title.into_iter().chain(sections.apart).collect();
        if !apart.is_empty() || !is_constant || self.last != Some((part, true)) {
            self.text.push('\n');
        }
        for comment in &apart {
            self.text.extend([comment, "\n\n"]);
        }
        let before = self.before(key, "");
        self.text.push_str(&before);
        if !self.known.contains(key) {
            let fact = self.facts.comment(key);
            self.text.extend(fact.map(|fact| fact + "\n"));
        }
        let definition = text(self);
        let line = [definition].into_iter().chain(self.after(key));
        let line: Vec<_> = line.collect();
        self.text.push_str(&line.join(" "));
        self.text.push('\n');
        self.last = Some((part, is_constant));
    }

    fn item(&mut self, key: &str, item: &Item) -> String {
        let source = &self.file.text;
        let (head, inside) = match &item.kind {
            ItemKind::Const(_) | ItemKind::Program(_) => return print::item(source, item),
            ItemKind::Typedef(target) => {
                return format!("typedef {};", print::declaration(source, target));
            }
            ItemKind::Enum(name, body) => {
                let head = format!("enum {} {{", name.name);
                (head, self.enumerators(key, body))
            }
            ItemKind::Struct(name, body) => {
                let head = format!("struct {} {{", name.name);
                (head, self.members(key, body))
            }
            ItemKind::Union(name, body) => {
                let discriminant = print::declaration(source, &body.discriminant);
                let head = format!("union {} switch ({discriminant}) {{", name.name);
                (head, self.arms(key, body))
            }
        };
        let marks = comments::marks(self.file, &item.opening);
        let after = marks.chain(self.after(&comments::opening(key)));
        let head: Vec<_> = [head].into_iter().chain(after).collect();
        format!("{}\n{inside}}};", head.join(" "))
    }

    /// What nobody asked for, titles and plain facts aside.
    fn dropped(&self) -> Vec<(String, String)> {
        let unused = self.own.notes.iter();
        let unused = unused.filter(|(key, _)| !self.used.contains(*key));
        let comments = unused.flat_map(|(key, notes)| {
            let all = notes.before.iter().chain(&notes.after);
            let own = all.filter(|comment| !self.old_facts.is_all_of(key, comment));
            own.map(|comment| (key.clone(), comment.clone()))
        });
        comments.collect()
    }
}

/// A comment's lines at an indentation; what begins with a star has it below the first one's.
fn indented(comment: &str, indent: &str) -> String {
    let mut lines = comment.lines();
    let mut text = format!("{indent}{}", lines.next().unwrap_or_default());
    for line in lines {
        let starred = line.trim_start().starts_with('*');
        text.push('\n');
        text.push_str(indent);
        text.push_str(if starred { " " } else { "" });
        text.push_str(line.trim_start());
    }
    text
}

/// The header with the version that it names first put right.
fn with_version(header: &str, version: &str) -> String {
    const NAME: &str = "libvirt ";
    for (at, _) in header.match_indices(NAME) {
        let (before, rest) = header.split_at(at + NAME.len());
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.');
        let number = rest[..end.unwrap_or(rest.len())].trim_end_matches('.');
        if number.contains('.') {
            return format!("{before}{version}{}", &rest[number.len()..]);
        }
    }
    header.to_owned()
}

#[cfg(test)]
mod tests;
