//! Asks rustfmt.

use std::path::Path;
use std::process::Command;

/// Checks all files of a folder, in both editions.
pub(crate) fn check(folder: &Path) {
    let files: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("the folder can be read").path())
        .collect();
    assert!(!files.is_empty());
    for edition in ["2021", "2024"] {
        let output = Command::new("rustfmt")
            .args([
                "--check",
                "--edition",
                edition,
                "--config-path",
                "/dev/null",
            ])
            .args(&files)
            .output()
            .expect("rustfmt is installed");
        let text = String::from_utf8_lossy(&output.stdout);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "edition {edition}:\n{text}{errors}"
        );
    }
}
