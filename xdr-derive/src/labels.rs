//! Integer constants as users write them: literals that are known here, and expressions that only rustc can evaluate.

use proc_macro2::TokenStream;
use quote::quote;
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

/// The expression as `i128`, which every integer fits, so that a constant of any type may be given.
pub(crate) fn widened(expr: &Expr) -> TokenStream {
    match expr {
        Expr::Path(_) | Expr::Lit(_) | Expr::Paren(_) => quote!(#expr as ::core::primitive::i128),
        _ => quote!((#expr) as ::core::primitive::i128),
    }
}
