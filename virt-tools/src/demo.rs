//! A daemon in this process: it lets everybody in, has registrations for graphics events, and tells a story of viewers
//! that come and go. Names and addresses in it are made up.

use std::time::Duration;

use libvirt_remote::Transport;
use libvirt_remote::daemon::{
    Access, Answer, Daemon, End, Facts, Hypervisor, Options, Refusal, Request, Session,
};
use protocol_defs::graphics::GraphicsEvent;
use serde::Deserialize;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

/// The host that the story happens on.
pub const HOST: &str = "demo.example";

/// Bytes that are under way between the client and its daemon.
const BUFFER: usize = 64 << 10;

/// How often it is looked whether the client has registered, and so wants to hear the story.
const LOOK: Duration = Duration::from_millis(20);

/// The story, as it is embedded.
const STORY: &str = include_str!("demo/story.json");

/// What happens next in a story, and when.
#[derive(Clone, Debug, Deserialize)]
pub struct Scene {
    /// Milliseconds since what happened before.
    pub after: u64,
    /// What happens.
    pub event: GraphicsEvent,
}

/// The story that is embedded: five viewers of three machines.
///
/// # Panics
/// Never: a test reads it.
pub fn story() -> Vec<Scene> {
    serde_json::from_str(STORY).expect("a test reads it")
}

/// A connection to a daemon that tells the embedded story over and over.
pub fn connect() -> Transport {
    let (near, far) = tokio::io::duplex(BUFFER);
    // It ends when the client does.
    tokio::spawn(serve(Transport::new(far), HOST, story()));
    Transport::new(near)
}

/// Answers a client until it hangs up, or says what no client of a daemon says. Once it has registered for graphics
/// events, the story is told again and again.
pub async fn serve(transport: Transport, host: &str, story: Vec<Scene>) {
    let (gone, mut has_gone) = watch::channel(false);
    let options = Options {
        facts: Facts {
            hostname: host.to_owned(),
            ..Facts::default()
        },
        ..Options::default()
    };
    let daemon = Daemon::new(Host { gone }, options);
    let session = daemon.accept(transport, Access::ReadWrite);
    tokio::select! {
        // It cannot go before its connection has: the daemon has it.
        _ = has_gone.wait_for(|has_gone| *has_gone) => {}
        () = tell(&session, &story) => {}
    }
}

/// A hypervisor that knows what every client begins with, and that its client has gone.
struct Host {
    gone: watch::Sender<bool>,
}

impl Hypervisor for Host {
    async fn answer(&self, request: Request) -> Result<Answer, Refusal> {
        request.basics()
    }

    fn disconnected(&self, _: &Session, _: &End) {
        self.gone.send_replace(true);
    }
}

/// Tells the story to who has registered for it, from its beginning to who registers again. It has no end.
async fn tell(session: &Session, story: &[Scene]) {
    while !story.is_empty() {
        while session.registrations() == 0 {
            sleep(LOOK).await;
        }
        let mut due = Instant::now();
        for scene in story.iter().cycle() {
            due += Duration::from_millis(scene.after);
            sleep_until(due).await;
            match session.emit(scene.event.clone()) {
                Ok(_) if session.registrations() > 0 => {}
                _ => break,
            }
        }
    }
    std::future::pending::<()>().await;
}

#[cfg(test)]
mod tests {
    use protocol_defs::graphics::Phase;

    use super::*;

    #[test]
    fn who_comes_in_the_story_has_gone_at_its_end() {
        let mut there = Vec::new();
        for Scene { event, .. } in story() {
            let who = (event.domain.name, event.local, event.remote);
            match event.phase {
                Phase::Connect => there.push(who),
                Phase::Initialize => assert!(there.contains(&who), "{who:?}"),
                Phase::Disconnect => there.retain(|other| *other != who),
                Phase::Unknown(number) => panic!("phase {number}"),
            }
        }
        assert!(there.is_empty(), "{there:?}");
    }
}
