//! `#[derive(Encode, Decode)]` for the types of `xdr-wire`, hand-written and generated alike.
//!
//! The attributes are documented in `xdr_wire::attributes`. This file is only the entry: [`input`] turns the syntax tree
//! into a checked model and reports every mistake at its place; [`encode`], [`decode`] and [`describe`] write Rust for a
//! model that is known to be right.

mod attributes;
mod decode;
mod describe;
mod encode;
mod errors;
mod fields;
mod input;
mod labels;
mod union;

use proc_macro::TokenStream;
use syn::DeriveInput;

use input::Input;

/// Derives `xdr_wire::Encode`. See `xdr_wire::attributes`.
#[proc_macro_derive(Encode, attributes(xdr))]
pub fn derive_encode(item: TokenStream) -> TokenStream {
    derive(item, encode::expand)
}

/// Derives `xdr_wire::Decode`. See `xdr_wire::attributes`.
#[proc_macro_derive(Decode, attributes(xdr))]
pub fn derive_decode(item: TokenStream) -> TokenStream {
    derive(item, decode::expand)
}

fn derive(item: TokenStream, expand: fn(&Input) -> proc_macro2::TokenStream) -> TokenStream {
    syn::parse::<DeriveInput>(item)
        .and_then(Input::check)
        .map_or_else(syn::Error::into_compile_error, |input| expand(&input))
        .into()
}
