//! The daemon side: libvirt's clients call, a [`Hypervisor`] answers, with the protocol's own types.
//!
//! ```no_run
//! use libvirt_remote::daemon::{Router, serve};
//! use protocol_defs::remote::{ConnectListAllDomainsRet, DomainGetStateRet, NonnullDomain, proc};
//! use tokio::net::UnixListener;
//!
//! # async fn run() -> std::io::Result<()> {
//! let web = NonnullDomain { name: "web".to_owned(), uuid: [7; 16], id: 1 };
//! let router = Router::new()
//!     .always::<proc::ConnectListAllDomains>(&ConnectListAllDomainsRet { domains: vec![web], ret: 1 })
//!     .on::<proc::DomainGetState>(|_, _| async { Ok(DomainGetStateRet { state: 1, reason: 1 }) });
//! let daemon = serve(UnixListener::bind("/run/example/libvirt-sock")?, router);
//! // virsh -c 'qemu+unix:///system?socket=/run/example/libvirt-sock' list --all
//! tokio::time::sleep(std::time::Duration::from_secs(600)).await;
//! daemon.shutdown(std::time::Duration::from_secs(5)).await;
//! # Ok(())
//! # }
//! ```
//!
//! - [`Hypervisor`]: one function for all calls; [`Router`]: a function for each procedure.
//! - [`Request::basics`]: what every client begins with, and registrations for events. A hypervisor that does not answer
//!   them gets it for nothing.
//! - [`Streaming`], [`Stream`]: data beside a call, such as the upload of a volume.
//! - [`Handle`]: events for the clients that have registered for them; [`Session`]: one client.
//! - [`Options`], [`Access`]: how the daemon behaves, and who may do what.
//! - [`Stats`]: what it counts.
//!
//! # What a client may send
//! Whatever it sends, other clients and the daemon go on.
//!
//! | it sends | it gets |
//! | --- | --- |
//! | a call of a program or a version that there is not, with a status, or with arguments that are none | an error, `VIR_ERR_RPC` |
//! | a call of a number that no procedure has, or that an event has | the error by which clients know that they may try an older procedure |
//! | a call without the rights for it ([`Access`]) | an error, `VIR_ERR_OPERATION_DENIED` or `VIR_ERR_ACCESS_DENIED` |
//! | a call that needs a driver before one is open, or that opens a second one | an error, `VIR_ERR_INTERNAL_ERROR` |
//! | a call whose function panics | an error, `VIR_ERR_INTERNAL_ERROR` |
//! | packets of a stream that has ended, or that no call has begun | nothing |
//! | packets that the [`Stream`] cannot take: unreadable, a hole of no bytes, data for one that [takes none](Stream::refuse_data) | the stream is aborted, and says why |
//! | nothing: it opens no driver | the end of its connection, after [`Options::opening_timeout`] |
//! | nothing, and takes nothing of what waits for it | the end of its connection, after [`Options::write_timeout`]; where both know keepalive, one that is not there any more is found out sooner ([`Options::keepalive`]) |
//! | a reply, an event, a packet of no known kind, no packet at all, or one that is [too long](Options::packet_bytes) | the answers to its calls before that; then the connection ends |
//!
//! # Queues
//! Each client has two, both bounded. Of its calls so many [run](Options::max_calls) and so many
//! [wait](Options::max_waiting), with so many [descriptors](Options::max_descriptors); when there are more, nothing is read from
//! it until one is answered. Of what it does not take so many [bytes](Options::queue_bytes) wait; then nothing is read from it
//! either, none of its calls begins, and events for it are lost and counted, or its connection ends, as [`Options::overflow`]
//! says. Keepalive is answered as long as anything is read.
//!
//! Streams have queues of their own beside these, [`Options::stream_window`]. The protocol cannot stop one stream alone: while
//! a handler has that much to take, nothing is read from its client, calls that run are answered, and after
//! [`Options::stream_patience`] the stream is aborted.
//!
//! The daemon does not authenticate: it says so to its clients (`AUTH_LIST`), and who can connect to its socket is let in.

