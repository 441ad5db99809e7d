//! One test per rule: the kind, the byte, the path and the text of its error.

use xdr_wire::{ErrorKind, Form, Segment, from_bytes};

use crate::support::{assert_refuses, assert_rejects, words};
use crate::types::{
    Bounded, ByPhase, ByState, Characters, Expression, Linked, Name, Numbered, Page, Phase, State,
    Value,
};

#[test]
fn input_that_ends_too_early_is_reported_at_its_end() {
    assert_rejects::<i32>(
        &[0, 0, 0],
        ErrorKind::UnexpectedEnd,
        "input ends too early (byte 3)",
    );
    let text = "input ends too early, at [1] (byte 10)";
    assert_rejects::<[i64; 2]>(&[0; 10], ErrorKind::UnexpectedEnd, text);
    assert_rejects::<[u8; 3]>(
        &[1, 2, 3],
        ErrorKind::UnexpectedEnd,
        "input ends too early (byte 3)",
    );
    assert_rejects::<[u8; 3]>(
        &[1, 2],
        ErrorKind::UnexpectedEnd,
        "input ends too early (byte 2)",
    );
    // The padding counts.
    let text = "input ends too early (byte 7)";
    assert_rejects::<String>(&[0, 0, 0, 1, b'a', 0, 0], ErrorKind::UnexpectedEnd, text);
}

#[test]
fn bytes_after_the_value_are_an_error_of_the_whole_message() {
    let kind = |left| ErrorKind::TrailingBytes { left };
    assert_rejects::<i32>(&[0; 5], kind(1), "1 byte follows the value (byte 4)");
    assert_rejects::<()>(&[0; 5], kind(5), "5 bytes follow the value (byte 0)");
}

#[test]
fn a_length_over_what_is_left_is_reported_before_anything_is_read() {
    let kind = |form, len, left| ErrorKind::LengthOverInput { form, len, left };
    assert_rejects::<String>(
        &[0, 0, 0, 2, b'a'],
        kind(Form::String, 2, 1),
        "string of 2 bytes is longer than the 1 byte that is left (byte 0)",
    );
    assert_rejects::<Vec<u8>>(
        &words(&[u32::MAX, 0]),
        kind(Form::Opaque, u32::MAX, 4),
        "opaque of 4294967295 bytes is longer than the 4 bytes that are left (byte 0)",
    );
    assert_rejects::<Vec<Vec<u64>>>(
        &words(&[1, 1, 0]),
        kind(Form::Array, 1, 4),
        "array of 1 element is longer than the 4 bytes that are left, at [0] (byte 4)",
    );
}

#[test]
fn padding_must_be_zero() {
    let text = "padding byte is not zero (byte 6)";
    assert_rejects::<&str>(
        &[0, 0, 0, 1, b'a', 0, 1, 0],
        ErrorKind::NonZeroPadding,
        text,
    );
    let text = "padding byte is not zero (byte 3)";
    assert_rejects::<[u8; 3]>(&[1, 2, 3, 4], ErrorKind::NonZeroPadding, text);
}

#[test]
fn a_bool_or_presence_word_is_zero_or_one() {
    let kind = ErrorKind::InvalidBool { value: 2 };
    assert_rejects::<bool>(&words(&[2]), kind, "bool is 2, neither 0 nor 1 (byte 0)");
    let text = "presence of an optional is 4294967295, neither 0 nor 1 (byte 0)";
    let kind = ErrorKind::InvalidOptional { value: u32::MAX };
    assert_rejects::<Option<i32>>(&words(&[u32::MAX, 0]), kind, text);
    let text = "presence of an optional is 2, neither 0 nor 1, at groups (byte 8)";
    let kind = ErrorKind::InvalidOptional { value: 2 };
    assert_rejects::<Linked>(&words(&[1, 0, 2]), kind, text);
}

#[test]
fn a_string_is_utf8_up_to_the_first_bad_byte() {
    let wire = [0, 0, 0, 3, b'a', 0xff, b'b', 0];
    assert_rejects::<String>(
        &wire,
        ErrorKind::InvalidUtf8,
        "string is not UTF-8 (byte 5)",
    );
    assert_rejects::<&str>(
        &wire,
        ErrorKind::InvalidUtf8,
        "string is not UTF-8 (byte 5)",
    );
}

