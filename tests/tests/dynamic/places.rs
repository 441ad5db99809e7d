//! Where values are: what is said of the places in a message agrees with the message.

use xdr_testkit::mutate::mutations;
use xdr_wire::{ErrorKind, Options};

use crate::cases::messages;
use crate::schemas::{Pair, generous};

/// The parts of a message follow one another without gaps; those of a message with a fault up to the value that has it.
pub(crate) fn each_byte_is_told_once(pair: &Pair<'_>) {
    let codec = pair.codec(generous());
    for message in messages(pair.entry, 4) {
        let (end, read) = told(&codec, &message);
        assert!(
            read.is_ok() && end == message.len(),
            "{}",
            pair.entry.name()
        );
        for mutation in mutations(pair.entry.ty(), &message).step_by(3) {
            let (end, read) = told(&codec, &mutation.bytes);
            match read {
                Ok(()) => assert_eq!(end, mutation.bytes.len()),
                Err(error) => {
                    // Only that bytes follow is found behind them, and what a union selects behind its discriminant.
                    let is_behind = matches!(error.kind(), ErrorKind::UnknownDiscriminant { .. });
                    let most = error.offset() + if is_behind { 4 } else { 0 };
                    assert!(
                        end <= most,
                        "{} {mutation}: {error}, {end}",
                        pair.entry.name()
                    );
                }
            }
        }
    }
}

/// Where the parts end, and whether the message was read.
fn told(
    codec: &xdr_dynamic::Codec,
    message: &[u8],
) -> (usize, Result<(), xdr_dynamic::DecodeError>) {
    let mut end = 0;
    let read = codec.annotate(message, |part| {
        assert_eq!(part.start, end);
        assert_eq!(part.bytes, &message[end..end + part.bytes.len()]);
        end += part.bytes.len();
    });
    (end, read)
}

pub(crate) fn a_tree_has_the_bytes_of_its_parts(pair: &Pair<'_>) {
    let codec = pair.codec(Options::new().max_memory_factor(u32::MAX));
    for message in messages(pair.entry, 4) {
        let tree = match codec.decode(&message) {
            Ok(tree) => tree,
            Err(error) => panic!("{}: {error}", pair.entry.name()),
        };
        assert_eq!(tree.root().range(), 0..message.len());
        for value in tree.values() {
            let mut at = value.range().start;
            for part in value.parts() {
                assert!(at <= part.range().start && part.range().end <= value.range().end);
                at = part.range().end;
                assert!(
                    part.path()
                        .to_string()
                        .starts_with(&value.path().to_string())
                );
            }
        }
    }
}
