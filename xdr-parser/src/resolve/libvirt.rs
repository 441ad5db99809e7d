//! Pass 7: libvirt's conventions, read into data.
//!
//! libvirt has no `program` blocks: an enum numbers the procedures, constants number program and version, types
//! are found by name, and comments say the rest (libvirt's `src/rpc/gendispatch.pl` reads them).

use std::collections::HashMap;

use super::Resolver;
use super::docs::clean;
use super::suggest::similar_name;
use crate::ast::{Trivia, TriviaKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::schema::{
    Acl, Annotations, ConstantId, EnumProcedure, Generate, Item, Mark, Priority, ProcedureEnum,
    TypeId, TypeKind, ValueName,
};

/// The marks among the comments of a node.
pub(super) fn marks(text: &str, trivia: &[&[Trivia]]) -> Vec<Mark> {
    let trivia = trivia.iter().flat_map(|part| part.iter());
    let comments = trivia.filter(|trivia| trivia.kind == TriviaKind::Comment);
    comments
        .filter_map(|comment| Mark::read(&clean(comment.span.of(text))))
        .collect()
}

impl Mark {
    /// The mark that a comment's text is, if it is one; `/*` and `*/` are not part of the text.
    pub fn read(comment: &str) -> Option<Self> {
        if let Some(offset) = comment.strip_prefix("insert@") {
            return offset.parse().ok().map(Self::Insert);
        }
        if let Some(rest) = comment.strip_prefix("alloc@") {
            let mut parts = rest.split('@');
            return Some(Self::Alloc {
                offset: parts.next()?.parse().ok()?,
                count_type: parts.next()?.to_owned(),
                count_offset: parts.next()?.parse().ok()?,
            });
        }
        if let Some(cast) = comment
            .strip_prefix('(')
            .and_then(|rest| rest.strip_suffix(')'))
        {
            return cast.ends_with('*').then(|| Self::Cast(cast.to_owned()));
        }
        let mut words = comment.split_whitespace().peekable();
        (words.peek().is_some() && words.all(|word| word == "skipgen")).then_some(Self::SkipGen)
    }
}

/// How the names of types are made from a procedure's.
struct Convention {
    /// What stands before the procedure's name in the names of its types.
    prefix: String,
    /// `connect_open_args` rather than `ConnectOpenArgs`.
    snake: bool,
}

impl Convention {
    /// Told by the enum's name: `remote_procedure`, `virLogManagerProtocolProcedure`.
    fn of(enum_name: &str) -> Option<Self> {
        if let Some(prefix) = enum_name.strip_suffix("procedure") {
            return Some(Self {
                prefix: prefix.to_owned(),
                snake: true,
            });
        }
        enum_name.strip_suffix("Procedure").map(|prefix| Self {
            prefix: prefix.to_owned(),
            snake: false,
        })
    }

    /// What the names of a procedure's types begin with: `remote_connect_open_`, `virLogManagerProtocolDomainOpenLogFile`.
    fn stem(&self, procedure: &str) -> String {
        let mut name = String::with_capacity(self.prefix.len() + procedure.len() + "_args".len());
        name.push_str(&self.prefix);
        if self.snake {
            name.push_str(procedure);
            if let Some(procedure) = name.get_mut(self.prefix.len()..) {
                procedure.make_ascii_lowercase();
            }
            name.push('_');
            return name;
        }
        for word in procedure.split('_') {
            let mut letters = word.chars();
            name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
            name.extend(letters.map(|letter| letter.to_ascii_lowercase()));
        }
        name
    }
}

impl Resolver<'_> {
    /// Finds enums of procedures, pairs each procedure with its types and reads its annotations.
    pub(super) fn find_procedure_enums(&mut self) -> Vec<ProcedureEnum> {
        let mut found = Vec::new();
        for unit in 0..self.units.len() {
            for item in self.files[unit].items.clone() {
                if let Item::Type(id) = item {
                    found.extend(self.procedure_enum(unit, id));
                }
            }
        }
        found
    }

    fn procedure_enum(&mut self, unit: usize, ty: TypeId) -> Option<ProcedureEnum> {
        let definition = &self.types[ty.0 as usize];
        let TypeKind::Enum(body) = &definition.kind else {
            return None;
        };
        let convention = Convention::of(&definition.name)?;
        let first = &body.enumerators.first()?.name;
        let base = &first[..first.find("_PROC_")?];
        let prefix = format!("{base}_PROC_");
        let constant = |suffix: &str| -> Option<ConstantId> {
            match self.find_value(unit, &format!("{base}_{suffix}"))? {
                ValueName::Constant(id) => Some(id),
                _ => None,
            }
        };
        let program = constant("PROGRAM")?;
        let version = constant("PROTOCOL_VERSION").or_else(|| constant("PROGRAM_VERSION"))?;
        let compounds = self.compounds(unit, &convention);
        let mut procedures = Vec::new();
        let mut notes = Vec::new();
        for (index, enumerator) in (0..).zip(&body.enumerators) {
            let name = enumerator
                .name
                .strip_prefix(&prefix)
                .unwrap_or(&enumerator.name);
            let mut type_name = convention.stem(name);
            let stem = type_name.len();
            let mut find = |suffixes: [&str; 2]| {
                type_name.truncate(stem);
                type_name.push_str(suffixes[usize::from(convention.snake)]);
                let exact = self.find_type(unit, &type_name);
                exact.or_else(|| {
                    // There are none where there is no need for them.
                    let compound = (!compounds.is_empty()).then(|| type_name.to_ascii_lowercase());
                    compound.and_then(|name| compounds.get(&name).copied())
                })
            };
            let (annotations, docs, unknown) = annotations(&enumerator.docs.text);
            procedures.push(EnumProcedure {
                enumerator: index,
                name: name.to_owned(),
                number: u32::try_from(enumerator.value).unwrap_or_default(),
                args: find(["Args", "args"]),
                ret: find(["Ret", "ret"]),
                msg: find(["Msg", "msg"]),
                annotations,
            });
            notes.push((docs, unknown));
        }
        self.take_notes(ty, notes);
        self.check_numbers(ty);
        Some(ProcedureEnum {
            ty,
            program,
            version,
            prefix,
            procedures,
        })
    }

    /// Types in lower case, where capitals set words apart: `CREATE_LOCKSPACE` has the type `…CreateLockSpaceArgs`.
    fn compounds(&self, unit: usize, convention: &Convention) -> HashMap<String, TypeId> {
        if convention.snake {
            return HashMap::new();
        }
        let ids = self.files[unit].items.iter().filter_map(|item| match item {
            Item::Type(id) => Some(*id),
            _ => None,
        });
        let names = ids.map(|id| (self.types[id.0 as usize].name.to_ascii_lowercase(), id));
        names.collect()
    }

    /// A procedure's number is not negative, and no other procedure's.
    fn check_numbers(&mut self, ty: TypeId) {
        let TypeKind::Enum(body) = &self.types[ty.0 as usize].kind else {
            return;
        };
        for enumerator in &body.enumerators {
            let name = &enumerator.name;
            if enumerator.value < 0 {
                let message = format!(
                    "the procedure `{name}` has a negative number: {}",
                    enumerator.value
                );
                self.diagnostics.push(
                    Diagnostic::error(Code::E0301, enumerator.location, message)
                        .label("not the number of a procedure")
                        .help("procedures are numbered 0 to 4294967295 (RFC 5531 section 12.3)"),
                );
            }
            if let Some(first) = enumerator.alias_of {
                let first = &body.enumerators[first as usize];
                let message = format!(
                    "the procedure `{name}` has the number {} of another one",
                    enumerator.value
                );
                self.diagnostics.push(
                    Diagnostic::error(Code::E0207, enumerator.location, message)
                        .label("the second of this number")
                        .also(first.location, "the first")
                        .help("a number stands for one thing"),
                );
            }
        }
    }

    /// Leaves of each comment what is not an annotation, and reports annotations that nobody knows.
    fn take_notes(&mut self, ty: TypeId, notes: Vec<(String, Vec<String>)>) {
        let TypeKind::Enum(body) = &mut self.types[ty.0 as usize].kind else {
            return;
        };
        for (enumerator, (docs, unknown)) in body.enumerators.iter_mut().zip(notes) {
            enumerator.docs.text = docs;
            for annotation in unknown {
                let message = format!(
                    "`{annotation}` is not an annotation of `{}` that means something",
                    enumerator.name
                );
                self.diagnostics.push(
                    Diagnostic::warning(Code::W0601, enumerator.location, message)
                        .label("in the comment of this procedure")
                        .help(remedy(&annotation)),
                );
            }
        }
    }
}

