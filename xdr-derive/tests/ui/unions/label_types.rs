use xdr_wire::{Decode, Encode};

#[derive(Decode)]
#[xdr(union(i32))]
enum Int {
    #[xdr(case = 0x8000_0000)]
    A,
    #[xdr(case = true)]
    B,
}

#[derive(Decode)]
#[xdr(union(u32))]
enum UInt {
    #[xdr(case = -1)]
    A,
}

#[derive(Decode)]
#[xdr(union(bool))]
enum Bool {
    #[xdr(case = 1)]
    A,
}

#[derive(Clone, Copy, Encode, Decode)]
enum Phase {
    Connect = 0,
}

#[derive(Decode)]
#[xdr(union(Phase))]
enum ByPhase {
    #[xdr(case = 0)]
    A,
}

#[derive(Decode)]
#[xdr(union(u64))]
enum Hyper {
    #[xdr(case = 1)]
    A,
}

fn main() {}
