#[derive(xdr_wire::Decode)]
struct Record {
    byte: u8,
    signed: i8,
    size: usize,
    wide: i128,
    character: char,
    #[xdr(chars)]
    text: String,
}

fn main() {}