mod access;
mod admission;
mod basics;
mod connection;
mod end;
mod fate;
mod handle;
mod hypervisor;
mod listener;
mod options;
mod registrations;
mod request;
mod router;
mod running;
mod session;
mod stats;
mod stream;

use std::fmt;
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

pub use self::access::{Access, Permission};
pub use self::admission::Program;
pub use self::end::End;
pub use self::fate::Fate;
pub use self::handle::Handle;
pub use self::hypervisor::Hypervisor;
pub use self::listener::Listener;
pub use self::options::{Facts, Options, Overflow};
pub use self::request::{Answer, Context, Refusal, Request, refusal};
pub use self::router::{Handler, Router, StreamHandler};
pub use self::session::{Emitted, Session};
pub use self::stats::Stats;
pub(crate) use self::stream::Meeting;
pub use self::stream::{Stream, StreamError, Streaming};

use self::handle::Shared;
use crate::transport::Transport;

/// How long nobody is accepted after somebody could not be, as where the process has no descriptors left.
const AFTER_ERROR: Duration = Duration::from_millis(100);

/// Begins to serve the clients of a listener, which may do everything.
///
/// # Panics
/// Outside of a tokio runtime that has a clock.
pub fn serve(listener: impl Listener, hypervisor: impl Hypervisor) -> Daemon {
    let daemon = Daemon::new(hypervisor, Options::default());
    daemon.listen(listener, Access::ReadWrite);
    daemon
}

/// A daemon that runs. It ends when this is dropped; with [`shutdown`](Self::shutdown) its clients get their answers first.
///
/// It is used as the [`Handle`] that it has.
pub struct Daemon {
    handle: Handle,
    listeners: Mutex<JoinSet<()>>,
}

impl Daemon {
    /// One that has no clients yet.
    pub fn new(hypervisor: impl Hypervisor, options: Options) -> Self {
        let shared = Shared::new(hypervisor, options);
        Self {
            handle: Handle { shared },
            listeners: Mutex::default(),
        }
    }

    /// Begins to serve the clients of a listener. A daemon may have several, such as one for
    /// [reading only](Access::ReadOnly).
    ///
    /// # Panics
    /// Outside of a tokio runtime that has a clock.
    pub fn listen(&self, listener: impl Listener, access: Access) {
        let shared = Arc::clone(&self.handle.shared);
        self.listeners().spawn(accept(shared, listener, access));
    }

    /// Serves a client that is connected already.
    ///
    /// # Panics
    /// Outside of a tokio runtime that has a clock.
    pub fn accept(&self, transport: Transport, access: Access) -> Session {
        self.handle.shared.accept(transport, access)
    }

    /// The daemon, for others than its owner.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Ends the daemon: nobody is accepted and nothing is read any more, calls that have come are answered, and clients get
    /// what waits for them. What is not done after `grace` is given up. A client has
    /// [`Options::drain_timeout`] at most to take what waits for it, whatever `grace` is.
    ///
    /// True if all has ended within `grace`.
    pub async fn shutdown(self, grace: Duration) -> bool {
        let mut listeners = std::mem::take(&mut *self.listeners());
        listeners.abort_all();
        let shared = &self.handle.shared;
        shared.leave();
        let done = async {
            while listeners.join_next().await.is_some() {}
            shared.join().await;
        };
        timeout(grace, done).await.is_ok()
    }

    fn listeners(&self) -> std::sync::MutexGuard<'_, JoinSet<()>> {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deref for Daemon {
    type Target = Handle;

    fn deref(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.handle.shared.abort();
    }
}

impl fmt::Debug for Daemon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Daemon")
            .field("handle", &self.handle)
            .finish_non_exhaustive()
    }
}

async fn accept(shared: Arc<Shared>, mut listener: impl Listener, access: Access) {
    loop {
        if let Ok(transport) = listener.accept().await {
            shared.accept_in_turn(transport, access.clone()).await;
        } else {
            shared.counters.accept_errors.add(1);
            sleep(AFTER_ERROR).await;
        }
    }
}
