//! What a monitor does unless it is told otherwise.

use std::time::Duration;

/// How a [`Monitor`](super::Monitor) behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long a line may be, in bytes; 10 MiB by default, as libvirt has it.
    pub line_limit: usize,
    /// How long QEMU may take for its greeting, and for each command; 10 s by default.
    pub timeout: Duration,
    /// How many events are kept while a command waits for its answer; 1024 by default. What comes then is lost, and
    /// counted.
    pub event_queue: usize,
    /// How many bytes of lines these events may have come in, as another limit; 8 MiB by default. One event is kept
    /// however long it is.
    pub event_queue_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            line_limit: 10 << 20,
            timeout: Duration::from_secs(10),
            event_queue: 1024,
            event_queue_bytes: 8 << 20,
        }
    }
}

/// How a [`Watch`](super::Watch) behaves.
///
/// ```
/// use libvirt_remote::qmp::WatchOptions;
///
/// let options = WatchOptions { name: Some("web".to_owned()), id: 3, ..WatchOptions::default() };
/// assert_eq!(options.longest_delay.as_secs(), 10);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchOptions {
    /// What the domain is called in its events. Without it, what QEMU was started with (`-name`), or else the UUID.
    pub name: Option<String>,
    /// The domain's number in its events, which QEMU has none of; 1 by default.
    pub id: i32,
    /// How long to wait after a connection has failed; each wait is twice as long as the one before. 100 ms by default.
    pub first_delay: Duration,
    /// How long to wait at most; 10 s by default. Once a connection has lasted as long, the next wait is the first again.
    pub longest_delay: Duration,
    /// Those of each connection.
    pub monitor: Options,
}

impl Default for WatchOptions {
    fn default() -> Self {
        Self {
            name: None,
            id: 1,
            first_delay: Duration::from_millis(100),
            longest_delay: Duration::from_secs(10),
            monitor: Options::default(),
        }
    }
}
