//! What the table looks like, after some reports.

use libvirt_remote::error::AuthError;
use protocol_defs::graphics::{GraphicsEvent, Phase};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::demo::{self, Scene};
use crate::watch::host::{Report, Source, What};
use crate::watch::scroll::Move;

/// The table on a terminal of this size.
fn drawn(screens: &Screens, width: u16, height: u16) -> String {
    scrolled(screens, width, height, &mut Scroll::default())
}

fn scrolled(screens: &Screens, width: u16, height: u16, scroll: &mut Scroll) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
    terminal
        .draw(|frame| draw(frame, screens, scroll))
        .expect("it is drawn");
    terminal.backend().to_string()
}

fn watched(name: &str) -> What {
    What::Watched {
        name: name.to_owned(),
        again: false,
    }
}

/// One host, watched, and the first so many events of the story.
fn told(count: usize) -> Screens {
    let mut screens = Screens::new(&[Source::Demo]);
    screens.take(Report {
        host: 0,
        what: watched(demo::HOST),
    });
    for Scene { event, .. } in demo::story().into_iter().take(count) {
        take(&mut screens, 0, event);
    }
    screens
}

fn take(screens: &mut Screens, host: usize, event: GraphicsEvent) {
    let what = What::Event(Box::new(event));
    screens.take(Report { host, what });
}

#[test]
fn nobody_is_there_at_first() {
    insta::assert_snapshot!(drawn(&told(0), 60, 5));
}

#[test]
fn viewers_are_in_the_order_of_their_domains() {
    insta::assert_snapshot!(drawn(&told(10), 150, 14));
}

#[test]
fn who_has_gone_stands_below() {
    insta::assert_snapshot!(drawn(&told(12), 150, 14));
}

#[test]
fn a_narrow_terminal_shows_the_beginnings() {
    insta::assert_snapshot!(drawn(&told(10), 72, 8));
    // None is too small.
    for (width, height) in [(1, 1), (3, 2), (72, 1), (1, 20)] {
        drawn(&told(10), width, height);
    }
}

#[test]
fn hosts_are_told_apart_and_one_that_is_lost_has_no_viewers() {
    let sources = [
        "qemu+tls://a.example/system",
        "qemu+tls://b.example/system",
        "nonsense",
    ];
    let sources = sources.map(|uri| Source::Uri(uri.to_owned()));
    let mut screens = Screens::new(&sources);
    for (host, name) in [(0, "a.example"), (1, "b.example")] {
        screens.take(Report {
            host,
            what: watched(name),
        });
        for Scene { event, .. } in demo::story().into_iter().take(4) {
            take(&mut screens, host, event);
        }
    }
    let failed = "nonsense".parse::<libvirt_remote::uri::Uri>();
    let failed = failed.expect_err("it is none").into();
    screens.take(Report {
        host: 2,
        what: What::Failed(failed),
    });
    insta::assert_snapshot!("both", drawn(&screens, 150, 12));
    let lost = libvirt_remote::Error::Timeout {
        what: "an answer",
        after: std::time::Duration::from_secs(5),
    };
    screens.take(Report {
        host: 0,
        what: What::Lost(lost),
    });
    insta::assert_snapshot!("one", drawn(&screens, 150, 12));
}

#[test]
fn viewers_at_a_unix_socket_are_counted_though_they_look_the_same() {
    let mut screens = told(0);
    let story = demo::story();
    let of = |phase: Phase| {
        let mut build = story.iter().map(|scene| scene.event.clone());
        build
            .find(|event| event.domain.name == "build" && event.phase == phase)
            .expect("it is told")
    };
    let phases = |screens: &Screens| -> Vec<Phase> {
        screens
            .there
            .iter()
            .map(|viewer| viewer.event.phase)
            .collect()
    };
    for phase in [Phase::Connect, Phase::Connect, Phase::Initialize] {
        take(&mut screens, 0, of(phase));
    }
    assert_eq!(phases(&screens), [Phase::Initialize, Phase::Connect]);
    take(&mut screens, 0, of(Phase::Initialize));
    assert_eq!(phases(&screens), [Phase::Initialize, Phase::Initialize]);
    for left in [1, 0, 0] {
        take(&mut screens, 0, of(Phase::Disconnect));
        assert_eq!(screens.there.len(), left);
    }
}

#[test]
fn what_a_terminal_could_obey_is_not_drawn() {
    let mut screens = told(0);
    let mut event = demo::story().swap_remove(1).event;
    event.domain.name = "web\x1b[2J".to_owned();
    event.subject[0].name = "a\nb\u{202e}".to_owned();
    take(&mut screens, 0, event);
    insta::assert_snapshot!(drawn(&screens, 150, 7));
}

