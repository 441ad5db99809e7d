//! What no client sends.

use std::collections::BTreeSet;
use std::time::Duration;

use libvirt_remote::daemon::{Access, Daemon, Options};
use protocol_defs::message::{Call, Message};
use protocol_defs::packet::{
    ErrorCode, Keepalive, Kind, MAX_LEN, OwnedPacket, Status, write_packet,
};
use protocol_defs::remote::{self, proc};
use tokio::time::timeout;
use xdr_wire::ProcedureKind;

use super::peer::{Peer, daemon, lookup, opened, packet, peer, procedure};

/// Numbers that are the same in each run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).expect("it is below a usize")
    }

    fn word(&mut self) -> u32 {
        (self.next() >> 32) as u32
    }

    pub(crate) fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = self.below(most + 1);
        (0..length)
            // Small numbers are lengths and flags that may be right.
            .map(|_| match self.below(3) {
                0 => self.next().to_be_bytes()[0],
                _ => 0,
            })
            .collect()
    }

    /// A procedure that changes nothing for the calls behind it.
    fn procedure(&mut self) -> u32 {
        let all = proc::PROCEDURES;
        loop {
            let found = all[self.below(all.len())];
            if found.number > 2 && found.number != proc_number::<proc::ConnectGetMaxVcpus>() {
                return found.number;
            }
        }
    }
}

fn proc_number<P: xdr_wire::Procedure>() -> u32 {
    P::NUMBER
}

/// A packet that is wrong, but whole. Of a call, there is an answer to it.
pub(crate) fn malformed(random: &mut Random, serial: u32) -> OwnedPacket {
    let payload = random.bytes(200);
    let known = random.procedure();
    let mut packet = packet(procedure(known), serial, payload);
    let header = &mut packet.header;
    match random.below(8) {
        0 => header.program = random.word(),
        1 => header.version = random.word().max(2),
        2 => header.procedure = random.word() | 1 << 12,
        3 => {
            let events = proc::PROCEDURES
                .iter()
                .filter(|procedure| procedure.kind == ProcedureKind::Event);
            let events: Vec<_> = events.collect();
            header.procedure = events[random.below(events.len())].number;
        }
        4 => {
            let statuses = [Status::Error, Status::Continue, Status::Unknown(-7)];
            header.status = statuses[random.below(3)];
        }
        5 => {
            let kinds = [Kind::Stream, Kind::StreamHole];
            header.kind = kinds[random.below(2)];
            header.status = [Status::Ok, Status::Error, Status::Continue][random.below(3)];
        }
        6 => {
            // Arguments that end too early, of a call that is answered otherwise.
            let call = Message::Call(Call::Remote(lookup(1).0)).packet(serial, 0);
            packet = call.expect("it is within bounds");
            packet.payload.truncate(random.below(4));
        }
        _ => header.kind = [Kind::Call, Kind::CallWithFds][random.below(2)],
    }
    if packet.header.program == Keepalive::PROGRAM {
        packet.header.program = 0;
    }
    packet
}

#[tokio::test]
async fn ten_thousand_malformed_packets_cost_no_well_formed_one_its_answer() {
    let daemon = daemon(Options::default());
    let (mut peer, session) = opened(&daemon).await;
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut answered = 0;
    for batch in 0..500_u32 {
        let mut expected = BTreeSet::new();
        let mut bytes = Vec::new();
        for number in 0..20 {
            let serial = 1_000_000 + batch * 100 + number;
            let packet = malformed(&mut random, serial);
            if matches!(packet.header.kind, Kind::Call | Kind::CallWithFds) {
                expected.insert(serial);
            }
            packet.write(&mut bytes).expect("it is within bounds");
        }
        peer.bytes(&bytes).await;
        let (call, reply) = lookup(batch.to_be_bytes()[3]);
        let serial = peer.call(call).await;
        expected.insert(serial);
        while !expected.is_empty() {
            let packet = peer.next().await;
            let its = packet.header.serial;
            assert!(expected.remove(&its), "an answer to no call: {packet:?}");
            let message = Message::decode(&packet.borrowed());
            if its == serial {
                let expected = Message::Reply(reply.clone().into());
                assert_eq!(message, Ok(expected));
                answered += 1;
            }
        }
    }
    assert_eq!(answered, 500);
    assert!(!session.is_closed());
    assert_eq!(daemon.stats().sessions, 1);
}

