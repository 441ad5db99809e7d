//! Text → the same text in canonical layout: white space is changed, and nothing else.
//!
//! Works on tokens rather than on the AST, which has no place for a comment between just any two of them. All branches of
//! conditionals are laid out alike, so that what comes of it does not depend on which of them counts; a branch may hold
//! half a definition. No name is looked up, and no import read.
//!
//! The layout: four blanks for each level; each member, enumerator, label, arm and procedure on a line of its own; `%`
//! and `#` lines flush left and as they were written; at most one blank line at a time, and none inside of a brace or
//! behind a label; a comment on the line it was on, or on a line of its own, where it had one; lines are never broken for
//! being long; line ends are `\n`.

use crate::diagnostic::{Diagnostic, Severity};
use crate::lexer::lex;
use crate::options::Options;
use crate::parse;
use crate::source::FileId;
use crate::token::TokenKind;

mod comment;
mod layout;
mod pieces;
mod structure;

/// The text in canonical layout. Its tokens are those of the text, white space in comments aside; formatting it again
/// changes nothing.
///
/// `options` decide which branches of conditionals have to be free of mistakes.
///
/// # Errors
/// What is wrong with the text, if it cannot be parsed: a mistake might leave nothing where it was meant to be.
pub fn format(id: FileId, text: &str, options: &Options) -> Result<String, Vec<Diagnostic>> {
    let diagnostics = parse(id, text, options).diagnostics;
    let is_error = |diagnostic: &Diagnostic| diagnostic.severity == Severity::Error;
    if diagnostics.iter().any(is_error) {
        return Err(diagnostics);
    }
    let formatted = layout::lay_out(&pieces::pieces(id, text));
    // There is no text known for which this does not hold. Should there be one, it is better left alone than broken.
    let is_same = tokens(id, text).eq(tokens(id, &formatted));
    Ok(if is_same { formatted } else { text.to_owned() })
}

/// The tokens of a text that are no white space, each with its text but for white space.
fn tokens(id: FileId, text: &str) -> impl Iterator<Item = (TokenKind, impl PartialEq)> {
    let (tokens, _) = lex(id, text);
    let solid = tokens.into_iter();
    let solid = solid.filter(|token| token.kind != TokenKind::Whitespace);
    solid.map(move |token| (token.kind, Solid(token.span.of(text))))
}

/// Equal to what differs in white space only.
struct Solid<'t>(&'t str);

impl PartialEq for Solid<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || {
            let [one, other] = [self.0, other.0].map(|text| text.split(is_blank));
            one.flat_map(str::bytes).eq(other.flat_map(str::bytes))
        }
    }
}

/// White space of the language.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

#[cfg(test)]
mod tests;
