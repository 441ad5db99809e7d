//! xdr-wire.
