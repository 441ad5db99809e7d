//! A struct of four thousand fields: no expression is as deep as the struct is long.

use xdr_wire::{Decode, Encode, from_bytes, to_vec};

/// Repeats `i32,` ten times for each dot.
macro_rules! long {
    ([$($done:tt)*] . $($dots:tt)*) => {
        long!([$($done)* i32, i32, i32, i32, i32, i32, i32, i32, i32, i32,] $($dots)*);
    };
    ([$($done:tt)*] * $($rest:tt)*) => {
        long!([$($done)* $($done)* $($done)* $($done)* $($done)* $($done)* $($done)* $($done)* $($done)* $($done)*] $($rest)*);
    };
    ([$($done:tt)*]) => {
        #[derive(Encode, Decode)]
        struct Long($($done)*);
    };
}

long!([] . . . . * *);

fn main() {
    const { assert!(<Long as Decode>::MIN == 16_000) };
    let wire = vec![0; 16_000];
    assert_eq!(to_vec(&from_bytes::<Long>(&wire).unwrap()).unwrap(), wire);
}