#[test]
fn small_integers_reject_what_does_not_fit() {
    let kind = |form, value| ErrorKind::OutOfRange { form, value };
    assert_rejects::<i16>(
        &words(&[0x8000]),
        kind(Form::Short, 0x8000),
        "32768 does not fit in short (byte 0)",
    );
    assert_rejects::<u16>(
        &words(&[u32::MAX]),
        kind(Form::UShort, 0xffff_ffff),
        "4294967295 does not fit in unsigned short (byte 0)",
    );
    let text = "-129 does not fit in char, at one (byte 0)";
    let wire = (-129_i32).to_be_bytes();
    assert_rejects::<Characters>(&wire, kind(Form::Char, -129), text);
    let text = "256 does not fit in char, at model[1] (byte 8)";
    assert_rejects::<Characters>(&words(&[0, 0, 256, 0, 0]), kind(Form::Char, 256), text);
    let text = "4294967295 does not fit in unsigned char, at rows[0][1] (byte 36)";
    let wire = words(&[0, 0, 0, 0, 0, 0, 1, 2, 0, u32::MAX]);
    assert_rejects::<Characters>(&wire, kind(Form::UChar, 0xffff_ffff), text);
}

#[test]
fn enumerations_and_unions_reject_what_they_do_not_declare() {
    let kind = ErrorKind::UnknownEnum { value: -3 };
    let wire = (-3_i32).to_be_bytes();
    assert_rejects::<Phase>(&wire, kind, "enum has no value -3 (byte 0)");
    let kind = |value| ErrorKind::UnknownDiscriminant { value };
    let text = "union has no arm for discriminant 9, at [1] (byte 12)";
    assert_rejects::<[Numbered; 2]>(&words(&[u32::MAX, 0, 0, 9, 0]), kind(9), text);
    let text = "union has no arm for discriminant 9 (byte 0)";
    assert_rejects::<Expression>(&words(&[9]), kind(9), text);
    let text = "enum has no value 5 (byte 0)";
    assert_rejects::<ByPhase>(&words(&[5]), ErrorKind::UnknownEnum { value: 5 }, text);
}

