//! How far a long input has been read, for people who wait.

use std::io::{self, IsTerminal, Read};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What takes less is over before anybody wonders.
const PATIENCE: Duration = Duration::from_millis(500);

/// An input that shows on stderr how much of it has been read: only on a terminal, where nothing else is being printed, and
/// not before it has taken a while.
pub(crate) struct Watched<R> {
    input: R,
    /// Its bytes, if that is known.
    len: Option<u64>,
    read: u64,
    began: Instant,
    bar: Bar,
}

enum Bar {
    Unwanted,
    NotYet,
    Shown(ProgressBar),
}

impl<R> Watched<R> {
    pub(crate) fn new(input: R, len: Option<u64>) -> Self {
        // Lines on the same terminal show well enough that it goes on.
        let wanted = io::stderr().is_terminal() && !io::stdout().is_terminal();
        Self {
            input,
            len,
            read: 0,
            began: Instant::now(),
            bar: if wanted { Bar::NotYet } else { Bar::Unwanted },
        }
    }

    fn advance(&mut self, bytes: u64) {
        self.read += bytes;
        match &self.bar {
            Bar::Shown(bar) => bar.set_position(self.read),
            Bar::NotYet if self.began.elapsed() > PATIENCE => {
                self.bar = Bar::Shown(bar(self.len, self.read));
            }
            Bar::NotYet | Bar::Unwanted => {}
        }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        self.advance(read as u64);
        Ok(read)
    }
}

impl<R> Drop for Watched<R> {
    fn drop(&mut self) {
        if let Bar::Shown(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(len: Option<u64>, read: u64) -> ProgressBar {
    let target = ProgressDrawTarget::stderr();
    let bar = ProgressBar::with_draw_target(len, target).with_position(read);
    let template = if len.is_some() {
        "{wide_bar} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} to go"
    } else {
        "{spinner} {bytes}, {bytes_per_sec}"
    };
    // A template without a mistake; with one the library's own looks would do.
    bar.with_style(
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()),
    )
}
