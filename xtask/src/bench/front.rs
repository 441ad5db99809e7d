//! `cargo xtask bench front`.

/// Arguments of `cargo xtask bench front`.
#[derive(Default, clap::Args)]
pub(crate) struct Arguments {}

pub(crate) fn run(_: &Arguments) -> bool {
    println!("bench front: not there yet");
    true
}
