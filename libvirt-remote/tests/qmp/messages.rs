//! Lines of the protocol, and what is none.

use libvirt_remote::qmp::{Message, MessageError, Timestamp};
use serde_json::{Value, json};

fn read(line: &str) -> Message {
    Message::read(line.as_bytes()).unwrap_or_else(|error| panic!("{line}: {error}"))
}

fn wrong(line: &[u8]) -> String {
    match Message::read(line) {
        Err(error) => error.to_string(),
        Ok(message) => panic!("it is {message:?}"),
    }
}

#[test]
fn a_greeting_has_a_version() {
    let line = r#"{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "Debian 1:7.2"},
        "capabilities": ["oob"]}}"#;
    let Message::Greeting(version) = read(line) else {
        panic!("it is a greeting");
    };
    assert_eq!(version.numbers, [7, 2, 22]);
    assert_eq!(version.to_string(), "7.2.22 (Debian 1:7.2)");
    let line = r#"{"QMP": {"version": {"qemu": {"micro": 0, "minor": 1, "major": 10}}}}"#;
    let Message::Greeting(version) = read(line) else {
        panic!("it is a greeting");
    };
    assert_eq!(version.to_string(), "10.1.0");
}

#[test]
fn an_event_may_have_data_and_a_time() {
    let line = r#"{"timestamp": {"seconds": 5, "microseconds": 7}, "event": "RESET", "data": {"guest": true}}"#;
    let Message::Event(event) = read(line) else {
        panic!("it is an event");
    };
    assert_eq!(event.name, "RESET");
    assert_eq!(Value::Object(event.data), json!({ "guest": true }));
    let time = Timestamp {
        seconds: 5,
        microseconds: 7,
    };
    assert_eq!(event.timestamp, Some(time));
    let Message::Event(event) = read(r#"{"event": "STOP"}"#) else {
        panic!("it is an event");
    };
    assert!(event.data.is_empty());
    assert_eq!(event.timestamp, None);
}

#[test]
fn an_answer_has_a_result_or_an_error_and_the_commands_number() {
    let answer = |line, id: Option<Value>, value: Value| {
        assert_eq!(read(line), Message::Return { id, value });
    };
    answer(r#"{"return": {}, "id": 3}"#, Some(json!(3)), json!({}));
    answer(r#"{"return": null}"#, None, Value::Null);
    let line = r#"{"id": 4, "error": {"class": "CommandNotFound", "desc": "The command x has not been found"}}"#;
    let Message::Error { id, error } = read(line) else {
        panic!("it is an error");
    };
    assert_eq!(id, Some(json!(4)));
    assert_eq!(
        error.to_string(),
        "The command x has not been found (CommandNotFound)"
    );
}

#[test]
fn what_is_no_message_says_what_it_is_and_where() {
    for (line, expected) in [
        (&b"RFB 003.008"[..], "expected value at column 1"),
        (b"", "EOF while parsing a value at column 0"),
        (
            b"{\"event\": \"STOP\"",
            "EOF while parsing an object at column 16",
        ),
        (
            b"{\"event\": \"STOP\"} {}",
            "trailing characters at column 19",
        ),
        (
            b"{\"event\": 1}",
            "invalid type: integer `1`, expected a string at column 11",
        ),
        (
            b"{\"event\": \"\xff\"}",
            "invalid unicode code point at column 12",
        ),
        (b"[{\"event\": \"STOP\"}]", "no JSON object"),
        (b"7", "no JSON object"),
        (
            b"{}",
            "an object without `QMP`, `event`, `return` or `error`",
        ),
        (
            b"{\"execute\": \"stop\"}",
            "an object without `QMP`, `event`, `return` or `error`",
        ),
    ] {
        assert_eq!(wrong(line), expected, "{}", line.escape_ascii());
    }
}

#[test]
fn nesting_has_a_limit() {
    let line = format!(
        "{{\"return\": {}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(matches!(
        Message::read(line.as_bytes()),
        Err(MessageError::Json(_))
    ));
}

#[test]
fn no_prefix_of_a_message_is_one() {
    let line = r#"{"timestamp": {"seconds": 5, "microseconds": 7}, "event": "VNC_CONNECTED", "data": {"server": {}}}"#;
    for length in 0..line.len() {
        assert!(
            Message::read(&line.as_bytes()[..length]).is_err(),
            "{length} bytes"
        );
    }
}
