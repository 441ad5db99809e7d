//! What was made, in numbers.

use std::fmt;
use std::time::Duration;

use xdr_build::GeneratedFile;
use xdr_parser::Schema;

use crate::report::plural;

/// What was made.
#[derive(Debug, Default)]
pub(super) struct Made {
    files: usize,
    types: usize,
    procedures: usize,
    lines: usize,
}

impl Made {
    /// What one file has.
    pub(super) fn of(file: &GeneratedFile, schema: &Schema) -> Self {
        let is_it = |id| {
            schema
                .file(id)
                .is_some_and(|other| other.stem == file.stem && other.root == file.root)
        };
        let programs = schema.programs.iter();
        let programs = programs.filter(|program| is_it(program.file));
        let versions = programs.flat_map(|program| &program.versions);
        let enums = schema.procedure_enums.iter();
        let enums = enums.filter(|procedures| is_it(schema.ty(procedures.ty).file));
        Self {
            files: 1,
            types: schema.types.iter().filter(|def| is_it(def.file)).count(),
            procedures: versions.map(|it| it.procedures.len()).sum::<usize>()
                + enums.map(|it| it.procedures.len()).sum::<usize>(),
            lines: file.source.lines().count(),
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.files += other.files;
        self.types += other.types;
        self.procedures += other.procedures;
        self.lines += other.lines;
    }

    /// The line that closes the list.
    pub(super) fn in_all(&self, verb: &str, time: Duration) -> String {
        let files = plural(self.files, "file");
        let milliseconds = time.as_secs_f64() * 1000.0;
        format!("{verb} {files} in {milliseconds:.1} ms: {self}")
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types = plural(self.types, "type");
        let procedures = plural(self.procedures, "procedure");
        let lines = plural(self.lines, "line");
        write!(f, "{types}, {procedures}, {lines}")
    }
}
