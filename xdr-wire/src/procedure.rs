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
