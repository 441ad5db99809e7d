//! Who answers the calls.

use std::future::Future;
use std::pin::Pin;

use super::admission::Program;
use super::end::End;
use super::request::{Answer, Refusal, Request};
use super::session::Session;

/// Who answers the calls of clients: all of them, by one function. A [`Router`](super::Router) is one that has a function
/// for each procedure.
///
/// ```
/// use libvirt_remote::daemon::{Answer, Hypervisor, Refusal, Request};
/// use protocol_defs::message::Call;
/// use protocol_defs::remote;
///
/// struct Idle;
///
/// impl Hypervisor for Idle {
///     async fn answer(&self, request: Request) -> Result<Answer, Refusal> {
///         match request.call()? {
///             Call::Remote(remote::Call::ConnectNumOfDomains) => {
///                 let ret = remote::ConnectNumOfDomainsRet { num: 0 };
///                 Ok(remote::Reply::ConnectNumOfDomains(ret).into())
///             }
///             _ => request.basics(),
///         }
///     }
/// }
/// ```
///
/// A function that panics has refused its call, and the daemon goes on.
pub trait Hypervisor: Send + Sync + 'static {
    /// Answers a call that the client may make. What it does not know itself it leaves to
    /// [`Request::basics`].
    ///
    /// It goes on when the client has gone, and is dropped only where [`Daemon::shutdown`](super::Daemon::shutdown) has
    /// waited long enough.
    fn answer(&self, request: Request) -> impl Future<Output = Result<Answer, Refusal>> + Send;

    /// The programs that clients may call; others are refused. libvirtd's for QEMU, by default.
    fn programs(&self) -> Vec<Program> {
        vec![Program::REMOTE, Program::QEMU]
    }

    /// A client has gone. What of its calls still runs goes on.
    fn disconnected(&self, session: &Session, end: &End) {
        let _ = (session, end);
    }
}

/// A hypervisor of any type.
pub(super) trait AnyHypervisor: Send + Sync {
    fn answer(&self, request: Request) -> Answering<'_>;

    fn disconnected(&self, session: &Session, end: &End);
}

pub(super) type Answering<'a> = Pin<Box<dyn Future<Output = Result<Answer, Refusal>> + Send + 'a>>;

impl<T: Hypervisor> AnyHypervisor for T {
    fn answer(&self, request: Request) -> Answering<'_> {
        Box::pin(Hypervisor::answer(self, request))
    }

    fn disconnected(&self, session: &Session, end: &End) {
        Hypervisor::disconnected(self, session, end);
    }
}
