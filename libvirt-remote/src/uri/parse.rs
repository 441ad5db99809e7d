//! Text → [`Uri`] (RFC 3986, section 3, as far as libvirt's URIs go).

use std::fmt::Write;

use super::{AuthChoice, Mode, Transport, Uri, UriError};

/// What may stand in a path as it is, beside letters and digits.
pub(super) const IN_PATH: &[u8] = b"-._~/:@!$&'()*+,;=";

/// What may stand in a parameter as it is: not what separates it from the next.
pub(super) const IN_PARAMETER: &[u8] = b"-._~/:@";

pub(super) fn uri(text: &str) -> Result<Uri, UriError> {
    let (scheme, rest) = text.split_once("://").ok_or(UriError::NoDriver)?;
    let (driver, named_transport) = scheme_of(scheme)?;
    let (rest, fragment) = split(rest, '#');
    let (rest, query) = split(rest, '?');
    let (authority, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, ""),
    };
    let (user, place) = match authority.rsplit_once('@') {
        Some((user, place)) => (Some(unescape(user)?), place),
        None => (None, authority),
    };
    let (host, port) = host_and_port(place)?;
    if let (Some(Transport::Unix), Some(host)) = (named_transport, &host) {
        return Err(UriError::HostOfUnixSocket { host: host.clone() });
    }
    let mut uri = Uri {
        driver,
        named_transport,
        user,
        host,
        port,
        path: unescape(path)?,
        parameters: parameters(query.unwrap_or_default())?,
        fragment: fragment.map(unescape).transpose()?,
        mode: Mode::Auto,
        auth: None,
        no_verify: false,
    };
    uri.mode = one_of(&uri, "mode", mode)?.unwrap_or_default();
    uri.auth = one_of(&uri, "auth", auth)?;
    uri.no_verify = one_of(&uri, "no_verify", flag)?.unwrap_or_default();
    Ok(uri)
}

fn scheme_of(scheme: &str) -> Result<(String, Option<Transport>), UriError> {
    let (driver, transport) = split(scheme, '+');
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'))
    };
    if !is_name(driver) {
        return Err(UriError::NoDriver);
    }
    let transport = match transport.map(str::to_ascii_lowercase).as_deref() {
        None => None,
        Some("unix") => Some(Transport::Unix),
        Some("tcp") => Some(Transport::Tcp),
        Some("tls") => Some(Transport::Tls),
        Some("ssh") => Some(Transport::Ssh),
        Some("ext") => Some(Transport::Ext),
        Some(transport @ ("libssh" | "libssh2")) => {
            let transport = transport.to_owned();
            return Err(UriError::Transport { transport });
        }
        Some(transport) => {
            let transport = transport.to_owned();
            return Err(UriError::UnknownTransport { transport });
        }
    };
    Ok((driver.to_ascii_lowercase(), transport))
}

fn host_and_port(place: &str) -> Result<(Option<String>, Option<u16>), UriError> {
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let wrong = || UriError::Host {
                host: place.to_owned(),
            };
            let (address, behind) = rest.split_once(']').ok_or_else(wrong)?;
            match behind.strip_prefix(':') {
                Some(port) => (address, Some(port)),
                None if behind.is_empty() => (address, None),
                None => return Err(wrong()),
            }
        }
        None => split(place, ':'),
    };
    let port = port.filter(|port| !port.is_empty()).map(|port| {
        let wrong = || UriError::Port {
            port: port.to_owned(),
        };
        match port.parse() {
            Ok(0) | Err(_) => Err(wrong()),
            Ok(number) => Ok(number),
        }
    });
    let host = Some(unescape(host)?).filter(|host| !host.is_empty());
    Ok((host, port.transpose()?))
}

fn parameters(query: &str) -> Result<Vec<(String, String)>, UriError> {
    query
        .split(['&', ';'])
        .filter(|part| !part.is_empty())
        .map(|part| {
            let (name, value) = split(part, '=');
            Ok((unescape(name)?, unescape(value.unwrap_or_default())?))
        })
        .collect()
}

/// The value of a parameter that has only so many.
pub(super) fn one_of<T>(
    uri: &Uri,
    name: &'static str,
    read: fn(&str) -> Option<T>,
) -> Result<Option<T>, UriError> {
    let value = uri.parameter(name);
    let read = value.map(|value| {
        read(value).ok_or_else(|| UriError::Parameter {
            name,
            value: value.to_owned(),
        })
    });
    read.transpose()
}

fn mode(value: &str) -> Option<Mode> {
    match value {
        "auto" => Some(Mode::Auto),
        "legacy" => Some(Mode::Legacy),
        "direct" => Some(Mode::Direct),
        _ => None,
    }
}

fn auth(value: &str) -> Option<AuthChoice> {
    match value {
        "none" => Some(AuthChoice::None),
        "polkit" => Some(AuthChoice::Polkit),
        "sasl" => Some(AuthChoice::Sasl(None)),
        _ => {
            let mechanism = value.strip_prefix("sasl.")?;
            Some(AuthChoice::Sasl(Some(mechanism.to_ascii_uppercase())))
        }
    }
}

pub(super) fn flag(value: &str) -> Option<bool> {
    value.parse().ok().map(|number: i32| number != 0)
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    match text.split_once(at) {
        Some((before, behind)) => (before, Some(behind)),
        None => (text, None),
    }
}

fn unescape(text: &str) -> Result<String, UriError> {
    let wrong = || UriError::Escape {
        text: text.to_owned(),
    };
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        if byte != b'%' {
            bytes.push(byte);
            rest = behind;
            continue;
        }
        let (digits, behind) = behind.split_first_chunk::<2>().ok_or_else(wrong)?;
        let digit = |byte: u8| char::from(byte).to_digit(16).ok_or_else(wrong);
        let value = digit(digits[0])? << 4 | digit(digits[1])?;
        bytes.push(u8::try_from(value).map_err(|_| wrong())?);
        rest = behind;
    }
    String::from_utf8(bytes).map_err(|_| wrong())
}

/// Appends `text`, what is neither a letter nor a digit nor in `plain` percent-encoded.
pub(super) fn escape(text: &str, plain: &[u8], out: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || plain.contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
}
