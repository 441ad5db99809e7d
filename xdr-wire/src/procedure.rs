//! Remote procedures as types (RFC 5531, section 12).

/// One procedure of a program: its number and the types of its messages. Nothing is ever constructed; the type itself
/// names the procedure.
pub trait Procedure {
    /// What the caller sends, `()` for nothing. Of an event, the message.
    type Args;
    /// What the callee answers, `()` for nothing. Of an event, `()`.
    type Ret;

    /// The XDR name.
    const NAME: &'static str;
    /// The program number.
    const PROGRAM: u32;
    /// The version of the program.
    const VERSION: u32;
    /// The number within the version.
    const NUMBER: u32;

    /// Call or event.
    const KIND: ProcedureKind = ProcedureKind::Call;
    /// libvirt's `@priority`.
    const PRIORITY: Priority = Priority::Low;
    /// libvirt's `@acl` annotations, as written.
    const ACL: &'static [&'static str] = &[];
    /// libvirt's `@aclfilter` annotations, as written.
    const ACL_FILTER: &'static [&'static str] = &[];
    /// Whether a connection that only reads may make this call. Told from libvirt's `@acl`: all permissions that are
    /// required whatever the arguments are of those that everybody has, `getattr`, `read` and `search_…`, or none is.
    ///
    /// libvirt's own functions do not go by these annotations. In libvirt 9.0.0 seven differ from them: they refuse
    /// `DOMAIN_SET_SCHEDULER_PARAMETERS`, `DOMAIN_GET_LAUNCH_SECURITY_INFO`, `NODE_GET_SEV_INFO` and
    /// `NODE_DEVICE_GET_AUTOSTART` nevertheless, and allow `DOMAIN_MIGRATE_GET_COMPRESSION_CACHE`,
    /// `DOMAIN_MIGRATE_GET_MAX_DOWNTIME` and `CONNECT_SET_IDENTITY`. A flag or an argument may need more than the call.
    ///
    /// False for events, and where nothing is said of permissions.
    const READ_ONLY: bool = false;
    /// libvirt's `@readstream` and `@writestream`.
    const STREAM: Option<StreamDirection> = None;
}

/// Who starts the exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProcedureKind {
    /// The client sends arguments and waits for the reply.
    Call,
    /// The server sends a message that nobody answers.
    Event,
}

/// Whether a procedure may wait in libvirt's ordinary workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Priority {
    /// It may block.
    Low,
    /// It always finishes soon, and runs even when all ordinary workers are blocked.
    High,
}

/// Which way the stream of a procedure flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamDirection {
    /// The client reads.
    Read,
    /// The client writes.
    Write,
}
