use xdr_wire::{Decode, Encode};

#[derive(Encode, Decode)]
enum Implicit {
    A = 0,
    B,
}

#[derive(Decode)]
enum Wide {
    A = 0x8000_0000,
}

#[derive(Decode)]
enum Nothing {}

#[derive(Decode)]
enum Carrying {
    A(i32),
    B {},
}

#[derive(Decode)]
enum Cases {
    #[xdr(case = 1)]
    A = 1,
    #[xdr(default)]
    B = 2,
}

fn main() {}
