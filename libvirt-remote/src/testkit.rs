//! A daemon in a test: it answers and emits what the test says, remembers what it was called, and breaks what the test
//! wants to see broken.
//!
//! ```
//! use std::time::Duration;
//!
//! use libvirt_remote::Error;
//! use libvirt_remote::daemon::Router;
//! use libvirt_remote::testkit::{FakeDaemon, Fault, When};
//! use protocol_defs::remote::{ConnectNumOfDomainsRet, DomainLookupByNameArgs, proc};
//!
//! # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
//! let router = Router::new().always::<proc::ConnectNumOfDomains>(&ConnectNumOfDomainsRet { num: 2 });
//! let fake = FakeDaemon::new(router);
//! let conn = fake.connect().await?;
//! assert_eq!(conn.call::<proc::ConnectNumOfDomains>(&()).await?.num, 2);
//! assert_eq!(fake.called::<proc::ConnectNumOfDomains>().len(), 1);
//!
//! // The next answer is cut off in its header, and the connection with it.
//! fake.inject(When::called::<proc::ConnectNumOfDomains>(), Fault::CutOff(10));
//! let cut_off = conn.call::<proc::ConnectNumOfDomains>(&()).await;
//! assert!(matches!(cut_off, Err(Error::Closed(_))));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Streams go wrong, too: [`When::sent_on`] says with which of the packets of a download, say, something happens.
//!
//! It is a [`Daemon`], and used as one: with [`listen`](Daemon::listen) it is there for other clients, such as virsh;
//! [`emit`](crate::daemon::Handle::emit) and [`emit_fated`](crate::daemon::Handle::emit_fated) tell of events.

mod fault;
mod script;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use protocol_defs::message::Call;
use tokio::time::{Instant, sleep};
use xdr_wire::{Decode, Encode, Procedure};

pub use self::fault::{Fault, When};

use self::script::{Script, Scripted};
use crate::client::Options;
use crate::connection::Connection;
use crate::daemon::{self, Access, Daemon, Hypervisor};
use crate::error::Error;
use crate::transport::Transport;
use crate::uri::Uri;

/// Bytes that are on their way at most, each way, between a client of this crate and the daemon.
const PIPE: usize = 64 << 10;

/// How long is waited for what a test expects.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often is looked whether it has come.
const GLANCE: Duration = Duration::from_millis(1);

/// A daemon in a test. It ends when this is dropped.
#[derive(Debug)]
pub struct FakeDaemon {
    daemon: Daemon,
    script: Arc<Script>,
}

impl FakeDaemon {
    /// One that answers as this hypervisor does, as long as nothing else is said.
    pub fn new(hypervisor: impl Hypervisor) -> Self {
        Self::with_options(hypervisor, daemon::Options::default())
    }

    /// The same with options.
    pub fn with_options(hypervisor: impl Hypervisor, options: daemon::Options) -> Self {
        let script = Arc::<Script>::default();
        let scripted = Scripted::new(hypervisor, Arc::clone(&script));
        let daemon = Daemon::new(scripted, options);
        Self { daemon, script }
    }

    /// A client of this crate, whose driver `test:///default` is open.
    ///
    /// # Errors
    /// What the daemon, or a fault of it, has made of that.
    ///
    /// # Panics
    /// Outside of a tokio runtime that has a clock.
    pub async fn connect(&self) -> Result<Connection, Error> {
        let uri: Uri = "test:///default".parse()?;
        self.connect_with(&uri, Options::default()).await
    }

    /// The same with another driver, or with options.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    ///
    /// # Panics
    /// Outside of a tokio runtime that has a clock.
    pub async fn connect_with(&self, uri: &Uri, options: Options) -> Result<Connection, Error> {
        Connection::open_over(self.transport(), uri, options).await
    }

    /// A way to the daemon for a client that has said nothing yet.
    ///
    /// # Panics
    /// Outside of a tokio runtime that has a clock.
    pub fn transport(&self) -> Transport {
        let (near, far) = tokio::io::duplex(PIPE);
        self.daemon.accept(Transport::new(far), Access::ReadWrite);
        Transport::new(near)
    }

    /// Answers the next call of a procedure that has no such answer yet with this, instead of asking the hypervisor.
    ///
    /// # Errors
    /// [`Refusal`](daemon::Refusal) if the result breaks a bound of its type.
    pub fn answer_next<P>(&self, result: &P::Ret) -> Result<(), daemon::Refusal>
    where
        P: Procedure<Ret: Encode>,
    {
        let answer = daemon::Answer::of::<P>(result)?;
        self.script.answer_next(script::id::<P>(), answer);
        Ok(())
    }

    /// Has something go wrong. Of several that are for a call, all happen, in the order in which they were said; of what
    /// becomes of the answer's packet, the last.
    pub fn inject(&self, when: When, fault: Fault) {
        self.script.inject(when, fault);
    }

    /// Nothing goes wrong any more.
    pub fn heal(&self) {
        self.script.heal();
    }

    /// All calls so far that were not refused for what they are, in the order in which they began; those of other programs
    /// than libvirtd's, and those whose arguments cannot be read, are missing.
    pub fn calls(&self) -> Vec<Call> {
        self.script.calls()
    }

    /// The arguments of all calls of a procedure so far.
    pub fn called<P>(&self) -> Vec<P::Args>
    where
        P: Procedure<Args: for<'de> Decode<'de>>,
    {
        self.script.called::<P>()
    }

    /// Waits until a procedure has been called so often. False if that takes more than ten seconds.
    #[must_use]
    pub async fn wait_for_calls<P>(&self, count: usize) -> bool
    where
        P: Procedure<Args: for<'de> Decode<'de>>,
    {
        wait(|| self.called::<P>().len() >= count).await
    }

    /// Waits until the clients together have so many registrations for events. False if that takes more than ten seconds.
    ///
    /// libvirt's own client may lose an event that comes in one piece with the answer to its registration: give it a
    /// moment.
    #[must_use]
    pub async fn wait_for_registrations(&self, count: usize) -> bool {
        let all = || self.daemon.sessions();
        wait(|| {
            all()
                .iter()
                .map(daemon::Session::registrations)
                .sum::<usize>()
                >= count
        })
        .await
    }
}

impl Deref for FakeDaemon {
    type Target = Daemon;

    fn deref(&self) -> &Daemon {
        &self.daemon
    }
}

async fn wait(is: impl Fn() -> bool) -> bool {
    let deadline = Instant::now() + PATIENCE;
    while !is() {
        if Instant::now() > deadline {
            return false;
        }
        sleep(GLANCE).await;
    }
    true
}
