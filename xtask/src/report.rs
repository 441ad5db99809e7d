//! Runs steps one after the other and sums up what came of them.

use std::io::{self, BufRead, BufReader, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A test that cannot run prints this, its name, a colon and the reason, past the test harness's capture.
const SKIP_MARK: &str = "[skipped] ";

/// What came of a step.
pub(crate) struct Outcome {
    verdict: Verdict,
    note: String,
    tests: Tally,
    skips: Vec<String>,
}

#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Passed,
    Failed,
    Skipped,
}

/// Counts of tests, as their harness printed them.
#[derive(Clone, Copy, Default)]
struct Tally {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Outcome {
    pub(crate) fn passed(note: impl Into<String>) -> Self {
        Self::new(Verdict::Passed, note)
    }

    pub(crate) fn failed(note: impl Into<String>) -> Self {
        Self::new(Verdict::Failed, note)
    }

    pub(crate) fn skipped(note: impl Into<String>) -> Self {
        Self::new(Verdict::Skipped, note)
    }

    pub(crate) fn with_note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Adds a part that was skipped, as its name, a colon and the reason.
    pub(crate) fn and_skips(mut self, part: impl Into<String>) -> Self {
        self.skips.push(part.into());
        self.tests.skipped += 1;
        self
    }

    /// This part of a step and another: it fails if either does, and is skipped only if both are.
    pub(crate) fn and(mut self, other: Self) -> Self {
        match (self.verdict, other.verdict) {
            (Verdict::Skipped, Verdict::Passed | Verdict::Failed) => return other.and(self),
            (_, Verdict::Skipped) => self = self.and_skips(other.note),
            (Verdict::Passed, Verdict::Failed) => {
                self.verdict = Verdict::Failed;
                self.note = other.note;
            }
            _ => {}
        }
        self.tests.passed = self.tests.passed.wrapping_add(other.tests.passed);
        self.tests.failed += other.tests.failed;
        self.tests.skipped += other.tests.skipped;
        self.skips.extend(other.skips);
        self
    }

    /// Why the verdict is what it is; may be empty.
    pub(crate) fn note(&self) -> &str {
        &self.note
    }

    pub(crate) fn is_failed(&self) -> bool {
        self.verdict == Verdict::Failed
    }

    fn new(verdict: Verdict, note: impl Into<String>) -> Self {
        Self {
            verdict,
            note: note.into(),
            tests: Tally::default(),
            skips: Vec::new(),
        }
    }

    /// The verdict, and why.
    fn result(&self) -> String {
        let verdict = match self.verdict {
            Verdict::Passed => "passed",
            Verdict::Failed => "FAILED",
            Verdict::Skipped => "SKIPPED",
        };
        match self.note.as_str() {
            "" => verdict.to_owned(),
            note => format!("{verdict} ({note})"),
        }
    }

    /// The step's part of the closing line: its tests, or itself where it has none. A step that fails with no
    /// test failed (it did not compile, say) is a failure of its own.
    fn tally(&self) -> Tally {
        let mut tally = self.tests;
        match self.verdict {
            Verdict::Passed if tally.passed + tally.failed + tally.skipped == 0 => tally.passed = 1,
            Verdict::Failed if tally.failed == 0 => tally.failed = 1,
            Verdict::Skipped => tally.skipped += 1,
            _ => {}
        }
        tally
    }
}

/// Runs a command to its end and counts the tests that it reports.
pub(crate) fn run(mut command: Command) -> Outcome {
    match follow(&mut command) {
        Ok((status, mut outcome)) => {
            if !status.success() {
                outcome.verdict = Verdict::Failed;
                outcome.note = status.to_string();
            }
            outcome
        }
        Err(error) => Outcome::failed(format!("{}: {error}", command.get_program().display())),
    }
}

/// Passes the command's output on, line by line.
fn follow(command: &mut Command) -> io::Result<(ExitStatus, Outcome)> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let mut outcome = Outcome::passed("");
    if let Some(stdout) = child.stdout.take() {
        let mut reader = BufReader::new(stdout);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line)? > 0 {
            io::stdout().write_all(&line)?;
            count(&String::from_utf8_lossy(&line), &mut outcome);
            line.clear();
        }
    }
    Ok((child.wait()?, outcome))
}

