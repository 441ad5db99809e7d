//! Which part of a file a definition belongs to, and the order of definitions in it.

use std::collections::{HashMap, HashSet};

use xdr_parser::ast::{Item, ItemKind};
use xdr_parser::schema::ProcedureEnum;

use super::protocol::Protocol;
use super::syntax::{self, Uses};

/// Parts of a file, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// Constants that libvirt takes from C headers.
    Numbers,
    /// Other constants.
    Bounds,
    /// Types of no one procedure.
    Types,
    /// Types of procedures.
    Messages,
    /// The program's constants and its enum of procedures.
    Program,
}

impl Part {
    /// The comment that opens it, in a file with or without procedures.
    pub(crate) const fn title(self, procedures: bool) -> &'static str {
        match self {
            Self::Numbers => "/*----- Numbers from libvirt's C headers -----*/",
            Self::Bounds => "/*----- Bounds -----*/",
            Self::Types if procedures => "/*----- Types that several procedures share -----*/",
            Self::Types => "/*----- Types -----*/",
            Self::Messages => "/*----- Arguments, results and events, by procedure number -----*/",
            Self::Program => "/*----- Program and procedures -----*/",
        }
    }

    /// True for a comment that opens some part of every file.
    pub(crate) fn is_title(comment: &str) -> bool {
        let parts = [
            Self::Numbers,
            Self::Bounds,
            Self::Types,
            Self::Messages,
            Self::Program,
        ];
        parts.iter().any(|part| {
            [true, false]
                .map(|with| part.title(with))
                .contains(&comment)
        })
    }
}

/// The definitions of a file by part. A type stands behind those that it is made of, as C wants it; types that only
/// one message is made of stand before that message, unless `ours` has them among those of all.
pub(crate) fn arrange<'a>(file: &'a Protocol, ours: Option<&Protocol>) -> Vec<(Part, &'a Item)> {
    let names = Names::of(file);
    let items = &file.ast.items;
    let shared: HashSet<_> = before_messages(file)
        .chain(ours.into_iter().flat_map(before_messages))
        .collect();
    let part = |item: &Item| names.part(item, &shared);
    let mut order: Vec<_> = (0..items.len()).collect();
    order.sort_by_key(|&index| {
        let item = &items[index];
        let message = names.messages.get(syntax::name(item)).copied();
        // Those that are no message's come last, unless one of these is made of them.
        (part(item), message.unwrap_or((u32::MAX, 0)), index)
    });
    let mut pulled = Pulled {
        items,
        defined: HashMap::new(),
        seen: HashSet::new(),
        order: Vec::new(),
    };
    for (index, item) in items.iter().enumerate() {
        let same = pulled.defined.entry(syntax::name(item)).or_default();
        same.push(index);
    }
    for index in order {
        pulled.take(part(&items[index]), index);
    }
    pulled.order
}

/// What a file defines before the first type of a procedure.
fn before_messages(file: &Protocol) -> impl Iterator<Item = &str> {
    let names = Names::of(file);
    let items = file.ast.items.iter().map(syntax::name);
    items.take_while(move |name| !names.messages.contains_key(name))
}

/// What the schema says of a file's names.
struct Names<'a> {
    /// Types of procedures: the number, and the place among the types of that procedure.
    messages: HashMap<&'a str, (u32, u8)>,
    /// Names that make the program.
    program: HashSet<&'a str>,
}

impl<'a> Names<'a> {
    fn of(file: &'a Protocol) -> Self {
        let schema = &file.schema;
        let mut names = Self {
            messages: HashMap::new(),
            program: HashSet::new(),
        };
        for program in programs(file) {
            names.program.insert(&schema.ty(program.ty).name);
            for constant in [program.program, program.version] {
                names.program.insert(&schema.constant(constant).name);
            }
            for procedure in &program.procedures {
                for (place, ty) in (0..).zip(procedure.messages()) {
                    if let Some(ty) = ty {
                        let name = schema.ty(ty).name.as_str();
                        names.messages.insert(name, (procedure.number, place));
                    }
                }
            }
        }
        names
    }

    fn part(&self, item: &Item, shared: &HashSet<&str>) -> Part {
        let name = syntax::name(item);
        if self.program.contains(name) {
            return Part::Program;
        }
        match &item.kind {
            ItemKind::Const(_) => Part::Bounds,
            ItemKind::Program(_) => Part::Program,
            _ if shared.contains(name) => Part::Types,
            _ => Part::Messages,
        }
    }
}

/// The programs that a file defines as enums of procedures.
pub(crate) fn programs(file: &Protocol) -> impl Iterator<Item = &ProcedureEnum> {
    let schema = &file.schema;
    let all = schema.procedure_enums.iter();
    all.filter(|program| schema.ty(program.ty).file == file.id)
}

/// Takes definitions in an order, and before each those that it is made of.
struct Pulled<'a> {
    items: &'a [Item],
    defined: HashMap<&'a str, Vec<usize>>,
    seen: HashSet<usize>,
    order: Vec<(Part, &'a Item)>,
}

impl Pulled<'_> {
    fn take(&mut self, part: Part, index: usize) {
        // A stack rather than recursion: a definition is left when all that it is made of have been.
        let mut open = vec![(index, false)];
        while let Some((index, entered)) = open.pop() {
            let item = &self.items[index];
            if entered {
                self.order.push((part, item));
                continue;
            }
            if !self.seen.insert(index) {
                continue;
            }
            open.push((index, true));
            let uses = Uses::of(item).types.into_iter();
            // The stack reverses them once more.
            for name in uses.rev() {
                let defined = self.defined.get(name);
                let defined = defined.into_iter().flatten().rev();
                open.extend(
                    defined
                        .filter(|&&used| used != index)
                        .map(|&used| (used, false)),
                );
            }
        }
    }
}
