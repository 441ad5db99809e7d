//! A program between this process and the daemon, such as OpenSSH's client.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::process::{self, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Bytes of what it says that are kept: the last ones, which say why it ended.
const KEPT: usize = 2048;

/// How long it has to end, and to say why, once it prints no more. A process that it leaves behind may keep its standard
/// error open, as that of a shared SSH connection does.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// A program that runs.
pub(super) struct Program {
    /// Nothing once it has been told that no more comes.
    input: Option<ChildStdin>,
    output: ChildStdout,
    /// Nothing once it prints no more.
    child: Option<(Child, Said)>,
    end: Option<Pin<Box<dyn Future<Output = io::Result<()>> + Send>>>,
}

/// What a program has said, and the task that listens to it.
struct Said {
    text: Arc<Mutex<Vec<u8>>>,
    listening: JoinHandle<()>,
}

impl Drop for Said {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Program {
    pub(super) fn run(command: process::Command) -> io::Result<Self> {
        let mut command = Command::from(command);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn()?;
        let (Some(input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(io::Error::other("the program has no pipes"));
        };
        let text = Arc::default();
        let listening = tokio::spawn(listen(errors, Arc::clone(&text)));
        Ok(Self {
            input: Some(input),
            output,
            child: Some((child, Said { text, listening })),
            end: None,
        })
    }
}

/// Keeps the last of what it says.
async fn listen(mut errors: ChildStderr, text: Arc<Mutex<Vec<u8>>>) {
    let mut piece = [0; KEPT];
    while let Ok(count @ 1..) = errors.read(&mut piece).await {
        let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
        text.extend_from_slice(piece.get(..count).unwrap_or_default());
        let surplus = text.len().saturating_sub(KEPT);
        text.drain(..surplus);
    }
}

/// Why it has ended: an error if it has failed.
async fn end(mut child: Child, mut said: Said) -> io::Result<()> {
    let last_words = async {
        let status = child.wait().await;
        // It is over, however it went.
        let _ = (&mut said.listening).await;
        status
    };
    let ended = timeout(LAST_WORDS, last_words).await;
    let status = match ended {
        Ok(status) => Some(status?),
        Err(_) => child.try_wait()?,
    };
    let text = said.text.lock().unwrap_or_else(PoisonError::into_inner);
    let text = String::from_utf8_lossy(&text).trim().to_owned();
    match status {
        Some(status) if status.success() => Ok(()),
        Some(status) if text.is_empty() => {
            Err(io::Error::other(format!("the program ended: {status}")))
        }
        None if text.is_empty() => Ok(()),
        _ => Err(io::Error::other(text)),
    }
}

impl AsyncRead for Program {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.end.is_none() {
            let before = buffer.filled().len();
            ready!(Pin::new(&mut self.output).poll_read(cx, buffer))?;
            if buffer.filled().len() > before || buffer.remaining() == 0 {
                return Poll::Ready(Ok(()));
            }
            let Some((child, said)) = self.child.take() else {
                return Poll::Ready(Ok(()));
            };
            self.end = Some(Box::pin(end(child, said)));
        }
        let ended = match &mut self.end {
            Some(end) => ready!(end.as_mut().poll(cx)),
            None => Ok(()),
        };
        self.end = None;
        Poll::Ready(ended)
    }
}

impl AsyncWrite for Program {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match &mut self.input {
            Some(input) => Pin::new(input).poll_write(cx, bytes),
            None => Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.input {
            Some(input) => Pin::new(input).poll_flush(cx),
            None => Poll::Ready(Ok(())),
        }
    }

    /// Says that no more comes, and waits until it prints no more: it has handed on all by then.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.input = None;
        let mut space = [0; KEPT];
        loop {
            let mut buffer = ReadBuf::new(&mut space);
            ready!(Pin::new(&mut self.output).poll_read(cx, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}
