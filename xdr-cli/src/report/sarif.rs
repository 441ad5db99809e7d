//! Findings as a log in SARIF 2.1.0 (OASIS standard), which code scanning reads.
//!
//! Only what is said here is written: a run with its tool, the rules that occur, and the results. Section numbers are those
//! of the standard. Lines and columns count from 1, columns in code units of UTF-16 (§3.14.17).

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;
use xdr_build::Weight;
use xdr_parser::{Fix, Location, Sources};

use super::{Finding, Places};
use crate::positions::Unit;

/// Results on their way into a log.
#[derive(Debug, Default)]
pub(super) struct Log {
    rules: Vec<Rule>,
    indices: HashMap<String, usize>,
    results: Vec<Outcome>,
}

impl Log {
    pub(super) fn add(&mut self, sources: &Sources, findings: &[Finding<'_>]) {
        let mut places = Places::counting(sources, Unit::Utf16);
        for finding in findings {
            let rule_index = self.rule(finding);
            let mut locations = finding.places.iter();
            let primary = locations
                .next()
                .map(|(place, label)| location(&mut places, *place, label, None));
            let related = (1..).zip(locations);
            let related =
                related.map(|(id, (place, label))| location(&mut places, *place, label, Some(id)));
            let related = related.collect();
            let text = match finding.help {
                Some(help) => format!("{}\n{help}", finding.message),
                None => finding.message.to_owned(),
            };
            self.results.push(Outcome {
                rule_id: finding.id.to_owned(),
                rule_index,
                level: level(finding.weight),
                message: Message { text },
                locations: primary.into_iter().collect(),
                related_locations: related,
                fixes: finding.fix.iter().map(|it| fix(&mut places, it)).collect(),
            });
        }
    }

    /// The place of a finding's rule among those that occur.
    fn rule(&mut self, finding: &Finding<'_>) -> usize {
        if let Some(index) = self.indices.get(finding.id) {
            return *index;
        }
        let index = self.rules.len();
        self.indices.insert(finding.id.to_owned(), index);
        let kind = &finding.kind;
        let text = |text: &str| Message {
            text: text.to_owned(),
        };
        self.rules.push(Rule {
            id: finding.id.to_owned(),
            name: (kind.name != finding.id).then(|| kind.name.to_owned()),
            short_description: text(&kind.title),
            full_description: kind.why.map(text),
            help: kind.remedy.map(text),
            default_configuration: Configuration {
                level: level(kind.weight),
            },
            properties: kind.category.map(|category| Properties {
                tags: vec![category.to_owned()],
            }),
        });
        index
    }

    /// The whole log, as one line.
    pub(super) fn text(self) -> String {
        let document = Document {
            schema: "https://json.schemastore.org/sarif-2.1.0.json",
            version: "2.1.0",
            runs: [Run {
                tool: Tool {
                    driver: Driver {
                        name: "xdr",
                        version: env!("CARGO_PKG_VERSION"),
                        rules: self.rules,
                    },
                },
                column_kind: "utf16CodeUnits",
                results: self.results,
            }],
        };
        // It is nothing but strings, numbers and lists.
        let mut text = serde_json::to_string(&document).unwrap_or_default();
        text.push('\n');
        text
    }
}

const fn level(weight: Weight) -> &'static str {
    match weight {
        Weight::Error => "error",
        Weight::Warning => "warning",
        Weight::Note => "note",
    }
}

fn location(places: &mut Places<'_>, place: Location, label: &str, id: Option<u32>) -> Place {
    let (artifact_location, region) = region(places, place);
    Place {
        id,
        physical_location: PhysicalLocation {
            artifact_location,
            region,
        },
        message: (!label.is_empty()).then(|| Message {
            text: label.to_owned(),
        }),
    }
}

fn region(places: &mut Places<'_>, place: Location) -> (ArtifactLocation, Region) {
    let span = places.span(place, "", true);
    let region = Region {
        start_line: span.line_start,
        start_column: span.column_start,
        end_line: span.line_end,
        end_column: span.column_end,
    };
    (
        ArtifactLocation {
            uri: uri(span.file),
        },
        region,
    )
}

/// All edits, those of one file together.
fn fix(places: &mut Places<'_>, fix: &Fix) -> FixObject {
    let mut changes: Vec<ArtifactChange> = Vec::new();
    for edit in &fix.edits {
        let (artifact_location, deleted_region) = region(places, edit.location);
        let replacement = Replacement {
            deleted_region,
            inserted_content: Message {
                text: edit.replacement.clone(),
            },
        };
        match changes.last_mut() {
            Some(last) if last.artifact_location == artifact_location => {
                last.replacements.push(replacement);
            }
            _ => changes.push(ArtifactChange {
                artifact_location,
                replacements: vec![replacement],
            }),
        }
    }
    FixObject {
        description: Message {
            text: fix.title.clone(),
        },
        artifact_changes: changes,
    }
}

/// A path as a URI reference (RFC 3986): relative as it is, absolute under `file://`.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    if Path::new(path).is_absolute() {
        uri.push_str("file://");
        if !path.starts_with('/') {
            uri.push('/');
        }
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            b'\\' if cfg!(windows) => uri.push('/'),
            _ => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

/// §3.13
#[derive(Serialize)]
struct Document {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

/// §3.14
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Outcome>,
}

/// §3.18
#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

/// §3.19
#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

/// A `reportingDescriptor`, §3.49
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    short_description: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_description: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Message>,
    default_configuration: Configuration,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
}

/// §3.50
#[derive(Debug, Serialize)]
struct Configuration {
    level: &'static str,
}

/// §3.8
#[derive(Debug, Serialize)]
struct Properties {
    tags: Vec<String>,
}

/// A `result`, §3.27
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: Vec<Place>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Place>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<FixObject>,
}

/// §3.11; content that is inserted looks the same (§3.3).
#[derive(Debug, Serialize)]
struct Message {
    text: String,
}

/// A `location`, §3.28
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u32>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

/// §3.29
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

/// §3.4
#[derive(Debug, PartialEq, Eq, Serialize)]
struct ArtifactLocation {
    uri: String,
}

/// §3.30; the end column is that behind the last character.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

/// A `fix`, §3.55
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FixObject {
    description: Message,
    artifact_changes: Vec<ArtifactChange>,
}

/// §3.56
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

/// §3.57
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Message,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_uri_references() {
        assert_eq!(uri("proto/a.x"), "proto/a.x");
        assert_eq!(uri("../a b:c.x"), "../a%20b%3Ac.x");
        assert_eq!(uri("<stdin>"), "%3Cstdin%3E");
        assert_eq!(uri("é%.x"), "%C3%A9%25.x");
        if cfg!(unix) {
            assert_eq!(uri("/a/b.x"), "file:///a/b.x");
        }
    }
}
