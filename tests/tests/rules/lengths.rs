//! Rules of lengths: bounds, what the input holds, where it ends.

use xdr_wire::{ErrorKind, Form, Options, Rule};

use crate::cases::{case, case_of, check, hex};

fn relaxed() -> Options {
    Options::new().allow(Rule::Bound)
}

#[test]
fn a_length_is_within_its_bound() {
    let kind = |form, len, bound| ErrorKind::LengthOverBound { form, len, bound };
    check(&[
        case(
            "bounded",
            "00000009 61616161 61616161 61000000 00000000 00000000 00000000",
        )
        .refused(
            kind(Form::String, 9, 8),
            0,
            "name",
            "string of 9 bytes is longer than its bound of 8, at name (byte 0)",
        )
        .allowed_by(Rule::Bound)
        .refused_as_value_of(relaxed()),
        case(
            "bounded",
            "00000000 00000004 00000000 00000000 00000000 00000000 00000000 00000000",
        )
        .refused(
            kind(Form::Array, 4, 3),
            4,
            "tags",
            "array of 4 elements is longer than its bound of 3, at tags (byte 4)",
        )
        .allowed_by(Rule::Bound)
        .refused_as_value_of(relaxed()),
        case(
            "bounded",
            "00000000 00000002 00000000 00000005 61616161 61000000 00000000 00000000",
        )
        .refused(
            kind(Form::String, 5, 4),
            12,
            "tags[1]",
            "string of 5 bytes is longer than its bound of 4, at tags[1] (byte 12)",
        )
        .allowed_by(Rule::Bound)
        .refused_as_value_of(relaxed()),
        case(
            "bounded",
            "00000000 00000000 00000006 01020304 05060000 00000000",
        )
        .refused(
            kind(Form::Opaque, 6, 5),
            8,
            "secret",
            "opaque of 6 bytes is longer than its bound of 5, at secret (byte 8)",
        )
        .allowed_by(Rule::Bound)
        .refused_as_value_of(relaxed()),
        case_of("bounded", {
            let mut wire = hex("00000000 00000000 00000000 00000003");
            wire.resize(wire.len() + 24, 0);
            wire
        })
        .refused(
            kind(Form::Array, 3, 2),
            12,
            "numbers",
            "array of 3 elements is longer than its bound of 2, at numbers (byte 12)",
        )
        .allowed_by(Rule::Bound)
        .refused_as_value_of(relaxed()),
        case("values", "00000001 00000002 00000005 61616161 61000000")
            .refused(
                kind(Form::String, 5, 4),
                8,
                "items[0].text",
                "string of 5 bytes is longer than its bound of 4, at items[0].text (byte 8)",
            )
            .allowed_by(Rule::Bound)
            .refused_as_value_of(relaxed()),
    ]);
}

/// The bound is looked at first: it is over both.
#[test]
fn a_length_over_bound_and_input_is_over_its_bound() {
    let (form, len) = (Form::String, u32::MAX);
    let over_bound = ErrorKind::LengthOverBound {
        form,
        len: usize::try_from(len).unwrap_or(usize::MAX),
        bound: 8,
    };
    let over_input = ErrorKind::LengthOverInput { form, len, left: 0 };
    let text = "string of 4294967295 bytes is longer than its bound of 8, at name (byte 0)";
    let relaxed =
        "string of 4294967295 bytes is longer than the 0 bytes that are left, at name (byte 0)";
    check(&[case("bounded", "ffffffff")
        .refused(over_bound, 0, "name", text)
        .refused_otherwise_by(Rule::Bound, over_input, relaxed)]);
}

#[test]
fn a_length_is_within_what_the_input_holds() {
    let kind = |form, len, left| ErrorKind::LengthOverInput { form, len, left };
    check(&[
        case("loose", "00000002 61").refused(
            kind(Form::String, 2, 1),
            0,
            "text",
            "string of 2 bytes is longer than the 1 byte that is left, at text (byte 0)",
        ),
        case("loose", "00000000 ffffffff 00000000").refused(
            kind(Form::Opaque, u32::MAX, 4),
            4,
            "bytes",
            "opaque of 4294967295 bytes is longer than the 4 bytes that are left, at bytes (byte 4)",
        ),
        case("loose", "00000000 00000000 00000002 00000000 00000000 00000000").refused(
            kind(Form::Array, 2, 12),
            8,
            "numbers",
            "array of 2 elements is longer than the 12 bytes that are left, at numbers (byte 8)",
        ),
        // Two identities are sixteen bytes at least.
        case("subject", "00000002 00000000 00000000 00000000").refused(
            kind(Form::Array, 2, 12),
            0,
            "identities",
            "array of 2 elements is longer than the 12 bytes that are left, at identities (byte 0)",
        ),
        case("subject", "00000001 00000000 00000001").refused(
            kind(Form::String, 1, 0),
            8,
            "identities[0].name",
            "string of 1 byte is longer than the 0 bytes that are left, at identities[0].name (byte 8)",
        ),
    ]);
}

#[test]
fn nothing_follows_the_value() {
    let kind = |left| ErrorKind::TrailingBytes { left };
    check(&[
        case("flags", "00000000 00000000 00000000")
            .refused(kind(4), 8, "", "4 bytes follow the value (byte 8)")
            .relaxed_by(Rule::Trailing, "00000000 00000000"),
        case("value", "00000001 00000007 ff")
            .refused(kind(1), 8, "", "1 byte follows the value (byte 8)")
            .relaxed_by(Rule::Trailing, "00000001 00000007"),
        case("tree", "00000000 0000")
            .refused(kind(2), 4, "", "2 bytes follow the value (byte 4)")
            .relaxed_by(Rule::Trailing, "00000000"),
    ]);
}

#[test]
fn the_input_does_not_end_inside_a_value() {
    let kind = ErrorKind::UnexpectedEnd;
    let at = |path: &'static str, end: usize| {
        let text = format!("input ends too early, at {path} (byte {end})");
        case_of("fixed", vec![0; end]).refused(kind, end, path, &text)
    };
    check(&[
        at("number", 0),
        at("number", 3),
        at("large", 11),
        at("real", 19),
        at("id", 22),
        // The byte of padding is part of it.
        at("id", 23),
        at("pair[0]", 24),
        at("pair[1]", 31),
        case("sealed", "010203 00 00000001 610000").refused(
            kind,
            11,
            "label",
            "input ends too early, at label (byte 11)",
        ),
        case("values", "00000001 00000001 000000").refused(
            kind,
            11,
            "items[0].number",
            "input ends too early, at items[0].number (byte 11)",
        ),
        case("nodes", "00000001 00000007").refused(
            kind,
            8,
            "head",
            "input ends too early, at head (byte 8)",
        ),
        case("nodes", "00000000 00000007 00000001").refused(
            kind,
            12,
            "chain[1].value",
            "input ends too early, at chain[1].value (byte 12)",
        ),
    ]);
}
