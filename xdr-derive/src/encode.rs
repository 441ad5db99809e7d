//! Writes `impl Encode`.

use std::slice;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{ConstParam, GenericParam, Generics, Path, TypeParam};

use crate::describe;
use crate::fields::{Field, Group, Part, groups, parts, types};
use crate::input::{Enum, Input, Shape, Struct};
use crate::union::{Arm, Side, Union};

pub(crate) fn expand(input: &Input) -> TokenStream {
    let (ident, runtime) = (&input.ident, &input.runtime);
    let side = Side::Encode;
    let params = impl_params(&input.generics, &quote!(#runtime::Encode));
    let (_, type_generics, where_clause) = input.generics.split_for_impl();

    let ty = describe::expand(input, side);
    let Body {
        fixed,
        measure,
        encode,
        beside,
    } = match &input.shape {
        Shape::Struct(it) => of_struct(runtime, it),
        Shape::Enum(it) => of_enum(input, it),
        Shape::Union(it) => of_union(runtime, it),
    };
    quote! {
        #[automatically_derived]
        impl<#(#params),*> #runtime::Encode for #ident #type_generics #where_clause {
            #ty
            #fixed
            #measure
            #encode
        }
        #beside
    }
}

struct Body {
    fixed: TokenStream,
    measure: TokenStream,
    encode: TokenStream,
    beside: TokenStream,
}

fn of_struct(runtime: &Path, it: &Struct) -> Body {
    let value = Field::of_self;
    // Not by parts: functions for tuples are not inlined everywhere, which is half as much code again.
    let lens = it
        .fields
        .iter()
        .map(|field| field.measure(runtime, &value(field)));
    let len = sum(0, lens);
    let puts = puts(runtime, None, &it.fields, value);
    let (depth, encoder) = if it.fields.is_empty() {
        (quote!(_), quote!(_))
    } else {
        (quote!(depth), quote!(encoder))
    };
    let part = it.outlined.then(|| {
        quote! {
            #[inline(never)]
            fn encode_part(&self, encoder: &mut #runtime::Encoder<'_>) {
                self.encode(encoder);
            }
        }
    });
    Body {
        fixed: fixed(runtime, it),
        measure: quote! {
            fn measure(&self, #depth: #runtime::Depth) -> ::core::primitive::usize {
                #len
            }
        },
        encode: quote! {
            fn encode(&self, #encoder: &mut #runtime::Encoder<'_>) {
                #puts
            }
            #part
        },
        beside: TokenStream::new(),
    }
}

/// How a struct is written in a run of another, if all its fields may be of fixed length.
fn fixed(runtime: &Path, it: &Struct) -> TokenStream {
    if it.fields.is_empty() || !it.fields.iter().all(Field::may_be_fixed) {
        return TokenStream::new();
    }
    let (mut lens, mut puts) = (Vec::new(), Vec::new());
    for part in parts(&it.fields) {
        let Part::Fields(fields) = part else {
            continue;
        };
        let (types, members) = (types(fields), fields.iter().map(Field::of_self));
        lens.push(quote!(<#types as #runtime::__private::EncodeParts>::FIXED));
        puts.push(quote! {
            #runtime::__private::EncodeFields::put_fixed((#(#members,)*), run);
        });
    }
    let len = match &*lens {
        [len] => len.clone(),
        lens => quote!(#runtime::__private::fixed(&[#(#lens),*])),
    };
    quote! {
        const FIXED: ::core::option::Option<::core::primitive::usize> = #len;
        #[inline]
        fn put_fixed(&self, run: &mut #runtime::__private::EncodeRun) {
            #(#puts)*
        }
    }
}

/// Writes fields behind one another, as many as possible at once. `value` is a reference to a field; `first` one to what comes
/// before all of them, which is of fixed length.
fn puts(
    runtime: &Path,
    first: Option<&TokenStream>,
    fields: &[Field],
    value: impl Fn(&Field) -> TokenStream,
) -> TokenStream {
    let joined = first.filter(|_| fields.first().is_some_and(Field::may_be_fixed));
    let alone = first.filter(|_| joined.is_none());
    let alone = alone.map(|first| quote!(#runtime::Encode::encode(#first, encoder);));
    let groups = groups(fields).map(|group| {
        let (index, fields) = match group {
            Group::Single(index, field) if index > 0 || joined.is_none() => {
                return field.encode(runtime, &value(field));
            }
            Group::Single(index, field) => (index, slice::from_ref(field)),
            Group::Run(index, fields) => (index, fields),
        };
        let values = joined.filter(|_| index == 0).cloned();
        let values = values.into_iter().chain(fields.iter().map(&value));
        quote!(#runtime::__private::EncodeFields::put((#(#values,)*), encoder);)
    });
    quote!(#alone #(#groups)*)
}

/// The sum of `own` and the fields, with one statement for each field: a chain of calls would be as deep as the struct is
/// long, and so would the scopes of one variable each.
fn sum(own: usize, lens: impl ExactSizeIterator<Item = TokenStream>) -> TokenStream {
    if lens.len() == 0 {
        return quote!(#own);
    }
    quote! {
        let mut len = #own;
        #(len = len.saturating_add(#lens);)*
        len
    }
}

fn of_enum(input: &Input, it: &Enum) -> Body {
    let runtime = &input.runtime;
    let value = Side::Encode.value_fn();
    Body {
        fixed: quote! {
            const FIXED: ::core::option::Option<::core::primitive::usize> = ::core::option::Option::Some(4);
            #[inline]
            fn put_fixed(&self, run: &mut #runtime::__private::EncodeRun) {
                run.put_array(Self::#value(self).to_be_bytes());
            }
        },
        measure: quote! {
            #[inline]
            fn measure(&self, _: #runtime::Depth) -> ::core::primitive::usize {
                4
            }
        },
        encode: quote! {
            #[inline]
            fn encode(&self, encoder: &mut #runtime::Encoder<'_>) {
                encoder.put_i32(Self::#value(self));
            }
        },
        beside: value_fn(input, it, Side::Encode),
    }
}

/// The value of an enumeration as a constant function: labels of unions are made of it, and a cast cannot do it for an
/// open enum.
pub(crate) fn value_fn(input: &Input, it: &Enum, side: Side<'_>) -> TokenStream {
    let (ident, runtime, name) = (&input.ident, &input.runtime, side.value_fn());
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let constants = it.constants(runtime);
    let arms = it.enumerators.iter().map(|enumerator| {
        let (ident, value) = (&enumerator.ident, enumerator.pattern());
        quote!(Self::#ident => #value,)
    });
    let unknown = it
        .unknown
        .as_ref()
        .map(|ident| quote!(Self::#ident(value) => value,));
    quote! {
        #[automatically_derived]
        impl #impl_generics #ident #type_generics #where_clause {
            #[doc(hidden)]
            #[inline]
            #[allow(dead_code, unreachable_pub, reason = "only a union over this enum asks for it")]
            pub const fn #name(&self) -> ::core::primitive::i32 {
                #constants
                match *self {
                    #(#arms)*
                    #unknown
                }
            }
        }
    }
}

fn of_union(runtime: &Path, it: &Union) -> Body {
    let lens = it.arms.iter().map(|arm| {
        let pattern = pattern(arm, false);
        let lens = arm.fields.iter().map(|field| {
            let binding = &field.binding;
            field.measure(runtime, &quote!(#binding))
        });
        let len = sum(4, lens);
        quote! {
            #pattern => {
                #len
            }
        }
    });
    let puts = it.arms.iter().map(|arm| {
        let pattern = pattern(arm, true);
        let (check, discriminant) = discriminant(runtime, it, arm);
        let puts = puts(runtime, Some(&discriminant), &arm.fields, |field| {
            let binding = &field.binding;
            quote!(#binding)
        });
        quote!(#pattern => { #check #puts })
    });
    let depth = if it.arms.iter().all(|arm| arm.fields.is_empty()) {
        quote!(_)
    } else {
        quote!(depth)
    };
    Body {
        fixed: TokenStream::new(),
        measure: quote! {
            #[inline]
            fn measure(&self, depth: #runtime::Depth) -> ::core::primitive::usize {
                depth.nested(|#depth| match self { #(#lens)* })
            }
        },
        encode: quote! {
            fn encode(&self, encoder: &mut #runtime::Encoder<'_>) {
                encoder.level(
                    const { <Self as #runtime::Encode>::TYPE.arms_nest() },
                    |encoder| match self { #(#puts)* },
                );
            }
        },
        beside: it.distinct(runtime, Side::Encode),
    }
}

fn pattern(arm: &Arm, with_tag: bool) -> TokenStream {
    let tag = if with_tag { quote!(tag) } else { quote!(_) };
    arm.with(&tag, |field| {
        let binding = &field.binding;
        quote!(#binding)
    })
}

/// The check that the discriminant which the variant carries selects this arm, if it carries one; and a reference to it, or
/// to the only label.
fn discriminant(runtime: &Path, union: &Union, arm: &Arm) -> (TokenStream, TokenStream) {
    let discriminant = &union.discriminant;
    if let (Some([label]), None) = (arm.labels.as_deref(), &arm.tag) {
        let (ty, value) = (discriminant.ty(), label.value(discriminant, runtime));
        let value = quote! {
            &{
                let label: #ty = #value;
                label
            }
        };
        return (TokenStream::new(), value);
    }
    let number = discriminant.number_of(&quote!(tag), Side::Encode);
    let (labels, default) = match &arm.labels {
        Some(labels) => (labels.iter().collect(), false),
        None => (union.labels().collect::<Vec<_>>(), true),
    };
    let labels = labels
        .iter()
        .map(|label| discriminant.number(label, runtime, Side::Encode));
    let check = quote! {
        if !encoder.check_discriminant(#number, &[#(#labels),*], #default) {
            return;
        }
    };
    (check, quote!(tag))
}

/// The type's own parameters; each type has `codec`, too.
pub(crate) fn impl_params(generics: &Generics, codec: &TokenStream) -> Vec<TokenStream> {
    let param = |param: &GenericParam| match param {
        GenericParam::Lifetime(param) => param.to_token_stream(),
        GenericParam::Type(TypeParam { ident, bounds, .. }) => {
            let bounds = bounds.iter();
            quote!(#ident: #codec #(+ #bounds)*)
        }
        GenericParam::Const(ConstParam { ident, ty, .. }) => quote!(const #ident: #ty),
    };
    generics.params.iter().map(param).collect()
}
