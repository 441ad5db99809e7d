//! What must hold for any input. Each function is the oracle of the fuzz target of its name; the tests run them too.
//!
//! ```text
//! cargo fuzz run --features targets graphics
//! ```

use protocol_defs::message::Message;
use protocol_defs::packet::{FrameError, OwnedPacket, PacketReader};
use protocol_defs::remote::{DomainEventCallbackGraphicsMsg, DomainEventGraphicsMsg};
use xdr_build::Config;
use xdr_parser::{FileId, Options, parse};
use xdr_wire::{Decode, Encode, from_bytes, to_vec};

/// Text → tokens, AST, schema, Rust: nothing is lost, nothing panics, and what is generated is Rust.
///
/// # Panics
/// If that does not hold.
pub fn source(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    let parsed = parse(FileId(0), text, &Options::default());
    let tokens = parsed.file.tokens.iter();
    assert_eq!(
        tokens.map(|token| token.span.of(text)).collect::<String>(),
        text
    );
    match Config::new().generate_text("input.x", text, None) {
        Ok(files) => {
            for file in files {
                let tokens: Result<proc_macro2::TokenStream, _> = file.source.parse();
                assert!(tokens.is_ok(), "not Rust:\n{}", file.source);
            }
        }
        Err(diagnostics) => assert!(!diagnostics.render(true).is_empty()),
    }
}

/// Bytes → graphics event → the same bytes: the codec is strict, so one value has one form.
///
/// # Panics
/// If that does not hold.
pub fn graphics(input: &[u8]) {
    round_trip::<DomainEventGraphicsMsg>(input);
    round_trip::<DomainEventCallbackGraphicsMsg>(input);
}

fn round_trip<'a, T: Decode<'a> + Encode>(input: &'a [u8]) {
    match from_bytes::<T>(input) {
        Ok(value) => {
            assert_eq!(value.encoded_len(), input.len());
            assert_eq!(to_vec(&value).as_deref(), Ok(input));
        }
        Err(error) => assert!(error.offset() <= input.len() && !error.to_string().contains('\n')),
    }
}

/// A stream gives the same packets however it is cut; the first byte says how. What a packet says can be written again.
///
/// # Panics
/// If that does not hold.
pub fn packets(input: &[u8]) {
    let Some((&seed, stream)) = input.split_first() else {
        return;
    };
    let mut whole = PacketReader::new();
    whole.feed(stream);
    let mut parts = PacketReader::new();
    let mut from_parts = Vec::new();
    let mut error = None;
    for part in stream.chunks(usize::from(seed % 61) + 1) {
        parts.feed(part);
        error = take(&mut parts, &mut from_parts);
    }
    let mut from_whole = Vec::new();
    assert_eq!(take(&mut whole, &mut from_whole), error);
    assert_eq!(from_whole, from_parts);
    assert_eq!(whole.unread(), parts.unread());
    from_whole.iter().for_each(message);
}

/// Takes all packets that are there; returns the error that ends the stream, if one does.
fn take(reader: &mut PacketReader, found: &mut Vec<OwnedPacket>) -> Option<FrameError> {
    loop {
        match reader.next_packet() {
            Ok(Some(packet)) => found.push(packet.owned()),
            Ok(None) => return None,
            Err(error) => return Some(error),
        }
    }
}

/// Packet → message → packet → message: the payload is as it was, but for what follows it, and stays so.
fn message(packet: &OwnedPacket) {
    let strict = xdr_wire::Options::new();
    let to_the_letter = Message::decode_with(&packet.borrowed(), strict);
    let message = match Message::decode(&packet.borrowed()) {
        Ok(message) => message,
        Err(error) => {
            assert!(to_the_letter.is_err() && !error.to_string().contains('\n'));
            return;
        }
    };
    let out = message
        .packet(packet.header.serial, packet.fds)
        .expect("what was read can be written");
    assert!(packet.payload.starts_with(&out.payload), "{message:?}");
    let nothing_follows = packet.payload.len() == out.payload.len();
    assert_eq!(to_the_letter.is_ok(), nothing_follows, "{message:?}");
    let again = Message::decode_with(&out.borrowed(), strict).expect("nothing follows now");
    // Compared as bytes: what is not a number is not equal to itself.
    let fixed = again.packet(out.header.serial, out.fds);
    assert_eq!(fixed.as_ref(), Ok(&out), "{message:?}");
}
