//! Writes `impl Decode`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Generics, Lifetime, Path};

mod fill;
mod union;

use crate::describe;
use crate::encode::{impl_params, value_fn};
use crate::fields::{Field, Part, parts, types};
use crate::input::{Enum, Input, Shape, Struct};
use crate::union::Side;

pub(crate) fn expand(input: &Input) -> TokenStream {
    let (ident, runtime) = (&input.ident, &input.runtime);
    let de = lifetime(&input.generics);
    let side = Side::Decode(&de);
    let borrowed = input.generics.lifetimes().map(|param| &param.lifetime);
    let params = impl_params(&input.generics, &quote!(#runtime::Decode<#de>));
    let (_, type_generics, where_clause) = input.generics.split_for_impl();

    let ty = describe::expand(input, side);
    let min = match &input.shape {
        Shape::Struct(it) => {
            let mins: Vec<_> = parts(&it.fields)
                .map(|part| match part {
                    Part::Fields(fields) => {
                        let types = types(fields);
                        quote!(<#types as #runtime::__private::DecodeParts<#de>>::MIN)
                    }
                    Part::Characters(field) => field.min(runtime, &de),
                })
                .collect();
            match &*mins {
                [] => quote!(0),
                [min] => min.clone(),
                // An array is flat: a chain of calls, or of scopes, would be as deep as the struct is long.
                mins => quote!(#runtime::__private::sum(&[#(#mins),*])),
            }
        }
        Shape::Enum(_) | Shape::Union(_) => quote!(4),
    };
    // An enum's match is smaller than a call; a union's code is not. A struct is filled by a call.
    let (inline, body, beside) = match &input.shape {
        Shape::Struct(it) => (
            quote!(#[inline]),
            of_struct(runtime, it, &de),
            TokenStream::new(),
        ),
        Shape::Enum(it) => (
            quote!(#[inline]),
            of_enum(runtime, it),
            value_fn(input, it, side),
        ),
        Shape::Union(it) => (
            TokenStream::new(),
            union::decode(runtime, it, side),
            it.distinct(runtime, side),
        ),
    };
    let blank = fill::expand(input, &de);
    let (layout, fixed) = (layout(input, &de), fixed(input, &de));
    let decoder = match &input.shape {
        Shape::Struct(it) if it.fields.is_empty() => quote!(_),
        _ => quote!(decoder),
    };
    quote! {
        #[automatically_derived]
        impl<#de: #(#borrowed +)*, #(#params),*> #runtime::Decode<#de> for #ident #type_generics #where_clause {
            const MIN: ::core::primitive::usize = #min;
            #ty
            #layout
            #fixed
            #blank
            #inline
            fn decode(#decoder: &mut #runtime::Decoder<#de>) -> ::core::result::Result<Self, #runtime::Fault> {
                #body
            }
        }
        #beside
    }
}

/// What is on the stack while a value is read: itself, and the part in which the reader is. Without optimization the code of
/// a union has room for the fields of all arms. An enum is as small as the default says. Of a struct this is one constant with
/// what else the code that reads it has to know.
fn layout(input: &Input, de: &Lifetime) -> TokenStream {
    let runtime = &input.runtime;
    match &input.shape {
        Shape::Enum(_) => TokenStream::new(),
        Shape::Struct(it) => {
            let layouts = parts(&it.fields).map(|part| match part {
                Part::Fields(fields) => {
                    let types = types(fields);
                    quote!(<#types as #runtime::__private::DecodeParts<#de>>::LAYOUT)
                }
                Part::Characters(field) => {
                    let ty = &field.ty;
                    quote!(#runtime::__private::Layout::of::<#ty>())
                }
            });
            let variable = (!may_be_fixed(it)).then(|| quote!(.variable()));
            quote! {
                const LAYOUT: #runtime::__private::Layout =
                    #runtime::__private::Layout::of_struct::<Self>(&[#(#layouts),*])#variable;
            }
        }
        Shape::Union(it) => {
            let fields: Vec<_> = it.arms.iter().flat_map(|arm| &arm.fields).collect();
            let types = fields.iter().map(|field| &field.ty);
            let parts = fields.iter().map(|field| field.stack(runtime, de));
            quote! {
                const STACK: ::core::primitive::usize = {
                    let own = #runtime::__private::sum(&[
                        #runtime::__private::LEVEL,
                        ::core::mem::size_of::<Self>()
                        #(, ::core::mem::size_of::<#types>())*
                    ]);
                    own.saturating_add(#runtime::__private::largest(&[#(#parts),*]))
                };
            }
        }
    }
}

/// Whether all fields of a struct can be of fixed length.
fn may_be_fixed(it: &Struct) -> bool {
    !it.fields.is_empty() && it.fields.iter().all(Field::may_be_fixed)
}

fn of_struct(runtime: &Path, it: &Struct, de: &Lifetime) -> TokenStream {
    let possible = fill::is_possible(it);
    if possible && it.fields.iter().all(Field::is_surely_blank) {
        return quote!(decoder.take_filled());
    }
    let filled = possible.then(|| {
        quote! {
            if <Self as #runtime::Decode<#de>>::BLANK {
                return decoder.take_filled();
            }
        }
    });
    // Not by parts: a tuple that is moved into the struct takes the stack twice, and types may be nested deeply here.
    let members: Vec<_> = it
        .fields
        .iter()
        .map(|field| (&field.member, field.decode(runtime)))
        .collect();
    let value = it.style.with(&quote!(Self), &members);
    quote! {
        #filled
        ::core::result::Result::Ok(#value)
    }
}

/// How a value is taken from a run of the fields of another struct.
fn fixed(input: &Input, de: &Lifetime) -> TokenStream {
    let runtime = &input.runtime;
    let (len, options, body) = match &input.shape {
        Shape::Struct(it) if may_be_fixed(it) => {
            let takes = quote!(DecodeParts::take_fixed(run, options)?);
            let (takes, value) = (it.take_parts(runtime, &takes), it.of_bindings());
            let body = quote!(#takes ::core::option::Option::Some(#value));
            (TokenStream::new(), quote!(options), body)
        }
        Shape::Enum(it) => {
            let none = quote!(return ::core::option::Option::None);
            let value = match_value(runtime, it, &quote!(run.take_i32()?), &none);
            let len = quote! {
                const FIXED: ::core::option::Option<::core::primitive::usize> =
                    ::core::option::Option::Some(4);
            };
            let body = quote!(::core::option::Option::Some(#value));
            (len, quote!(_), body)
        }
        _ => return TokenStream::new(),
    };
    quote! {
        #len
        #[inline]
        fn take_fixed(
            run: &mut #runtime::__private::DecodeRun<#de>,
            #options: &#runtime::Options,
        ) -> ::core::option::Option<Self> {
            #body
        }
    }
}

fn of_enum(runtime: &Path, it: &Enum) -> TokenStream {
    let other = quote!(return ::core::result::Result::Err(decoder.unknown_enum(value)));
    let value = match_value(runtime, it, &quote!(decoder.take_i32()?), &other);
    quote!(::core::result::Result::Ok(#value))
}

/// The enumerator of a number; `other` says what becomes of one that has none.
fn match_value(
    runtime: &Path,
    it: &Enum,
    number: &TokenStream,
    other: &TokenStream,
) -> TokenStream {
    let constants = it.constants(runtime);
    let arms = it.enumerators.iter().map(|enumerator| {
        let (ident, value) = (&enumerator.ident, enumerator.pattern());
        quote!(#value => Self::#ident,)
    });
    let other = it
        .unknown
        .as_ref()
        .map_or_else(|| other.clone(), |unknown| quote!(Self::#unknown(value)));
    quote! {
        {
            #constants
            match #number {
                #(#arms)*
                value => #other,
            }
        }
    }
}

/// The lifetime of the input; `'de` unless the type has one of that name.
fn lifetime(generics: &Generics) -> Lifetime {
    let taken = generics
        .lifetimes()
        .any(|param| param.lifetime.ident == "de");
    Lifetime::new(if taken { "'__de" } else { "'de" }, Span::call_site())
}
