//! `cargo xtask bless`: what the tests compare with becomes what the code makes now. Review the diff.

use crate::report::Report;
use crate::{cargo, report};

pub(crate) fn run() -> bool {
    let mut report = Report::default();
    report.step("snapshots and compiler messages", || {
        let mut tests = cargo(&["test", "--workspace", "--no-fail-fast"]);
        tests.args(["--lib", "--bins", "--tests"]);
        tests.env("INSTA_UPDATE", "always");
        tests.env("INSTA_FORCE_PASS", "1");
        tests.env("TRYBUILD", "overwrite");
        report::run(tests)
    });
    report.close()
}
