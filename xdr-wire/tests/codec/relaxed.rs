//! Each rule relaxed by its name, and only that one.

use xdr_wire::{
    Decode, DecodeError, ErrorKind, Options, Rule, from_bytes, from_bytes_with, to_vec_with,
};

use crate::support::words;
use crate::types::{Name, Phase};

fn allowing<'de, T: Decode<'de>>(rule: Rule, wire: &'de [u8]) -> Result<T, DecodeError> {
    for other in Rule::ALL.iter().filter(|other| **other != rule) {
        assert!(
            from_bytes_with::<T>(wire, Options::new().allow(*other)).is_err(),
            "{other} suffices"
        );
    }
    from_bytes_with(wire, Options::new().allow(rule))
}

#[test]
fn padding_may_be_anything() {
    let wire = [0, 0, 0, 1, b'a', 1, 2, 3];
    assert_eq!(allowing(Rule::Padding, &wire), Ok("a"));
    assert_eq!(allowing(Rule::Padding, &[5, 6, 7, 8]), Ok([5_u8, 6, 7]));
}

#[test]
fn every_other_word_is_true() {
    assert_eq!(allowing(Rule::Bool, &words(&[2])), Ok(true));
    assert_eq!(allowing(Rule::Bool, &words(&[u32::MAX, 5])), Ok(Some(5)));
}

#[test]
fn malformed_text_is_replaced_where_there_is_room() {
    let wire = [0, 0, 0, 2, b'a', 0xff, 0, 0];
    assert_eq!(allowing(Rule::Utf8, &wire), Ok("a\u{fffd}".to_owned()));
    let borrowed = from_bytes_with::<&str>(&wire, Options::new().allow(Rule::Utf8));
    assert_eq!(borrowed.unwrap_err().kind(), ErrorKind::InvalidUtf8);
}

#[test]
fn bytes_may_follow() {
    assert_eq!(allowing(Rule::Trailing, &words(&[7, 8])), Ok(7));
}

#[test]
fn lengths_may_be_over_their_bound() {
    let name = Name("x".repeat(12));
    let wire = to_vec_with(&name, Options::new().allow(Rule::Bound)).unwrap();
    assert_eq!(allowing(Rule::Bound, &wire), Ok(name));
}

#[test]
fn a_closed_enum_has_no_place_for_other_values() {
    let error =
        from_bytes_with::<Phase>(&words(&[9]), Options::new().allow(Rule::Enum)).unwrap_err();
    assert_eq!(error, from_bytes::<Phase>(&words(&[9])).unwrap_err());
}
