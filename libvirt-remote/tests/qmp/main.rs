//! QEMU's monitor protocol: the rules by which its events become graphics events, and the client against a QEMU of a few
//! lines.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

mod graphics;
mod messages;
mod monitor;
mod peer;
mod watch;
