//! Recorded connections as lines of JSON: bytes or captures → packets → what they say.

use std::fmt;
use std::io;

mod calls;
mod capture;
mod connections;
mod half;
mod line;
mod link;
mod programs;
mod raw;
mod tcp;

pub(crate) use capture::{Probed, Unused, probe};
pub(crate) use line::{Lines, Remark};
pub(crate) use programs::Programs;
pub(crate) use raw::read_raw;

/// Who sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Client,
    Server,
}

impl Side {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// Why the reading ends before the input does.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The input cannot be read.
    Input(io::Error),
    /// It is no capture, or its file is damaged.
    Capture(String),
    /// The lines cannot be written.
    Output(io::Error),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(error) | Self::Output(error) => error.fmt(f),
            Self::Capture(problem) => f.write_str(problem),
        }
    }
}
