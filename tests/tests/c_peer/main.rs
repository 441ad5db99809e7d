//! The graphics messages against a codec of the same `.x` file that rpcgen and libtirpc make (`tests/c/README.md`).
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

mod harness;
mod messages;

use std::path::Path;
use std::sync::Mutex;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use protocol_defs::remote::{
    DomainEventCallbackGraphicsMsg, DomainEventGraphicsIdentity, DomainEventGraphicsMsg, STRING_MAX,
};
use xdr_wire::{Decode, Encode, ErrorKind, from_bytes, to_vec};

use crate::harness::{Harness, Mode};

const MSG: &str = "remote_domain_event_graphics_msg";
const CALLBACK_MSG: &str = "remote_domain_event_callback_graphics_msg";

/// A test for each `.x` file that the C code is made of.
macro_rules! with_both_files {
    ($($name:ident)*) => {
        mod of_this_projects_file {
            $(#[test]
            fn $name() {
                super::$name(&xdr_tests::remote_protocol());
            })*
        }
        mod of_libvirts_file {
            $(#[test]
            fn $name() {
                if let Some(libvirt) = xdr_tests::libvirt() {
                    super::$name(&libvirt.join("remote/remote_protocol.x"));
                }
            })*
        }
    };
}
with_both_files! {
    c_decodes_what_is_encoded_here_and_gives_the_same_bytes_back
    bytes_that_c_builds_from_plain_values_are_the_same_and_decode_here
    both_reject_more_identities_than_the_bound
    both_reject_a_string_one_byte_over_its_bound
    both_reject_a_message_that_is_cut_off
}

fn c_decodes_what_is_encoded_here_and_gives_the_same_bytes_back(file: &Path) {
    let Some(c) = Harness::start(file, Mode::RoundTrip) else {
        return;
    };
    let c = Mutex::new(c);
    for_random(messages::callback_msg(), |msg| {
        for (name, bytes) in [(CALLBACK_MSG, encoded(&msg)), (MSG, encoded(&msg.msg))] {
            let answer = ask(&c, &format!("{name} {}", hex(&bytes)));
            expect(&answer, &format!("ok {}", hex(&bytes)))?;
        }
        Ok(())
    });
}

fn bytes_that_c_builds_from_plain_values_are_the_same_and_decode_here(file: &Path) {
    let Some(c) = Harness::start(file, Mode::Make) else {
        return;
    };
    let c = Mutex::new(c);
    for_random(messages::callback_msg(), |msg| {
        let fields = messages::fields(&msg.msg);
        let answer = ask(&c, &format!("{MSG}\t{fields}"));
        expect(&answer, &format!("ok {}", hex(&encoded(&msg.msg))))?;
        same(&unhex(&answer), &msg.msg)?;

        let answer = ask(
            &c,
            &format!("{CALLBACK_MSG}\t{}\t{fields}", msg.callback_id),
        );
        expect(&answer, &format!("ok {}", hex(&encoded(&msg))))?;
        same(&unhex(&answer), &msg)
    });
}

fn both_reject_more_identities_than_the_bound(file: &Path) {
    let (Some(mut make), Some(mut round_trip)) = both(file) else {
        return;
    };
    let mut msg = messages::plain();
    let identity = DomainEventGraphicsIdentity {
        r#type: "saslUsername".to_owned(),
        name: "viewer@host.example".to_owned(),
    };
    msg.subject = vec![identity; 20];
    let most = encoded(&msg);
    let ok = format!("ok {}", hex(&most));
    assert_eq!(make.ask(&format!("{MSG}\t{}", messages::fields(&msg))), ok);

    msg.subject.push(msg.subject[0].clone());
    let error = to_vec(&msg).expect_err("21 identities are too many to encode");
    assert!(
        matches!(error.kind(), ErrorKind::LengthOverBound { .. }),
        "{error}"
    );
    let answer = make.ask(&format!("{MSG}\t{}", messages::fields(&msg)));
    assert_eq!(answer, "error encode");

    // The bytes of 21 identities: those of 20 with another count and the last one twice.
    let one = encoded(&msg.subject[0]);
    let count = most.len() - 20 * one.len() - 4;
    let mut bytes = [&most[..], &one].concat();
    bytes[count..count + 4].copy_from_slice(&21_u32.to_be_bytes());
    let error =
        from_bytes::<DomainEventGraphicsMsg>(&bytes).expect_err("21 are too many to decode");
    assert!(
        matches!(error.kind(), ErrorKind::LengthOverBound { .. }),
        "{error}"
    );
    let answer = round_trip.ask(&format!("{MSG} {}", hex(&bytes)));
    assert_eq!(answer, "error decode");
}

