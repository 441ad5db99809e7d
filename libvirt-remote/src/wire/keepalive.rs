//! The packets of keepalive.

use protocol_defs::packet::{Header, Keepalive};

/// Why a packet of that program says nothing.
pub(crate) const NEITHER: &str = "packet of keepalive that is neither of the two";

/// What a packet of keepalive says, if it is one of the two. Its serial is nobody's business.
pub(crate) fn said(header: &Header) -> Option<Keepalive> {
    let said = Keepalive::from_procedure(header.procedure)?;
    let expected = said.header();
    let is_like = (header.version, header.kind, header.status)
        == (expected.version, expected.kind, expected.status);
    is_like.then_some(said)
}
