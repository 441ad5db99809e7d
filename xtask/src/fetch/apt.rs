//! Debian source packages, from the mirrors that this machine's apt already uses, through a configuration of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::upstream;
use crate::{command, output};

mod lists;
mod version;

/// Downloads the archive of this upstream version, from whichever suite has it; says where it is.
pub(crate) fn download(package: &str, version: &str) -> Result<PathBuf, String> {
    updated()?;
    let revisions = revisions(package);
    let (wanted, others): (Vec<_>, Vec<_>) = revisions
        .iter()
        .partition(|revision| version::upstream(revision) == version);
    if wanted.is_empty() {
        return Err(format!("no suite has this version{}", instead(&others)));
    }
    let folder = downloads().join(format!("{package}-{version}"));
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    // A mirror may have lost the archive of one suite and keep that of another.
    for revision in &wanted {
        let mut source = apt("apt-get", 120);
        source.args(["source", "--download-only", "--tar-only", "--only-source"]);
        source.arg(format!("{package}={revision}"));
        source.current_dir(&folder);
        if output(source).is_some()
            && let Some(archive) = archive(&folder)
        {
            return Ok(archive);
        }
    }
    let wanted = wanted.iter().map(|revision| revision.as_str());
    let wanted = wanted.collect::<Vec<_>>().join(" or ");
    let others = instead(&others);
    Err(format!("no mirror has the archive of {wanted}{others}"))
}

/// Removes an archive that has been unpacked.
pub(crate) fn discard(archive: &Path) {
    if let Some(folder) = archive.parent() {
        // It costs nothing but its space.
        let _ = fs::remove_dir_all(folder);
    }
}

/// The versions that the suites have instead, for a message.
fn instead(others: &[&String]) -> String {
    let mut versions: Vec<_> = others
        .iter()
        .map(|other| version::upstream(other))
        .collect();
    versions.dedup();
    match versions.as_slice() {
        [] => String::new(),
        _ => format!("; they have {}", versions.join(", ")),
    }
}

/// Every version of the package in the lists, as Debian numbers it.
fn revisions(package: &str) -> Vec<String> {
    let mut showsrc = apt("apt-cache", 60);
    showsrc.args(["showsrc", "--only-source", package]);
    let records = output(showsrc).unwrap_or_default();
    let mut revisions: Vec<_> = records
        .lines()
        .filter_map(|line| line.strip_prefix("Version: "))
        .map(str::to_owned)
        .collect();
    revisions.sort();
    revisions.dedup();
    revisions
}

fn archive(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?;
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let is_archive = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.contains(".orig.tar.") && !name.ends_with(".asc")
    };
    paths.into_iter().find(is_archive)
}

/// Renews the lists of what the mirrors have, once for all packages.
fn updated() -> Result<(), String> {
    static UPDATED: OnceLock<Result<(), String>> = OnceLock::new();
    UPDATED.get_or_init(update).clone()
}

fn update() -> Result<(), String> {
    if output(command("apt-get", &["--version"])).is_none() {
        return Err("it is fetched with apt-get; there is none".to_owned());
    }
    let folder = configuration();
    lists::write(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut update = apt("apt-get", 120);
    update.arg("update").current_dir(&folder);
    // It succeeds without a mirror, and fails if one suite of several cannot be had: what matters is what it brought.
    let _ = output(update);
    let entries = fs::read_dir(folder.join("lists")).ok();
    let mut names = entries
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.file_name());
    if names.any(|name| name.to_string_lossy().contains("_Sources")) {
        return Ok(());
    }
    Err("apt-get could reach no mirror with sources".to_owned())
}

/// One of apt's programs, for so many seconds, with its own configuration.
fn apt(program: &str, seconds: u32) -> Command {
    let mut apt = command("timeout", &["--kill-after=10", &seconds.to_string()]);
    apt.args([program, "-q"]);
    for (name, path) in [
        ("Dir::Etc::sourcelist", "sources.list"),
        ("Dir::Etc::sourceparts", "sources.list.d"),
        ("Dir::State::lists", "lists"),
        ("Dir::Cache", "cache"),
    ] {
        let path = configuration().join(path);
        apt.arg("-o").arg(format!("{name}={}", path.display()));
    }
    for option in [
        "Acquire::Languages=none",
        "Acquire::Retries=1",
        "Acquire::http::Timeout=20",
        "Acquire::https::Timeout=20",
        // The unprivileged user that apt downloads as may not enter `target`.
        "APT::Sandbox::User=root",
    ] {
        apt.args(["-o", option]);
    }
    apt
}

fn configuration() -> PathBuf {
    upstream().join("apt")
}

fn downloads() -> PathBuf {
    upstream().join("archives")
}
