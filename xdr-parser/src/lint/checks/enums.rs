//! Enumerators whose values follow from their place.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use crate::ast::{self, Directive, ItemKind, Value, ValueKind};
use crate::diagnostic::{Edit, Fix};
use crate::lint::directives::Directives;
use crate::lint::walk::{self, Visitor};
use crate::lint::{File, Findings, Rule, Subject};
use crate::schema::{Enum, Item, TypeDef, TypeKind};
use crate::source::Span;

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for file in &subject.files {
        let mut written = Enums::default();
        walk::file(file.ast, &mut written);
        let items = subject.schema.file(file.id).into_iter();
        let mut ids: Vec<_> = items
            .flat_map(|file| &file.items)
            .filter_map(|item| match item {
                Item::Type(id) => Some(*id),
                _ => None,
            })
            .collect();
        // In the order in which they are declared, as they are written: those around others first.
        ids.sort_unstable();
        let valued = ids.into_iter().filter_map(|id| {
            let definition = subject.schema.ty(id);
            match &definition.kind {
                TypeKind::Enum(body) => Some((definition, body)),
                _ => None,
            }
        });
        let numbers = Numbers::of(subject, file);
        for (body, (definition, values)) in written.bodies.into_iter().zip(valued) {
            check_enum(findings, &numbers, body, (definition, values), |span| {
                file.at(span)
            });
        }
    }
}

/// All enums of a file.
#[derive(Default)]
struct Enums<'a> {
    bodies: Vec<&'a ast::EnumBody>,
}

impl<'a> Visitor<'a> for Enums<'a> {
    fn enumeration(&mut self, body: &'a ast::EnumBody) {
        self.bodies.push(body);
    }
}

/// An enum is one finding, however many values are missing.
fn check_enum(
    findings: &mut Findings<'_>,
    numbers: &Numbers<'_>,
    body: &ast::EnumBody,
    (definition, values): (&TypeDef, &Enum),
    at: impl Fn(Span) -> crate::Location,
) {
    let pairs = || {
        let pairs = body.enumerators.iter().zip(&values.enumerators);
        pairs.filter(|(written, valued)| {
            written.value.is_none() && valued.location == at(written.name.span)
        })
    };
    let Some((first, _)) = pairs().next() else {
        return;
    };
    let location = at(first.name.span);
    let places = (definition.location, location);
    findings.add_within(Rule::EnumeratorWithoutValue, places, || {
        let name = &definition.name;
        let edits: Vec<Edit> = pairs()
            .map(|(written, valued)| {
                let end = written.name.span.end;
                Edit {
                    location: at(Span::new(end, end)),
                    replacement: format!(" = {}", valued.value),
                }
            })
            .collect();
        let message = match edits.len() {
            1 => format!("`{}` of the enum `{name}` has no value", first.name.name),
            count => format!("{count} enumerators of `{name}` have no value"),
        };
        let title = "write down the values that they have now";
        let is_safe = numbers.follow(body);
        let help = if is_safe {
            title.to_owned()
        } else {
            format!("{title}, unless other settings give others")
        };
        Rule::EnumeratorWithoutValue
            .at(location, message)
            .label("its value depends on what stands above")
            .help(help)
            .fix(Fix::safe(title, edits).only_if(is_safe))
    });
}

/// What is known of the numbers of a file under all settings.
struct Numbers<'a> {
    file: &'a ast::File,
    directives: Option<&'a Directives<'a>>,
    /// Names that stand for the same number under all settings; read when somebody asks.
    settled: OnceCell<HashSet<&'a str>>,
}

impl<'a> Numbers<'a> {
    fn of(subject: &'a Subject<'_>, file: &File<'a>) -> Self {
        Self {
            file: file.ast,
            directives: subject.directives.get(&file.id),
            settled: OnceCell::new(),
        }
    }

    /// Whether the values that an enum does not write are the same under all settings.
    fn follow(&self, body: &ast::EnumBody) -> bool {
        if self.directives.is_none_or(|lines| lines.divide(body.span)) {
            return false;
        }
        let mut is_settled = true;
        body.enumerators.iter().all(|enumerator| {
            if let Some(value) = &enumerator.value {
                is_settled = self.is_settled(value);
                return true;
            }
            is_settled
        })
    }

    fn is_settled(&self, value: &Value) -> bool {
        match &value.kind {
            ValueKind::Number(_) => true,
            ValueKind::Name(name) => {
                let has_conditionals = self.directives.is_none_or(Directives::has_conditionals);
                let settled = || Definitions::of(self.file).settled();
                !has_conditionals && self.settled.get_or_init(settled).contains(&**name)
            }
            ValueKind::String(_) => false,
        }
    }
}

/// The names that a file gives numbers to.
#[derive(Default)]
struct Definitions<'a> {
    /// Those that are numbers, or nothing.
    settled: Vec<&'a str>,
    /// Those that follow from another name, by that.
    waiting: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Definitions<'a> {
    fn of(file: &'a ast::File) -> Self {
        let mut definitions = Self::default();
        for directive in &file.directives {
            if let Directive::Define { name, value, .. } = directive {
                definitions.add(&name.name, value);
            }
        }
        for item in &file.items {
            if let ItemKind::Const(constant) = &item.kind {
                definitions.add(&constant.name.name, &constant.value);
            }
        }
        walk::file(file, &mut definitions);
        definitions
    }

    fn add(&mut self, name: &'a str, value: &'a Value) {
        match &value.kind {
            ValueKind::Number(_) => self.settled.push(name),
            ValueKind::Name(other) => self.waiting.entry(other).or_default().push(name),
            ValueKind::String(_) => {}
        }
    }

    /// Those that follow from numbers of the file alone.
    fn settled(mut self) -> HashSet<&'a str> {
        let mut settled = HashSet::new();
        while let Some(name) = self.settled.pop() {
            if settled.insert(name) {
                let followers = self.waiting.remove(name);
                self.settled.extend(followers.into_iter().flatten());
            }
        }
        settled
    }
}

impl<'a> Visitor<'a> for Definitions<'a> {
    fn enumeration(&mut self, body: &'a ast::EnumBody) {
        let mut before: Option<&'a str> = None;
        for enumerator in &body.enumerators {
            let name = enumerator.name.name.as_str();
            match (&enumerator.value, before) {
                (Some(value), _) => self.add(name, value),
                (None, Some(before)) => self.waiting.entry(before).or_default().push(name),
                (None, None) => self.settled.push(name),
            }
            before = Some(name);
        }
    }
}
