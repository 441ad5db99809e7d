//! The way to the daemon: a UNIX socket, TCP, TLS, or anything that bytes go through.

#[cfg(feature = "ssh")]
mod program;
#[cfg(feature = "tls")]
mod tls;
mod unix;

use std::cell::Cell;
use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpStream, UnixStream};

/// Bytes that a read asks for.
pub(crate) const READ_SIZE: usize = 64 << 10;

thread_local! {
    /// What a read of this thread goes to, before what has come is copied: a connection that is idle keeps no memory for
    /// it, and one that gets little keeps little.
    static BUFFER: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// What bytes go through, both ways.
trait Duplex: AsyncRead + AsyncWrite + Send {}

impl<T: AsyncRead + AsyncWrite + Send> Duplex for T {}

/// A connected transport.
pub struct Transport {
    way: Way,
    is_private: bool,
}

enum Way {
    /// File descriptors go through this one only.
    Unix(unix::Socket),
    Tcp(TcpStream),
    Other(Pin<Box<dyn Duplex>>),
}

impl Transport {
    /// Anything that bytes go through: a pipe to a child process, or `tokio::io::duplex` in a test.
    pub fn new(io: impl AsyncRead + AsyncWrite + Send + 'static) -> Self {
        Self {
            way: Way::Other(Box::pin(io)),
            is_private: false,
        }
    }

    /// Says that nobody else can read what goes through: authentication may then send what should not be seen.
    #[must_use]
    pub fn private(self) -> Self {
        Self {
            is_private: true,
            ..self
        }
    }

    /// A UNIX socket, over which file descriptors can be passed.
    pub fn unix(stream: UnixStream) -> Self {
        Self {
            way: Way::Unix(unix::Socket::new(stream)),
            is_private: true,
        }
    }

    /// A TCP connection.
    pub fn tcp(stream: TcpStream) -> Self {
        Self {
            way: Way::Tcp(stream),
            is_private: false,
        }
    }

    /// Connects to a UNIX socket.
    ///
    /// # Errors
    /// Those of connecting.
    pub async fn connect_unix(path: &Path) -> io::Result<Self> {
        UnixStream::connect(path).await.map(Self::unix)
    }

    /// Connects to a TCP port.
    ///
    /// # Errors
    /// Those of looking the name up, and of connecting.
    pub async fn connect_tcp(host: &str, port: u16) -> io::Result<Self> {
        tcp_stream(host, port).await.map(Self::tcp)
    }

    /// Connects to a TCP port, and begins TLS with the certificates that the URI names: the daemon's has to be of the
    /// authority and for the host, and the daemon has to take the client's.
    ///
    /// # Errors
    /// Those of connecting; of reading the certificates; of TLS.
    #[cfg(feature = "tls")]
    pub async fn connect_tls(host: &str, port: u16, uri: &crate::uri::Uri) -> io::Result<Self> {
        tls::connect(host, port, uri).await
    }

    /// Runs a program that hands what it reads on to a daemon, and prints what the daemon says. It is killed with the
    /// transport. What it says on its standard error is the reason why the connection has ended, if the program fails.
    ///
    /// It is not taken to be [`private`](Self::private).
    ///
    /// # Errors
    /// Those of running it.
    #[cfg(feature = "ssh")]
    pub fn program(command: std::process::Command) -> io::Result<Self> {
        program::Program::run(command).map(Self::new)
    }

    /// Whether nobody else can read what goes through: it is a UNIX socket, TLS or SSH.
    pub fn is_private(&self) -> bool {
        self.is_private
    }

    /// Whether file descriptors can be passed.
    pub fn passes_descriptors(&self) -> bool {
        matches!(self.way, Way::Unix(_))
    }

    /// Appends what has come to `input`, and the descriptors among it to `fds`. 0 bytes are the end.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        input: &mut BytesMut,
        fds: &mut VecDeque<OwnedFd>,
    ) -> Poll<io::Result<usize>> {
        match &mut self.way {
            Way::Unix(socket) => socket.poll_read(cx, input, fds),
            Way::Tcp(stream) => read(Pin::new(stream), cx, input),
            Way::Other(io) => read(io.as_mut(), cx, input),
        }
    }

    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.way {
            Way::Unix(socket) => socket.poll_write(cx, bytes),
            Way::Tcp(stream) => Pin::new(stream).poll_write(cx, bytes),
            Way::Other(io) => io.as_mut().poll_write(cx, bytes),
        }
    }

    /// Sends one byte, and a descriptor beside it.
    pub(crate) fn poll_send_fd(
        &mut self,
        cx: &mut Context<'_>,
        fd: BorrowedFd<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut self.way {
            Way::Unix(socket) => socket.poll_send_fd(cx, fd),
            Way::Tcp(_) | Way::Other(_) => Poll::Ready(Err(io::ErrorKind::Unsupported.into())),
        }
    }

    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.way {
            Way::Unix(_) | Way::Tcp(_) => Poll::Ready(Ok(())),
            Way::Other(io) => io.as_mut().poll_flush(cx),
        }
    }

    pub(crate) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.way {
            Way::Unix(socket) => socket.poll_shutdown(cx),
            Way::Tcp(stream) => Pin::new(stream).poll_shutdown(cx),
            Way::Other(io) => io.as_mut().poll_shutdown(cx),
        }
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.way {
            Way::Unix(_) => "Unix",
            Way::Tcp(_) => "Tcp",
            Way::Other(_) => "Other",
        };
        write!(f, "Transport::{name}")
    }
}

/// A TCP connection on which small packets do not wait for more.
async fn tcp_stream(host: &str, port: u16) -> io::Result<TcpStream> {
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn read<T: AsyncRead + ?Sized>(
    io: Pin<&mut T>,
    cx: &mut Context<'_>,
    input: &mut BytesMut,
) -> Poll<io::Result<usize>> {
    with_buffer(|buffer| {
        let mut buffer = ReadBuf::new(buffer);
        ready!(io.poll_read(cx, &mut buffer))?;
        input.extend_from_slice(buffer.filled());
        Poll::Ready(Ok(buffer.filled().len()))
    })
}

/// Lends the buffer of this thread. A read within a read, as of a transport over another, gets one of its own.
fn with_buffer<T>(read: impl FnOnce(&mut [u8]) -> T) -> T {
    let mut buffer = BUFFER.try_with(Cell::take).unwrap_or_default();
    if buffer.is_empty() {
        buffer = vec![0; READ_SIZE];
    }
    let done = read(&mut buffer);
    // A thread that ends needs none any more.
    let _ = BUFFER.try_with(|place| place.set(buffer));
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_lends_one_buffer_and_another_within_it() {
        let place = |buffer: &mut [u8]| (buffer.as_ptr() as usize, buffer.len());
        let (first, within) = with_buffer(|buffer| (place(buffer), with_buffer(place)));
        assert_ne!(first.0, within.0);
        assert_eq!([first.1, within.1], [READ_SIZE; 2]);
        assert_eq!(with_buffer(place), first);
    }
}
