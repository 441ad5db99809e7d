//! The server: two threads and a loop between them.
//!
//! One thread reads the input (`input`), one owns the workspace and does one thing after the other (`worker`); the loop
//! matches requests with answers and writes. Notifications and requests reach the worker in the order in which they came, so
//! that a request is answered from the text that its sender saw. Diagnostics are what the worker does when nobody wants
//! anything else: an edit that comes meanwhile makes them stale, and they are not sent.

use std::future::{Future, ready};
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::Builder;

use async_lsp::lsp_types::notification::{self as on, Notification};
use async_lsp::lsp_types::request::{self, Request};
use async_lsp::lsp_types::{
    InitializeParams, InitializeResult, LogMessageParams, MessageType, ServerInfo,
};
use async_lsp::router::Router;
use async_lsp::{AnyNotification, ClientSocket, ErrorCode, MainLoop, ResponseError};
use futures::channel::oneshot;
use futures::io::AllowStdIo;

use crate::Configure;

mod answers;
mod capabilities;
mod convert;
mod edits;
mod input;
mod output;
mod state;
mod worker;

use output::InPieces;
use state::State;
use worker::{Jobs, Worker};

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The client said goodbye, or never said anything.
    Cleanly,
    /// It left without a word, or the server had to.
    Abruptly(String),
}

/// Serves one client until it leaves. Blocks; what is read and written is nobody else's.
pub fn serve(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    configure: Configure,
) -> Ended {
    let phase = Phase::default();
    let (jobs, worker) = Worker::new();
    let (main_loop, client) = MainLoop::new_server(|client| {
        router(Front {
            phase: phase.clone(),
            jobs,
            client,
        })
    });
    let state = State::new(client.clone(), configure);
    let spawned = Builder::new()
        .name("analysis".to_owned())
        .stack_size(STACK)
        .spawn(move || worker.run(state));
    let input = match spawned.and_then(|_| input::read_in_a_thread(input, client)) {
        Ok(input) => input,
        Err(error) => return Ended::Abruptly(error.to_string()),
    };
    let run = main_loop.run_buffered(input, AllowStdIo::new(InPieces(output)));
    match (futures::executor::block_on(run), phase.now()) {
        (Ok(()) | Err(async_lsp::Error::Eof), Stage::Stopping)
        | (Err(async_lsp::Error::Eof), Stage::New) => Ended::Cleanly,
        (Ok(()) | Err(async_lsp::Error::Eof), _) => {
            Ended::Abruptly("the client left without `shutdown`".to_owned())
        }
        (Err(error), _) => Ended::Abruptly(error.to_string()),
    }
}

/// As much as a main thread has on most systems: texts may nest as deeply as the parser lets them.
const STACK: usize = 8 << 20;

/// How far a session is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// Before `initialize`.
    #[default]
    New,
    Running,
    /// Behind `shutdown`.
    Stopping,
}

/// How far a session is, for the loop and for whoever waits for its end.
#[derive(Clone, Debug, Default)]
struct Phase(Arc<Mutex<Stage>>);

impl Phase {
    fn now(&self) -> Stage {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, stage: Stage) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = stage;
    }
}

/// Why a session ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// The client said `exit`.
    Exit,
    /// There is no more input.
    Input,
}

impl End {
    /// What the loop returns.
    const fn result(self) -> async_lsp::Result<()> {
        match self {
            Self::Exit => Ok(()),
            Self::Input => Err(async_lsp::Error::Eof),
        }
    }
}

/// What takes messages from the loop and hands them to the worker.
struct Front {
    phase: Phase,
    jobs: Jobs,
    client: ClientSocket,
}

/// `shutdown` with whatever parameters: it has none, but there are clients that send `{}`.
enum Shutdown {}

impl Request for Shutdown {
    type Params = serde_json::Value;
    type Result = ();
    const METHOD: &'static str = request::Shutdown::METHOD;
}

fn router(front: Front) -> Router<Front> {
    let mut router = Router::new(front);
    router.request::<request::Initialize, _>(|front, params| {
        let result = front.initialize(params);
        ready(result)
    });
    router.request::<Shutdown, _>(|front, _| {
        let answer = front.ask(|_| Ok(()));
        if front.phase.now() == Stage::Running {
            front.phase.set(Stage::Stopping);
        }
        answer
    });
    answers::register(&mut router);
    router.unhandled_notification(Front::notify);
    router.event::<End>(|_, end| ControlFlow::Break(end.result()));
    router.unhandled_event(|_, _| ControlFlow::Continue(()));
    router
}

