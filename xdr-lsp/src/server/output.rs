//! The output, written a piece at a time.

use std::io::{self, Write};

/// A pipe holds as much.
const PIECE: usize = 64 << 10;

/// Offers the writer inside no more than a pipe takes. The standard output looks through all that it is offered for the end
/// of a line, and a long message without one would be looked through for each piece of it that is taken.
pub(super) struct InPieces<W>(pub(super) W);

impl<W: Write> Write for InPieces<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(&bytes[..bytes.len().min(PIECE)])
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
