//! The same rules in messages of libvirt's protocols, where fields are named as there.

use protocol_defs::remote;
use xdr_wire::{Decode, ErrorKind, Form, from_bytes, to_vec};

use crate::cases::{hex, words};

#[track_caller]
fn refused<T: for<'de> Decode<'de>>(wire: &[u8], kind: ErrorKind, text: &str) {
    let error = from_bytes::<T>(wire).map(drop);
    let error = error.expect_err("the message breaks a rule");
    assert_eq!(error.to_string(), text);
    assert_eq!(error.kind(), kind);
}

/// A domain `a` of id 1, then the phase 0 and two empty addresses of family 0, up to the word of `authScheme`.
fn graphics_event() -> Vec<u8> {
    let domain = "00000001 61000000 0000000000000000 0000000000000000 00000001";
    let address = "00000000 00000000 00000000";
    hex(&format!("{domain} 00000000 {address} {address}"))
}

#[test]
fn a_graphics_event_says_which_identity_is_at_fault() {
    type Event = remote::DomainEventGraphicsMsg;
    let event = |rest: &str| [graphics_event(), hex(rest)].concat();
    assert!(from_bytes::<Event>(&event("00000000 00000001 00000001 79000000 00000000")).is_ok());
    refused::<Event>(
        &event("00000000 00000001 00000001 79000001 00000000"),
        ErrorKind::NonZeroPadding,
        "padding byte is not zero, at subject[0].type (byte 71)",
    );
    refused::<Event>(
        &event("00000000 00000001 00000001 79000000 00000001 ff000000"),
        ErrorKind::InvalidUtf8,
        "string is not UTF-8, at subject[0].name (byte 76)",
    );
    let (form, len) = (Form::Array, 21);
    let kind = ErrorKind::LengthOverBound {
        form,
        len,
        bound: 20,
    };
    refused::<Event>(
        &event("00000000 00000015"),
        kind,
        "array of 21 elements is longer than its bound of 20, at subject (byte 60)",
    );
    refused::<Event>(
        &event("00000000"),
        ErrorKind::UnexpectedEnd,
        "input ends too early, at subject (byte 60)",
    );
}

#[test]
fn a_bound_of_libvirt_holds_both_ways() {
    let names = vec![String::new(); 16_385];
    let ret = remote::ConnectListDefinedDomainsRet { names };
    let text = "array of 16385 elements is longer than its bound of 16384, at names (byte 0)";
    assert_eq!(to_vec(&ret).expect_err("it is over").to_string(), text);
    let kind = ErrorKind::LengthOverBound {
        form: Form::Array,
        len: 16_385,
        bound: 16_384,
    };
    let wire = words(&[16_385]);
    refused::<remote::ConnectListDefinedDomainsRet>(&wire, kind, text);
}

#[test]
fn a_typed_parameter_of_no_type_is_refused_where_it_stands() {
    let wire = hex("00000001 00000001 61000000 00000008 00000000 00000000");
    refused::<remote::DomainGetSchedulerParametersRet>(
        &wire,
        ErrorKind::UnknownDiscriminant { value: 8 },
        "union has no arm for discriminant 8, at params[0].value (byte 12)",
    );
}
