//! The daemon against clients in this process: the one of this crate, and one that says whatever the test says.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

mod access;
mod calls;
mod crowd;
mod ends;
mod events;
mod hostile;
mod keepalive;
mod limits;
mod patience;
mod peer;
mod shutdown;
mod sockets;
mod streams;
