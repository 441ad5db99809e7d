//! Circles among types that are made of one another: strongly connected components, without recursion of our own.

use crate::schema::{Schema, Type};

impl Schema {
    /// For each type the types that it is made of, by their places in [`Schema::types`].
    pub(crate) fn edges(&self) -> Vec<Vec<usize>> {
        let edges = self.types.iter().map(|definition| {
            let parts = definition.parts().into_iter();
            let targets = parts.filter_map(Type::definition);
            targets.map(|id| id.0 as usize).collect()
        });
        edges.collect()
    }
}

/// The strongly connected components of a graph. They are numbered so that a node's number is never lower than those of
/// the nodes it points to (Tarjan's order).
#[derive(Clone, Debug)]
pub struct Components {
    /// For each node the number of its component.
    pub of: Vec<usize>,
    /// Nodes of each component.
    pub members: Vec<Vec<usize>>,
}

/// Tarjan's algorithm with an explicit stack. `edges` has for each node the nodes it points to.
pub fn components(edges: &[Vec<usize>]) -> Components {
    const UNSEEN: usize = usize::MAX;
    let count = edges.len();
    let mut order = vec![UNSEEN; count];
    let mut low = vec![0; count];
    let mut on_stack = vec![false; count];
    let mut stack = Vec::new();
    let mut of = vec![0; count];
    let mut members: Vec<Vec<usize>> = Vec::new();
    let mut next = 0;
    for root in 0..count {
        if order[root] != UNSEEN {
            continue;
        }
        let mut calls = vec![(root, 0)];
        while let Some((node, edge)) = calls.pop() {
            if edge == 0 {
                order[node] = next;
                low[node] = next;
                next += 1;
                stack.push(node);
                on_stack[node] = true;
            }
            if let Some(&target) = edges[node].get(edge) {
                calls.push((node, edge + 1));
                if order[target] == UNSEEN {
                    calls.push((target, 0));
                } else if on_stack[target] {
                    low[node] = low[node].min(order[target]);
                }
                continue;
            }
            if low[node] == order[node] {
                let component = members.len();
                let start = stack
                    .iter()
                    .rposition(|&member| member == node)
                    .unwrap_or(0);
                let nodes = stack.split_off(start);
                for &member in &nodes {
                    on_stack[member] = false;
                    of[member] = component;
                }
                members.push(nodes);
            }
            if let Some((caller, _)) = calls.last() {
                low[*caller] = low[*caller].min(low[node]);
            }
        }
    }
    Components { of, members }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reaches_itself_is_one_component_and_targets_come_first() {
        let found = components(&[vec![1], vec![2], vec![1, 3], vec![], vec![4, 0]]);
        assert_eq!(found.of[1], found.of[2]);
        assert_ne!(found.of[0], found.of[1]);
        assert!(
            found.of[3] < found.of[1] && found.of[1] < found.of[0] && found.of[0] < found.of[4]
        );
    }

    #[test]
    fn a_chain_of_a_million_needs_no_stack() {
        let edges: Vec<Vec<usize>> = (0..1_000_000)
            .map(|node| vec![(node + 1) % 1_000_000])
            .collect();
        assert_eq!(components(&edges).members.len(), 1);
    }
}
