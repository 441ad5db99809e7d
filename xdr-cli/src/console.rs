//! Where text goes: results to stdout, everything said to the user to stderr.

use std::io::{self, Write};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use similar::Algorithm;

use crate::failure::Failure;

/// For how long texts are compared line by line: those with nothing in common are not worth more.
pub(crate) const PATIENCE: Duration = Duration::from_millis(200);

/// How lines are paired: those that both texts have once hold the rest in place, so that a long text is compared in pieces.
pub(crate) const ALGORITHM: Algorithm = Algorithm::Patience;

/// Writes a result to stdout. A reader that has gone away (`xdr dump a.x | head -1`) has had enough, which is fine.
pub(crate) fn result(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::Stdout(error)),
        _ => Ok(()),
    }
}

/// Says something to the user, on stderr, with a line break behind it; colours are taken out where they are not wanted.
pub(crate) fn say(text: &str) {
    // If stderr cannot be written there is nowhere left to say so.
    let _ = writeln!(anstream::stderr().lock(), "{text}");
}

/// Whether what is said comes out in colour.
pub(crate) fn is_colored() -> bool {
    AutoStream::choice(&io::stderr()) != ColorChoice::Never
}
