//! `cargo xtask bench scale`.

/// Arguments of `cargo xtask bench scale`.
#[derive(Default, clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(_: &Arguments) -> bool {
    println!("bench scale: not there yet");
    true
}
