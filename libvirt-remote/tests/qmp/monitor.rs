//! A connection to a monitor: what is said first, commands, events, and how it ends.

use std::time::Duration;

use libvirt_remote::qmp::{Error, Monitor, Options};
use protocol_defs::graphics::Uuid;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout};

use crate::peer::{GREETING, monitor, pair, refused};

#[tokio::test]
async fn a_connection_begins_with_a_greeting_and_no_capabilities() {
    let (near, mut peer) = pair();
    let qemu = async {
        peer.say(GREETING).await;
        assert_eq!(
            peer.line().await,
            "{\"execute\":\"qmp_capabilities\",\"id\":0}\n"
        );
        peer.say(r#"{"return": {}, "id": 0}"#).await;
    };
    let (monitor, ()) = tokio::join!(Monitor::over(near, Options::default()), qemu);
    let monitor = monitor.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(monitor.version().numbers, [7, 2, 0]);
}

#[tokio::test]
async fn a_command_has_arguments_and_its_answer_is_found_by_its_number() {
    let (mut monitor, mut peer) = monitor(Options::default()).await;
    let arguments = json!({ "device": "cd0" });
    let command = monitor.execute::<Value>("eject", Some(&arguments));
    let qemu = async {
        let line: Value = serde_json::from_str(&peer.line().await).expect("JSON");
        assert_eq!(
            line,
            json!({ "execute": "eject", "arguments": { "device": "cd0" }, "id": 1 })
        );
        peer.say(r#"{"return": {"done": true}, "id": 1}"#).await;
    };
    let (answer, ()) = tokio::join!(command, qemu);
    assert_eq!(answer.expect("it is carried out"), json!({ "done": true }));
}

#[tokio::test]
async fn name_and_uuid_are_those_that_qemu_was_started_with() {
    let (mut monitor, mut peer) = monitor(Options::default()).await;
    let uuid = "6695eb01-f6a4-4304-98aa-97f2502e193f";
    let qemu = async {
        peer.expect("query-name", &json!({ "name": "gfx" })).await;
        peer.expect("query-name", &json!({})).await;
        peer.expect("query-uuid", &json!({ "UUID": uuid })).await;
        peer.expect("query-uuid", &json!({ "UUID": "none" })).await;
        peer.expect("query-uuid", &json!({})).await;
    };
    let client = async {
        assert_eq!(
            monitor.query_name().await.expect("answered").as_deref(),
            Some("gfx")
        );
        assert_eq!(monitor.query_name().await.expect("answered"), None);
        let parsed: Uuid = uuid.parse().expect("it is one");
        assert_eq!(monitor.query_uuid().await.expect("answered"), parsed);
        for expected in [
            "result of query-uuid: a UUID is 32 hex digits in groups of 8-4-4-4-12",
            "result of query-uuid: missing field `UUID`",
        ] {
            let error = monitor.query_uuid().await.expect_err("it is none");
            assert_eq!(error.to_string(), expected);
        }
    };
    tokio::join!(client, qemu);
}

#[tokio::test]
async fn a_vnc_server_says_who_is_connected() {
    let (mut monitor, mut peer) = monitor(Options::default()).await;
    let qemu = async {
        peer.expect("query-vnc", &json!({ "enabled": false })).await;
        let client = json!({
            "host": "192.0.2.7", "service": "49152", "family": "ipv4", "websocket": false,
            "sasl_username": "viewer@host.example",
        });
        let server = json!({
            "enabled": true, "auth": "vencrypt+x509+sasl", "family": "ipv4", "service": "5900", "host": "192.0.2.1",
            "clients": [client],
        });
        peer.expect("query-vnc", &server).await;
    };
    let client = async {
        let vnc = monitor.query_vnc().await.expect("answered");
        assert!(!vnc.enabled && vnc.clients.is_empty());
        let vnc = monitor.query_vnc().await.expect("answered");
        assert_eq!(vnc.service.as_deref(), Some("5900"));
        let client = vnc.clients.first().expect("there is one");
        assert_eq!(client.service, "49152");
        assert_eq!(client.sasl_username.as_deref(), Some("viewer@host.example"));
        assert_eq!(client.x509_dname, None);
    };
    tokio::join!(client, qemu);
}

#[tokio::test]
async fn a_command_that_fails_does_not_end_the_connection() {
    let (mut monitor, mut peer) = monitor(Options::default()).await;
    let qemu = async {
        peer.command().await;
        peer.say(r#"{"id": 1, "error": {"class": "CommandNotFound", "desc": "The command x has not been found"}}"#)
            .await;
        peer.expect("query-name", &json!({ "name": "gfx" })).await;
    };
    let client = async {
        let error = monitor
            .execute::<Value>("x", None)
            .await
            .expect_err("it fails");
        assert_eq!(
            error.to_string(),
            "x: The command x has not been found (CommandNotFound)"
        );
        assert_eq!(
            monitor.query_name().await.expect("answered").as_deref(),
            Some("gfx")
        );
    };
    tokio::join!(client, qemu);
}

#[tokio::test]
async fn events_that_come_before_an_answer_are_kept_in_order() {
    let (mut monitor, mut peer) = monitor(Options::default()).await;
    let qemu = async {
        let (_, id) = peer.command().await;
        peer.event("STOP").await;
        peer.event("RESUME").await;
        peer.answer(&id, &json!({})).await;
        peer.event("RESET").await;
    };
    let (answer, ()) = tokio::join!(monitor.query_name(), qemu);
    assert_eq!(answer.expect("answered"), None);
    for expected in ["STOP", "RESUME", "RESET"] {
        assert_eq!(monitor.next_event().await.expect("an event").name, expected);
    }
}

#[tokio::test]
async fn events_that_have_no_room_are_counted_where_they_are_missing() {
    let options = Options {
        event_queue: 2,
        ..Options::default()
    };
    assert_eq!(crowded(options).await, ["E0", "E1", "lost 3", "LATER"]);
    // Of long lines there may be as many as have room, and one always has.
    let options = Options {
        event_queue_bytes: 1,
        ..Options::default()
    };
    assert_eq!(crowded(options).await, ["E0", "lost 4", "LATER"]);
}

/// What is heard of five events that come before an answer, and of one behind it.
async fn crowded(options: Options) -> Vec<String> {
    let (mut monitor, mut peer) = monitor(options).await;
    let qemu = async {
        let (_, id) = peer.command().await;
        for number in 0..5 {
            peer.event(&format!("E{number}")).await;
        }
        peer.answer(&id, &json!({})).await;
        peer.event("LATER").await;
    };
    let (answer, ()) = tokio::join!(monitor.query_name(), qemu);
    answer.expect("answered");
    let mut heard = Vec::new();
    while heard.last().is_none_or(|last| last != "LATER") {
        heard.push(match monitor.next_event().await {
            Ok(event) => event.name,
            Err(Error::Lost { count }) => format!("lost {count}"),
            Err(error) => panic!("{error}"),
        });
    }
    heard
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_comes_too_late_is_dropped() {
    let (mut monitor, mut peer) = monitor(Options::default()).await;
    let start = Instant::now();
    let error = monitor.query_name().await.expect_err("nobody answers");
    assert_eq!(error.to_string(), "no answer to query-name within 10s");
    assert_eq!(start.elapsed(), Duration::from_secs(10));
    let (_, late) = peer.command().await;
    let qemu = async {
        peer.answer(&late, &json!({ "name": "late" })).await;
        peer.expect("query-name", &json!({ "name": "gfx" })).await;
    };
    let (name, ()) = tokio::join!(monitor.query_name(), qemu);
    assert_eq!(name.expect("answered").as_deref(), Some("gfx"));
}

#[tokio::test(start_paused = true)]
async fn waiting_may_be_given_up_at_any_time_and_nothing_is_lost() {
    let (mut monitor, mut peer) = monitor(Options::default()).await;
    let moment = Duration::from_millis(1);
    // Half an event, and a command that nobody waits for.
    peer.bytes(b"{\"event\": ").await;
    assert!(timeout(moment, monitor.next_event()).await.is_err());
    assert!(timeout(moment, monitor.query_name()).await.is_err());
    let (_, id) = peer.command().await;
    peer.bytes(b"\"STOP\"}\r\n").await;
    peer.answer(&id, &json!({})).await;
    peer.event("RESUME").await;
    for expected in ["STOP", "RESUME"] {
        assert_eq!(monitor.next_event().await.expect("an event").name, expected);
    }
}

#[tokio::test]
async fn what_is_no_monitor_is_shown() {
    for (said, expected) in [
        (
            &b"RFB 003.008\n"[..],
            "line 1 is no message of QMP: expected value at column 1: \"RFB 003.008\"",
        ),
        (
            b"\0\x1b[2J\xff{}\n",
            "line 1 is no message of QMP: expected value at column 1: \"\\0\\u{1b}[2J\u{fffd}{}\"",
        ),
        (
            b"{\"event\": \"STOP\"}\n",
            "line 1 is not QEMU's greeting: \"{\\\"event\\\": \\\"STOP\\\"}\"",
        ),
        (
            b"\r\n{\"QMP\": {}}\r\n",
            "line 2 is no message of QMP: missing field `version` at column 10: \"{\\\"QMP\\\": {}}\"",
        ),
        (b"", "QEMU has closed it"),
        (b"{\"QMP\"", "QEMU has closed it after 6 bytes of line 1"),
    ] {
        let error = refused(said).await;
        let expected = format!("the monitor's connection has ended: {expected}");
        assert_eq!(error.to_string(), expected, "{}", said.escape_ascii());
    }
    let long = format!("{}\n", "x".repeat(1000));
    let error = refused(long.as_bytes()).await.to_string();
    assert!(
        error.ends_with(&format!(": \"{}…\"", "x".repeat(80))),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_monitor_that_has_another_client_says_nothing() {
    let (near, _peer) = pair();
    let error = Monitor::over(near, Options::default()).await;
    assert_eq!(
        error.expect_err("nobody greets").to_string(),
        "no greeting (does the monitor have another client?) within 10s"
    );
}

#[tokio::test]
async fn a_line_is_no_longer_than_the_limit() {
    let options = Options {
        line_limit: 200,
        ..Options::default()
    };
    let (mut monitor, mut peer) = monitor(options).await;
    peer.event("STOP").await;
    peer.bytes(&[b' '; 201]).await;
    assert_eq!(monitor.next_event().await.expect("an event").name, "STOP");
    let error = monitor.next_event().await.expect_err("it is too long");
    assert_eq!(
        error.to_string(),
        "the monitor's connection has ended: line 4 is longer than 200 bytes"
    );
}

#[tokio::test]
async fn what_has_no_place_in_a_conversation_ends_it_for_good() {
    for (said, expected) in [
        (
            r#"{"return": {}, "id": 7}"#,
            "line 3 is an answer to nothing: \"{\\\"return\\\": {}, \\\"id\\\": 7}\"",
        ),
        (
            r#"{"return": {}}"#,
            "line 3 is an answer to nothing: \"{\\\"return\\\": {}}\"",
        ),
        (
            r#"{"return": {}, "id": "0"}"#,
            "line 3 is an answer to nothing: \"{\\\"return\\\": {}, \\\"id\\\": \\\"0\\\"}\"",
        ),
        (
            r#"{"error": {"class": "GenericError", "desc": "JSON parse error"}}"#,
            "line 3 is an answer to nothing: \
             \"{\\\"error\\\": {\\\"class\\\": \\\"GenericError\\\", \\\"desc\\\": \\\"JSON parse error\\\"}}\"",
        ),
    ] {
        let (mut monitor, mut peer) = monitor(Options::default()).await;
        peer.say(said).await;
        peer.event("STOP").await;
        let expected = format!("the monitor's connection has ended: {expected}");
        for _ in 0..2 {
            let error = monitor.next_event().await.expect_err("it has ended");
            assert_eq!(error.to_string(), expected);
        }
        let error = monitor.query_name().await.expect_err("it has ended");
        assert_eq!(error.to_string(), expected);
    }
    let (mut monitor, mut peer) = monitor(Options::default()).await;
    peer.say(GREETING).await;
    let error = monitor.next_event().await.expect_err("it has ended");
    assert!(
        error.to_string().contains("line 3 is another greeting: "),
        "{error}"
    );
}

#[tokio::test]
async fn a_monitor_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("gfx.qmp");
    let error = Monitor::connect(&path, Options::default()).await;
    let expected = format!(
        "cannot connect to {}: No such file or directory (os error 2)",
        path.display()
    );
    assert_eq!(error.expect_err("there is none").to_string(), expected);
}
