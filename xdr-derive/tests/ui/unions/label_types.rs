#[derive(xdr_wire::Decode)]
#[xdr(union(i32))]
enum Int {
    #[xdr(case = 0x8000_0000)]
    A,
    #[xdr(case = true)]
    B,
}

#[derive(xdr_wire::Decode)]
#[xdr(union(u32))]
enum UInt {
    #[xdr(case = -1)]
    A,
}

#[derive(xdr_wire::Decode)]
#[xdr(union(bool))]
enum Bool {
    #[xdr(case = 1)]
    A,
}

#[derive(Clone, Copy, xdr_wire::Encode, xdr_wire::Decode)]
enum Phase {
    Connect = 0,
}

#[derive(xdr_wire::Decode)]
#[xdr(union(Phase))]
enum ByPhase {
    #[xdr(case = 0)]
    A,
}

#[derive(xdr_wire::Decode)]
#[xdr(union(u64))]
enum Hyper {
    #[xdr(case = 1)]
    A,
}

fn main() {}
