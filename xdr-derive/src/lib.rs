//! `#[derive(Encode, Decode)]` for the types of `xdr-wire`, hand-written and generated alike.
//!
//! The attributes are documented in `xdr_wire::attributes`, which is also where users get the derives from. This file is
//! only the entry: `input` turns the syntax tree into a checked model and reports every mistake at its place; `encode`,
//! `decode` and `describe` write Rust for a model that is known to be right.

mod attributes;
mod decode;
mod describe;
mod encode;
mod errors;
mod fields;
mod input;
mod labels;
#[cfg(feature = "schema")]
mod schema;
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

/// The types of an `.x` file, as `xdr_build::Config` makes them: `include_xdr!("proto/a.x")`.
///
/// The path is relative to the folder of the crate's `Cargo.toml`. cargo builds again when the file, or one that it
/// imports, changes. Options follow as `name = value`, named as the methods of `xdr_build::Config` that take one value:
/// `include_xdr!("proto/remote_protocol.x", profile = "libvirt", strip_prefix = "remote_")`.
///
/// Attributes and foreign paths are for build scripts. Warnings are not shown: `xdr check` shows them.
///
/// A file's items stand where the macro is called. Several files, named or imported, become modules beside one another,
/// each with its file's name.
#[cfg(feature = "schema")]
#[proc_macro]
pub fn include_xdr(input: TokenStream) -> TokenStream {
    let expanded = schema::include(input.into());
    expanded
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

/// The types of XDR written in place: `xdr! { struct point { int x; int y; }; }`.
///
/// Comments become documentation as in a file. Imports are looked for in the folder of the crate's `Cargo.toml`.
#[cfg(feature = "schema")]
#[proc_macro]
pub fn xdr(input: TokenStream) -> TokenStream {
    let call = proc_macro::Span::call_site();
    let place = format!("{}:{} (xdr!)", call.file(), call.line());
    let expanded = schema::inline(&input.into(), call.source_text().as_deref(), &place);
    expanded
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

fn derive(item: TokenStream, expand: fn(&Input) -> proc_macro2::TokenStream) -> TokenStream {
    syn::parse::<DeriveInput>(item)
        .and_then(Input::check)
        .map_or_else(syn::Error::into_compile_error, |input| expand(&input))
        .into()
}
