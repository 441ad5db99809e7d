//! Whatever a daemon sends, the client ends or goes on.

use std::time::Duration;

use libvirt_remote::{CloseReason, Error, Options};
use protocol_defs::message::Message;
use protocol_defs::packet::{Keepalive, OwnedPacket};
use protocol_defs::remote::{self, proc};
use protocol_defs::stream::StreamPacket;
use tokio::time::timeout;

use crate::peer::{Peer, client, domain, hostname};

/// Numbers that look like none in particular (Marsaglia's xorshift).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or_default() % below
    }
}

/// Packets of all kinds, as a daemon may send them to a client that has called this.
async fn packets(peer: &mut Peer) -> Vec<u8> {
    let (call, _) = peer.call().await;
    let mut bytes = Vec::new();
    let mut write = |message: Message<'_>, call: &OwnedPacket| {
        let written = message.write(call.header.serial, 0, &mut bytes);
        written.expect("it is within bounds");
    };
    let msg = remote::DomainEventRebootMsg { dom: domain(1) };
    write(
        Message::Event(remote::Event::DomainEventReboot(msg).into()),
        &call,
    );
    write(Message::Keepalive(Keepalive::Ping), &call);
    let procedure = protocol_defs::message::ProcedureId::of(&call.header);
    let packet = StreamPacket::Data(b"data");
    write(Message::Stream { procedure, packet }, &call);
    write(Message::Reply(hostname("host.example").into()), &call);
    bytes
}

#[tokio::test]
async fn no_bytes_make_it_hang_or_panic() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let (mut answered, mut failed) = (0, 0);
    for _ in 0..3000 {
        let (client, mut peer) = client(Options::default());
        let daemon = async {
            let mut bytes = packets(&mut peer).await;
            for _ in 0..=numbers.next(3) {
                let at = numbers.next(bytes.len());
                match numbers.next(4) {
                    0 => bytes[at] ^= 1 << numbers.next(8),
                    1 => bytes[at] = u8::try_from(numbers.next(256)).unwrap_or_default(),
                    2 => drop(bytes.drain(at..)),
                    _ => drop(bytes.splice(at..at, [0; 4])),
                }
                if bytes.is_empty() {
                    break;
                }
            }
            peer.bytes(&bytes).await;
            drop(peer);
        };
        let call = client.call::<proc::ConnectGetHostname>(&());
        let (result, ()) = tokio::join!(timeout(Duration::from_secs(20), call), daemon);
        match result.expect("nobody waits for ever") {
            Ok(_) => answered += 1,
            Err(Error::Closed(closed)) => {
                // That is what a task that panicked would leave behind.
                assert!(!matches!(closed.reason(), CloseReason::Runtime), "{closed}");
                failed += 1;
            }
            Err(Error::Result { .. } | Error::Remote(_)) => failed += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert!(
        answered > 300 && failed > 300,
        "{answered} were answered, {failed} failed"
    );
}
