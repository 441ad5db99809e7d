//! Finds and reads files: the ones asked for, and what they import.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::ast::{self, Directive};
use crate::diagnostic::{Code, Diagnostic};
use crate::options::Options;
use crate::parse::{Mistakes, parse_with};
use crate::source::{FileId, Location, Sources, Span};

/// More files than this in one compilation are taken for a mistake.
const MAX_FILES: usize = 4096;

/// A parsed file and its place among the others.
#[derive(Debug)]
pub(crate) struct Unit {
    pub(crate) id: FileId,
    pub(crate) stem: String,
    pub(crate) root: bool,
    pub(crate) ast: ast::File,
    /// Indices of units.
    pub(crate) imports: Vec<usize>,
    /// Imports that were not found, as written: what an unknown name may be for want of.
    pub(crate) missing: Vec<String>,
    /// Names in definitions that could not be read: unknown for no other fault.
    pub(crate) unread: HashSet<String>,
    /// Where it was read from, unless it is a text without a file.
    pub(crate) path: Option<PathBuf>,
    /// Lines that import, and the units that they import.
    pub(crate) found: Vec<(Span, usize)>,
    /// Definitions of which only a part could be read.
    pub(crate) recovered: Vec<Span>,
}

impl Unit {
    /// Whether a place is in a definition of which only a part was read.
    pub(crate) fn is_in_part(&self, span: Span) -> bool {
        let next = self
            .recovered
            .partition_point(|part| part.start <= span.start);
        let around = next.checked_sub(1).map(|index| self.recovered[index]);
        around.is_some_and(|part| span.end <= part.end)
    }
}

/// All files of a compilation.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) units: Vec<Unit>,
    pub(crate) sources: Sources,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) watched: Vec<PathBuf>,
    by_path: HashMap<PathBuf, usize>,
    mistakes: Mistakes,
}

impl Loaded {
    /// Reads the files and, from there, all that they import.
    pub(crate) fn files(roots: &[PathBuf], options: &Options, mistakes: Mistakes) -> Self {
        let mut loaded = Self {
            mistakes,
            ..Self::default()
        };
        for path in roots {
            loaded.file(path, true, options);
        }
        loaded.imports(options);
        loaded
    }

    /// Takes a text that is not a file; imports are looked for in `folder` and the include path.
    pub(crate) fn text(name: &str, text: &str, folder: Option<&Path>, options: &Options) -> Self {
        let mut loaded = Self::default();
        let path = folder.map(|folder| folder.join("-"));
        loaded.add(name, text, stem(Path::new(name)), path, true, options);
        loaded.imports(options);
        loaded
    }

    /// Reads a file that no other file asks for; which unit it is, if it can be read.
    fn file(&mut self, path: &Path, root: bool, options: &Options) -> Option<usize> {
        let name = path.display().to_string();
        let text = match read(path, options) {
            Ok(text) => text,
            Err(problem) => {
                let diagnostic = problem.at(&name, &mut self.sources);
                self.diagnostics.push(diagnostic);
                return None;
            }
        };
        if let Some(known) = self.by_path.get(&identity(path)) {
            return Some(*known);
        }
        let path = path.to_owned();
        self.add(&name, &text, stem(&path), Some(path), root, options);
        Some(self.units.len() - 1)
    }

    fn add(
        &mut self,
        name: &str,
        text: &str,
        stem: String,
        path: Option<PathBuf>,
        root: bool,
        options: &Options,
    ) {
        let id = self.sources.add(name, text);
        let parsed = parse_with(id, text, options, self.mistakes);
        self.diagnostics.extend(parsed.diagnostics);
        if let Some(path) = path.clone() {
            self.by_path.insert(identity(&path), self.units.len());
            self.watched.push(path);
        } else {
            self.watched.push(PathBuf::new());
        }
        self.units.push(Unit {
            id,
            stem,
            root,
            ast: parsed.file,
            imports: Vec::new(),
            missing: Vec::new(),
            unread: parsed.unread,
            path,
            found: Vec::new(),
            recovered: parsed.recovered,
        });
    }

