//! Fields of structs and of union arms: their bounds, their names, and the code for one of them.

use std::cell::OnceCell;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, Fields, Ident, Lifetime, Member, Path, Type, TypePath};

use crate::attributes::{FieldAttributes, Set, name_of};
use crate::errors::Errors;
use crate::labels::{at, checked, integer};

/// How fields are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Named,
    Tuple,
    Unit,
}

/// A field to encode and decode.
pub(crate) struct Field {
    pub(crate) member: Member,
    /// A local that stands for the field where it is bound by a pattern.
    pub(crate) binding: Ident,
    pub(crate) ty: Type,
    /// The XDR name; the index of a field without one.
    pub(crate) name: String,
    bounds: Vec<Expr>,
    sign: Option<Sign>,
    /// See [`Field::place`]: moving tokens takes time.
    place: OnceCell<(Span, TokenStream)>,
}

/// Which characters a field of bytes holds, four wire bytes each.
#[derive(Clone, Copy)]
enum Sign {
    Signed,
    Unsigned,
}

impl Style {
    pub(crate) fn of(fields: &Fields) -> Self {
        match fields {
            Fields::Named(_) => Self::Named,
            Fields::Unnamed(_) => Self::Tuple,
            Fields::Unit => Self::Unit,
        }
    }

    /// A constructor or pattern with a value or pattern per field.
    pub(crate) fn with(self, path: &TokenStream, fields: &[(&Member, TokenStream)]) -> TokenStream {
        let members = fields.iter().map(|(member, _)| member);
        let values = fields.iter().map(|(_, value)| value);
        match self {
            Self::Named => quote!(#path { #(#members: #values),* }),
            Self::Tuple => quote!(#path(#(#values),*)),
            Self::Unit => quote!(#path),
        }
    }
}

/// Reads the fields and checks each.
pub(crate) fn check_fields(fields: Fields, errors: &mut Errors) -> Vec<Field> {
    fields
        .into_iter()
        .enumerate()
        .map(|(index, field)| check_field(index, field, errors))
        .collect()
}

fn check_field(index: usize, field: syn::Field, errors: &mut Errors) -> Field {
    let attributes = FieldAttributes::read(&field.attrs, errors);
    let sign = check_sign(&attributes, errors);
    if sign.is_none() {
        check_type(&field.ty, errors);
    }
    let bounds = check_bounds(attributes.max, attributes.item_max, errors);
    let name = match (&field.ident, attributes.name) {
        (Some(ident), set) => name_of(set, ident),
        (None, Some(set)) => set.value,
        (None, None) => index.to_string(),
    };
    let member = field
        .ident
        .map_or_else(|| Member::from(index), Member::from);
    Field {
        member,
        binding: format_ident!("field_{index}"),
        ty: field.ty,
        name,
        bounds,
        sign,
        place: OnceCell::new(),
    }
}

fn check_sign(attributes: &FieldAttributes, errors: &mut Errors) -> Option<Sign> {
    match (&attributes.chars, &attributes.uchars) {
        (Some(_), Some(uchars)) => {
            errors.at(uchars.span, "`chars` and `uchars` exclude each other");
            Some(Sign::Unsigned)
        }
        (Some(_), None) => Some(Sign::Signed),
        (None, Some(_)) => Some(Sign::Unsigned),
        (None, None) => None,
    }
}

/// Rust's integers that look as if XDR had them. The traits would reject them too, but could not say what to write.
fn check_type(ty: &Type, errors: &mut Errors) {
    let Type::Path(TypePath {
        qself: None, path, ..
    }) = ty
    else {
        return;
    };
    let Some(ident) = path.get_ident() else {
        return;
    };
    let help = match ident.to_string().as_str() {
        "u8" => {
            "XDR has no `u8`; `#[xdr(uchars)]` makes it an `unsigned char`, `#[xdr(chars)]` a `char`, four bytes each"
        }
        "i8" => "XDR has no `i8`; use `u8` with `#[xdr(chars)]` for a `char`, four bytes each",
        "usize" | "isize" => {
            "the size of this integer depends on the machine; use `u32` or `u64`, `i32` or `i64`"
        }
        "u128" | "i128" => "XDR has no integers of 128 bits; use `[u8; 16]`",
        "char" => "XDR has no Unicode characters; use `String`, or `u8` with `#[xdr(chars)]`",
        _ => return,
    };
    errors.on(ty, help);
}

fn check_bounds(
    max: Option<Set<Vec<Expr>>>,
    item_max: Option<Set<Expr>>,
    errors: &mut Errors,
) -> Vec<Expr> {
    let mut bounds = max.map(|set| set.value).unwrap_or_default();
    if let Some(item_max) = item_max {
        if bounds.len() > 1 {
            errors.at(
                item_max.span,
                "`max(…, …)` already has the bound of the items",
            );
        }
        if bounds.is_empty() {
            bounds.push(syn::parse_quote!(0xffff_ffff));
        }
        bounds.push(item_max.value);
    }
    for bound in &bounds {
        if integer(bound).is_some_and(|value| u32::try_from(value).is_err()) {
            errors.on(
                bound,
                "a length has 32 bits: a bound is from 0 to 4294967295",
            );
        }
    }
    bounds
}

/// Consecutive fields that go over the wire together.
pub(crate) enum Group<'a> {
    /// One by one.
    Single(usize, &'a Field),
    /// In a run, as far as their types turn out to be of fixed length: the index of the first, and at least two.
    Run(usize, &'a [Field]),
}

/// As many fields as go into one run.
const MOST: usize = 8;

/// Fields in groups. Which types are of fixed length only the compiler knows; these are all that may be.
pub(crate) fn groups(fields: &[Field]) -> impl Iterator<Item = Group<'_>> {
    let mut index = 0;
    fields
        .chunk_by(|one, next| one.may_be_fixed() && next.may_be_fixed())
        .flat_map(|chunk| chunk.chunks(MOST))
        .map(move |chunk| {
            let first = index;
            index += chunk.len();
            match chunk {
                [field] => Group::Single(first, field),
                fields => Group::Run(first, fields),
            }
        })
}

/// Fields that go into one expression of the derives, as a tuple.
pub(crate) enum Part<'a> {
    /// At most eight.
    Fields(&'a [Field]),
    /// Characters, which have a codec of their own.
    Characters(&'a Field),
}

/// All fields of a struct in parts.
pub(crate) fn parts(fields: &[Field]) -> impl Iterator<Item = Part<'_>> {
    fields
        .chunk_by(|one, next| !one.is_characters() && !next.is_characters())
        .flat_map(|chunk| chunk.chunks(MOST))
        .map(|chunk| match chunk {
            [field] if field.is_characters() => Part::Characters(field),
            fields => Part::Fields(fields),
        })
}

/// The types of fields, as a tuple.
pub(crate) fn types(fields: &[Field]) -> TokenStream {
    let types = fields.iter().map(|field| &field.ty);
    quote!((#(#types,)*))
}

impl Field {
    /// Whether the bytes of this field are characters.
    pub(crate) fn is_characters(&self) -> bool {
        self.sign.is_some()
    }

    /// Whether the type can be one of fixed length. Those that obviously are not need no question to the compiler.
    pub(crate) fn may_be_fixed(&self) -> bool {
        let variable = match &self.ty {
            Type::Reference(_) => true,
            Type::Path(TypePath { path, .. }) => path.segments.last().is_some_and(|last| {
                ["String", "Vec", "Option", "Box", "List", "Chain"]
                    .iter()
                    .any(|name| last.ident == name)
            }),
            _ => false,
        };
        !variable && self.bounds.is_empty() && self.sign.is_none()
    }

    /// A reference to this field of `self`, where errors about its type belong.
    pub(crate) fn of_self(&self) -> TokenStream {
        let (span, member) = (Span::call_site().located_at(self.ty.span()), &self.member);
        quote_spanned!(span=> &self.#member)
    }

    /// Reads this field over `value`, a mutable place. Characters have no blank value.
    pub(crate) fn fill(&self, runtime: &Path, value: &TokenStream) -> TokenStream {
        let (span, runtime) = self.place(runtime);
        let value = at(span, value);
        if let Some(bounds) = self.bounds(&runtime) {
            quote_spanned!(span=> #runtime::Decode::fill(&mut #value, decoder, #bounds);)
        } else {
            quote_spanned!(span=> #runtime::Decode::fill_part(&mut #value, decoder);)
        }
    }

    /// Whether the type has a blank value.
    pub(crate) fn has_blank(&self, runtime: &Path, de: &Lifetime) -> TokenStream {
        let (span, runtime) = self.place(runtime);
        let ty = &self.ty;
        quote_spanned!(span=> <#ty as #runtime::Decode<#de>>::BLANK)
    }

    /// Whether the type has a blank value as far as its name says.
    pub(crate) fn is_surely_blank(&self) -> bool {
        let Type::Path(TypePath {
            qself: None, path, ..
        }) = &self.ty
        else {
            return false;
        };
        self.sign.is_none()
            && path.segments.last().is_some_and(|last| {
                let ident = last.ident.to_string();
                matches!(
                    ident.as_str(),
                    "i32"
                        | "u32"
                        | "i64"
                        | "u64"
                        | "f32"
                        | "f64"
                        | "bool"
                        | "i16"
                        | "u16"
                        | "String"
                        | "Vec"
                        | "Option"
                )
            })
    }

    /// A blank value, or none from the function around it.
    pub(crate) fn blank(&self, runtime: &Path) -> TokenStream {
        let (span, runtime) = self.place(runtime);
        quote_spanned!(span=> #runtime::Decode::blank()?)
    }

    /// `decoder` → the value of this field.
    pub(crate) fn decode(&self, runtime: &Path) -> TokenStream {
        let (span, runtime) = self.place(runtime);
        let bounds = self.bounds(&runtime);
        match (self.sign, bounds) {
            (Some(sign), bounds) => {
                let codec = sign.codec(&runtime, span);
                let bounds =
                    bounds.unwrap_or_else(|| quote_spanned!(span=> #runtime::Bounds::NONE));
                quote_spanned!(span=> #codec::decode(decoder, #bounds)?)
            }
            (None, Some(bounds)) => {
                quote_spanned!(span=> #runtime::Decode::decode_bounded(decoder, #bounds)?)
            }
            (None, None) => quote_spanned!(span=> #runtime::Decode::decode(decoder)?),
        }
    }

    /// [`decode`](Self::decode) without a call, if the field is of fixed length: for the arms of unions, which are few beside
    /// structs, and of which a message may hold many.
    pub(crate) fn decode_here(&self, runtime: &Path) -> TokenStream {
        if self.may_be_fixed() {
            let (span, _) = self.place(runtime);
            let ty = &self.ty;
            quote_spanned!(span=> decoder.take_here::<#ty>()?)
        } else {
            self.decode(runtime)
        }
    }

    /// Writes `value`, a reference to this field, to `encoder`.
    pub(crate) fn encode(&self, runtime: &Path, value: &TokenStream) -> TokenStream {
        let (span, runtime) = self.place(runtime);
        let (bounds, value) = (self.bounds(&runtime), at(span, value));
        match (self.sign, bounds) {
            (Some(sign), bounds) => {
                let codec = sign.codec(&runtime, span);
                let bounds =
                    bounds.unwrap_or_else(|| quote_spanned!(span=> #runtime::Bounds::NONE));
                quote_spanned!(span=> #codec::encode(#value, encoder, #bounds);)
            }
            (None, Some(bounds)) => {
                quote_spanned!(span=> #runtime::Encode::encode_bounded(#value, encoder, #bounds);)
            }
            (None, None) => {
                quote_spanned!(span=> #runtime::Encode::encode_part(#value, encoder);)
            }
        }
    }

    /// The bytes of `value`, a reference to this field.
    pub(crate) fn measure(&self, runtime: &Path, value: &TokenStream) -> TokenStream {
        let (span, runtime) = self.place(runtime);
        let value = at(span, value);
        let codec = self.sign.map_or_else(
            || quote_spanned!(span=> #runtime::Encode),
            |sign| sign.codec(&runtime, span),
        );
        quote_spanned!(span=> #codec::measure(#value, depth))
    }

    /// The descriptor of this field: `de` is the lifetime of the decoder's trait, none for the encoder's.
    pub(crate) fn ty(&self, runtime: &Path, de: Option<&Lifetime>) -> TokenStream {
        let (span, runtime) = self.place(runtime);
        let codec = match (self.sign, de) {
            (Some(sign), _) => sign.codec(&runtime, span),
            (None, Some(de)) => quote_spanned!(span=> #runtime::Decode<#de>),
            (None, None) => quote_spanned!(span=> #runtime::Encode),
        };
        let ty = &self.ty;
        let inner = quote_spanned!(span=> <#ty as #codec>::TYPE);
        match self.bound_list(&runtime, |_| None) {
            Some(bounds) => {
                quote!(&#runtime::describe::Ty::Bounded(#runtime::Bounds::new(&[#bounds]), #inner))
            }
            None => inner,
        }
    }

    /// The fewest bytes of this field. Not by way of its descriptor: a struct may hold itself in a union, boxed, and the
    /// descriptor of a box asks for this number.
    pub(crate) fn min(&self, runtime: &Path, de: &Lifetime) -> TokenStream {
        if self.sign.is_some() {
            let ty = self.ty(runtime, Some(de));
            return quote!((#ty).min_len());
        }
        let (span, runtime) = self.place(runtime);
        let ty = &self.ty;
        quote_spanned!(span=> <#ty as #runtime::Decode<#de>>::MIN)
    }

    /// The stack that reading this field takes.
    pub(crate) fn stack(&self, runtime: &Path, de: &Lifetime) -> TokenStream {
        let (span, runtime) = self.place(runtime);
        let ty = &self.ty;
        if self.sign.is_some() {
            return quote_spanned!(span=> ::core::mem::size_of::<#ty>());
        }
        quote_spanned!(span=> <#ty as #runtime::Decode<#de>>::STACK)
    }

    /// Errors of the compiler point at the type that the user wrote; lints still know that nobody wrote the code.
    fn place(&self, runtime: &Path) -> (Span, TokenStream) {
        let place = self.place.get_or_init(|| {
            let span = Span::call_site().located_at(self.ty.span());
            (span, at(span, runtime))
        });
        place.clone()
    }

    /// The bounds in the code of a function. That a constant fits has been checked where the descriptor has it, and each
    /// check costs the compiler as much as a function does.
    fn bounds(&self, runtime: &TokenStream) -> Option<TokenStream> {
        let bounds = self.bound_list(runtime, |bound| {
            let span = Span::call_site().located_at(bound.span());
            matches!(bound, Expr::Path(_))
                .then(|| quote_spanned!(span=> #bound as ::core::primitive::u32))
        })?;
        Some(quote!(#runtime::Bounds::new(&[#bounds])))
    }

    /// The bounds, those for which `known` has nothing as checked constants.
    fn bound_list(
        &self,
        runtime: &TokenStream,
        known: impl Fn(&Expr) -> Option<TokenStream>,
    ) -> Option<TokenStream> {
        if self.bounds.is_empty() {
            return None;
        }
        let bounds = self.bounds.iter().map(|bound| {
            if integer(bound).is_some() {
                return bound.to_token_stream();
            }
            known(bound).unwrap_or_else(|| checked(bound, "bound", runtime))
        });
        Some(quote!(#(#bounds),*))
    }
}

impl Sign {
    fn codec(self, runtime: &TokenStream, span: Span) -> TokenStream {
        match self {
            Self::Signed => {
                quote_spanned!(span=> #runtime::__private::Chars::<#runtime::__private::Signed>)
            }
            Self::Unsigned => {
                quote_spanned!(span=> #runtime::__private::Chars::<#runtime::__private::Unsigned>)
            }
        }
    }
}
