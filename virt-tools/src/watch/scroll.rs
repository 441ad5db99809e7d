//! Which rows of the table are on the screen.

/// Where the user has scrolled to, and what that shows.
#[derive(Debug, Default)]
pub(super) struct Scroll {
    /// The first row, if there are so many.
    first: usize,
    /// Rows that can be seen from there on, and all.
    shown: usize,
    rows: usize,
}

/// Where to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
}

impl Scroll {
    /// Moves. Beyond the last row it is the last one, when it is drawn.
    pub(super) fn go(&mut self, to: Move) {
        let page = self.shown.max(1);
        self.first = match to {
            Move::Up => self.first.saturating_sub(1),
            Move::Down => self.first.saturating_add(1),
            Move::PageUp => self.first.saturating_sub(page),
            Move::PageDown => self.first.saturating_add(page),
            Move::Home => 0,
            Move::End => usize::MAX,
        };
    }

    /// Fits it to rows of these heights, on a screen with so many lines: no line is empty while there are rows above.
    pub(super) fn fit(&mut self, heights: &[u16], lines: u16) {
        let fitting = |heights: &mut dyn Iterator<Item = &u16>| {
            let mut left = lines;
            heights
                .take_while(|height| {
                    let fits = left.checked_sub(**height);
                    left = fits.unwrap_or_default();
                    fits.is_some()
                })
                .count()
        };
        self.rows = heights.len();
        let last = heights.len() - fitting(&mut heights.iter().rev());
        // A row that is higher than the screen can be reached, too.
        self.first = self.first.min(last).min(heights.len().saturating_sub(1));
        self.shown = fitting(&mut heights[self.first..].iter());
    }

    /// The first row that is shown.
    pub(super) fn first(&self) -> usize {
        self.first
    }

    /// What the keys do, and how many rows cannot be seen.
    pub(super) fn help(&self) -> String {
        let below = self.rows - self.first - self.shown;
        if self.first == 0 && below == 0 {
            return "q or Ctrl-C ends".to_owned();
        }
        format!(
            "{} rows above, {below} below: arrows, PgUp and PgDn, Home and End scroll; q or Ctrl-C ends",
            self.first
        )
    }
}