    /// Goes through the units, which grow while it does.
    fn imports(&mut self, options: &Options) {
        let unsaid = options.imports.iter();
        let unsaid: Vec<usize> = unsaid
            .filter_map(|path| self.file(path, false, options))
            .collect();
        let mut next = 0;
        while next < self.units.len() {
            for directive in self.units[next].ast.directives.clone() {
                if let Directive::Include {
                    path,
                    angled,
                    pass_through,
                    span,
                } = directive
                {
                    self.import(next, &path, angled, pass_through, span, options);
                }
            }
            next += 1;
        }
        self.import_unsaid(&unsaid);
        self.watched
            .retain(|path| !path.as_os_str().is_empty() && !path.ends_with("-"));
    }

    /// Makes units imports of all others but those that they import themselves, and those that come before them.
    fn import_unsaid(&mut self, unsaid: &[usize]) {
        let mut without = vec![false; self.units.len()];
        for import in unsaid {
            let mut open = vec![*import];
            while let Some(unit) = open.pop() {
                if !std::mem::replace(&mut without[unit], true) {
                    open.extend(&self.units[unit].imports);
                }
            }
            let others = self.units.iter_mut().zip(&without);
            for (unit, _) in others.filter(|(_, without)| !**without) {
                if !unit.imports.contains(import) {
                    unit.imports.push(*import);
                }
            }
        }
    }

    /// Follows `#include` or `%#include`. A header, in whatever brackets, is an import if a schema of its name is found.
    fn import(
        &mut self,
        from: usize,
        path: &str,
        angled: bool,
        pass_through: bool,
        span: Span,
        options: &Options,
    ) {
        let written = Path::new(path);
        let is_header = written
            .extension()
            .is_some_and(|extension| extension == "h");
        let is_schema = written
            .extension()
            .is_some_and(|extension| extension == "x");
        // rpcgen makes `a.h` of `a.x`, so that including the one means importing the other. Of a header that no rpcgen
        // made, `<rpc/auth.h>` say, a folder of the include path may have what counts as a schema: `rpc/auth.x`.
        if !is_schema && !is_header {
            return;
        }
        let wanted = written.with_extension("x");
        let own = self.watched[from]
            .parent()
            .map(Path::to_owned)
            .unwrap_or_default();
        let folders = std::iter::once(&own).chain(&options.include);
        let mut candidates: Vec<PathBuf> = folders.map(|folder| folder.join(&wanted)).collect();
        if let (true, Some(name)) = (angled, wanted.file_name()) {
            // `<rpcsvc/nis.h>` beside `nis_callback.x` in a folder of whatever name.
            candidates.push(own.join(name));
        }
        let Some(found) = candidates
            .into_iter()
            .find(|candidate| is_file(candidate, options))
        else {
            let location = Location {
                file: self.units[from].id,
                span,
            };
            if is_schema && !pass_through {
                let message = format!("cannot find `{path}`");
                let diagnostic = Diagnostic::error(Code::E0501, location, message);
                self.diagnostics
                    .push(diagnostic.help("name the folder that holds it with `-I DIR`"));
            } else {
                self.units[from].missing.push(wanted.display().to_string());
            }
            return;
        };
        let known = self.by_path.get(&identity(&found)).copied();
        let Some(unit) = known.or_else(|| self.read_import(from, &found, span, options)) else {
            return;
        };
        self.units[from].found.push((span, unit));
        if unit != from && !self.units[from].imports.contains(&unit) {
            self.units[from].imports.push(unit);
        }
    }

