use xdr_wire::{Decode, Encode};

#[derive(Decode)]
#[xdr(union(i32))]
struct Record {
    #[xdr(case = 1)]
    name: String,
}

#[derive(Decode)]
#[xdr(max = 4)]
struct Name(String);

#[derive(Decode)]
#[xdr(union(i32))]
enum Choice {
    #[xdr(case = 1, max = 3)]
    A(String),
}

fn main() {}
