//! libvirt's URIs: which driver, on which host, over which transport.
//!
//! `driver[+transport]://[user@][host][:port]/[path][?parameter=value&…]`, percent-encoded as RFC 3986 has it. Without a
//! transport it is a UNIX socket, or TLS if there is a host.
//!
//! | parameter | what it says |
//! | --- | --- |
//! | `socket` | the path of the UNIX socket |
//! | `mode` | which daemon's socket otherwise: `auto`, `legacy` (libvirtd's), `direct` (that of the driver's own daemon) |
//! | `auth` | how to authenticate: `none`, `polkit`, `sasl`, `sasl.MECHANISM` |
//! | `authfile` | an `auth.conf`, with user and password for SASL |
//! | `pkipath` | a folder with `cacert.pem`, `clientcert.pem` and `clientkey.pem` |
//! | `no_verify` | other than 0: takes any certificate, as libvirt does; no password is then sent in the clear (SASL PLAIN) |
//! | `command` | the program that is run for the transport `ssh`, and for `ext`, which has none of its own |
//! | `keyfile`, `no_tty` | of `ssh`: a key; other than 0: it must not ask for anything |
//! | `proxy` | of `ssh`: how it goes on there: `auto`, `native` (by `virt-ssh-helper`), `netcat` |
//! | `netcat` | of `ssh`: that netcat |
//! | `name` | what is sent to the daemon in place of the rest of the URI |
//!
//! `no_verify` has `ssh` take any host. Parameters that are only for transports over SSH are not sent to the daemon, nor
//! are these; others are.

mod configuration;
mod endpoint;
mod parse;
mod program;

use std::fmt;
use std::str::FromStr;

pub use configuration::Configuration;
pub use endpoint::{Endpoint, Surroundings};

/// A libvirt URI, taken apart.
///
/// ```
/// use libvirt_remote::uri::{Transport, Uri};
///
/// let uri: Uri = "qemu+tls://host.example/system?pkipath=/etc/pki/lab".parse()?;
/// assert_eq!((uri.driver.as_str(), uri.transport()), ("qemu", Transport::Tls));
/// assert_eq!(uri.name(), "qemu:///system");
/// # Ok::<(), libvirt_remote::uri::UriError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Uri {
    /// The driver, such as `qemu`. `remote` leaves the choice to the daemon.
    pub driver: String,
    /// The transport that it names.
    pub named_transport: Option<Transport>,
    /// As whom to authenticate.
    pub user: Option<String>,
    /// The daemon's host.
    pub host: Option<String>,
    /// The daemon's port.
    pub port: Option<u16>,
    /// Path, with its leading slash; of most drivers `/system` or `/session`.
    pub path: String,
    /// Parameters, in their order.
    pub parameters: Vec<(String, String)>,
    /// What is behind `#`.
    pub fragment: Option<String>,
    /// `mode`.
    pub mode: Mode,
    /// `auth`.
    pub auth: Option<AuthChoice>,
    /// `no_verify`.
    pub no_verify: bool,
}

/// How the bytes get to the daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Transport {
    /// A UNIX socket.
    Unix,
    /// TCP, in the clear.
    Tcp,
    /// TLS over TCP.
    Tls,
    /// A program, OpenSSH's client, that runs another on the daemon's host.
    Ssh,
    /// A program that is named by the URI.
    Ext,
}

/// Whose UNIX socket is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// That of the driver's own daemon if it is there, otherwise libvirtd's.
    #[default]
    Auto,
    /// That of libvirtd.
    Legacy,
    /// That of the driver's own daemon, such as virtqemud.
    Direct,
}

/// How the client wants to authenticate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AuthChoice {
    /// Not at all.
    None,
    /// By polkit, which asks who is at the other end of the UNIX socket.
    Polkit,
    /// By SASL, with this mechanism or one that both sides know.
    Sasl(Option<String>),
}

impl Uri {
    /// Parameters that are this client's, or of libvirt's transports over SSH, and nothing to the daemon.
    const OWN: [&'static str; 17] = [
        "auth",
        "authfile",
        "command",
        "keyfile",
        "known_hosts",
        "known_hosts_verify",
        "mode",
        "name",
        "netcat",
        "no_sanity",
        "no_tty",
        "no_verify",
        "pkipath",
        "proxy",
        "socket",
        "sshauth",
        "tls_priority",
    ];

