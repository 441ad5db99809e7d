//! What both sides of a connection do alike with its bytes and descriptors.

use std::fmt;

use protocol_defs::packet::Header;

pub(crate) mod incoming;
pub(crate) mod keepalive;
pub(crate) mod outbox;
pub(crate) mod outgoing;
pub(crate) mod stall;

/// Words for a packet that may not come, or not now.
pub(crate) fn unexpected(f: &mut fmt::Formatter<'_>, header: &Header, why: &str) -> fmt::Result {
    write!(
        f,
        "{why}: kind {:?}, status {:?}, program {:#x}, version {}, procedure {}, serial {}",
        header.kind, header.status, header.program, header.version, header.procedure, header.serial
    )
}
