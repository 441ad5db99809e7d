use xdr_wire::{Decode, Encode};

#[derive(Encode)]
union Bits {
    int: i32,
    float: f32,
}

fn main() {}
