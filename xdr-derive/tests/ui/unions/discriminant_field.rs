#[derive(xdr_wire::Decode)]
#[xdr(union(u32))]
enum Choice {
    #[xdr(case(1, 2))]
    Several,
    #[xdr(case(3, 4))]
    Settings(#[xdr(max = 3)] u32),
    #[xdr(default)]
    Default,
}

#[derive(xdr_wire::Decode)]
#[xdr(union(u32))]
enum Unknown {
    #[xdr(unknown)]
    A(u32),
}

#[derive(xdr_wire::Encode, xdr_wire::Decode)]
#[xdr(union(u32))]
enum WrongType {
    #[xdr(default)]
    A(i32),
}

fn main() {}
