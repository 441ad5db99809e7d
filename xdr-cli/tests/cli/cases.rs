//! One folder per case: its `commands`, one line of shell each, run in a copy of the folder; `transcript.snap` is what
//! they print. A new case is a new folder; `INSTA_UPDATE=always` writes its transcript.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::sandbox::Sandbox;

#[test]
fn each_case_says_what_its_transcript_says() {
    insta::glob!("../cases", "*/commands", |commands| {
        let folder = commands.parent().unwrap();
        let transcript = run(folder, &fs::read_to_string(commands).unwrap());
        insta::with_settings!({
            snapshot_path => folder,
            snapshot_suffix => "",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!("transcript", transcript);
        });
    });
}

fn run(folder: &Path, commands: &str) -> String {
    let sandbox = Sandbox::of(folder);
    let mut transcript = String::new();
    for line in commands.lines().filter(|line| !line.is_empty()) {
        if line.starts_with('#') {
            let _ = writeln!(transcript, "{line}");
            continue;
        }
        let output = sandbox.shell(line);
        let _ = writeln!(transcript, "$ {line}");
        for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            if !bytes.is_empty() {
                let text = sandbox.steady(bytes).replace('\x1b', "␛");
                let _ = writeln!(transcript, "[{name}]\n{text}");
            }
        }
        let _ = writeln!(
            transcript,
            "[exit {}]\n",
            output.status.code().unwrap_or(-1)
        );
    }
    transcript
}
