#[derive(xdr_wire::Decode)]
struct Record {
    #[xdr(max = "4")]
    name: String,
}

fn main() {}
