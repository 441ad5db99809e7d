//! xdr-cli.
fn main() {}
