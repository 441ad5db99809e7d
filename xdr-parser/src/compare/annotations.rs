//! libvirt's annotations of procedures. What is not said has its default, which is not a change.

use super::{Comparison, Places, Rule, spell};
use crate::schema::{Acl, Annotations, Priority};

impl Comparison<'_> {
    pub(super) fn annotations(
        &mut self,
        item: &str,
        old: &Annotations,
        new: &Annotations,
        at: Places,
    ) {
        let generate = (shown_generate(old), shown_generate(new));
        self.annotation(Rule::GenerateChanged, "@generate", item, generate, at);
        let priority = (shown_priority(old), shown_priority(new));
        self.annotation(Rule::PriorityChanged, "@priority", item, priority, at);
        let acl = (shown_acl(&old.acl), shown_acl(&new.acl));
        self.annotation(Rule::AclChanged, "@acl", item, acl, at);
        let filter = (shown_acl(&old.acl_filter), shown_acl(&new.acl_filter));
        self.annotation(Rule::AclFilterChanged, "@aclfilter", item, filter, at);
        let streams = (shown_streams(old), shown_streams(new));
        let directions =
            |found: &Annotations| (found.read_stream.is_some(), found.write_stream.is_some());
        let rule = if directions(old) == directions(new) {
            Rule::StreamParameterChanged
        } else {
            Rule::StreamChanged
        };
        self.annotation(rule, "the stream", item, streams, at);
        let rule = match (&old.sparse_flag, &new.sparse_flag) {
            (None, _) => Rule::SparseFlagAdded,
            (_, None) => Rule::SparseFlagRemoved,
            _ => Rule::SparseFlagRenamed,
        };
        let flags = |found: &Annotations| spell::list(found.sparse_flag.as_slice());
        let flags = (flags(old), flags(new));
        self.annotation(rule, "@sparseflag", item, flags, at);
    }

    fn annotation(
        &mut self,
        rule: Rule,
        name: &str,
        item: &str,
        (old, new): (String, String),
        at: Places,
    ) {
        if old != new {
            let message = format!("{name} changed from {old} to {new}");
            self.changed(rule, item, message, at);
        }
    }
}

fn shown_generate(annotations: &Annotations) -> String {
    annotations.generate.map_or_else(
        || "unsaid".to_owned(),
        |generate| format!("`{}`", generate.name()),
    )
}

fn shown_priority(annotations: &Annotations) -> String {
    let priority = annotations.priority.unwrap_or(Priority::Low);
    format!("`{}`", priority.name())
}

fn shown_acl(acl: &[Acl]) -> String {
    let texts: Vec<String> = acl.iter().map(|acl| acl.text.clone()).collect();
    spell::list(&texts)
}

fn shown_streams(annotations: &Annotations) -> String {
    let stream = |name: &str, parameter: Option<u32>| {
        parameter.map(|parameter| format!("@{name}: {parameter}"))
    };
    let streams = [
        stream("readstream", annotations.read_stream),
        stream("writestream", annotations.write_stream),
    ];
    let streams: Vec<String> = streams.into_iter().flatten().collect();
    spell::list(&streams)
}
