//! Numbers of programs and procedures, and the types that libvirt finds by a procedure's name.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use crate::lint::{Findings, Rule, Subject, short};
use crate::resolve::suggest;
use crate::schema::{Item, ProcedureEnum, TypeDef, TypeId};
use crate::source::Location;

/// Numbers left out between the first and the last.
pub(in crate::lint) fn check_gaps(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let schema = subject.schema;
    for version in schema.programs.iter().flat_map(|program| &program.versions) {
        let procedures = version.procedures.iter();
        let procedures =
            procedures.map(|procedure| (procedure.number, &*procedure.name, procedure.location));
        gaps(subject, findings, procedures.collect());
    }
    for program in &schema.procedure_enums {
        let procedures = program.procedures.iter().filter_map(|procedure| {
            let enumerator = program.enumerator(schema, procedure)?;
            Some((procedure.number, &*enumerator.name, enumerator.location))
        });
        gaps(subject, findings, procedures.collect());
    }
}

fn gaps(
    subject: &Subject<'_>,
    findings: &mut Findings<'_>,
    mut procedures: Vec<(u32, &str, Location)>,
) {
    procedures.sort_unstable();
    for pair in procedures.windows(2) {
        let [(before, _, earlier), (number, name, location)] = *pair else {
            continue;
        };
        let missing = number.saturating_sub(before).saturating_sub(1);
        if missing == 0 || !subject.has(location) {
            continue;
        }
        findings.add(Rule::ProcedureGap, location, || {
            let message = match missing {
                1 => format!("there is no procedure {}", before + 1),
                _ => format!("there are no procedures {} to {}", before + 1, number - 1),
            };
            Rule::ProcedureGap
                .at(location, message)
                .label(format!("`{name}` is {number}"))
                .also(earlier, format!("the one before is {before}"))
                .help("if they are retired, say so in a comment, and allow it there")
        });
    }
}

/// Programs of one number and version.
pub(in crate::lint) fn check_programs(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let schema = subject.schema;
    let mut programs: Vec<(i128, i128, Location, &str)> = Vec::new();
    for program in &schema.programs {
        programs.extend(program.versions.iter().map(|version| {
            let (number, version_number) = (program.number.into(), version.number.into());
            (number, version_number, version.location, &*program.name)
        }));
    }
    for program in &schema.procedure_enums {
        let definition = schema.ty(program.ty);
        let number = |id| schema.constant(id).number();
        let numbers = number(program.program).zip(number(program.version));
        let (place, name) = (definition.name_location, definition.name.as_str());
        programs.extend(numbers.map(|(number, version)| (number, version, place, name)));
    }
    let mut first = HashMap::new();
    for (number, version, location, name) in programs {
        let Some((earlier, other)) = first.insert((number, version), (location, name)) else {
            continue;
        };
        first.insert((number, version), (earlier, other));
        if !subject.has(location) {
            continue;
        }
        findings.add(Rule::ProgramReuse, location, || {
            let other = short(other);
            let message =
                format!("`{name}` and `{other}` are both version {version} of program {number:#x}");
            Rule::ProgramReuse
                .at(location, message)
                .label("the second")
                .also(earlier, "the first")
                .help("give one of them another number or version")
        });
    }
}

/// The types of so many programs in a file are looked at; real files have one.
const PROGRAMS: usize = 64;

/// Types that are named as if a procedure had them.
pub(in crate::lint) fn check_partners(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let schema = subject.schema;
    let programs = schema.procedure_enums.iter();
    let messages = programs.flat_map(|program| &program.procedures);
    let messages: HashSet<TypeId> = messages
        .flat_map(|procedure| procedure.messages().into_iter().flatten())
        .collect();
    let work = Cell::new(suggest::WORK);
    for file in schema.files.iter().filter(|file| file.root) {
        let programs = schema.procedure_enums.iter();
        let conventions: Vec<Convention<'_>> = programs
            .filter(|program| schema.ty(program.ty).file == file.id)
            .filter_map(|program| Convention::of(program, schema.ty(program.ty)))
            .take(PROGRAMS)
            .collect();
        if conventions.is_empty() {
            continue;
        }
        for item in &file.items {
            let Item::Type(id) = item else { continue };
            let definition = schema.ty(*id);
            if messages.contains(id) || definition.parent.is_some() {
                continue;
            }
            let mut own = conventions.iter();
            let Some((convention, stem, what)) = own.find_map(|it| it.split(&definition.name))
            else {
                continue;
            };
            partner(findings, &work, convention, definition, (&stem, what));
        }
    }
}

fn partner(
    findings: &mut Findings<'_>,
    work: &Cell<usize>,
    convention: &Convention<'_>,
    definition: &TypeDef,
    (stem, what): (&str, &str),
) {
    let location = definition.name_location;
    findings.add(Rule::MissingPartner, location, || {
        let message = format!("`{}` is named after no procedure", definition.name);
        let similar = convention.similar(stem, work);
        let help = match similar {
            Some(similar) => format!(
                "did you mean the {what} of `{}{}`?",
                short(&convention.program.prefix),
                short(similar)
            ),
            None => "name it after the procedure that it is for, or remove it".to_owned(),
        };
        Rule::MissingPartner
            .at(location, message)
            .label(format!("named as the {what} of one"))
            .help(help)
    });
}

/// How the types of a program's procedures are named.
struct Convention<'a> {
    program: &'a ProcedureEnum,
    prefix: &'a str,
    suffixes: [(&'static str, &'static str); 3],
}

impl<'a> Convention<'a> {
    fn of(program: &'a ProcedureEnum, definition: &'a TypeDef) -> Option<Self> {
        const WHAT: [&str; 3] = ["arguments", "result", "event"];
        let name = definition.name.as_str();
        let (prefix, suffixes) = match name.strip_suffix("procedure") {
            Some(prefix) => (prefix, ["_args", "_ret", "_msg"]),
            None => (name.strip_suffix("Procedure")?, ["Args", "Ret", "Msg"]),
        };
        let [args, ret, msg] = suffixes;
        Some(Self {
            program,
            prefix,
            suffixes: [(args, WHAT[0]), (ret, WHAT[1]), (msg, WHAT[2])],
        })
    }

    /// The procedure that a type is named after, without underscores and in small letters, and what it would be of it.
    fn split(&self, name: &str) -> Option<(&Self, String, &'static str)> {
        let rest = name.strip_prefix(self.prefix)?;
        let mut suffixes = self.suffixes.iter();
        suffixes.find_map(|(suffix, what)| {
            let stem = rest.strip_suffix(suffix).filter(|stem| !stem.is_empty())?;
            Some((self, stem.to_ascii_lowercase(), *what))
        })
    }

    /// The procedure whose name is most like it.
    fn similar(&self, stem: &str, work: &Cell<usize>) -> Option<&str> {
        let names = self.program.procedures.iter();
        let names = names.map(|procedure| procedure.name.as_str());
        // Comparing ignores case.
        suggest::similar(stem, names, work)
    }
}
