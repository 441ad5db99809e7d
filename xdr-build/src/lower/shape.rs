//! What can only be known of a type by looking at the types in it: where it must be boxed, what it can derive,
//! whether it borrows. Every pass is linear in the schema.

use std::collections::HashSet;

use xdr_parser::graph::components;
use xdr_parser::schema::{Schema, TypeDef, TypeId, TypeKind};

use super::content::{Content, Contents, floats};
use super::naming::Names;
use crate::config::Style;

/// Facts about all types.
pub(crate) struct Shapes {
    /// Whether a value may hold, by value or in an optional, another of its type.
    cyclic: Vec<bool>,
    /// Arms whose payload is boxed: the union, and the arm's index (the default arm's is the number of arms).
    boxed_arms: HashSet<(TypeId, usize)>,
    facts: Vec<Facts>,
}

/// Facts about one type.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Facts {
    pub(crate) copy: bool,
    /// A float within: no `Eq`, no `Hash`.
    pub(crate) float: bool,
    pub(crate) borrows: bool,
    /// Bytes in memory, about.
    pub(crate) size: usize,
}

/// A value over this size is not `Copy`: copies should be seen.
const COPY: usize = 32;

/// Size of a box.
const POINTER: usize = 8;

/// Where variants differ by this much, the larger is boxed. Clippy minds from 200; sizes here are estimates.
const LARGE: usize = 176;

impl Shapes {
    pub(crate) fn new(schema: &Schema, names: &Names<'_>, style: &Style) -> Self {
        let contents = Contents {
            schema,
            names,
            style,
            floats: floats(schema),
        }
        .all();
        let count = schema.types.len();

        let graph: Vec<Vec<usize>> = contents
            .iter()
            .map(|parts| {
                parts
                    .iter()
                    .filter_map(Content::by_value)
                    .map(|id| id.0 as usize)
                    .collect()
            })
            .collect();
        let mut cyclic = vec![false; count];
        for members in components(&graph).members {
            let circle = members.len() > 1;
            for at in members {
                cyclic[at] = circle || graph[at].contains(&at);
            }
        }

        // With the optionals boxed, only arms of unions can still close a circle.
        let direct = |content: &Content| {
            content
                .by_value()
                .filter(|leaf| !(content.optional && cyclic[leaf.0 as usize]))
        };
        let graph: Vec<Vec<usize>> = contents
            .iter()
            .map(|parts| {
                parts
                    .iter()
                    .filter_map(direct)
                    .map(|id| id.0 as usize)
                    .collect()
            })
            .collect();
        let component = components(&graph).of;
        let mut boxed_arms = HashSet::new();
        let mut graph = vec![Vec::new(); count];
        for (def, parts) in schema.types.iter().zip(&contents) {
            let from = def.id.0 as usize;
            for (index, part) in parts.iter().enumerate() {
                let Some(leaf) = direct(part) else { continue };
                let closes = component[from] == component[leaf.0 as usize];
                if closes && matches!(def.kind, TypeKind::Union(_)) {
                    boxed_arms.insert((def.id, index));
                } else if !closes {
                    graph[from].push(leaf.0 as usize);
                }
            }
        }

        let mut shapes = Self {
            cyclic,
            boxed_arms,
            facts: vec![Facts::default(); count],
        };
        shapes.spread(&contents);
        shapes.measure(schema, names, &contents, &components(&graph).of);
        shapes
    }

    pub(crate) fn facts(&self, id: TypeId) -> Facts {
        self.facts[id.0 as usize]
    }

    /// Whether an optional of this type is boxed.
    pub(crate) fn boxes_optional(&self, id: TypeId) -> bool {
        self.cyclic[id.0 as usize]
    }

    pub(crate) fn boxes_arm(&self, id: TypeId, arm: usize) -> bool {
        self.boxed_arms.contains(&(id, arm))
    }

