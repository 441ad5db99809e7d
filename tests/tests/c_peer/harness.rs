//! Starts the C program of a `.x` file, sends it lines, and ends it.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use crate::build;
use crate::files::ProtocolFile;

/// The running program.
pub(crate) struct Harness {
    child: Child,
    /// Closed to end the program.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Harness {
    /// Builds and starts it; without the tools the calling test is reported as skipped.
    #[track_caller]
    pub(crate) fn start(file: &ProtocolFile) -> Option<Self> {
        if !build::has_tools() {
            return None;
        }
        let mut child = Command::new(build::program(file))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // libtirpc tells there what it has no memory for.
            .stderr(Stdio::null())
            .spawn()
            .expect("what was built starts");
        Some(Self {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().expect("it is piped")),
            child,
        })
    }

    /// The answer to one line.
    pub(crate) fn ask(&mut self, line: &str) -> String {
        let mut answers = self.ask_all(&[line.to_owned()]);
        answers.pop().expect("each line has its answer")
    }

    /// The answers to many lines.
    pub(crate) fn ask_all(&mut self, lines: &[String]) -> Vec<String> {
        let input = self.input.as_mut().expect("it is open until the end");
        let output = &mut self.output;
        thread::scope(|scope| {
            // The program answers while it is asked; if nobody read that, both would wait.
            let asking = scope.spawn(move || {
                let text: String = lines.iter().flat_map(|it| [it.as_str(), "\n"]).collect();
                input.write_all(text.as_bytes())
            });
            let answers = lines.iter().map(|line| answer(line, output)).collect();
            let asked = asking.join().expect("writing does not panic");
            asked.expect("the program reads");
            answers
        })
    }
}

fn answer(line: &str, output: &mut BufReader<ChildStdout>) -> String {
    let mut answer = String::new();
    let read = output.read_line(&mut answer);
    read.expect("the program answers in ASCII");
    assert_eq!(
        answer.pop(),
        Some('\n'),
        "the program ended at {line:.9999}"
    );
    answer
}

impl Drop for Harness {
    fn drop(&mut self) {
        self.input = None;
        // It ends by itself when its input does; if not, a test is failing already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
