//! Numbers that stand for what types and files mean on the wire.
//!
//! Two types have the same fingerprint if their values have the same bytes and the same bounds. Names, comments, layout,
//! the order of definitions, typedefs, and constants behind numbers do not count. What is one form in the
//! [comparison](crate::compare) is one here: a struct of one field is that field, `T *` is `T<1>`, a boolean is an enum
//! of 0 and 1. A string is no opaque, and a struct within a struct no longer struct.
//!
//! What only names tell is not seen, since names may change: two fields of one type that change places are two fields with
//! other names. [`compare`](crate::compare::compare) does see it.
//!
//! # What is hashed
//!
//! A fingerprint is kept: in files, in caches, on other machines. So it is made of bytes that are laid down here, and any
//! change of them is another [`VERSION`]. All numbers are words of four bytes, the most significant first; bounds and lengths
//! are unsigned, no bound is 2³²−1.
//!
//! **A type** is its version, and then one record for each form that can be reached from it, itself included. Forms are
//! the nodes of the smallest graph that there is of the type: what is the same on the wire is one node. They are numbered
//! from 0 in the order in which a walk in breadth comes to them, and stand in that order; a record names another form by
//! its number.
//!
//! | form | record |
//! | --- | --- |
//! | fields one after the other; none for `void` | 0, how many, the form of each |
//! | numbers of four bytes, all from the first to the last | 1, the first and the last in eight bytes each |
//! | numbers of four bytes, just those of an enum | 2, how many, each once and in ascending order |
//! | `hyper`, `unsigned hyper`, `float`, `double`, `quadruple` | 3, 4, 5, 6, 7 |
//! | `opaque[N]` | 8, N |
//! | `opaque<N>` | 9, N |
//! | `string<N>` | 10, N |
//! | `T<N>` | 11, N, the form of T |
//! | `T[N]`; for N = 1 it is T | 12, N, the form of T |
//! | union | 13, how many labels, then each, in ascending order as an unsigned word, with the form of its arm; 1 for a default arm, then its form and that of the discriminant, or 0 for none |
//!
//! `T[0]` and `opaque[0]` are `void`.
//!
//! **A file** is its version; how many different fingerprints its named types have, and these, in ascending order and 16 bytes
//! each; and its programs, in ascending order of their bytes: the numbers of program and version, how many procedures there
//! are, and in ascending order of their bytes for each its number, its manners, how many arguments, their fingerprints, and
//! that of the result. Manners are a sum: 1 if it is an event, of which the message counts as argument; as libvirt's
//! annotations say, 2 if a stream comes from the server, 4 if one goes to the server, 8 if it may have holes. Both ways to write a program count. Types that a file imports count where
//! its own types or programs hold them.
//!
//! The hash is FNV-1a with 128 bits. It is no protection against somebody who looks for two types with one fingerprint;
//! who can change a schema has no need to. Against chance 128 bits are plenty, and the hash costs build scripts, which link
//! this crate, ten lines instead of a dependency. Fingerprints of small types may look alike; they are either equal or
//! not.

use std::collections::BTreeSet;
use std::fmt;

use crate::compare::numbers::Numbers;
use crate::compare::wire::{self, Forms, Label};
use crate::schema::{
    ConstantValue, EnumProcedure, Item, Procedure, ProcedureEnum, Schema, Type, TypeId,
};
use crate::source::FileId;

/// The version of what is hashed. Fingerprints of different versions have nothing to do with each other.
pub const VERSION: u32 = 1;

/// The fingerprint of a type or a file; as text it has 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u128);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// The fingerprints of a schema.
#[derive(Clone, Debug)]
pub struct Fingerprints {
    types: Vec<Fingerprint>,
    files: Vec<(FileId, Fingerprint)>,
}

