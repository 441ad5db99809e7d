//! All names of the files of a snapshot: where each is defined, where it is used, and what a use means.
//!
//! Made of what could be read, and of the words that stand where nothing could be: in definitions with mistakes, in
//! branches that do not count, and in conditions.

use std::collections::{HashMap, HashSet};

use xdr_parser::{FileId, Inspection, Span};

use super::text::narrow;

mod collect;

/// Kinds of definitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are those of RFC 4506 and RFC 5531")]
pub enum Kind {
    Constant,
    /// `#define NAME VALUE`.
    Define,
    Typedef,
    Enum,
    Enumerator,
    Struct,
    Union,
    Discriminant,
    /// A field of a struct, the payload of an arm, or an argument with a name.
    Field,
    Program,
    Version,
    Procedure,
}

impl Kind {
    /// What it is called in sentences.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Constant | Self::Define => "constant",
            Self::Typedef => "typedef",
            Self::Enum => "enum",
            Self::Enumerator => "enumerator",
            Self::Struct => "struct",
            Self::Union => "union",
            Self::Discriminant => "discriminant",
            Self::Field => "field",
            Self::Program => "program",
            Self::Version => "version",
            Self::Procedure => "procedure",
        }
    }

    /// Whether it is a type.
    pub const fn is_type(self) -> bool {
        matches!(
            self,
            Self::Typedef | Self::Enum | Self::Struct | Self::Union
        )
    }

    /// Whether it is a number that a name stands for.
    pub const fn is_value(self) -> bool {
        matches!(self, Self::Constant | Self::Define | Self::Enumerator)
    }

    /// Whether other definitions may use its name.
    pub const fn is_global(self) -> bool {
        !matches!(self, Self::Field | Self::Discriminant)
    }
}

/// A definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: Span,
    /// All of it.
    pub whole: Span,
    /// The definition around it, by number in its file.
    pub parent: Option<usize>,
}

/// What a name may stand for where it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    Type,
    Value,
    /// It stands where nothing could be read.
    Any,
}

/// The use of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Use {
    pub(super) name: Span,
    pub(super) space: Space,
    /// The definition around it.
    pub(super) parent: Option<usize>,
}

/// What stands at some place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    Definition(usize),
    Use(usize),
}

/// A definition, by its file and its number there.
pub(super) type Name = (FileId, usize);

/// The names of one file.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// In source order, each behind the one that is around it.
    pub(super) definitions: Vec<Definition>,
    pub(super) uses: Vec<Use>,
    /// By place.
    spots: Vec<(Span, Spot)>,
    types: HashMap<String, usize>,
    values: HashMap<String, usize>,
    /// Programs, versions and procedures, which stand for their numbers.
    numbers: HashMap<String, usize>,
    /// Those that are defined in branches that do not count, or where nothing could be read.
    pub(super) loose: HashSet<String>,
}

/// The names of all files.
#[derive(Debug)]
pub(super) struct Index {
    files: Vec<Names>,
    numbers: HashMap<FileId, usize>,
    ids: Vec<FileId>,
    /// For each file itself and what it imports, near ones first.
    visible: Vec<Vec<usize>>,
}

impl Index {
    pub(super) fn new(inspection: &Inspection) -> Self {
        let ids: Vec<FileId> = inspection.files.iter().map(|file| file.id).collect();
        let numbers: HashMap<FileId, usize> = ids.iter().copied().zip(0..).collect();
        let imports: Vec<Vec<usize>> = inspection
            .files
            .iter()
            .map(|file| {
                let imports = file.imports.iter();
                imports.filter_map(|id| numbers.get(id).copied()).collect()
            })
            .collect();
        let files = inspection.files.iter().map(|file| {
            let source = inspection.sources.get(file.id);
            collect::collect(&file.ast, source.map_or("", |source| &source.text))
        });
        Self {
            files: files.collect(),
            visible: visible(&imports),
            numbers,
            ids,
        }
    }

    /// The number of a file in [`Inspection::files`].
    pub(super) fn number(&self, file: FileId) -> Option<usize> {
        self.numbers.get(&file).copied()
    }