/// Reads `test result: ok. 12 passed; 0 failed; 1 ignored; …` and marks of skipped tests.
fn count(line: &str, outcome: &mut Outcome) {
    if let Some((_, skip)) = line.split_once(SKIP_MARK) {
        outcome.skips.push(skip.trim().to_owned());
        outcome.tests.skipped += 1;
        // The harness counts it as passed.
        outcome.tests.passed = outcome.tests.passed.wrapping_sub(1);
    } else if let Some((_, result)) = line.split_once("test result: ") {
        let of = |what: &str| {
            let (before, _) = result.split_once(what)?;
            before.split_whitespace().next_back()?.parse().ok()
        };
        let passed = of(" passed").unwrap_or(0);
        outcome.tests.passed = outcome.tests.passed.wrapping_add(passed);
        outcome.tests.failed += of(" failed").unwrap_or(0);
    }
}

/// All steps so far.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<(String, Duration, Outcome)>,
}

impl Report {
    /// Takes a step, whatever came of those before.
    pub(crate) fn step(&mut self, name: &str, work: impl FnOnce() -> Outcome) {
        println!("\n== {name}");
        let start = Instant::now();
        let outcome = work();
        println!("== {name}: {}", outcome.result());
        self.rows.push((name.to_owned(), start.elapsed(), outcome));
    }

    /// Prints the summary; false if anything failed.
    pub(crate) fn close(&self) -> bool {
        let mut total = Tally::default();
        let width = self.rows.iter().map(|row| row.0.len()).max().unwrap_or(0);
        println!("\n== summary");
        for (name, time, outcome) in &self.rows {
            let tally = outcome.tally();
            total.passed += tally.passed;
            total.failed += tally.failed;
            total.skipped += tally.skipped;
            let tests = match outcome.tests.passed + outcome.tests.failed {
                0 => String::new(),
                count => format!(", {count} tests"),
            };
            let seconds = time.as_secs_f64();
            println!("{name:width$} {seconds:7.1} s  {}{tests}", outcome.result());
            for skip in &outcome.skips {
                println!("{:width$}            SKIPPED {skip}", "");
            }
        }
        println!(
            "{} passed, {} failed, {} skipped",
            total.passed, total.failed, total.skipped
        );
        total.failed == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_tests_over_several_harnesses_and_takes_skipped_ones_out() {
        let mut outcome = Outcome::passed("");
        for line in [
            "test upstream ... [skipped] upstream: not fetched\n",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n",
            "test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured\n",
        ] {
            count(line, &mut outcome);
        }
        let tally = outcome.tally();
        assert_eq!((tally.passed, tally.failed, tally.skipped), (12, 2, 1));
        assert_eq!(outcome.skips, ["upstream: not fetched"]);
    }

    #[test]
    fn a_step_without_tests_counts_as_one() {
        assert_eq!(Outcome::passed("").tally().passed, 1);
        assert_eq!(Outcome::failed("exit status: 1").tally().failed, 1);
        assert_eq!(Outcome::skipped("no peer").tally().skipped, 1);
    }

    #[test]
    fn a_step_of_several_parts_fails_with_any_and_says_which_were_skipped() {
        let mut tested = Outcome::passed("");
        count("test result: ok. 3 passed; 0 failed\n", &mut tested);
        let outcome = Outcome::skipped("no linker").and(tested);
        let tally = outcome.tally();
        assert_eq!((tally.passed, tally.failed, tally.skipped), (3, 0, 1));
        assert_eq!(outcome.result(), "passed");
        assert_eq!(outcome.skips, ["no linker"]);
        let outcome = outcome.and(Outcome::failed("exit status: 101"));
        assert_eq!(outcome.result(), "FAILED (exit status: 101)");
        assert_eq!(outcome.tally().failed, 1);
        let outcome = Outcome::skipped("no linker").and(Outcome::skipped("no emulator"));
        assert_eq!(outcome.result(), "SKIPPED (no linker)");
        assert_eq!(outcome.tally().skipped, 2);
    }

    #[test]
    fn a_failed_step_does_not_stop_the_next_and_fails_the_whole() {
        let mut report = Report::default();
        report.step("first", || Outcome::failed("no"));
        report.step("second", || Outcome::passed(""));
        assert_eq!(report.rows.len(), 2);
        assert!(!report.close());
    }
}
