//! The rules of the codec, one test each: what breaks it, and the kind, byte, path and text of the error.
//!
//! Each case goes through types that were derived by hand and through types generated from `rules.x`, which have the same
//! names; one rule is relaxed at a time. Cases of decoding that can be values as well are encoded, too.

mod cases;
mod columns;
mod derived;
mod encoding;
mod lengths;
mod limits;
mod protocols;
mod words;

/// The same types as generated code.
mod generated {
    xdr_derive::include_xdr!("tests/rules/rules.x");
}
