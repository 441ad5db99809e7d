//! A function for each procedure.

use std::collections::HashMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use protocol_defs::message::ProcedureId;
use xdr_wire::{Decode, Encode, Procedure, ProcedureKind};

use super::admission::Program;
use super::hypervisor::Hypervisor;
use super::request::{Answer, Context, Refusal, Request};
use super::stream::Streaming;

/// A [`Hypervisor`] that has a function for each procedure, with the procedure's own types. What it has none for is
/// answered as [`Request::basics`] does.
///
/// ```
/// use std::sync::atomic::{AtomicI32, Ordering};
///
/// use libvirt_remote::daemon::{Router, refusal};
/// use protocol_defs::packet::{ErrorCode, ErrorOrigin};
/// use protocol_defs::remote::{ConnectNumOfDomainsRet, DomainGetStateRet, proc};
///
/// let router = Router::with_state(AtomicI32::new(3))
///     .on::<proc::DomainGetState>(|cx, args| async move {
///         if args.dom.id < 0 {
///             let text = format!("no domain has the name {:?}", args.dom.name);
///             return Err(refusal(ErrorCode::NO_DOMAIN, ErrorOrigin::TEST, text));
///         }
///         let state = cx.state().load(Ordering::Relaxed);
///         Ok(DomainGetStateRet { state, reason: 0 })
///     })
///     .always::<proc::ConnectNumOfDomains>(&ConnectNumOfDomainsRet { num: 1 });
/// ```
pub struct Router<S = ()> {
    state: Arc<S>,
    routes: HashMap<ProcedureId, Route<S>>,
    programs: Vec<Program>,
}

type Route<S> = Box<dyn Fn(&Arc<S>, Request) -> Routed + Send + Sync>;

type Routed = Pin<Box<dyn Future<Output = Result<Answer, Refusal>> + Send>>;

/// A function that answers a procedure: a closure `|cx, args| async move { … }`.
pub trait Handler<P: Procedure, S>:
    Fn(Context<S>, P::Args) -> Self::Answering + Send + Sync + 'static
{
    /// What it returns.
    type Answering: Future<Output = Result<P::Ret, Refusal>> + Send + 'static;
}

impl<P, S, F, A> Handler<P, S> for F
where
    P: Procedure,
    F: Fn(Context<S>, P::Args) -> A + Send + Sync + 'static,
    A: Future<Output = Result<P::Ret, Refusal>> + Send + 'static,
{
    type Answering = A;
}

/// A function that answers a procedure which begins a stream: a closure `|cx, args| async move { … }`.
pub trait StreamHandler<P: Procedure, S>:
    Fn(Context<S>, P::Args) -> Self::Answering + Send + Sync + 'static
{
    /// What it returns.
    type Answering: Future<Output = Result<(P::Ret, Streaming), Refusal>> + Send + 'static;
}

impl<P, S, F, A> StreamHandler<P, S> for F
where
    P: Procedure,
    F: Fn(Context<S>, P::Args) -> A + Send + Sync + 'static,
    A: Future<Output = Result<(P::Ret, Streaming), Refusal>> + Send + 'static,
{
    type Answering = A;
}

impl Router {
    /// One that has no state.
    pub fn new() -> Self {
        Self::with_state(())
    }
}

impl Default for Router {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Send + Sync + 'static> Router<S> {
    /// One whose functions share a state, [`Context::state`].
    pub fn with_state(state: S) -> Self {
        Self {
            state: Arc::new(state),
            routes: HashMap::new(),
            programs: vec![Program::REMOTE, Program::QEMU],
        }
    }

    /// Has a procedure answered by this function, in place of any before.
    #[must_use]
    pub fn on<P>(self, handler: impl Handler<P, S>) -> Self
    where
        P: Procedure<Args: for<'de> Decode<'de>, Ret: Encode> + 'static,
    {
        self.route::<P>(move |state, request| {
            let args = request.args::<P>();
            let context = request.context.with(Arc::clone(state));
            let answering = args.map(|args| handler(context, args));
            Box::pin(async move { Answer::of::<P>(&answering?.await?) })
        })
    }

    /// Has a procedure that begins a stream answered by this function: with its result, and who serves the stream.
    #[must_use]
    pub fn on_stream<P>(self, handler: impl StreamHandler<P, S>) -> Self
    where
        P: Procedure<Args: for<'de> Decode<'de>, Ret: Encode> + 'static,
    {
        const {
            assert!(P::STREAM.is_some(), "a procedure that begins no stream");
        };
        self.route::<P>(move |state, request| {
            let args = request.args::<P>();
            let context = request.context.with(Arc::clone(state));
            let answering = args.map(|args| handler(context, args));
            Box::pin(async move {
                let (result, streaming) = answering?.await?;
                Ok(Answer::of::<P>(&result)?.with_stream(streaming))
            })
        })
    }

    /// Has a procedure answered by a function that waits for nothing.
    #[must_use]
    pub fn on_sync<P>(
        self,
        handler: impl Fn(Context<S>, P::Args) -> Result<P::Ret, Refusal> + Send + Sync + 'static,
    ) -> Self
    where
        P: Procedure<Args: for<'de> Decode<'de>, Ret: Encode> + 'static,
    {
        self.route::<P>(move |state, request| {
            let args = request.args::<P>();
            let context = request.context.with(Arc::clone(state));
            let result = args.and_then(|args| handler(context, args));
            let answer = result.and_then(|result| Answer::of::<P>(&result));
            Box::pin(async move { answer })
        })
    }

    /// Has a procedure answered with this result, whatever its arguments, as long as they are some.
    #[must_use]
    pub fn always<P>(self, result: &P::Ret) -> Self
    where
        P: Procedure<Args: for<'de> Decode<'de>, Ret: Encode> + 'static,
    {
        let answer = Answer::of::<P>(result).map(|answer| answer.body);
        self.route::<P>(move |_, request| {
            let args = request.args::<P>().map(|_| ());
            let answer = args.and_then(|()| answer.clone());
            Box::pin(async move { answer.map(Answer::new) })
        })
    }

    /// Lets clients call another program, so that its procedures can be answered.
    #[must_use]
    pub fn program(mut self, program: Program) -> Self {
        self.programs.push(program);
        self
    }

    fn route<P: Procedure>(
        mut self,
        route: impl Fn(&Arc<S>, Request) -> Routed + Send + Sync + 'static,
    ) -> Self {
        const {
            assert!(
                matches!(P::KIND, ProcedureKind::Call),
                "an event cannot be called"
            );
        };
        let id = ProcedureId {
            program: P::PROGRAM,
            version: P::VERSION,
            procedure: P::NUMBER,
        };
        self.routes.insert(id, Box::new(route));
        self
    }
}

impl<S: Send + Sync + 'static> Hypervisor for Router<S> {
    async fn answer(&self, request: Request) -> Result<Answer, Refusal> {
        match self.routes.get(&request.procedure()) {
            Some(route) => route(&self.state, request).await,
            None => request.basics(),
        }
    }

    fn programs(&self) -> Vec<Program> {
        self.programs.clone()
    }
}

impl<S> fmt::Debug for Router<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router")
            .field("routes", &self.routes.len())
            .finish_non_exhaustive()
    }
}
