//! Which types have the same bytes for the same values, by whatever names.
//!
//! Each definition becomes a node with a label and targets, the same form for what is the same on the wire: typedefs and
//! structs of one field are what they hold, `T *` is `T<1>` (RFC 4506 §4.19), a boolean is an enum of 0 and 1 (§4.4).

use std::collections::HashMap;

use super::numbers::Numbers;
use super::partition::refine;
use crate::schema::{Schema, Type, TypeDef, TypeId, TypeKind, Union};

/// For each type of both schemas, the number that it shares with those of the same bytes.
pub(super) struct Wire {
    classes: Vec<usize>,
    /// Where the new schema's types begin.
    new: usize,
    /// The class of booleans.
    boolean: usize,
}

impl Wire {
    pub(super) fn of(old: &Schema, new: &Schema) -> Self {
        let mut graph = Graph::default();
        graph.add(old);
        let start = graph.add(new);
        let boolean = graph.used(0, &Type::Bool);
        let classes = graph.classes();
        Self {
            boolean: classes[boolean],
            classes,
            new: start,
        }
    }

    /// Whether this is the class of booleans.
    pub(super) fn is_boolean(&self, class: usize) -> bool {
        class == self.boolean
    }

    /// The class of a type of the old schema.
    pub(super) fn old_class(&self, id: TypeId) -> usize {
        self.classes[id.0 as usize]
    }

    /// The class of a type of the new schema.
    pub(super) fn new_class(&self, id: TypeId) -> usize {
        self.classes[self.new + id.0 as usize]
    }
}

/// The graph of one schema's types with a node for each form that there is on the wire.
pub(crate) struct Forms {
    /// For each node what it is.
    pub(crate) labels: Vec<Label>,
    /// For each node those that it holds, in order.
    pub(crate) targets: Vec<Vec<usize>>,
    /// For each type its node.
    pub(crate) types: Vec<usize>,
    /// For each of the uses its node.
    pub(crate) uses: Vec<usize>,
}

impl Forms {
    /// The forms of all types, and of uses that need not be part of one.
    pub(crate) fn of(schema: &Schema, uses: &[&Type]) -> Self {
        let mut graph = Graph::default();
        let start = graph.add(schema);
        let uses: Vec<usize> = uses.iter().map(|ty| graph.used(start, ty)).collect();
        let is = graph.stand_ins();
        let (labels, targets) = (graph.labels.clone(), graph.targets.clone());
        let classes = graph.classes();
        let count = classes.iter().max().map_or(0, |last| last + 1);
        let mut forms = Self {
            labels: vec![Label::Sequence; count],
            targets: vec![Vec::new(); count],
            types: classes[..schema.types.len()].to_vec(),
            uses: uses.into_iter().map(|node| classes[node]).collect(),
        };
        // Nodes of one class have the same label, and targets of the same classes.
        let mut is_known = vec![false; count];
        for (node, &class) in classes.iter().enumerate() {
            if is[node] == node && !std::mem::replace(&mut is_known[class], true) {
                forms.labels[class] = labels[node].clone();
                forms.targets[class] = targets[node].iter().map(|&it| classes[it]).collect();
            }
        }
        forms
    }
}

/// What a node is but for its targets.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) enum Label {
    Numbers(Numbers),
    Hyper,
    UnsignedHyper,
    Float,
    Double,
    Quadruple,
    FixedOpaque(u32),
    Opaque(u32),
    String(u32),
    Array(u32),
    FixedArray(u32),
    /// One after the other; of nothing, what takes no bytes.
    Sequence,
    /// The labels in order, as the words that they are; targets are the payloads, and for a default arm its payload and
    /// the discriminant.
    Union(Vec<u32>),
}

#[derive(Default)]
struct Graph {
    labels: Vec<Label>,
    targets: Vec<Vec<usize>>,
    /// For a node that is nothing of its own, the one it is.
    is: Vec<Option<usize>>,
    /// Nodes of uses that are spelled out.
    uses: HashMap<(Label, Vec<usize>), usize>,
}

impl Graph {
    /// Adds a schema's types, and returns the node of the first; the others follow.
    fn add(&mut self, schema: &Schema) -> usize {
        // The uses of the schema before follow its types.
        let start = self.labels.len();
        for _ in &schema.types {
            self.push(Label::Sequence, Vec::new());
        }
        for (index, definition) in schema.types.iter().enumerate() {
            self.define(start, start + index, definition);
        }
        start
    }

    fn push(&mut self, label: Label, targets: Vec<usize>) -> usize {
        self.labels.push(label);
        self.targets.push(targets);
        self.is.push(None);
        self.labels.len() - 1
    }

