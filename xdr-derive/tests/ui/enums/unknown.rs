#[derive(xdr_wire::Decode)]
enum WithoutRepr {
    A = 0,
    #[xdr(unknown)]
    Unknown(i32),
}

#[derive(xdr_wire::Decode)]
#[repr(i32)]
enum Shapes {
    A = 0,
    #[xdr(unknown)]
    Unknown(u32),
    #[xdr(unknown)]
    Unit,
    #[xdr(unknown)]
    Named { value: i32 },
}

fn main() {}
