//! The runtime under another name, and no prelude to lean on.
#![no_implicit_prelude]

mod vendored {
    pub mod runtime {
        pub use ::xdr_wire::*;
    }
}

#[derive(vendored::runtime::Encode, vendored::runtime::Decode)]
#[xdr(crate = crate::vendored::runtime)]
struct Record {
    #[xdr(max = 4)]
    name: ::std::string::String,
    #[xdr(chars)]
    label: [u8; 4],
}

#[derive(vendored::runtime::Encode, vendored::runtime::Decode)]
#[xdr(crate = vendored::runtime, union(bool))]
enum Choice {
    #[xdr(case = true)]
    Yes(Record),
    #[xdr(case = false)]
    No,
}

fn main() {
    let wire = [0, 0, 0, 0];
    ::std::assert!(::std::matches!(::xdr_wire::from_bytes(&wire), ::std::result::Result::Ok(Choice::No)));
}
