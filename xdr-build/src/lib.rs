//! xdr-build.