impl Fingerprints {
    /// Of all types and files. Takes time in proportion to what each of the types holds, directly and through others.
    pub fn of(schema: &Schema) -> Self {
        let programs = programs(schema);
        let uses: Vec<&Type> = programs.iter().flat_map(Program::uses).collect();
        let forms = Forms::of(schema, &uses);
        let mut walk = Walk::new(&forms);
        let types: Vec<Fingerprint> = forms.types.iter().map(|&form| walk.from(form)).collect();
        let mut uses = forms.uses.iter().map(|&form| walk.from(form));
        let programs: Vec<(FileId, Vec<u8>)> = programs
            .into_iter()
            .map(|program| (program.file, program.bytes(&mut uses)))
            .collect();
        let files = schema.files.iter().map(|file| {
            let own = file.items.iter().filter_map(|item| match item {
                // Anonymous ones are part of those around them.
                Item::Type(id) if schema.ty(*id).parent.is_none() => Some(types[id.0 as usize]),
                _ => None,
            });
            let own: BTreeSet<Fingerprint> = own.collect();
            let mut hash = Hash::new();
            hash.count(own.len());
            for fingerprint in own {
                hash.bytes(&fingerprint.0.to_be_bytes());
            }
            let programs = programs.iter().filter(|(of, _)| *of == file.id);
            let mut programs: Vec<&[u8]> = programs.map(|(_, bytes)| bytes.as_slice()).collect();
            programs.sort_unstable();
            for program in programs {
                hash.bytes(program);
            }
            (file.id, hash.finish())
        });
        Self {
            files: files.collect(),
            types,
        }
    }

    /// That of a type, if the schema has it.
    pub fn of_type(&self, id: TypeId) -> Option<Fingerprint> {
        self.types.get(id.0 as usize).copied()
    }

    /// That of a file, if the schema has it.
    pub fn of_file(&self, id: FileId) -> Option<Fingerprint> {
        let mut files = self.files.iter();
        files.find(|(file, _)| *file == id).map(|(_, found)| *found)
    }
}

/// Walks from one form after the other.
struct Walk<'f> {
    forms: &'f Forms,
    /// For each form its number in the walk that is under way, or was the last to come to it.
    numbers: Vec<u32>,
    /// And which walk that was.
    walks: Vec<usize>,
    current: usize,
    /// What has been found.
    known: Vec<Option<Fingerprint>>,
}

impl<'f> Walk<'f> {
    fn new(forms: &'f Forms) -> Self {
        let count = forms.labels.len();
        Self {
            forms,
            numbers: vec![0; count],
            walks: vec![0; count],
            current: 0,
            known: vec![None; count],
        }
    }

    fn from(&mut self, form: usize) -> Fingerprint {
        if let Some(known) = self.known[form] {
            return known;
        }
        self.current += 1;
        let mut order = Vec::new();
        self.number(form, &mut order);
        let mut hash = Hash::new();
        let mut next = 0;
        while let Some(&form) = order.get(next) {
            let targets = self.forms.targets[form].iter();
            let targets: Vec<u32> = targets.map(|&it| self.number(it, &mut order)).collect();
            record(&self.forms.labels[form], &targets, &mut hash);
            next += 1;
        }
        let found = hash.finish();
        self.known[form] = Some(found);
        found
    }

    /// The number of a form; the next one, if the walk has not come to it before.
    fn number(&mut self, form: usize, order: &mut Vec<usize>) -> u32 {
        if std::mem::replace(&mut self.walks[form], self.current) != self.current {
            self.numbers[form] = word(order.len());
            order.push(form);
        }
        self.numbers[form]
    }
}

fn record(label: &Label, targets: &[u32], hash: &mut Hash) {
    match label {
        Label::Sequence => {
            hash.words(&[0]);
            hash.count(targets.len());
            hash.words(targets);
        }
        Label::Numbers(Numbers::Range(first, last)) => {
            hash.words(&[1]);
            hash.bytes(&first.to_be_bytes());
            hash.bytes(&last.to_be_bytes());
        }
        Label::Numbers(Numbers::Set(numbers)) => {
            hash.words(&[2]);
            hash.count(numbers.len());
            for number in numbers {
                hash.bytes(&number.to_be_bytes());
            }
        }
        Label::Hyper => hash.words(&[3]),
        Label::UnsignedHyper => hash.words(&[4]),
        Label::Float => hash.words(&[5]),
        Label::Double => hash.words(&[6]),
        Label::Quadruple => hash.words(&[7]),
        Label::FixedOpaque(length) => hash.words(&[8, *length]),
        Label::Opaque(bound) => hash.words(&[9, *bound]),
        Label::String(bound) => hash.words(&[10, *bound]),
        Label::Array(bound) => {
            hash.words(&[11, *bound]);
            hash.words(targets);
        }
        Label::FixedArray(length) => {
            hash.words(&[12, *length]);
            hash.words(targets);
        }
        Label::Union(labels) => {
            hash.words(&[13]);
            hash.count(labels.len());
            let (arms, default) = targets.split_at(labels.len().min(targets.len()));
            for (label, arm) in labels.iter().zip(arms) {
                hash.words(&[*label, *arm]);
            }
            hash.words(&[u32::from(!default.is_empty())]);
            hash.words(default);
        }
    }
}

