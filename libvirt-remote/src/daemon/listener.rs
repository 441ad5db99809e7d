//! Where clients come from.

use std::future::Future;
use std::io;

use tokio::net::{TcpListener, UnixListener};

use crate::transport::Transport;

/// Where clients come from: a UNIX or TCP socket, or whatever gives transports, such as one with TLS.
///
/// Accepting must be cancel-safe. An error is that of one client; the daemon goes on.
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
