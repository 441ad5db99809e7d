//! Reading a union: the discriminant, then the arm that it selects.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use crate::union::{Arm, Label, Side, Union};

/// `decoder` → the union, from results: that is as fast as filling a blank arm.
pub(super) fn decode(runtime: &Path, it: &Union, side: Side<'_>) -> TokenStream {
    let constants = it.constants(runtime);
    let labelled = it.arms.iter().filter_map(|arm| {
        let patterns = arm.labels.as_ref()?.iter().map(Label::pattern);
        let bind = arm.tag.is_some().then(|| quote!(tag @));
        let value = construct(runtime, arm);
        Some(quote!(#bind (#(#patterns)|*) => #value,))
    });
    let default = it.arms.iter().find(|arm| arm.labels.is_none());
    let number = it.discriminant.number_of(&quote!(&tag), side);
    let other = default.map_or_else(
        || quote!(return ::core::result::Result::Err(decoder.unknown_discriminant(#number))),
        |arm| construct(runtime, arm),
    );
    let other = (!it.is_exhaustive()).then(|| {
        quote! {
            #[allow(unreachable_patterns, reason = "the labels may name every value of an enum")]
            tag => #other,
        }
    });
    let ty = it.discriminant.ty();
    quote! {
        #constants
        decoder.level(
            const { <Self as #runtime::Decode<'_>>::TYPE.arms_nest() },
            |decoder| ::core::result::Result::Ok(match decoder.take_here::<#ty>()? {
                #(#labelled)*
                #other
            }),
        )
    }
}

fn construct(runtime: &Path, arm: &Arm) -> TokenStream {
    arm.with(&quote!(tag), |field| field.decode_here(runtime))
}