/// Something behind which there is nothing that can be understood, or that no client sends.
pub(crate) fn fatal(random: &mut Random) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut packet = packet(procedure(random.procedure()), 9, random.bytes(50));
    match random.below(7) {
        0 => bytes.extend_from_slice(&(random.word() % 28).to_be_bytes()),
        1 => {
            let most = u32::try_from(MAX_LEN + 4).expect("it is a length");
            let length = random.word().max(most + 1);
            bytes.extend_from_slice(&length.to_be_bytes());
        }
        2 => packet.header.kind = [Kind::Reply, Kind::Message][random.below(2)],
        3 => packet.header.kind = Kind::Unknown(7 + (random.word() >> 8).cast_signed()),
        4 => {
            packet.header = Keepalive::Ping.header();
            packet.header.procedure = 3 + random.word() % 9;
        }
        // Descriptors: over a connection that has none, and more than there may be.
        5 => {
            packet.header.kind = Kind::CallWithFds;
            packet.fds = 1;
        }
        _ => {
            packet.header.kind = Kind::CallWithFds;
            packet.write(&mut bytes).expect("it is within bounds");
            bytes[28..32].copy_from_slice(&33_u32.to_be_bytes());
        }
    }
    if bytes.is_empty() {
        packet.write(&mut bytes).expect("it is within bounds");
    }
    bytes
}

#[tokio::test]
async fn what_cannot_be_understood_ends_its_connection_behind_the_answers_to_what_could() {
    let daemon = daemon(Options::default());
    let mut random = Random(0x1234_5678_9abc_def1);
    for number in 0..500_u32 {
        let (mut peer, _) = opened(&daemon).await;
        let (call, reply) = lookup(number.to_be_bytes()[3]);
        let serial = peer.call(call).await;
        let mut bytes = fatal(&mut random);
        bytes.extend(random.bytes(100));
        peer.bytes(&bytes).await;
        assert_eq!(peer.answer().await, (serial, Ok(reply)), "{bytes:x?}");
        peer.end().await;
        assert_eq!(u64::from(number) + 1, daemon.stats().malformed);
    }
    assert_eq!(daemon.stats().sessions, 0);
}

#[tokio::test]
async fn what_comes_behind_what_cannot_be_understood_is_counted() {
    let daemon = daemon(Options::default());
    let (mut peer, session) = peer(&daemon, Access::ReadWrite);
    peer.bytes(&[0xff; 8]).await;
    peer.end().await;
    assert!(session.is_closed());
    peer.bytes(&[0; 1000]).await;
    drop(peer);
    let handle = daemon.handle().clone();
    assert!(daemon.shutdown(Duration::from_secs(5)).await);
    assert_eq!(handle.stats().bytes_received, 1008);
}

#[tokio::test]
async fn random_bytes_end_their_connection() {
    let daemon = daemon(Options::default());
    let mut random = Random(0xdead_beef_0bad_cafe);
    for _ in 0..1000 {
        let (mut peer, _) = peer(&daemon, Access::ReadWrite);
        let bytes = random.bytes(2000);
        peer.bytes(&bytes).await;
        peer.hang_up().await;
        while peer.read().await.is_some() {}
    }
    wait_until_alone(&daemon).await;
    let (mut peer, _) = opened(&daemon).await;
    let (call, reply) = lookup(1);
    assert_eq!(peer.ask(call).await, Ok(reply));
}

#[tokio::test]
async fn a_client_may_hang_up_at_any_byte() {
    let daemon = daemon(Options::default());
    let mut bytes = Vec::new();
    let open = remote::ConnectOpenArgs {
        name: Some("test:///default".to_owned()),
        flags: 0,
    };
    let register = remote::ConnectDomainEventCallbackRegisterAnyArgs {
        event_id: 0,
        dom: None,
    };
    for (serial, call) in [
        remote::Call::AuthList,
        remote::Call::ConnectOpen(open),
        remote::Call::ConnectDomainEventCallbackRegisterAny(register),
        lookup(1).0,
    ]
    .into_iter()
    .enumerate()
    {
        let serial = u32::try_from(serial).expect("there are four");
        let written = Message::Call(Call::Remote(call)).write(serial, 0, &mut bytes);
        written.expect("it is within bounds");
    }
    let mut answers = 0;
    for length in 0..=bytes.len() {
        let (mut peer, _) = peer(&daemon, Access::ReadWrite);
        peer.bytes(&bytes[..length]).await;
        peer.hang_up().await;
        answers = 0;
        while peer.read().await.is_some() {
            answers += 1;
        }
    }
    assert_eq!(answers, 4, "what has come whole is answered");
    wait_until_alone(&daemon).await;
}