    /// The URI that a user means by a URI, by an alias of `libvirt.conf`, or by nothing: that is `LIBVIRT_DEFAULT_URI`, or
    /// `uri_default` of `libvirt.conf`. That file is read only where there is no `://`.
    ///
    /// # Errors
    /// As [`Configuration::here`] and [`Configuration::resolve`].
    pub fn resolve(text: &str) -> Result<Self, UriError> {
        if text.contains("://") {
            return text.parse();
        }
        Configuration::here()?.resolve(text)
    }

    /// The first value of a parameter. Their names are compared without regard to case, as libvirt does.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The transport, named or not.
    pub fn transport(&self) -> Transport {
        self.named_transport.unwrap_or(match self.host {
            Some(_) => Transport::Tls,
            None => Transport::Unix,
        })
    }

    /// What the daemon is asked to open: the URI as it would be on the daemon's host.
    pub fn name(&self) -> String {
        if let Some(name) = self.parameter("name") {
            return name.to_owned();
        }
        if self.driver == "remote" {
            return String::new();
        }
        let mut name = format!("{}://", self.driver);
        parse::escape(&self.path, parse::IN_PATH, &mut name);
        let passed = self.parameters.iter().filter(|(name, _)| {
            let is_own = |own: &&str| own.eq_ignore_ascii_case(name);
            !Self::OWN.iter().any(is_own)
        });
        for (index, (parameter, value)) in passed.enumerate() {
            name.push(if index == 0 { '?' } else { '&' });
            parse::escape(parameter, parse::IN_PARAMETER, &mut name);
            name.push('=');
            parse::escape(value, parse::IN_PARAMETER, &mut name);
        }
        if let Some(fragment) = &self.fragment {
            name.push('#');
            parse::escape(fragment, parse::IN_PATH, &mut name);
        }
        name
    }
}

impl FromStr for Uri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        parse::uri(text)
    }
}

const TRANSPORTS: &str = "`unix`, `tcp`, `tls`, `ssh` and `ext`";

/// What is wrong with a URI.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UriError {
    /// It does not begin with a driver and `://`.
    NoDriver,
    /// A transport that nobody knows.
    UnknownTransport {
        /// As it was written.
        transport: String,
    },
    /// A transport that libvirt has and this client has not.
    Transport {
        /// As it was written.
        transport: String,
    },
    /// A UNIX socket is on no other host.
    HostOfUnixSocket {
        /// The host.
        host: String,
    },
    /// A port is a number from 1 to 65535, or there is none.
    Port {
        /// As it was written.
        port: String,
    },
    /// The brackets of an IPv6 address are not closed, or something other than a port follows them.
    Host {
        /// As it was written.
        host: String,
    },
    /// `%` with other than two hexadecimal digits behind it, or bytes that are no UTF-8.
    Escape {
        /// As it was written.
        text: String,
    },
    /// A parameter with a value that it cannot have.
    Parameter {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
    },
    /// The transport `ext` is the program that the parameter `command` names, and there is none.
    NoCommand,
    /// Where sockets of sessions are cannot be told: neither `XDG_RUNTIME_DIR` nor `HOME` is set.
    NoSession,
    /// No URI was given, and there is no default.
    NoDefault,
    /// `libvirt.conf` cannot be read, or is none.
    Configuration {
        /// Why, and where.
        why: String,
    },
}

impl fmt::Display for UriError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoDriver => f.write_str("the URI does not begin with a driver, as `qemu:///`"),
            Self::UnknownTransport { transport } => write!(
                f,
                "no transport is called `{transport}`; there are {TRANSPORTS}"
            ),
            Self::Transport { transport } => write!(
                f,
                "the transport `{transport}` is not supported; there are {TRANSPORTS}"
            ),
            Self::HostOfUnixSocket { host } => {
                write!(f, "a UNIX socket cannot be on another host, `{host}`")
            }
            Self::Port { port } => write!(f, "`{port}` is no port"),
            Self::Host { host } => write!(f, "`{host}` is no host"),
            Self::Escape { text } => write!(f, "`{text}` has a `%` that encodes nothing"),
            Self::Parameter { name, value } => {
                write!(f, "the parameter `{name}` cannot be `{value}`")
            }
            Self::NoCommand => f.write_str("the transport `ext` needs the parameter `command`"),
            Self::NoSession => f.write_str(
                "the folder of the session's sockets is not known: set XDG_RUNTIME_DIR or HOME",
            ),
            Self::NoDefault => f.write_str(
                "no URI is given, as `qemu:///system`, and neither LIBVIRT_DEFAULT_URI nor uri_default in libvirt.conf is one",
            ),
            Self::Configuration { why } => write!(f, "libvirt.conf: {why}"),
        }
    }
}

impl std::error::Error for UriError {}
