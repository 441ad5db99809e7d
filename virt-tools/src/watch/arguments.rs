//! The command line.

use std::path::PathBuf;

use clap::Parser;

use super::host::Source;

/// Shows who is on which screen of libvirt's virtual machines, while it happens.
///
/// On a terminal it draws a table; otherwise it prints each event as virsh does, behind the host's name. Ctrl-C ends it.
///
/// Where a daemon asks by SASL who the user is, that is found as in virsh: in the file that `LIBVIRT_AUTH_FILE` or the URI's
/// authfile= names, in ~/.config/libvirt/auth.conf or in /etc/libvirt/auth.conf. Or the URI names the user, as in
/// <qemu+tls://USER@host.example/system>, and the password is in a file or asked for.
///
/// To <qemu+ssh://host.example/system> OpenSSH leads, with a key: while there is a table it asks for nothing.
#[derive(Debug, Parser)]
#[command(name = "virt-watch", version)]
pub(super) struct Arguments {
    /// Print one JSON object a line: host, domain, uuid, id, phase, local, remote, `auth_scheme`, subject.
    #[arg(long)]
    pub(super) json: bool,

    /// Ask for the password of the users that URIs name, once.
    #[arg(long)]
    pub(super) ask_password: bool,

    /// Take the password of the users that URIs name from the first line of a file.
    #[arg(long, value_name = "FILE", conflicts_with = "ask_password")]
    pub(super) password_file: Option<PathBuf>,

    /// Daemons to watch, such as <qemu:///system> or <qemu+tls://host.example/system>, or aliases of libvirt.conf; "" is
    /// `LIBVIRT_DEFAULT_URI` or the default of libvirt.conf; without any, a demonstration.
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
