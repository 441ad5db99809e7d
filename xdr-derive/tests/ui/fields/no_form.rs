use xdr_wire::{Decode, Encode};

struct Foreign;

#[derive(Encode, Decode)]
struct Record {
    foreign: Foreign,
    bytes: Vec<i8>,
}

fn main() {}
