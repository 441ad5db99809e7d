//! The system's own apt sources, turned from packages into sources, and the suites of Debian that it does not use.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Suites that have a version which some test describes, and those where later ones arrive.
const SUITES: &[&str] = &[
    "bookworm",
    "bookworm-backports",
    "trixie",
    "trixie-backports",
    "sid",
];

/// Writes `sources.list` and its kin into the folder of apt's configuration.
pub(crate) fn write(apt: &Path) -> io::Result<()> {
    for folder in ["sources.list.d", "lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(apt.join(folder))?;
    }
    let mut list = String::new();
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    if let Ok(entries) = fs::read_dir("/etc/apt/sources.list.d") {
        files.extend(entries.filter_map(Result::ok).map(|entry| entry.path()));
    }
    for file in files {
        // A file that is missing or unreadable has nothing to offer.
        let text = fs::read_to_string(&file).unwrap_or_default();
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("list") => list.push_str(&one_line_sources(&text)),
            Some("sources") => {
                let name = file.file_name().unwrap_or_default();
                fs::write(apt.join("sources.list.d").join(name), stanzas(&text))?;
            }
            _ => {}
        }
    }
    fs::write(apt.join("sources.list"), list)
}

/// `deb [options] URI SUITE COMPONENT…`, one a line.
fn one_line_sources(text: &str) -> String {
    let packages = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("deb "));
    let mut sources: Vec<String> = packages.map(|rest| format!("deb-src {rest}")).collect();
    for own in sources.clone() {
        let (before, rest) = own.split_at(own.find(']').map_or("deb-src".len(), |end| end + 1));
        let uri = rest.split_whitespace().next().unwrap_or_default();
        if !is_debian(uri) {
            continue;
        }
        for suite in SUITES {
            let other = format!("{before} {uri} {suite} ");
            if !sources.iter().any(|source| source.starts_with(&other)) {
                sources.push(other + "main");
            }
        }
    }
    sources
        .iter()
        .flat_map(|source| [source.as_str(), "\n"])
        .collect()
}

/// Stanzas of `Field: value`, as in deb822.
fn stanzas(text: &str) -> String {
    let mut sources = String::new();
    for stanza in text.split("\n\n") {
        let fields = || stanza.lines().filter_map(|line| line.split_once(':'));
        let field = |name: &str| {
            let mut fields = fields().filter(|(field, _)| field.eq_ignore_ascii_case(name));
            fields.next().map_or("", |(_, value)| value)
        };
        let debian = field("URIs").split_whitespace().any(is_debian);
        for line in stanza.lines() {
            match line.split_once(':') {
                Some((field, _)) if field.eq_ignore_ascii_case("Types") => {
                    sources.push_str("Types: deb-src");
                }
                Some((field, suites)) if debian && field.eq_ignore_ascii_case("Suites") => {
                    sources.push_str(line);
                    for other in SUITES {
                        if !suites.split_whitespace().any(|suite| suite == *other) {
                            sources.extend([" ", other]);
                        }
                    }
                }
                _ => sources.push_str(line),
            }
            sources.push('\n');
        }
        sources.push('\n');
    }
    sources
}

/// Whether a mirror has Debian's suites: not those of its security archive, nor another distribution's.
fn is_debian(uri: &str) -> bool {
    uri.trim_end_matches('/').ends_with("/debian")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_one_line_sources_into_sources_of_source_packages() {
        let text =
            "# deb off\ndeb [arch=amd64] mirror:/a stable main\ndeb-src mirror:/a stable main\n";
        assert_eq!(
            one_line_sources(text),
            "deb-src [arch=amd64] mirror:/a stable main\n"
        );
    }

    #[test]
    fn asks_a_mirror_of_debian_for_its_other_suites() {
        let sources = one_line_sources("deb [signed-by=/key] mirror:/debian/ trixie main\n");
        let lines: Vec<_> = sources.lines().collect();
        assert_eq!(
            lines[0],
            "deb-src [signed-by=/key] mirror:/debian/ trixie main"
        );
        assert!(lines.contains(&"deb-src [signed-by=/key] mirror:/debian/ sid main"));
        assert_eq!(lines.len(), SUITES.len(), "{sources}");
    }

    #[test]
    fn turns_stanzas_into_stanzas_of_source_packages() {
        let text = "Types: deb\nURIs: mirror:/a\nSuites: stable\n\ntypes: deb deb-src\nURIs: b\n";
        let want = "Types: deb-src\nURIs: mirror:/a\nSuites: stable\n\nTypes: deb-src\nURIs: b\n\n";
        assert_eq!(stanzas(text), want);
    }

    #[test]
    fn asks_the_mirror_of_a_stanza_for_debians_other_suites() {
        let sources =
            stanzas("Types: deb\nURIs: mirror:/debian\nSuites: bookworm bookworm-updates\n");
        assert_eq!(
            sources,
            "Types: deb-src\nURIs: mirror:/debian\nSuites: bookworm bookworm-updates bookworm-backports trixie \
             trixie-backports sid\n\n"
        );
    }
}
