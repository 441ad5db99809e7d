//! The monitor of a real QEMU, viewers that come to its screen, and virsh, which hears of them. Where there is no QEMU, that is said.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

mod bridge;
mod events;
mod machine;
mod spice;
