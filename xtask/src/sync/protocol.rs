//! One `.x` file with what it imports: what was written, and what it means.

use std::fmt::Write;
use std::path::Path;

use xdr_parser::ast;
use xdr_parser::{Compilation, Diagnostic, FileId, Options, Schema, Severity, Sources};

/// A file, ours or libvirt's.
pub(crate) struct Protocol {
    /// The file in the schema.
    pub(crate) id: FileId,
    /// Its name without folder and `.x`.
    pub(crate) stem: String,
    pub(crate) text: String,
    pub(crate) ast: ast::File,
    /// Of this file and its imports.
    pub(crate) schema: Schema,
    /// Files that it imports, directly or not: stem and syntax tree.
    pub(crate) imports: Vec<(String, ast::File)>,
}

impl Protocol {
    /// Reads a file and what it imports.
    ///
    /// # Errors
    /// All that is wrong with them, ready to be printed.
    pub(crate) fn read(path: &Path, options: &Options) -> Result<Self, String> {
        Self::of(xdr_parser::compile(&[path.to_owned()], options), options)
    }

    fn of(compilation: Compilation, options: &Options) -> Result<Self, String> {
        let sources = &compilation.sources;
        let Some(schema) = compilation.schema else {
            return Err(faults(&compilation.diagnostics, sources));
        };
        let text = |id| sources.get(id).map_or("", |source| &source.text);
        let parse = |id| xdr_parser::parse(id, text(id), options).file;
        let (root, imports): (Vec<_>, Vec<_>) = schema.files.iter().partition(|file| file.root);
        let root = root.first().ok_or("there is no file")?;
        let imports = imports
            .iter()
            .map(|file| (file.stem.clone(), parse(file.id)));
        Ok(Self {
            id: root.id,
            stem: root.stem.clone(),
            text: text(root.id).to_owned(),
            ast: parse(root.id),
            imports: imports.collect(),
            schema,
        })
    }

    /// A text in the place of a file; what libvirt's profile knows, it may use.
    #[cfg(test)]
    pub(crate) fn text(stem: &str, text: &str) -> Self {
        let mut options = Options::default();
        options.profile = Some(xdr_parser::Profile::Libvirt);
        let compilation = xdr_parser::compile_text(&format!("{stem}.x"), text, None, &options);
        Self::of(compilation, &options).expect("the text is sound")
    }
}

fn faults(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let errors = diagnostics.iter().filter(|d| d.severity == Severity::Error);
    let faults = errors.map(|error| {
        let location = error.primary.location;
        let place = sources.get(location.file).map(|source| {
            let at = source.line_column(location.span.start);
            format!("{}:{}:{}: ", source.name, at.line, at.column)
        });
        let mut text = place.unwrap_or_default();
        // A string takes any text.
        let _ = write!(text, "{}: {}", error.code.as_str(), error.message);
        if let Some(help) = &error.help {
            let _ = write!(text, "\n    {help}");
        }
        text
    });
    faults.collect::<Vec<_>>().join("\n")
}
