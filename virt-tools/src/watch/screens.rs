//! What the reports amount to: which hosts are watched, who is on which screen, who was.

use std::collections::VecDeque;

use protocol_defs::graphics::{GraphicsEvent, Phase, Uuid};

use super::host::{Report, Source, What};
use super::lines::in_words;
use crate::text::texts;

/// Viewers that are there and are known one by one, of all hosts; more are counted.
const THERE: usize = 1000;

/// Characters of a text of a viewer that are kept, and of a host's name; and of a message, which may be what ssh said.
const TEXT: usize = 256;
const NOTE: usize = 4096;

/// Viewers that have gone and are still shown, and messages.
const GONE: usize = 5;
const NOTES: usize = 3;

/// Everything that the table shows. Whatever hosts say, it is bounded.
pub(super) struct Screens {
    pub(super) hosts: Vec<Watched>,
    /// Who is there, by host and domain, and of one domain in the order in which they came.
    pub(super) there: Vec<Viewer>,
    /// Who has gone, the latest first.
    pub(super) gone: VecDeque<Viewer>,
    /// What went wrong, the latest last.
    pub(super) notes: VecDeque<String>,
}

/// A host.
pub(super) struct Watched {
    source: Source,
    /// The URI, until the host has said its name.
    pub(super) name: String,
    pub(super) state: State,
    /// Viewers that came when there was no room for one more: who they are is not known.
    pub(super) more: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Connecting,
    Watched,
    Lost,
    Failed,
}

/// A viewer, by the latest that was told of him.
pub(super) struct Viewer {
    pub(super) host: usize,
    pub(super) event: GraphicsEvent,
    /// Whether events are missing since then: that he has gone may be among them.
    pub(super) is_uncertain: bool,
}

impl Screens {
    pub(super) fn new(sources: &[Source]) -> Self {
        let hosts = sources.iter().map(|source| Watched {
            name: source.to_string(),
            source: source.clone(),
            state: State::Connecting,
            more: 0,
        });
        Self {
            hosts: hosts.collect(),
            there: Vec::new(),
            gone: VecDeque::new(),
            notes: VecDeque::new(),
        }
    }

    /// How many are there.
    pub(super) fn count(&self) -> usize {
        self.there.len() + self.more()
    }

    /// How many of them are not known.
    pub(super) fn more(&self) -> usize {
        self.hosts.iter().map(|host| host.more).sum()
    }

    /// Takes a report in.
    pub(super) fn take(&mut self, Report { host, what }: Report) {
        let Some(watched) = self.hosts.get_mut(host) else {
            return;
        };
        if let Some(mut note) = in_words(&watched.source, &what) {
            shorten(&mut note, NOTE);
            if self.notes.len() == NOTES {
                self.notes.pop_front();
            }
            self.notes.push_back(note);
        }
        match what {
            What::Watched { mut name, .. } => {
                shorten(&mut name, TEXT);
                watched.name = name;
                watched.state = State::Watched;
            }
            What::Event(event) => self.event(Viewer {
                host,
                event: shortened(*event),
                is_uncertain: false,
            }),
            What::Stopped(uuid) => self.stopped(host, uuid),
            What::Gap(_) => self
                .there
                .iter_mut()
                .filter(|viewer| viewer.host == host)
                .for_each(|viewer| viewer.is_uncertain = true),
            What::Lost(_) => {
                watched.state = State::Lost;
                // Who is there when the host is back, nobody says.
                watched.more = 0;
                self.there.retain(|viewer| viewer.host != host);
            }
            What::Failed(_) => watched.state = State::Failed,
        }
    }

    fn event(&mut self, viewer: Viewer) {
        let phase = viewer.event.phase;
        // At a port there is one at a time: if somebody comes there, that the one before has gone was not told.
        let known = self.known(&viewer);
        let known = known.filter(|_| phase != Phase::Connect || viewer.has_port());
        match known {
            Some(known) if phase == Phase::Disconnect => {
                self.there.remove(known);
                self.has_gone(viewer);
            }
            Some(known) => self.there[known] = viewer,
            None => {
                let more = self.hosts.get_mut(viewer.host).map(|host| &mut host.more);
                match (phase, more) {
                    (Phase::Disconnect, more) => {
                        if let Some(more @ 1..) = more {
                            *more -= 1;
                        }
                        self.has_gone(viewer);
                    }
                    // It is one of those that are only counted, most likely.
                    (Phase::Initialize | Phase::Unknown(_), Some(1..)) => {}
                    _ => self.comes(viewer),
                }
            }
        }
    }

    fn comes(&mut self, viewer: Viewer) {
        if self.there.len() >= THERE {
            let Some(uncertain) = self.there.iter().position(|other| other.is_uncertain) else {
                if let Some(host) = self.hosts.get_mut(viewer.host) {
                    host.more += 1;
                }
                return;
            };
            self.there.remove(uncertain);
        }
        let place = self
            .there
            .partition_point(|other| other.order() <= viewer.order());
        self.there.insert(place, viewer);
    }

    fn has_gone(&mut self, viewer: Viewer) {
        self.gone.truncate(GONE - 1);
        self.gone.push_front(viewer);
    }

    /// A machine that does not run has no screen. QEMU does not live to say who has left it.
    fn stopped(&mut self, host: usize, uuid: Uuid) {
        let is_there =
            |viewer: &mut Viewer| viewer.host == host && viewer.event.domain.uuid == uuid;
        let left: Vec<_> = self.there.extract_if(.., is_there).collect();
        for mut viewer in left {
            viewer.event.phase = Phase::Disconnect;
            viewer.is_uncertain = false;
            self.has_gone(viewer);
        }
    }

    /// Which of those that are there an event is about. At a UNIX socket all have the same address: of those it is one
    /// who has not authenticated yet, if the event says that somebody has; otherwise one of the same identities.
    fn known(&self, viewer: &Viewer) -> Option<usize> {
        let same = |other: &&Viewer| other.is_at(viewer);
        let fits = |other: &Viewer| match viewer.event.phase {
            Phase::Initialize => other.event.phase == Phase::Connect,
            _ => other.event.subject == viewer.event.subject,
        };
        let place = |found: &Viewer| {
            self.there
                .iter()
                .position(|other| std::ptr::eq(other, found))
        };
        let best = self.there.iter().filter(same).find(|other| fits(other));
        best.or_else(|| self.there.iter().find(same))
            .and_then(place)
    }
}

impl Viewer {
    fn order(&self) -> (usize, &str) {
        (self.host, &self.event.domain.name)
    }

    fn is_at(&self, other: &Self) -> bool {
        let (own, others) = (&self.event, &other.event);
        self.host == other.host
            && own.domain.uuid == others.domain.uuid
            && own.local == others.local
            && own.remote == others.remote
    }

    /// Whether the address tells the viewer from all others.
    fn has_port(&self) -> bool {
        !self.event.remote.service.is_empty()
    }
}

/// The event with the beginnings of its texts, for which the protocol has room for mebibytes.
fn shortened(mut event: GraphicsEvent) -> GraphicsEvent {
    for text in texts(&mut event) {
        shorten(text, TEXT);
    }
    event
}

fn shorten(text: &mut String, length: usize) {
    if let Some((place, _)) = text.char_indices().nth(length) {
        text.truncate(place);
        text.push('…');
        text.shrink_to_fit();
    }
}
