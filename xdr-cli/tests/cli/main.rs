//! The `xdr` command as users run it.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod breaking;
mod cases;
mod examples;
mod files;
mod hostile;
mod lint;
mod pages;
mod recorded;
mod sandbox;
mod sarif;
mod streams;
