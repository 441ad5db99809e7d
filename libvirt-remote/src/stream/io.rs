//! A stream as tokio's bytes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use protocol_defs::stream::{MAX_DATA, StreamPacket};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{Piece, Stream};
use crate::error::Error;

/// Holes are read as zeros. The end is where the daemon has sent all.
///
/// Who begins to read so counts as one who [waits](crate::Options::stream_window) until something comes, also if the read is
/// given up.
impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if buffer.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        let piece = match this.rest.take() {
            Some(rest) => Some(rest),
            None => ready!(this.poll_piece(cx)).map_err(io_error)?,
        };
        this.rest = piece.and_then(|piece| fill(piece, buffer));
        Poll::Ready(Ok(()))
    }
}

/// As much as there is room for, and what is left.
pub(crate) fn fill(piece: Piece, buffer: &mut ReadBuf<'_>) -> Option<Piece> {
    let room = buffer.remaining();
    match piece {
        Piece::Data(mut data) => {
            let count = data.len().min(room);
            buffer.put_slice(data.get(..count).unwrap_or_default());
            data.advance(count);
            (!data.is_empty()).then_some(Piece::Data(data))
        }
        Piece::Hole(length) => {
            let count = usize::try_from(length).unwrap_or(usize::MAX).min(room);
            buffer.initialize_unfilled_to(count).fill(0);
            buffer.advance(count);
            let left = length - count as u64;
            (left > 0).then_some(Piece::Hole(left))
        }
    }
}

/// What is written is sent piece by piece. A stream that is not shut down is aborted when it is dropped.
impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let data = data.get(..MAX_DATA).unwrap_or(data);
        if !data.is_empty() {
            let mut place = this.place.take();
            let sent = this.poll_send(cx, &StreamPacket::Data(data), &mut place);
            this.place = place;
            ready!(sent).map_err(io_error)?;
        }
        Poll::Ready(Ok(data.len()))
    }

    /// What has been written is on its way by itself.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Says that the stream is complete, and waits until the daemon says the same, as [`finish`](Stream::finish) does.
    /// Nothing is read behind that: what has come and has not been taken is dropped.
    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        this.rest = None;
        this.poll_finish(cx).map_err(io_error)
    }
}

/// The daemon's error is inside, for who wants to know more than its text.
fn io_error(error: Error) -> io::Error {
    let kind = match &error {
        Error::Closed(_) | Error::Finished => io::ErrorKind::BrokenPipe,
        Error::Timeout { .. } | Error::Stalled { .. } => io::ErrorKind::TimedOut,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}
