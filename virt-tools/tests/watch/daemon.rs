//! Daemons at UNIX sockets of the test's own: they tell a story, or refuse.

use std::path::PathBuf;
use std::time::Duration;

use libvirt_remote::Transport;
use libvirt_remote::daemon::{Access, Answer, Hypervisor, Options, Refusal, Request};
use protocol_defs::graphics::{GraphicsEvent, Phase};
use protocol_defs::packet::MessageError;
use tempfile::TempDir;
use tokio::net::UnixListener;
use tokio::runtime::{self, Runtime};
use tokio::time::timeout;
use virt_tools::demo::{self, Scene};

/// A daemon, which ends when this is dropped.
pub(crate) struct Daemon {
    /// Its tasks are in here, on a thread of their own.
    _runtime: Runtime,
    folder: TempDir,
}

impl Daemon {
    /// Tells each client this story, over and over, and hangs up after this time.
    pub(crate) fn telling(host: &'static str, events: Vec<GraphicsEvent>, time: Duration) -> Self {
        Self::start(move |transport| {
            let scene = |event| Scene { after: 50, event };
            let story = events.iter().cloned().map(scene).collect();
            async move {
                // That it is cut off is what was asked for.
                let _ = timeout(time, demo::serve(transport, host, story)).await;
            }
        })
    }

    /// Tells each client of this, once.
    pub(crate) fn telling_once(host: &'static str, event: GraphicsEvent) -> Self {
        Self::start(move |transport| {
            let scene = |after, event| Scene { after, event };
            let hours = 3_600_000;
            let story = vec![scene(50, event.clone()), scene(hours, event.clone())];
            demo::serve(transport, host, story)
        })
    }

    /// Answers every call with this error.
    pub(crate) fn refusing(error: MessageError) -> Self {
        Self::start(move |transport| refuse(transport, error.clone()))
    }

    fn start<F>(serve: impl Fn(Transport) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let folder = tempfile::tempdir().expect("a folder");
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let listener = {
            let _guard = runtime.enter();
            UnixListener::bind(folder.path().join("sock")).expect("a socket")
        };
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(Transport::new(stream)));
            }
        });
        Self {
            _runtime: runtime,
            folder,
        }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("sock")
    }

    pub(crate) fn uri(&self) -> String {
        format!("test+unix:///default?socket={}", self.socket().display())
    }
}

/// A hypervisor that refuses whatever is called.
struct Refusing(MessageError);

impl Hypervisor for Refusing {
    async fn answer(&self, _: Request) -> Result<Answer, Refusal> {
        Err(Box::new(self.0.clone()))
    }
}

async fn refuse(transport: Transport, error: MessageError) {
    let daemon = libvirt_remote::daemon::Daemon::new(Refusing(error), Options::default());
    daemon.accept(transport, Access::ReadWrite);
    // The runtime ends it.
    std::future::pending::<()>().await;
}

/// The first events of the embedded story: somebody comes, and authenticates.
pub(crate) fn events(count: usize) -> Vec<GraphicsEvent> {
    let story = demo::story().into_iter();
    let events: Vec<_> = story.map(|scene| scene.event).take(count).collect();
    assert_eq!(events[0].phase, Phase::Connect);
    events
}
