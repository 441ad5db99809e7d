//! Codecs found by the name of their type.

use std::error::Error;

use xdr_wire::describe::Ty;
use xdr_wire::{Decode, Encode, ErrorKind, Options, RoundTripError, Rule, TypeEntry, to_vec};

#[derive(Debug, Encode, Decode)]
struct Label<'a> {
    #[xdr(max = 4)]
    text: &'a str,
}

#[derive(Debug, Encode, Decode)]
struct Title {
    #[xdr(max = 4)]
    text: String,
}

#[derive(Debug, Encode, Decode)]
struct Letter(#[xdr(chars)] [u8; 1]);

const TYPES: [TypeEntry; 3] = [
    TypeEntry::borrowed::<fn(&[u8]) -> Label<'_>>("label"),
    TypeEntry::of::<Title>("title"),
    TypeEntry::of::<Letter>("letter"),
];

#[test]
fn an_entry_is_the_codec_of_its_type() {
    let wire = to_vec("four").unwrap();
    for entry in &TYPES[..2] {
        let Ty::Struct(ty) = entry.ty() else {
            panic!("{entry:?} is a struct");
        };
        assert_eq!(ty.name().to_lowercase(), entry.name());
        assert_eq!(
            entry.round_trip(&wire, Options::new()),
            Ok(wire.clone()),
            "{entry:?}"
        );
        assert_eq!(entry.validate(&wire, Options::new()), Ok(()), "{entry:?}");
    }
}

#[test]
fn an_entry_takes_the_whole_input_or_none() {
    let entry = TYPES[0];
    let longer = [to_vec("four").unwrap(), vec![0; 4]].concat();
    let error = entry.validate(&longer, Options::new()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TrailingBytes { left: 4 });
    let tolerant = Options::new().allow(Rule::Trailing);
    assert_eq!(
        entry.round_trip(&longer, tolerant),
        Ok(longer[..8].to_vec())
    );
}

#[test]
fn what_was_read_leniently_may_be_too_long_to_write() {
    let wire = [0, 0, 0, 2, 0xff, 0xff, 0, 0];
    let error = TYPES[1].round_trip(&wire, Options::new()).unwrap_err();
    assert!(matches!(error, RoundTripError::Decoding(_)), "{error}");
    let lenient = Options::new().allow(Rule::Utf8);
    let error = TYPES[1].round_trip(&wire, lenient).unwrap_err();
    assert_eq!(
        error.to_string(),
        "what was decoded cannot be encoded: string of 6 bytes is longer than its bound of 4, at text (byte 0)"
    );
    assert!(error.source().is_some());
}

#[test]
fn a_char_goes_out_signed() {
    assert_eq!(
        TYPES[2].round_trip(&255u32.to_be_bytes(), Options::new()),
        Ok((-1i32).to_be_bytes().to_vec())
    );
}
