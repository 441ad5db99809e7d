//! Events as lines; what goes wrong goes to standard error.

use std::fmt::Write as _;
use std::future::pending;
use std::io;
use std::os::fd::AsFd;

use protocol_defs::graphics::GraphicsEvent;
use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;
use tokio::io::{AsyncWriteExt, Interest};
use tokio::net::unix::pipe;

use super::Outcome;
use super::host::{Hosts, Report, Source, What, help};
use crate::console::Console;
use crate::stop::Stop;
use crate::text::{is_obeyed, printable, texts};

/// Prints until it is asked to end, or no host is left.
pub(super) async fn print(
    hosts: &mut Hosts,
    stop: &mut Stop,
    console: &Console,
    is_json: bool,
) -> io::Result<Outcome> {
    let mut names: Vec<_> = hosts.sources().iter().map(Source::to_string).collect();
    // Writes on a thread of its own: a pipe that nobody reads must not keep a signal from being heard.
    let mut out = tokio::io::stdout();
    let unread = unread()?;
    let asked = stop.wait();
    tokio::pin!(asked, unread);
    loop {
        let report = tokio::select! {
            // Ctrl-C ends ssh as well, and that it has ended is then no news.
            biased;
            () = &mut asked => return Ok(Outcome::Asked),
            () = &mut unread => return Err(io::ErrorKind::BrokenPipe.into()),
            report = hosts.next() => report?,
        };
        let Some(Report { host, what }) = report else {
            return Ok(Outcome::NoHost);
        };
        if let Some(told) = in_words(&hosts.sources()[host], &what) {
            console.say(&told);
        }
        let lines = match what {
            What::Watched { name, .. } => {
                names[host] = name;
                continue;
            }
            What::Event(event) if is_json => json(&names[host], &event)?,
            What::Event(event) => plain(&names[host], &event),
            What::Stopped(_) | What::Gap(_) | What::Lost(_) | What::Failed(_) => continue,
        };
        tokio::select! {
            () = &mut asked => return Ok(Outcome::Asked),
            written = write(&mut out, &lines) => written?,
        }
    }
}

async fn write(out: &mut tokio::io::Stdout, lines: &str) -> io::Result<()> {
    out.write_all(lines.as_bytes()).await?;
    out.flush().await
}

/// Waits until nobody reads standard output any more, so that the program ends though there is nothing to print. Of a file
/// that is not known.
fn unread() -> io::Result<impl Future<Output = ()>> {
    let stdout = io::stdout().as_fd().try_clone_to_owned()?;
    // Nothing is written through this, so that it need not be what it is taken for.
    let pipe = pipe::Sender::from_owned_fd_unchecked(stdout).ok();
    Ok(async move {
        match pipe {
            // That it cannot be asked is no reason to end.
            Some(pipe) if pipe.ready(Interest::ERROR).await.is_ok() => {}
            _ => pending().await,
        }
    })
}

/// A line of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    host: &'a str,
    #[serde(flatten)]
    event: &'a GraphicsEvent,
}

fn json(host: &str, event: &GraphicsEvent) -> io::Result<String> {
    let mut line = Vec::new();
    Line { host, event }.serialize(&mut Serializer::with_formatter(&mut line, Printable))?;
    line.push(b'\n');
    String::from_utf8(line).map_err(io::Error::other)
}

/// JSON in which everything is escaped that a terminal could obey, not only what JSON has to.
struct Printable;

impl Formatter for Printable {
    fn write_string_fragment<W: io::Write + ?Sized>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((place, character)) = rest.char_indices().find(|(_, c)| is_obeyed(*c)) {
            let (plain, behind) = rest.split_at(place);
            // All of them have four digits at most.
            write!(out, "{plain}\\u{:04x}", u32::from(character))?;
            rest = &behind[character.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }
}

/// The event as virsh prints it, behind the host.
fn plain(host: &str, event: &GraphicsEvent) -> String {
    let mut event = event.clone();
    for text in texts(&mut event) {
        *text = printable(text);
    }
    format!("{}: {event}\n", printable(host))
}

/// What a report has to say of something that went wrong.
pub(super) fn in_words(source: &Source, what: &What) -> Option<String> {
    let mut told = match what {
        What::Event(_) | What::Stopped(_) | What::Watched { again: false, .. } => return None,
        What::Watched { .. } => {
            format!("{source}: watched again; events may have been missed")
        }
        What::Gap(gap) => format!("{source}: {gap}"),
        What::Lost(error) => {
            format!("{source}: {error}; trying again")
        }
        What::Failed(error) => format!("{source}: {error}"),
    };
    told = printable(&told);
    if let What::Failed(error) = what
        && let Some(help) = help(error)
    {
        let _ = write!(told, "\n  help: {help}");
    }
    Some(told)
}

#[cfg(test)]
mod tests {
    use protocol_defs::graphics::{Address, Domain, Family, Identity, IdentityKind, Phase, Uuid};

    use super::*;

    fn hostile() -> GraphicsEvent {
        let address = |node: &str| Address {
            family: Family::Unknown(7),
            node: node.to_owned(),
            service: "\x07".to_owned(),
        };
        GraphicsEvent {
            domain: Domain {
                name: "web\x1b[2J".to_owned(),
                uuid: Uuid([7; 16]),
                id: -1,
            },
            phase: Phase::Unknown(9),
            local: address("\r"),
            remote: address("\n"),
            auth_scheme: "\u{9b}\u{7f}\u{202e}\u{2028}ü".to_owned(),
            subject: vec![Identity {
                kind: IdentityKind::Other("\t".to_owned()),
                name: "a\nevent 'graphics'".to_owned(),
            }],
        }
    }

    #[test]
    fn json_is_one_line_that_a_terminal_does_not_obey_whatever_is_in_it() {
        let line = json("h\n", &hostile()).expect("it is JSON");
        assert_eq!(
            line,
            "{\"host\":\"h\\n\",\"domain\":\"web\\u001b[2J\",\"uuid\":\"07070707-0707-0707-0707-070707070707\",\
             \"id\":-1,\"phase\":9,\"local\":{\"family\":7,\"node\":\"\\r\",\"service\":\"\\u0007\"},\
             \"remote\":{\"family\":7,\"node\":\"\\n\",\"service\":\"\\u0007\"},\"auth_scheme\":\"\\u009b\\u007f\\u202e\\u2028ü\",\
             \"subject\":[{\"type\":\"\\t\",\"name\":\"a\\nevent 'graphics'\"}]}\n"
        );
    }

    #[test]
    fn plain_lines_hold_nothing_that_a_terminal_obeys() {
        let lines = plain("h\x1b", &hostile());
        assert_eq!(
            lines,
            "h\\u{1b}: event 'graphics' for domain 'web\\u{1b}[2J': unknown local[unknown \\u{d} \\u{7}] \
             remote[unknown \\u{a} \\u{7}] \\u{9b}\\u{7f}\\u{202e}\\u{2028}ü\n\t\\u{9}=a\\u{a}event 'graphics'\n"
        );
    }
}
