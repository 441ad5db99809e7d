//! Step 3: lexemes → AST, by a grammar of nom parsers (RFC 4506 §6.3, RFC 5531 §12.2).
//!
//! A definition that does not parse is reported and left out; parsing goes on at the next one, so that one
//! mistake costs one message.

use std::collections::HashSet;

use crate::ast::File;
use crate::diagnostic::{Code, Diagnostic};
use crate::options::Options;
use crate::preprocess::Preprocessor;
use crate::source::FileId;

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
}

/// Parses a text. Needs no names to be known; `options` decide on conditionals.
pub fn parse(id: FileId, text: &str, options: &Options) -> Parsed {
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
    let mut more = Vec::new();
    let mut unread = HashSet::new();
    let mut file = items(id, &mut preprocessor, &mut more, &mut unread);
    let (directives, mut diagnostics) = preprocessor.into_parts();
    file.directives = directives;
    diagnostics.extend(more);
    diagnostics.sort_by_key(|diagnostic| diagnostic.primary.location);
    // A token that is wrong by itself has been reported, and first.
    diagnostics.dedup_by(|next, first| {
        next.code == Code::E0101 && next.primary.location == first.primary.location
    });
    Parsed {
        file,
        diagnostics,
        unread,
    }
}

fn items(
    id: FileId,
    preprocessor: &mut Preprocessor<'_>,
    diagnostics: &mut Vec<Diagnostic>,
    unread: &mut HashSet<String>,
) -> File {
    let mut file = File::default();
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
                file.items.push(item);
                input = rest;
            } else if stream.complete {
                diagnostics.push(recover::diagnose(id, input));
                let next = recover::next_item(input);
                unread.extend(recover::names_between(input, next));
                input = next;
            } else {
                break true;
            }
        };
        index = input.index();
        if is_wrong {
            preprocessor.read_all();
        } else if stream.complete {
            file.dangling = trivia::rest(input);
            return file;
        } else {
            index = preprocessor.advance(index);
        }
    }
}
