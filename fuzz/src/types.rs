//! Every type of every protocol, and of a schema that has every form of the language.

use xdr_wire::{DecodeError, Options, RoundTripError, Rule, TypeEntry};

/// Types of every form, made by `build.rs`.
pub mod torture {
    include!(concat!(env!("OUT_DIR"), "/plain/torture.rs"));
}

/// The same with other options: strings borrow or are bytes, enums are open.
pub mod torture_borrowed {
    include!(concat!(env!("OUT_DIR"), "/borrowed/torture.rs"));
}

/// The types that the first byte of an input of [`types`] chooses from.
pub fn tables() -> [&'static [TypeEntry]; 11] {
    [
        protocol_defs::remote::TYPES,
        protocol_defs::qemu::TYPES,
        protocol_defs::lxc::TYPES,
        protocol_defs::admin::TYPES,
        protocol_defs::lock::TYPES,
        protocol_defs::log::TYPES,
        protocol_defs::lxc_monitor::TYPES,
        protocol_defs::net::TYPES,
        protocol_defs::keepalive::TYPES,
        // The schema has a constant `TYPES`.
        torture::TYPES_2,
        torture_borrowed::TYPES_2,
    ]
}

/// Bytes of an input of [`types`] before its message: table, rules to be relaxed, type.
pub const TYPE_HEAD: usize = 4;

/// The type that an input of [`types`] chooses: by its first byte the table, by the third and the fourth the entry.
pub fn chosen_type(input: &[u8]) -> Option<&'static TypeEntry> {
    let &[table, _, high, low] = input.first_chunk()?;
    let tables = tables();
    let table = tables[usize::from(table) % tables.len()];
    table.get(usize::from(u16::from_be_bytes([high, low])) % table.len())
}

/// Bytes → value → bytes, of the type that [`chosen_type`] names, strictly and with the rules relaxed that the second byte
/// has bits for.
///
/// # Panics
/// If the bytes that come out are not those of the value, or an error names no byte of the input or takes two lines.
pub fn types(input: &[u8]) {
    let Some(entry) = chosen_type(input) else {
        return;
    };
    let (head, message) = input.split_at(TYPE_HEAD);
    let strict = strictly(entry, message);
    let rules = Rule::ALL.iter().enumerate();
    let relaxed: Vec<Rule> = rules
        .filter(|(bit, _)| head[1] >> bit & 1 == 1)
        .map(|(_, rule)| *rule)
        .collect();
    if !relaxed.is_empty() {
        relaxedly(entry, message, &relaxed, strict.as_deref());
    }
}

/// What comes of the message if it is valid: itself, but that a `char` over 127 goes out as the negative number.
fn strictly(entry: &TypeEntry, message: &[u8]) -> Option<Vec<u8>> {
    let name = entry.name();
    let valid = entry.validate(message, Options::new());
    match entry.round_trip(message, Options::new()) {
        Ok(out) => {
            assert_eq!(valid, Ok(()), "{name}");
            assert!(is_same(message, &out), "{name}: it became {out:?}");
            let again = entry.round_trip(&out, Options::new());
            assert_eq!(again.as_ref(), Ok(&out), "{name}");
            let len = entry.encoded_len(message, Options::new());
            assert_eq!(len, Ok(out.len()), "{name}");
            Some(out)
        }
        Err(RoundTripError::Decoding(error)) => {
            assert_eq!(valid, Err(error.clone()), "{name}");
            sensible(entry, &error, message);
            None
        }
        Err(error) => panic!("{name}: {error}"),
    }
}

/// Whether these are the same bytes, but that a `char` over 127 has become the negative number that it is.
pub(crate) fn is_same(was: &[u8], is: &[u8]) -> bool {
    let is_char = |was: &[u8], is: &[u8]| matches!((was, is), ([0, 0, 0, a], [0xff, 0xff, 0xff, b]) if a == b && *a > 127);
    let mut words = was.chunks(4).zip(is.chunks(4));
    was.len() == is.len() && words.all(|(was, is)| was == is || is_char(was, is))
}

/// With rules relaxed, what is valid stays as it is, and what comes out is valid but for bounds.
fn relaxedly(entry: &TypeEntry, message: &[u8], rules: &[Rule], strict: Option<&[u8]>) {
    let name = entry.name();
    let options = rules
        .iter()
        .fold(Options::new(), |options, rule| options.allow(*rule));
    match entry.round_trip(message, options) {
        Ok(out) => {
            if let Some(strict) = strict {
                assert_eq!(out, strict, "{name}");
            }
            let mut bounds = Options::new();
            if options.allows(Rule::Bound) {
                bounds = bounds.allow(Rule::Bound);
            }
            let again = entry.round_trip(&out, bounds);
            assert_eq!(again.as_ref(), Ok(&out), "{name}");
        }
        Err(RoundTripError::Decoding(error)) => {
            assert!(strict.is_none(), "{name}: {error}");
            sensible(entry, &error, message);
        }
        // What replaces broken text may be longer than its bound.
        Err(error) => assert!(
            options.allows(Rule::Utf8) && !options.allows(Rule::Bound) && strict.is_none(),
            "{name}: {error}"
        ),
    }
}

fn sensible(entry: &TypeEntry, error: &DecodeError, message: &[u8]) {
    let text = error.to_string();
    assert!(
        error.offset() <= message.len() && !text.contains('\n'),
        "{}: {text}",
        entry.name()
    );
}
