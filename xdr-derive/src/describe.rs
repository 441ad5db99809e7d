//! Writes the static descriptor of a type.

use proc_macro2::TokenStream;
use quote::quote;

use crate::fields::{Field, Style};
use crate::input::{Enum, Input, Shape, Struct};
use crate::labels::checked;
use crate::union::{Arm, Side, Union};

/// `const TYPE`.
pub(crate) fn expand(input: &Input, side: Side<'_>) -> TokenStream {
    let runtime = &input.runtime;
    let ty = match &input.shape {
        Shape::Struct(it) => of_struct(input, it, side),
        Shape::Enum(it) => of_enum(input, it),
        Shape::Union(it) => of_union(input, it, side),
    };
    quote!(const TYPE: &'static #runtime::describe::Ty = &#runtime::describe::Ty::#ty;)
}

fn of_struct(input: &Input, it: &Struct, side: Side<'_>) -> TokenStream {
    let (runtime, name) = (&input.runtime, &input.name);
    let fields = fields(
        input,
        &it.fields,
        it.style == Style::Tuple && it.fields.len() == 1,
        side,
    );
    quote!(Struct(&#runtime::describe::StructTy::new(#name, &[#fields])))
}

/// The only field of a newtype or of an arm has no place of its own in a path.
fn fields(input: &Input, fields: &[Field], transparent: bool, side: Side<'_>) -> TokenStream {
    let runtime = &input.runtime;
    let fields = fields.iter().map(|field| {
        let name = if transparent { "" } else { &field.name };
        let ty = field.ty(runtime, side.lifetime());
        quote!(#runtime::describe::Field::new(#name, #ty))
    });
    quote!(#(#fields),*)
}

fn of_enum(input: &Input, it: &Enum) -> TokenStream {
    let (runtime, name, open) = (&input.runtime, &input.name, it.unknown.is_some());
    let enumerators = it.enumerators.iter().map(|enumerator| {
        let (name, value) = (&enumerator.name, &enumerator.value);
        let value = if enumerator.constant.is_none() {
            quote!(#value)
        } else {
            checked(value, "int", runtime)
        };
        quote!(#runtime::describe::Enumerator::new(#name, #value))
    });
    quote!(Enum(&#runtime::describe::EnumTy::new(#name, &[#(#enumerators),*], #open)))
}

fn of_union(input: &Input, it: &Union, side: Side<'_>) -> TokenStream {
    let (runtime, name, ty) = (&input.runtime, &input.name, it.discriminant.ty());
    let codec = match side {
        Side::Encode => quote!(#runtime::Encode),
        Side::Decode(de) => quote!(#runtime::Decode<#de>),
    };
    let arms = it.arms.iter().map(|arm| arm_ty(input, it, arm, side));
    quote!(Union(&#runtime::describe::UnionTy::new(#name, <#ty as #codec>::TYPE, &[#(#arms),*])))
}

fn arm_ty(input: &Input, union: &Union, arm: &Arm, side: Side<'_>) -> TokenStream {
    let (runtime, name) = (&input.runtime, &arm.name);
    let labels = match &arm.labels {
        None => quote!(::core::option::Option::None),
        Some(labels) => {
            let labels = labels
                .iter()
                .map(|label| union.discriminant.number(label, runtime, side));
            quote!(::core::option::Option::Some(&[#(#labels),*]))
        }
    };
    let fields = fields(
        input,
        &arm.fields,
        arm.style == Style::Tuple && arm.fields.len() == 1,
        side,
    );
    quote!(#runtime::describe::Arm::new(#name, #labels, &[#fields]))
}