    /// Floats and borrows spread from a type to all that hold it.
    fn spread(&mut self, contents: &[Vec<Content>]) {
        let mut holders: Vec<Vec<u32>> = vec![Vec::new(); contents.len()];
        let mut waiting = Vec::new();
        for (at, parts) in (0u32..).zip(contents) {
            for part in parts {
                if let Some(leaf) = part.leaf {
                    holders[leaf.0 as usize].push(at);
                }
            }
            let facts = &mut self.facts[at as usize];
            facts.float = parts.iter().any(|part| part.float);
            facts.borrows = parts.iter().any(|part| part.borrows);
            if facts.float || facts.borrows {
                waiting.push(at);
            }
        }
        while let Some(from) = waiting.pop() {
            let Facts { float, borrows, .. } = self.facts[from as usize];
            for &holder in &holders[from as usize] {
                let facts = &mut self.facts[holder as usize];
                if (float && !facts.float) || (borrows && !facts.borrows) {
                    facts.float |= float;
                    facts.borrows |= borrows;
                    waiting.push(holder);
                }
            }
        }
    }

    /// Sizes and `Copy`, from the types within outwards; and the arms that are much larger than the others.
    fn measure(
        &mut self,
        schema: &Schema,
        names: &Names<'_>,
        contents: &[Vec<Content>],
        order: &[usize],
    ) {
        let mut types: Vec<&TypeDef> = schema.types.iter().collect();
        types.sort_by_key(|def| order[def.id.0 as usize]);
        for def in types {
            let parts = &contents[def.id.0 as usize];
            let sizes: Vec<usize> = parts.iter().map(|part| self.size(part)).collect();
            let plain =
                names.foreign(def.id).is_none() && parts.iter().all(|part| self.is_copy(part));
            let size = match &def.kind {
                TypeKind::Enum(_) => 4,
                TypeKind::Union(_) => self.box_large_arms(def.id, sizes).saturating_add(8),
                _ => sizes
                    .iter()
                    .fold(0usize, |sum, size| sum.saturating_add(*size)),
            };
            let boxed = (0..parts.len()).any(|arm| self.boxes_arm(def.id, arm));
            let facts = &mut self.facts[def.id.0 as usize];
            facts.size = size;
            facts.copy = plain && !boxed && size <= COPY;
        }
    }

    /// Boxes arms that are much larger than the others, and returns the size of the largest left.
    fn box_large_arms(&mut self, id: TypeId, sizes: Vec<usize>) -> usize {
        let sizes = sizes.into_iter().enumerate().map(|(arm, size)| {
            let size = if self.boxes_arm(id, arm) {
                POINTER
            } else {
                size
            };
            (arm, size)
        });
        let (boxed, largest) = outliers(sizes.collect());
        self.boxed_arms
            .extend(boxed.into_iter().map(|arm| (id, arm)));
        largest
    }

    fn size(&self, part: &Content) -> usize {
        let leaf = match part.by_value() {
            Some(leaf) if part.optional && self.cyclic[leaf.0 as usize] => POINTER,
            Some(leaf) => self.facts(leaf).size,
            None => 0,
        };
        part.size.saturating_add(leaf.saturating_mul(part.times))
    }

    fn is_copy(&self, part: &Content) -> bool {
        !part.owned
            && part.leaf.is_none_or(|leaf| {
                self.facts(leaf).copy && !(part.optional && self.cyclic[leaf.0 as usize])
            })
    }
}

/// Of variants and their sizes, those to box: the largest, as long as it is much larger than the next. With the size of the
/// largest left.
pub(super) fn outliers(mut sizes: Vec<(usize, usize)>) -> (Vec<usize>, usize) {
    sizes.sort_unstable_by_key(|&(_, size)| std::cmp::Reverse(size));
    let mut boxed = Vec::new();
    let mut sizes = sizes.into_iter().peekable();
    while let Some((variant, size)) = sizes.next() {
        match sizes.peek() {
            Some(&(_, next)) if size > next.saturating_add(LARGE) => boxed.push(variant),
            _ => return (boxed, size.max(POINTER)),
        }
    }
    (boxed, POINTER)
}
