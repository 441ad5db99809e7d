//! The `.x` files of Debian's `rpcsvc-proto` and `libnsl-dev`, and what they take from C headers.

/// Where the packages install them.
pub const FOLDER: &str = "/usr/include/rpcsvc";

/// What rpcgen and C headers define for them.
pub const DEFINES: &[(&str, i128)] =
    &[("RPC_HDR", 1), ("LM_MAXSTRLEN", 1024), ("MAXNAMELEN", 1025)];

/// The header that rpcgen puts before everything it makes, below `tests/headers`.
pub const IMPORT: &str = "rpc/rpc.x";
