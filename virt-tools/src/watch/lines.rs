//! Events as lines; what goes wrong goes to standard error.

use std::fmt::Write as _;
use std::io;

use protocol_defs::graphics::GraphicsEvent;
use serde::Serialize;
use tokio::io::AsyncWriteExt;

use super::Outcome;
use super::host::{Hosts, Report, Source, What, help};
use super::text::printable;
use crate::stop::Stop;

/// Prints until it is asked to end, or no host is left.
pub(super) async fn print(
    hosts: &mut Hosts,
    stop: &mut Stop,
    is_json: bool,
) -> io::Result<Outcome> {
    let mut names: Vec<_> = hosts.sources().iter().map(Source::to_string).collect();
    // Writes on a thread of its own: a pipe that nobody reads must not keep a signal from being heard.
    let mut out = tokio::io::stdout();
    let asked = stop.wait();
    tokio::pin!(asked);
    loop {
        let report = tokio::select! {
            () = &mut asked => return Ok(Outcome::Asked),
            report = hosts.next() => report,
        };
        let Some(Report { host, what }) = report else {
            return Ok(Outcome::NoHost);
        };
        if let Some(told) = in_words(&hosts.sources()[host], &what) {
            eprintln!("{told}");
        }
        let lines = match what {
            What::Watched { name, .. } => {
                names[host] = name;
                continue;
            }
            What::Event(event) if is_json => json(&names[host], &event)?,
            What::Event(event) => plain(&names[host], &event),
            What::Gap(_) | What::Lost(_) | What::Failed(_) => continue,
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

/// A line of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    host: &'a str,
    #[serde(flatten)]
    event: &'a GraphicsEvent,
}

fn json(host: &str, event: &GraphicsEvent) -> io::Result<String> {
    let mut line = serde_json::to_string(&Line { host, event })?;
    line.push('\n');
    Ok(line)
}

/// The event as virsh prints it, behind the host.
fn plain(host: &str, event: &GraphicsEvent) -> String {
    let mut event = event.clone();
    for text in [
        &mut event.domain.name,
        &mut event.local.node,
        &mut event.local.service,
        &mut event.remote.node,
        &mut event.remote.service,
        &mut event.auth_scheme,
    ] {
        *text = printable(text);
    }
    for identity in &mut event.subject {
        identity.kind = printable(identity.kind.name()).into();
        identity.name = printable(&identity.name);
    }
    format!("{}: {event}\n", printable(host))
}

/// What a report has to say of something that went wrong.
pub(super) fn in_words(source: &Source, what: &What) -> Option<String> {
    let mut told = match what {
        What::Event(_) | What::Watched { again: false, .. } => return None,
        What::Watched { .. } => {
            format!("virt-watch: {source}: watched again; events may have been missed")
        }
        What::Gap(gap) => format!("virt-watch: {source}: {gap}"),
        What::Lost(error) => {
            format!("virt-watch: {source}: {error}; trying again")
        }
        What::Failed(error) => format!("virt-watch: {source}: {error}"),
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
            auth_scheme: "\u{9b}".to_owned(),
            subject: vec![Identity {
                kind: IdentityKind::Other("\t".to_owned()),
                name: "a\nevent 'graphics'".to_owned(),
            }],
        }
    }

    #[test]
    fn json_is_one_line_whatever_is_in_it() {
        let line = json("h\n", &hostile()).expect("it is JSON");
        assert_eq!(
            line,
            "{\"host\":\"h\\n\",\"domain\":\"web\\u001b[2J\",\"uuid\":\"07070707-0707-0707-0707-070707070707\",\
             \"id\":-1,\"phase\":9,\"local\":{\"family\":7,\"node\":\"\\r\",\"service\":\"\\u0007\"},\
             \"remote\":{\"family\":7,\"node\":\"\\n\",\"service\":\"\\u0007\"},\"auth_scheme\":\"\u{9b}\",\
             \"subject\":[{\"type\":\"\\t\",\"name\":\"a\\nevent 'graphics'\"}]}\n"
        );
    }

    #[test]
    fn plain_lines_hold_nothing_that_a_terminal_obeys() {
        let lines = plain("h\x1b", &hostile());
        assert_eq!(
            lines,
            "h\\u{1b}: event 'graphics' for domain 'web\\u{1b}[2J': unknown local[unknown \\u{d} \\u{7}] \
             remote[unknown \\u{a} \\u{7}] \\u{9b}\n\t\\u{9}=a\\u{a}event 'graphics'\n"
        );
    }
}
