//! `cargo xtask bench size`.

/// Arguments of `cargo xtask bench size`.
#[derive(Default, clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(_: &Arguments) -> bool {
    println!("bench size: not there yet");
    true
}
