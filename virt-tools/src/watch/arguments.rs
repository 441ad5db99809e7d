//! The command line.

use clap::Parser;

use super::host::Source;

/// Shows who is on which screen of libvirt's virtual machines, while it happens.
///
/// On a terminal it draws a table; otherwise it prints each event as virsh does, behind the host's name. Ctrl-C ends it.
#[derive(Debug, Parser)]
#[command(name = "virt-watch", version)]
pub(super) struct Arguments {
    /// Print one JSON object a line: host, domain, uuid, id, phase, local, remote, `auth_scheme`, subject.
    #[arg(long)]
    pub(super) json: bool,

    /// Daemons to watch, such as <qemu:///system> or <qemu+tls://host.example/system>; without any, a demonstration.
    #[arg(value_name = "URI")]
    uris: Vec<String>,
}

impl Arguments {
    /// What is to be watched, each once.
    pub(super) fn sources(&self) -> Vec<Source> {
        if self.uris.is_empty() {
            return vec![Source::Demo];
        }
        let mut sources = Vec::new();
        for uri in &self.uris {
            let source = Source::Uri(uri.clone());
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
        sources
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_uri_is_watched_once_and_none_is_the_demonstration() {
        let sources = |words: &[&str]| Arguments::parse_from(words).sources();
        assert_eq!(sources(&["virt-watch"]), [Source::Demo]);
        let uri = |uri: &str| Source::Uri(uri.to_owned());
        assert_eq!(
            sources(&["virt-watch", "a:///b", "--json", "c:///d", "a:///b"]),
            [uri("a:///b"), uri("c:///d")]
        );
    }
}
