//! The command line.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Parser;
use clap::error::ErrorKind;

/// Watches QEMU processes that no libvirt has started, and tells libvirt's clients who comes to their screens.
///
/// Clients connect by <qemu+unix:///system?socket=SOCKET>, as in `virsh -c URI event --all --loop`. Whoever may connect to
/// the socket sees everything; there is nothing to change by it. While it listens there is a file SOCKET.lock.
#[derive(Debug, Parser)]
#[command(name = "virt-graphics-bridge", version)]
struct Words {
    /// The UNIX socket to listen at for clients.
    #[arg(long, value_name = "SOCKET")]
    listen: PathBuf,

    /// Who may connect, as the mode of the socket's file: 0660 for its group, 0666 for everybody.
    #[arg(long, value_name = "OCTAL", default_value = "0600", value_parser = mode)]
    mode: u32,

    /// QEMUs to watch: the name of each, and the UNIX socket of a monitor that has no other client
    /// (`-qmp unix:SOCKET,server=on,wait=off`).
    #[arg(long = "qmp", value_name = "NAME=SOCKET", required = true, num_args = 1.., value_parser = monitor)]
    monitors: Vec<Monitor>,
}

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Arguments {
    pub(super) listen: PathBuf,
    pub(super) mode: u32,
    pub(super) monitors: Vec<Monitor>,
}

/// A QEMU's name and its monitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Monitor {
    pub(super) name: String,
    pub(super) socket: PathBuf,
}

impl Arguments {
    /// Those of this process. What is wrong with them is printed, and the process ends.
    pub(super) fn parse() -> Self {
        Self::of(std::env::args_os()).unwrap_or_else(|error| error.exit())
    }

    fn of(
        words: impl IntoIterator<Item = impl Into<std::ffi::OsString> + Clone>,
    ) -> Result<Self, clap::Error> {
        let Words {
            listen,
            mode,
            monitors,
        } = Words::try_parse_from(words)?;
        let (mut names, mut sockets) = (BTreeSet::new(), BTreeSet::new());
        for Monitor { name, socket } in &monitors {
            // A monitor has one client, and clients know a domain by its name.
            if !names.insert(name) || !sockets.insert(socket) {
                let what = format!(
                    "{name}={} is given twice, or a part of it is",
                    socket.display()
                );
                let mut command = <Words as clap::CommandFactory>::command();
                return Err(command.error(ErrorKind::ValueValidation, what));
            }
        }
        Ok(Self {
            listen,
            mode,
            monitors,
        })
    }
}

fn mode(text: &str) -> Result<u32, &'static str> {
    match u32::from_str_radix(text, 8) {
        Ok(mode @ 0..=0o777) => Ok(mode),
        _ => Err("three octal digits, as 0660"),
    }
}

fn monitor(text: &str) -> Result<Monitor, &'static str> {
    match text.split_once('=') {
        Some((name, socket)) if !name.is_empty() && !socket.is_empty() => Ok(Monitor {
            name: name.to_owned(),
            socket: socket.into(),
        }),
        _ => Err("a name and a path, with `=` between them"),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn of(words: &str) -> Result<Arguments, String> {
        let words = std::iter::once("virt-graphics-bridge").chain(words.split(' '));
        Arguments::of(words).map_err(|error| error.to_string())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Words::command().debug_assert();
    }

    #[test]
    fn several_monitors_are_named_behind_one_flag_or_several() {
        let monitor = |name: &str, socket: &str| Monitor {
            name: name.to_owned(),
            socket: socket.into(),
        };
        let expected = Arguments {
            listen: "/run/sock".into(),
            mode: 0o600,
            monitors: vec![monitor("web", "/run/web=1"), monitor("db", "db.qmp")],
        };
        for words in [
            "--listen /run/sock --qmp web=/run/web=1 db=db.qmp",
            "--qmp web=/run/web=1 --listen /run/sock --qmp db=db.qmp",
        ] {
            assert_eq!(of(words).as_ref(), Ok(&expected), "{words}");
        }
    }

    #[test]
    fn what_is_missing_or_given_twice_is_said() {
        for (words, expected) in [
            ("--qmp a=b", "--listen <SOCKET>"),
            ("--listen s", "--qmp <NAME=SOCKET>"),
            ("--listen s --qmp web", "with `=` between them"),
            ("--listen s --qmp =x", "with `=` between them"),
            ("--listen s --qmp x=", "with `=` between them"),
            ("--listen s --qmp a=x a=y", "a=y is given twice"),
            ("--listen s --qmp a=x b=x", "b=x is given twice"),
            ("--listen s --qmp a=x --mode 0668", "three octal digits"),
            ("--listen s --qmp a=x --mode 4755", "three octal digits"),
        ] {
            let error = of(words).expect_err(words);
            assert!(error.contains(expected), "{words}: {error}");
        }
    }
}
