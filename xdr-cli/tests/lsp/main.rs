//! `xdr lsp` as an editor runs it: a process, and JSON-RPC over its stdin and stdout.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod client;

mod hostile;
mod session;
