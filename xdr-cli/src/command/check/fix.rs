//! `--fix`: makes the safe fixes, until there are none left.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use xdr_build::Diagnostics;
use xdr_parser::diagnostic::mend;
use xdr_parser::lint::{Settings, lint};
use xdr_parser::{Compilation, Diagnostic, Options, Severity, Sources};

use crate::command::Outcome;
use crate::console;
use crate::failure::Failure;
use crate::input::{Inputs, STDIN, name};
use crate::output;
use crate::session::Session;

/// Fixes that overlap wait for the next round; real files take one or two.
const ROUNDS: usize = 10;

pub(super) fn run(
    inputs: &Inputs,
    session: &Session,
    settings: &Settings,
) -> Result<Outcome, Failure> {
    let mut subject = match Subject::of(inputs, &session.options) {
        Ok(subject) => subject,
        Err(mut unreadable) => return session.report(&mut unreadable),
    };
    let (sources, found) = rounds(&mut subject, settings);
    subject.write(session)?;
    session.report(&mut Diagnostics::new(found, sources))
}

/// Mends as long as there is something to mend; what is left to say in the end.
fn rounds(subject: &mut Subject, settings: &Settings) -> (Sources, Vec<Diagnostic>) {
    let mut all = settings.clone();
    all.listed = usize::MAX;
    let mut compilation = subject.compile();
    let mut found = lint(&compilation, &all);
    for _ in 0..ROUNDS {
        let roots = compilation.schema.iter().flat_map(|schema| &schema.files);
        let roots = roots.filter(|file| file.root).map(|file| file.id);
        let roots: Vec<_> = roots.collect();
        let mended = mend(&compilation.sources, &found, |file| roots.contains(&file));
        if mended.is_empty() {
            break;
        }
        let texts = mended.into_iter().filter_map(|(file, text)| {
            let source = compilation.sources.get(file)?;
            Some((source.name.clone(), text))
        });
        let next = subject.with(texts.collect());
        let compiled = next.compile();
        let is_broken = |found: &Diagnostic| found.severity == Severity::Error;
        if compiled.diagnostics.iter().any(is_broken) {
            // No fix should; if one does, the text stays as it was before.
            break;
        }
        *subject = next;
        compilation = compiled;
        found = lint(&compilation, &all);
    }
    if settings.listed < all.listed {
        found = lint(&compilation, settings);
    }
    (compilation.sources, found)
}

/// Texts on their way to being mended.
#[derive(Clone)]
struct Subject {
    options: Options,
    /// The files named, or the text of the standard input.
    input: Input,
    /// What has been mended, by name.
    mended: BTreeMap<String, String>,
}

#[derive(Clone)]
enum Input {
    Files(Vec<PathBuf>),
    Text(String),
}

impl Subject {
    fn of(inputs: &Inputs, options: &Options) -> Result<Self, Diagnostics> {
        let input = match inputs {
            Inputs::Files(files) => Input::Files(files.clone()),
            Inputs::Stdin => {
                let mut sources = Sources::default();
                match inputs.read(&mut sources) {
                    Ok(id) => Input::Text(crate::input::text(&sources, id).to_owned()),
                    Err(found) => return Err(Diagnostics::new(vec![*found], sources)),
                }
            }
        };
        Ok(Self {
            options: options.clone(),
            input,
            mended: BTreeMap::new(),
        })
    }

    fn compile(&self) -> Compilation {
        match &self.input {
            Input::Files(files) => xdr_parser::compile(files, &self.options),
            Input::Text(text) => {
                xdr_parser::compile_text(STDIN, text, Some(Path::new("")), &self.options)
            }
        }
    }

    /// The same with some texts mended.
    fn with(&self, texts: Vec<(String, String)>) -> Self {
        let mut next = self.clone();
        for (mended, text) in texts {
            match &mut next.input {
                Input::Files(files) => {
                    let path = files.iter().find(|path| name(path) == mended);
                    if let Some(path) = path {
                        next.options.set_content(path, text.clone());
                        next.mended.insert(mended, text);
                    }
                }
                Input::Text(own) => *own = text,
            }
        }
        next
    }

    fn write(&self, session: &Session) -> Result<(), Failure> {
        match &self.input {
            Input::Text(text) => console::result(text.as_bytes())?,
            Input::Files(files) => {
                for path in files {
                    let shown = name(path);
                    let Some(text) = self.mended.get(&shown) else {
                        continue;
                    };
                    let written = output::write(path, text.as_bytes())?;
                    if session.is_human() && written == output::Written::Anew {
                        console::say(&format!("mended {shown}"));
                    }
                }
            }
        }
        Ok(())
    }
}
