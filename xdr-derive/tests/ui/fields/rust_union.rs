#[derive(xdr_wire::Encode)]
union Bits {
    int: i32,
    float: f32,
}

fn main() {}
