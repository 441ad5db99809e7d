//! Pass 6: sizes on the wire, recursion, and types that no message could hold.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use super::{Body, Resolver};
use crate::diagnostic::{Code, Diagnostic};
use crate::graph::{Components, components};
use crate::schema::{Length, Size, Type, TypeDef, TypeKind};

/// How many types may hold each other by value, one inside of the other. Rust types made of them nest as deep,
/// and so do calls that decode them.
pub(super) const MAX_DEPTH: usize = 128;

/// How a value comes by its least size: its own bytes and those of types it always holds.
struct Recipe {
    bytes: u64,
    parts: Vec<(usize, u64)>,
}

impl Resolver<'_> {
    pub(super) fn measure(&mut self) {
        let all: Vec<Vec<usize>> = (0..self.types.len())
            .map(|index| self.held(index, false))
            .collect();
        let graph = components(&all);
        for members in &graph.members {
            let recursive = members.len() > 1 || all[members[0]].contains(&members[0]);
            for &member in members {
                self.types[member].recursive = recursive;
            }
        }
        let endless = self.report_endless_typedefs(&all, &graph);
        let mut failed = self.least_sizes();
        if failed.is_empty() && endless.is_empty() && self.check_depth() {
            self.most_sizes(&graph);
        }
        failed.retain(|index| !endless.contains(index));
        self.report_infinite(&failed);
    }

    /// Types that a type is made of; `by_value` leaves out what a value may do without.
    fn held(&self, index: usize, by_value: bool) -> Vec<usize> {
        held(&self.types[index].kind, by_value)
    }

    /// Finds the least size of every type that has one; returns those that have none.
    ///
    /// Works upwards from the smallest, so that a recursive union is measured by the arm that ends the recursion
    /// (Knuth's generalisation of Dijkstra's algorithm).
    fn least_sizes(&mut self) -> Vec<usize> {
        let count = self.types.len();
        let recipes: Vec<Vec<Recipe>> = (0..count).map(|index| self.recipes(index)).collect();
        let mut users: Vec<Vec<(usize, usize)>> = vec![Vec::new(); count];
        let mut open: Vec<Vec<usize>> = Vec::with_capacity(count);
        let mut ready = BinaryHeap::new();
        for (index, recipes) in recipes.iter().enumerate() {
            open.push(recipes.iter().map(|recipe| recipe.parts.len()).collect());
            for (number, recipe) in recipes.iter().enumerate() {
                if recipe.parts.is_empty() {
                    ready.push(Reverse((recipe.bytes, index)));
                }
                for (part, _) in &recipe.parts {
                    users[*part].push((index, number));
                }
            }
        }
        let mut least: Vec<Option<u64>> = vec![None; count];
        while let Some(Reverse((bytes, index))) = ready.pop() {
            if least[index].is_some() {
                continue;
            }
            least[index] = Some(bytes);
            for &(user, number) in &users[index] {
                open[user][number] -= 1;
                if open[user][number] == 0 {
                    let recipe = &recipes[user][number];
                    let parts = recipe.parts.iter();
                    let sizes = parts.map(|(part, times)| {
                        least[*part].unwrap_or(u64::MAX).saturating_mul(*times)
                    });
                    let sum = sizes.fold(recipe.bytes, u64::saturating_add);
                    ready.push(Reverse((sum, user)));
                }
            }
        }
        for (definition, least) in self.types.iter_mut().zip(&least) {
            definition.size.min = least.unwrap_or(0);
        }
        (0..count).filter(|&index| least[index].is_none()).collect()
    }

    fn recipes(&self, index: usize) -> Vec<Recipe> {
        match &self.types[index].kind {
            TypeKind::Enum(_) => vec![Recipe {
                bytes: 4,
                parts: Vec::new(),
            }],
            TypeKind::Typedef(target) => vec![recipe(0, std::iter::once(target))],
            TypeKind::Struct(definition) => {
                vec![recipe(0, definition.fields.iter().map(|field| &field.ty))]
            }
            TypeKind::Union(definition) => {
                let arms = definition.payloads();
                let arms = arms.map(|field| recipe(4, field.map(|field| &field.ty).into_iter()));
                let arms: Vec<Recipe> = arms.collect();
                // A union without arms has been reported; its size is not infinite as well.
                if arms.is_empty() {
                    vec![recipe(4, std::iter::empty())]
                } else {
                    arms
                }
            }
        }
    }

    /// The largest sizes, innermost types first. What is recursive has none.
    fn most_sizes(&mut self, graph: &Components) {
        for members in &graph.members {
            for &member in members {
                let max = if self.types[member].recursive {
                    None
                } else {
                    self.most(member)
                };
                self.types[member].size.max = max;
            }
        }
    }

    fn most(&self, index: usize) -> Option<u64> {
        match &self.types[index].kind {
            TypeKind::Enum(_) => Some(4),
            TypeKind::Typedef(target) => self.size(target).max,
            TypeKind::Struct(definition) => {
                let mut sizes = definition
                    .fields
                    .iter()
                    .map(|field| self.size(&field.ty).max);
                sizes.try_fold(0_u64, |sum, size| sum.checked_add(size?))
            }
            TypeKind::Union(definition) => {
                let arms = definition.payloads();
                let mut sizes =
                    arms.map(|field| field.map_or(Some(0), |field| self.size(&field.ty).max));
                let most = sizes.try_fold(0_u64, |most, size| Some(most.max(size?)))?;
                most.checked_add(4)
            }
        }
    }

    fn size(&self, ty: &Type) -> Size {
        size(ty, &self.types)
    }

    /// Reports circles of nothing but typedefs, and returns the types in them.
    ///
    /// An array or an optional on the way ends a value, but not the type: spelled out, it would have no end.
    fn report_endless_typedefs(
        &mut self,
        all: &[Vec<usize>],
        graph: &Components,
    ) -> HashSet<usize> {
        let mut endless = HashSet::new();
        for members in &graph.members {
            let is_endless = members.iter().all(|&member| {
                self.types[member].recursive && matches!(self.drafts[member].body, Body::Typedef(_))
            });
            if !is_endless {
                continue;
            }
            // A typedef is made of one type, so that there is one way round.
            let next = |&at: &usize| all[at].first().copied();
            let walk = std::iter::successors(members.first().copied(), next);
            self.report_circle(walk.take(members.len()).collect());
            endless.extend(members);
        }
        endless
    }

    /// Reports each circle of types without a least size once.
    fn report_infinite(&mut self, failed: &[usize]) {
        let infinite: HashSet<usize> = failed.iter().copied().collect();
        let mut done: HashSet<usize> = HashSet::new();
        for &start in failed {
            // From any such type a walk along such types ends in a circle, or where one went before.
            let mut path = Vec::new();
            let mut place_in_path = HashMap::new();
            let mut at = start;
            while !done.contains(&at) && !place_in_path.contains_key(&at) {
                place_in_path.insert(at, path.len());
                path.push(at);
                match self
                    .held(at, true)
                    .into_iter()
                    .find(|next| infinite.contains(next))
                {
                    Some(next) => at = next,
                    None => break,
                }
            }
            let circle = place_in_path.get(&at).map(|&from| path[from..].to_vec());
            done.extend(path);
            if let Some(circle) = circle {
                self.report_circle(circle);
            }
        }
    }

    fn report_circle(&mut self, mut circle: Vec<usize>) {
        let first = circle
            .iter()
            .enumerate()
            .min_by_key(|(_, node)| **node)
            .map_or(0, |(at, _)| at);
        circle.rotate_left(first);
        let name = &self.types[circle[0]].name;
        let typedefs = circle
            .iter()
            .all(|&node| matches!(self.drafts[node].body, Body::Typedef(_)));
        let (code, message, label, help) = if typedefs {
            (
                Code::E0402,
                format!("the typedef `{name}` stands for itself"),
                "has no type at its end",
                "let one of them stand for another type",
            )
        } else {
            (
                Code::E0401,
                format!("a value of `{name}` would hold a value of the same type, without end"),
                "has no finite size",
                "make one of them optional (`*`) or an array of variable length",
            )
        };
        let mut diagnostic = Diagnostic::error(code, self.types[circle[0]].name_location, message)
            .label(label)
            .help(help);
        for &node in circle.iter().skip(1).take(4) {
            diagnostic = diagnostic.also(self.types[node].name_location, "by way of this");
        }
        self.diagnostics.push(diagnostic);
    }

    /// False if types nest too deeply by value.
    fn check_depth(&mut self) -> bool {
        let by_value: Vec<Vec<usize>> = (0..self.types.len())
            .map(|index| self.spelled(index))
            .collect();
        let graph = components(&by_value);
        let mut depth = vec![0_usize; self.types.len()];
        let mut deepest = None;
        for &node in graph.members.iter().flatten() {
            // Circles by value exist only through unions; Rust boxes those.
            let inner = by_value[node]
                .iter()
                .filter(|&&target| graph.of[target] != graph.of[node]);
            depth[node] = 1 + inner.map(|&target| depth[target]).max().unwrap_or(0);
            if depth[node] == MAX_DEPTH + 1 {
                deepest = deepest.or(Some(node));
            }
        }
        let Some(node) = deepest else {
            return true;
        };
        let message = format!(
            "`{}` holds more than {MAX_DEPTH} types one inside of the other",
            self.types[node].name
        );
        let help = match self.drafts[node].body {
            Body::Typedef(_) => "make one of them a struct",
            _ => "make one of them optional (`*`)",
        };
        self.diagnostics.push(
            Diagnostic::error(Code::E0407, self.types[node].name_location, message)
                .label("one too many")
                .help(help),
        );
        false
    }

    /// Types that a type nests in: those that it holds by value, and typedefs of whatever form, which are spelled out
    /// where they are used.
    fn spelled(&self, index: usize) -> Vec<usize> {
        let is_typedef = |index: usize| matches!(self.drafts[index].body, Body::Typedef(_));
        if is_typedef(index) {
            let mut spelled = self.held(index, false);
            spelled.retain(|&target| is_typedef(target));
            if !spelled.is_empty() {
                return spelled;
            }
        }
        self.held(index, true)
    }
}

