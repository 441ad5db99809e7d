enum Phase {
    Connect,
}

#[derive(xdr_wire::Decode)]
#[xdr(union(Phase))]
enum ByPhase {
    #[xdr(case = Phase::Connect)]
    A,
}

fn main() {}
