//! What a daemon or its driver can (libvirt, `virDrvFeature`).

/// A feature to ask a daemon for. Numbers that are not here may be asked for as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Feature(pub i32);

impl Feature {
    /// File descriptors that go with calls.
    pub const FD_PASSING: Self = Self(8);
    /// Typed parameters that are strings.
    pub const TYPED_PARAM_STRING: Self = Self(9);
    /// Keepalive packets.
    pub const KEEPALIVE: Self = Self(10);
    /// Registrations for domain events that have numbers, and may be for one domain.
    pub const EVENT_CALLBACK: Self = Self(14);
    /// An event when the daemon loses its own connection to the hypervisor.
    pub const CLOSE_CALLBACK: Self = Self(15);
}
