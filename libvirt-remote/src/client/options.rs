//! What a connection does unless it is told otherwise.

use std::fmt;
use std::time::Duration;

/// How a [`Client`](super::Client) behaves.
///
/// ```
/// use std::time::Duration;
/// use libvirt_remote::Options;
///
/// let options = Options { call_timeout: Some(Duration::from_secs(10)), ..Options::default() };
/// assert_eq!(options.event_queue, 1024);
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether [`Connection`](crate::Connection) opens the driver for reading only, which needs fewer rights.
    pub read_only: bool,
    /// Who the client is, where the daemon asks by SASL; otherwise it is looked up in libvirt's `auth.conf`.
    pub credentials: Option<Credentials>,
    /// How long opening takes at most, from the name of the host to the daemon's last answer. 30 s by default.
    pub open_timeout: Duration,
    /// How long a call waits for its answer, and who ends a stream for the daemon's word. Without end by default: some calls
    /// migrate a machine.
    pub call_timeout: Option<Duration>,
    /// How to find out that the daemon is not there any more. Every 5 s, 5 times, by default, as virsh does.
    pub keepalive: Option<KeepaliveOptions>,
    /// Whether, and how, a [`Connection`](crate::Connection) that is lost is made anew; not by default. A connection over
    /// a transport that was given to it cannot be.
    pub reconnect: Option<ReconnectOptions>,
    /// How many events wait for an application that does not take them; 1024 by default. What comes then is lost, and
    /// counted.
    pub event_queue: usize,
    /// How many bytes of events wait, as another limit of the same queue; 8 MiB by default.
    pub event_queue_bytes: usize,
    /// How many bytes of a stream wait for an application that does not take them; 8 MiB by default. When there are
    /// more, nothing is read from the connection, since the protocol cannot stop one stream alone; events wait at the
    /// daemon, which may lose some.
    ///
    /// That would keep back what others wait for: the answer to a call, the end of another stream or its data, or room to
    /// send, if the daemon takes nothing meanwhile. While somebody waits, reading goes on until a stream holds four times
    /// as much; [`stream_patience`](Self::stream_patience) says what then becomes of it. Who waits for events is not
    /// waited for.
    pub stream_window: usize,
    /// How long an application may take nothing of a stream that holds four windows while somebody waits for what may be
    /// behind it; 10 s by default. Then the stream is aborted, so that the others get on, and what it holds is dropped:
    /// [`Error::Stalled`](crate::Error::Stalled). A stream that nobody waits behind may be left alone for as long as it
    /// takes, and so may one that is read, however slowly.
    pub stream_patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            read_only: false,
            credentials: None,
            open_timeout: Duration::from_secs(30),
            call_timeout: None,
            keepalive: Some(KeepaliveOptions::default()),
            reconnect: None,
            event_queue: 1024,
            event_queue_bytes: 8 << 20,
            stream_window: 8 << 20,
            stream_patience: Duration::from_secs(10),
        }
    }
}

/// How a lost connection is made anew. What had been called when it was lost has failed, and is not called again; streams
/// of data have ended. Calls fail until it is there again. Events are registered for again.
///
/// A daemon that does not let the client in, as with a wrong password, is not tried again. Why there is no connection any
/// more, [`Connection::ready`](crate::Connection::ready) and the streams of events say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReconnectOptions {
    /// How long to wait before the first attempt; 100 ms by default. Each time it is twice as long, until a connection
    /// has held for as long as the longest wait. Up to half of a wait is left out by chance, so that not all clients come
    /// back at once.
    pub first_delay: Duration,
    /// How long to wait at most; 10 s by default.
    pub longest_delay: Duration,
    /// How many attempts to make after a loss; without end by default.
    pub attempts: Option<u32>,
}

impl Default for ReconnectOptions {
    fn default() -> Self {
        Self {
            first_delay: Duration::from_millis(100),
            longest_delay: Duration::from_secs(10),
            attempts: None,
        }
    }
}

/// A name and the password that belongs to it, which [`Debug`](fmt::Debug) does not show.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The name; that of the URI if there is none.
    pub user: Option<String>,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// How to find out that the daemon is not there any more. The daemon's own keepalive packets are always answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepaliveOptions {
    /// How long nothing has come when a keepalive packet is sent; and the next one. Zero is no keepalive, as in libvirt,
    /// and neither is what no clock reaches.
    pub interval: Duration,
    /// How many packets are sent without anything coming. With the next one due, the connection ends; if there are none,
    /// after one interval.
    pub count: u32,
}

impl Default for KeepaliveOptions {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(5),
            count: 5,
        }
    }
}
