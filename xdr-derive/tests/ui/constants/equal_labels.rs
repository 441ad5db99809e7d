const ONE: i32 = 1;

#[derive(xdr_wire::Decode)]
#[xdr(union(i32))]
enum Choice {
    #[xdr(case = 1)]
    A,
    #[xdr(case = ONE)]
    B,
}

fn main() {}
