//! The figures as the chart of the front page.

use super::figures::{Figures, Run};
use crate::bench::chart::bars::{Bars, Group, Panel};

/// What a user chooses between.
const SERIES: [&str; 5] = ["ours", "nfs3", "xdr-codec", "stellar-xdr", "libtirpc"];

const WORKLOADS: [(&str, &str); 7] = [
    ("W1", "event, 184 B"),
    ("W2", "16,384 domains"),
    ("W3", "64,000 statistics"),
    ("W4", "1 MiB opaque"),
    ("W5a", "1 M unsigned ints"),
    ("W5b", "500 k hypers"),
    ("W6", "header, 24 B"),
];

/// The file, of the default build.
pub(super) fn chart(figures: &Figures) -> Option<String> {
    let run = figures.runs.first()?;
    let machine = figures.machine();
    let bars = Bars {
        title: "Time to encode and to decode a message",
        subtitle: &format!("Ratio to this project's; shorter is faster. {machine}."),
        series: &SERIES,
        panels: vec![
            panel("Encode into a reused buffer", run, "encode reused"),
            panel("Decode to owned values", run, "decode owned"),
        ],
        limit: 5.0,
        mark: Some(1.0),
    };
    Some(bars.draw())
}

fn panel<'a>(title: &'a str, run: &Run, direction: &str) -> Panel<'a> {
    let groups = WORKLOADS.iter().map(|(workload, label)| {
        let ours = run.find(workload, direction, "ours");
        let bars = SERIES.iter().enumerate().filter_map(|(series, who)| {
            let theirs = run.find(workload, direction, who)?;
            Some((series, theirs.ns / ours?.ns))
        });
        Group {
            label: (*label).to_owned(),
            bars: bars.collect(),
        }
    });
    Panel {
        title,
        groups: groups.collect(),
    }
}
