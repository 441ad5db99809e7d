//! QEMU's monitor protocol: the rules by which its events become graphics events.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

mod graphics;
mod messages;
