//! The monitor of a real QEMU, and viewers that come to its screen. Where there is no QEMU, that is said.
#![expect(
    clippy::panic,
    reason = "what a helper of tests cannot do fails the test"
)]

mod events;
mod machine;
mod viewer;
