//! xdr-derive.
