#[derive(xdr_wire::Decode)]
#[xdr(union(i32))]
struct Record {
    #[xdr(case = 1)]
    name: String,
}

#[derive(xdr_wire::Decode)]
#[xdr(max = 4)]
struct Name(String);

#[derive(xdr_wire::Decode)]
#[xdr(union(i32))]
enum Choice {
    #[xdr(case = 1, max = 3)]
    A(String),
}

#[derive(xdr_wire::Decode)]
#[xdr(outlined)]
enum Colour {
    Red = 0,
}

fn main() {}
