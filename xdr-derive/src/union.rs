//! Discriminated unions: the discriminant, the arms, their labels.

use std::collections::HashSet;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::spanned::Spanned;
use syn::{DataEnum, Expr, Fields, Lifetime, Path, Type, Variant};

use crate::attributes::{FieldAttributes, VariantAttributes, name_of};
use crate::errors::Errors;
use crate::fields::{Field, Style, check_fields};
use crate::labels::{at, checked, generated, integer, truth};

/// A union.
pub(crate) struct Union {
    pub(crate) discriminant: Discriminant,
    pub(crate) arms: Vec<Arm>,
}

/// The type of the discriminant (RFC 4506, section 4.15).
pub(crate) enum Discriminant {
    Int,
    UInt,
    Bool,
    Enum(Box<Type>),
}

/// An arm: one variant.
pub(crate) struct Arm {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) style: Style,
    /// None for the default arm.
    pub(crate) labels: Option<Vec<Label>>,
    /// The first field, if the labels leave it open which discriminant it was.
    pub(crate) tag: Option<Field>,
    pub(crate) fields: Vec<Field>,
}

/// A label as a pattern and as a value.
pub(crate) struct Label {
    expr: Expr,
    /// The constant that holds the value of an expression which cannot be a pattern itself.
    constant: Option<Ident>,
}

impl Union {
    pub(crate) fn check(ty: Type, data: DataEnum, errors: &mut Errors) -> Self {
        let discriminant = Discriminant::of(ty);
        let mut seen = HashSet::new();
        let mut constants = 0;
        let mut arms: Vec<Arm> = Vec::new();
        if data.variants.is_empty() {
            errors.at(
                Span::call_site(),
                "a union without variants has no value to encode",
            );
        }
        for variant in data.variants {
            let Some(arm) = Arm::check(variant, &discriminant, &mut constants, errors) else {
                continue;
            };
            for label in arm.labels.iter().flatten() {
                if !seen.insert(key(&label.expr)) {
                    errors.on(
                        &label.expr,
                        "another arm, or this one, already has this label",
                    );
                }
            }
            if arm.labels.is_none() && arms.iter().any(|other| other.labels.is_none()) {
                errors.on(&arm.ident, "a union has only one default arm");
            }
            arms.push(arm);
        }
        Self { discriminant, arms }
    }

