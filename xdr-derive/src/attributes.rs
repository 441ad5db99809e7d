//! Reads `#[xdr(…)]` as written: which settings stand on an item, without asking whether they go together.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, LitStr, Path, Token, Type, parenthesized};

use crate::errors::Errors;

/// A setting and where it stands.
pub(crate) struct Set<T> {
    pub(crate) span: Span,
    pub(crate) value: T,
}

/// Settings of a struct or enum.
#[derive(Default)]
pub(crate) struct ContainerAttributes {
    pub(crate) runtime: Option<Set<Path>>,
    pub(crate) union: Option<Set<Type>>,
    pub(crate) name: Option<Set<String>>,
    pub(crate) outlined: Option<Set<()>>,
}

/// Settings of a variant.
#[derive(Default)]
pub(crate) struct VariantAttributes {
    pub(crate) case: Option<Set<Vec<Expr>>>,
    pub(crate) default: Option<Set<()>>,
    pub(crate) unknown: Option<Set<()>>,
    pub(crate) name: Option<Set<String>>,
}

/// Settings of a field.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    pub(crate) max: Option<Set<Vec<Expr>>>,
    pub(crate) item_max: Option<Set<Expr>>,
    pub(crate) chars: Option<Set<()>>,
    pub(crate) uchars: Option<Set<()>>,
    pub(crate) name: Option<Set<String>>,
}

impl ContainerAttributes {
    pub(crate) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut it = Self::default();
        let place = "a type: `crate = path`, `union(D)`, `name = \"…\"`, `outlined`";
        settings(attrs, errors, place, |meta, key, errors| {
            match key {
                "crate" => set(&mut it.runtime, meta, meta.value()?.parse()?, errors),
                "union" => set(&mut it.union, meta, parenthesised(meta.input)?, errors),
                "name" => set(&mut it.name, meta, string(meta)?, errors),
                "outlined" => set(&mut it.outlined, meta, (), errors),
                _ => return Ok(false),
            }
            Ok(true)
        });
        it
    }
}

impl VariantAttributes {
    pub(crate) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut it = Self::default();
        let place = "a variant: `case = …`, `case(…, …)`, `default`, `unknown`, `name = \"…\"`";
        settings(attrs, errors, place, |meta, key, errors| {
            match key {
                "case" => set(&mut it.case, meta, one_or_more(meta)?, errors),
                "default" => set(&mut it.default, meta, (), errors),
                "unknown" => set(&mut it.unknown, meta, (), errors),
                "name" => set(&mut it.name, meta, string(meta)?, errors),
                _ => return Ok(false),
            }
            Ok(true)
        });
        it
    }
}

impl FieldAttributes {
    pub(crate) fn read(attrs: &[Attribute], errors: &mut Errors) -> Self {
        let mut it = Self::default();
        let place =
            "a field: `max = …`, `max(…, …)`, `item_max = …`, `chars`, `uchars`, `name = \"…\"`";
        settings(attrs, errors, place, |meta, key, errors| {
            match key {
                "max" => set(&mut it.max, meta, one_or_more(meta)?, errors),
                "item_max" => set(&mut it.item_max, meta, meta.value()?.parse()?, errors),
                "chars" => set(&mut it.chars, meta, (), errors),
                "uchars" => set(&mut it.uchars, meta, (), errors),
                "name" => set(&mut it.name, meta, string(meta)?, errors),
                _ => return Ok(false),
            }
            Ok(true)
        });
        it
    }

    /// Where any setting stands, if there is one.
    pub(crate) fn first_span(&self) -> Option<Span> {
        None.or(self.max.as_ref().map(|it| it.span))
            .or(self.item_max.as_ref().map(|it| it.span))
            .or(self.chars.as_ref().map(|it| it.span))
            .or(self.uchars.as_ref().map(|it| it.span))
            .or(self.name.as_ref().map(|it| it.span))
    }
}

/// Hands each setting of all `#[xdr(…)]` to `read`, which answers whether it knows the key.
fn settings(
    attrs: &[Attribute],
    errors: &mut Errors,
    place: &str,
    mut read: impl FnMut(&ParseNestedMeta<'_>, &str, &mut Errors) -> syn::Result<bool>,
) {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("xdr")) {
        let parsed = attr.parse_nested_meta(|meta| {
            let key = meta
                .path
                .get_ident()
                .map(ToString::to_string)
                .unwrap_or_default();
            if !read(&meta, &key, errors)? {
                errors.add(meta.error(format!("unknown setting; these may stand on {place}")));
                skip(meta.input)?;
            }
            Ok(())
        });
        if let Err(error) = parsed {
            errors.add(error);
        }
    }
}

fn set<T>(slot: &mut Option<Set<T>>, meta: &ParseNestedMeta<'_>, value: T, errors: &mut Errors) {
    if slot.is_some() {
        errors.add(meta.error("this setting is already given"));
        return;
    }
    let span = meta
        .path
        .get_ident()
        .map_or_else(Span::call_site, Ident::span);
    *slot = Some(Set { span, value });
}

fn string(meta: &ParseNestedMeta<'_>) -> syn::Result<String> {
    Ok(meta.value()?.parse::<LitStr>()?.value())
}

/// `key = expr` or `key(expr, …)`.
fn one_or_more(meta: &ParseNestedMeta<'_>) -> syn::Result<Vec<Expr>> {
    if !meta.input.peek(syn::token::Paren) {
        return Ok(vec![meta.value()?.parse()?]);
    }
    let content;
    parenthesized!(content in meta.input);
    let exprs = Punctuated::<Expr, Token![,]>::parse_terminated(&content)?;
    if exprs.is_empty() {
        return Err(meta.error("expected at least one value"));
    }
    Ok(exprs.into_iter().collect())
}

fn parenthesised<T: Parse>(input: ParseStream<'_>) -> syn::Result<T> {
    let content;
    parenthesized!(content in input);
    content.parse()
}

/// Steps over what belongs to a setting that nobody knows.
fn skip(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

/// The XDR name: the one that is set, else the Rust name.
pub(crate) fn name_of(set: Option<Set<String>>, ident: &Ident) -> String {
    set.map_or_else(|| ident.unraw().to_string(), |set| set.value)
}
