//! Rules of what a message may demand: depth, stack, elements without bytes.

use xdr_wire::{ErrorKind, Options};

use crate::cases::{accepted, case, case_of, check, words};

/// Nodes of the type `link` inside each other; each counts a level, and so does the optional at the end.
fn links(count: usize) -> Vec<u8> {
    let mut wire = words(&vec![1; count - 1]);
    wire.resize(wire.len() + 4 + 4 * count, 0);
    wire
}

/// `ping` and `pong` inside each other: each counts a level.
fn rally(levels: usize) -> Vec<u8> {
    words(&[vec![1; levels - 1], vec![0]].concat())
}

#[test]
fn nesting_is_within_the_limit_of_depth() {
    let kind = |limit| ErrorKind::DepthOverLimit { limit };
    let deeper = Options::new().max_depth(129);
    let path = vec!["next"; 129].join(".");
    let text = format!("nested deeper than the limit of 128, at {path} (byte 512)");
    let trees = (0..128)
        .map(|_| "children[0]")
        .collect::<Vec<_>>()
        .join(".");
    let of_tree = format!("nested deeper than the limit of 128, at {trees}.children (byte 512)");
    let rallied = ["back.pings[0]"; 64].join(".");
    let of_rally = format!("nested deeper than the limit of 128, at {rallied}.back (byte 512)");
    let negated = vec!["negated"; 128].join(".");
    let of_terms = format!("nested deeper than the limit of 128, at {negated} (byte 512)");
    let shallow = Options::new().max_depth(1);
    check(&[
        case_of("link", links(129))
            .refused(kind(128), 512, &path, &text)
            .refused_as_value_of(deeper),
        case_of("tree", rally(129))
            .refused(kind(128), 512, &format!("{trees}.children"), &of_tree)
            .refused_as_value_of(deeper),
        case_of("ping", rally(129))
            .refused(kind(128), 512, &format!("{rallied}.back"), &of_rally)
            .refused_as_value_of(deeper),
        case_of("expression", words(&[vec![1; 128], vec![0, 7]].concat()))
            .refused(kind(128), 512, &negated, &of_terms)
            .refused_as_value_of(deeper),
        case("values", "00000002 00000000 00000000")
            .refused(
                kind(1),
                4,
                "items[0]",
                "nested deeper than the limit of 1, at items[0] (byte 4)",
            )
            .under(shallow)
            .refused_as_value_of(deeper),
    ]);
    accepted("link", &links(128), Options::new());
    accepted("tree", &rally(128), Options::new());
    accepted("ping", &rally(128), Options::new());
    accepted("nodes", &words(&[0, 0, 0]), shallow);
}

/// Writing works on references and has no such limit.
#[test]
fn values_inside_each_other_are_within_the_limit_of_the_stack() {
    const PADS: usize = 4 * 1024;
    let limit = 4000;
    let small = Options::new().max_stack(limit);
    // As many as words say that there is another.
    let nested = |values: usize| {
        let mut wire = words(&vec![1; values - 1]);
        wire.resize(wire.len() + 4 + values * PADS, 0);
        wire
    };
    check(&[case_of("heavy", nested(2))
        .refused(
            ErrorKind::StackOverLimit { limit },
            4,
            "next",
            "takes more stack than the limit of 4000 bytes, at next (byte 4)",
        )
        .under(small)]);
    accepted("heavy", &nested(1), small);
    accepted("heavy", &nested(10), Options::new());
}

#[test]
fn memory_is_within_its_multiple_of_the_input() {
    let mut wire = words(&[0, 0, 513]);
    wire.resize(12 + 513 * 8, 0);
    accepted("loose", &wire, Options::new());
    let frugal = Options::new().max_memory_factor(0);
    let text = "takes more memory than the limit of 0 times the input, at numbers (byte 8)";
    let over = ErrorKind::MemoryOverLimit { factor: 0 };
    check(&[case_of("loose", wire)
        .refused(over, 8, "numbers", text)
        .under(frugal)]);
}

#[test]
fn elements_without_bytes_are_within_their_limit() {
    let limit = 65_536;
    let kind = ErrorKind::EmptyElementsOverLimit { limit };
    let text = "more array elements without bytes than the limit of 65536, at";
    let raised = Options::new().max_empty_elements(2 * limit);
    check(&[
        case("crowd", "00010001 00000000")
            .refused(kind, 0, "members", &format!("{text} members (byte 0)"))
            .refused_as_value_of(raised),
        // The arrays of a message share it.
        case("crowd", "00008000 00008001")
            .refused(kind, 4, "others", &format!("{text} others (byte 4)"))
            .refused_as_value_of(raised),
        case("crowd", "00000000 ffffffff").refused(
            kind,
            4,
            "others",
            &format!("{text} others (byte 4)"),
        ),
    ]);
    accepted("crowd", &words(&[32_768, 32_768]), Options::new());
}
