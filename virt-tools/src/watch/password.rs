//! The password of the user that URIs name, from a file or from the terminal.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};
use ratatui::crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use tokio::task::spawn_blocking;

use crate::stop::Stop;

/// The first line of a file. Nothing, if the user wants to end before it has come, as from a pipe.
pub(super) async fn of_file(path: &Path, stop: &mut Stop) -> io::Result<Option<String>> {
    let named =
        |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let owned = path.to_owned();
    tokio::select! {
        () = stop.wait() => Ok(None),
        read = spawn_blocking(move || first_line(&owned)) => {
            read.map_err(io::Error::other)?.map(Some).map_err(named)
        }
    }
}

fn first_line(path: &Path) -> io::Result<String> {
    let line = BufReader::new(File::open(path)?).lines().next();
    line.unwrap_or_else(|| Ok(String::new()))
}

/// Asks for it on the terminal, which does not show it. Nothing, if the user wants to end.
pub(super) async fn ask(stop: &mut Stop) -> io::Result<Option<String>> {
    let _raw = Raw::enter()?;
    // If it cannot be shown, the terminal has gone.
    io::stderr().write_all(b"Password: ")?;
    tokio::select! {
        () = stop.wait() => Ok(None),
        read = spawn_blocking(read) => read.map_err(io::Error::other)?,
    }
}

/// A terminal that gives keys one by one and does not show them, until this is dropped.
struct Raw;

impl Raw {
    fn enter() -> io::Result<Self> {
        let named = |error| io::Error::other(format!("there is no terminal to ask at: {error}"));
        enable_raw_mode().map_err(named)?;
        Ok(Self)
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // Without the terminal there is nothing to restore.
        let _ = disable_raw_mode();
        let _ = io::stderr().write_all(b"\n");
    }
}

fn read() -> io::Result<Option<String>> {
    let mut password = String::new();
    loop {
        let Event::Key(key) = event::read()? else {
            continue;
        };
        if key.kind != KeyEventKind::Press {
            continue;
        }
        let is_control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Enter => return Ok(Some(password)),
            KeyCode::Esc => return Ok(None),
            KeyCode::Char('c' | 'd') if is_control => return Ok(None),
            KeyCode::Char('u') if is_control => password.clear(),
            KeyCode::Char(character) if !is_control => password.push(character),
            KeyCode::Backspace => {
                password.pop();
            }
            _ => {}
        }
    }
}
