//! How things are named: types and fields in snake case, constants in capitals.

use std::cell::OnceCell;
use std::collections::HashSet;

use crate::ast::{Declaration, Enumerator, Identifier};
use crate::lint::walk::{self, Role, Visitor};
use crate::lint::{File, Findings, Rule, Subject};
use crate::schema::{Schema, TypeKind};
use crate::words::is_word;

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let names = OnceCell::new();
    for &file in &subject.files {
        let mut naming = Naming {
            file,
            schema: subject.schema,
            names: &names,
            findings,
        };
        walk::file(file.ast, &mut naming);
    }
}

struct Naming<'f, 'n, 'a, 's> {
    file: File<'a>,
    schema: &'n Schema,
    /// What is defined; read when somebody asks.
    names: &'f OnceCell<HashSet<&'n str>>,
    findings: &'f mut Findings<'s>,
}

impl<'a> Visitor<'a> for Naming<'_, '_, 'a, '_> {
    fn declaration(&mut self, part: Role, declaration: &'a Declaration) {
        if let (Role::Typedef, Some(name)) = (part, &declaration.name) {
            self.definition(Rule::TypeNaming, name);
        }
    }

    fn fields(&mut self, names: &[&'a Identifier]) {
        let mut siblings = HashSet::new();
        for identifier in names {
            if is_in_style(&identifier.name, false) {
                continue;
            }
            if siblings.is_empty() {
                siblings.extend(names.iter().map(|sibling| &*sibling.name));
            }
            let is_taken = |wanted: &str| siblings.contains(wanted);
            self.name(Rule::FieldNaming, identifier, is_taken);
        }
    }

    fn type_name(&mut self, name: &'a Identifier) {
        self.definition(Rule::TypeNaming, name);
    }

    fn constant(&mut self, name: &'a Identifier) {
        self.definition(Rule::ConstantNaming, name);
    }

    fn enumerator(&mut self, enumerator: &'a Enumerator) {
        self.definition(Rule::ConstantNaming, &enumerator.name);
    }
}

impl Naming<'_, '_, '_, '_> {
    /// A name that all definitions share a space with.
    fn definition(&mut self, rule: Rule, identifier: &Identifier) {
        let (schema, names) = (self.schema, self.names);
        self.name(rule, identifier, |wanted| {
            names.get_or_init(|| defined(schema)).contains(wanted)
        });
    }

    fn name(&mut self, rule: Rule, identifier: &Identifier, is_taken: impl Fn(&str) -> bool) {
        let name = identifier.name.as_str();
        let capitals = rule == Rule::ConstantNaming;
        if is_in_style(name, capitals) {
            return;
        }
        let location = self.file.at(identifier.span);
        self.findings.add(rule, location, || {
            let (what, style) = match rule {
                Rule::TypeNaming => ("type", "snake case"),
                Rule::FieldNaming => ("field", "snake case"),
                _ => ("constant", "capitals"),
            };
            let message = format!("the {what} `{name}` is not in {style}");
            let wanted = in_style(name, capitals);
            let help = if is_word(&wanted) {
                format!("choose another name: `{wanted}` means something by itself")
            } else if is_taken(&wanted) {
                format!("choose another name: there is a `{wanted}` already")
            } else {
                format!("`{wanted}` would be")
            };
            rule.at(location, message).label("unusual").help(help)
        });
    }
}

/// The names of all constants, types and programs.
fn defined(schema: &Schema) -> HashSet<&str> {
    let mut names = HashSet::new();
    names.extend(schema.constants.iter().map(|it| it.name.as_str()));
    names.extend(schema.programs.iter().map(|it| it.name.as_str()));
    for definition in &schema.types {
        names.insert(definition.name.as_str());
        if let TypeKind::Enum(body) = &definition.kind {
            names.extend(body.enumerators.iter().map(|it| it.name.as_str()));
        }
    }
    for version in schema.programs.iter().flat_map(|it| &it.versions) {
        names.insert(&version.name);
        names.extend(version.procedures.iter().map(|it| it.name.as_str()));
    }
    names
}

fn is_in_style(name: &str, capitals: bool) -> bool {
    !name.bytes().any(|letter| {
        if capitals {
            letter.is_ascii_lowercase()
        } else {
            letter.is_ascii_uppercase()
        }
    })
}

/// `fileName` and `FILEName` → `file_name`, `FILE_NAME`.
fn in_style(name: &str, capitals: bool) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut wanted = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| letters[before]);
        let behind = letters.get(at + 1);
        let begins_word = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || (before.is_ascii_uppercase() && behind.is_some_and(char::is_ascii_lowercase))
            });
        if begins_word {
            wanted.push('_');
        }
        wanted.push(*letter);
    }
    if capitals {
        wanted.to_ascii_uppercase()
    } else {
        wanted.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_put_into_style() {
        for (name, snake, capitals) in [
            ("fileName", "file_name", "FILE_NAME"),
            ("FILEName", "file_name", "FILE_NAME"),
            ("LINK3args", "link3args", "LINK3ARGS"),
            ("virLockSpace", "vir_lock_space", "VIR_LOCK_SPACE"),
            ("a", "a", "A"),
            ("_", "_", "_"),
        ] {
            assert_eq!(in_style(name, false), snake);
            assert_eq!(in_style(name, true), capitals);
        }
        assert!(is_in_style("x_9", false) && is_in_style("X_9", true));
        assert!(!is_in_style("x_A", false) && !is_in_style("X_a", true));
    }
}
