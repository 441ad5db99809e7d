//! How many instructions the codec takes for each message of the benchmark, beside what it took when that was last looked
//! at: a slowdown does not land unseen. Unlike time, they are the same in each run, whatever else the machine does.
//!
//! They are those of one toolchain, which the baseline names; with another the test is skipped, and
//! `cargo xtask bless` makes a baseline of that one.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a count may differ by: a change of some other function moves code, and with it decisions of the compiler.
const TOLERANCE: f64 = 0.03;

const HEAD: &str = "\
# Instructions of the codec for each message of bench/proto/bench.x, generated code in a release build.
# `cargo xtask bless` renews what differs by more than 3 in 100.
";

type Counts = BTreeMap<String, u64>;

#[test]
fn the_codec_takes_no_more_instructions_than_it_did() {
    let blessing = env::var("INSTA_UPDATE").is_ok_and(|value| value == "always");
    if !xdr_tests::has_program("valgrind") {
        return;
    }
    let written = fs::read_to_string(baseline()).unwrap_or_default();
    let (theirs, before) = parse(&written);
    let here = toolchain();
    if here != theirs && !blessing {
        return xdr_tests::skip(&format!("counts are of {theirs}, this is {here}"));
    }
    let now = count(&xdr_tests::release_program("instructions"));
    let before = if here == theirs {
        before
    } else {
        Counts::new()
    };
    let differences = compare(&before, &now);
    if blessing {
        let kept = blessed(before, &now);
        fs::write(baseline(), text(&here, &kept)).expect("the baseline can be written");
        return;
    }
    assert!(
        differences.is_empty(),
        "instructions differ from tests/programs/instructions.txt; where that is meant, `cargo xtask bless`:\n{}",
        differences.join("\n")
    );
}

#[test]
fn a_count_may_differ_by_three_in_a_hundred() {
    let counts = |count| Counts::from([("W1 decode owned".to_owned(), count)]);
    let before = counts(1000);
    for (now, outcome) in [
        (970, ""),
        (1030, ""),
        (1031, "3.1 % more"),
        (969, "3.1 % fewer"),
    ] {
        let differences = compare(&before, &counts(now)).join("");
        assert_eq!(differences.is_empty(), outcome.is_empty(), "{now}");
        assert!(differences.contains(outcome), "{differences}");
    }
    let other = Counts::from([("W2 decode owned".to_owned(), 1000)]);
    let differences = compare(&before, &other);
    assert_eq!(
        differences,
        [
            "W1 decode owned: is counted no more",
            "W2 decode owned: has no baseline"
        ]
    );
}

#[test]
fn blessing_keeps_what_is_within_the_tolerance() {
    let counts = |first, second| {
        let first = ("W1 decode owned".to_owned(), first);
        Counts::from([first, ("W2 decode owned".to_owned(), second)])
    };
    // Otherwise many small steps would never be seen.
    assert_eq!(
        blessed(counts(1000, 1000), &counts(1029, 1040)),
        counts(1000, 1040)
    );
}

fn baseline() -> PathBuf {
    xdr_tests::root().join("tests/programs/instructions.txt")
}

/// Has the C library copy as it does on the first processors of x86-64, whatever this one can do: what is counted is then the
/// same on all of them.
const PLAIN_COPIES: &str = "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX2_Usable,-AVX_Fast_Unaligned_Load,-SSSE3,-ERMS,-FSRM,\
    -Prefer_ERMS,-Prefer_FSRM:glibc.cpu.x86_non_temporal_threshold=0xc0000";

/// What a count depends on besides the code: the compiler, the tool, and the C library, whose copies are counted.
fn toolchain() -> String {
    let rustc = first_line("rustc", "-vV");
    let host = said("rustc", "-vV");
    let host = host.lines().find_map(|line| line.strip_prefix("host: "));
    let valgrind = first_line("valgrind", "--version");
    let libc = first_line("ldd", "--version");
    let libc = libc.split_whitespace().next_back().unwrap_or_default();
    let host = host.unwrap_or_default();
    format!("{rustc}, {host}, {valgrind}, libc {libc}")
}

