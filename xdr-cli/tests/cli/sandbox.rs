//! A folder to run commands in, with nothing of the surroundings in it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

pub(crate) struct Sandbox {
    folder: TempDir,
}

impl Sandbox {
    pub(crate) fn empty() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
        }
    }

    /// With a copy of a folder of this crate's tests.
    pub(crate) fn of(folder: &Path) -> Self {
        let sandbox = Self::empty();
        copy(folder, sandbox.folder.path());
        sandbox
    }

    pub(crate) fn with(self, name: &str, contents: impl AsRef<[u8]>) -> Self {
        fs::write(self.path(name), contents).unwrap();
        self
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs a line of shell in which `xdr` is the one under test.
    pub(crate) fn shell(&self, line: &str) -> Output {
        self.command("sh").args(["-c", line]).output().unwrap()
    }

    /// A command in the folder, without the variables that decide on colours.
    pub(crate) fn command(&self, program: &str) -> Command {
        let programs = Path::new(env!("CARGO_BIN_EXE_xdr")).parent().unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(programs.to_owned()).chain(std::env::split_paths(&path));
        let mut command = Command::new(program);
        command.current_dir(self.folder.path());
        command.env("PATH", std::env::join_paths(path).unwrap());
        for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "CI"] {
            command.env_remove(variable);
        }
        command.env("TERM", "xterm").env("LC_ALL", "C");
        for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
            command.env_remove(variable);
        }
        command.env("GIT_CONFIG_GLOBAL", "/dev/null");
        command
    }

    /// Output without what differs from run to run.
    pub(crate) fn steady(&self, output: &[u8]) -> String {
        let mut text = String::from_utf8(output.to_vec()).unwrap();
        for folder in [
            self.folder.path().canonicalize().unwrap(),
            self.folder.path().to_owned(),
        ] {
            text = text.replace(folder.to_str().unwrap(), "[DIR]");
        }
        text = text.replace(
            concat!("xdr-build ", env!("CARGO_PKG_VERSION")),
            "xdr-build [VERSION]",
        );
        let lines: Vec<String> = text.lines().map(without_time).collect();
        lines.join("\n")
    }
}

/// `in 1.2 ms: 3 types, 40 lines` → `in [TIME]: 3 types, [N] lines`; lines are counted where Rust is made.
fn without_time(line: &str) -> String {
    let count = line
        .strip_suffix(" lines")
        .and_then(|line| line.rsplit_once(' '));
    let line = match count {
        Some((before, count)) if count.parse::<u32>().is_ok() => format!("{before} [N] lines"),
        _ => line.to_owned(),
    };
    match line.split_once(" in ") {
        Some((before, after))
            if before.starts_with("generated ") || before.starts_with("compared ") =>
        {
            let after = after.split_once(": ").map_or("", |(_, after)| after);
            format!("{before} in [TIME]: {after}")
        }
        _ => line,
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&to).unwrap();
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
