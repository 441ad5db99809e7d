//! What can only be known of a type by looking at the types in it: where it must be boxed, what it can derive,
//! whether it borrows. Every pass is linear in the schema.

use std::collections::HashSet;

use xdr_parser::graph::components;
use xdr_parser::schema::{Schema, TypeDef, TypeId, TypeKind};

use super::compact::{PAYLOAD, compact};
use super::content::{Content, Contents, TAG, floats};
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
                .filter(|leaf| !(content.outside.is_some() && cyclic[leaf.0 as usize]))
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
        for def in &schema.types {
            if matches!(def.kind, TypeKind::Enum(_)) {
                // An open one has a variant with a number beside its own.
                let open = names.is_covered(&style.open, def, None);
                shapes.facts[def.id.0 as usize].size = if open { 8 } else { 4 };
            }
        }
        let order = components(&graph).of;
        let closing = shapes.boxed_arms.clone();
        shapes.measure(schema, names, &contents, &order, &vec![false; count]);
        // Once more, as with more boxes less is large; but what was large may still be boxed.
        let compact = compact(schema, &contents, |id, arm| {
            let part = contents[id.0 as usize].get(arm);
            let large = || part.is_some_and(|part| shapes.size(part) > LARGE);
            closing.contains(&(id, arm))
                || (matches!(schema.ty(id).kind, TypeKind::Union(_)) && large())
        });
        shapes.boxed_arms = closing;
        shapes.measure(schema, names, &contents, &order, &compact);
        shapes
    }

    pub(crate) fn facts(&self, id: TypeId) -> Facts {
        self.facts[id.0 as usize]
    }

    /// Whether an optional of so many bytes is boxed, with this type in it by value.
    pub(crate) fn boxes_optional(&self, leaf: Option<TypeId>, size: usize) -> bool {
        size > PAYLOAD || leaf.is_some_and(|leaf| self.cyclic[leaf.0 as usize])
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
        compact: &[bool],
    ) {
        let mut types: Vec<&TypeDef> = schema.types.iter().collect();
        types.sort_by_key(|def| order[def.id.0 as usize]);
        for def in types {
            let parts = &contents[def.id.0 as usize];
            let sizes: Vec<usize> = parts.iter().map(|part| self.size(part)).collect();
            let plain =
                names.foreign(def.id).is_none() && parts.iter().all(|part| self.is_copy(part));
            let size = match &def.kind {
                TypeKind::Enum(_) => self.facts(def.id).size,
                TypeKind::Union(_) => {
                    let compact = compact[def.id.0 as usize];
                    let largest = self.box_large_arms(def.id, sizes, compact);
                    aligned(largest).saturating_add(TAG)
                }
                _ => aligned(
                    sizes
                        .iter()
                        .fold(0usize, |sum, &size| sum.saturating_add(size)),
                ),
            };
            let boxed = (0..parts.len()).any(|arm| self.boxes_arm(def.id, arm));
            let facts = &mut self.facts[def.id.0 as usize];
            facts.size = size;
            facts.copy = plain && !boxed && size <= COPY;
        }
    }

    /// Boxes arms that are too large, or much larger than the others, and returns the size of the largest left.
    fn box_large_arms(&mut self, id: TypeId, sizes: Vec<usize>, compact: bool) -> usize {
        let mut sizes: Vec<_> = sizes.into_iter().enumerate().collect();
        for (arm, size) in &mut sizes {
            if compact && *size > PAYLOAD {
                self.boxed_arms.insert((id, *arm));
            }
            if self.boxes_arm(id, *arm) {
                *size = POINTER;
            }
        }
        let (boxed, largest) = outliers(sizes);
        self.boxed_arms
            .extend(boxed.into_iter().map(|arm| (id, arm)));
        largest
    }

    fn size(&self, part: &Content) -> usize {
        let inside = self.size_inside(part);
        match part.outside {
            None => inside,
            Some((size, times)) => {
                let optional = if self.boxes_optional(part.by_value(), inside) {
                    POINTER
                } else {
                    aligned(inside).saturating_add(TAG)
                };
                size.saturating_add(optional.saturating_mul(times))
            }
        }
    }

    /// The size of what is in the optional, or of all if there is none.
    fn size_inside(&self, part: &Content) -> usize {
        let leaf = part.by_value().map_or(0, |leaf| self.facts(leaf).size);
        part.size.saturating_add(leaf.saturating_mul(part.times))
    }

    fn is_copy(&self, part: &Content) -> bool {
        let boxed =
            part.outside.is_some() && self.boxes_optional(part.by_value(), self.size_inside(part));
        !part.owned && !boxed && part.leaf.is_none_or(|leaf| self.facts(leaf).copy)
    }
}

/// The size of what starts on an address of eight bytes, or of as many as it has if they are fewer.
fn aligned(size: usize) -> usize {
    match size {
        0 => 0,
        1..8 => size.next_power_of_two(),
        _ => size.checked_next_multiple_of(8).unwrap_or(usize::MAX),
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
