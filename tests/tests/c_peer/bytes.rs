//! Changes of a message that know nothing of its type.

use xdr_testkit::random::Choices;

/// Words that are the least or the most of something, or one beyond.
const EDGES: &[u32] = &[
    0,
    1,
    2,
    3,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0x8000,
    0xffff,
    0x7fff_ffff,
    0x8000_0000,
    u32::MAX,
];

/// Changes a message, for the most part in one place; returns what was done.
pub(crate) fn change(message: &mut Vec<u8>, choices: &mut Choices) -> String {
    let done = change_once(message, choices);
    if choices.below(4) == 0 {
        done + ", " + &change_once(message, choices)
    } else {
        done
    }
}

fn change_once(message: &mut Vec<u8>, choices: &mut Choices) -> String {
    let words = message.len() / 4;
    if words == 0 {
        return extend(message, choices);
    }
    let at = 4 * choices.below(words);
    match choices.below(16) {
        0 => {
            let len = choices.below(message.len());
            message.truncate(len);
            format!("cut off at {len}")
        }
        1 => extend(message, choices),
        2 => {
            message.drain(at..at + 4);
            format!("word {at} taken out")
        }
        3 => {
            let word = word(choices).to_be_bytes();
            message.splice(at..at, word);
            format!("a word put in at {at}")
        }
        4 | 5 => {
            let from = 4 * choices.below(words);
            message.copy_within(from..from + 4, at);
            format!("word {at} made that at {from}")
        }
        6..=8 => {
            let at = choices.below(message.len());
            message[at] ^= 1 << choices.below(8);
            format!("a bit of byte {at} flipped")
        }
        9 | 10 => {
            let at = choices.below(message.len());
            let byte = choices.below(256).to_be_bytes();
            message[at] = byte[byte.len() - 1];
            format!("byte {at} replaced")
        }
        _ => {
            let word = word(choices);
            message[at..at + 4].copy_from_slice(&word.to_be_bytes());
            format!("word {at} made {word:#x}")
        }
    }
}

fn extend(message: &mut Vec<u8>, choices: &mut Choices) -> String {
    let len = 1 + choices.below(8);
    let byte = if choices.below(2) == 0 { 0 } else { 0xff };
    message.resize(message.len() + len, byte);
    format!("{len} bytes more")
}

/// An edge, a small number, or any.
fn word(choices: &mut Choices) -> u32 {
    let number = match choices.below(4) {
        0 => choices.below(1 << 31),
        1 => choices.below(64),
        _ => return EDGES[choices.below(EDGES.len())],
    };
    u32::try_from(number).unwrap_or(u32::MAX)
}
