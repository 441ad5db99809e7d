//! The codec without generated code, beside generated code.

use std::path::PathBuf;
use std::sync::OnceLock;

use protocol_defs::sources::FILES;
use xdr_dynamic::Codec;
use xdr_parser::Schema;
use xdr_wire::{ErrorKind, Options, TypeEntry};

use crate::types::{TYPE_HEAD, tables};

/// Files behind the tables of types, in their order; the table of the last is made with options that change the types.
const SCHEMAS: &[&str] = &[
    "remote_protocol.x",
    "qemu_protocol.x",
    "lxc_protocol.x",
    "admin_protocol.x",
    "lock_protocol.x",
    "log_protocol.x",
    "lxc_monitor_protocol.x",
    "virnetprotocol.x",
    "virkeepaliveprotocol.x",
    "torture.x",
];

const TORTURE: &str = include_str!("../../xdr-build/tests/torture.x");

/// Bytes → JSON → the same bytes, of the type that [`chosen_type`](crate::chosen_type) names, and the same error as
/// generated code has. Then the bytes are taken for JSON: what comes of that comes back.
///
/// # Panics
/// If that does not hold.
pub fn dynamic(input: &[u8]) {
    let Some((head, message)) = input.split_first_chunk::<TYPE_HEAD>() else {
        return;
    };
    let (entry, codec) = chosen(*head);
    as_message(entry, codec, message);
    as_json(entry, codec, message);
}

/// The codec of the type that an input of [`dynamic`] chooses by its head.
pub fn codec(head: [u8; TYPE_HEAD]) -> &'static Codec {
    chosen(head).1
}

/// As [`chosen_type`](crate::chosen_type), but that the table with other types is none of these.
fn chosen(head: [u8; TYPE_HEAD]) -> (&'static TypeEntry, &'static Codec) {
    let [table, _, high, low] = head;
    let table = usize::from(table) % SCHEMAS.len();
    let entries = tables()[table];
    let at = usize::from(u16::from_be_bytes([high, low])) % entries.len();
    (&entries[at], &codecs()[table][at])
}

fn as_message(entry: &TypeEntry, codec: &Codec, message: &[u8]) {
    let name = entry.name();
    match (
        entry.validate(message, generous()),
        codec.decode_json(message),
    ) {
        (Ok(()), Ok(json)) => {
            let back = codec.encode_json(&json);
            assert_eq!(back.as_deref(), Ok(message), "{name}: {json}");
            let tree = codec.decode(message);
            // A tree is limited by the message's length, and that is all that it may have against it.
            let limited = |kind| matches!(kind, ErrorKind::MemoryOverLimit { .. });
            assert!(
                tree.is_ok() || tree.is_err_and(|error| limited(error.kind())),
                "{name}"
            );
        }
        (Err(expected), Err(found)) => {
            assert_eq!(found.to_string(), expected.to_string(), "{name}");
        }
        // Generated code leaves some enums open, of which the schema knows nothing.
        (Ok(()), Err(found)) if matches!(found.kind(), ErrorKind::UnknownEnum { .. }) => {}
        (expected, found) => panic!("{name}: {expected:?}, {found:?}"),
    }
    let mut told = 0;
    let read = codec.annotate(message, |part| {
        assert_eq!(part.start, told, "{name}");
        told += part.bytes.len();
    });
    assert!(told == message.len() || read.is_err(), "{name}");
}

fn as_json(entry: &TypeEntry, codec: &Codec, text: &[u8]) {
    let Ok(text) = str::from_utf8(text) else {
        return;
    };
    let mut out = vec![1, 2, 3];
    match codec.encode_json_into(text, &mut out) {
        Ok(()) => {
            let message = &out[3..];
            assert_eq!(entry.validate(message, generous()), Ok(()), "{text}");
            let json = codec.decode_json(message);
            let back = json.map(|json| codec.encode_json(&json));
            assert_eq!(back, Ok(Ok(message.to_vec())), "{text}");
        }
        Err(error) => {
            assert_eq!(out, [1, 2, 3], "{text}");
            let lines = text.split('\n').count();
            assert!((1..=lines).contains(&error.line()), "{text}: {error}");
        }
    }
}

/// Values of generated code take memory and stack, which the other codec does not need.
fn generous() -> Options {
    Options::new()
        .max_memory_factor(u32::MAX)
        .max_stack(usize::MAX)
}

/// A codec for each entry of each table.
fn codecs() -> &'static [Vec<Codec>] {
    static CODECS: OnceLock<Vec<Vec<Codec>>> = OnceLock::new();
    CODECS.get_or_init(|| {
        let tables = tables();
        let pairs = SCHEMAS.iter().zip(tables);
        pairs
            .map(|(file, entries)| {
                let schema = schema(file);
                let codec = |entry: &TypeEntry| {
                    Codec::named(&schema, entry.name()).expect("the table is of this schema")
                };
                entries.iter().map(codec).collect()
            })
            .collect()
    })
}

fn schema(name: &str) -> Schema {
    let mut options = xdr_parser::Options::default();
    let path = |name: &str| PathBuf::from("/sources").join(name);
    let own = FILES.iter().map(|file| (file.name, file.text));
    for (name, text) in own.chain([("torture.x", TORTURE)]) {
        options.contents.insert(path(name), text.into());
    }
    let sizes = [
        ("EXTERNAL_SIZE", 7),
        ("EXTERNAL_ONE", 1),
        ("EXTERNAL_TWO", 2),
    ];
    for (name, value) in sizes {
        options.defines.insert(name.to_owned(), value);
    }
    let compiled = xdr_parser::compile(&[path(name)], &options);
    compiled.schema.expect("this project's files resolve")
}
