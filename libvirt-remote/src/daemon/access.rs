//! What who comes by which socket may do.

mod condition;

use std::fmt;
use std::sync::Arc;

use protocol_defs::remote::proc;
use xdr_wire::{Procedure, ProcedureInfo};

pub(super) use self::condition::Asked;

/// Procedures that libvirt's own library refuses on connections for reading only, though their annotations say `read`.
const REFUSED_TO_READERS: [&str; 3] = [
    proc::DomainSetSchedulerParameters::NAME,
    proc::NodeGetSevInfo::NAME,
    proc::NodeDeviceGetAutostart::NAME,
];

/// What clients of a socket may call. It goes by what libvirt's protocol says of a procedure, so that nobody lists them,
/// but for what libvirt refuses otherwise.
///
/// The daemon refuses a call whose permissions its client does not have, those among them that depend on a flag or an
/// argument of the call: `DOMAIN_GET_XML_DESC` needs `domain:read_secure` with `VIR_DOMAIN_XML_SECURE`. Which domains of a
/// list a client may see (`@aclfilter`) its handler decides, by [`Session::grants`](super::Session::grants).
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Access {
    /// Everything.
    #[default]
    ReadWrite,
    /// What only reads ([`Procedure::READ_ONLY`](xdr_wire::Procedure::READ_ONLY)), but for the three of these that libvirt
    /// refuses all the same, one of which writes. Clients of any other socket have the same when they open their driver for
    /// reading only.
    ReadOnly,
    /// What needs no permissions but those that this grants ([`Procedure::ACL`](xdr_wire::Procedure::ACL)). A procedure of
    /// which nothing is said is refused.
    Granted(Arc<dyn Fn(&Permission<'_>) -> bool + Send + Sync>),
}

impl Access {
    /// [`Granted`](Self::Granted) by a function.
    ///
    /// ```
    /// use libvirt_remote::daemon::Access;
    ///
    /// let observers = Access::granted(|permission| permission.name != "write" && permission.object != "secret");
    /// ```
    pub fn granted(grants: impl Fn(&Permission<'_>) -> bool + Send + Sync + 'static) -> Self {
        Self::Granted(Arc::new(grants))
    }

    /// Whether a permission is granted to clients of the socket. One that has opened its driver for reading only has less:
    /// [`Session::grants`](super::Session::grants) knows.
    pub fn grants(&self, permission: &Permission<'_>) -> bool {
        match self {
            Self::ReadWrite => true,
            Self::ReadOnly => permission.only_reads(),
            Self::Granted(grants) => grants(permission),
        }
    }

    /// Whether the procedure may be called, whatever its arguments.
    pub(super) fn allows(&self, procedure: &ProcedureInfo) -> bool {
        match self {
            Self::ReadWrite => true,
            Self::ReadOnly => only_reads(procedure),
            Self::Granted(grants) => {
                !procedure.acl.is_empty()
                    && Permission::of(procedure)
                        .filter(|permission| !permission.is_conditional())
                        .all(|permission| grants(&permission))
            }
        }
    }
}

/// Whether connections for reading only may call it, whatever its arguments.
pub(super) fn only_reads(procedure: &ProcedureInfo) -> bool {
    procedure.read_only && !REFUSED_TO_READERS.contains(&procedure.name)
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReadWrite => "ReadWrite",
            Self::ReadOnly => "ReadOnly",
            Self::Granted(_) => "Granted",
        })
    }
}

/// What a client must be allowed to do to an object, as an `@acl` annotation says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Permission<'a> {
    /// The kind of object, such as `domain`.
    pub object: &'a str,
    /// What is done to it, such as `write`.
    pub name: &'a str,
    /// The flag of the call with which it is needed, such as `VIR_DOMAIN_AFFECT_CONFIG`; or those without which, behind a
    /// `!` and with a `|` between them.
    pub flag: Option<&'a str>,
    /// The argument of the call and its value with which it is needed, such as `source` and
    /// `VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT`.
    pub argument: Option<(&'a str, &'a str)>,
}

impl<'a> Permission<'a> {
    /// That of an annotation, if it is one: `none` is not.
    ///
    /// ```
    /// use libvirt_remote::daemon::Permission;
    ///
    /// let secure = Permission::parse("domain:read_secure:VIR_DOMAIN_XML_SECURE").expect("it is one");
    /// assert_eq!((secure.object, secure.name), ("domain", "read_secure"));
    /// assert_eq!(secure.flag, Some("VIR_DOMAIN_XML_SECURE"));
    /// ```
    pub fn parse(annotation: &'a str) -> Option<Self> {
        let mut parts = annotation.split(':');
        let (object, name) = (parts.next()?, parts.next()?);
        let flag = parts.next().filter(|flag| !flag.is_empty());
        Some(Self {
            object,
            name,
            flag,
            argument: parts.next().zip(parts.next()),
        })
    }

    /// Those that a procedure needs, those that depend on the call among them: what its annotations say, and `domain:write`
    /// for `DOMAIN_SET_SCHEDULER_PARAMETERS`, whose annotation says no more than `domain:read`.
    pub fn of(procedure: &ProcedureInfo) -> impl Iterator<Item = Self> + use<'a> {
        let writes = procedure.name == proc::DomainSetSchedulerParameters::NAME;
        let more = writes.then_some("domain:write");
        let annotations = procedure.acl.iter().copied();
        annotations.chain(more).filter_map(Self::parse)
    }

    /// Whether it is needed with some flags or arguments only.
    pub fn is_conditional(&self) -> bool {
        self.flag.is_some() || self.argument.is_some()
    }

    /// Whether it is one of those that connections for reading only have: `getattr`, `read` and `search_…`.
    pub fn only_reads(&self) -> bool {
        matches!(self.name, "getattr" | "read") || self.name.starts_with("search_")
    }
}

impl fmt::Display for Permission<'_> {
    /// As `domain:read_secure`, without what it depends on.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.object, self.name)
    }
}