/// Answers requests of one kind, one after the other with everything else.
fn answer<R: Request>(
    router: &mut Router<Front>,
    answer: fn(&mut State, &R::Params) -> Result<R::Result, ResponseError>,
) where
    R::Params: Send + 'static,
    R::Result: Send + 'static,
{
    router.request::<R, _>(move |front, params| front.ask(move |state| answer(state, &params)));
}

impl Front {
    fn initialize(&self, params: InitializeParams) -> Result<InitializeResult, ResponseError> {
        if self.phase.now() != Stage::New {
            let again = "the server has been initialized already";
            return Err(ResponseError::new(ErrorCode::INVALID_REQUEST, again));
        }
        self.phase.set(Stage::Running);
        let encoding = capabilities::encoding(&params.capabilities);
        self.jobs
            .send(move |state| state.initialize(params, encoding));
        Ok(InitializeResult {
            capabilities: capabilities::ours(encoding),
            server_info: Some(ServerInfo {
                name: "xdr lsp".to_owned(),
                version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            }),
        })
    }

    /// Has the worker answer something when it is its turn.
    fn ask<T, F>(&self, ask: F) -> impl Future<Output = Result<T, ResponseError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut State) -> Result<T, ResponseError> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let refused = match self.phase.now() {
            Stage::New => Some((
                ErrorCode::SERVER_NOT_INITIALIZED,
                "`initialize` comes first",
            )),
            Stage::Stopping => Some((ErrorCode::INVALID_REQUEST, "the server is shutting down")),
            Stage::Running => None,
        };
        if refused.is_none() {
            self.jobs.send(move |state| {
                // Whoever asked may be gone.
                let _ = sender.send(ask(state));
            });
        }
        async move {
            match refused {
                Some((code, why)) => Err(ResponseError::new(code, why)),
                None => receiver.await.unwrap_or_else(|_| {
                    let why = "this should not have happened: the request could not be answered";
                    Err(ResponseError::new(ErrorCode::INTERNAL_ERROR, why))
                }),
            }
        }
    }

    /// Ends the session, once all that was asked before is answered: the worker has it behind that, and the loop writes
    /// answers before it takes events.
    fn end(&self, end: End) -> ControlFlow<async_lsp::Result<()>> {
        let client = self.client.clone();
        let sent = self.jobs.send(move |_| {
            // A loop that is gone has ended.
            let _ = client.emit(end);
        });
        if sent {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(end.result())
        }
    }

    /// Takes a notification. One that cannot be read is left out, and said so: there is nobody to answer.
    fn notify(&mut self, notification: AnyNotification) -> ControlFlow<async_lsp::Result<()>> {
        if notification.method == on::Exit::METHOD {
            return self.end(End::Exit);
        }
        if notification.method == input::END {
            return self.end(End::Input);
        }
        if self.phase.now() != Stage::Running {
            return ControlFlow::Continue(());
        }
        let method = notification.method.clone();
        let taken = match method.as_str() {
            on::Initialized::METHOD => self.note::<on::Initialized>(notification, State::watch),
            on::DidOpenTextDocument::METHOD => {
                self.note::<on::DidOpenTextDocument>(notification, State::opened)
            }
            on::DidChangeTextDocument::METHOD => {
                self.note::<on::DidChangeTextDocument>(notification, State::changed)
            }
            on::DidCloseTextDocument::METHOD => {
                self.note::<on::DidCloseTextDocument>(notification, State::closed)
            }
            on::DidSaveTextDocument::METHOD => {
                self.note::<on::DidSaveTextDocument>(notification, |state, _| state.look_again())
            }
            on::DidChangeWatchedFiles::METHOD => {
                self.note::<on::DidChangeWatchedFiles>(notification, |state, _| state.look_again())
            }
            on::DidChangeConfiguration::METHOD => {
                self.note::<on::DidChangeConfiguration>(notification, |state, _| state.look_again())
            }
            on::DidChangeWorkspaceFolders::METHOD => {
                self.note::<on::DidChangeWorkspaceFolders>(notification, State::moved)
            }
            _ => Ok(()),
        };
        if let Err(error) = taken {
            say(&self.client, &format!("`{method}` cannot be read: {error}"));
        }
        ControlFlow::Continue(())
    }

    fn note<N: Notification>(
        &self,
        notification: AnyNotification,
        note: fn(&mut State, N::Params),
    ) -> Result<(), serde_json::Error>
    where
        N::Params: Send + 'static,
    {
        let params: N::Params = serde_json::from_value(notification.params)?;
        self.jobs.send(move |state| note(state, params));
        Ok(())
    }
}

/// Puts something into the client's log.
fn say(client: &ClientSocket, message: &str) {
    // A client that is gone reads no log.
    let _ = client.notify::<on::LogMessage>(LogMessageParams {
        typ: MessageType::WARNING,
        message: message.to_owned(),
    });
}