/// A version of a program, in whichever way it is written.
struct Program {
    file: FileId,
    number: u32,
    version: u32,
    procedures: Vec<Called>,
}

/// A procedure.
struct Called {
    number: u32,
    manners: u32,
    args: Vec<Type>,
    ret: Type,
}

impl Program {
    /// What the procedures take and give, in order.
    fn uses(&self) -> impl Iterator<Item = &Type> {
        let procedures = self.procedures.iter();
        procedures.flat_map(|procedure| procedure.args.iter().chain([&procedure.ret]))
    }

    /// What is hashed; the fingerprints are those of the uses.
    fn bytes(self, fingerprints: &mut impl Iterator<Item = Fingerprint>) -> Vec<u8> {
        let procedures = self.procedures.iter().map(|procedure| {
            let start = [
                procedure.number,
                procedure.manners,
                word(procedure.args.len()),
            ];
            let mut bytes = start.map(u32::to_be_bytes).concat();
            let uses = fingerprints.take(procedure.args.len() + 1);
            bytes.extend(uses.flat_map(|fingerprint| fingerprint.0.to_be_bytes()));
            bytes
        });
        let mut procedures: Vec<Vec<u8>> = procedures.collect();
        procedures.sort_unstable();
        let start = [self.number, self.version, word(procedures.len())];
        let mut bytes = start.map(u32::to_be_bytes).concat();
        bytes.extend(procedures.concat());
        bytes
    }
}

fn programs(schema: &Schema) -> Vec<Program> {
    let mut programs = Vec::new();
    for program in &schema.programs {
        programs.extend(program.versions.iter().map(|version| Program {
            file: program.file,
            number: program.number,
            version: version.number,
            procedures: version.procedures.iter().map(called).collect(),
        }));
    }
    programs.extend(schema.procedure_enums.iter().map(|it| of_enum(schema, it)));
    programs
}

fn called(procedure: &Procedure) -> Called {
    Called {
        number: procedure.number,
        manners: 0,
        args: procedure.args.clone(),
        ret: procedure.ret.clone(),
    }
}

fn of_enum(schema: &Schema, program: &ProcedureEnum) -> Program {
    let number = |id| match schema.constant(id).value {
        // Four bytes on the wire, whatever their sign.
        ConstantValue::Int(value) => wire::word(value),
        ConstantValue::String(_) => 0,
    };
    let procedures = program.procedures.iter().map(|procedure| Called {
        number: procedure.number,
        manners: manners(procedure),
        args: procedure
            .msg
            .or(procedure.args)
            .map(Type::Named)
            .into_iter()
            .collect(),
        ret: procedure.ret.map_or(Type::Void, Type::Named),
    });
    Program {
        file: schema.ty(program.ty).file,
        number: number(program.program),
        version: number(program.version),
        procedures: procedures.collect(),
    }
}

fn manners(procedure: &EnumProcedure) -> u32 {
    let annotations = &procedure.annotations;
    [
        (1, procedure.msg.is_some()),
        (2, annotations.read_stream.is_some()),
        (4, annotations.write_stream.is_some()),
        (8, annotations.sparse_flag.is_some()),
    ]
    .iter()
    .filter(|(_, holds)| *holds)
    .map(|(manner, _)| manner)
    .sum()
}

/// FNV-1a with 128 bits.
struct Hash(u128);

impl Hash {
    /// After the version.
    fn new() -> Self {
        let mut hash = Self(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
        hash.words(&[VERSION]);
        hash
    }

    fn bytes(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 =
                (self.0 ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b);
        }
    }

    fn words(&mut self, words: &[u32]) {
        for word in words {
            self.bytes(&word.to_be_bytes());
        }
    }

    fn count(&mut self, count: usize) {
        self.words(&[word(count)]);
    }

    fn finish(self) -> Fingerprint {
        Fingerprint(self.0)
    }
}

/// Counts of what texts of less than 4 GiB define.
fn word(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values that the designers of the hash publish.
    #[test]
    fn the_hash_is_fnv_1a() {
        let hash = |text: &str| {
            let mut hash = Hash(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d);
            hash.bytes(text.as_bytes());
            hash.finish().to_string()
        };
        assert_eq!(hash(""), "6c62272e07bb014262b821756295c58d");
        assert_eq!(hash("a"), "d228cb696f1a8caf78912b704e4a8964");
        assert_eq!(hash("foobar"), "343e1662793c64bf6f0d3597ba446f18");
    }
}
