//! Circles in a graph of types.

/// Tarjan's strongly connected components, without recursion. Numbers are in order of completion: what a type holds
/// has a lower number than the type, unless they are in a circle.
pub(super) fn components(graph: &[Vec<u32>]) -> Vec<u32> {
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
