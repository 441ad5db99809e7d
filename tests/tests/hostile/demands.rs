//! What demands more than its bytes pay for.

use xdr_wire::{Options, to_vec, to_vec_with};

use crate::cases::{Case, words};
use crate::measured::{Step, accepted, done, refused, unwritable};
use crate::types::{Book, Crowd, Empty, Lopsided, Lopsides, Ping, Pong};

pub(crate) const CASES: &[Case] = &[
    Case {
        title: "Elements without bytes",
        about: "No bytes pay for them: `Limits::max_empty_elements` counts those of a whole message.",
        types: &["empty", "crowd"],
        run: || {
            let members = vec![Empty {}; 65_537];
            vec![
                refused::<Crowd>(&words(&[u32::MAX])),
                accepted::<Crowd>(&words(&[65_536])).1,
                unwritable("65,537 of them", &Crowd { members }),
            ]
        },
        peers: None,
    },
    Case {
        title: "Arrays of arrays without bytes",
        about: "The limit counts elements of fixed arrays, too, or four bytes would demand 65,536,000 of them.",
        types: &["empty", "blank", "book"],
        run: || vec![refused::<Book>(&words(&[65_536]))],
        peers: None,
    },
    Case {
        title: "A union whose largest arm is far larger than its smallest form",
        about: "Four bytes on the wire for an element whose other arm has 800.",
        types: &["lopsided", "lopsides"],
        run: || {
            let items = vec![Lopsided::Case0; 100_000];
            let wire = to_vec(&Lopsides { items }).expect("it is within every rule");
            let truncated = wire.get(..wire.len() - 1).unwrap_or_default();
            vec![
                accepted::<Lopsides>(&wire).1,
                refused::<Lopsides>(truncated),
            ]
        },
        peers: None,
    },
    Case {
        title: "A small message for a large value",
        about: "Absent optionals as a user may type them, `Vec<Option<[u64; 100]>>`: four bytes on the wire, 808 in memory. \
                A message may hold `Limits::max_memory_factor` times its length. Generated code boxes what is so large.",
        types: &[],
        run: || {
            let mut wire = words(&[10_000]);
            wire.resize(4 + 40_000, 0);
            vec![refused::<Vec<Option<[u64; 100]>>>(&wire)]
        },
        peers: None,
    },
    Case {
        title: "Types that contain each other",
        about: "As deep as `Limits::max_depth` and no deeper, in both directions. 128 levels fit the 2 MiB of a thread.",
        types: &["ping", "pong"],
        run: rally,
        peers: None,
    },
];

fn rally() -> Vec<Step> {
    let deepest = words(&[vec![1; 127], vec![0]].concat());
    let (value, read) = accepted::<Ping>(&deepest);
    let compared = done("Cloning and comparing it", || {
        assert!(value.clone() == value);
    });
    let one_more = Pong { pings: vec![value] };
    vec![
        read,
        compared,
        refused::<Ping>(&words(&vec![1; 129])),
        refused::<Ping>(&words(&vec![1; 10_000_000])),
        unwritable("one level more", &one_more),
        done("Writing it by a limit of 129", || {
            let deeper = Options::new().max_depth(129);
            assert!(to_vec_with(&one_more, deeper).is_ok_and(|wire| wire.len() == 129 * 4));
        }),
        done("Dropping it", || drop(one_more)),
    ]
}
