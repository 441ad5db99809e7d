//! A daemon in this process: it lets everybody in, has registrations for graphics events, and tells a story of viewers
//! that come and go. Names and addresses in it are made up.

use std::time::Duration;

use libvirt_remote::{Feature, Transport};
use protocol_defs::events::RemoteEvent;
use protocol_defs::graphics::GraphicsEvent;
use protocol_defs::message::{Call, Event, Message, ProcedureId, Reply};
use protocol_defs::packet::{Kind, MessageError, OwnedPacket, PacketReader};
use protocol_defs::remote;
use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, sleep_until};

/// The host that the story happens on.
pub const HOST: &str = "demo.example";

/// Bytes that are under way between the client and its daemon.
const BUFFER: usize = 64 << 10;

/// The number of the client's registration, which is the only one.
const CALLBACK: i32 = 1;

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
    tokio::spawn(serve(far, HOST, story()));
    Transport::new(near)
}

/// Answers a client until it hangs up, or says what no client of a daemon says. Once it has registered for graphics
/// events, the story is told again and again.
pub async fn serve(io: impl AsyncRead + AsyncWrite + Unpin, host: &str, story: Vec<Scene>) {
    let mut daemon = Daemon {
        io,
        packets: PacketReader::new(),
        host: host.to_owned(),
        story,
        next: None,
    };
    while daemon.step().await.is_some() {}
}

struct Daemon<T> {
    io: T,
    packets: PacketReader,
    host: String,
    story: Vec<Scene>,
    /// Which scene is next, and when, if the client has registered.
    next: Option<(usize, Instant)>,
}

impl<T: AsyncRead + AsyncWrite + Unpin> Daemon<T> {
    /// Waits for what comes first, a call or the next scene. Nothing at the end.
    async fn step(&mut self) -> Option<()> {
        let mut bytes = [0; 4096];
        let due = self.next.map(|(_, due)| due);
        let scene = async {
            match due {
                Some(due) => sleep_until(due).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            count = self.io.read(&mut bytes) => match count {
                Ok(0) | Err(_) => None,
                Ok(count) => {
                    self.packets.feed(&bytes[..count]);
                    self.answer_all().await
                }
            },
            () = scene => self.tell().await,
        }
    }

    async fn answer_all(&mut self) -> Option<()> {
        while let Some(packet) = self.packets.next_packet().ok()? {
            let packet = packet.owned();
            let answer = match Message::decode(&packet.borrowed()) {
                Ok(Message::Call(Call::Remote(call))) => self.answer(&call),
                _ if packet.header.kind == Kind::Call => None,
                _ => continue,
            };
            let answer = match answer {
                Some(reply) => Message::Reply(Reply::Remote(reply)),
                None => refusal(&packet),
            };
            self.say(&answer, packet.header.serial).await?;
        }
        Some(())
    }

    /// What comes of a call, if it is one that this daemon knows.
    fn answer(&mut self, call: &remote::Call) -> Option<remote::Reply> {
        Some(match call {
            remote::Call::AuthList => remote::Reply::AuthList(remote::AuthListRet {
                types: vec![remote::AuthType::None],
            }),
            remote::Call::ConnectOpen(_) => remote::Reply::ConnectOpen,
            remote::Call::ConnectClose => remote::Reply::ConnectClose,
            remote::Call::ConnectSupportsFeature(args) => {
                let supported = (args.feature == Feature::EVENT_CALLBACK.0).into();
                let ret = remote::ConnectSupportsFeatureRet { supported };
                remote::Reply::ConnectSupportsFeature(ret)
            }
            remote::Call::ConnectGetHostname => {
                let hostname = self.host.clone();
                remote::Reply::ConnectGetHostname(remote::ConnectGetHostnameRet { hostname })
            }
            remote::Call::ConnectDomainEventCallbackRegisterAny(args)
                if args.event_id == GraphicsEvent::KIND.id =>
            {
                self.begin();
                let ret = remote::ConnectDomainEventCallbackRegisterAnyRet {
                    callback_id: CALLBACK,
                };
                remote::Reply::ConnectDomainEventCallbackRegisterAny(ret)
            }
            remote::Call::ConnectDomainEventCallbackDeregisterAny(_) => {
                self.next = None;
                remote::Reply::ConnectDomainEventCallbackDeregisterAny
            }
            _ => return None,
        })
    }

    fn begin(&mut self) {
        let first = self.story.first();
        self.next = first.map(|scene| (0, Instant::now() + Duration::from_millis(scene.after)));
    }

    async fn tell(&mut self) -> Option<()> {
        let (number, due) = self.next?;
        let event = self.story.get(number)?.event.clone();
        let msg = event.into_callback(CALLBACK);
        let event = Event::Remote(remote::Event::DomainEventCallbackGraphics(msg));
        self.say(&Message::Event(event), 0).await?;
        let number = (number + 1) % self.story.len();
        let after = Duration::from_millis(self.story.get(number)?.after);
        self.next = Some((number, due + after));
        Some(())
    }

    async fn say(&mut self, message: &Message<'_>, serial: u32) -> Option<()> {
        let mut bytes = Vec::new();
        message.write(serial, 0, &mut bytes).ok()?;
        self.io.write_all(&bytes).await.ok()
    }
}

fn refusal(call: &OwnedPacket) -> Message<'static> {
    let procedure = ProcedureId::of(&call.header);
    let error = MessageError::unknown_procedure(procedure.procedure);
    Message::Error {
        procedure,
        error: Box::new(error),
    }
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
