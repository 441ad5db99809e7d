const MAX: u64 = 1 << 32;

#[derive(xdr_wire::Encode)]
struct Record {
    #[xdr(max = MAX)]
    name: String,
}

#[derive(xdr_wire::Decode)]
struct Name(#[xdr(max = MAX)] String);

fn use_them(record: &Record) {
    let _ = xdr_wire::to_vec(record);
    let _ = xdr_wire::from_bytes::<Name>(&[]);
}

fn main() {}
