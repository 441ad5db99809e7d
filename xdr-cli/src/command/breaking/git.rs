//! Files as they are in a revision, by way of the `git` program.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::Failure;

/// The `.x` files of a revision.
pub(super) struct Git {
    /// The top of the repository.
    top: PathBuf,
    /// What stands for it in the paths of the files: `git:REV`.
    pub(super) root: PathBuf,
    /// The files, by path from [`Git::root`] on.
    pub(super) contents: BTreeMap<PathBuf, Vec<u8>>,
}

impl Git {
    /// Reads all of them; the repository is that around a folder.
    pub(super) fn read(folder: &Path, revision: &str) -> Result<Self, Failure> {
        let top = run(folder, &["rev-parse", "--show-toplevel"])?;
        let top = PathBuf::from(String::from_utf8_lossy(&top).trim_end_matches('\n'));
        let tree = format!("{revision}^{{tree}}");
        let verified = run(
            folder,
            &[
                "rev-parse",
                "--verify",
                "--quiet",
                "--end-of-options",
                &tree,
            ],
        );
        let Ok(tree) = verified else {
            return Err(Failure::usage(
                format!("git knows no revision `{revision}`"),
                "a commit, a tag or a branch is one: `git:HEAD`, `git:v1.0`",
            ));
        };
        let tree = String::from_utf8_lossy(&tree).trim_end().to_owned();
        let root = PathBuf::from(format!("git:{revision}"));
        let mut blobs = Vec::new();
        for entry in run(&top, &["ls-tree", "-r", "-z", &tree])?.split(|&byte| byte == 0) {
            // `MODE TYPE HASH\tPATH`; links and submodules are no files.
            let entry = String::from_utf8_lossy(entry);
            if let Some((about, path)) = entry.split_once('\t')
                && let [mode, "blob", hash] = about.split(' ').collect::<Vec<_>>()[..]
                && mode.starts_with("100")
                && Path::new(path).extension().is_some_and(|it| it == "x")
            {
                blobs.push((hash.to_owned(), root.join(path)));
            }
        }
        let contents = contents(&top, blobs)?;
        Ok(Self {
            top,
            root,
            contents,
        })
    }

    /// The path in the revision of what is at a path of the file system, if that is in the repository.
    pub(super) fn path_of(&self, path: &Path) -> Option<PathBuf> {
        let path = if path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            path
        };
        // The file itself may be gone from the file system, or be a link.
        let whole = match (path.canonicalize(), path.parent(), path.file_name()) {
            (Ok(whole), ..) => whole,
            (Err(_), Some(folder), Some(name)) => folder.canonicalize().ok()?.join(name),
            _ => return None,
        };
        let top = self.top.canonicalize().ok()?;
        Some(self.root.join(whole.strip_prefix(top).ok()?))
    }

    /// `git:REV/a.x` as git would have it: `git:REV:a.x`.
    pub(super) fn shown(&self, name: &str) -> String {
        match Path::new(name).strip_prefix(&self.root) {
            Ok(path) => format!("{}:{}", self.root.display(), path.display()),
            Err(_) => name.to_owned(),
        }
    }
}

/// The texts of objects, each with its path.
fn contents(
    top: &Path,
    blobs: Vec<(String, PathBuf)>,
) -> Result<BTreeMap<PathBuf, Vec<u8>>, Failure> {
    let mut child = command(top)
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| absent(&error))?;
    let broken = |what: &str| Failure::Usage {
        message: format!("`git cat-file` {what}"),
        help: None,
    };
    let (Some(mut asked), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(broken("cannot be asked"));
    };
    let mut answers = BufReader::new(answers);
    let mut contents = BTreeMap::new();
    for (hash, path) in blobs {
        // One after the other, so that neither side waits with a full pipe.
        let mut answer = String::new();
        writeln!(asked, "{hash}")
            .and_then(|()| asked.flush())
            .and_then(|()| answers.read_line(&mut answer))
            .map_err(|error| broken(&error.to_string()))?;
        let size = answer.trim_end().rsplit(' ').next();
        let size: u64 = size
            .and_then(|size| size.parse().ok())
            .ok_or_else(|| broken("does not answer as expected"))?;
        let mut text = Vec::new();
        // A line end follows.
        let read = answers.by_ref().take(size + 1).read_to_end(&mut text);
        read.map_err(|error| broken(&error.to_string()))?;
        text.pop();
        contents.insert(path, text);
    }
    drop(asked);
    // It has said all that it was asked for.
    let _ = child.wait();
    Ok(contents)
}

/// What git prints.
fn run(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    let output = command(folder)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| absent(&error))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(Failure::Usage {
        message: format!("git says: {}", said.lines().next().unwrap_or("nothing")),
        help: None,
    })
}

fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    if !folder.as_os_str().is_empty() {
        command.current_dir(folder);
    }
    command
}

fn absent(error: &std::io::Error) -> Failure {
    Failure::usage(
        format!("cannot run `git`: {error}"),
        "install it, or name a file or a folder that holds the old version",
    )
}