    fn define(&mut self, start: usize, node: usize, definition: &TypeDef) {
        let (label, targets) = match &definition.kind {
            TypeKind::Typedef(target) => {
                self.is[node] = Some(self.used(start, target));
                return;
            }
            TypeKind::Struct(definition) => match definition.fields.as_slice() {
                [field] => {
                    self.is[node] = Some(self.used(start, &field.ty));
                    return;
                }
                fields => {
                    let targets = fields.iter().map(|field| self.used(start, &field.ty));
                    (Label::Sequence, targets.collect())
                }
            },
            TypeKind::Enum(definition) => {
                (Label::Numbers(Numbers::of_enum(definition)), Vec::new())
            }
            TypeKind::Union(definition) => self.union(start, definition),
        };
        self.labels[node] = label;
        self.targets[node] = targets;
    }

    fn union(&mut self, start: usize, union: &Union) -> (Label, Vec<usize>) {
        let mut cases = Vec::new();
        for arm in &union.arms {
            let ty = arm.field.as_ref().map_or(&Type::Void, |field| &field.ty);
            let payload = self.used(start, ty);
            cases.extend(arm.labels.iter().map(|label| (word(label.value), payload)));
        }
        cases.sort_unstable();
        let (labels, mut targets): (Vec<u32>, Vec<usize>) = cases.into_iter().unzip();
        if let Some(default) = &union.default {
            let field = default.field.as_ref();
            targets.push(self.used(start, field.map_or(&Type::Void, |field| &field.ty)));
            targets.push(self.used(start, &union.discriminant));
        }
        (Label::Union(labels), targets)
    }

    /// The node of a type where it is used.
    fn used(&mut self, start: usize, ty: &Type) -> usize {
        let (label, target) = match ty {
            Type::Named(id) => return start + id.0 as usize,
            Type::FixedArray(element, length) if length.value == 1 => {
                return self.used(start, element);
            }
            Type::FixedArray(element, length) if length.value > 1 => {
                (Label::FixedArray(length.value), Some(element))
            }
            Type::Array(element, bound) => (Label::Array(bound.value), Some(element)),
            Type::Optional(target) => (Label::Array(1), Some(target)),
            _ => (plain(ty), None),
        };
        let targets: Vec<usize> = target.map(|ty| self.used(start, ty)).into_iter().collect();
        let key = (label, targets);
        if let Some(&node) = self.uses.get(&key) {
            return node;
        }
        let node = self.push(key.0.clone(), key.1.clone());
        self.uses.insert(key, node);
        node
    }

    fn classes(mut self) -> Vec<usize> {
        let is = self.stand_ins();
        for targets in &mut self.targets {
            for target in targets {
                *target = is[*target];
            }
        }
        let mut numbers = HashMap::new();
        let mut initial = Vec::with_capacity(self.labels.len());
        for (label, targets) in self.labels.iter().zip(&self.targets) {
            let next = numbers.len();
            initial.push(*numbers.entry((label, targets.len())).or_insert(next));
        }
        let classes = refine(&initial, &self.targets);
        is.iter().map(|&node| classes[node]).collect()
    }

    /// For each node the one that it is in the end. There are no circles: a type of infinite size has no schema.
    fn stand_ins(&self) -> Vec<usize> {
        let mut found: Vec<Option<usize>> = vec![None; self.is.len()];
        let mut path = Vec::new();
        (0..self.is.len())
            .map(|mut node| {
                let end = loop {
                    if let Some(end) = found[node] {
                        break end;
                    }
                    path.push(node);
                    match self.is[node] {
                        Some(next) => node = next,
                        None => break node,
                    }
                };
                for passed in path.drain(..) {
                    found[passed] = Some(end);
                }
                end
            })
            .collect()
    }
}

/// A label's four bytes.
pub(crate) fn word(label: i128) -> u32 {
    let bytes = label.to_be_bytes();
    u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]])
}

fn plain(ty: &Type) -> Label {
    match ty {
        Type::Hyper => Label::Hyper,
        Type::UnsignedHyper => Label::UnsignedHyper,
        Type::Float => Label::Float,
        Type::Double => Label::Double,
        Type::Quadruple => Label::Quadruple,
        Type::FixedOpaque(length) if length.value > 0 => Label::FixedOpaque(length.value),
        Type::Opaque(bound) => Label::Opaque(bound.value),
        Type::String(bound) => Label::String(bound.value),
        _ => Numbers::of_builtin(ty).map_or(Label::Sequence, Label::Numbers),
    }
}
