#[derive(xdr_wire::Decode)]
struct Record {
    #[xdr(max = -1)]
    below: String,
    #[xdr(max(1, 4_294_967_296))]
    above: Vec<String>,
    #[xdr(max(1, 2), item_max = 3)]
    twice: Vec<String>,
    #[xdr(max())]
    none: Vec<String>,
}

fn main() {}
