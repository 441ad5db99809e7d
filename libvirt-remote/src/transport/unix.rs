//! A UNIX socket: bytes, and file descriptors beside them (`SCM_RIGHTS`).

use std::collections::VecDeque;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recvmsg, sendmsg,
};
use tokio::io::{AsyncWrite, Interest};
use tokio::net::UnixStream;

use super::with_buffer;

/// A read ends behind the first byte that has descriptors beside it, and libvirt's peers send one with each. The kernel
/// takes 253 with a byte; those that find no room are closed.
const FDS_PER_READ: usize = 32;

pub(super) struct Socket {
    stream: UnixStream,
}

impl Socket {
    pub(super) fn new(stream: UnixStream) -> Self {
        Self { stream }
    }

    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        input: &mut BytesMut,
        fds: &mut VecDeque<OwnedFd>,
    ) -> Poll<io::Result<usize>> {
        let stream = &self.stream;
        with_buffer(|buffer| {
            loop {
                ready!(stream.poll_read_ready(cx))?;
                let received = stream.try_io(Interest::READABLE, || receive(stream, buffer, fds));
                match received {
                    Ok(count) => {
                        input.extend_from_slice(buffer.get(..count).unwrap_or_default());
                        return Poll::Ready(Ok(count));
                    }
                    Err(error) if is_not_ready(&error) => {}
                    Err(error) => return Poll::Ready(Err(error)),
                }
            }
        })
    }

    pub(super) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    pub(super) fn poll_send_fd(
        &mut self,
        cx: &mut Context<'_>,
        fd: BorrowedFd<'_>,
    ) -> Poll<io::Result<()>> {
        let stream = &self.stream;
        loop {
            ready!(stream.poll_write_ready(cx))?;
            match stream.try_io(Interest::WRITABLE, || send(stream, fd)) {
                Err(error) if is_not_ready(&error) => {}
                sent => return Poll::Ready(sent),
            }
        }
    }

    pub(super) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

fn is_not_ready(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
    )
}

fn receive(
    stream: &UnixStream,
    buffer: &mut [u8],
    fds: &mut VecDeque<OwnedFd>,
) -> io::Result<usize> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(FDS_PER_READ))];
    let mut beside = RecvAncillaryBuffer::new(&mut space);
    let mut slices = [IoSliceMut::new(buffer)];
    let received = recvmsg(stream, &mut slices, &mut beside, RecvFlags::CMSG_CLOEXEC)?;
    for message in beside.drain() {
        if let RecvAncillaryMessage::ScmRights(received) = message {
            fds.extend(received);
        }
    }
    if received.flags.contains(ReturnFlags::CTRUNC) {
        let why = "more file descriptors than fit, or than this process may have";
        return Err(io::Error::other(why));
    }
    Ok(received.bytes)
}

fn send(stream: &UnixStream, fd: BorrowedFd<'_>) -> io::Result<()> {
    let fds = [fd];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    if !beside.push(SendAncillaryMessage::ScmRights(&fds)) {
        return Err(io::Error::other("no room for a file descriptor"));
    }
    // One byte is sent whole or not at all.
    sendmsg(
        stream,
        &[IoSlice::new(&[0])],
        &mut beside,
        SendFlags::NOSIGNAL,
    )?;
    Ok(())
}
