#[derive(xdr_wire::Encode, xdr_wire::Decode)]
#[xdr(union(i32))]
enum Missing {
    A,
    #[xdr(name = "b")]
    B(i32),
}

#[derive(xdr_wire::Decode)]
#[xdr(union(i32))]
enum Both {
    #[xdr(case = 1, default)]
    A(i32),
}

#[derive(xdr_wire::Decode)]
#[xdr(union(i32))]
enum TwoDefaults {
    #[xdr(default)]
    A(i32),
    #[xdr(default)]
    B(i32),
}

#[derive(xdr_wire::Decode)]
#[xdr(union(i32))]
enum Equal {
    #[xdr(case = 1)]
    A,
    #[xdr(case(2, 0x1))]
    B(i32),
    #[xdr(case(3, 3))]
    C(i32),
}

#[derive(xdr_wire::Decode)]
#[xdr(union(i32))]
enum Empty {}

fn main() {}
