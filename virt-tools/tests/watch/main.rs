//! The program `virt-watch`, as it is used: what it prints, what it draws, how it ends.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

mod daemon;
mod printed;
mod program;
mod terminal;
