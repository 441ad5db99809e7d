//! Which nodes of a graph cannot be told apart by walking it: Hopcroft's algorithm for minimal automata.
//!
//! Takes time in proportion to edges times the logarithm of nodes, and no recursion, however long the paths are.

/// Splits classes until the nodes of each have targets of the same classes, position by position.
///
/// `classes` has for each node a number below the number of nodes; nodes of one class have equally many targets.
pub(super) fn refine(classes: &[usize], targets: &[Vec<usize>]) -> Vec<usize> {
    let mut sources: Vec<Vec<(usize, usize)>> = vec![Vec::new(); targets.len()];
    for (source, targets) in targets.iter().enumerate() {
        for (position, &target) in targets.iter().enumerate() {
            sources[target].push((position, source));
        }
    }
    let mut partition = Partition::new(classes);
    let mut waiting: Vec<usize> = (0..partition.blocks.len()).collect();
    while let Some(splitter) = waiting.pop() {
        let members = partition.blocks[splitter].members(&partition.order);
        let mut arriving: Vec<(usize, usize)> = members
            .iter()
            .flat_map(|&member| sources[member].iter().copied())
            .collect();
        arriving.sort_unstable();
        for group in arriving.chunk_by(|a, b| a.0 == b.0) {
            for &(_, source) in group {
                partition.mark(source);
            }
            // The new blocks are the smaller halves: looking at those is enough, as the old blocks have been looked at
            // or are still waiting.
            waiting.extend(partition.split());
        }
    }
    partition.block_of
}

/// A run of nodes in the order, the marked ones first.
#[derive(Clone, Copy, Default)]
struct Block {
    start: usize,
    end: usize,
    marked: usize,
}

impl Block {
    fn members(self, order: &[usize]) -> &[usize] {
        &order[self.start..self.end]
    }
}

struct Partition {
    order: Vec<usize>,
    /// Where each node stands in the order.
    place: Vec<usize>,
    block_of: Vec<usize>,
    blocks: Vec<Block>,
    /// Blocks with marked nodes.
    touched: Vec<usize>,
}

impl Partition {
    fn new(classes: &[usize]) -> Self {
        let count = classes.len();
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|&node| classes[node]);
        let mut partition = Self {
            place: vec![0; count],
            block_of: vec![0; count],
            blocks: Vec::new(),
            touched: Vec::new(),
            order: Vec::new(),
        };
        for run in order.chunk_by(|&a, &b| classes[a] == classes[b]) {
            let start = partition.order.len();
            for &node in run {
                partition.place[node] = partition.order.len();
                partition.block_of[node] = partition.blocks.len();
                partition.order.push(node);
            }
            let end = partition.order.len();
            partition.blocks.push(Block {
                start,
                end,
                marked: 0,
            });
        }
        partition
    }

    fn mark(&mut self, node: usize) {
        let number = self.block_of[node];
        let block = &mut self.blocks[number];
        let border = block.start + block.marked;
        let place = self.place[node];
        if place < border {
            return;
        }
        if block.marked == 0 {
            self.touched.push(number);
        }
        block.marked += 1;
        let other = self.order[border];
        self.order.swap(border, place);
        self.place[node] = border;
        self.place[other] = place;
    }

    /// Parts marked nodes from unmarked ones; returns the new blocks, each not larger than what is left of its old one.
    fn split(&mut self) -> Vec<usize> {
        let mut new = Vec::new();
        for number in std::mem::take(&mut self.touched) {
            let block = &mut self.blocks[number];
            let marked = std::mem::take(&mut block.marked);
            let border = block.start + marked;
            if border == block.end {
                continue;
            }
            let (start, end) = if marked <= block.end - border {
                (std::mem::replace(&mut block.start, border), border)
            } else {
                (border, std::mem::replace(&mut block.end, border))
            };
            let split = self.blocks.len();
            self.blocks.push(Block {
                start,
                end,
                marked: 0,
            });
            for &node in &self.order[start..end] {
                self.block_of[node] = split;
            }
            new.push(split);
        }
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_are_alike_if_all_paths_from_them_are() {
        // 0 → 1 → 2 → 2 and 3 → 4 → 3 have the same endless path; 5 → 6 ends otherwise.
        let targets = vec![
            vec![1],
            vec![2],
            vec![2],
            vec![4],
            vec![3],
            vec![6],
            Vec::new(),
        ];
        let classes = refine(&[0, 0, 0, 0, 0, 0, 1], &targets);
        assert!((1..5).all(|node| classes[node] == classes[0]));
        assert!(classes[5] != classes[0] && classes[6] != classes[5]);
    }

    #[test]
    fn a_difference_far_away_is_found_without_looking_at_everything_each_time() {
        // Two rings of the same length, one with a knot in it: every node of it differs from every other.
        let count = 100_000;
        let ring = |offset: usize| (0..count).map(move |node| vec![offset + (node + 1) % count]);
        let targets: Vec<Vec<usize>> = ring(0).chain(ring(count)).collect();
        let mut classes = vec![0; 2 * count];
        classes[count] = 1;
        let refined = refine(&classes, &targets);
        let mut distinct = refined.clone();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), count + 1);
    }
}