fn both_reject_a_string_one_byte_over_its_bound(file: &Path) {
    let (Some(mut make), Some(mut round_trip)) = both(file) else {
        return;
    };
    let mut msg = messages::plain();
    // Bounds count bytes: half as many characters of two bytes fill them.
    msg.auth_scheme = "é".repeat(STRING_MAX as usize / 2);
    let most = encoded(&msg);
    let answer = make.ask(&format!("{MSG}\t{}", messages::fields(&msg)));
    assert!(answer == format!("ok {}", hex(&most)), "the longest string");

    msg.auth_scheme.push('x');
    let error = to_vec(&msg).expect_err("one byte more is too many to encode");
    assert!(
        matches!(error.kind(), ErrorKind::LengthOverBound { .. }),
        "{error}"
    );
    let answer = make.ask(&format!("{MSG}\t{}", messages::fields(&msg)));
    assert_eq!(answer, "error encode");

    // The string is followed by the count of identities alone: four bytes, none of them.
    let mut bytes = most;
    let count = bytes.len() - 4;
    bytes.splice(count..count, *b"x\0\0\0");
    let length = count - STRING_MAX as usize - 4;
    bytes[length..length + 4].copy_from_slice(&(STRING_MAX + 1).to_be_bytes());
    let error = from_bytes::<DomainEventGraphicsMsg>(&bytes).expect_err("and to decode");
    assert!(
        matches!(error.kind(), ErrorKind::LengthOverBound { .. }),
        "{error}"
    );
    let answer = round_trip.ask(&format!("{MSG} {}", hex(&bytes)));
    assert_eq!(answer, "error decode");
}

fn both_reject_a_message_that_is_cut_off(file: &Path) {
    let Some(mut c) = Harness::start(file, Mode::RoundTrip) else {
        return;
    };
    let bytes = encoded(&messages::plain());
    for length in (0..bytes.len()).step_by(4) {
        let cut = &bytes[..length];
        assert!(from_bytes::<DomainEventGraphicsMsg>(cut).is_err());
        assert_eq!(c.ask(&format!("{MSG} {}", hex(cut))), "error decode");
    }
    let longer = [&bytes[..], &[0; 4]].concat();
    assert!(from_bytes::<DomainEventGraphicsMsg>(&longer).is_err());
    assert_eq!(c.ask(&format!("{MSG} {}", hex(&longer))), "error trailing");
}

/// Runs `check` on random values and shows the smallest that fails it.
fn for_random(
    values: impl Strategy<Value = DomainEventCallbackGraphicsMsg>,
    check: impl Fn(DomainEventCallbackGraphicsMsg) -> Result<(), TestCaseError>,
) {
    let config = Config {
        // A value that fails belongs into a test with a name, not into a file of seeds.
        failure_persistence: None,
        ..Config::default()
    };
    let result = TestRunner::new(config).run(&values, check);
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[track_caller]
fn both(file: &Path) -> (Option<Harness>, Option<Harness>) {
    let make = Harness::start(file, Mode::Make);
    // What is missing for one is missing for the other, and has been reported.
    let round_trip = make
        .is_some()
        .then(|| Harness::start(file, Mode::RoundTrip));
    (make, round_trip.flatten())
}

fn ask(c: &Mutex<Harness>, line: &str) -> String {
    c.lock().expect("no other test has this harness").ask(line)
}

fn expect(answer: &str, wanted: &str) -> Result<(), TestCaseError> {
    if answer == wanted {
        return Ok(());
    }
    Err(TestCaseError::fail(format!(
        "C says {answer}\n  we say {wanted}"
    )))
}

fn same<T>(bytes: &[u8], value: &T) -> Result<(), TestCaseError>
where
    T: for<'de> Decode<'de> + PartialEq + std::fmt::Debug,
{
    match from_bytes::<T>(bytes) {
        Ok(decoded) if decoded == *value => Ok(()),
        other => Err(TestCaseError::fail(format!(
            "C's bytes decode to {other:?}"
        ))),
    }
}

fn encoded<T: Encode>(value: &T) -> Vec<u8> {
    to_vec(value).expect("the value is within its bounds")
}

fn hex(bytes: &[u8]) -> String {
    let digits = b"0123456789abcdef";
    let digit = |value: u8| char::from(digits[usize::from(value)]);
    let pairs = bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]);
    pairs.collect()
}

/// The bytes in an answer `ok HEX`.
fn unhex(answer: &str) -> Vec<u8> {
    let digits = answer.trim_start_matches("ok ").as_bytes();
    let pairs = digits.chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).expect("the answer is ASCII");
        u8::from_str_radix(pair, 16).expect("the answer is hex")
    });
    pairs.collect()
}
