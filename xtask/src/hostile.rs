//! `cargo xtask hostile`: the page on hostile input becomes what the cases of the suite do now.

use crate::report::{Report, run as follow};
use crate::test;

pub(crate) fn run() -> bool {
    let mut report = Report::default();
    report.step("docs/HOSTILE.md", || {
        let mut suite = test::suite("hostile");
        suite.env("INSTA_UPDATE", "always");
        follow(suite)
    });
    report.close()
}
