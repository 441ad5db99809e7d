//! A stream as tokio's bytes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use protocol_defs::stream::{MAX_DATA, StreamPacket};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::Stream;
use crate::stream::fill;

/// Holes are read as zeros. The end is where the client is done.
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
            None => ready!(this.poll_piece(cx))?,
        };
        this.rest = piece.and_then(|piece| fill(piece, buffer));
        Poll::Ready(Ok(()))
    }
}

/// What is written is sent piece by piece.
impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let data = data.get(..MAX_DATA).unwrap_or(data);
        if !data.is_empty() {
            ready!(self.poll_send(cx, &StreamPacket::Data(data)))?;
        }
        Poll::Ready(Ok(data.len()))
    }

    /// What has been written is on its way by itself.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    /// Says that all is written, and waits until the client is done.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_finish(cx).map_err(io::Error::from)
    }
}