    pub(super) fn names(&self, file: FileId) -> Option<&Names> {
        self.files.get(self.number(file)?)
    }

    pub(super) fn definition(&self, (file, number): Name) -> Option<&Definition> {
        self.names(file)?.definitions.get(number)
    }

    /// What stands at a byte, or ends there.
    pub(super) fn at(&self, file: FileId, offset: u32) -> Option<(Span, Spot)> {
        let spots = &self.names(file)?.spots;
        let next = spots.partition_point(|(span, _)| span.start <= offset);
        let (span, spot) = *spots.get(next.checked_sub(1)?)?;
        (offset <= span.end).then_some((span, spot))
    }

    /// What a name means in a file; its own definitions come first.
    pub(super) fn find(&self, file: FileId, name: &str, space: Space) -> Option<Name> {
        let in_types = |names: &Names| names.types.get(name).copied();
        let in_values = |names: &Names| names.values.get(name).copied();
        let in_numbers = |names: &Names| names.numbers.get(name).copied();
        match space {
            Space::Type => self.first(file, in_types),
            Space::Value => self
                .first(file, in_values)
                .or_else(|| self.first(file, in_numbers)),
            Space::Any => self
                .first(file, in_types)
                .or_else(|| self.find(file, name, Space::Value)),
        }
    }

    fn first(&self, file: FileId, look: impl Fn(&Names) -> Option<usize>) -> Option<Name> {
        let visible = self.visible.get(self.number(file)?)?;
        visible.iter().find_map(|&number| {
            let found = look(self.files.get(number)?)?;
            Some((*self.ids.get(number)?, found))
        })
    }

    /// What a spot of a file stands for.
    pub(super) fn meaning(&self, file: FileId, text: &str, spot: Spot) -> Option<Name> {
        match spot {
            Spot::Definition(number) => Some((file, number)),
            Spot::Use(number) => {
                let found = self.names(file)?.uses.get(number)?;
                self.find(file, found.name.of(text), found.space)
            }
        }
    }

    /// The files whose definitions a file may use, itself first.
    pub(super) fn visible(&self, file: FileId) -> impl Iterator<Item = (FileId, &Names)> {
        let numbers = self
            .number(file)
            .and_then(|number| self.visible.get(number));
        let numbers = numbers.into_iter().flatten();
        numbers.filter_map(|&number| Some((*self.ids.get(number)?, self.files.get(number)?)))
    }
}

impl Names {
    /// The names of a file by itself.
    pub(super) fn of(file: &xdr_parser::ast::File, text: &str) -> Self {
        collect::collect(file, text)
    }

    /// The definitions inside of one, or those outside of any.
    pub(super) fn inside(
        &self,
        parent: Option<usize>,
    ) -> impl Iterator<Item = (usize, &Definition)> {
        let definitions = self.definitions.iter().enumerate();
        definitions.filter(move |(_, definition)| definition.parent == parent)
    }

    /// What is used inside of a span, in order.
    pub(super) fn uses_in(&self, span: Span) -> impl Iterator<Item = &Use> {
        let from = self
            .uses
            .partition_point(|used| used.name.start < span.start);
        let uses = self.uses[from..].iter();
        uses.take_while(move |used| used.name.end <= span.end)
    }
}

/// As the compiler looks names up.
fn visible(imports: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut seen_from = vec![None; imports.len()];
    let closure = |start: usize| {
        let mut seen = vec![start];
        seen_from[start] = Some(start);
        let mut next = 0;
        while next < seen.len() {
            for &import in &imports[seen[next]] {
                if seen_from[import].replace(start) != Some(start) {
                    seen.push(import);
                }
            }
            next += 1;
        }
        seen
    };
    (0..imports.len()).map(closure).collect()
}

/// A part of `text`, which is a slice of `whole`, as bytes of the whole.
fn span_of(whole: &str, part: &str) -> Span {
    let start = part.as_ptr() as usize - whole.as_ptr() as usize;
    Span::new(narrow(start), narrow(start + part.len()))
}
