//! A thousand connections that break, ten thousand packets that are wrong: nothing hangs, no answer that has come is
//! lost, and the process has afterwards what it had before.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

mod alone;
mod client;
mod daemon;
mod random;
