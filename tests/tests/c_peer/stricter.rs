//! Where this project and C may differ about a message: the whole list. tests/c/README.md shows it.

use std::fmt::Write;

use xdr_testkit::leaves::{Value, leaves};
use xdr_wire::{ErrorKind, Options, RoundTripError, TypeEntry};

use crate::hex::{hex, unhex};

/// A rule that holds here and not in C.
pub(crate) struct Rule {
    pub(crate) name: &'static str,
    /// What C does with a message that breaks it.
    c: &'static str,
    /// Of RFC 4506.
    section: &'static str,
    /// Why it holds here.
    why: &'static str,
    shows: Shows,
    /// A message that breaks it: a type of `shapes.x` and what makes the bytes.
    pub(crate) example: (&'static str, fn() -> Vec<u8>),
}

/// How a difference is known to be due to a rule.
enum Shows {
    /// C takes what is rejected here as this.
    Rejects(fn(ErrorKind) -> bool),
    /// Both take it, but the text that C sends ends at its first NUL.
    CutsText,
}

pub(crate) const RULES: &[Rule] = &[
    Rule {
        name: "padding",
        c: "reads any bytes there and sends zeros",
        section: "3",
        why: "the bytes that fill a unit of four are zero",
        shows: Shows::Rejects(|kind| matches!(kind, ErrorKind::NonZeroPadding)),
        example: ("payload", || vec![0, 0, 0, 1, b'x', 0, 0, 7]),
    },
    Rule {
        name: "bool",
        c: "takes any number but 0 for TRUE; sends 1, or the number where rpcgen has inlined it",
        section: "4.4",
        why: "TRUE is 1",
        shows: Shows::Rejects(|kind| matches!(kind, ErrorKind::InvalidBool { .. })),
        example: ("flag", || words(&[2])),
    },
    Rule {
        name: "presence",
        c: "takes any number but 0 for TRUE and sends 1",
        section: "4.19",
        why: "what says that an optional is there is a bool",
        shows: Shows::Rejects(|kind| matches!(kind, ErrorKind::InvalidOptional { .. })),
        example: ("maybe_int", || words(&[2, 7])),
    },
    Rule {
        name: "enum",
        c: "passes on any number, and sends a union with one to its default arm",
        section: "4.3",
        why: "it is an error to encode a number that is not declared",
        shows: Shows::Rejects(|kind| matches!(kind, ErrorKind::UnknownEnum { .. })),
        example: ("colour", || words(&[9999])),
    },
    Rule {
        name: "range",
        c: "keeps the low bits of a `char` or `short` and sends those",
        section: "none: the types are rpcgen's",
        why: "a number that does not fit would become another",
        shows: Shows::Rejects(|kind| matches!(kind, ErrorKind::OutOfRange { .. })),
        example: ("small", || words(&[0x8000])),
    },
    Rule {
        name: "UTF-8",
        c: "passes on any bytes",
        section: "4.11, which has ASCII",
        why: "a Rust string is UTF-8; bytes are an option of the generator",
        shows: Shows::Rejects(|kind| matches!(kind, ErrorKind::InvalidUtf8)),
        example: ("title", || vec![0, 0, 0, 1, 0xe9, 0, 0, 0]),
    },
    Rule {
        name: "NUL",
        c: "reads all of the text and sends what is before its first NUL",
        section: "4.11",
        why: "both take it, but here the text stays whole: its length says where it ends",
        shows: Shows::CutsText,
        example: ("title", || vec![0, 0, 0, 3, b'x', 0, b'y', 0]),
    },
    Rule {
        name: "depth",
        c: "goes as deep as the message says, until its stack is used up",
        section: "none",
        why: "`Limits::max_depth` keeps the stack of the reader",
        shows: Shows::Rejects(|kind| matches!(kind, ErrorKind::DepthOverLimit { .. })),
        example: ("branch", || tree(200, 1, 2)),
    },
    Rule {
        name: "stack",
        c: "as above",
        section: "none",
        why: "`Limits::max_stack` does the same where each level is large",
        shows: Shows::Rejects(|kind| matches!(kind, ErrorKind::StackOverLimit { .. })),
        example: ("wall", || tree(60, 3 * 3 * 200, 2)),
    },
];

/// What the two say about a message: alike, other by a rule, or what is wrong.
pub(crate) fn judge(ty: &TypeEntry, message: &[u8], answer: &str) -> Result<Verdict, String> {
    let here = ty.round_trip(message, Options::new());
    let there = match answer.split_once(' ') {
        Some(("ok", digits)) => Some(unhex(digits).ok_or("C answers with bad digits")?),
        // For what C has no memory or no stack is not accepted.
        Some(("error", "decode" | "trailing" | "memory" | "stack")) => None,
        _ => return Err(shown(&here, answer)),
    };
    match (&here, there) {
        (Err(RoundTripError::Decoding(_)), None) => Ok(Verdict::BothReject),
        (Ok(here), Some(there)) if *here == there => Ok(Verdict::BothTake),
        (Ok(here), Some(there)) if cut(ty, here) == Some(there.clone()) => {
            let rule = RULES.iter().find(|it| matches!(it.shows, Shows::CutsText));
            rule.map(Verdict::Stricter).ok_or(shown(&Ok(there), answer))
        }
        (Err(RoundTripError::Decoding(error)), Some(there)) => {
            let rule = rule(error.kind()).ok_or_else(|| shown(&here, answer))?;
            // What C made of it is as good here as it is there, or no better than what it was made of.
            match ty.round_trip(&there, Options::new()) {
                Ok(again) if again == there => Ok(Verdict::Stricter(rule)),
                Err(RoundTripError::Decoding(error)) if self::rule(error.kind()).is_some() => {
                    Ok(Verdict::Stricter(rule))
                }
                other => Err(shown(&here, answer) + &shown(&other, "the same, of that")),
            }
        }
        _ => Err(shown(&here, answer)),
    }
}

/// What the two say about a message.
pub(crate) enum Verdict {
    BothTake,
    BothReject,
    Stricter(&'static Rule),
}

/// The rules as a table of tests/c/README.md.
pub(crate) fn table() -> String {
    let mut table = "| rule | what C does | RFC 4506, section | why it holds here |\n".to_owned();
    table += "| --- | --- | --- | --- |\n";
    for rule in RULES {
        let Rule {
            name,
            c,
            section,
            why,
            ..
        } = rule;
        writeln!(table, "| {name} | {c} | {section} | {why} |").expect("a string takes any text");
    }
    table
}

fn rule(kind: ErrorKind) -> Option<&'static Rule> {
    let broken = |rule: &&Rule| matches!(rule.shows, Shows::Rejects(is) if is(kind));
    RULES.iter().find(broken)
}

fn shown(here: &Result<Vec<u8>, RoundTripError>, answer: &str) -> String {
    let here = match here {
        Ok(bytes) => format!("ok {}", hex(bytes)),
        Err(error) => error.to_string(),
    };
    format!("\n  here: {here}\n  in C: {answer}")
}

/// The same value with each text cut at its first NUL; none if no text has any.
fn cut(ty: &TypeEntry, message: &[u8]) -> Option<Vec<u8>> {
    let (leaves, _) = leaves(message, ty.ty()).ok()?;
    let mut bytes = Vec::new();
    let mut copied = 0;
    for leaf in leaves {
        let Value::Text(text) = leaf.value else {
            continue;
        };
        let Some((before, _)) = text.split_once('\0') else {
            continue;
        };
        bytes.extend(message.get(copied..leaf.bytes.start)?);
        bytes.extend(u32::try_from(before.len()).ok()?.to_be_bytes());
        bytes.extend(before.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        copied = leaf.bytes.end;
    }
    bytes.extend(message.get(copied..)?);
    (copied > 0).then_some(bytes)
}

fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// So many levels of a value that has so many words and then optional links, all of them in the first one.
pub(crate) fn tree(levels: usize, own: usize, links: usize) -> Vec<u8> {
    let mut tree = Vec::new();
    for _ in 0..levels {
        tree.resize(tree.len() + own, 0);
        tree.push(1);
    }
    tree.resize(tree.len() + own + links + levels * (links - 1), 0);
    words(&tree)
}
