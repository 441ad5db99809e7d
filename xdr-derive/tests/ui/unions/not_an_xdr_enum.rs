use xdr_wire::{Decode, Encode};

enum Phase {
    Connect,
}

#[derive(Decode)]
#[xdr(union(Phase))]
enum ByPhase {
    #[xdr(case = Phase::Connect)]
    A,
}

fn main() {}
