//! What the words of a document are, for colours that know more than a grammar does.

use std::path::Path;

use xdr_parser::lexer::lex;
use xdr_parser::token::TokenKind;
use xdr_parser::{FileId, Span, words};

use super::index::{Kind, Spot};
use super::snapshot::Snapshot;
use super::workspace::{NotOpen, Workspace};

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are those of the protocol")]
pub enum HighlightKind {
    Keyword,
    Type,
    Struct,
    Enum,
    EnumMember,
    Constant,
    Field,
    Program,
    Procedure,
    Number,
    String,
}

impl HighlightKind {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::Keyword,
        Self::Type,
        Self::Struct,
        Self::Enum,
        Self::EnumMember,
        Self::Constant,
        Self::Field,
        Self::Program,
        Self::Procedure,
        Self::Number,
        Self::String,
    ];
}

/// A word and what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Highlight {
    /// The word.
    pub span: Span,
    /// What it is.
    pub kind: HighlightKind,
    /// True where it is defined.
    pub defines: bool,
}

impl Workspace {
    /// What the words of an open document are, in order.
    ///
    /// # Errors
    /// If it is not open.
    pub fn highlights(&mut self, path: &Path) -> Result<Vec<Highlight>, NotOpen> {
        let snapshot = self.snapshot(path)?;
        Ok(snapshot
            .root()
            .map_or_else(Vec::new, |file| snapshot.highlights(file)))
    }
}

impl Snapshot {
    fn highlights(&self, file: FileId) -> Vec<Highlight> {
        let text = self.text(file);
        let (tokens, _) = lex(file, text);
        let tokens = tokens.into_iter().filter_map(|token| {
            let span = token.span;
            let (kind, defines) = match token.kind {
                TokenKind::Number => (HighlightKind::Number, false),
                TokenKind::String => (HighlightKind::String, false),
                TokenKind::Identifier => match self.index.at(file, span.start) {
                    Some((at, spot)) if at == span => self.word(file, text, spot)?,
                    _ if words::is_word(span.of(text)) => (HighlightKind::Keyword, false),
                    _ => return None,
                },
                _ => return None,
            };
            Some(Highlight {
                span,
                kind,
                defines,
            })
        });
        tokens.collect()
    }

    fn word(&self, file: FileId, text: &str, spot: Spot) -> Option<(HighlightKind, bool)> {
        let meaning = self.index.meaning(file, text, spot);
        let definition = meaning.and_then(|name| self.index.definition(name));
        let defines = matches!(spot, Spot::Definition(_));
        let kind = match definition.map(|definition| definition.kind) {
            Some(Kind::Constant | Kind::Define) => HighlightKind::Constant,
            Some(Kind::Typedef | Kind::Union) => HighlightKind::Type,
            Some(Kind::Struct) => HighlightKind::Struct,
            Some(Kind::Enum) => HighlightKind::Enum,
            Some(Kind::Enumerator) => HighlightKind::EnumMember,
            Some(Kind::Field | Kind::Discriminant) => HighlightKind::Field,
            Some(Kind::Program | Kind::Version) => HighlightKind::Program,
            Some(Kind::Procedure) => HighlightKind::Procedure,
            None => {
                // What needs no definition.
                let Spot::Use(number) = spot else {
                    return None;
                };
                let used = self.index.names(file)?.uses.get(number)?;
                let word = used.name.of(text);
                if words::is_word(word) {
                    HighlightKind::Keyword
                } else if self.external(word).is_some() {
                    HighlightKind::Constant
                } else {
                    return None;
                }
            }
        };
        Some((kind, defines))
    }
}
