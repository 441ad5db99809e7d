//! How a daemon behaves.

use std::time::Duration;

use protocol_defs::packet::{LENGTH_LEN, MAX_LEN};

use crate::client::KeepaliveOptions;
use crate::connection::Feature;

/// How a daemon behaves.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many clients it has at most; 5000 by default. Those that come then wait until one goes. One that has gone counts for
    /// as long as a call of it runs.
    pub max_clients: usize,
    /// How many of them have not opened their driver yet; 100 at most by default. Those that come then wait until one has, or
    /// goes. libvirtd has `max_anonymous_clients` for that.
    pub max_opening: usize,
    /// How long a client may take until its driver is open; one minute by default. Then its connection ends with
    /// [`End::NotOpened`](super::End::NotOpened). The time begins anew when it closes the driver; while
    /// the daemon opens one it does not end. A client that calls another program than those of libvirtd needs no driver.
    pub opening_timeout: Option<Duration>,
    /// How many calls of a client run at a time; 20 by default. As many again of procedures that finish soon
    /// ([`Priority::High`](xdr_wire::Priority::High)) run beside them. When those that run have more bytes of arguments than
    /// [`queue_bytes`](Self::queue_bytes), others with long arguments wait.
    pub max_calls: usize,
    /// How many calls of a client wait for those that run; 64 by default. Then nothing is read from it any more.
    pub max_waiting: usize,
    /// How many file descriptors have come with calls of a client that wait or run; 64 by default. Then nothing is read from it
    /// any more, so that it does not use up those of the process. A packet has up to 32, and those of the last are taken
    /// whatever their number.
    pub max_descriptors: usize,
    /// How many bytes a packet of a client has at most, its length word included. By default what the protocol allows, 32 MiB
    /// and a word. Each client may have the daemon hold as much while it sends one; what comes is held, not what is
    /// announced.
    pub packet_bytes: usize,
    /// How many registrations for events a client has at most; 1024 by default. Others are refused.
    pub max_registrations: usize,
    /// How many bytes the arguments of its registrations have together, such as names of domains; 1 MiB by default. Others are
    /// refused.
    pub registration_bytes: usize,
    /// How many bytes wait for a client that does not take them; 4 MiB by default. Then nothing is read from it any more,
    /// no call of it begins, and [`overflow`](Self::overflow) says what becomes of events. Answers to calls that run already
    /// are kept, whatever their length.
    pub queue_bytes: usize,
    /// How long a client may take nothing, not a byte, of what waits for it, and say nothing; two minutes by default. Then its
    /// connection ends with [`End::Stalled`](super::End::Stalled). A client that puts off reading a stream takes nothing because
    /// of that, but says that it is there, if it knows keepalive. One that is not read any more, as its queue is full, says
    /// nothing.
    pub write_timeout: Option<Duration>,
    /// How many streams of a client are open at most; 20 by default. Calls that would begin others are refused.
    pub max_streams: usize,
    /// How many bytes of a stream wait for its handler, and how many of all streams for a client, which are not more than
    /// half of [`queue_bytes`](Self::queue_bytes); 1 MiB by default, and a packet more. When a handler has as much to take,
    /// nothing is read from the client; a handler that writes waits.
    pub stream_window: usize,
    /// How long a handler may leave what its client sends on a stream where it is while nothing is read from the client for
    /// that; 10 s by default. Then the stream is aborted, so that calls behind its data get on.
    pub stream_patience: Duration,
    /// What becomes of an event for a client whose queue is full.
    pub overflow: Overflow,
    /// How to find out that a client is not there any more. Every 5 s, 5 times, by default. It begins when a client asks
    /// for [`Feature::KEEPALIVE`], as libvirt's clients do that know of it; what clients ask is always answered.
    pub keepalive: Option<KeepaliveOptions>,
    /// How long a client that has hung up or has sent what is no packet, and everybody when the daemon ends, is given to
    /// take the answers to its calls; 5 s by default.
    pub drain_timeout: Duration,
    /// What it says that it can. By default descriptors (over UNIX sockets), strings among typed parameters, keepalive,
    /// and callbacks for events and for the end of the driver's connection.
    pub features: Vec<Feature>,
    /// What it says of itself.
    pub facts: Facts,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_clients: 5000,
            max_opening: 100,
            opening_timeout: Some(Duration::from_mins(1)),
            max_calls: 20,
            max_waiting: 64,
            max_descriptors: 64,
            packet_bytes: LENGTH_LEN + MAX_LEN,
            max_registrations: 1024,
            registration_bytes: 1 << 20,
            queue_bytes: 4 << 20,
            write_timeout: Some(Duration::from_mins(2)),
            max_streams: 20,
            stream_window: 1 << 20,
            stream_patience: Duration::from_secs(10),
            overflow: Overflow::default(),
            keepalive: Some(KeepaliveOptions::default()),
            drain_timeout: Duration::from_secs(5),
            features: vec![
                Feature::FD_PASSING,
                Feature::TYPED_PARAM_STRING,
                Feature::KEEPALIVE,
                Feature::EVENT_CALLBACK,
                Feature::CLOSE_CALLBACK,
            ],
            facts: Facts::default(),
        }
    }
}

/// What becomes of an event for a client whose queue is full. Either way the event is counted, in
/// [`Session::events_lost`](super::Session::events_lost) and [`Stats::events_lost`](super::Stats::events_lost).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Overflow {
    /// It is lost to this client. The protocol has no way to say so to it.
    #[default]
    DropEvents,
    /// The client's connection ends, so that it knows.
    Disconnect,
}

/// What a daemon says of itself, unless its hypervisor answers these calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// The name of the driver (`CONNECT_GET_TYPE`); `Test` by default.
    pub driver: String,
    /// The hypervisor's version, as 1,000,000 × major + 1,000 × minor + release; 1.0.0 by default.
    pub driver_version: u64,
    /// libvirt's version in the same form; 9.0.0, whose protocol this is, by default.
    pub libvirt_version: u64,
    /// The name of the host; `localhost` by default.
    pub hostname: String,
}

impl Default for Facts {
    fn default() -> Self {
        Self {
            driver: "Test".to_owned(),
            driver_version: 1_000_000,
            libvirt_version: 9_000_000,
            hostname: "localhost".to_owned(),
        }
    }
}
