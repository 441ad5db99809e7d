//! The program, run, and ended with the test.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// The program, running.
pub(crate) struct Program {
    child: Child,
    stdout: Option<BufReader<ChildStdout>>,
    stderr: Option<JoinHandle<String>>,
}

/// The program with arguments, in an environment that has no daemons.
pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_virt-watch"));
    command.args(arguments).env_clear().stdin(Stdio::null());
    command
}

impl Program {
    /// Starts it with pipes for its output.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::start_in(&[], arguments)
    }

    /// Starts it with variables.
    pub(crate) fn start_in(variables: &[(&str, &str)], arguments: &[&str]) -> Self {
        let mut command = command(arguments);
        command.envs(variables.iter().copied());
        Self::of_command(command, Stdio::piped())
    }

    /// Starts it as a shell does: at the head of a group of processes.
    pub(crate) fn start_leading(arguments: &[&str]) -> Self {
        let mut command = command(arguments);
        command.process_group(0);
        Self::of_command(command, Stdio::piped())
    }

    /// Starts it with a pipe for what it prints, while what it says cannot be written.
    pub(crate) fn start_saying_nothing(arguments: &[&str]) -> Self {
        let full = File::options().write(true).open("/dev/full");
        Self::of_command(command(arguments), full.expect("it is there").into())
    }

    fn of_command(mut command: Command, stderr: Stdio) -> Self {
        command.stdout(Stdio::piped()).stderr(stderr);
        let mut child = command.spawn().expect("it starts");
        let stdout = child.stdout.take().map(BufReader::new);
        let stderr = child.stderr.take().map(|mut stderr| {
            thread::spawn(move || {
                let mut text = String::new();
                // What is no text fails the comparison.
                let _ = stderr.read_to_string(&mut text);
                text
            })
        });
        Self {
            child,
            stdout,
            stderr,
        }
    }

    /// One that has been started with something else than pipes.
    pub(crate) fn of(child: Child) -> Self {
        Self {
            child,
            stdout: None,
            stderr: None,
        }
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        let stdout = self.stdout.as_mut().expect("it is a pipe");
        stdout.read_line(&mut line).expect("it prints text");
        line
    }

    /// Hangs up where it prints.
    pub(crate) fn hang_up(&mut self) {
        self.stdout = None;
    }

    /// Sends a signal to it.
    pub(crate) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(id.expect("it has a number"), signal).expect("it is there");
    }

    /// Sends a signal to its group, as a terminal does.
    pub(crate) fn signal_all(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process_group(id.expect("it has a number"), signal).expect("it is there");
    }

    /// Waits for its end, and gives what it has said on standard error.
    pub(crate) fn end(mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("it is a child") {
                break status;
            }
            assert!(Instant::now() < deadline, "it does not end");
            sleep(Duration::from_millis(10));
        };
        let stderr = self.stderr.take().map(JoinHandle::join);
        (
            status,
            stderr
                .map(|text| text.expect("it is read"))
                .unwrap_or_default(),
        )
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
