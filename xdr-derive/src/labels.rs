//! Integer constants as users write them: literals that are known here, and expressions that only rustc can evaluate.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::spanned::Spanned;
use syn::{Expr, ExprLit, ExprUnary, Lit, UnOp};

/// The value of a literal, negative ones included.
pub(crate) fn integer(expr: &Expr) -> Option<i128> {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Int(literal),
            ..
        }) => literal.base10_parse().ok(),
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => integer(expr)?.checked_neg(),
        Expr::Paren(paren) => integer(&paren.expr),
        Expr::Group(group) => integer(&group.expr),
        _ => None,
    }
}

/// The value of a `bool` literal.
pub(crate) fn truth(expr: &Expr) -> Option<bool> {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Bool(literal),
            ..
        }) => Some(literal.value),
        Expr::Group(group) => truth(&group.expr),
        _ => None,
    }
}

/// The value of an expression that only rustc can evaluate, by the runtime's function `check`: a constant of any integer
/// type may be given, and one that does not fit does not compile.
pub(crate) fn checked(expr: &Expr, check: &str, runtime: &impl ToTokens) -> TokenStream {
    let span = Span::call_site().located_at(expr.span());
    let (runtime, check) = (at(span, runtime), Ident::new(check, span));
    let operand = match expr {
        Expr::Path(_) | Expr::Lit(_) | Expr::Paren(_) => expr.to_token_stream(),
        _ => quote_spanned!(span=> (#expr)),
    };
    quote_spanned!(span=> const { #runtime::__private::#check(#operand as ::core::primitive::i128) })
}

/// The same tokens, as far as the compiler's messages are concerned at another place.
pub(crate) fn at(span: Span, tokens: &impl ToTokens) -> TokenStream {
    let moved = |mut token: TokenTree| {
        token.set_span(token.span().located_at(span));
        token
    };
    tokens.to_token_stream().into_iter().map(moved).collect()
}

/// The same tokens, told apart from what the user wrote: lints about style pass over them, messages still find the place.
pub(crate) fn generated(tokens: &impl ToTokens) -> TokenStream {
    let marked = |mut token: TokenTree| {
        token.set_span(Span::call_site().located_at(token.span()));
        token
    };
    tokens.to_token_stream().into_iter().map(marked).collect()
}
