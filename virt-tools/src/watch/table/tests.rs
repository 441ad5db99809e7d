//! What the table looks like, after some reports.

use protocol_defs::graphics::{GraphicsEvent, Phase};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::demo::{self, Scene};
use crate::watch::host::{Report, Source, What};

/// The table on a terminal of this size.
fn drawn(screens: &Screens, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
    terminal
        .draw(|frame| draw(frame, screens))
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
