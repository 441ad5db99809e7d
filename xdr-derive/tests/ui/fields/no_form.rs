struct Foreign;

#[derive(xdr_wire::Encode, xdr_wire::Decode)]
struct Record {
    foreign: Foreign,
    bytes: Vec<i8>,
}

fn main() {}