pub(crate) async fn wait_until_alone(daemon: &Daemon) {
    let alone = async {
        while daemon.stats().sessions > 0 {
            tokio::task::yield_now().await;
        }
    };
    let waited = timeout(Duration::from_secs(10), alone).await;
    waited.expect("all have gone");
}

#[tokio::test]
async fn errors_say_what_is_wrong() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = opened(&daemon).await;
    let call = |change: fn(&mut OwnedPacket)| {
        let mut packet = packet(procedure(22), 7, vec![0, 0, 0, 1]);
        change(&mut packet);
        packet
    };
    let cases: [(OwnedPacket, &str, bool); 6] = [
        (
            call(|packet| packet.header.program = 0x2000_9999),
            "unknown program 0x20009999",
            false,
        ),
        (
            call(|packet| packet.header.version = 2),
            "program 0x20008086 is of version 1, not 2",
            false,
        ),
        (
            call(|packet| packet.header.procedure = 9999),
            "unknown procedure: 9999",
            true,
        ),
        // The graphics event.
        (
            call(|packet| packet.header.procedure = 323),
            "unknown procedure: 323",
            true,
        ),
        (
            call(|packet| packet.header.status = Status::Continue),
            "call with status Continue",
            false,
        ),
        (
            call(|packet| packet.payload.truncate(2)),
            "arguments of REMOTE_PROC_DOMAIN_LOOKUP_BY_ID: ",
            false,
        ),
    ];
    for (packet, text, is_unsupported) in cases {
        peer.packet(&packet).await;
        let (serial, error) = peer.answer().await;
        assert_eq!(serial, 7);
        let error = error.expect_err(text);
        assert_eq!(error.error_code(), ErrorCode::RPC);
        assert_eq!(error.is_unsupported(), is_unsupported, "{error}");
        let message = error.message.unwrap_or_default();
        assert!(message.starts_with(text), "{message}");
    }
    assert_eq!(daemon.stats().refused, 5);
}

#[tokio::test]
async fn a_daemon_may_take_shorter_packets_than_the_protocol() {
    let options = Options {
        packet_bytes: 1000,
        ..Options::default()
    };
    let daemon = daemon(options);
    let (mut peer, _) = opened(&daemon).await;
    // Bytes behind the arguments are ignored.
    for (length, is_taken) in [(1000, true), (1001, false)] {
        let mut payload = vec![0, 0, 0, 4];
        payload.resize(length - 28, 0);
        peer.packet(&packet(procedure(22), 5, payload)).await;
        if is_taken {
            assert_eq!(peer.answer().await, (5, Ok(lookup(4).1)));
        } else {
            peer.end().await;
        }
    }
    assert_eq!(daemon.stats().malformed, 1);
}

#[tokio::test]
async fn a_packet_that_is_cut_in_pieces_is_one() {
    let daemon = daemon(Options::default());
    let (mut peer, _) = opened(&daemon).await;
    let (call, reply) = lookup(4);
    let mut bytes = Vec::new();
    let written = Message::Call(Call::Remote(call)).write(5, 0, &mut bytes);
    written.expect("it is within bounds");
    for piece in bytes.chunks(3) {
        peer.bytes(piece).await;
        tokio::task::yield_now().await;
    }
    assert_eq!(peer.answer().await, (5, Ok(reply)));
}

#[tokio::test]
async fn many_pings_of_a_client_that_takes_no_pongs_wait_with_it() {
    let options = Options {
        queue_bytes: 4096,
        ..Options::default()
    };
    let daemon = daemon(options);
    let (near, _session) = super::peer::peer_with(&daemon, Access::ReadWrite, 1024);
    let mut near: Peer = near;
    let mut ping = Vec::new();
    write_packet(&Keepalive::Ping.header(), &(), &mut ping).expect("it has no payload");
    let flood = ping.repeat(10_000);
    let flooding = timeout(Duration::from_millis(300), near.bytes(&flood)).await;
    assert!(flooding.is_err(), "the daemon stops to read");
}