fn first_line(program: &str, argument: &str) -> String {
    said(program, argument)
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}

fn said(program: &str, argument: &str) -> String {
    let output = Command::new(program).arg(argument).output();
    output.map_or(String::new(), |output| {
        String::from_utf8_lossy(&output.stdout).into_owned()
    })
}

/// Runs the program in callgrind: a file for each call of its function `measured`.
fn count(program: &Path) -> Counts {
    let folder = tempfile::tempdir().expect("there is a folder for temporary files");
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--quiet"]);
    valgrind.arg("--toggle-collect=instructions::measured");
    valgrind.arg("--dump-after=instructions::measured");
    let out = folder.path().join("counts");
    valgrind.arg(format!("--callgrind-out-file={}", out.display()));
    // The environment lies on the stack, and what lies where decides how much a copy takes.
    valgrind.arg(program).env_clear();
    valgrind.env("GLIBC_TUNABLES", PLAIN_COPIES);
    if let Some(path) = env::var_os("PATH") {
        valgrind.env("PATH", path);
    }
    let output = valgrind.output().expect("its presence was checked");
    assert!(
        output.status.success(),
        "valgrind: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let names = String::from_utf8_lossy(&output.stdout);
    let counts: Counts = (1..)
        .zip(names.lines())
        .map(|(part, name)| {
            let file = folder.path().join(format!("counts.{part}"));
            let dump = fs::read_to_string(file).unwrap_or_default();
            let total = dump.lines().find_map(|line| line.strip_prefix("summary: "));
            let count = total.and_then(|total| total.trim().parse().ok());
            (name.to_owned(), count.unwrap_or(0))
        })
        .collect();
    let missing: Vec<_> = counts.iter().filter(|(_, count)| **count == 0).collect();
    assert!(
        !counts.is_empty() && missing.is_empty(),
        "callgrind has not seen the function `measured`: {missing:?}"
    );
    counts
}

/// What differs by more than it may.
fn compare(before: &Counts, now: &Counts) -> Vec<String> {
    let gone = before.keys().filter(|name| !now.contains_key(*name));
    let gone = gone.map(|name| format!("{name}: is counted no more"));
    let differs = now.iter().filter_map(|(name, &now)| {
        let Some(&before) = before.get(name) else {
            return Some(format!("{name}: has no baseline"));
        };
        let share = share(before, now);
        let word = if share > 0.0 { "more" } else { "fewer" };
        let percent = share.abs() * 100.0;
        is_over(share)
            .then(|| format!("{name}: {now} instructions, {percent:.1} % {word} than {before}"))
    });
    gone.chain(differs).collect()
}

/// The new counts, but the old ones where these still do.
fn blessed(before: Counts, now: &Counts) -> Counts {
    let mut kept = now.clone();
    for (name, count) in before {
        if let Some(now) = kept.get_mut(&name)
            && !is_over(share(count, *now))
        {
            *now = count;
        }
    }
    kept
}

fn is_over(share: f64) -> bool {
    // What is exactly at the limit is not over it, whatever the last digit of the quotient says.
    share.abs() > TOLERANCE + 1e-9
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2⁵³")]
fn share(before: u64, now: u64) -> f64 {
    now as f64 / before as f64 - 1.0
}

fn text(toolchain: &str, counts: &Counts) -> String {
    let mut text = format!("{HEAD}{toolchain}\n");
    for (name, count) in counts {
        let _ = writeln!(text, "{name}: {count}");
    }
    text
}

/// The toolchain, and the counts of it.
fn parse(text: &str) -> (String, Counts) {
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let toolchain = lines.next().unwrap_or("no toolchain").to_owned();
    let counts = lines.filter_map(|line| {
        let (name, count) = line.split_once(": ")?;
        Some((name.to_owned(), count.parse().ok()?))
    });
    (toolchain, counts.collect())
}
