//! What can be folded away: bodies, long comments, and branches of conditionals.

use std::path::Path;

use xdr_parser::FileId;
use xdr_parser::lexer::lex;
use xdr_parser::token::TokenKind;

use super::text::Text;
use super::workspace::{NotOpen, Workspace, plain};

/// What is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FoldKind {
    /// A body between braces, or a branch of a conditional.
    Region,
    /// A comment.
    Comment,
}

/// Lines that can be folded into the first of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fold {
    /// The line that stays, from 0.
    pub first: u32,
    /// The last line that goes.
    pub last: u32,
    /// What they are.
    pub kind: FoldKind,
}

impl Workspace {
    /// What can be folded in an open document, which may have mistakes.
    ///
    /// # Errors
    /// If it is not open.
    pub fn folds(&self, path: &Path) -> Result<Vec<Fold>, NotOpen> {
        let path = plain(path);
        let text = self.text(&path).ok_or(NotOpen(path))?;
        Ok(folds(text))
    }
}

fn folds(text: &Text) -> Vec<Fold> {
    let line = |offset: u32| text.line_of(offset);
    let mut folds = Vec::new();
    let mut add = |first: u32, last: u32, kind| {
        if first < last {
            folds.push(Fold { first, last, kind });
        }
    };
    let mut braces = Vec::new();
    let mut conditionals = Vec::new();
    let mut comments: Option<(u32, u32)> = None;
    let (tokens, _) = lex(FileId(0), text.as_str());
    for token in tokens {
        let here = line(token.span.start);
        if token.kind == TokenKind::LineComment {
            comments = match comments {
                Some((first, last)) if last + 1 >= here => Some((first, here)),
                Some((first, last)) => {
                    add(first, last, FoldKind::Comment);
                    Some((here, here))
                }
                None => Some((here, here)),
            };
            continue;
        }
        if token.kind != TokenKind::Whitespace
            && let Some((first, last)) = comments.take()
        {
            add(first, last, FoldKind::Comment);
        }
        match token.kind {
            TokenKind::BlockComment => add(here, line(token.span.end), FoldKind::Comment),
            TokenKind::Punctuation(b'{') => braces.push(here),
            TokenKind::Punctuation(b'}') => {
                if let Some(first) = braces.pop() {
                    // The line of the closing brace stays.
                    add(first, here.saturating_sub(1), FoldKind::Region);
                }
            }
            TokenKind::Directive => {
                let words = token.span.of(text.as_str());
                let word = words.trim_start_matches('#').trim_start();
                if word.starts_with("if") {
                    conditionals.push(here);
                } else if ["elif", "else", "endif"]
                    .iter()
                    .any(|end| word.starts_with(end))
                    && let Some(first) = conditionals.pop()
                {
                    add(first, here.saturating_sub(1), FoldKind::Region);
                    if !word.starts_with("endif") {
                        conditionals.push(here);
                    }
                }
            }
            _ => {}
        }
    }
    if let Some((first, last)) = comments {
        add(first, last, FoldKind::Comment);
    }
    folds.sort_unstable();
    folds
}
