use xdr_wire::{Decode, Encode};

#[derive(Decode)]
struct Record {
    #[xdr(max = "4")]
    name: String,
}

fn main() {}
