//! Makes a string of choices shorter and lower, as long as what is made of it still fails.

/// What is tried at a position.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// So many bytes less.
    Cut(usize),
    Zero,
    Halve,
    Lower,
    /// A byte lower, and so many less behind it: what it counts.
    LowerAndCut(usize),
}

/// In this order; large steps first.
const STEPS: &[Step] = &[
    Step::Cut(256),
    Step::Cut(64),
    Step::Cut(16),
    Step::Cut(4),
    Step::Cut(2),
    Step::Cut(1),
    Step::Zero,
    Step::Halve,
    Step::LowerAndCut(1),
    Step::LowerAndCut(2),
    Step::LowerAndCut(3),
    Step::LowerAndCut(4),
    Step::LowerAndCut(8),
    Step::Lower,
];

/// Choices that shrink.
#[derive(Clone, Debug)]
pub(super) struct Shrinking {
    /// The least that is known to fail.
    best: Vec<u8>,
    current: Vec<u8>,
    step: usize,
    at: usize,
    /// Whether anything has helped since the steps began anew.
    helped: bool,
}

impl Shrinking {
    pub(super) fn new(choices: Vec<u8>) -> Self {
        Self {
            best: choices.clone(),
            current: choices,
            step: 0,
            at: 0,
            helped: false,
        }
    }

    pub(super) fn current(&self) -> &[u8] {
        &self.current
    }

    /// The current choices fail: tries fewer or lower ones, if there are any left to try.
    pub(super) fn simplify(&mut self) -> bool {
        self.helped |= self.best != self.current;
        self.best.clone_from(&self.current);
        self.propose()
    }

    /// The current choices do not fail: goes back, and tries others.
    pub(super) fn complicate(&mut self) -> bool {
        self.advance();
        self.propose()
    }

    fn propose(&mut self) -> bool {
        while let Some(step) = self.step() {
            match step.apply(&self.best, self.at) {
                Some(less) => {
                    self.current = less;
                    return true;
                }
                None => self.advance(),
            }
        }
        self.current.clone_from(&self.best);
        false
    }

    /// The step to try; from the first again, as long as that helps.
    fn step(&mut self) -> Option<Step> {
        if self.step == STEPS.len() && self.helped {
            (self.step, self.at, self.helped) = (0, 0, false);
        }
        STEPS.get(self.step).copied()
    }

    fn advance(&mut self) {
        self.at += match STEPS.get(self.step) {
            Some(Step::Cut(len)) => *len,
            _ => 1,
        };
        if self.at >= self.best.len() {
            (self.step, self.at) = (self.step + 1, 0);
        }
    }
}

impl Step {
    /// What it makes of the choices, if that is less.
    fn apply(self, choices: &[u8], at: usize) -> Option<Vec<u8>> {
        let (before, rest) = choices.split_at_checked(at)?;
        let (byte, after) = rest.split_first()?;
        let (lower, after) = match self {
            Self::Cut(len) => return Some([before, rest.get(len..)?].concat()),
            Self::Zero => (0, after),
            Self::Halve => (byte / 2, after),
            Self::Lower => (byte.saturating_sub(1), after),
            Self::LowerAndCut(len) => (byte.saturating_sub(1), after.get(len..)?),
        };
        (lower < *byte).then(|| [before, &[lower], after].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::Shrinking;

    fn shrunk(choices: &[u8], fails: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let mut tree = Shrinking::new(choices.to_vec());
        assert!(fails(tree.current()));
        let mut goes_on = tree.simplify();
        while goes_on {
            goes_on = if fails(tree.current()) {
                tree.simplify()
            } else {
                tree.complicate()
            };
        }
        tree.current().to_vec()
    }

    #[test]
    fn what_fails_whatever_is_chosen_shrinks_to_nothing() {
        assert_eq!(shrunk(&[7; 300], |_| true), [0_u8; 0]);
    }

    #[test]
    fn what_needs_one_choice_shrinks_to_that() {
        let choices: Vec<u8> = (0..200).collect();
        assert_eq!(
            shrunk(&choices, |it| it.iter().any(|byte| *byte >= 150)),
            [150]
        );
    }

    #[test]
    fn a_count_shrinks_with_what_it_counts() {
        let counts = |it: &[u8]| {
            it.first()
                .is_some_and(|len| *len >= 2 && it.len() == 1 + usize::from(*len))
        };
        assert_eq!(shrunk(&[5, 9, 9, 9, 9, 9], counts), [2, 0, 0]);
    }

    #[test]
    fn what_is_left_still_fails() {
        let fails =
            |it: &[u8]| it.len() > 3 && it.iter().map(|it| usize::from(*it)).sum::<usize>() > 100;
        assert!(fails(&shrunk(&[90; 40], fails)));
    }
}
