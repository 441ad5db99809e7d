//! A case as data, and what is held against it.

use xdr_wire::{ErrorKind, Options, Rule};

use crate::columns::{Codec, columns};

/// Bytes that break a rule as a value of a type.
#[derive(Debug)]
pub(crate) struct Case {
    ty: &'static str,
    wire: Vec<u8>,
    refusal: Refusal,
    options: Options,
    relaxed: Option<(Rule, Result<Vec<u8>, Refusal>)>,
    lenient: Option<Options>,
}

/// An error of any codec.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) kind: ErrorKind,
    pub(crate) offset: usize,
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Bytes in hexadecimal, of a type by its XDR name.
pub(crate) fn case(ty: &'static str, wire: &str) -> Input {
    Input {
        ty,
        wire: hex(wire),
    }
}

/// The same with the bytes themselves.
pub(crate) fn case_of(ty: &'static str, wire: Vec<u8>) -> Input {
    Input { ty, wire }
}

pub(crate) struct Input {
    ty: &'static str,
    wire: Vec<u8>,
}

impl Input {
    /// What the error is, its byte and path, and its text.
    pub(crate) fn refused(self, kind: ErrorKind, offset: usize, path: &str, text: &str) -> Case {
        let (path, text) = (path.to_owned(), text.to_owned());
        Case {
            ty: self.ty,
            wire: self.wire,
            refusal: Refusal {
                kind,
                offset,
                path,
                text,
            },
            options: Options::new(),
            relaxed: None,
            lenient: None,
        }
    }
}

impl Case {
    /// With this rule relaxed the bytes are a value, which is written as `again`.
    pub(crate) fn relaxed_by(self, rule: Rule, again: &str) -> Self {
        let relaxed = Some((rule, Ok(hex(again))));
        Self { relaxed, ..self }
    }

    /// With this rule relaxed the bytes are a value, which is written as those bytes.
    pub(crate) fn allowed_by(self, rule: Rule) -> Self {
        let relaxed = Some((rule, Ok(self.wire.clone())));
        Self { relaxed, ..self }
    }

    /// With this rule relaxed another is broken, at the same place.
    pub(crate) fn refused_otherwise_by(self, rule: Rule, kind: ErrorKind, text: &str) -> Self {
        let refusal = Refusal {
            kind,
            text: text.to_owned(),
            ..self.refusal.clone()
        };
        let relaxed = Some((rule, Err(refusal)));
        Self { relaxed, ..self }
    }

    /// Read by these options, the bytes are a value that cannot be written, for the same reason.
    pub(crate) fn refused_as_value_of(self, lenient: Options) -> Self {
        let lenient = Some(lenient);
        Self { lenient, ..self }
    }

    /// Other limits than the default.
    pub(crate) fn under(self, options: Options) -> Self {
        Self { options, ..self }
    }

    /// Holds one codec to the case.
    #[track_caller]
    fn check(&self, codec: Codec) {
        let refused = Err(self.refusal.clone());
        assert_eq!((codec.decode)(&self.wire, self.options), refused);
        for rule in Rule::ALL {
            let relaxed = self.options.allow(*rule);
            match &self.relaxed {
                Some((it, Ok(again))) if it == rule => {
                    let written = (codec.recode)(&self.wire, relaxed, relaxed);
                    assert_eq!(written.as_ref(), Ok(again), "{rule}");
                }
                Some((it, Err(other))) if it == rule => {
                    let decoded = (codec.decode)(&self.wire, relaxed);
                    assert_eq!(decoded.as_ref(), Err(other), "{rule}");
                }
                _ => {
                    let decoded = (codec.decode)(&self.wire, relaxed);
                    assert_eq!(decoded, refused, "{rule}");
                }
            }
        }
        if let Some(lenient) = self.lenient {
            let written = (codec.recode)(&self.wire, lenient, self.options);
            assert_eq!(written, Err(self.refusal.clone()), "encoding");
            let written = (codec.recode)(&self.wire, lenient, lenient);
            assert_eq!(written.as_ref(), Ok(&self.wire), "relaxed encoding");
        }
    }
}

/// Holds every codec to every case.
#[track_caller]
pub(crate) fn check(cases: &[Case]) {
    assert!(!cases.is_empty());
    for column in columns() {
        for case in cases {
            let codec = column.codec(case.ty);
            println!("{} {}: {}", column.name, case.ty, case.refusal.text);
            case.check(codec);
        }
    }
}

/// Every codec reads these bytes and writes them again: what is just within a rule.
#[track_caller]
pub(crate) fn accepted(ty: &str, wire: &[u8], options: Options) {
    for column in columns() {
        let written = (column.codec(ty).recode)(wire, options, options);
        assert_eq!(written.as_deref(), Ok(wire), "{} {ty}", column.name);
    }
}

/// Bytes from their hexadecimal digits.
pub(crate) fn hex(digits: &str) -> Vec<u8> {
    let digits: String = digits.split_whitespace().collect();
    let bytes = digits.as_bytes().chunks(2);
    let byte = |pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    let bytes: Option<_> = bytes.map(byte).collect();
    bytes.expect("the case has pairs of hexadecimal digits")
}

/// Bytes from words, which is how XDR is read.
pub(crate) fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}
