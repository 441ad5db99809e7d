//! Calls and their answers.

use std::time::Duration;

use futures_util::future::join_all;
use libvirt_remote::{Error, Options};
use protocol_defs::message::ProcedureId;
use protocol_defs::packet::{ErrorCode, ErrorLevel, ErrorOrigin, Kind, MessageError};
use protocol_defs::{qemu, remote};
use remote::proc;
use tokio::time::timeout;

use crate::peer::{client, domain, hostname};

#[tokio::test]
async fn serials_count_from_zero_and_answers_may_come_in_any_order() {
    let (client, mut peer) = client(Options::default());
    let call = |index: u8| {
        let client = client.clone();
        async move {
            let args = remote::DomainGetStateArgs {
                dom: domain(index),
                flags: 0,
            };
            let state = client.call::<proc::DomainGetState>(&args).await?;
            Ok::<_, Error>((state.state, i32::from(index)))
        }
    };
    let answer = async {
        let mut packets = Vec::new();
        for serial in 0..8 {
            let (packet, call) = peer.call().await;
            assert_eq!(
                (packet.header.serial, packet.header.kind),
                (serial, Kind::Call)
            );
            packets.push((packet, call));
        }
        for (packet, call) in packets.iter().rev() {
            let remote::Call::DomainGetState(args) = call else {
                panic!("another call: {call:?}");
            };
            let state = remote::DomainGetStateRet {
                state: args.dom.id,
                reason: 0,
            };
            peer.reply(packet, remote::Reply::DomainGetState(state))
                .await;
        }
    };
    let (states, ()) = tokio::join!(join_all((0..8).map(call)), answer);
    for state in states {
        let (state, index) = state.expect("it is answered");
        assert_eq!(state, index, "each call has its own answer");
    }
}

#[tokio::test]
async fn an_error_reply_is_an_error_with_code_origin_level_and_message() {
    let (client, mut peer) = client(Options::default());
    let answer = async {
        let (packet, _) = peer.call().await;
        let mut error = MessageError::new(ErrorCode::NO_DOMAIN, ErrorOrigin::QEMU);
        error.message = Some("Domain not found: no domain with name 'web'".to_owned());
        peer.refuse(&packet, error).await;
    };
    let args = remote::DomainLookupByNameArgs {
        name: "web".to_owned(),
    };
    let (result, ()) = tokio::join!(client.call::<proc::DomainLookupByName>(&args), answer);
    let error = result.expect_err("it is refused");
    let said = error.remote().expect("the daemon's error");
    assert_eq!(said.error_code(), ErrorCode::NO_DOMAIN);
    assert_eq!(said.origin(), ErrorOrigin::QEMU);
    assert_eq!(said.error_level(), ErrorLevel::ERROR);
    assert_eq!(
        error.to_string(),
        "Domain not found: no domain with name 'web' (code 42, domain 10)"
    );
    assert!(!error.is_unsupported());
}

#[tokio::test]
async fn a_result_that_cannot_be_read_fails_its_call_only() {
    let (client, mut peer) = client(Options::default());
    let answer = async {
        let (first, _) = peer.call().await;
        peer.bytes(&crate::peer::forged(&first, |_| {})).await;
        let (second, _) = peer.call().await;
        peer.reply(&second, hostname("host.example")).await;
    };
    let calls = async {
        let unreadable = client.call::<proc::ConnectGetHostname>(&()).await;
        (
            unreadable,
            client.call::<proc::ConnectGetHostname>(&()).await,
        )
    };
    let ((first, second), ()) = tokio::join!(calls, answer);
    let error = first.expect_err("an empty payload is no string");
    assert!(matches!(error, Error::Result { .. }), "{error:?}");
    assert!(
        error
            .to_string()
            .starts_with("result of REMOTE_PROC_CONNECT_GET_HOSTNAME: ")
    );
    assert_eq!(
        second.expect("the connection goes on").hostname,
        "host.example"
    );
}

#[tokio::test]
async fn arguments_over_a_bound_are_not_sent() {
    let (client, mut peer) = client(Options::default());
    let name = "x".repeat(5 << 20);
    let args = remote::DomainLookupByNameArgs { name };
    let error = client
        .call::<proc::DomainLookupByName>(&args)
        .await
        .expect_err("too long");
    assert!(matches!(error, Error::Arguments { .. }), "{error:?}");
    drop(client);
    peer.end().await;
}

