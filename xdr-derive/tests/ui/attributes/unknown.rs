#[derive(xdr_wire::Encode, xdr_wire::Decode)]
#[xdr(rename = "x", crate = ::xdr_wire)]
struct Record {
    #[xdr(maximum = 4)]
    name: String,
    #[xdr(max)]
    text: String,
    #[xdr(max = )]
    more: String,
}

#[derive(xdr_wire::Decode)]
#[xdr(union(i32))]
enum Choice {
    #[xdr(case = 0, bits(3, 4), skip)]
    A,
}

fn main() {}
