//! What the checks find: levels, comments and limits applied.

use super::allow::Allows;
use super::rules::Rule;
use super::settings::{Level, Settings};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Location;

/// So many findings of one rule are listed unless somebody asks for more; a hostile file has millions.
pub const LISTED: usize = 10_000;

pub(super) struct Findings<'a> {
    settings: &'a Settings,
    allows: &'a mut Allows,
    diagnostics: Vec<Diagnostic>,
    /// For each rule how often it has been found.
    counts: [usize; Rule::ALL.len()],
    /// For each rule the last of its findings that is listed.
    last: [usize; Rule::ALL.len()],
}

impl<'a> Findings<'a> {
    pub(super) fn new(settings: &'a Settings, allows: &'a mut Allows) -> Self {
        Self {
            settings,
            allows,
            diagnostics: Vec::new(),
            counts: [0; Rule::ALL.len()],
            last: [0; Rule::ALL.len()],
        }
    }

    /// Reports a finding, which is put into words only if anybody is to read it.
    pub(super) fn add(
        &mut self,
        rule: Rule,
        location: Location,
        words: impl FnOnce() -> Diagnostic,
    ) {
        let level = self.settings.level(rule);
        // A comment is of use even where the rule is off.
        if self.allows.covers(rule, location) || level == Level::Allow {
            return;
        }
        if self.counts(rule) {
            self.list(rule, level, words());
        }
    }

    /// Reports what is missing in a definition, which is allowed at its head as well.
    pub(super) fn add_within(
        &mut self,
        rule: Rule,
        (head, location): (Location, Location),
        words: impl FnOnce() -> Diagnostic,
    ) {
        if !self.allows.covers(rule, head) {
            self.add(rule, location, words);
        }
    }

    /// Notes that what would be found here cannot be told: a comment that allows it may be of use.
    pub(super) fn pass_over(&mut self, rule: Rule, location: Location) {
        self.allows.covers(rule, location);
    }

    /// Takes what the compilation has found, some of which is subject to rules as well.
    pub(super) fn take(&mut self, diagnostic: Diagnostic) {
        match Rule::of(diagnostic.code) {
            Some(rule) => self.add(rule, diagnostic.primary.location, || diagnostic),
            None => self.diagnostics.push(diagnostic),
        }
    }

    /// Counts a finding; whether it is to be listed.
    fn counts(&mut self, rule: Rule) -> bool {
        let count = &mut self.counts[rule as usize];
        *count += 1;
        *count <= self.settings.listed
    }

    fn list(&mut self, rule: Rule, level: Level, mut diagnostic: Diagnostic) {
        self.last[rule as usize] = self.diagnostics.len();
        if level == Level::Deny {
            diagnostic.severity = Severity::Error;
        }
        self.diagnostics.push(diagnostic);
    }

    /// Reports comments that allow what is unknown, and then those that allow what was not found.
    pub(super) fn check_allows(&mut self) {
        for rule in [Rule::UnknownAllow, Rule::UselessAllow] {
            let level = self.settings.level(rule);
            if level != Level::Allow {
                let wrong = self.allows.wrong(rule, self.settings);
                for index in wrong {
                    if self.counts(rule) {
                        let found = self.allows.describe(rule, index, self.settings);
                        self.list(rule, level, found);
                    }
                }
            }
        }
    }

    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        for (count, last) in self.counts.into_iter().zip(self.last) {
            let Some(more) = count
                .checked_sub(self.settings.listed)
                .filter(|more| *more > 0)
            else {
                continue;
            };
            if let Some(diagnostic) = self.diagnostics.get_mut(last) {
                let help = diagnostic.help.take().unwrap_or_default();
                diagnostic.help = Some(format!("{help} ({more} more of this kind are not listed)"));
            }
        }
        self.diagnostics
    }
}
