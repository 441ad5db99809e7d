//! What the codec is to reach, and whether it does.

use super::figures::{Figure, Run};

/// A promise about one message, direction and build.
pub(super) struct Target {
    pub(super) build: &'static str,
    pub(super) workload: &'static str,
    pub(super) direction: &'static str,
    /// As which contestant this project enters.
    pub(super) who: &'static str,
    pub(super) limit: f64,
    pub(super) against: Against,
}

/// What a time is divided by.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Against {
    /// The fastest of the codecs in Rust that a user could take instead.
    Best,
    /// libtirpc, through rpcgen.
    C,
    /// The codec written by hand, which has this message only.
    Hand,
    /// A copy of the same bytes.
    Memcpy,
}

/// Rust codecs that a user could take instead.
const PEERS: [&str; 4] = ["nfs3", "xdr-codec", "stellar-xdr", "fastxdr"];

impl Against {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::C => "C",
            Self::Hand => "hand",
            Self::Memcpy => "memcpy",
        }
    }

    fn figure<'a>(self, run: &'a Run, target: &Target) -> Option<&'a Figure> {
        let find = |who| run.find(target.workload, target.direction, who);
        match self {
            Self::Best => {
                let peers = PEERS.into_iter().filter_map(find);
                peers.min_by(|a, b| a.ns.total_cmp(&b.ns))
            }
            Self::C => find("libtirpc"),
            Self::Hand => find("hand"),
            Self::Memcpy => find("memcpy").or_else(|| {
                // What refers to the message is held against a copy of it.
                run.find(target.workload, "decode owned", "memcpy")
            }),
        }
    }
}

/// What came of a promise.
pub(super) struct Verdict {
    /// Medians, divided.
    pub(super) ratio: f64,
    /// Shortest times, divided: less is in them that is not the codec's.
    pub(super) least: f64,
    /// Whom it was held against.
    pub(super) against: String,
}

/// Two runs of the same program differ by so much.
const NOISE: f64 = 1.05;

impl Verdict {
    pub(super) fn word(&self, limit: f64) -> &'static str {
        // The median alone: a second figure would be a second chance.
        if self.ratio <= limit {
            "ok"
        } else if self.ratio <= limit * NOISE {
            "ok, in noise"
        } else {
            "missed"
        }
    }
}

impl Target {
    /// None if one of the two was not measured.
    pub(super) fn judge(&self, run: &Run) -> Option<Verdict> {
        let ours = run.find(self.workload, self.direction, self.who)?;
        let theirs = self.against.figure(run, self)?;
        Some(Verdict {
            ratio: ours.ns / theirs.ns,
            least: ours.least / theirs.least,
            against: theirs.contestant.clone(),
        })
    }
}

/// All of them, by message.
pub(super) fn all() -> Vec<Target> {
    use Against::{Best, C, Hand, Memcpy};
    const REUSED: &str = "encode reused";
    const FRESH: &str = "encode fresh";
    const OWNED: &str = "decode owned";
    const BORROWED: &str = "decode borrowed";
    const LTO: &str = "thin LTO";
    const V3: &str = "x86-64-v3";
    /// What takes the same time whatever the length is nothing beside a copy of a megabyte.
    const CONSTANT: f64 = 0.01;

    let on = |build, workload, direction, who, limit, against| Target {
        build,
        workload,
        direction,
        who,
        limit,
        against,
    };
    let by = |workload, direction, limit, against| {
        on("default", workload, direction, "ours", limit, against)
    };
    vec![
        by("W1", REUSED, 0.75, Best),
        by("W1", REUSED, 0.25, C),
        by("W1", FRESH, 0.85, Best),
        by("W1", OWNED, 0.90, Best),
        on(LTO, "W1", OWNED, "ours", 0.80, Best),
        by("W1", BORROWED, 0.60, Hand),
        by("W2", REUSED, 0.72, Best),
        by("W2", FRESH, 0.85, Best),
        by("W2", OWNED, 0.98, Best),
        on(LTO, "W2", OWNED, "ours", 0.92, Best),
        on("default", "W2", OWNED, "ours, bytes", 0.95, Best),
        by("W2", BORROWED, 0.55, Hand),
        by("W3", REUSED, 0.90, Best),
        by("W3", FRESH, 0.90, Best),
        by("W3", OWNED, 0.95, Best),
        on(LTO, "W3", OWNED, "ours", 0.87, Best),
        by("W3", BORROWED, 0.65, Hand),
        by("W6", REUSED, 1.05, Hand),
        by("W6", FRESH, 1.05, Hand),
        by("W6", OWNED, 1.20, Hand),
        by("W4", REUSED, 1.03, Memcpy),
        by("W4", FRESH, 1.03, Memcpy),
        by("W4", OWNED, 1.03, Memcpy),
        by("W4", BORROWED, CONSTANT, Memcpy),
        by("W5a", REUSED, 1.35, Memcpy),
        by("W5a", FRESH, 1.50, Memcpy),
        by("W5a", OWNED, 1.50, Memcpy),
        on(V3, "W5a", OWNED, "ours", 1.05, Memcpy),
        by("W5a", BORROWED, CONSTANT, Memcpy),
        by("W5b", REUSED, 1.50, Memcpy),
        by("W5b", FRESH, 2.00, Memcpy),
        by("W5b", OWNED, 1.80, Memcpy),
        on(V3, "W5b", OWNED, "ours", 1.05, Memcpy),
        by("W5b", BORROWED, CONSTANT, Memcpy),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(figures: &[(&str, &str, f64)]) -> Run {
        // The shortest times of the first one are too good to be true, and decide nothing.
        let line = |(direction, who, ns): &(&str, &str, f64)| {
            let least = if *who == "ours" { 1.0 } else { *ns };
            format!(
                r#"{{"workload":"W2","bytes":1,"direction":"{direction}","contestant":"{who}","ns":{ns},"least":{least}}}"#
            )
        };
        let lines: Vec<_> = figures.iter().map(line).collect();
        Run::parse("default", &lines.join("\n")).expect("they are objects")
    }

    fn target(direction: &str) -> Target {
        let mut all = all().into_iter();
        let found = all.find(|it| {
            (it.workload, it.direction, it.build, it.who) == ("W2", direction, "default", "ours")
        });
        found.expect("it is there")
    }

    #[test]
    fn the_fastest_peer_is_the_measure_and_five_in_a_hundred_are_noise() {
        let direction = "decode owned";
        for (ours, word) in [(97.0, "ok"), (102.0, "ok, in noise"), (104.0, "missed")] {
            let figures = [
                (direction, "ours", ours),
                (direction, "nfs3", 100.0),
                (direction, "xdr-codec", 150.0),
                // Not a peer.
                (direction, "hand", 50.0),
            ];
            let target = target(direction);
            let verdict = target.judge(&run(&figures)).expect("both are there");
            assert_eq!(verdict.against, "nfs3");
            assert_eq!(verdict.word(target.limit), word);
        }
    }

    #[test]
    fn what_was_not_measured_has_no_verdict() {
        let figures = [("decode owned", "ours", 1.0)];
        assert!(target("decode owned").judge(&run(&figures)).is_none());
        let figures = [("decode owned", "nfs3", 1.0)];
        assert!(target("decode owned").judge(&run(&figures)).is_none());
    }
}
