//! Text that came from elsewhere, for a terminal.

use protocol_defs::graphics::{Address, Family, GraphicsEvent, IdentityKind};

/// With what a terminal could obey, or show in another order, escaped: a viewer chooses his certificate's name.
pub(crate) fn printable(text: &str) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        if is_obeyed(character) {
            printable.extend(character.escape_unicode());
        } else {
            printable.push(character);
        }
    }
    printable
}

/// Whether a terminal could do something else than show it: control characters (C0, DEL, C1); marks, embeddings, overrides
/// and isolates of the direction of writing (Unicode, UAX 9); ends of lines.
pub(crate) fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
        )
}

/// All texts of an event that came from elsewhere.
pub(crate) fn texts(event: &mut GraphicsEvent) -> impl Iterator<Item = &mut String> {
    let one = [
        &mut event.domain.name,
        &mut event.local.node,
        &mut event.local.service,
        &mut event.remote.node,
        &mut event.remote.service,
        &mut event.auth_scheme,
    ];
    let of_identities = event.subject.iter_mut().flat_map(|identity| {
        let kind = match &mut identity.kind {
            IdentityKind::Other(kind) => Some(kind),
            _ => None,
        };
        kind.into_iter().chain([&mut identity.name])
    });
    one.into_iter().chain(of_identities)
}

/// An address as it is usually written.
pub(crate) fn address(address: &Address) -> String {
    let Address {
        family,
        node,
        service,
    } = address;
    printable(&match family {
        Family::Ipv4 => format!("{node}:{service}"),
        Family::Ipv6 => format!("[{node}]:{service}"),
        Family::Unix if service.is_empty() => "unix".to_owned(),
        Family::Unix => format!("unix:{service}"),
        Family::Unknown(number) => format!("family {number}: {node} {service}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_could_obey_is_escaped() {
        for (text, expected) in [
            ("CN=ann.example, O=Bücher", "CN=ann.example, O=Bücher"),
            ("\x1b[2J\x07\r\n", "\\u{1b}[2J\\u{7}\\u{d}\\u{a}"),
            ("\u{9b}31m\u{7f}", "\\u{9b}31m\\u{7f}"),
            ("a\u{202e}b\u{2066}c", "a\\u{202e}b\\u{2066}c"),
        ] {
            assert_eq!(printable(text), expected);
        }
    }

    #[test]
    fn addresses_are_written_as_usual() {
        let written = |family: i32, node: &str, service: &str| {
            address(&Address {
                family: family.into(),
                node: node.to_owned(),
                service: service.to_owned(),
            })
        };
        assert_eq!(written(0, "192.0.2.7", "5900"), "192.0.2.7:5900");
        assert_eq!(written(1, "2001:db8::7", "5900"), "[2001:db8::7]:5900");
        assert_eq!(written(2, "", "/run/web.sock"), "unix:/run/web.sock");
        assert_eq!(written(2, "", ""), "unix");
        assert_eq!(written(9, "x", "\x1b"), "family 9: x \\u{1b}");
    }
}
