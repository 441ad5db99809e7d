//! Canonical layout as edits of white space, no more of them than it takes.

use std::fmt;
use std::path::Path;

use xdr_parser::lexer::lex;
use xdr_parser::token::{Token, TokenKind};
use xdr_parser::{Diagnostic, FileId, Span};

use super::text::narrow;
use super::workspace::{NotOpen, Workspace, plain};
use super::{Edit, Place};

/// Why a document is not laid out.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum NotLaidOut {
    /// It is not open.
    NotOpen(NotOpen),
    /// It has mistakes; the first one.
    Mistakes(Box<Diagnostic>),
}

impl fmt::Display for NotLaidOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotOpen(error) => error.fmt(f),
            Self::Mistakes(first) => write!(
                f,
                "a text with mistakes is not laid out; the first: {}",
                first.message
            ),
        }
    }
}

impl std::error::Error for NotLaidOut {}

impl Workspace {
    /// The edits that lay a document out.
    ///
    /// # Errors
    /// If it is not open, or has mistakes in its syntax.
    pub fn format(&mut self, path: &Path) -> Result<Vec<Edit>, NotLaidOut> {
        let path = plain(path);
        let settings = self.settings(&path);
        let Some(text) = self.text(&path) else {
            return Err(NotLaidOut::NotOpen(NotOpen(path)));
        };
        let text = text.as_str();
        match xdr_parser::format(FileId(0), text, &settings.options) {
            Ok(formatted) => {
                let edits = differences(text, &formatted).into_iter();
                let edit = |(span, replacement)| Edit {
                    place: Place {
                        path: path.clone(),
                        span,
                    },
                    replacement,
                };
                Ok(edits.map(edit).collect())
            }
            Err(mut diagnostics) => Err(NotLaidOut::Mistakes(Box::new(diagnostics.swap_remove(0)))),
        }
    }
}

/// Edits that turn one text into another that has the same tokens but for white space.
fn differences(old: &str, new: &str) -> Vec<(Span, String)> {
    let (old_tokens, new_tokens) = (solid(old), solid(new));
    if old_tokens.len() != new_tokens.len() {
        // There is no text known for which this is so.
        return vec![(Span::new(0, narrow(old.len())), new.to_owned())];
    }
    let mut edits = Vec::new();
    let mut add = |old_span: Span, new_span: Span| {
        let (before, after) = (old_span.of(old), new_span.of(new));
        if before != after {
            edits.push((old_span, after.to_owned()));
        }
    };
    let (mut old_end, mut new_end) = (0, 0);
    for (old_token, new_token) in old_tokens.iter().zip(&new_tokens) {
        add(
            Span::new(old_end, old_token.start),
            Span::new(new_end, new_token.start),
        );
        // A comment may have white space of its own.
        add(*old_token, *new_token);
        (old_end, new_end) = (old_token.end, new_token.end);
    }
    add(
        Span::new(old_end, narrow(old.len())),
        Span::new(new_end, narrow(new.len())),
    );
    edits
}

fn solid(text: &str) -> Vec<Span> {
    let (tokens, _) = lex(FileId(0), text);
    let is_solid = |token: &Token| token.kind != TokenKind::Whitespace;
    let solid = tokens.into_iter().filter(is_solid);
    solid.map(|token| token.span).collect()
}
