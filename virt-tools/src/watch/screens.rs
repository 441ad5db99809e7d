//! What the reports amount to: which hosts are watched, who is on which screen, who was.

use std::collections::VecDeque;

use protocol_defs::graphics::{GraphicsEvent, Phase};

use super::host::{Report, Source, What};
use super::lines::in_words;

/// Viewers that have gone and are still shown, and messages.
const GONE: usize = 5;
const NOTES: usize = 3;

/// Everything that the table shows.
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
}

impl Screens {
    pub(super) fn new(sources: &[Source]) -> Self {
        let hosts = sources.iter().map(|source| Watched {
            name: source.to_string(),
            source: source.clone(),
            state: State::Connecting,
        });
        Self {
            hosts: hosts.collect(),
            there: Vec::new(),
            gone: VecDeque::new(),
            notes: VecDeque::new(),
        }
    }

    /// Takes a report in.
    pub(super) fn take(&mut self, Report { host, what }: Report) {
        let Some(watched) = self.hosts.get_mut(host) else {
            return;
        };
        if let Some(note) = in_words(&watched.source, &what) {
            if self.notes.len() == NOTES {
                self.notes.pop_front();
            }
            self.notes.push_back(note);
        }
        match what {
            What::Watched { name, .. } => {
                watched.name = name;
                watched.state = State::Watched;
            }
            What::Event(event) => self.event(Viewer {
                host,
                event: *event,
            }),
            What::Gap(_) => {}
            What::Lost(_) => {
                watched.state = State::Lost;
                // Who is there when the host is back, nobody says.
                self.there.retain(|viewer| viewer.host != host);
            }
            What::Failed(_) => watched.state = State::Failed,
        }
    }

    fn event(&mut self, viewer: Viewer) {
        let known = self.known(&viewer);
        if viewer.event.phase == Phase::Disconnect {
            if let Some(known) = known {
                self.there.remove(known);
            }
            self.gone.truncate(GONE - 1);
            self.gone.push_front(viewer);
        } else if let Some(known) = known.filter(|_| viewer.event.phase != Phase::Connect) {
            self.there[known] = viewer;
        } else {
            let place = self
                .there
                .partition_point(|other| other.order() <= viewer.order());
            self.there.insert(place, viewer);
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
}
