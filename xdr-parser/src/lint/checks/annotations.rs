//! libvirt's annotations and marks where nobody looks for them.

use std::collections::HashSet;

use crate::ast::{Identifier, Trivia, TriviaKind};
use crate::lint::walk::{self, Host, Visitor};
use crate::lint::{File, Findings, Rule, Subject};
use crate::resolve::docs::{attached, clean};
use crate::resolve::libvirt::NAMES;
use crate::schema::Mark;
use crate::source::Location;

pub(in crate::lint) fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let schema = subject.schema;
    let programs = schema.procedure_enums.iter();
    let programs: HashSet<Location> = programs
        .map(|program| schema.ty(program.ty).name_location)
        .collect();
    for &file in &subject.files {
        let mut comments = Comments {
            file,
            programs: &programs,
            findings,
        };
        walk::file(file.ast, &mut comments);
    }
}

struct Comments<'f, 'a, 's> {
    file: File<'a>,
    /// The names of enums of procedures.
    programs: &'f HashSet<Location>,
    findings: &'f mut Findings<'s>,
}

impl<'a> Visitor<'a> for Comments<'_, 'a, '_> {
    fn trivia(&mut self, host: Host<'a>, trivia: &'a [Trivia]) {
        // Where what counts before an enumerator begins; behind one all of it counts.
        let counts_from = match host {
            Host::Enumerator(leading, owner) if self.is_program(owner) => {
                let counts = attached(self.file.text, leading);
                let first = counts.first().map(|first| first.span.start);
                let nothing = if leading.is_empty() { 0 } else { u32::MAX };
                Some(first.unwrap_or(nothing))
            }
            _ => None,
        };
        let comments = trivia.iter();
        for comment in comments.filter(|trivia| trivia.kind == TriviaKind::Comment) {
            let written = comment.span.of(self.file.text);
            // Whatever is meant has one of the two, and most comments have neither.
            if written.contains('@') || written.contains("skipgen") {
                self.comment(host, counts_from, comment, &clean(written));
            }
        }
    }
}

impl<'a> Comments<'_, 'a, '_> {
    fn comment(&mut self, host: Host<'a>, counts_from: Option<u32>, comment: &Trivia, text: &str) {
        if let Some(name) = annotation(text)
            && counts_from.is_none_or(|start| comment.span.start < start)
        {
            let reason = match counts_from {
                Some(_) => {
                    "a blank line, or one that is no comment, stands between it and the procedure"
                }
                None => "annotations count in the comment right before a procedure",
            };
            let help = "move it to the line before the procedure that it is for";
            self.report(comment, &format!("`@{name}`"), reason, help);
        }
        let counts = match (Mark::read(text), host) {
            (Some(Mark::SkipGen), Host::Enumerator(..)) => counts_from.is_some(),
            (Some(Mark::Insert(_) | Mark::Alloc { .. } | Mark::SkipGen), _) => {
                matches!(host, Host::Head | Host::Member)
            }
            _ => true,
        };
        if !counts {
            let reason =
                "marks count behind a member, on its line, or in the first line of a struct";
            let help = "move it behind what it is for, on the same line";
            self.report(comment, &format!("`{text}`"), reason, help);
        }
    }

    fn is_program(&self, name: &Identifier) -> bool {
        self.programs.contains(&self.file.at(name.span))
    }

    fn report(&mut self, comment: &Trivia, what: &str, reason: &str, help: &str) {
        let location = self.file.at(comment.span);
        self.findings.add(Rule::MisplacedAnnotation, location, || {
            let message = format!("{what} does nothing here");
            Rule::MisplacedAnnotation
                .at(location, message)
                .label(reason)
                .help(help)
        });
    }
}

/// The first annotation in a comment.
fn annotation(text: &str) -> Option<&str> {
    text.lines().find_map(|line| {
        let (name, _) = line.trim().strip_prefix('@')?.split_once(':')?;
        NAMES.iter().find(|known| **known == name.trim()).copied()
    })
}
