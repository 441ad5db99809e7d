//! The runtime and the derives in a library without the standard library.
#![no_std]

extern crate alloc;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use xdr_wire::{Decode, DecodeError, Encode, EncodeError, List};

/// A struct with a bound, bytes, and a link to its own type.
#[derive(Debug, Encode, Decode)]
pub struct Record<'a> {
    /// `string name<32>`.
    #[xdr(max = 32)]
    pub name: String,
    /// `opaque data<>`, borrowed.
    pub data: &'a [u8],
    /// `char label[8]`.
    #[xdr(chars)]
    pub label: [u8; 8],
    /// `record *next`.
    pub next: Option<Box<Record<'a>>>,
    /// `choice choices<>`.
    pub choices: Vec<Choice>,
    /// A linked list.
    pub entries: List<Kind>,
}

/// An open enumeration.
#[derive(Debug, Encode, Decode)]
#[repr(i32)]
pub enum Kind {
    /// The only known value.
    Known = 1,
    /// All others.
    #[xdr(unknown)]
    Unknown(i32),
}

/// A union over an enumeration.
#[derive(Debug, Encode, Decode)]
#[xdr(union(Kind))]
pub enum Choice {
    /// One arm.
    #[xdr(case = Kind::Known)]
    Known(u64),
    /// The other.
    #[xdr(default)]
    Other(Kind),
}

/// Reads a record and writes it again.
///
/// # Errors
/// If the input is no record.
pub fn copy(input: &[u8]) -> Result<Result<Vec<u8>, EncodeError>, DecodeError> {
    xdr_wire::from_bytes::<Record<'_>>(input).map(|record| xdr_wire::to_vec(&record))
}
