//! Reading over a blank value.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Lifetime, Path};

use crate::fields::{Field, Group, groups};
use crate::input::{Input, Shape, Struct};
use crate::union::Arm;

/// Whether there may be a blank value of the struct. Characters have none.
pub(super) fn is_possible(it: &Struct) -> bool {
    !it.fields.is_empty() && !it.fields.iter().any(Field::is_characters)
}

/// A blank value, and for structs how it is filled.
pub(super) fn expand(input: &Input, de: &Lifetime) -> TokenStream {
    let runtime = &input.runtime;
    let is_there = |is_there| quote!(const BLANK: ::core::primitive::bool = #is_there;);
    let (is_there, statements, value, fill) = match &input.shape {
        Shape::Struct(it) if is_possible(it) => (
            // The layout says so.
            TokenStream::new(),
            it.take_parts(runtime, &quote!(DecodeParts::blank()?)),
            it.of_bindings(),
            of_struct(runtime, it, de),
        ),
        Shape::Struct(_) => return TokenStream::new(),
        Shape::Enum(it) => {
            let value = match (it.enumerators.first(), &it.unknown) {
                (Some(first), _) => {
                    let ident = &first.ident;
                    quote!(Self::#ident)
                }
                (None, Some(unknown)) => quote!(Self::#unknown(0)),
                (None, None) => return TokenStream::new(),
            };
            let none = TokenStream::new;
            (is_there(quote!(true)), none(), value, none())
        }
        Shape::Union(it) => {
            let is_simple =
                |arm: &&Arm| arm.tag.is_none() && arm.fields.iter().all(Field::is_surely_blank);
            let Some(arm) = it
                .arms
                .iter()
                .filter(is_simple)
                .min_by_key(|arm| arm.fields.len())
            else {
                return TokenStream::new();
            };
            let value = arm.with(&TokenStream::new(), |field| field.blank(runtime));
            let blanks = arm.fields.iter().map(|field| field.has_blank(runtime, de));
            let blanks = quote!(#runtime::__private::all(&[#(#blanks),*]));
            let none = TokenStream::new;
            (is_there(blanks), none(), value, none())
        }
    };
    quote! {
        #is_there
        #[inline]
        fn blank() -> ::core::option::Option<Self> {
            #statements
            ::core::option::Option::Some(#value)
        }
        #fill
    }
}

fn of_struct(runtime: &Path, it: &Struct, de: &Lifetime) -> TokenStream {
    let place = |field: &Field| {
        let member = &field.member;
        quote!(self.#member)
    };
    let fills = groups(&it.fields).map(|group| match group {
        Group::Single(_, field) => field.fill(runtime, &place(field)),
        Group::Run(index, fields) => {
            let places = fields.iter().map(place);
            quote! {
                #runtime::__private::DecodeFields::fill(
                    (#(&mut #places,)*),
                    decoder,
                    <Self as #runtime::Decode<#de>>::TYPE,
                    #index,
                );
            }
        }
    });
    let part = it.outlined.then(|| {
        quote! {
            #[inline(never)]
            fn fill_part(&mut self, decoder: &mut #runtime::Decoder<#de>) {
                self.fill(decoder, #runtime::Bounds::NONE);
            }
        }
    });
    quote! {
        fn fill(&mut self, decoder: &mut #runtime::Decoder<#de>, _: #runtime::Bounds) {
            #(#fills)*
        }
        #part
    }
}
