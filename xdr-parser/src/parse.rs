//! Step 3: lexemes → AST, by a grammar of nom parsers (RFC 4506 §6.3, RFC 5531 §12.2).
//!
//! A definition that does not parse is reported and left out; parsing goes on at the next one, so that one
//! mistake costs one message.

use std::collections::HashSet;

use crate::ast::File;
use crate::diagnostic::{Code, Diagnostic};
use crate::options::Options;
use crate::preprocess::Preprocessor;
use crate::source::{FileId, Span};

mod body;
mod declaration;
mod input;
mod item;
mod program;
mod recover;
mod trivia;

use input::{Furthest, Input};

/// A parsed text.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// All definitions that could be read.
    pub file: File,
    /// What was wrong with the others.
    pub diagnostics: Vec<Diagnostic>,
    /// Names in the others: what would be defined if they could be read.
    pub unread: HashSet<String>,
    /// Where definitions stand in the file that have mistakes, for [`inspect`](crate::inspect()).
    pub(crate) recovered: Vec<Span>,
}

/// Parses a text. Needs no names to be known; `options` decide on conditionals.
pub fn parse(id: FileId, text: &str, options: &Options) -> Parsed {
    parse_with(id, text, options, Mistakes::LeaveOut)
}

/// What becomes of a definition with a mistake. It is reported in the same words either way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mistakes {
    /// The definition is left out.
    #[default]
    LeaveOut,
    /// What can be read of it is kept.
    Recover,
}

pub(crate) fn parse_with(id: FileId, text: &str, options: &Options, mistakes: Mistakes) -> Parsed {
    let profile = options
        .profile
        .iter()
        .flat_map(|profile| profile.constants());
    let profile = profile.map(|&(name, value)| (name.to_owned(), value));
    let defines = options
        .defines
        .iter()
        .map(|(name, value)| (name.clone(), *value));
    let mut preprocessor = Preprocessor::new(id, text, profile.chain(defines));
    let mut parsed = items(id, &mut preprocessor, mistakes);
    let (directives, mut diagnostics) = preprocessor.into_parts();
    parsed.file.directives = directives;
    diagnostics.append(&mut parsed.diagnostics);
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.location);
    // A token that is wrong by itself has been reported, and first.
    diagnostics.dedup_by(|next, first| {
        next.code == Code::E0101 && next.primary.location == first.primary.location
    });
    Parsed {
        diagnostics,
        ..parsed
    }
}

fn items(id: FileId, preprocessor: &mut Preprocessor<'_>, mistakes: Mistakes) -> Parsed {
    let mut parsed = Parsed::default();
    let furthest = Furthest::default();
    let mut index = preprocessor.advance(0);
    loop {
        let stream = &preprocessor.stream;
        let mut input = Input::new(stream, index, &furthest);
        let is_wrong = loop {
            while input.is_punctuation(b';') {
                input = input.skip(1);
            }
            if input.is_at_end() {
                break false;
            }
            input.start_over();
            if let Ok((rest, item)) = item::item(input) {
                parsed.file.items.push(item);
                input = rest;
            } else if stream.complete {
                parsed.diagnostics.push(recover::diagnose(id, input));
                let next = recover::next_item(input);
                parsed.unread.extend(recover::names_between(input, next));
                if mistakes == Mistakes::Recover
                    && let Some(item) = recover::item_between(input, next)
                {
                    parsed.recovered.push(item.span);
                    parsed.file.items.push(item);
                }
                input = next;
            } else {
                break true;
            }
        };
        index = input.index();
        if is_wrong {
            preprocessor.read_all();
        } else if stream.complete {
            parsed.file.dangling = trivia::rest(input);
            return parsed;
        } else {
            index = preprocessor.advance(index);
        }
    }
}
