//! The messages about which the two differ, all of them. The random ones have none of these.

use protocol_defs::remote;
use xdr_wire::{ErrorKind, Options, TypeEntry};

use crate::files::ProtocolFile;
use crate::harness::Harness;
use crate::hex::hex;

pub(crate) fn both_send_a_char_over_127_as_the_negative_number_of_the_same_byte(
    file: &ProtocolFile,
) {
    let security_model = "remote_node_get_security_model_ret";
    let came = [0, 0, 0, 1, 0, 0, 0, 0xe9, 0, 0, 0, 0];
    let sent = [0, 0, 0, 1, 0xff, 0xff, 0xff, 0xe9, 0, 0, 0, 0];
    assert_eq!(
        entry(security_model)
            .round_trip(&came, Options::new())
            .as_deref(),
        Ok(&sent[..])
    );
    c_makes(file, security_model, &came, &sent);
}

pub(crate) fn c_reads_any_padding_and_sends_zeros(file: &ProtocolFile) {
    let came = [0, 0, 0, 1, b'x', 0, 0, 7];
    let sent = [0, 0, 0, 1, b'x', 0, 0, 0];
    let kind = rejected("remote_nonnull_string", &came);
    assert!(matches!(kind, ErrorKind::NonZeroPadding), "{kind:?}");
    c_makes(file, "remote_nonnull_string", &came, &sent);
}

pub(crate) fn c_takes_any_number_for_the_presence_of_an_optional(file: &ProtocolFile) {
    let came = [0, 0, 0, 2, 0, 0, 0, 0];
    let sent = [0, 0, 0, 1, 0, 0, 0, 0];
    let kind = rejected("remote_string", &came);
    assert!(
        matches!(kind, ErrorKind::InvalidOptional { .. }),
        "{kind:?}"
    );
    c_makes(file, "remote_string", &came, &sent);
}

pub(crate) fn c_passes_on_numbers_that_an_enum_does_not_declare(file: &ProtocolFile) {
    let came = 9999_u32.to_be_bytes();
    let kind = rejected("remote_procedure", &came);
    assert!(matches!(kind, ErrorKind::UnknownEnum { .. }), "{kind:?}");
    c_makes(file, "remote_procedure", &came, &came);
}

pub(crate) fn c_passes_on_text_that_is_no_utf8_and_ends_it_at_a_nul(file: &ProtocolFile) {
    let came = [0, 0, 0, 1, 0xe9, 0, 0, 0];
    let kind = rejected("remote_nonnull_string", &came);
    assert!(matches!(kind, ErrorKind::InvalidUtf8), "{kind:?}");
    c_makes(file, "remote_nonnull_string", &came, &came);

    let nul = [0, 0, 0, 3, b'x', 0, b'y', 0];
    let here = entry("remote_nonnull_string").round_trip(&nul, Options::new());
    assert_eq!(here.as_deref(), Ok(&nul[..]));
    let sent = [0, 0, 0, 1, b'x', 0, 0, 0];
    c_makes(file, "remote_nonnull_string", &nul, &sent);
}

fn rejected(name: &str, message: &[u8]) -> ErrorKind {
    let error = entry(name).validate(message, Options::new());
    error.expect_err("it is not valid here").kind()
}

fn c_makes(file: &ProtocolFile, name: &str, of: &[u8], expected: &[u8]) {
    if let Some(mut c) = Harness::start(file) {
        let answer = c.ask(&format!("echo {name} {}", hex(of)));
        assert_eq!(answer, format!("ok {}", hex(expected)));
    }
}

fn entry(name: &str) -> &'static TypeEntry {
    let entry = remote::TYPES.iter().find(|entry| entry.name() == name);
    entry.expect("it is in the file")
}
