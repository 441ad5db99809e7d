#[derive(xdr_wire::Decode)]
#[xdr(name = "a", name = "b")]
struct Record {
    #[xdr(max = 4)]
    #[xdr(max = 5)]
    name: String,
}

fn main() {}
