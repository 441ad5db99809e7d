//! `cargo xtask bench codec`.

/// Arguments of `cargo xtask bench codec`.
#[derive(Default, clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(_: &Arguments) -> bool {
    println!("bench codec: not there yet");
    true
}