    fn read_import(
        &mut self,
        from: usize,
        path: &Path,
        span: Span,
        options: &Options,
    ) -> Option<usize> {
        let location = Location {
            file: self.units[from].id,
            span,
        };
        if self.units.len() >= MAX_FILES {
            let message = format!("more than {MAX_FILES} files import each other");
            self.diagnostics
                .push(Diagnostic::error(Code::E0503, location, message));
            return None;
        }
        match read(path, options) {
            Ok(text) => {
                let name = path.display().to_string();
                self.add(
                    &name,
                    &text,
                    stem(path),
                    Some(path.to_owned()),
                    false,
                    options,
                );
                Some(self.units.len() - 1)
            }
            Err(problem) => {
                let message = format!("{}: {}", path.display(), problem.message);
                self.diagnostics
                    .push(Diagnostic::error(problem.code, location, message));
                None
            }
        }
    }
}

/// Why a file is no source text.
struct Problem {
    code: Code,
    message: String,
    help: Option<String>,
    /// What of it can be shown.
    readable: String,
    /// Where in that the problem is.
    span: Span,
}

impl Problem {
    /// As a diagnostic of the file itself, whose readable part joins the sources.
    fn at(self, name: &str, sources: &mut Sources) -> Diagnostic {
        let location = Location {
            file: sources.add(name, self.readable),
            span: self.span,
        };
        let message = format!("{name}: {}", self.message);
        let diagnostic = Diagnostic::error(self.code, location, message);
        match self.help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }
}

/// Reads one file, and nothing that it imports, as [`compile`](crate::compile) does.
///
/// # Errors
/// Why it is no source text, as a diagnostic that points into `sources`.
pub fn read_source(path: &Path, sources: &mut Sources) -> Result<FileId, Box<Diagnostic>> {
    let name = path.display().to_string();
    match read(path, &Options::default()) {
        Ok(text) => Ok(sources.add(name, text)),
        Err(problem) => Err(Box::new(problem.at(&name, sources))),
    }
}

/// Takes bytes that go by the name of `name`, for example those of the standard input.
///
/// # Errors
/// If they are not UTF-8, as a diagnostic that points into `sources`.
pub fn decode_source(
    name: &str,
    bytes: Vec<u8>,
    sources: &mut Sources,
) -> Result<FileId, Box<Diagnostic>> {
    match decode(bytes) {
        Ok(text) => Ok(sources.add(name, text)),
        Err(problem) => Err(Box::new(problem.at(name, sources))),
    }
}

fn is_file(path: &Path, options: &Options) -> bool {
    options.content(path).is_some() || path.is_file()
}

fn read(path: &Path, options: &Options) -> Result<String, Problem> {
    if let Some(content) = options.content(path) {
        return decode(content.to_vec());
    }

    let problem = |message: &str, help: Option<&str>| Problem {
        code: Code::E0501,
        message: message.to_owned(),
        help: help.map(str::to_owned),
        readable: String::new(),
        span: Span::default(),
    };
    if path.is_dir() {
        return Err(problem(
            "this is a folder, not a file",
            Some("name the `.x` files in it"),
        ));
    }
    let bytes = std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => problem("there is no such file", None),
        _ => problem(&error.to_string(), None),
    })?;
    decode(bytes)
}

fn decode(bytes: Vec<u8>) -> Result<String, Problem> {
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let at = u32::try_from(valid).unwrap_or(u32::MAX);
        Problem {
            code: Code::E0502,
            message: format!(
                "the text is not UTF-8: byte {valid} is 0x{:02x}",
                bytes.get(valid).copied().unwrap_or_default()
            ),
            help: Some("convert it, for example with `iconv -f latin1 -t utf-8`".to_owned()),
            // Each invalid sequence becomes one replacement character, the first at the same offset.
            span: Span::new(at, at + 3),
            readable: String::from_utf8_lossy(&bytes).into_owned(),
        }
    })
}

/// What two paths of one file have in common.
fn identity(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn stem(path: &Path) -> String {
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    stem.unwrap_or_default()
}
