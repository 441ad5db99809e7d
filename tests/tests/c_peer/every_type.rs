//! Every type of a file, here and in C.

use std::collections::{BTreeMap, BTreeSet};

use xdr_testkit::leaves::{Step, display, leaves};
use xdr_testkit::random::{Choices, Place, message, places};
use xdr_wire::{ErrorKind, Options, TypeEntry};

use crate::cases::{self, FEW};
use crate::files::ProtocolFile;
use crate::fillers;
use crate::harness::Harness;
use crate::hex::{hex, unhex};

/// How much of a message is random: from nothing to more than most bounds allow.
const SIZES: &[usize] = &[0, 3, 10, 30, 100, 300, 1000, 6000];

/// No bound that is tried takes more bytes than this: libvirt's largest.
const LARGEST: usize = 8 << 20;

pub(crate) fn the_table_has_every_type_of_the_file(file: &ProtocolFile, types: &[TypeEntry]) {
    let schema = file.schema();
    let mut expected: Vec<_> = fillers::types(&schema).iter().map(|it| &*it.name).collect();
    let mut listed: Vec<_> = types.iter().map(TypeEntry::name).collect();
    // libvirt's file has another order than this project's.
    expected.sort_unstable();
    listed.sort_unstable();
    assert_eq!(listed, expected);
}

pub(crate) fn c_gives_back_what_is_made_here(file: &ProtocolFile, types: &[TypeEntry]) {
    let Some(mut c) = Harness::start(file) else {
        return;
    };
    for ty in types {
        let made = |case: Case| message(ty.ty(), &mut Choices::new(case.seed, case.size));
        check(ty, |cases| {
            let messages: Vec<_> = cases.iter().map(|case| made(*case)).collect();
            let lines: Vec<_> = messages.iter().map(|it| echo(ty, it)).collect();
            messages.into_iter().zip(c.ask_all(&lines)).collect()
        });
    }
}

pub(crate) fn what_c_makes_comes_back_from_here(file: &ProtocolFile, types: &[TypeEntry]) {
    let Some(mut c) = Harness::start(file) else {
        return;
    };
    for ty in types {
        let line = |case: &Case| format!("random {} {} {}", ty.name(), case.seed, case.size);
        check(ty, |cases| {
            let lines: Vec<_> = cases.iter().map(line).collect();
            let answers = c.ask_all(&lines).into_iter();
            let made = |answer: &str| answer.strip_prefix("ok ").and_then(unhex);
            answers
                .map(|answer| (made(&answer).unwrap_or_default(), answer))
                .collect()
        });
    }
}

/// A field that C's code left as it is would come back all the same, as the zero that it always is.
pub(crate) fn what_varies_in_messages_made_here_varies_in_those_of_c(
    file: &ProtocolFile,
    types: &[TypeEntry],
) {
    let Some(mut c) = Harness::start(file) else {
        return;
    };
    for ty in types {
        // Always the same, so that a rare leaf is rare in each run.
        let cases = (0..2 * OFTEN).map(|seed| (u64::from(seed), 400));
        let made = cases
            .clone()
            .map(|(seed, size)| message(ty.ty(), &mut Choices::new(seed, size)));
        let here = Variety::of(ty, made);
        let lines: Vec<_> = cases
            .map(|(seed, size)| format!("random {} {seed} {size}", ty.name()))
            .collect();
        let answers = c.ask_all(&lines).into_iter();
        let made = answers.map(|answer| {
            let bytes = answer.strip_prefix("ok ").and_then(unhex);
            bytes.unwrap_or_else(|| panic!("{}: {answer}", ty.name()))
        });
        let there = Variety::of(ty, made);
        for (leaf, varies) in &here.0 {
            if let Some(varies_there) = there.0.get(leaf) {
                assert_eq!(varies, varies_there, "{}, {leaf} in C", ty.name());
            }
        }
    }
}

pub(crate) fn both_take_what_a_bound_allows_and_no_more(file: &ProtocolFile, types: &[TypeEntry]) {
    let Some(mut c) = Harness::start(file) else {
        return;
    };
    let asked = cases::asked_for();
    for ty in types {
        for place in places(ty.ty()) {
            let bound = usize::try_from(place.bound).expect("addresses have 32 bits");
            if !is_affordable(&place, asked) {
                continue;
            }
            let here = format!("{}, {}", ty.name(), place.name);
            let [most, more] = [bound, bound + 1].map(|len| place.message(len));
            let answers = c.ask_all(&[echo(ty, &most), echo(ty, &more)]);
            let problem = problem(ty, &most, &answers[0]);
            assert!(
                problem.is_none(),
                "{here}: {:.500}",
                problem.unwrap_or_default()
            );
            let over = ty.validate(&more, Options::new()).map_err(|it| it.kind());
            assert!(
                matches!(over, Err(ErrorKind::LengthOverBound { .. })),
                "{here}: {over:?}"
            );
            assert_eq!(answers[1], "error decode", "{here}");
        }
    }
}