/// What spoils a minimal value, and the error that it causes.
type Case = (fn(&mut Bounded), ErrorKind, &'static str);

#[test]
fn bounds_hold_for_every_dimension_in_both_directions() {
    let over = |form, len, bound| ErrorKind::LengthOverBound { form, len, bound };
    let name = |len: usize| Name("x".repeat(len));
    let text = "string of 9 bytes is longer than its bound of 8 (byte 0)";
    assert_refuses(&name(9), over(Form::String, 9, 8), text);
    assert_rejects::<Name>(&words(&[9, 0, 0, 0]), over(Form::String, 9, 8), text);
    assert!(xdr_wire::to_vec(&name(8)).is_ok());

    let cases: [Case; 8] = [
        (
            |it| it.tags = vec![String::new(); 4],
            over(Form::Array, 4, 3),
            "array of 4 elements is longer than its bound of 3, at tags (byte 4)",
        ),
        (
            |it| it.tags = vec![String::new(), "abcde".to_owned()],
            over(Form::String, 5, 4),
            "string of 5 bytes is longer than its bound of 4, at tags[1] (byte 12)",
        ),
        (
            |it| it.grid = vec![vec![], vec![vec![], vec![1; 4]]],
            over(Form::Opaque, 4, 3),
            "opaque of 4 bytes is longer than its bound of 3, at grid[1][1] (byte 24)",
        ),
        (
            |it| it.secret = vec![0; 6],
            over(Form::Opaque, 6, 5),
            "opaque of 6 bytes is longer than its bound of 5, at secret (byte 12)",
        ),
        (
            |it| it.maybe = Some("abcd".to_owned()),
            over(Form::String, 4, 3),
            "string of 4 bytes is longer than its bound of 3, at maybe (byte 20)",
        ),
        (
            |it| it.fixed[1] = "abc".to_owned(),
            over(Form::String, 3, 2),
            "string of 3 bytes is longer than its bound of 2, at fixed[1] (byte 24)",
        ),
        (
            |it| it.numbers = vec![0; 5],
            over(Form::Array, 5, 4),
            "array of 5 elements is longer than its bound of 4, at numbers (byte 48)",
        ),
        (
            |it| it.loose = vec![vec![], vec![], vec![0; 3]],
            over(Form::Array, 3, 2),
            "array of 3 elements is longer than its bound of 2, at loose[2] (byte 64)",
        ),
    ];
    for (spoil, kind, text) in cases {
        let mut value = Bounded::minimal();
        spoil(&mut value);
        assert_refuses(&value, kind, text);
        let relaxed = xdr_wire::Options::new().allow(xdr_wire::Rule::Bound);
        let wire = xdr_wire::to_vec_with(&value, relaxed).unwrap();
        assert_rejects::<Bounded>(&wire, kind, text);
        assert_eq!(xdr_wire::from_bytes_with(&wire, relaxed), Ok(value));
    }
}

#[test]
fn a_variant_must_carry_a_discriminant_of_its_own() {
    let kind = |value| ErrorKind::MismatchedDiscriminant { value };
    let text = "discriminant 4 does not select this arm, at [1] (byte 8)";
    assert_refuses(
        &vec![Value::Void, Value::Text(4, String::new())],
        kind(4),
        text,
    );
    let text = "discriminant -1 does not select this arm (byte 0)";
    assert_refuses(&Value::Other(-1, true), kind(-1), text);
    let text = "discriminant 7 does not select this arm (byte 0)";
    let range = Value::Range {
        which: 7,
        from: 0,
        to: 0,
    };
    assert_refuses(&range, kind(7), text);
    let text = "discriminant 0 does not select this arm (byte 0)";
    assert_refuses(&ByPhase::Rest(Phase::Connect), kind(0), text);
    let text = "discriminant 7 does not select this arm (byte 0)";
    assert_refuses(&ByState::Other(State::Closed), kind(7), text);
    // An unknown value that is known after all would select the arm of the known one.
    assert_refuses(&ByState::Other(State::Unknown(7)), kind(7), text);
}

#[test]
fn paths_name_fields_arms_and_elements_by_their_xdr_names() {
    let error = from_bytes::<Vec<Value>>(&words(&[2, 0, 0xffff_ffff])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "input ends too early, at [1].i (byte 12)"
    );
    let steps = [Segment::Index(1), Segment::Field("i")];
    assert_eq!(error.path().segments(), steps);
    assert_eq!(error.offset(), 12);

    let text = "input ends too early, at Record.phase (byte 8)";
    assert_rejects::<Value>(&words(&[4, 0]), ErrorKind::UnexpectedEnd, text);
    let text = "input ends too early, at Range.to (byte 8)";
    assert_rejects::<Value>(&words(&[5, 0]), ErrorKind::UnexpectedEnd, text);
    let text = "input ends too early, at Point.1 (byte 8)";
    assert_rejects::<Value>(&words(&[7, 0]), ErrorKind::UnexpectedEnd, text);
    let text = "input ends too early, at Other (byte 4)";
    assert_rejects::<Value>(&words(&[9]), ErrorKind::UnexpectedEnd, text);
    let text = "input ends too early, at Add.1.Literal (byte 20)";
    assert_rejects::<Expression>(&words(&[2, 0, 0, 1, 0]), ErrorKind::UnexpectedEnd, text);
    let text = "input ends too early, at entries[1] (byte 16)";
    assert_rejects::<Linked>(&words(&[0, 1, 7, 1]), ErrorKind::UnexpectedEnd, text);
    let text = "string is not UTF-8, at groups[1].name (byte 16)";
    let wire = words(&[1, 0, 1, 1, 0xff00_0000, 0, 0]);
    assert_rejects::<Linked>(&wire, ErrorKind::InvalidUtf8, text);
    let text = "input ends too early, at fixed[0].1 (byte 16)";
    assert_rejects::<Page<'_, (i32, i32), 1>>(
        &words(&[0, 0, 0, 5]),
        ErrorKind::UnexpectedEnd,
        text,
    );
}

#[test]
fn the_first_fault_of_an_encoding_is_the_one_reported() {
    let value = (Name("x".repeat(9)), Name("x".repeat(10)));
    let error = xdr_wire::to_vec(&value).unwrap_err();
    assert_eq!(
        error.to_string(),
        "string of 9 bytes is longer than its bound of 8, at 0 (byte 0)"
    );
}
