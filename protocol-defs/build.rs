//! Makes Rust of `proto/*.x`, for the features that are on.

fn main() -> Result<(), xdr_build::Error> {
    if std::env::var_os("CARGO_FEATURE_REMOTE").is_none() {
        return Ok(());
    }
    xdr_build::Config::new()
        .strip_prefix("remote_")
        .strip_prefix("REMOTE_")
        .compile(&["proto/remote_protocol.x"])
}
