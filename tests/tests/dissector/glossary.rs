//! What the dissector knows by its own account.

use std::collections::BTreeSet;

use crate::tshark::Tshark;

/// Programs, procedures and fields.
pub(crate) struct Glossary {
    /// In the order of its files.
    pub(crate) programs: Vec<Entry>,
    /// For each of them its procedures, in the order of their numbers.
    pub(crate) procedures: Vec<Vec<Entry>>,
    /// Every field, such as `libvirt.remote_nonnull_domain.name`.
    pub(crate) fields: BTreeSet<String>,
}

/// A number with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) number: u32,
    pub(crate) name: String,
}

impl Glossary {
    pub(crate) fn read(tshark: &Tshark) -> Self {
        let mut glossary = Self {
            programs: Vec::new(),
            procedures: Vec::new(),
            fields: BTreeSet::new(),
        };
        let ours = |line: &&str| line.contains("\tlibvirt");
        for line in tshark.list("values").lines().filter(ours) {
            let columns: Vec<_> = line.split('\t').collect();
            match columns[..] {
                ["V", "libvirt.program", number, name] => {
                    glossary.programs.push(entry(number, name));
                }
                ["V", "libvirt.procedure", number, name] => glossary.procedure(entry(number, name)),
                _ => {}
            }
        }
        for line in tshark.list("fields").lines().filter(ours) {
            let columns: Vec<_> = line.split('\t').collect();
            if let ["F", _label, field, _type, "libvirt", ..] = columns[..] {
                glossary.fields.insert(field.to_owned());
            }
        }
        glossary
    }

    /// All programs have the same field; the numbers rise in each.
    fn procedure(&mut self, entry: Entry) {
        match self.procedures.last_mut() {
            Some(program)
                if program
                    .last()
                    .is_some_and(|last| last.number < entry.number) =>
            {
                program.push(entry);
            }
            _ => self.procedures.push(vec![entry]),
        }
    }

    pub(crate) fn knows(&self, program: u32, procedure: u32) -> bool {
        let procedures = self.procedures_of(program);
        procedures.iter().any(|it| it.number == procedure)
    }

    /// The procedures of a program, none if it is unknown.
    pub(crate) fn procedures_of(&self, program: u32) -> &[Entry] {
        let programs = self.programs.iter().zip(&self.procedures);
        let mut found = programs.filter(|(entry, _)| entry.number == program);
        found.next().map_or(&[], |(_, procedures)| procedures)
    }
}

fn entry(number: &str, name: &str) -> Entry {
    let parsed = match number.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    Entry {
        number: parsed.unwrap_or_else(|error| panic!("{number}: {error}")),
        name: name.to_owned(),
    }
}
