//! The expansions give strict users nothing to complain about.
#![deny(warnings, missing_docs, unused, unused_qualifications, unreachable_pub, rust_2018_idioms)]
#![deny(single_use_lifetimes, unused_lifetimes, let_underscore_drop, variant_size_differences)]

use xdr_wire::{Decode, Encode};

const LIMIT: i64 = 4;

#[derive(Debug, Encode, Decode)]
#[repr(i32)]
enum Phase {
    Connect = 0,
    Disconnect = LIMIT as i32,
    #[xdr(unknown)]
    Unknown(i32),
}

#[derive(Debug, Encode, Decode)]
struct Record<'a, T, const N: usize> {
    #[xdr(max = LIMIT + 1)]
    name: &'a str,
    #[xdr(uchars, max = N)]
    label: Vec<u8>,
    rest: T,
}

#[derive(Debug, Encode, Decode)]
#[xdr(union(Phase))]
enum Choice<'a> {
    #[xdr(case = Phase::Connect)]
    Connect(Record<'a, i32, 3>),
    #[xdr(case = Phase::Disconnect)]
    Disconnect,
    #[xdr(default)]
    Other(Phase),
}

#[derive(Debug, Encode, Decode)]
#[xdr(union(i32))]
enum OnlyDefault {
    #[xdr(default)]
    Any(i32),
}

#[derive(Debug, Encode, Decode)]
#[xdr(union(bool))]
enum OnlyVoid {
    #[xdr(case = true)]
    Yes,
}

#[derive(Debug, Encode, Decode)]
struct Nothing {}

fn main() {
    println!("{:?}", xdr_wire::from_bytes::<Choice<'_>>(&[0; 16]));
    println!("{:?}", xdr_wire::from_bytes::<(OnlyDefault, OnlyVoid, Nothing)>(&[0; 8]));
    println!("{:?}", Choice::Other(Phase::Unknown(9)));
}
