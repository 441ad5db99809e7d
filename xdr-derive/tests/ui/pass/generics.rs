//! Parameters of every kind, with bounds where users put them.

use xdr_wire::{Decode, Encode, from_bytes, to_vec};

#[derive(Debug, PartialEq, Encode, Decode)]
struct Pair<'de, 'b: 'de, A: Clone, B = u32, const N: usize = 2>
where
    B: PartialEq<u32>,
{
    first: A,
    second: [B; N],
    text: Option<&'de str>,
    bytes: Box<&'b [u8]>,
}

#[derive(Debug, PartialEq, Encode, Decode)]
#[xdr(union(i32))]
enum Either<A, B> {
    #[xdr(case = 0)]
    Left(A),
    #[xdr(case = 1)]
    Right(Vec<B>),
}

type Alias = Vec<String>;

#[derive(Encode, Decode)]
struct Aliased {
    #[xdr(max = 1, item_max = 1)]
    names: Alias,
}

fn main() {
    let pair = Pair::<'_, '_, i32> {
        first: 1,
        second: [2, 3],
        text: Some("a"),
        bytes: Box::new(b"b"),
    };
    let wire = to_vec(&pair).unwrap();
    assert_eq!(from_bytes(&wire), Ok(pair));

    let either = Either::<i32, Box<Either<(), ()>>>::Right(vec![Box::new(Either::Left(()))]);
    let wire = to_vec(&either).unwrap();
    assert_eq!(from_bytes(&wire), Ok(either));

    let error = to_vec(&Aliased { names: vec!["ab".to_owned()] }).unwrap_err();
    assert_eq!(error.to_string(), "string of 2 bytes is longer than its bound of 1, at names[0] (byte 4)");
}
