//! What both sides of a connection do alike with its bytes and descriptors.

pub(crate) mod incoming;
pub(crate) mod keepalive;
pub(crate) mod outbox;
pub(crate) mod outgoing;
