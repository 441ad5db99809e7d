//! A client: it sends, and waits for what it is owed.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Nothing takes as long on the slowest machine.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Client {
    child: Child,
    stdin: Option<ChildStdin>,
    messages: Receiver<Value>,
    stderr: Option<JoinHandle<String>>,
    asked: i32,
    folder: TempDir,
    /// What came while something else was waited for.
    kept: Vec<Value>,
}

impl Client {
    /// Starts a server over a folder of files, and says nothing yet.
    pub(crate) fn over(files: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        let mut child = Command::new(env!("CARGO_BIN_EXE_xdr"))
            .arg("lsp")
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().unwrap();
        let mut stderr = child.stderr.take().unwrap();
        let (sender, messages) = channel();
        thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            while let Some(message) = read(&mut stdout) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let stderr = thread::spawn(move || {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text);
            text
        });
        Self {
            child,
            stdin,
            messages,
            stderr: Some(stderr),
            asked: 0,
            folder,
            kept: Vec::new(),
        }
    }

    /// Shakes hands, offering encodings of positions.
    pub(crate) fn initialize(&mut self, encodings: &[&str]) -> Value {
        let folder = self.folder.path().to_owned();
        let answer = self.ask(
            "initialize",
            json!({
                "processId": null,
                "rootUri": null,
                "workspaceFolders": [{ "uri": format!("file://{}", folder.display()), "name": "folder" }],
                "capabilities": {
                    "general": { "positionEncodings": encodings },
                    "workspace": { "workspaceEdit": { "documentChanges": true } },
                },
            }),
        );
        self.note("initialized", json!({}));
        answer
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn uri(&self, name: &str) -> String {
        format!("file://{}", self.path(name).display())
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        let stdin = self.stdin.as_mut().unwrap();
        // A server that has ended shows in its exit code.
        let _ = stdin.write_all(bytes).and_then(|()| stdin.flush());
    }

    fn send(&mut self, message: &Value) {
        let message = message.to_string();
        let frame = format!("Content-Length: {}\r\n\r\n{message}", message.len());
        self.raw(frame.as_bytes());
    }

    pub(crate) fn note(&mut self, method: &str, params: Value) {
        let mut message = json!({ "jsonrpc": "2.0", "method": method });
        message["params"] = params;
        self.send(&message);
    }

    /// Asks, and does not wait; returns the id.
    pub(crate) fn begin(&mut self, method: &str, params: Value) -> i32 {
        self.asked += 1;
        let id = self.asked;
        let mut message = json!({ "jsonrpc": "2.0", "method": method, "id": id });
        message["params"] = params;
        self.send(&message);
        id
    }

    /// Asks, and waits for the answer: its result, or its error.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params);
        let answer = self.wait(|message| message["id"] == id && message.get("method").is_none());
        answer
            .get("error")
            .unwrap_or_else(|| &answer["result"])
            .clone()
    }

    /// Waits for a message; others are kept for later.
    pub(crate) fn wait(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.kept.iter().position(&wanted) {
            return self.kept.remove(at);
        }
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let message = self.messages.recv_timeout(left).expect("a message");
            if wanted(&message) {
                return message;
            }
            self.kept.push(message);
        }
    }

    /// What is published of a version of a document.
    pub(crate) fn diagnostics(&mut self, name: &str, version: i32) -> Vec<Value> {
        let uri = self.uri(name);
        let message = self.wait(|message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri.as_str()
                && message["params"]["version"] == version
        });
        // What was published before is out of date.
        self.kept
            .retain(|message| message["params"]["uri"] != uri.as_str());
        message["params"]["diagnostics"].as_array().unwrap().clone()
    }

    pub(crate) fn open(&mut self, name: &str, text: &str) {
        let uri = self.uri(name);
        self.note(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": uri, "languageId": "xdr", "version": 1, "text": text } }),
        );
    }

    pub(crate) fn change(&mut self, name: &str, version: i32, changes: &Value) {
        let uri = self.uri(name);
        self.note(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": uri, "version": version }, "contentChanges": changes }),
        );
    }

    /// Parameters for a place in a document.
    pub(crate) fn at(&self, name: &str, line: u32, character: u32) -> Value {
        json!({
            "textDocument": { "uri": self.uri(name) },
            "position": { "line": line, "character": character },
        })
    }

    /// Says goodbye, and what the server said on stderr.
    pub(crate) fn leave(mut self) -> (ExitStatus, String) {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.note("exit", Value::Null);
        self.end()
    }

    /// Closes the input, and takes what comes until the output ends.
    pub(crate) fn last_messages(&mut self) -> Vec<Value> {
        drop(self.stdin.take());
        let mut messages = Vec::new();
        loop {
            match self.messages.recv_timeout(PATIENCE) {
                Ok(message) => messages.push(message),
                Err(error) => {
                    let ended = RecvTimeoutError::Disconnected;
                    assert_eq!(error, ended, "the server does not end");
                    return messages;
                }
            }
        }
    }

    /// Closes the input.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        drop(self.stdin.take());
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < end, "the server does not end");
            thread::sleep(Duration::from_millis(5));
        };
        (status, self.stderr.take().unwrap().join().unwrap())
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Of a test that has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(stdout: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    stdout.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
