//! The cases that hurt other codecs, in the order of the page.

use protocol_defs::remote;
use xdr_wire::Chain;

use crate::measured::{Step, accepted, refused, unwritable, written};
use crate::types::{Blob, Bounded, Choice, Flag, Node, Records, Seal, Small, Stage, Title, Vasts};
use crate::{demands, lists};

/// One thing that an input may try.
pub(crate) struct Case {
    pub(crate) title: &'static str,
    pub(crate) about: &'static str,
    /// Names of types in `hostile.x`.
    pub(crate) types: &'static [&'static str],
    pub(crate) run: fn() -> Vec<Step>,
    /// What others do.
    pub(crate) peers: Option<&'static str>,
}

/// Every case.
pub(crate) fn all() -> Vec<Case> {
    [WIRE, demands::CASES, lists::CASES, PLACES].concat()
}

impl Clone for Case {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

/// Bytes from words, which is how XDR is read.
pub(crate) fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

const WIRE: &[Case] = &[
    Case {
        title: "A claim of 2³²−1 elements",
        about: "A count is held against the bytes that are left before anything is made room for.",
        types: &["record", "records", "blob"],
        run: || {
            vec![
                refused::<Records>(&words(&[u32::MAX])),
                refused::<Records>(&words(&[u32::MAX, 1, 0])),
                refused::<Blob>(&words(&[u32::MAX])),
            ]
        },
        peers: Some("xdr-codec, fastxdr and the derive of nfs3 abort"),
    },
    Case {
        title: "A false count that the input could hold",
        about: "The count fits, the first element does not. What was made room for is at most a small multiple of the input.",
        types: &["record", "records"],
        run: || {
            let mut wire = words(&[131_071, 0, u32::MAX]);
            wire.resize(1 << 20, 0);
            vec![refused::<Records>(&wire)]
        },
        peers: Some("libtirpc takes 0.5 s over a false count"),
    },
    Case {
        title: "A truncated opaque",
        about: "Never a shorter one.",
        types: &["blob"],
        run: || vec![refused::<Blob>(&[0, 0, 0, 8, 1, 2, 3, 4, 5])],
        peers: Some("xdr-codec accepts it"),
    },
    Case {
        title: "A truncated opaque of fixed length",
        about: "The end of the input ends the reading.",
        types: &["seal"],
        run: || vec![refused::<Seal>(&[1, 2, 3, 4, 5]), refused::<Seal>(&[])],
        peers: Some("xdr-codec hangs"),
    },
    Case {
        title: "No final padding",
        about: "Padding is part of the value, also of the last one.",
        types: &["title"],
        run: || vec![refused::<Title>(&[0, 0, 0, 1, b'a'])],
        peers: Some("fastxdr panics"),
    },
    Case {
        title: "Padding that is not zero",
        about: "One form for each value. `Rule::Padding` relaxes it.",
        types: &["title"],
        run: || vec![refused::<Title>(&[0, 0, 0, 1, b'a', 0, 0, 1])],
        peers: Some("libtirpc accepts it"),
    },
    Case {
        title: "More than the bound of a declaration",
        about: "Bounds hold for reading and for writing.",
        types: &["bounded"],
        run: || {
            let name = Bounded {
                name: "nine long".to_owned(),
                numbers: vec![],
            };
            let numbers = Bounded {
                name: String::new(),
                numbers: vec![1, 2, 3],
            };
            vec![
                refused::<Bounded>(&words(&[9, 0, 0, 0, 0])),
                refused::<Bounded>(&words(&[0, 3, 1, 2, 3])),
                unwritable("a name of nine bytes", &name),
                unwritable("three numbers", &numbers),
            ]
        },
        peers: Some("the derive of nfs3 ignores bounds, libvirt-codegen drops all of them"),
    },
    Case {
        title: "Lengths near 2³² whose padding would overflow",
        about: "No sum or product of lengths wraps, whatever the size of a pointer.",
        types: &["blob", "title"],
        run: || {
            let lengths = [u32::MAX, u32::MAX - 1, u32::MAX - 2, u32::MAX - 3];
            let step = |len| refused::<Blob>(&words(&[len, 0]));
            let mut steps: Vec<_> = lengths.into_iter().map(step).collect();
            steps.push(refused::<Title>(&words(&[u32::MAX])));
            steps
        },
        peers: Some("serde-xdr wraps at 2³²−1 and accepts it"),
    },
    Case {
        title: "Counts that multiply past the size of a pointer",
        about: "Each element is 2³⁰ bytes at least; four of them would be 2³² bytes, which is 0 in 32 bits.",
        types: &["vast", "vasts"],
        run: || {
            let step = |count| refused::<Vasts>(&words(&[count, 0]));
            vec![step(1), step(4), step(1 << 31)]
        },
        peers: None,
    },
    Case {
        title: "Discriminants of unions",
        about: "What travels is the value of the case, not its place in the list of them.",
        types: &["choice"],
        run: || {
            let (_, step) = written("the arm of case 9", &Choice::Bytes(vec![7]));
            vec![
                step,
                accepted::<Choice>(&words(&[5, 7])).1,
                refused::<Choice>(&words(&[1, 7])),
            ]
        },
        peers: Some("libvirt-codegen writes the index of the variant"),
    },
    Case {
        title: "Bytes of an opaque",
        about: "One byte each, and padding. Only `char` takes four.",
        types: &["blob"],
        run: || {
            let bytes = vec![1, 2, 3, 4, 5];
            vec![written("five bytes", &Blob { bytes }).1]
        },
        peers: Some("libvirt-codegen writes four bytes for each"),
    },
    Case {
        title: "A bool of 2",
        about: "`Rule::Bool` relaxes it: every other value is true.",
        types: &["flag"],
        run: || vec![refused::<Flag>(&words(&[2]))],
        peers: Some("libtirpc accepts it; stellar-xdr makes it false"),
    },
    Case {
        title: "An enum without this value",
        about: "An open enum, which has a place for others, is an option of the generator.",
        types: &["phase", "stage"],
        run: || vec![refused::<Stage>(&words(&[1]))],
        peers: Some("libtirpc accepts it"),
    },
    Case {
        title: "Words that do not fit their smaller integer",
        about: "Four bytes on the wire, two or one in memory: never cut off.",
        types: &["small"],
        run: || {
            vec![
                refused::<Small>(&words(&[0x8000, 0, 0])),
                refused::<Small>(&words(&[0, 0x1_0000, 0])),
                refused::<Small>(&words(&[0, 0, 256])),
            ]
        },
        peers: None,
    },
];

const PLACES: &[Case] = &[Case {
    title: "Where the error lies",
    about: "Every error names the field, from the outermost inwards, and the byte. Here in libvirt's \
            `remote_domain_event_graphics_msg`, and in a list by value.",
    types: &["node", "chain"],
    run: || {
        // The domain `a` with its id, the phase, two addresses, no authScheme, two identities.
        let mut event = words(&[1, 0x6100_0000, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
        event.extend(words(&[0, 0, 1, 0x7901_0000, 0]));
        vec![
            refused::<remote::DomainEventGraphicsMsg>(&event),
            refused::<Chain<Node>>(&words(&[7, 1, 8, 1])),
        ]
    },
    peers: Some("none of the peers says where in the message an error lies"),
}];
