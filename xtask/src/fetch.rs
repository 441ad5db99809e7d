//! `cargo xtask fetch`: the files of upstream projects that tests read and that are not kept in the repository.
//!
//! libvirt comes from the mirrors that this machine's apt already uses, through a configuration of its own: nothing
//! outside `target/upstream` is written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::report::{Outcome, Report};
use crate::{command, output, root};

/// The version whose files the tests describe.
const LIBVIRT: &str = "libvirt-9.0.0";
/// Its presence means that unpacking came to its end.
const COMPLETE: &str = ".complete";

pub(crate) fn run() -> bool {
    let mut report = Report::default();
    report.step("upstream libvirt", || match libvirt() {
        Ok(what) => Outcome::passed(what),
        Err(why) => Outcome::failed(why),
    });
    report.close()
}

/// Brings `target/upstream/libvirt-9.0.0`; says where it is, or why it is not there.
pub(crate) fn libvirt() -> Result<String, String> {
    let upstream = root().join("target").join("upstream");
    if upstream.join(LIBVIRT).join(COMPLETE).exists() {
        return Ok(format!("target/upstream/{LIBVIRT} is there"));
    }
    if output(command("apt-get", &["--version"])).is_none() {
        return Err(format!("{LIBVIRT} is fetched with apt-get; there is none"));
    }
    let archive = match find_archive(&upstream) {
        Some(archive) => archive,
        None => download(&upstream)?,
    };
    let name = archive.file_name().unwrap_or_default().to_string_lossy();
    let version = name
        .trim_end_matches(".xz")
        .trim_end_matches(".orig.tar")
        .replace('_', "-");
    if version != LIBVIRT {
        return Err(format!(
            "this system's sources have {version}; the tests that need {LIBVIRT} cannot run"
        ));
    }
    unpack(&archive, &upstream.join(LIBVIRT)).map_err(|error| format!("{name}: {error}"))?;
    Ok(format!("target/upstream/{LIBVIRT} fetched"))
}

fn download(upstream: &Path) -> Result<PathBuf, String> {
    let apt = upstream.join("apt");
    source_lists(&apt).map_err(|error| format!("{}: {error}", apt.display()))?;
    let apt_get = |seconds: &str, arguments: &[&str]| {
        let mut apt_get = command("timeout", &["--kill-after=10", seconds, "apt-get", "-q"]);
        for (name, path) in [
            ("Dir::Etc::sourcelist", "sources.list"),
            ("Dir::Etc::sourceparts", "sources.list.d"),
            ("Dir::State::lists", "lists"),
            ("Dir::Cache", "cache"),
        ] {
            apt_get
                .arg("-o")
                .arg(format!("{name}={}", apt.join(path).display()));
        }
        apt_get.args(["-o", "Acquire::Languages=none", "-o", "Acquire::Retries=1"]);
        apt_get.args(["-o", "Acquire::http::Timeout=20"]);
        // The unprivileged user that apt downloads as may not enter `target`.
        apt_get.args(["-o", "APT::Sandbox::User=root"]);
        apt_get.args(arguments).current_dir(upstream);
        apt_get.status().is_ok_and(|status| status.success())
    };
    // One unreachable mirror of several fails `update`; what matters is whether the source is found.
    let updated = apt_get("240", &["update"]);
    let downloaded = apt_get("300", &["source", "--download-only", "libvirt"]);
    match find_archive(upstream) {
        Some(archive) if downloaded => Ok(archive),
        _ if updated => Err("apt-get source found no libvirt".to_owned()),
        _ => Err("apt-get could reach no mirror with sources".to_owned()),
    }
}

fn find_archive(upstream: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(upstream).ok()?;
    entries
        .filter_map(Result::ok)
        .map(|e| e.path())
        .find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("libvirt_") && name.ends_with(".orig.tar.xz")
        })
}

/// The system's own apt sources, turned from packages into sources.
fn source_lists(apt: &Path) -> io::Result<()> {
    for folder in ["sources.list.d", "lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(apt.join(folder))?;
    }
    let mut list = String::new();
    let mut files = vec![PathBuf::from("/etc/apt/sources.list")];
    if let Ok(entries) = fs::read_dir("/etc/apt/sources.list.d") {
        files.extend(entries.filter_map(Result::ok).map(|entry| entry.path()));
    }
    for file in files {
        // A file that is missing or unreadable has nothing to offer.
        let text = fs::read_to_string(&file).unwrap_or_default();
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("list") => list.push_str(&one_line_sources(&text)),
            Some("sources") => {
                let name = file.file_name().unwrap_or_default();
                fs::write(apt.join("sources.list.d").join(name), stanzas(&text))?;
            }
            _ => {}
        }
    }
    fs::write(apt.join("sources.list"), list)
}

/// `deb [options] URI SUITE COMPONENT…`, one a line.
fn one_line_sources(text: &str) -> String {
    let packages = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("deb "));
    packages.flat_map(|rest| ["deb-src ", rest, "\n"]).collect()
}

/// Stanzas of `Field: value`, as in deb822.
fn stanzas(text: &str) -> String {
    let lines = text.lines().map(|line| match line.split_once(':') {
        Some((field, _)) if field.eq_ignore_ascii_case("Types") => "Types: deb-src",
        _ => line,
    });
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Takes the protocol files and the listings of structs out of the archive, and nothing else.
fn unpack(archive: &Path, folder: &Path) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| error.to_string())?;
    }
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let status = command("tar", &["--extract", "--strip-components=1", "--wildcards"])
        .args(["--file".as_ref(), archive.as_os_str()])
        .args(["--directory".as_ref(), folder.as_os_str()])
        .args(["*/src/*.x", "*/src/*-structs"])
        .status()
        .map_err(|error| error.to_string())?;
    if !status.success() {
        return Err(format!("tar: {status}"));
    }
    fs::write(folder.join(COMPLETE), "").map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_one_line_sources_into_sources_of_source_packages() {
        let text =
            "# deb off\ndeb [arch=amd64] mirror bookworm main\ndeb-src mirror bookworm main\n";
        assert_eq!(
            one_line_sources(text),
            "deb-src [arch=amd64] mirror bookworm main\n"
        );
    }

    #[test]
    fn turns_stanzas_into_stanzas_of_source_packages() {
        let text = "Types: deb\nURIs: mirror\nSuites: bookworm\n\ntypes: deb deb-src\n";
        let want = "Types: deb-src\nURIs: mirror\nSuites: bookworm\n\nTypes: deb-src\n";
        assert_eq!(stanzas(text), want);
    }
}
