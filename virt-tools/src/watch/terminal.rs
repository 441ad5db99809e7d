//! The table on a terminal: drawn anew whenever something has happened.

use std::io;
use std::mem::ManuallyDrop;
use std::thread;

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use tokio::sync::mpsc;

use super::Outcome;
use super::host::Hosts;
use super::screens::Screens;
use super::scroll::{Move, Scroll};
use super::table::draw;
use crate::console::Console;
use crate::stop::Stop;

/// Shows the table until it is asked to end, or no host is left. The terminal is as it was then.
pub(super) async fn show(
    hosts: &mut Hosts,
    stop: &mut Stop,
    console: &Console,
) -> io::Result<Outcome> {
    let mut screens = Screens::new(hosts.sources());
    let outcome = {
        let mut terminal = Restored(ManuallyDrop::new(ratatui::try_init()?));
        follow(&mut terminal.0, hosts, stop, &mut screens).await?
    };
    if matches!(outcome, Outcome::NoHost) {
        // They have gone with the table.
        for note in &screens.notes {
            console.say(note);
        }
    }
    Ok(outcome)
}

/// A terminal that is as it was when this is dropped, if it is still there. If it has gone, ratatui's own drop would say so on
/// standard error, which has gone, too, and panic.
struct Restored(ManuallyDrop<DefaultTerminal>);

impl Drop for Restored {
    fn drop(&mut self) {
        // Without the terminal there is nothing to restore.
        let _ = self.0.show_cursor();
        let _ = ratatui::try_restore();
    }
}

async fn follow(
    terminal: &mut DefaultTerminal,
    hosts: &mut Hosts,
    stop: &mut Stop,
    screens: &mut Screens,
) -> io::Result<Outcome> {
    let mut keys = keys()?;
    let mut scroll = Scroll::default();
    loop {
        terminal.draw(|frame| draw(frame, screens, &mut scroll))?;
        tokio::select! {
            biased;
            () = stop.wait() => return Ok(Outcome::Asked),
            key = keys.recv() => match key {
                Some(Key::Redraw) => {}
                Some(Key::Scroll(to)) => scroll.go(to),
                Some(Key::End) => return Ok(Outcome::Asked),
                None => return Err(io::Error::other("the terminal cannot be read")),
            },
            report = hosts.next() => {
                let Some(report) = report? else {
                    return Ok(Outcome::NoHost);
                };
                screens.take(report);
                // What has come at once is drawn at once.
                while let Some(report) = hosts.next_now() {
                    screens.take(report);
                }
            }
        }
    }
}

/// What the user wants.
enum Key {
    Redraw,
    Scroll(Move),
    End,
}

/// Reads keys on a thread of its own, which is left behind at the end.
fn keys() -> io::Result<mpsc::Receiver<Key>> {
    let (sender, keys) = mpsc::channel(1);
    thread::Builder::new().spawn(move || {
        while let Ok(event) = event::read() {
            let Some(key) = key(&event) else {
                continue;
            };
            if sender.blocking_send(key).is_err() {
                return;
            }
        }
    })?;
    Ok(keys)
}

/// While keys are read one by one, Ctrl-C is a key like others, and no signal.
fn key(event: &Event) -> Option<Key> {
    match event {
        Event::Resize(..) => Some(Key::Redraw),
        Event::Key(key) if key.kind == KeyEventKind::Press => match key.code {
            KeyCode::Char('q') | KeyCode::Esc => Some(Key::End),
            KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => Some(Key::End),
            KeyCode::Char('l') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                Some(Key::Redraw)
            }
            KeyCode::Up | KeyCode::Char('k') => Some(Key::Scroll(Move::Up)),
            KeyCode::Down | KeyCode::Char('j') => Some(Key::Scroll(Move::Down)),
            KeyCode::PageUp => Some(Key::Scroll(Move::PageUp)),
            KeyCode::PageDown => Some(Key::Scroll(Move::PageDown)),
            KeyCode::Home => Some(Key::Scroll(Move::Home)),
            KeyCode::End => Some(Key::Scroll(Move::End)),
            _ => None,
        },
        _ => None,
    }
}