pub(crate) fn both_reject_what_is_cut_off_or_too_long(file: &ProtocolFile, types: &[TypeEntry]) {
    let Some(mut c) = Harness::start(file) else {
        return;
    };
    for ty in types {
        let message = message(ty.ty(), &mut Choices::new(cases::seed(ty.name(), 0), 40));
        let longer = [&message[..], &[0; 4]].concat();
        let cuts = (0..message.len()).map(|len| &message[..len]);
        let wrong: Vec<_> = cuts.chain([&longer[..]]).collect();
        let lines: Vec<_> = wrong.iter().map(|it| echo(ty, it)).collect();
        for (wrong, answer) in wrong.into_iter().zip(c.ask_all(&lines)) {
            let expected = if wrong.len() < message.len() {
                "error decode"
            } else {
                "error trailing"
            };
            let here = ty.validate(wrong, Options::new());
            let both = (here.is_err(), &*answer);
            assert_eq!(
                both,
                (true, expected),
                "{} {}, {}",
                ty.name(),
                hex(wrong),
                cases::again()
            );
        }
    }
}

/// Messages may be as large as the work that is asked for: a common bound is 16,384 elements, that of text 4 MiB. When a
/// run takes its time, all are tried; but long text only where it is the type itself, as C has all of it from there.
fn is_affordable(place: &Place, asked: usize) -> bool {
    let bound = usize::try_from(place.bound).unwrap_or(usize::MAX);
    let is_elsewhere = place.is_text && !place.name.is_empty();
    match bound.saturating_mul(place.each) {
        size if size <= asked << 12 => true,
        size => asked > FEW && size <= LARGEST && !is_elsewhere,
    }
}

/// In how many messages a leaf must be, for what it has there to say something.
const OFTEN: u32 = 24;

/// The leaves that are in many of the messages made of a type, and whether they are not the same in all.
struct Variety(BTreeMap<String, bool>);

impl Variety {
    fn of(ty: &TypeEntry, messages: impl Iterator<Item = Vec<u8>>) -> Self {
        let mut seen: BTreeMap<String, (u32, BTreeSet<Vec<u8>>)> = BTreeMap::new();
        for message in messages {
            let (leaves, _) =
                leaves(&message, ty.ty()).unwrap_or_else(|error| panic!("{}: {error}", ty.name()));
            // Of elements the first: what follows may be the zeros behind all that is random.
            let first = |step: &Step| !matches!(step, Step::Index(1..));
            for leaf in leaves {
                if leaf.path.iter().all(first) {
                    let (times, values) = seen.entry(display(&leaf.path)).or_default();
                    *times += 1;
                    values.insert(message[leaf.bytes].to_vec());
                }
            }
        }
        let often = seen.into_iter().filter(|(_, (times, _))| *times >= OFTEN);
        Self(
            often
                .map(|(leaf, (_, values))| (leaf, values.len() > 1))
                .collect(),
        )
    }
}

/// What is decided at random.
#[derive(Clone, Copy)]
struct Case {
    seed: u64,
    size: usize,
}

/// Tries messages of all sizes; of what fails, shows the smallest that fails too. The messages come with what C says of
/// each.
fn check(ty: &TypeEntry, mut ask: impl FnMut(&[Case]) -> Vec<(Vec<u8>, String)>) {
    let sizes = SIZES.iter().copied().cycle().take(cases::asked_for());
    let cases = sizes.enumerate().map(|(number, size)| Case {
        seed: cases::seed(ty.name(), number),
        size,
    });
    let cases: Vec<_> = cases.collect();
    let answers = ask(&cases);
    let failed = answers
        .iter()
        .map(|(message, answer)| problem(ty, message, answer));
    let Some((case, found)) = cases.iter().zip(failed).find(|(_, found)| found.is_some()) else {
        return;
    };
    let smallest = (0..case.size).find_map(|size| {
        let answers = ask(&[Case { size, ..*case }]);
        let (message, answer) = answers.first()?;
        problem(ty, message, answer)
    });
    let (name, again) = (ty.name(), cases::again());
    panic!(
        "{name}: {}\n  {again}",
        smallest.or(found).unwrap_or_default()
    );
}

pub(crate) fn echo(ty: &TypeEntry, message: &[u8]) -> String {
    format!("echo {} {}", ty.name(), hex(message))
}

/// What is wrong if a message does not come back from both.
fn problem(ty: &TypeEntry, message: &[u8], answer: &str) -> Option<String> {
    let digits = hex(message);
    let here = match ty.round_trip(message, Options::new()) {
        Ok(bytes) if bytes == message => String::new(),
        Ok(bytes) => format!("\n  here it becomes {}", hex(&bytes)),
        Err(error) => format!("\n  here: {error}"),
    };
    let there = match answer.strip_prefix("ok ") {
        Some(bytes) if bytes == digits => String::new(),
        _ => format!("\n  in C: {answer}"),
    };
    let right = here.is_empty() && there.is_empty();
    (!right).then(|| [digits, here, there].concat())
}
