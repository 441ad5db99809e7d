//! The input, read in a thread of its own: frames with a length, in each a message of JSON-RPC.
//!
//! What the loop could not take, and would stop at, is left out here: JSON that is none, messages that are neither requests
//! nor notifications nor answers, lengths that no memory holds.

use std::io::{self, BufRead, BufReader, Read};
use std::thread::Builder;

use async_lsp::{AnyNotification, AnyRequest, ClientSocket};
use futures::channel::mpsc::{UnboundedSender, unbounded};
use futures::io::AsyncRead;
use futures::stream::{StreamExt, TryStreamExt, pending};
use serde_json::{Value, json};

/// A longer message ends the session: to read over it would take as long as to read it.
const LONGEST: usize = 256 << 20;
/// A line of a header is shorter.
const LONGEST_LINE: u64 = 4096;

/// The notification that stands where the input ended. The loop would stop at an end at once, with answers to be written.
pub(super) const END: &str = "$/end-of-input";

type Frames = UnboundedSender<io::Result<Vec<u8>>>;

/// Starts to read; what comes of it are frames that the loop can take, until the input ends.
pub(super) fn read_in_a_thread(
    input: impl Read + Send + 'static,
    client: ClientSocket,
) -> io::Result<impl AsyncRead + Send + Unpin> {
    let (sender, receiver) = unbounded();
    Builder::new()
        .name("input".to_owned())
        .spawn(move || read_all(BufReader::new(input), &sender, &client))?;
    Ok(receiver.chain(pending()).into_async_read())
}

fn read_all(mut input: impl BufRead, frames: &Frames, client: &ClientSocket) {
    loop {
        match frame(&mut input) {
            Ok(Some(body)) => match problem(&body) {
                None => {
                    if frames.unbounded_send(Ok(framed(&body))).is_err() {
                        return;
                    }
                }
                Some(problem) => super::say(client, &format!("a message is left out: {problem}")),
            },
            Ok(None) => {
                let end = json!({ "jsonrpc": "2.0", "method": END }).to_string();
                // A loop that is gone needs no end.
                let _ = frames.unbounded_send(Ok(framed(end.as_bytes())));
                return;
            }
            Err(error) => {
                // The loop says so, and stops.
                let _ = frames.unbounded_send(Err(error));
                return;
            }
        }
    }
}

fn framed(body: &[u8]) -> Vec<u8> {
    let mut frame = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    frame.extend(body);
    frame
}

/// The inside of the next frame; nothing at the end of the input. Lines that are no header are read over.
fn frame(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        input
            .by_ref()
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        if let Some((name, value)) = line.split_once(':')
            && name.trim().eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse::<usize>().ok();
        }
        if let (true, Some(length)) = (line.is_empty(), length) {
            return body(input, length);
        }
    }
}

fn body(input: &mut impl BufRead, length: usize) -> io::Result<Option<Vec<u8>>> {
    if length > LONGEST {
        let message = format!("a message of {length} bytes is longer than {LONGEST}");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    let mut body = Vec::new();
    // A length costs no memory that is not sent.
    let read = input.by_ref().take(length as u64).read_to_end(&mut body)?;
    Ok((read == length).then_some(body))
}

/// Why the loop could not take a message.
fn problem(body: &[u8]) -> Option<String> {
    let value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => return Some(format!("it is no JSON: {error}")),
    };
    if value.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        return Some("it is not of JSON-RPC 2.0".to_owned());
    }
    if value.get("method").and_then(Value::as_str) == Some(END) {
        return Some(format!("`{END}` is nothing that a client says"));
    }
    let is_answer = value.get("method").is_none() && value.get("id").is_some();
    let taken = if is_answer {
        is_taken_answer(&value)
    } else if value.get("id").is_some() {
        serde_json::from_value::<AnyRequest>(value).is_ok()
    } else {
        serde_json::from_value::<AnyNotification>(value).is_ok()
    };
    (!taken).then(|| "it is neither a request, nor a notification, nor an answer".to_owned())
}

/// Whether an answer has an id as ours are, and an error, if any, with a code and a message.
fn is_taken_answer(value: &Value) -> bool {
    let id = value.get("id").unwrap_or(&Value::Null);
    let number = id.as_i64().and_then(|id| i32::try_from(id).ok());
    let error = value.get("error").unwrap_or(&Value::Null);
    let code = error.get("code").and_then(Value::as_i64);
    let code = code.and_then(|code| i32::try_from(code).ok());
    let message = error.get("message").and_then(Value::as_str);
    number.is_some() && (error.is_null() || (code.is_some() && message.is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(mut input: &[u8]) -> Vec<String> {
        let mut frames = Vec::new();
        while let Ok(Some(body)) = frame(&mut input) {
            frames.push(String::from_utf8_lossy(&body).into_owned());
        }
        frames
    }

    #[test]
    fn frames_are_found_among_whatever_else_there_is() {
        let input = b"rubbish\r\nContent-Length: 2\r\nContent-Type: x\r\n\r\n{}\
                      content-length:1\r\n\r\n1Content-Length: x\r\n\r\n\nContent-Length: 3\n\nabc";
        assert_eq!(frames(input), ["{}", "1", "abc"]);
        assert_eq!(frames(b"Content-Length: 9\r\n\r\nshort"), [""; 0]);
        assert_eq!(frames(b"Content-Length: 99999999999999\r\n\r\n"), [""; 0]);
    }

    #[test]
    fn what_the_loop_would_stop_at_is_told() {
        for fine in [
            r#"{"jsonrpc":"2.0","method":"x"}"#,
            r#"{"jsonrpc":"2.0","method":"x","params":[1],"id":1}"#,
            r#"{"jsonrpc":"2.0","method":"x","params":null,"id":"a"}"#,
            r#"{"jsonrpc":"2.0","id":1,"result":null}"#,
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}"#,
        ] {
            assert_eq!(problem(fine.as_bytes()), None, "{fine}");
        }
        for wrong in [
            "",
            "{",
            "[]",
            "1",
            r#"{"method":"x"}"#,
            r#"{"jsonrpc":"1.0","method":"x"}"#,
            r#"{"jsonrpc":"2.0"}"#,
            r#"{"jsonrpc":"2.0","method":1}"#,
            r#"{"jsonrpc":"2.0","method":"x","id":null}"#,
            r#"{"jsonrpc":"2.0","method":"x","id":1.5}"#,
            r#"{"jsonrpc":"2.0","id":{},"result":1}"#,
            r#"{"jsonrpc":"2.0","id":1,"error":{"code":"a"}}"#,
            r#"[{"jsonrpc":"2.0","method":"x"}]"#,
        ] {
            assert!(problem(wrong.as_bytes()).is_some(), "{wrong}");
        }
    }
}
