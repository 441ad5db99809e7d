//! The figures on a terminal.

use super::figures::{Figure, Figures, Run};
use super::targets;

/// Times of each build, then the promises.
pub(super) fn print(figures: &Figures) {
    println!("\n{}", figures.machine());
    for run in &figures.runs {
        println!("\n== {}: time, and its ratio to ours", run.build);
        times(run);
    }
    promises(figures);
}

fn times(run: &Run) {
    let mut last = None;
    for figure in &run.figures {
        let head = (&figure.workload, &figure.direction);
        if last.replace(head) == Some(head) {
            continue;
        }
        println!(
            "{} {} ({} bytes)",
            figure.workload, figure.direction, figure.bytes
        );
        let group = run.figures.iter();
        let group = group.filter(|it| (&it.workload, &it.direction) == head);
        let ours = run.find(&figure.workload, &figure.direction, "ours");
        for figure in group {
            line(figure, ours);
        }
    }
}

fn line(figure: &Figure, ours: Option<&Figure>) {
    let ratio = ours.map_or(String::new(), |ours| {
        let (median, least) = (figure.ns / ours.ns, figure.least / ours.least);
        format!("{median:8.2}  (of the shortest {least:.2})")
    });
    let (who, time) = (&figure.contestant, figure.ns);
    println!("  {who:14} {:>12} {ratio}", duration(time));
}

/// Three digits that count, with a unit.
fn duration(ns: f64) -> String {
    let (value, unit) = match ns {
        ns if ns < 1e3 => (ns, "ns"),
        ns if ns < 1e6 => (ns / 1e3, "µs"),
        ns => (ns / 1e6, "ms"),
    };
    let digits = match value {
        value if value < 10.0 => 2,
        value if value < 100.0 => 1,
        _ => 0,
    };
    format!("{value:.digits$} {unit}")
}

fn promises(figures: &Figures) {
    println!("\n== targets");
    println!(
        "{:14} {:4} {:16} {:12} {:>6}   {:>6} {:>8}",
        "build", "", "", "", "limit", "ratio", "shortest"
    );
    let (mut kept, mut all) = (0, 0);
    for target in targets::all() {
        let run = figures.runs.iter().find(|run| run.build == target.build);
        let Some(run) = run else { continue };
        // A workload that was left out is no failure.
        if !run.figures.iter().any(|it| it.workload == target.workload) {
            continue;
        }
        let head = format!(
            "{:14} {:4} {:16} {:12} {:6.2} ×",
            target.build, target.workload, target.direction, target.who, target.limit
        );
        all += 1;
        match target.judge(run) {
            Some(verdict) => {
                let word = verdict.word(target.limit);
                kept += usize::from(word != "missed");
                let against = match target.against.name() {
                    "best" => format!("best ({})", verdict.against),
                    name => name.to_owned(),
                };
                let (ratio, least) = (verdict.ratio, verdict.least);
                println!("{head} {ratio:6.3} {least:8.3}  {word:12} {against}");
            }
            None => println!("{head} {:>6} {:>8}  not measured", "–", "–"),
        }
    }
    println!("{kept} of {all} reached");
}
