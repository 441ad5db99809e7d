//! The inside of structs, enums and unions.

use std::collections::BTreeMap;

use xdr_parser::ast::{EnumBody, StructBody, Trivia, UnionBody};
use xdr_parser::print;
use xdr_parser::schema::{Annotations, Generate, Priority};

use super::comments;
use super::layout;
use super::protocol::Protocol;
use super::write::Writer;

const INDENT: &str = "    ";

/// The annotations of a file's procedures, by enumerator.
pub(super) fn annotations(file: &Protocol) -> BTreeMap<&str, &Annotations> {
    let mut annotations = BTreeMap::new();
    for program in layout::programs(file) {
        for procedure in &program.procedures {
            if let Some(enumerator) = program.enumerator(&file.schema, procedure) {
                annotations.insert(enumerator.name.as_str(), &procedure.annotations);
            }
        }
    }
    annotations
}

impl Writer<'_> {
    pub(super) fn members(&mut self, key: &str, body: &StructBody) -> String {
        let mut text = String::new();
        for member in &body.members {
            let declaration = print::declaration(&self.file.text, &member.declaration);
            let name = member.declaration.name.as_ref();
            let key = comments::inner(key, name.map_or("", |name| &name.name));
            text.push_str(&self.before(&key, INDENT));
            let line = format!("{INDENT}{};", declaration.replace('\n', "\n    "));
            text.push_str(&self.line(&key, line, &member.trailing));
        }
        text + &self.before(&comments::closing(key), INDENT)
    }

    /// Procedures with annotations are set apart by blank lines.
    pub(super) fn enumerators(&mut self, key: &str, body: &EnumBody) -> String {
        let mut text = String::new();
        let mut annotated = false;
        for (index, enumerator) in body.enumerators.iter().enumerate() {
            let name = &enumerator.name.name;
            let annotations = self.annotations.get(name.as_str());
            let annotations = annotations.map(|a| lines(a)).unwrap_or_default();
            if annotated || (index > 0 && !annotations.is_empty()) {
                text.push('\n');
            }
            annotated = !annotations.is_empty();
            let key = comments::inner(key, name);
            text.push_str(&self.before(&key, INDENT));
            if annotated {
                text.push_str("    /**\n");
                for line in annotations {
                    text.extend(["     * ", &line, "\n"]);
                }
                text.push_str("     */\n");
            }
            let mut line = format!("{INDENT}{name}");
            if let Some(value) = &enumerator.value {
                line.extend([" = ", value.span.of(&self.file.text)]);
            }
            if index + 1 < body.enumerators.len() {
                line.push(',');
            }
            text.push_str(&self.line(&key, line, &enumerator.trailing));
        }
        text + &self.before(&comments::closing(key), INDENT)
    }

    pub(super) fn arms(&mut self, key: &str, body: &UnionBody) -> String {
        let mut text = String::new();
        for arm in &body.arms {
            let source = &self.file.text;
            let labels = arm.labels.iter().map(|label| label.span.of(source));
            let mut labels: Vec<_> = labels.collect();
            let key = comments::inner(key, labels.first().unwrap_or(&"default"));
            let mut cases: String = String::new();
            for label in labels.drain(..) {
                cases.extend(["case ", label, ":\n"]);
            }
            if arm.default.is_some() {
                cases.push_str("default:\n");
            }
            let declaration = print::declaration(source, &arm.declaration);
            text.push_str(&self.before(&key, ""));
            text.push_str(&cases);
            let line = format!("{INDENT}{};", declaration.replace('\n', "\n    "));
            text.push_str(&self.line(&key, line, &arm.trailing));
        }
        text + &self.before(&comments::closing(key), INDENT)
    }

    /// A line with libvirt's marks and our comments behind it.
    fn line(&mut self, key: &str, line: String, trailing: &[Trivia]) -> String {
        let marks = comments::marks(self.file, trailing);
        let parts = [line].into_iter().chain(marks).chain(self.after(key));
        parts.collect::<Vec<_>>().join(" ") + "\n"
    }
}

/// Annotations as they are written, one a line.
fn lines(annotations: &Annotations) -> Vec<String> {
    let read = annotations.read_stream.map(|at| at.to_string());
    let write = annotations.write_stream.map(|at| at.to_string());
    let mut lines = Vec::new();
    let mut add = |name: &str, value: Option<&str>| {
        lines.extend(value.map(|value| format!("@{name}: {value}")));
    };
    add("generate", annotations.generate.map(Generate::name));
    add("readstream", read.as_deref());
    add("writestream", write.as_deref());
    add("sparseflag", annotations.sparse_flag.as_deref());
    add("priority", annotations.priority.map(Priority::name));
    for acl in &annotations.acl {
        add("acl", Some(&acl.text));
    }
    for acl in &annotations.acl_filter {
        add("aclfilter", Some(&acl.text));
    }
    lines
}