#[tokio::test]
async fn the_answer_to_a_call_that_was_dropped_is_dropped() {
    let (client, mut peer) = client(Options::default());
    let answer = async {
        let (dropped, _) = peer.call().await;
        let (kept, _) = peer.call().await;
        peer.reply(&dropped, hostname("late.example")).await;
        peer.reply(&kept, hostname("host.example")).await;
    };
    let calls = async {
        let soon = Duration::from_millis(20);
        let dropped = timeout(soon, client.call::<proc::ConnectGetHostname>(&())).await;
        assert!(dropped.is_err(), "nobody has answered yet");
        client.call::<proc::ConnectGetHostname>(&()).await
    };
    let (kept, ()) = tokio::join!(calls, answer);
    assert_eq!(kept.expect("it is answered").hostname, "host.example");
    assert_eq!(client.closed().map(|closed| closed.to_string()), None);
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_when_its_time_is_over_and_the_connection_goes_on() {
    let call_timeout = Some(Duration::from_secs(3));
    let (client, mut peer) = client(Options {
        call_timeout,
        ..Options::default()
    });
    let error = client
        .call::<proc::ConnectGetHostname>(&())
        .await
        .expect_err("no answer");
    assert_eq!(
        error.to_string(),
        "no answer to REMOTE_PROC_CONNECT_GET_HOSTNAME within 3s"
    );
    let answer = async {
        let (late, _) = peer.call().await;
        let (next, _) = peer.call().await;
        peer.reply(&late, hostname("late.example")).await;
        peer.reply(&next, hostname("host.example")).await;
    };
    let (result, ()) = tokio::join!(client.call::<proc::ConnectGetHostname>(&()), answer);
    assert_eq!(result.expect("it is answered").hostname, "host.example");
}

#[tokio::test]
async fn other_programs_go_over_the_same_connection() {
    let (client, mut peer) = client(Options::default());
    let answer = async {
        let packet = peer.next().await;
        let expected = ProcedureId {
            program: qemu::PROGRAM,
            version: 1,
            procedure: 1,
        };
        assert_eq!(ProcedureId::of(&packet.header), expected);
        let result = qemu::DomainMonitorCommandRet {
            result: "{}".to_owned(),
        };
        let reply = qemu::Reply::DomainMonitorCommand(result);
        peer.say(
            &protocol_defs::message::Message::Reply(reply.into()),
            packet.header.serial,
        )
        .await;
    };
    let args = qemu::DomainMonitorCommandArgs {
        dom: domain(1),
        cmd: "{}".to_owned(),
        flags: 0,
    };
    let (result, ()) = tokio::join!(
        client.call::<qemu::proc::DomainMonitorCommand>(&args),
        answer
    );
    assert_eq!(result.expect("it is answered").result, "{}");
}

#[tokio::test]
async fn what_was_sent_goes_out_when_the_client_is_dropped() {
    let (client, mut peer) = client(Options::default());
    {
        let call = client.call::<proc::ConnectGetHostname>(&());
        tokio::pin!(call);
        assert!(futures_util::poll!(&mut call).is_pending());
    }
    drop(client);
    let (_, call) = peer.call().await;
    assert_eq!(call, remote::Call::ConnectGetHostname);
    peer.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_calls_are_in_flight_at_once() {
    let (client, mut peer) = client(Options::default());
    let calls = (0..200_u8).map(|index| {
        let client = client.clone();
        tokio::spawn(async move {
            for _ in 0..50 {
                let args = remote::DomainGetStateArgs {
                    dom: domain(index),
                    flags: 0,
                };
                let state = client
                    .call::<proc::DomainGetState>(&args)
                    .await
                    .expect("an answer");
                assert_eq!(state.state, i32::from(index));
            }
        })
    });
    let calls: Vec<_> = calls.collect();
    let answer = async {
        for _ in 0..200 * 50 {
            let (packet, call) = peer.call().await;
            let remote::Call::DomainGetState(args) = call else {
                panic!("another call: {call:?}");
            };
            let state = remote::DomainGetStateRet {
                state: args.dom.id,
                reason: 0,
            };
            peer.reply(&packet, remote::Reply::DomainGetState(state))
                .await;
        }
    };
    let (calls, ()) = tokio::join!(join_all(calls), answer);
    for call in calls {
        call.expect("it has its answers");
    }
}
