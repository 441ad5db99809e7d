//! Builds the C program, starts it, asks it one line at a time, and ends it.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// What the program does with a line.
#[derive(Clone, Copy)]
pub(crate) enum Mode {
    /// Decodes and encodes.
    RoundTrip,
    /// Builds from plain values and encodes.
    Make,
}

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
    pub(crate) fn start(file: &Path, mode: Mode) -> Option<Self> {
        if !has_tools() {
            return None;
        }
        let mut command = Command::new(program(file));
        if let Mode::Make = mode {
            command.arg("make");
        }
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
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
        let input = self.input.as_mut().expect("it is open until the end");
        let line = format!("{line}\n");
        input.write_all(line.as_bytes()).expect("the program reads");
        let mut answer = String::new();
        self.output
            .read_line(&mut answer)
            .expect("the program answers in ASCII");
        assert!(answer.ends_with('\n'), "the program ended");
        answer.truncate(answer.len() - 1);
        answer
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        self.input = None;
        // It ends by itself when its input does; if not, a test is failing already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn has_tools() -> bool {
    let library = Path::new("/usr/include/tirpc/rpc/rpc.h");
    if !library.exists() {
        xdr_tests::skip("libtirpc-dev is not installed");
        return false;
    }
    ["rpcgen", "cc", "cpp"]
        .into_iter()
        .all(xdr_tests::has_program)
}

/// The program for this `.x` file, built once in a run of the tests.
fn program(file: &Path) -> PathBuf {
    static BUILT: Mutex<Vec<(PathBuf, PathBuf)>> = Mutex::new(Vec::new());
    // A test that failed to build has said so; the next one tries again.
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, program)) = built.iter().find(|(of, _)| of == file) {
        return program.clone();
    }
    let folder = format!("c_peer/{}", built.len());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    // rpcgen does not overwrite what an earlier run left.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("target can be written");
    let program = build(file, &folder);
    built.push((file.to_owned(), program.clone()));
    program
}

/// As tests/c/README.md says.
fn build(file: &Path, folder: &Path) -> PathBuf {
    let c = xdr_tests::root().join("tests/c");
    fs::copy(file, folder.join("protocol.x")).expect("the .x file can be copied");
    run(folder, "rpcgen", &["-h", "-o", "protocol.h", "protocol.x"]);
    run(folder, "rpcgen", &["-c", "-o", "protocol.c", "protocol.x"]);
    let at = |path: &str| c.join(path).to_string_lossy().into_owned();
    let includes = [
        "-std=gnu11",
        "-O1",
        "-include",
        &at("names.h"),
        "-I.",
        &format!("-I{}", c.display()),
        &format!("-I{}", at("shim")),
        "-I/usr/include/tirpc",
    ];
    let generated = [&includes[..], &["-w", "-c", "protocol.c"]].concat();
    run(folder, "cc", &generated);
    let sources = [&at("harness.c") as &str, &at("graphics.c"), "protocol.o"];
    let program = [&includes[..], &sources, &["-ltirpc", "-o", "harness"]].concat();
    run(folder, "cc", &program);
    folder.join("harness")
}

fn run(folder: &Path, program: &str, arguments: &[&str]) {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("its presence was checked");
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
}
