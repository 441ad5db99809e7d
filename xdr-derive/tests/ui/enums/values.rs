#[derive(xdr_wire::Encode, xdr_wire::Decode)]
enum Implicit {
    A = 0,
    B,
}

#[derive(xdr_wire::Decode)]
enum Wide {
    A = 0x8000_0000,
}

#[derive(xdr_wire::Decode)]
enum Nothing {}

#[derive(xdr_wire::Decode)]
enum Carrying {
    A(i32),
    B {},
}

#[derive(xdr_wire::Decode)]
enum Cases {
    #[xdr(case = 1)]
    A = 1,
    #[xdr(default)]
    B = 2,
}

fn main() {}
