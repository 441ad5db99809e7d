//! What is allowed and still likely to be wrong: rules as data, and one function that tries them.
//!
//! A [`Rule`] is an id, a code, a category, whether it is on, why it is there, an example and what to do. [`Settings`] say
//! which are on. [`lint`] gives what they find in the files that were asked for, together with what the compilation
//! has to say; files that are only imported are somebody else's.
//!
//! A comment `/* xdr:allow(char-array) */` or `// xdr:allow(bounds, char-array): the reason` allows what these rules find on
//! its line. If it stands by itself, it also covers the comments behind it and the next line with something else on it.
//! What [`Rule::EnumeratorWithoutValue`] finds is allowed at the head of the enum, too.
//!
//! Each check is one walk over the files or the schema; none looks further than it has to, so that all take time in
//! proportion to the text. Of one rule [`Settings::listed`] findings are listed, and the last of them says how many there are more.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use crate::ast;
use crate::diagnostic::Diagnostic;
use crate::resolve::context;
use crate::schema::Schema;
use crate::source::{FileId, Location, Sources, Span};
use crate::{Code, Compilation};

mod allow;
mod checks;
mod directives;
mod examples;
mod findings;
mod rules;
mod settings;
mod walk;

pub(crate) use allow::{is_allow, without_allows};
pub use examples::Example;
pub use findings::LISTED;
pub use rules::{Category, Rule};
pub use settings::{Level, NoSuchRule, Selector, Settings};

use allow::Allows;
use directives::Directives;
use findings::Findings;

/// What a packet of libvirt's protocols holds at the most, in bytes: its header of 24 is a part of the 33554432 of
/// `VIR_NET_MESSAGE_MAX`, its length is none (`VIR_NET_MESSAGE_PAYLOAD_MAX`).
pub const LIBVIRT_PACKET_LIMIT: u64 = 33_554_408;

/// Everything that there is to say about a compilation: what it has said itself, and what the rules that are on find in
/// the files that were asked for. By place. If there are errors, rules are not tried.
pub fn lint(compilation: &Compilation, settings: &Settings) -> Vec<Diagnostic> {
    let mut allows = Allows::of(compilation);
    // Whether a comment is of use is known only when what it allows has been looked for.
    let tries_all = !allows.is_empty() && settings.is_on(Rule::UselessAllow);
    let mut findings = Findings::new(settings, &mut allows);
    for diagnostic in &compilation.diagnostics {
        findings.take(diagnostic.clone());
    }
    if let Some(schema) = &compilation.schema {
        let subject = Subject::new(schema, compilation, settings);
        for (rules, check) in checks::ALL {
            if tries_all || rules.iter().any(|rule| settings.is_on(*rule)) {
                check(&subject, &mut findings);
            }
        }
        findings.check_allows();
    }
    let mut diagnostics = findings.finish();
    diagnostics.sort_by_key(|found| (found.primary.location, found.code));
    let asts = compilation.asts.iter().map(|(id, ast)| (*id, ast));
    context::add(&mut diagnostics, asts);
    diagnostics
}

/// What the checks look at.
struct Subject<'a> {
    schema: &'a Schema,
    sources: &'a Sources,
    settings: &'a Settings,
    /// The files that were asked for.
    files: Vec<File<'a>>,
    /// All files, imports included.
    all: &'a [(FileId, ast::File)],
    roots: HashSet<FileId>,
    /// What stands in them that a preprocessor reads.
    directives: HashMap<FileId, Directives<'a>>,
}

/// A file that was asked for.
#[derive(Clone, Copy)]
struct File<'a> {
    id: FileId,
    ast: &'a ast::File,
    text: &'a str,
}

impl<'a> Subject<'a> {
    fn new(schema: &'a Schema, compilation: &'a Compilation, settings: &'a Settings) -> Self {
        let roots = schema.files.iter().filter(|file| file.root);
        let roots: HashSet<FileId> = roots.map(|file| file.id).collect();
        let asts = compilation.asts.iter();
        let files = asts
            .filter(|(id, _)| roots.contains(id))
            .filter_map(|(id, ast)| {
                Some(File {
                    id: *id,
                    ast,
                    text: &compilation.sources.get(*id)?.text,
                })
            });
        let directives = compilation.asts.iter().filter_map(|(id, ast)| {
            let source = compilation.sources.get(*id)?;
            Some((*id, Directives::of(ast, &source.text)))
        });
        Self {
            schema,
            sources: &compilation.sources,
            settings,
            files: files.collect(),
            all: &compilation.asts,
            roots,
            directives: directives.collect(),
        }
    }

    /// Whether some of the text, imports included, counts under some settings only.
    fn has_conditionals(&self) -> bool {
        let mut directives = self.directives.values();
        directives.any(Directives::has_conditionals)
    }

    /// Whether a place is in a file that was asked for.
    fn has(&self, location: Location) -> bool {
        self.roots.contains(&location.file)
    }

    /// How much a packet holds, if that is known.
    fn packet_limit(&self) -> Option<u64> {
        let is_libvirts = !self.schema.procedure_enums.is_empty();
        let limit = self.settings.packet_limit;
        limit.or(is_libvirts.then_some(LIBVIRT_PACKET_LIMIT))
    }
}

impl File<'_> {
    fn at(&self, span: Span) -> Location {
        Location {
            file: self.id,
            span,
        }
    }
}

/// A name to be quoted beside others: not all of it if it is absurdly long, since one name may be quoted often.
fn short(name: &str) -> Cow<'_, str> {
    const LONGEST: usize = 200;
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &name[..end]).into(),
        None => name.into(),
    }
}

impl Rule {
    /// The rule that reports under this code, if one does.
    pub fn of(code: Code) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.code() == code)
    }
}
