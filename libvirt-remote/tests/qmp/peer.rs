//! A QEMU of a few lines: the test reads what the client says and writes what it is to hear.

use std::time::Duration;

use libvirt_remote::qmp::{Error, Monitor, Options};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::time::timeout;

pub(crate) const GREETING: &str = r#"{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": ["oob"]}}"#;

/// The monitor's end of a connection.
pub(crate) struct Peer {
    io: BufReader<DuplexStream>,
}

/// A connection that nothing has been said on.
pub(crate) fn pair() -> (DuplexStream, Peer) {
    let (near, far) = tokio::io::duplex(64 << 10);
    (near, Peer::new(far))
}

/// A client that is ready for commands, and its QEMU.
pub(crate) async fn monitor(options: Options) -> (Monitor, Peer) {
    let (near, mut peer) = pair();
    let (monitor, ()) = tokio::join!(Monitor::over(near, options), peer.let_in());
    (monitor.unwrap_or_else(|error| panic!("{error}")), peer)
}

/// What comes of a monitor that says this and hangs up.
pub(crate) async fn refused(said: &[u8]) -> Error {
    let (near, mut peer) = pair();
    peer.bytes(said).await;
    drop(peer);
    match Monitor::over(near, Options::default()).await {
        Err(error) => error,
        Ok(monitor) => panic!("it is let in: {monitor:?}"),
    }
}

impl Peer {
    pub(crate) fn new(far: DuplexStream) -> Self {
        Self {
            io: BufReader::new(far),
        }
    }

    pub(crate) async fn bytes(&mut self, bytes: &[u8]) {
        self.io.write_all(bytes).await.expect("the client reads");
    }

    pub(crate) async fn say(&mut self, line: &str) {
        self.bytes(format!("{line}\r\n").as_bytes()).await;
    }

    pub(crate) async fn event(&mut self, name: &str) {
        let event = json!({ "timestamp": { "seconds": 1, "microseconds": 2 }, "event": name });
        self.say(&event.to_string()).await;
    }

    /// The command that comes next, and its number.
    pub(crate) async fn command(&mut self) -> (String, Value) {
        let line = self.line().await;
        let command: Value = serde_json::from_str(&line).expect("commands are JSON");
        let name = command["execute"].as_str().expect("it has a name");
        (name.to_owned(), command["id"].clone())
    }

    /// What the client says next.
    pub(crate) async fn line(&mut self) -> String {
        let mut line = String::new();
        let read = timeout(Duration::from_mins(10), self.io.read_line(&mut line)).await;
        read.expect("the client says something").expect("text");
        line
    }

    pub(crate) async fn answer(&mut self, id: &Value, value: &Value) {
        self.say(&json!({ "return": value, "id": id }).to_string())
            .await;
    }

    /// Answers this command, which comes next.
    pub(crate) async fn expect(&mut self, command: &str, value: &Value) {
        let (name, id) = self.command().await;
        assert_eq!(name, command);
        self.answer(&id, value).await;
    }

    pub(crate) async fn let_in(&mut self) {
        self.say(GREETING).await;
        self.expect("qmp_capabilities", &json!({})).await;
    }
}