/// Types that a type is made of; `by_value` leaves out what a value may do without.
pub(super) fn held(kind: &TypeKind, by_value: bool) -> Vec<usize> {
    let mut held = Vec::new();
    let mut visit = |ty: &Type| {
        let mut ty = ty;
        loop {
            match ty {
                Type::Named(id) => {
                    held.push(id.0 as usize);
                    break;
                }
                // One of length 0 as well: languages with such arrays want their elements' size.
                Type::FixedArray(element, _) => ty = element,
                Type::Array(element, _) | Type::Optional(element) if !by_value => ty = element,
                _ => break,
            }
        }
    };
    match kind {
        TypeKind::Struct(definition) => {
            definition.fields.iter().for_each(|field| visit(&field.ty));
        }
        TypeKind::Typedef(target) => visit(target),
        TypeKind::Union(definition) => {
            visit(&definition.discriminant);
            definition
                .payloads()
                .flatten()
                .for_each(|field| visit(&field.ty));
        }
        TypeKind::Enum(_) => {}
    }
    held
}

/// The size of a use, from what is known of definitions.
pub(crate) fn size(ty: &Type, types: &[TypeDef]) -> Size {
    let counted =
        |element: Size, most: Length| Size::exactly(4).then(element.times(0, most.value.into()));
    match ty {
        Type::Named(id) => types[id.0 as usize].size,
        Type::Opaque(bound) | Type::String(bound) => Size {
            min: 4,
            max: Some(4 + Size::padded(bound.value.into())),
        },
        Type::Array(element, bound) => counted(size(element, types), *bound),
        Type::Optional(target) => Size::exactly(4).then(size(target, types).times(0, 1)),
        Type::FixedArray(element, length) => {
            size(element, types).times(length.value.into(), length.value.into())
        }
        _ => Size::exactly(fixed(ty)),
    }
}

/// What a value of these types needs at the least.
fn recipe<'t>(bytes: u64, types: impl Iterator<Item = &'t Type>) -> Recipe {
    let mut recipe = Recipe {
        bytes,
        parts: Vec::new(),
    };
    for ty in types {
        let mut ty = ty;
        let mut times = 1_u64;
        loop {
            match ty {
                Type::Named(id) => {
                    recipe.parts.push((id.0 as usize, times));
                    break;
                }
                Type::FixedArray(element, length) => {
                    times = times.saturating_mul(length.value.into());
                    ty = element;
                }
                _ => {
                    recipe.bytes = recipe.bytes.saturating_add(fixed(ty).saturating_mul(times));
                    break;
                }
            }
        }
    }
    recipe
}

/// The least size of a use that names no type.
fn fixed(ty: &Type) -> u64 {
    match ty {
        Type::Void | Type::Named(_) | Type::FixedArray(..) => 0,
        Type::FixedOpaque(length) => Size::padded(length.value.into()),
        Type::Hyper | Type::UnsignedHyper | Type::Double => 8,
        Type::Quadruple => 16,
        _ => 4,
    }
}
