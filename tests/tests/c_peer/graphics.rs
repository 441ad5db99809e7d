//! The graphics messages, built from plain values on both sides.

use std::sync::Mutex;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use protocol_defs::remote::{
    DomainEventCallbackGraphicsMsg, DomainEventGraphicsIdentity, DomainEventGraphicsMsg, STRING_MAX,
};
use xdr_wire::{Decode, Encode, ErrorKind, from_bytes, to_vec};

use crate::files::ProtocolFile;
use crate::harness::Harness;
use crate::hex::{hex, unhex};
use crate::messages;

const MSG: &str = "remote_domain_event_graphics_msg";
const CALLBACK_MSG: &str = "remote_domain_event_callback_graphics_msg";

pub(crate) fn c_decodes_what_is_encoded_here_and_gives_the_same_bytes_back(file: &ProtocolFile) {
    let Some(c) = Harness::start(file) else {
        return;
    };
    let c = Mutex::new(c);
    for_random(messages::callback_msg(), |msg| {
        for (name, bytes) in [(CALLBACK_MSG, encoded(&msg)), (MSG, encoded(&msg.msg))] {
            let answer = ask(&c, &format!("echo {name} {}", hex(&bytes)));
            expect(&answer, &format!("ok {}", hex(&bytes)))?;
        }
        Ok(())
    });
}

pub(crate) fn bytes_that_c_builds_from_plain_values_are_the_same_and_decode_here(
    file: &ProtocolFile,
) {
    let Some(c) = Harness::start(file) else {
        return;
    };
    let c = Mutex::new(c);
    for_random(messages::callback_msg(), |msg| {
        let fields = messages::fields(&msg.msg);
        let answer = ask(&c, &format!("build {MSG} {fields}"));
        expect(&answer, &format!("ok {}", hex(&encoded(&msg.msg))))?;
        same(&made(&answer), &msg.msg)?;

        let answer = ask(
            &c,
            &format!("build {CALLBACK_MSG} {}\t{fields}", msg.callback_id),
        );
        expect(&answer, &format!("ok {}", hex(&encoded(&msg))))?;
        same(&made(&answer), &msg)
    });
}

pub(crate) fn both_reject_more_identities_than_the_bound(file: &ProtocolFile) {
    let Some(mut c) = Harness::start(file) else {
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
    assert_eq!(
        c.ask(&format!("build {MSG} {}", messages::fields(&msg))),
        ok
    );

    msg.subject.push(msg.subject[0].clone());
    let error = to_vec(&msg).expect_err("21 identities are too many to encode");
    assert!(
        matches!(error.kind(), ErrorKind::LengthOverBound { .. }),
        "{error}"
    );
    let answer = c.ask(&format!("build {MSG} {}", messages::fields(&msg)));
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
    let answer = c.ask(&format!("echo {MSG} {}", hex(&bytes)));
    assert_eq!(answer, "error decode");
}

pub(crate) fn both_reject_a_string_one_byte_over_its_bound(file: &ProtocolFile) {
    let Some(mut c) = Harness::start(file) else {
        return;
    };
    let mut msg = messages::plain();
    // Bounds count bytes: half as many characters of two bytes fill them.
    msg.auth_scheme = "é".repeat(STRING_MAX as usize / 2);
    let most = encoded(&msg);
    let answer = c.ask(&format!("build {MSG} {}", messages::fields(&msg)));
    assert!(answer == format!("ok {}", hex(&most)), "the longest string");

    msg.auth_scheme.push('x');
    let error = to_vec(&msg).expect_err("one byte more is too many to encode");
    assert!(
        matches!(error.kind(), ErrorKind::LengthOverBound { .. }),
        "{error}"
    );
    let answer = c.ask(&format!("build {MSG} {}", messages::fields(&msg)));
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
    let answer = c.ask(&format!("echo {MSG} {}", hex(&bytes)));
    assert_eq!(answer, "error decode");
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

/// The bytes in an answer.
fn made(answer: &str) -> Vec<u8> {
    let bytes = answer.strip_prefix("ok ").and_then(unhex);
    bytes.unwrap_or_default()
}
