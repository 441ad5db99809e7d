//! From the syntax tree to a checked model: one function per kind of type, every mistake reported.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, Data, DataEnum, DeriveInput, Expr, Generics, Ident, Path, parse_quote};

use crate::attributes::{ContainerAttributes, Set, VariantAttributes, name_of};
use crate::errors::Errors;
use crate::fields::{Field, Part, Style, check_fields, parts};
use crate::labels::{checked, integer};
use crate::union::Union;

/// A type to derive for.
pub(crate) struct Input {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) generics: Generics,
    /// Path to `xdr_wire`.
    pub(crate) runtime: Path,
    pub(crate) shape: Shape,
}

/// What XDR calls the type.
pub(crate) enum Shape {
    Struct(Struct),
    Enum(Enum),
    Union(Union),
}

pub(crate) struct Struct {
    pub(crate) style: Style,
    /// Other structs that have one as a field call its code.
    pub(crate) outlined: bool,
    pub(crate) fields: Vec<Field>,
}

/// An enumeration; open if `unknown` has a place for other values.
pub(crate) struct Enum {
    pub(crate) enumerators: Vec<Enumerator>,
    pub(crate) unknown: Option<Ident>,
}

pub(crate) struct Enumerator {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) value: Expr,
    /// The constant that holds a value which is no literal, so that a pattern can name it.
    pub(crate) constant: Option<Ident>,
}

impl Input {
    /// Checks everything there is to check.
    pub(crate) fn check(item: DeriveInput) -> syn::Result<Self> {
        let mut errors = Errors::default();
        let attributes = ContainerAttributes::read(&item.attrs, &mut errors);
        if let (Data::Enum(_), Some(outlined)) = (&item.data, &attributes.outlined) {
            errors.at(outlined.span, "only the code of a struct is inlined");
        }
        let has_int_repr = has_int_repr(&item.attrs);
        let shape = match (item.data, attributes.union) {
            (Data::Struct(data), union) => {
                if let Some(union) = union {
                    errors.at(
                        union.span,
                        "a struct is no union; write an `enum` with a variant per arm",
                    );
                }
                let style = Style::of(&data.fields);
                let fields = check_fields(data.fields, &mut errors);
                let outlined = attributes.outlined.is_some();
                Shape::Struct(Struct {
                    style,
                    outlined,
                    fields,
                })
            }
            (Data::Enum(data), Some(union)) => {
                Shape::Union(Union::check(union.value, data, &mut errors))
            }
            (Data::Enum(data), None) => Shape::Enum(Enum::check(data, has_int_repr, &mut errors)),
            (Data::Union(data), _) => {
                let help =
                    "a Rust `union` does not know its arm; write an `enum` with `#[xdr(union(D))]`";
                errors.on(data.union_token, help);
                Shape::Struct(Struct {
                    style: Style::Unit,
                    outlined: false,
                    fields: Vec::new(),
                })
            }
        };
        errors.into_result(Self {
            name: name_of(attributes.name, &item.ident),
            ident: item.ident,
            generics: item.generics,
            runtime: attributes
                .runtime
                .map_or_else(|| parse_quote!(::xdr_wire), |set: Set<Path>| set.value),
            shape,
        })
    }
}

impl Struct {
    /// The struct of locals that bear the names of its fields' bindings.
    pub(crate) fn of_bindings(&self) -> TokenStream {
        let members: Vec<_> = self
            .fields
            .iter()
            .map(|field| (&field.member, field.binding.to_token_stream()))
            .collect();
        self.style.with(&quote!(Self), &members)
    }

    /// Statements that bind the fields, part by part, to what `take` of the runtime's private items has for each part.
    pub(crate) fn take_parts(&self, runtime: &Path, take: &TokenStream) -> TokenStream {
        let takes = parts(&self.fields).filter_map(|part| match part {
            Part::Fields(fields) => {
                let bindings = fields.iter().map(|field| &field.binding);
                Some(quote!(let (#(#bindings,)*) = #runtime::__private::#take;))
            }
            Part::Characters(_) => None,
        });
        quote!(#(#takes)*)
    }
}

impl Enum {
    fn check(data: DataEnum, has_int_repr: bool, errors: &mut Errors) -> Self {
        let mut it = Self {
            enumerators: Vec::new(),
            unknown: None,
        };
        if data.variants.is_empty() {
            errors.at(
                Span::call_site(),
                "an enum without variants has no value to encode",
            );
        }
        for variant in data.variants {
            let attributes = VariantAttributes::read(&variant.attrs, errors);
            if let Some(span) = attributes
                .case
                .as_ref()
                .map(|set| set.span)
                .or(attributes.default.map(|set| set.span))
            {
                errors.at(span, "only a union has cases; mark the enum `#[xdr(union(D))]`, D being the type of its discriminant");
                continue;
            }
            if let Some(unknown) = attributes.unknown {
                let holds_int = variant.fields.len() == 1
                    && Style::of(&variant.fields) == Style::Tuple
                    && variant
                        .fields
                        .iter()
                        .all(|field| field.ty.to_token_stream().to_string() == "i32");
                if !holds_int {
                    errors.on(
                        &variant,
                        "the variant for unknown values holds the value: `Unknown(i32)`",
                    );
                }
                if it.unknown.is_some() {
                    errors.at(unknown.span, "only one variant takes the unknown values");
                }
                it.unknown = Some(variant.ident);
                continue;
            }
            if !variant.fields.is_empty() || Style::of(&variant.fields) != Style::Unit {
                errors.on(&variant.fields, "a value of an XDR enum carries nothing; mark the enum `#[xdr(union(D))]` if it is a union");
                continue;
            }
            let Some((_, value)) = variant.discriminant else {
                errors.on(
                    &variant.ident,
                    format!("an XDR enum says its values: `{} = …`", variant.ident),
                );
                continue;
            };
            if integer(&value).is_some_and(|value| i32::try_from(value).is_err()) {
                errors.on(&value, "an XDR enum value is an `int` and has 32 bits");
            }
            let constant = integer(&value).is_none();
            it.enumerators.push(Enumerator {
                name: name_of(attributes.name, &variant.ident),
                constant: constant.then(|| format_ident!("__XDR_VALUE_{}", it.enumerators.len())),
                ident: variant.ident,
                value,
            });
        }
        if let (Some(unknown), false) = (&it.unknown, has_int_repr) {
            errors.on(unknown, "an enum with a variant for unknown values needs `#[repr(i32)]` to say its other values");
        }
        it
    }

    /// The values that are no literals.
    pub(crate) fn constants(&self, runtime: &Path) -> TokenStream {
        let constants = self.enumerators.iter().filter_map(|enumerator| {
            let constant = enumerator.constant.as_ref()?;
            let value = checked(&enumerator.value, "int", runtime);
            Some(quote!(const #constant: ::core::primitive::i32 = #value;))
        });
        quote!(#(#constants)*)
    }
}

impl Enumerator {
    /// The value, where a pattern or an expression may stand and [`constants`](Enum::constants) are in reach.
    pub(crate) fn pattern(&self) -> TokenStream {
        let Self {
            value, constant, ..
        } = self;
        constant
            .as_ref()
            .map_or_else(|| value.to_token_stream(), ToTokens::to_token_stream)
    }
}

fn has_int_repr(attrs: &[Attribute]) -> bool {
    attrs
        .iter()
        .filter(|attr| attr.path().is_ident("repr"))
        .any(|attr| {
            let mut found = false;
            // Whatever else stands there is rustc's to judge.
            let _ = attr.parse_nested_meta(|meta| {
                found |= meta.path.is_ident("i32");
                Ok(())
            });
            found
        })
}
