//! A connection's bytes, cut anywhere.

use protocol_defs::packet::{FrameError, OwnedPacket, PacketReader};

use crate::messages::message;

/// A stream gives the same packets however it is cut. The first byte says how many bytes follow that say how: each is the
/// length of a part, and they are used in turn. What a packet says can be written again.
///
/// # Panics
/// If that does not hold.
pub fn packets(input: &[u8]) {
    let Some((&count, rest)) = input.split_first() else {
        return;
    };
    let (lengths, stream) = rest.split_at(usize::from(count).min(rest.len()));
    let mut whole = PacketReader::new();
    whole.feed(stream);
    let mut from_whole = Vec::new();
    let error = take(&mut whole, &mut from_whole);
    let mut parts = PacketReader::new();
    let mut from_parts = Vec::new();
    let mut error_of_parts = None;
    for part in cut(stream, lengths) {
        parts.feed(part);
        error_of_parts = take(&mut parts, &mut from_parts);
    }
    assert_eq!(error_of_parts, error);
    assert_eq!(from_parts, from_whole);
    assert_eq!(parts.unread(), whole.unread());
    from_whole.iter().for_each(message);
}

/// The stream in parts of these lengths, used in turn; empty parts are parts, too. In one part if no length is more than
/// nothing.
fn cut<'a>(mut stream: &'a [u8], lengths: &[u8]) -> Vec<&'a [u8]> {
    if lengths.iter().all(|length| *length == 0) {
        return vec![stream];
    }
    let mut parts = Vec::new();
    for length in lengths.iter().cycle() {
        let (part, rest) = stream.split_at(usize::from(*length).min(stream.len()));
        parts.push(part);
        stream = rest;
        if stream.is_empty() {
            break;
        }
    }
    parts
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
