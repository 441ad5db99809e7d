//! Daemons that a program leads to: SSH, and whatever else speaks on its standard input and output.

use super::{Endpoint, Mode, Uri, UriError};

/// What runs on the daemon's host, of a URI, a socket and a netcat: libvirt's own helper, which finds the socket itself.
const HELPER: &str = r#"exec virt-ssh-helper -- "$1""#;

/// The same for reading only.
const HELPER_READ_ONLY: &str = r#"exec virt-ssh-helper -r -- "$1""#;

/// Whether the helper is there: libvirt has it since 6.8.
const HAS_HELPER: &str = "command -v virt-ssh-helper >/dev/null 2>&1";

/// Without a helper, netcat. That of some systems goes on when its input has ended, unless it is told not to; others do not
/// know the option. A session's socket is where the session is.
const NETCAT: &str = r#"s=${2:-${XDG_RUNTIME_DIR:-$HOME/.cache}/libvirt/libvirt-sock}; if "$3" -h 2>&1 | grep -q -e "-q secs"; then exec "$3" -q 0 -U "$s"; else exec "$3" -U "$s"; fi"#;

/// How the program on the daemon's host gets to the daemon.
#[derive(Clone, Copy)]
enum Proxy {
    /// By the helper if it is there, otherwise by netcat.
    Auto,
    /// By the helper.
    Native,
    Netcat,
}

impl Uri {
    /// The program that is run for the transport `ext`.
    pub(super) fn ext(&self) -> Result<Endpoint, UriError> {
        let program = self.parameter("command").ok_or(UriError::NoCommand)?;
        Ok(Endpoint::Program {
            program: program.to_owned(),
            arguments: Vec::new(),
        })
    }

    /// OpenSSH's client, with the options that libvirt's client gives it.
    pub(super) fn ssh(&self, read_only: bool) -> Result<Endpoint, UriError> {
        let mut arguments = Vec::new();
        let mut add = |words: &[&str]| arguments.extend(words.iter().map(|&word| word.to_owned()));
        if let Some(port) = self.port {
            add(&["-p", &port.to_string()]);
        }
        if let Some(user) = &self.user {
            add(&["-l", user]);
        }
        if let Some(file) = self.parameter("keyfile") {
            add(&["-i", file]);
        }
        // No terminal there, and no character that would end the connection.
        add(&["-T", "-e", "none"]);
        if self.flag("no_tty")? {
            add(&["-o", "BatchMode=yes"]);
        }
        if self.no_verify {
            add(&["-o", "StrictHostKeyChecking=no"]);
        }
        // A host is no option, whatever it is called.
        let host = self.host.as_deref().unwrap_or("localhost");
        add(&["--", host, &self.remote_command(read_only)?]);
        Ok(Endpoint::Program {
            program: self.parameter("command").unwrap_or("ssh").to_owned(),
            arguments,
        })
    }

    /// What the shell of that host is given.
    fn remote_command(&self, read_only: bool) -> Result<String, UriError> {
        let helper = if read_only { HELPER_READ_ONLY } else { HELPER };
        let script = match self.proxy()? {
            Proxy::Native => helper.to_owned(),
            Proxy::Netcat => NETCAT.to_owned(),
            Proxy::Auto => format!("if {HAS_HELPER}; then {helper}; fi; {NETCAT}"),
        };
        let socket = match self.parameter("socket") {
            Some(socket) => socket,
            None if self.path == "/session" => "",
            None if read_only => "/var/run/libvirt/libvirt-sock-ro",
            None => "/var/run/libvirt/libvirt-sock",
        };
        let netcat = self.parameter("netcat").unwrap_or("nc");
        let words = [&script, "sh", &self.name(), socket, netcat].map(quoted);
        Ok(format!("sh -c {}", words.join(" ")))
    }

    /// A socket or a netcat that is named is for netcat.
    fn proxy(&self) -> Result<Proxy, UriError> {
        let named = ["netcat", "socket"].map(|name| self.parameter(name));
        let is_for_netcat = self.mode == Mode::Legacy || named.iter().any(Option::is_some);
        let wrong = |name, value: &str| {
            let value = value.to_owned();
            Err(UriError::Parameter { name, value })
        };
        // Whether a driver's own daemon is there cannot be seen from here.
        if self.mode == Mode::Direct {
            return wrong("mode", "direct");
        }
        match self.parameter("proxy") {
            None | Some("auto") if is_for_netcat => Ok(Proxy::Netcat),
            None | Some("auto") => Ok(Proxy::Auto),
            Some("netcat") => Ok(Proxy::Netcat),
            Some("native") => Ok(Proxy::Native),
            Some(other) => wrong("proxy", other),
        }
    }

    fn flag(&self, name: &'static str) -> Result<bool, UriError> {
        let flag = super::parse::one_of(self, name, super::parse::flag)?;
        Ok(flag.unwrap_or_default())
    }
}

/// A word as the shell there takes it, of whatever characters it is.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}