/// The annotations that there are.
pub(crate) const NAMES: [&str; 7] = [
    "generate",
    "priority",
    "acl",
    "aclfilter",
    "readstream",
    "writestream",
    "sparseflag",
];

/// What to write in place of a line that looks like an annotation.
fn remedy(line: &str) -> String {
    let name = line.trim_start_matches('@').split(':').next();
    let name = name.unwrap_or_default().trim();
    match name {
        "generate" => "its values are none, client, server and both".to_owned(),
        "priority" => "its values are low and high".to_owned(),
        "readstream" | "writestream" => "its value is the number of a parameter".to_owned(),
        _ => match similar_name(name, NAMES.into_iter()) {
            Some(similar) => format!("did you mean `@{similar}`?"),
            None => format!("the annotations are @{}", NAMES.join(", @")),
        },
    }
}

/// Annotations in a comment, the rest of the comment, and lines that look like annotations and are none.
fn annotations(comment: &str) -> (Annotations, String, Vec<String>) {
    let mut found = Annotations::default();
    let mut rest = Vec::new();
    let mut unknown = Vec::new();
    for line in comment.lines() {
        let annotation = line
            .trim()
            .strip_prefix('@')
            .and_then(|line| line.split_once(':'));
        match annotation {
            None => rest.push(line),
            Some((name, value)) => {
                if found.take(name.trim(), value.trim()).is_none() {
                    unknown.push(line.trim().to_owned());
                }
            }
        }
    }
    (found, rest.join("\n").trim().to_owned(), unknown)
}