    /// The labels that only rustc can evaluate, as constants that [`Label::pattern`] names.
    pub(crate) fn constants(&self, runtime: &Path) -> TokenStream {
        let constants = self.labels().filter_map(|label| {
            let (constant, expr) = (label.constant.as_ref()?, &label.expr);
            let (ty, value) = (
                self.discriminant.ty(),
                self.discriminant.checked(expr, runtime),
            );
            Some(quote!(const #constant: #ty = #value;))
        });
        quote!(#(#constants)*)
    }

    /// Stops the compiler at equal labels that only it can see.
    pub(crate) fn distinct(&self, runtime: &Path, side: Side<'_>) -> TokenStream {
        let is_literal =
            |label: &Label| integer(&label.expr).is_some() || truth(&label.expr).is_some();
        if self.labels().all(is_literal) {
            return TokenStream::new();
        }
        let values = self
            .labels()
            .map(|label| self.discriminant.number(label, runtime, side));
        quote!(const _: () = #runtime::__private::distinct(&[#(#values),*]);)
    }

    /// All labels of all arms.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &Label> {
        self.arms.iter().flat_map(|arm| arm.labels.iter().flatten())
    }

    /// Whether no discriminant is left for an arm that the labels do not name.
    pub(crate) fn is_exhaustive(&self) -> bool {
        matches!(self.discriminant, Discriminant::Bool)
            && [true, false]
                .into_iter()
                .all(|value| self.labels().any(|label| truth(&label.expr) == Some(value)))
    }
}

/// Whose impl is being written: each derive works without the other.
#[derive(Clone, Copy)]
pub(crate) enum Side<'a> {
    Encode,
    Decode(&'a Lifetime),
}

impl Side<'_> {
    /// The constant function that an enumeration has for its unions.
    pub(crate) fn value_fn(self) -> Ident {
        match self {
            Self::Encode => format_ident!("__xdr_encode_value"),
            Self::Decode(_) => format_ident!("__xdr_decode_value"),
        }
    }

    pub(crate) fn lifetime(&self) -> Option<&Lifetime> {
        match self {
            Self::Encode => None,
            Self::Decode(de) => Some(de),
        }
    }
}

impl Discriminant {
    fn of(ty: Type) -> Self {
        match ty.to_token_stream().to_string().as_str() {
            "i32" => Self::Int,
            "u32" => Self::UInt,
            "bool" => Self::Bool,
            _ => Self::Enum(Box::new(ty)),
        }
    }

    pub(crate) fn ty(&self) -> TokenStream {
        match self {
            Self::Int => quote!(::core::primitive::i32),
            Self::UInt => quote!(::core::primitive::u32),
            Self::Bool => quote!(::core::primitive::bool),
            Self::Enum(ty) => ty.to_token_stream(),
        }
    }

    /// The type as users write it.
    fn written(&self) -> String {
        match self {
            Self::Int => "i32".to_owned(),
            Self::UInt => "u32".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Enum(ty) => ty.to_token_stream().to_string().replace(' ', ""),
        }
    }

    fn check(&self, label: &Expr, errors: &mut Errors) {
        let value = integer(label);
        let fault = match self {
            Self::Int if value.is_some_and(|it| i32::try_from(it).is_err()) => {
                "this label does not fit in `i32`"
            }
            Self::UInt if value.is_some_and(|it| u32::try_from(it).is_err()) => {
                "this label does not fit in `u32`"
            }
            Self::Int | Self::UInt if truth(label).is_some() => {
                "the discriminant is an integer, this is a `bool`"
            }
            Self::Bool if truth(label).is_none() => {
                "a label of a union over `bool` is `true` or `false`"
            }
            Self::Enum(_) if !matches!(label, Expr::Path(_)) => {
                "a label of a union over an enum is the path of a variant, such as `Phase::Connect`"
            }
            _ => return,
        };
        errors.on(label, fault);
    }

    /// A label as `i64`, in a constant.
    pub(crate) fn number(&self, label: &Label, runtime: &Path, side: Side<'_>) -> TokenStream {
        let expr = &label.expr;
        if let Some(value) = integer(expr).and_then(|value| i64::try_from(value).ok()) {
            return Literal::i64_unsuffixed(value).to_token_stream();
        }
        match self {
            Self::Int | Self::UInt => {
                let value = self.checked(expr, runtime);
                quote!(#value as ::core::primitive::i64)
            }
            Self::Bool => {
                Literal::i64_unsuffixed(truth(expr).map_or(0, i64::from)).to_token_stream()
            }
            Self::Enum(ty) => {
                let value = side.value_fn();
                quote!(const { <#ty>::#value(&#expr) as ::core::primitive::i64 })
            }
        }
    }

    /// The value of an integer expression in the discriminant's type; one that does not fit does not compile.
    fn checked(&self, expr: &Expr, runtime: &Path) -> TokenStream {
        let check = if matches!(self, Self::UInt) {
            "unsigned_int"
        } else {
            "int"
        };
        checked(expr, check, runtime)
    }

    /// A reference to a discriminant as `i64`, while running.
    pub(crate) fn number_of(&self, value: &TokenStream, side: Side<'_>) -> TokenStream {
        match self {
            Self::Int | Self::UInt | Self::Bool => {
                quote!(<::core::primitive::i64 as ::core::convert::From<_>>::from(*#value))
            }
            Self::Enum(ty) => {
                let number = side.value_fn();
                quote!(<::core::primitive::i64 as ::core::convert::From<_>>::from(<#ty>::#number(#value)))
            }
        }
    }
}

/// Equal for labels that are equal as far as can be seen.
fn key(label: &Expr) -> String {
    integer(label).map_or_else(
        || label.to_token_stream().to_string(),
        |value| value.to_string(),
    )
}

impl Label {
    fn new(expr: Expr, discriminant: &Discriminant, constants: &mut usize) -> Self {
        let is_pattern = integer(&expr).is_some()
            || truth(&expr).is_some()
            || matches!(discriminant, Discriminant::Enum(_));
        let constant = (!is_pattern).then(|| {
            *constants += 1;
            format_ident!("__XDR_LABEL_{constants}")
        });
        Self { expr, constant }
    }

    /// The label in a match on the discriminant, with the union's constants in reach.
    pub(crate) fn pattern(&self) -> TokenStream {
        let Self { expr, constant } = self;
        match constant {
            Some(constant) => constant.to_token_stream(),
            // `1 | 2 | 3` is what the user's labels become, not what the user wrote.
            None if integer(expr).is_some() => generated(expr),
            None => expr.to_token_stream(),
        }
    }

    /// The label as a value of the discriminant's type.
    pub(crate) fn value(&self, discriminant: &Discriminant, runtime: &Path) -> TokenStream {
        let expr = &self.expr;
        if self.constant.is_some() {
            discriminant.checked(expr, runtime)
        } else {
            expr.to_token_stream()
        }
    }
}

impl Arm {
    fn check(
        variant: Variant,
        discriminant: &Discriminant,
        constants: &mut usize,
        errors: &mut Errors,
    ) -> Option<Self> {
        let attributes = VariantAttributes::read(&variant.attrs, errors);
        if let Some(unknown) = &attributes.unknown {
            errors.at(
                unknown.span,
                "`unknown` belongs to enums; the arm of a union for all other labels is `default`",
            );
        }
        let labels = match (attributes.case, attributes.default) {
            (Some(case), None) => Some(case.value),
            (None, Some(_)) => None,
            (Some(_), Some(default)) => {
                errors.at(default.span, "an arm has either labels or is the default; a label beside `default` selects it anyway");
                return None;
            }
            (None, None) => {
                if attributes.unknown.is_none() {
                    errors.on(
                        &variant.ident,
                        "this arm has no label: add `#[xdr(case = …)]` or `#[xdr(default)]`",
                    );
                }
                return None;
            }
        };
        for label in labels.iter().flatten() {
            discriminant.check(label, errors);
        }
        let style = Style::of(&variant.fields);
        let (tag, fields) = Self::split_tag(
            &variant.ident,
            variant.fields,
            labels.as_ref().map(Vec::len),
            discriminant,
            errors,
        );
        let labels = labels.map(|labels| {
            let label = |expr| Label::new(expr, discriminant, constants);
            labels.into_iter().map(label).collect()
        });
        Some(Self {
            name: name_of(attributes.name, &variant.ident),
            ident: variant.ident,
            style,
            labels,
            tag,
            fields,
        })
    }

    /// The field that keeps the discriminant, where one label does not say it all, and the fields of the arm.
    fn split_tag(
        ident: &Ident,
        fields: Fields,
        labels: Option<usize>,
        discriminant: &Discriminant,
        errors: &mut Errors,
    ) -> (Option<Field>, Vec<Field>) {
        if labels == Some(1) {
            return (None, check_fields(fields, errors));
        }
        let Some(first) = fields.iter().next() else {
            let what = if labels.is_none() {
                "the default arm"
            } else {
                "an arm with several labels"
            };
            let ty = discriminant.written();
            let help = format!("{what} keeps its discriminant in its first field: `{ident}({ty})`");
            errors.on(ident, help);
            return (None, Vec::new());
        };
        if let Some(span) = FieldAttributes::read(&first.attrs, &mut Errors::default()).first_span()
        {
            errors.at(
                span,
                "the first field of this arm is the discriminant, which has no settings",
            );
        }
        let mut fields = check_fields(fields, errors);
        let tag = fields.remove(0);
        (Some(tag), fields)
    }

    /// All members with what `value` says of each, the discriminant as `tag`.
    pub(crate) fn with(
        &self,
        tag: &TokenStream,
        value: impl Fn(&Field) -> TokenStream,
    ) -> TokenStream {
        let ident = &self.ident;
        let first = self
            .tag
            .iter()
            .map(|field| (&field.member, at(field.ty.span(), tag)));
        let rest = self
            .fields
            .iter()
            .map(|field| (&field.member, value(field)));
        let members: Vec<_> = first.chain(rest).collect();
        self.style.with(&quote!(Self::#ident), &members)
    }
}
