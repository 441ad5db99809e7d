//! The client against a daemon that does what the test says, in this process.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

mod anything;
mod calls;
mod events;
mod faults;
mod gone;
mod keepalive;
mod open;
mod peer;
#[cfg(feature = "sasl")]
mod sasl;
mod sharing;
mod streams;