/// Somebody who comes from this port.
fn from_port(port: u32, phase: Phase) -> GraphicsEvent {
    let mut event = demo::story().swap_remove(0).event;
    event.remote.service = port.to_string();
    event.phase = phase;
    event
}

#[test]
fn more_viewers_than_have_room_are_counted() {
    let mut screens = told(0);
    for port in 0..1234 {
        take(&mut screens, 0, from_port(port, Phase::Connect));
        take(&mut screens, 0, from_port(port, Phase::Initialize));
    }
    assert_eq!((screens.there.len(), screens.count()), (1000, 1234));
    let head = drawn(&screens, 150, 8);
    assert!(
        head.contains("1234 viewers (234 more than are listed) on demo.example"),
        "{head}"
    );
    for port in 0..1234 {
        take(&mut screens, 0, from_port(port, Phase::Disconnect));
        assert_eq!(screens.count(), 1233 - port as usize);
    }
    assert_eq!(screens.gone.len(), 5);
}

#[test]
fn of_a_text_without_end_the_beginning_is_kept() {
    let mut screens = told(0);
    let mut event = from_port(1, Phase::Connect);
    event.domain.name = "ü".repeat(1 << 20);
    take(&mut screens, 0, event.clone());
    let name = &screens.there[0].event.domain.name;
    assert_eq!(*name, format!("{}…", "ü".repeat(256)));
    event.phase = Phase::Disconnect;
    take(&mut screens, 0, event);
    assert_eq!(screens.count(), 0);
}

#[test]
fn of_what_a_host_calls_itself_and_says_the_beginning_is_kept() {
    let mut screens = told(1);
    let long = "h".repeat(4 << 20);
    let what = watched(&long);
    screens.take(Report { host: 0, what });
    assert_eq!(screens.hosts[0].name.chars().count(), 257);
    let why = AuthError::Sasl { why: long };
    let what = What::Failed(why.into());
    screens.take(Report { host: 0, what });
    let note = screens.notes.back().expect("it is told");
    assert!(note.len() < 5000, "{}", note.len());
}

#[test]
fn a_machine_that_stops_has_no_viewers() {
    let mut screens = told(10);
    let build = screens.there[0].event.domain.clone();
    let (all, of_build) = (screens.count(), 1);
    let what = What::Stopped(build.uuid);
    screens.take(Report { host: 0, what });
    assert_eq!(screens.count(), all - of_build);
    let gone = screens.gone.front().expect("it is told");
    assert_eq!(gone.event.domain, build);
    assert_eq!(gone.event.phase, Phase::Disconnect);
}

#[test]
fn when_events_are_missing_who_was_there_is_in_doubt_until_something_is_heard_of_him() {
    let mut screens = told(0);
    for port in [1, 2] {
        take(&mut screens, 0, from_port(port, Phase::Connect));
    }
    let what = What::Gap(libvirt_remote::EventError::Lost { count: 7 });
    screens.take(Report { host: 0, what });
    take(&mut screens, 0, from_port(1, Phase::Initialize));
    insta::assert_snapshot!(drawn(&screens, 150, 8));
    // A port is taken again, so the one before has gone.
    take(&mut screens, 0, from_port(2, Phase::Connect));
    assert_eq!(screens.count(), 2);
    assert!(!screens.there.iter().any(|viewer| viewer.is_uncertain));
    // Where there is no more room, those in doubt make it.
    for port in 3..=1000 {
        take(&mut screens, 0, from_port(port, Phase::Connect));
    }
    let what = What::Gap(libvirt_remote::EventError::Reconnected);
    screens.take(Report { host: 0, what });
    take(&mut screens, 0, from_port(2000, Phase::Connect));
    assert_eq!((screens.there.len(), screens.more()), (1000, 0));
}

#[test]
fn rows_that_have_no_room_are_scrolled_to() {
    let screens = told(10);
    let mut scroll = Scroll::default();
    let mut after = |to: Option<Move>| {
        if let Some(to) = to {
            scroll.go(to);
        }
        scrolled(&screens, 150, 6, &mut scroll)
    };
    insta::assert_snapshot!("top", after(None));
    insta::assert_snapshot!("down", after(Some(Move::Down)));
    let down = after(Some(Move::Up));
    let end = after(Some(Move::End));
    insta::assert_snapshot!("end", end);
    assert_eq!(after(Some(Move::Down)), end);
    assert_eq!(after(Some(Move::PageDown)), end);
    assert_ne!(after(Some(Move::PageUp)), end);
    assert_eq!(after(Some(Move::Home)), down);
    // None is too small.
    for height in 0..8 {
        let mut scroll = Scroll::default();
        for to in [Move::End, Move::PageUp, Move::PageDown, Move::Down] {
            scroll.go(to);
            scrolled(&screens, 40, height, &mut scroll);
        }
    }
}
