//! How things are named: types and fields in snake case, constants in capitals.

use crate::ast::{Declaration, Enumerator, Identifier};
use crate::lint::walk::{self, Role, Visitor};
use crate::lint::{File, Findings, Rule, Subject};

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for &file in &subject.files {
        walk::file(file.ast, &mut Naming { file, findings });
    }
}

struct Naming<'f, 'a, 's> {
    file: File<'a>,
    findings: &'f mut Findings<'s>,
}

impl<'a> Visitor<'a> for Naming<'_, 'a, '_> {
    fn declaration(&mut self, part: Role, declaration: &'a Declaration) {
        let rule = match part {
            Role::Typedef => Rule::TypeNaming,
            Role::Field | Role::Discriminant => Rule::FieldNaming,
            Role::Message => return,
        };
        if let Some(name) = &declaration.name {
            self.name(rule, name);
        }
    }

    fn type_name(&mut self, name: &'a Identifier) {
        self.name(Rule::TypeNaming, name);
    }

    fn constant(&mut self, name: &'a Identifier) {
        self.name(Rule::ConstantNaming, name);
    }

    fn enumerator(&mut self, enumerator: &'a Enumerator) {
        self.name(Rule::ConstantNaming, &enumerator.name);
    }
}

impl Naming<'_, '_, '_> {
    fn name(&mut self, rule: Rule, identifier: &Identifier) {
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
            rule.at(location, message)
                .label("unusual")
                .help(format!("`{wanted}` would be"))
        });
    }
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
