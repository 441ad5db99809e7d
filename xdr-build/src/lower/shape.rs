//! What can only be known of a type by looking at the types in it: where it must be boxed, what it can derive,
//! whether it borrows. Every pass is linear in the schema.

use std::collections::HashSet;

use xdr_parser::schema::{Field, Schema, Type, TypeDef, TypeId, TypeKind};

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
    size: usize,
}

/// What a declaration holds, through typedefs.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts")]
struct Content {
    /// The struct, enum or union at the end.
    leaf: Option<TypeId>,
    /// It is behind a `Vec` or `List`.
    indirect: bool,
    /// Something is allocated.
    owned: bool,
    /// There is an optional on the way.
    optional: bool,
    float: bool,
    borrows: bool,
    /// Bytes in memory of what is not the leaf's, and how many leaves there are.
    size: usize,
    times: usize,
}

impl Content {
    /// With so many bytes more in each element.
    fn plus(self, bytes: usize) -> Self {
        Self {
            size: self.size.saturating_add(bytes.saturating_mul(self.times)),
            ..self
        }
    }

    /// With a vector around what follows.
    fn behind_vec(self) -> Self {
        Self {
            indirect: true,
            owned: true,
            times: 0,
            ..self.plus(VEC)
        }
    }

    /// The leaf, if it is in here by value or in an optional.
    fn by_value(&self) -> Option<TypeId> {
        self.leaf.filter(|_| !self.indirect)
    }
}

/// A value over this size is not `Copy`: copies should be seen.
const COPY: usize = 32;

/// Sizes of a vector, or a string, of a slice, and of a box.
const VEC: usize = 24;
const FAT: usize = 16;
const POINTER: usize = 8;

/// Where variants differ by this much, the larger is boxed. Clippy minds from 200; sizes here are estimates.
const LARGE: usize = 176;

impl Shapes {
    pub(crate) fn new(schema: &Schema, names: &Names<'_>, style: &Style) -> Self {
        let contents = Contents {
            schema,
            names,
            style,
        }
        .all();
        let count = schema.types.len();

        let graph: Vec<Vec<u32>> = contents
            .iter()
            .map(|parts| {
                parts
                    .iter()
                    .filter_map(Content::by_value)
                    .map(|id| id.0)
                    .collect()
            })
            .collect();
        let component = components(&graph);
        let mut cyclic = vec![false; count];
        let mut members = vec![0u32; count];
        for &of in &component {
            members[of as usize] += 1;
        }
        for (at, targets) in (0u32..).zip(&graph) {
            let own = at as usize;
            cyclic[own] = members[component[own] as usize] > 1 || targets.contains(&at);
        }

        // With the optionals boxed, only arms of unions can still close a circle.
        let direct = |content: &Content| {
            content
                .by_value()
                .filter(|leaf| !(content.optional && cyclic[leaf.0 as usize]))
        };
        let graph: Vec<Vec<u32>> = contents
            .iter()
            .map(|parts| parts.iter().filter_map(direct).map(|id| id.0).collect())
            .collect();
        let component = components(&graph);
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
                    graph[from].push(leaf.0);
                }
            }
        }

        let mut shapes = Self {
            cyclic,
            boxed_arms,
            facts: vec![Facts::default(); count],
        };
        shapes.spread(&contents);
        shapes.measure(schema, names, &contents, &components(&graph));
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
        order: &[u32],
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
                TypeKind::Union(_) => 8 + self.box_large_arms(def.id, sizes),
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

    /// Boxes the largest arm as long as it is much larger than the next, and returns the size of the largest left.
    fn box_large_arms(&mut self, id: TypeId, sizes: Vec<usize>) -> usize {
        let mut sizes: Vec<(usize, usize)> = sizes
            .into_iter()
            .enumerate()
            .map(|(arm, size)| {
                (
                    if self.boxes_arm(id, arm) {
                        POINTER
                    } else {
                        size
                    },
                    arm,
                )
            })
            .collect();
        sizes.sort_unstable_by_key(|&(size, _)| std::cmp::Reverse(size));
        let mut sizes = sizes.into_iter().peekable();
        while let Some((size, arm)) = sizes.next() {
            match sizes.peek() {
                Some(&(next, _)) if size > next + LARGE => {
                    self.boxed_arms.insert((id, arm));
                }
                _ => return size.max(POINTER),
            }
        }
        POINTER
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

/// Collects [`Content`]s.
struct Contents<'a> {
    schema: &'a Schema,
    names: &'a Names<'a>,
    style: &'a Style,
}

