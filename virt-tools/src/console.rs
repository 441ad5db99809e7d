//! Standard error: what a program says of itself, whether or not anybody reads it.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

/// Texts that wait for a reader. More are left out, and counted.
const WAITING: usize = 256;

/// How long a reader has at the end.
const PATIENCE: Duration = Duration::from_secs(1);

/// A way to standard error that never blocks: a thread of its own writes. Clones lead to the same.
#[derive(Clone, Debug)]
pub(crate) struct Console {
    program: &'static str,
    sender: Sender<Word>,
    counts: Arc<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    waiting: AtomicUsize,
    left_out: AtomicUsize,
}

enum Word {
    Text(String),
    /// Everything before has been written when this is answered.
    Flush(Sender<()>),
}

impl Console {
    /// Standard error, for the program of this name.
    pub(crate) fn new(program: &'static str) -> io::Result<Self> {
        Self::over(program, io::stderr())
    }

    fn over(program: &'static str, out: impl Write + Send + 'static) -> io::Result<Self> {
        let (sender, words) = channel();
        let counts = Arc::new(Counts::default());
        let shared = Arc::clone(&counts);
        // It ends with the last clone, or is left behind with who does not read.
        thread::Builder::new().spawn(move || write(program, out, &words, &shared))?;
        Ok(Self {
            program,
            sender,
            counts,
        })
    }

    /// Says something, behind the program's name. What comes from elsewhere has to be [printable](crate::text::printable).
    pub(crate) fn say(&self, text: &str) {
        if self.counts.waiting.fetch_add(1, Ordering::Relaxed) >= WAITING {
            self.counts.waiting.fetch_sub(1, Ordering::Relaxed);
            self.counts.left_out.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let text = format!("{}: {text}\n", self.program);
        // The thread ends after this, so it is there.
        let _ = self.sender.send(Word::Text(text));
    }

    /// Waits until all has been written, as long as somebody reads.
    pub(crate) fn flush(&self) {
        let (sender, done) = channel();
        if self.sender.send(Word::Flush(sender)).is_ok() {
            // Who does not read by then does not read.
            let _ = done.recv_timeout(PATIENCE);
        }
    }
}

/// Writes what comes. If it cannot be written there is nowhere left to say so.
fn write(program: &str, mut out: impl Write, words: &Receiver<Word>, counts: &Counts) {
    while let Ok(word) = words.recv() {
        match word {
            Word::Text(text) => {
                let _ = out.write_all(text.as_bytes());
                counts.waiting.fetch_sub(1, Ordering::Relaxed);
            }
            Word::Flush(done) => {
                let _ = out.flush();
                let _ = done.send(());
            }
        }
        let count = counts.left_out.swap(0, Ordering::Relaxed);
        if count > 0 {
            let _ = writeln!(out, "{program}: {count} lines are left out here");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};

    use super::*;

    #[test]
    fn who_does_not_read_misses_what_does_not_fit_and_is_told_how_much() {
        let (reader, writer) = io::pipe().expect("a pipe");
        let console = Console::over("p", writer).expect("a thread");
        let long = "x".repeat(1 << 20);
        for _ in 0..1000 {
            console.say(&long);
        }
        let mut reader = BufReader::new(reader);
        let mut line = String::new();
        let mut count = 0;
        loop {
            line.clear();
            reader.read_line(&mut line).expect("it is text");
            match line.strip_suffix(" lines are left out here\n") {
                Some(left_out) => {
                    let left_out = left_out.strip_prefix("p: ").expect("the name");
                    count += left_out.parse::<usize>().expect("a number");
                }
                None => count += 1,
            }
            if count == 1000 {
                break;
            }
        }
    }
}
