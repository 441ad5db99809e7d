//! `virt-graphics-bridge`: QEMUs that no libvirt has started, and a daemon that tells libvirt's clients who comes to their
//! screens.
//!
//! Each QEMU has a task that watches its monitor; what it says of viewers goes to all clients that have registered for
//! graphics events. Clients see as domains those QEMUs whose monitors are connected (`domains`).

mod arguments;
mod domains;
mod socket;

use std::convert::Infallible;
use std::io;
use std::os::unix::net::UnixListener;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use libvirt_remote::daemon::{Access, Daemon, Facts, Handle, Options};
use libvirt_remote::qmp::{Notice, Watch, WatchOptions};
use protocol_defs::events::RemoteEvent;
use protocol_defs::remote::DomainEventLifecycleMsg;
use tokio::runtime;
use tokio::task::JoinSet;

use self::arguments::{Arguments, Monitor};
use self::domains::{Domains, identified};
use self::socket::Socket;
use crate::console::Console;
use crate::stop::Stop;
use crate::tasks;
use crate::text::printable;

/// The event of a domain's life by which it has stopped, because its emulator failed (`VIR_DOMAIN_EVENT_STOPPED`,
/// `VIR_DOMAIN_EVENT_STOPPED_FAILED`): what libvirt makes of a monitor that ends.
const STOPPED: i32 = 5;
const STOPPED_FAILED: i32 = 5;

/// How long clients are given to take what waits for them at the end.
const GRACE: Duration = Duration::from_secs(2);

/// The command, from its arguments to its exit code: 0 when it was asked to end, 1 when it cannot listen or a QEMU is
/// not watched any more, 2 for arguments that it does not have.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let Ok(console) = Console::new("virt-graphics-bridge") else {
        // A system without threads to spare runs no daemon.
        return ExitCode::FAILURE;
    };
    let ran = start(arguments, &console);
    if let Err(error) = &ran {
        console.say(&printable(&error.to_string()));
    }
    console.flush();
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Takes its place, while nothing runs that it could block. Who ends it from then on leaves nothing behind.
fn start(arguments: Arguments, console: &Console) -> io::Result<()> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let stop = {
        let _context = runtime.enter();
        Stop::new()?
    };
    let (socket, listener) = Socket::bind(&arguments.listen, arguments.mode)?;
    runtime.block_on(run(arguments.monitors, stop, socket, listener, console))
}

async fn run(
    monitors: Vec<Monitor>,
    mut stop: Stop,
    socket: Socket,
    listener: UnixListener,
    console: &Console,
) -> io::Result<()> {
    let listener = tokio::net::UnixListener::from_std(listener)?;
    let domains = Arc::new(Domains::default());
    let options = Options {
        facts: Facts {
            driver: "QEMU".to_owned(),
            hostname: hostname(),
            ..Facts::default()
        },
        ..Options::default()
    };
    let daemon = Daemon::new(domains::router(Arc::clone(&domains)), options);
    daemon.listen(listener, Access::ReadWrite);
    let mut watching = JoinSet::new();
    for (number, monitor) in (1..).zip(monitors) {
        let qemu = Qemu {
            monitor,
            number,
            domains: Arc::clone(&domains),
            daemon: daemon.handle().clone(),
            console: console.clone(),
        };
        watching.spawn(qemu.watch());
    }
    let ended = tokio::select! {
        () = stop.wait() => Ok(()),
        error = tasks::end(&mut watching) => Err(error),
    };
    watching.shutdown().await;
    drop(socket);
    daemon.shutdown(GRACE).await;
    ended
}

/// The name of this host.
fn hostname() -> String {
    let uname = rustix::system::uname();
    uname.nodename().to_string_lossy().into_owned()
}

/// A QEMU, as its task has it.
struct Qemu {
    monitor: Monitor,
    /// Its number as a domain.
    number: i32,
    domains: Arc<Domains>,
    daemon: Handle,
    console: Console,
}

impl Qemu {
    async fn watch(self) -> Infallible {
        let options = WatchOptions {
            name: Some(self.monitor.name.clone()),
            id: self.number,
            ..WatchOptions::default()
        };
        let mut watch = Watch::new(&self.monitor.socket, options);
        // That a monitor is still not there is no news.
        let mut is_news = true;
        loop {
            match watch.next().await {
                Notice::Connected { domain, again, .. } => {
                    self.domains.insert(identified(domain));
                    is_news = true;
                    self.say(if again {
                        "watched again; events may have been missed"
                    } else {
                        "watched"
                    });
                }
                Notice::Graphics(mut event) => {
                    event.domain = identified(event.domain);
                    self.emit(event);
                }
                Notice::Dropped(dropped) => self.say(&dropped.to_string()),
                Notice::Lost { count } => self.say(&format!("{count} events were lost")),
                Notice::Failed { error, .. } => {
                    // QEMU does not live to say who has left its screen.
                    if let Some(dom) = self.domains.remove(self.number) {
                        self.emit(DomainEventLifecycleMsg {
                            dom,
                            event: STOPPED,
                            detail: STOPPED_FAILED,
                        });
                    }
                    if std::mem::take(&mut is_news) {
                        self.say(&format!("{error}; trying again"));
                    }
                }
                // What else happens in a QEMU is not told on.
                _ => {}
            }
        }
    }

    fn emit(&self, event: impl RemoteEvent + Clone + Send + Sync + 'static) {
        if let Err(error) = self.daemon.emit(event) {
            self.say(&format!("an event cannot be sent: {error}"));
        }
    }

    /// Much of what there is to say are QEMU's words.
    fn say(&self, what: &str) {
        let text = format!("{}: {what}", self.monitor.name);
        self.console.say(&printable(&text));
    }
}
