//! Where clients come from.

use std::future::Future;
use std::io;

use tokio::net::{TcpListener, UnixListener};

use crate::transport::Transport;

/// Where clients come from: a UNIX or TCP socket, or whatever gives transports, such as one with TLS.
///
/// Accepting must be cancel-safe. An error is that of one client; the daemon goes on. It does not wait for what a client has to
/// say, as in a handshake of TLS, since all others would wait with it: handshakes are for tasks of their own, with a time
/// limit, which give what they have made to [`Daemon::accept`](super::Daemon::accept) or, by a channel, to a listener.
pub trait Listener: Send + 'static {
    /// Waits for the next client.
    fn accept(&mut self) -> impl Future<Output = io::Result<Transport>> + Send;
}

impl Listener for UnixListener {
    async fn accept(&mut self) -> io::Result<Transport> {
        let (stream, _) = UnixListener::accept(self).await?;
        Ok(Transport::unix(stream))
    }
}

impl Listener for TcpListener {
    async fn accept(&mut self) -> io::Result<Transport> {
        let (stream, _) = TcpListener::accept(self).await?;
        stream.set_nodelay(true)?;
        Ok(Transport::tcp(stream))
    }
}
