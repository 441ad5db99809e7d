//! Makes Rust of `proto/*.x`.

fn main() -> Result<(), xdr_build::Error> {
    xdr_build::Config::new()
        .strip_prefix("remote_")
        .strip_prefix("REMOTE_")
        .compile(&["proto/remote_protocol.x"])
}
