//! `xdr breaking`: what differs between two versions of a protocol, and who breaks by it.

use std::collections::HashSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use xdr_build::Diagnostics;
use xdr_parser::compare::{Rule, Severity, compare};
use xdr_parser::{Compilation, Schema};

mod git;
mod listing;
mod rules;
mod side;
mod sources;

pub(crate) use rules::Breaking as Settings;

use super::Outcome;
use crate::arguments::{Common, examples};
use crate::color::Color;
use crate::console;
use crate::failure::{ERROR, Failure};
use crate::input::{Inputs, STDIN, is_stdin};
use crate::session::Session;
use listing::Listing;
use side::{Pair, Sides};
use sources::Merged;

/// Tell what a change of .x files breaks
///
/// Compares two versions of a protocol and lists everything that differs on the wire or for code: what breaks the wire and
/// what makes old peers reject as errors, what only concerns source code as warnings, and what breaks nobody as notes.
/// Exits 1 if there are errors. Changes go to stderr, drawn like other diagnostics; with `--message-format json` to stdout,
/// one object per line.
///
/// OLD and NEW are each a file, a folder or `-`, the standard input; the `.x` files of folders, and of those in them, are
/// matched by their names. OLD may be in git: `git:REV` is NEW as it is in that revision, `git:REV:PATH` another path, which
/// is relative to the top of the repository that NEW is in. Imports are then read from that revision, too.
#[derive(Debug, Args)]
#[command(after_help = examples(&[
    ("Who breaks when the new file replaces the old one?", "xdr breaking --against calendar-1.x calendar.x"),
    ("The same of all files of a folder", "xdr breaking --against released proto"),
    ("What has been changed since the last commit?", "xdr breaking --against git:HEAD calendar.x"),
    ("The file had another name then", "xdr breaking --against git:v1:meetings.x calendar.x"),
    ("Rules that do not matter here", "xdr breaking --allow field-renamed --against calendar-1.x calendar.x"),
    ("A version that no file has", "sed s/start/begin/ calendar.x | xdr breaking --against calendar.x -"),
    ("One JSON object per change, for other programs", "xdr breaking --message-format json --against git:v1 calendar.x"),
]))]
pub(crate) struct Breaking {
    /// The version that peers speak already
    #[arg(long, value_name = "OLD")]
    against: String,
    /// The version that is to replace it
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Say nothing of changes of this kind; `xdr.toml` may name more, as `allow` in `[breaking]`
    #[arg(long, value_name = "RULE", hide_possible_values = true, value_parser = rule_parser())]
    allow: Vec<Rule>,
    #[command(flatten)]
    common: Common,
}

fn rule_parser() -> impl TypedValueParser<Value = Rule> {
    PossibleValuesParser::new(Rule::ALL.iter().map(|rule| rule.id()))
        .try_map(|id| Rule::named(&id).ok_or("no such rule"))
}

impl Breaking {
    pub(crate) fn run(self, color: Option<Color>) -> Result<Outcome, Failure> {
        let files = side::files(&self.new)?;
        let inputs = Inputs::new(files.paths())?;
        let mut session = Session::new(&self.common, color, &inputs, None)?;
        let stdin = [Path::new(&self.against), &self.new].map(is_stdin);
        if stdin == [true, true] {
            let message = "the two versions cannot both be the standard input";
            return Err(Failure::usage(message, "name a file for one of them"));
        }
        if stdin.contains(&true) {
            let mut text = Vec::new();
            if let Err(error) = io::stdin().lock().read_to_end(&mut text) {
                console::say(&format!("{ERROR}error:{ERROR:#} {STDIN}: {error}"));
                return Ok(Outcome::Errors);
            }
            session.options.contents.insert(STDIN.into(), text);
        }
        let sides = Sides::new(&self.against, &files, &session.options)?;
        let mut merged = Merged::new(sides.git.as_ref());
        let mut listing = Listing::default();
        let mut outcome = Outcome::Clean;
        let mut seen = HashSet::new();
        for pair in &sides.pairs {
            let Some((old, new)) = schemas(pair, &sides, &session, &mut merged)? else {
                outcome = Outcome::Errors;
                continue;
            };
            let (old_ids, new_ids) = (merged.add(&old.1), merged.add(&new.1));
            for mut change in compare(&old.0, &new.0) {
                change.old = change.old.map(|location| old_ids.at(location));
                change.new = change.new.map(|location| new_ids.at(location));
                // What several files import changes once.
                let key = (change.rule, change.item.clone(), change.old, change.new);
                if !seen.insert(key) {
                    continue;
                }
                if self.allow.contains(&change.rule) || session.breaking.allows(change.rule) {
                    listing.allowed += 1;
                } else {
                    listing.changes.push(change);
                }
            }
        }
        listing.print(&merged.sources, &session)?;
        session.finish()?;
        let breaks = listing
            .changes
            .iter()
            .any(|change| change.rule.severity() <= Severity::OldPeersReject);
        Ok(if breaks { Outcome::Errors } else { outcome })
    }
}

/// What both sides mean; nothing if one of them has errors, which are reported then.
fn schemas(
    pair: &Pair,
    sides: &Sides,
    session: &Session,
    merged: &mut Merged<'_>,
) -> Result<Option<(Resolved, Resolved)>, Failure> {
    let old = pair.old.as_ref();
    let old = old.map(|path| xdr_parser::compile(std::slice::from_ref(path), &sides.old_options));
    let new = pair.new.as_ref();
    let new = new.map(|path| xdr_parser::compile(std::slice::from_ref(path), &session.options));
    let mut resolved = Vec::new();
    let mut is_sound = true;
    for compilation in [old, new] {
        match compilation {
            None => resolved.push((Schema::default(), xdr_parser::Sources::default())),
            Some(Compilation {
                schema: Some(schema),
                sources,
                ..
            }) => resolved.push((schema, sources)),
            Some(compilation) => {
                is_sound = false;
                let sources = merged.renamed(&compilation.sources);
                session.report_part(&mut Diagnostics::new(compilation.diagnostics, sources))?;
            }
        }
    }
    let mut resolved = resolved.into_iter();
    let both = resolved.next().zip(resolved.next());
    Ok(both.filter(|_| is_sound))
}

/// A schema and the texts that it was made of.
type Resolved = (Schema, xdr_parser::Sources);