impl Annotations {
    /// Takes one annotation in; nothing if it is not one.
    fn take(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "generate" => {
                let mut all = Generate::ALL.into_iter();
                self.generate = Some(all.find(|generate| generate.name() == value)?);
            }
            "priority" => {
                let mut all = Priority::ALL.into_iter();
                self.priority = Some(all.find(|priority| priority.name() == value)?);
            }
            "acl" => self.acl.push(acl(value)),
            "aclfilter" => self.acl_filter.push(acl(value)),
            "readstream" => self.read_stream = Some(value.parse().ok()?),
            "writestream" => self.write_stream = Some(value.parse().ok()?),
            "sparseflag" => self.sparse_flag = Some(value.to_owned()),
            _ => return None,
        }
        Some(())
    }
}

/// `object:permission[:flag][:parameter:value]`
fn acl(value: &str) -> Acl {
    let text: String = value.split_whitespace().collect();
    let mut parts = text.split(':').map(str::to_owned);
    let object = parts.next().unwrap_or_default();
    let permission = parts.next().unwrap_or_default();
    let flag = parts.next().filter(|flag| !flag.is_empty());
    let parameter = parts.next().zip(parts.next());
    Acl {
        text,
        object,
        permission,
        flag,
        parameter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_and_other_comments_are_not_marks() {
        assert_eq!(Mark::read("insert@1"), Some(Mark::Insert(1)));
        assert_eq!(
            Mark::read("alloc@1@unsigned int@2"),
            Some(Mark::Alloc {
                offset: 1,
                count_type: "unsigned int".to_owned(),
                count_offset: 2,
            })
        );
        assert_eq!(
            Mark::read("(const char **)"),
            Some(Mark::Cast("const char **".to_owned()))
        );
        assert_eq!(Mark::read("skipgen skipgen"), Some(Mark::SkipGen));
        for other in ["", "insert", "insert@x", "alloc@1", "(see below)", "skip"] {
            assert_eq!(Mark::read(other), None, "{other}");
        }
    }

    #[test]
    fn annotations_are_data_and_the_rest_stays_a_comment() {
        let comment = "@generate: both\n@priority: high\n@acl: domain:write\n@acl: domain:save:!VIR_DUMP_CRASH\n\
                       @acl: domain:x::flags:2\n@aclfilter: node_device:read\n@readstream: 1\nSlow.\n@frob: 1";
        let (found, rest, unknown) = annotations(comment);
        assert_eq!(found.generate, Some(Generate::Both));
        assert_eq!(found.priority, Some(Priority::High));
        assert_eq!(found.acl.len(), 3);
        assert_eq!(found.acl[1].flag.as_deref(), Some("!VIR_DUMP_CRASH"));
        assert_eq!(found.acl[2].flag, None);
        assert_eq!(
            found.acl[2].parameter,
            Some(("flags".to_owned(), "2".to_owned()))
        );
        assert_eq!(found.acl_filter[0].object, "node_device");
        assert_eq!(found.read_stream, Some(1));
        assert_eq!(rest, "Slow.");
        assert_eq!(unknown, ["@frob: 1"]);
    }
}
