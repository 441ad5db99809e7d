//! `cargo xtask fetch`: the files of other projects that tests read and that are not kept in the repository.
//!
//! Each project comes into a folder of its own below `target/upstream`, complete or not at all; beside what cargo
//! keeps of crates, nothing outside `target` is written. What cannot be had is named, with the reason.

use std::path::{Path, PathBuf};
use std::thread;

use crate::report::{Outcome, Report};
use crate::root;

mod apt;
mod folder;
mod projects;
mod published;

/// Arguments of `cargo xtask fetch`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Fetches this version of libvirt, `11.3.0` for example, and nothing else.
    #[arg(long, value_name = "VERSION")]
    libvirt: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> bool {
    let mut report = Report::default();
    let outcome = |folder: Result<PathBuf, String>| match folder {
        Ok(folder) => Outcome::passed(format!("in {}", shown(&folder))),
        Err(why) => Outcome::failed(why),
    };
    if let Some(version) = &arguments.libvirt {
        report.step(&format!("libvirt {version}"), || {
            outcome(libvirt_version(version))
        });
    } else {
        for project in projects::ALL {
            report.step(&project.name(), || outcome(project.folder()));
        }
    }
    report.close()
}

/// Brings what is not there yet; what cannot be had is skipped, by name, and so are the tests that need it.
pub(crate) fn all() -> Outcome {
    let folders: Vec<_> = thread::scope(|scope| {
        // Each waits for the mirror, hardly for the processor.
        let threads: Vec<_> = projects::ALL
            .iter()
            .map(|project| scope.spawn(|| project.folder()))
            .collect();
        threads
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect()
    });
    let mut outcome = Outcome::passed("");
    let mut there = 0;
    for (project, folder) in projects::ALL.iter().zip(folders) {
        let why = match folder {
            Ok(Ok(_)) => {
                there += 1;
                continue;
            }
            Ok(Err(why)) => why,
            Err(_) => "fetching it panicked".to_owned(),
        };
        let name = project.name();
        println!("{name}: {why}");
        outcome = outcome.and_skips(format!("{name}: {why}"));
    }
    outcome.with_note(format!("{there} of {} projects", projects::ALL.len()))
}

/// The folder whose `src` has the `.x` files of this version of libvirt, `11.3.0` for example.
///
/// # Errors
/// Why it is not to be had, and which versions are.
pub(crate) fn libvirt_version(version: &str) -> Result<PathBuf, String> {
    projects::libvirt(version).folder()
}

/// Where everything is kept.
fn upstream() -> PathBuf {
    root().join("target").join("upstream")
}

/// A path as one reads it in the workspace's folder.
fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}
