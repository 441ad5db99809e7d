#[derive(xdr_wire::Encode)]
struct Record {
    #[xdr(chars, uchars)]
    label: Vec<u8>,
    byte: u8,
    #[xdr(max = 4294967296)]
    name: String,
    size: usize,
}

fn main() {}
