//! Rules of single words and of padding and text.

use xdr_wire::{ErrorKind, Form, Rule};

use crate::cases::{case, check};

#[test]
fn padding_is_zero() {
    let kind = ErrorKind::NonZeroPadding;
    check(&[
        case("sealed", "010203 07 00000000 00000000")
            .refused(kind, 3, "key", "padding byte is not zero, at key (byte 3)")
            .relaxed_by(Rule::Padding, "010203 00 00000000 00000000"),
        case("sealed", "010203 00 00000001 61000100 00000000")
            .refused(
                kind,
                10,
                "label",
                "padding byte is not zero, at label (byte 10)",
            )
            .relaxed_by(Rule::Padding, "010203 00 00000001 61000000 00000000"),
        case("sealed", "010203 00 00000000 00000002 aabb0001")
            .refused(
                kind,
                15,
                "seal",
                "padding byte is not zero, at seal (byte 15)",
            )
            .relaxed_by(Rule::Padding, "010203 00 00000000 00000002 aabb0000"),
    ]);
}

#[test]
fn a_bool_is_zero_or_one() {
    let kind = |value| ErrorKind::InvalidBool { value };
    check(&[
        case("flags", "00000002 00000000")
            .refused(
                kind(2),
                0,
                "first",
                "bool is 2, neither 0 nor 1, at first (byte 0)",
            )
            .relaxed_by(Rule::Bool, "00000001 00000000"),
        case("flags", "00000000 00000001 ffffffff")
            .refused(
                kind(u32::MAX),
                8,
                "second",
                "bool is 4294967295, neither 0 nor 1, at second (byte 8)",
            )
            .relaxed_by(Rule::Bool, "00000000 00000001 00000001"),
        case("reply", "01000000 00000007")
            .refused(
                kind(1 << 24),
                0,
                "",
                "bool is 16777216, neither 0 nor 1 (byte 0)",
            )
            .relaxed_by(Rule::Bool, "00000001 00000007"),
    ]);
}

#[test]
fn a_presence_word_is_zero_or_one() {
    let kind = |value| ErrorKind::InvalidOptional { value };
    let text = |at: &str| format!("presence of an optional is 2, neither 0 nor 1, at {at}");
    check(&[
        case("flags", "00000000 00000002 00000001")
            .refused(kind(2), 4, "second", &text("second (byte 4)"))
            .relaxed_by(Rule::Bool, "00000000 00000001 00000001"),
        case(
            "nodes",
            "00000001 00000007 00000002 00000008 00000000 00000009 00000000",
        )
        .refused(kind(2), 8, "head", &text("head (byte 8)"))
        .relaxed_by(
            Rule::Bool,
            "00000001 00000007 00000001 00000008 00000000 00000009 00000000",
        ),
        case("nodes", "00000000 00000007 00000002 00000008 00000000")
            .refused(kind(2), 8, "chain", &text("chain (byte 8)"))
            .relaxed_by(Rule::Bool, "00000000 00000007 00000001 00000008 00000000"),
        case(
            "link",
            "00000001 00000002 00000000 00000000 00000000 00000000",
        )
        .refused(kind(2), 4, "next.next", &text("next.next (byte 4)"))
        .relaxed_by(
            Rule::Bool,
            "00000001 00000001 00000000 00000000 00000000 00000000",
        ),
    ]);
}

/// A Rust enum has no place for other values, so that relaxing the rule changes nothing here.
#[test]
fn an_enum_has_only_its_declared_values() {
    let kind = |value| ErrorKind::UnknownEnum { value };
    check(&[
        case("stage", "00000000 00000002 00000000 00000001").refused(
            kind(1),
            12,
            "now[1]",
            "enum has no value 1, at now[1] (byte 12)",
        ),
        case("stage", "00000000 00000001 ffffffff").refused(
            kind(-1),
            8,
            "now[0]",
            "enum has no value -1, at now[0] (byte 8)",
        ),
        case("step", "00000003 00000000").refused(kind(3), 0, "", "enum has no value 3 (byte 0)"),
    ]);
}

#[test]
fn a_union_without_default_has_only_its_declared_discriminants() {
    let kind = |value| ErrorKind::UnknownDiscriminant { value };
    let text = |value: i64, at: &str| format!("union has no arm for discriminant {value}{at}");
    check(&[
        case("value", "80000000").refused(
            kind(-0x8000_0000),
            0,
            "",
            &text(-0x8000_0000, " (byte 0)"),
        ),
        case("values", "00000002 00000000 00000003").refused(
            kind(3),
            8,
            "items[1]",
            &text(3, ", at items[1] (byte 8)"),
        ),
        case("counted", "00000000 00000000").refused(kind(0), 0, "", &text(0, " (byte 0)")),
        // A value of the enumeration that no case names.
        case("step", "00000002 00000000").refused(kind(2), 0, "", &text(2, " (byte 0)")),
    ]);
}

#[test]
fn small_integers_are_within_their_range() {
    let kind = |form, value| ErrorKind::OutOfRange { form, value };
    check(&[
        case("small", "00008000").refused(
            kind(Form::Short, 0x8000),
            0,
            "low",
            "32768 does not fit in short, at low (byte 0)",
        ),
        case("small", "ffff7fff").refused(
            kind(Form::Short, -0x8001),
            0,
            "low",
            "-32769 does not fit in short, at low (byte 0)",
        ),
        case("small", "ffff8000 00010000").refused(
            kind(Form::UShort, 0x1_0000),
            4,
            "high",
            "65536 does not fit in unsigned short, at high (byte 4)",
        ),
        case("small", "00007fff 0000ffff 00000100").refused(
            kind(Form::Char, 256),
            8,
            "letter",
            "256 does not fit in char, at letter (byte 8)",
        ),
        case("small", "00000000 00000000 ffffff80 ffffffff").refused(
            kind(Form::UChar, 0xffff_ffff),
            12,
            "octet",
            "4294967295 does not fit in unsigned char, at octet (byte 12)",
        ),
        case(
            "small",
            "00000000 00000000 00000000 000000ff 000000ff ffffff7f",
        )
        .refused(
            kind(Form::Char, -129),
            20,
            "model[1]",
            "-129 does not fit in char, at model[1] (byte 20)",
        ),
    ]);
}

#[test]
fn a_string_is_utf8() {
    let kind = ErrorKind::InvalidUtf8;
    check(&[
        case("sealed", "010203 00 00000003 61ff6200 00000000")
            .refused(kind, 9, "label", "string is not UTF-8, at label (byte 9)")
            .relaxed_by(Rule::Utf8, "010203 00 00000005 61efbfbd 62000000 00000000"),
        // A sequence that the end of the string cuts off.
        case("subject", "00000001 00000000 00000003 6162c300")
            .refused(
                kind,
                14,
                "identities[0].name",
                "string is not UTF-8, at identities[0].name (byte 14)",
            )
            .relaxed_by(Rule::Utf8, "00000001 00000000 00000005 6162efbf bd000000"),
        // A surrogate, which UTF-8 does not have, is three malformed bytes.
        case("subject", "00000001 00000000 00000003 eda08000")
            .refused(
                kind,
                12,
                "identities[0].name",
                "string is not UTF-8, at identities[0].name (byte 12)",
            )
            .relaxed_by(
                Rule::Utf8,
                "00000001 00000000 00000009 efbfbdef bfbdefbf bd000000",
            ),
    ]);
}