impl Contents<'_> {
    /// Of each type: its fields' or arms', a default arm's last.
    fn all(&self) -> Vec<Vec<Content>> {
        self.schema
            .types
            .iter()
            .map(|def| self.of_type(def))
            .collect()
    }

    fn of_type(&self, def: &TypeDef) -> Vec<Content> {
        if self.names.foreign(def.id).is_some() {
            return Vec::new();
        }
        match &def.kind {
            TypeKind::Struct(body) => {
                let fields = body.fields.len() - usize::from(body.list);
                body.fields[..fields]
                    .iter()
                    .map(|field| self.of_field(def, field))
                    .collect()
            }
            TypeKind::Union(body) => {
                let arms = body.arms.iter().map(|arm| &arm.field);
                let default = body.default.iter().map(|arm| &arm.field);
                arms.chain(default)
                    .map(|field| {
                        field
                            .as_ref()
                            .map_or_else(Content::default, |field| self.of_field(def, field))
                    })
                    .collect()
            }
            // An alias is a type of its own only by its lifetime parameter.
            TypeKind::Typedef(target) => {
                vec![self.of(
                    target,
                    self.names.is_covered(&self.style.borrowed, def, None),
                )]
            }
            _ => Vec::new(),
        }
    }

    fn of_field(&self, def: &TypeDef, field: &Field) -> Content {
        let borrowed = self
            .names
            .is_covered(&self.style.borrowed, def, Some(&field.name));
        self.of(&field.ty, borrowed)
    }

    fn of<'t>(&'t self, mut ty: &'t Type, mut borrowed: bool) -> Content {
        let mut content = Content {
            times: 1,
            ..Content::default()
        };
        loop {
            match ty {
                Type::Void => return content,
                Type::Float => {
                    return Content {
                        float: true,
                        ..content.plus(4)
                    };
                }
                Type::Double => {
                    return Content {
                        float: true,
                        ..content.plus(8)
                    };
                }
                Type::Char | Type::UnsignedChar | Type::Bool => return content.plus(1),
                Type::Short | Type::UnsignedShort => return content.plus(2),
                Type::Int | Type::UnsignedInt => return content.plus(4),
                Type::Hyper | Type::UnsignedHyper => return content.plus(8),
                Type::Quadruple => return content.plus(16),
                Type::FixedOpaque(len) => return content.plus(len.value as usize),
                Type::Opaque(_) | Type::String(_) if borrowed => {
                    return Content {
                        borrows: true,
                        ..content.plus(FAT)
                    };
                }
                Type::FixedArray(inner, len) => {
                    content.times = content.times.saturating_mul(len.value as usize);
                    ty = inner;
                }
                Type::Array(inner, _) => {
                    content = content.behind_vec();
                    ty = inner;
                }
                Type::Optional(inner) if self.is_list(inner) => {
                    content = content.behind_vec();
                    ty = inner;
                }
                Type::Optional(inner) => {
                    content.optional = true;
                    // Room for the tag.
                    content = content.plus(4);
                    ty = inner;
                }
                Type::Named(id) => {
                    let def = self.schema.ty(*id);
                    match &def.kind {
                        _ if self.names.foreign(*id).is_some() => {
                            return Content {
                                owned: true,
                                ..content.plus(VEC)
                            };
                        }
                        TypeKind::Typedef(target) => {
                            borrowed =
                                borrowed || self.names.is_covered(&self.style.borrowed, def, None);
                            ty = target;
                            continue;
                        }
                        // A chain: the head, and a vector for its tail.
                        TypeKind::Struct(body) if body.list => {
                            content = Content {
                                owned: true,
                                ..content.plus(VEC)
                            }
                        }
                        _ => {}
                    }
                    content.leaf = Some(*id);
                    return content;
                }
                // Strings and opaques; and forms added to the schema later, to be on the safe side.
                _ => {
                    return Content {
                        owned: true,
                        ..content.plus(VEC)
                    };
                }
            }
        }
    }

    fn is_list(&self, ty: &Type) -> bool {
        super::list_node(self.schema, self.names, ty).is_some()
    }
}

/// Tarjan's strongly connected components, without recursion. Numbers are in order of completion: what a type holds
/// has a lower number than the type, unless they are in a circle.
fn components(graph: &[Vec<u32>]) -> Vec<u32> {
    const NEW: u32 = u32::MAX;
    let mut component = vec![NEW; graph.len()];
    let mut number = vec![NEW; graph.len()];
    let mut low = vec![0u32; graph.len()];
    let mut open: Vec<u32> = Vec::new();
    let mut next_number = 0;
    let mut next_component = 0;
    // A node on the way, and which of its targets is next.
    let mut way: Vec<(u32, usize)> = Vec::new();
    for root in (0u32..).take(graph.len()) {
        if number[root as usize] != NEW {
            continue;
        }
        way.push((root, 0));
        while let Some(&mut (node, ref mut next)) = way.last_mut() {
            let at = node as usize;
            if *next == 0 && number[at] == NEW {
                number[at] = next_number;
                low[at] = next_number;
                next_number += 1;
                open.push(node);
            }
            if let Some(&target) = graph[at].get(*next) {
                *next += 1;
                if number[target as usize] == NEW {
                    way.push((target, 0));
                } else if component[target as usize] == NEW {
                    low[at] = low[at].min(number[target as usize]);
                }
                continue;
            }
            way.pop();
            if let Some(&(parent, _)) = way.last() {
                low[parent as usize] = low[parent as usize].min(low[at]);
            }
            if low[at] == number[at] {
                while let Some(member) = open.pop() {
                    component[member as usize] = next_component;
                    if member == node {
                        break;
                    }
                }
                next_component += 1;
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::components;

    #[test]
    fn numbers_components_from_within() {
        // 0 → 1 ⇄ 2 → 3, and 4 by itself.
        let found = components(&[vec![1], vec![2], vec![1, 3], vec![], vec![4]]);
        assert_eq!(found[1], found[2]);
        assert!(found[3] < found[1] && found[1] < found[0]);
        assert_ne!(found[4], found[0]);
    }

    #[test]
    fn walks_a_long_chain_without_recursion() {
        let graph: Vec<Vec<u32>> = (1..=100_000)
            .map(|next| if next < 100_000 { vec![next] } else { vec![] })
            .collect();
        let found = components(&graph);
        assert_eq!((found[99_999], found[0]), (0, 99_999));
    }
}
