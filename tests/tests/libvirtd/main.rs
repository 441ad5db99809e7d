//! The client and a real libvirtd, held against virsh. What is not installed is said to be skipped.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

mod admin;
mod calls;
mod daemon;
mod events;
mod monitor;
mod programs;
mod restart;
mod screens;
mod streams;
mod table;
mod watch;
mod ways_in;
