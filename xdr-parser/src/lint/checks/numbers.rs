//! Numbers that are not what they look like, and lengths that may be negative.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use super::packets::each_use;
use crate::ast::{Declaration, Directive, Form, TypeSpecifierKind, Value, ValueKind};
use crate::diagnostic::{Edit, Fix};
use crate::lint::walk::{self, Role, Visitor};
use crate::lint::{File, Findings, Rule, Subject};
use crate::resolve::forms::{builtin, c_integer};
use crate::schema::{Schema, Type, TypeId};
use crate::source::{Location, Span};

/// `010` is 8.
pub(in crate::lint) fn check_octal(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for &file in &subject.files {
        let macros = file.ast.directives.iter();
        let repeated = macros.filter_map(|directive| match directive {
            Directive::Define { name, value, .. } => {
                let directives = subject.directives.get(&file.id)?;
                (!directives.define_once(&name.name)).then_some(value.span)
            }
            Directive::Include { .. } => None,
        });
        let mut octal = Octal {
            file,
            repeated: repeated.collect(),
            findings,
        };
        walk::file(file.ast, &mut octal);
    }
}

struct Octal<'f, 'a, 's> {
    file: File<'a>,
    /// Values of `#define` lines of which there may be more: those must stay alike, letter by letter.
    repeated: HashSet<Span>,
    findings: &'f mut Findings<'s>,
}

impl<'a> Visitor<'a> for Octal<'_, 'a, '_> {
    fn number(&mut self, value: &'a Value) {
        let ValueKind::Number(Some(number)) = value.kind else {
            return;
        };
        let written = value.span.of(self.file.text);
        let digits = written.trim_start_matches('-');
        // `01` is 1 either way.
        let misread = digits.starts_with('0')
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && written.parse() != Ok(i128::from(number));
        if !misread {
            return;
        }
        let location = self.file.at(value.span);
        let is_safe = !self.repeated.contains(&value.span);
        self.findings.add(Rule::OctalNumber, location, || {
            let decimal = i128::from(number).to_string();
            let message = format!("`{written}` is octal: {decimal}");
            let found = Rule::OctalNumber.at(location, message);
            let title = format!("write `{decimal}`");
            let found = found.label("begins with a zero").help(title.clone());
            let edit = Edit {
                location,
                replacement: decimal,
            };
            found.fix(Fix::safe(title, vec![edit]).only_if(is_safe))
        });
    }
}

/// Fields and arguments that are named as lengths and counts are, and may be negative.
pub(in crate::lint) fn check_lengths(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    each_use(subject.schema, &mut |name, ty, location| {
        if subject.has(location) {
            check_length(subject.schema, findings, (name, ty), location);
        }
    });
    let types = OnceCell::new();
    for &file in &subject.files {
        let mut arguments = Arguments {
            file,
            schema: subject.schema,
            types: &types,
            findings,
        };
        walk::file(file.ast, &mut arguments);
    }
}

fn check_length(
    schema: &Schema,
    findings: &mut Findings<'_>,
    (name, ty): (&str, &Type),
    location: Location,
) {
    let unsigned = match schema.peel(ty) {
        Type::Int => "unsigned int",
        Type::Hyper => "unsigned hyper",
        Type::Short => "unsigned short",
        _ => return,
    };
    if is_count(name) {
        findings.add(Rule::SignedLength, location, || {
            let message = format!("`{name}` counts something and may be negative");
            Rule::SignedLength
                .at(location, message)
                .label("signed")
                .help(format!("`{unsigned}` has no negative numbers"))
        });
    }
}

/// Arguments of procedures: their names are in the text alone.
struct Arguments<'f, 'n, 'a, 's> {
    file: File<'a>,
    schema: &'n Schema,
    /// All types by name; read when somebody asks.
    types: &'f OnceCell<HashMap<&'n str, TypeId>>,
    findings: &'f mut Findings<'s>,
}

impl Arguments<'_, '_, '_, '_> {
    fn named(&self, name: &str) -> Option<Type> {
        let types = self.types.get_or_init(|| {
            let types = self.schema.types.iter();
            let types = types.filter(|definition| definition.parent.is_none());
            types.map(|it| (it.name.as_str(), it.id)).collect()
        });
        let defined = types.get(name).copied().map(Type::Named);
        defined.or_else(|| c_integer(name))
    }
}

impl<'a> Visitor<'a> for Arguments<'_, '_, 'a, '_> {
    fn declaration(&mut self, role: Role, declaration: &'a Declaration) {
        let (Role::Message, Form::Plain, Some(name)) = (role, &declaration.form, &declaration.name)
        else {
            return;
        };
        let ty = match &declaration.ty.kind {
            TypeSpecifierKind::Builtin(name) => Some(builtin(*name)),
            TypeSpecifierKind::Named(name, _) => self.named(&name.name),
            _ => None,
        };
        if let Some(ty) = ty {
            let location = self.file.at(declaration.span);
            check_length(self.schema, self.findings, (&name.name, &ty), location);
        }
    }
}

/// Whether a name is that of a length or a count: `len`, `name_len`, `ncpus`, `numDisks`, `byteCount`.
fn is_count(name: &str) -> bool {
    let words = words(name);
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return false;
    };
    let counts = ["len", "length", "size", "count", "cnt", "nbytes"];
    let ends = |suffix| last.len() > 3 && last.ends_with(suffix);
    // `nparams` but neither `names` nor `nodes`.
    let is_plural = first.len() > 4
        && first.ends_with('s')
        && first.strip_prefix('n').is_some_and(|rest| {
            !rest.starts_with(['a', 'e', 'i', 'o', 'u', 'y']) && !rest.starts_with("fs")
        });
    counts.contains(&last.as_str())
        || ends("len")
        || (words.len() > 1 && ["n", "nr", "num"].contains(&first.as_str()))
        || (words.len() == 1 && is_plural)
}

/// The words of a name in lower case: `max_nameLen` has `max`, `name` and `len`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for letter in name.chars() {
        if letter == '_' || (after_small && letter.is_ascii_uppercase()) {
            words.push(String::new());
        }
        after_small = letter.is_ascii_lowercase() || letter.is_ascii_digit();
        if let (true, Some(word)) = (letter != '_', words.last_mut()) {
            word.push(letter.to_ascii_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_lengths_and_counts_are_told_from_others() {
        for name in [
            "len",
            "length",
            "name_len",
            "namelen",
            "byteCount",
            "nparams",
            "ncpus",
            "num_disks",
            "nr_pages",
            "n_items",
            "size",
        ] {
            assert!(is_count(name), "{name}");
        }
        for name in [
            "", "_", "names", "nodes", "nfs", "account", "number", "lens", "flags", "state",
            "resize", "en", "discount",
        ] {
            assert!(!is_count(name), "{name}");
        }
    }
}
