//! What was measured.

use serde::{Deserialize, Serialize};

/// All of it, as docs/bench/codec.json has it.
#[derive(Serialize)]
pub(super) struct Figures {
    machine: String,
    pub(super) runs: Vec<Run>,
}

/// One build of the program.
#[derive(Serialize)]
pub(super) struct Run {
    pub(super) build: &'static str,
    pub(super) figures: Vec<Figure>,
}

/// One contestant, one message, one direction.
#[derive(Serialize, Deserialize)]
pub(super) struct Figure {
    pub(super) workload: String,
    /// The message's length.
    pub(super) bytes: u64,
    pub(super) direction: String,
    pub(super) contestant: String,
    /// Nanoseconds for one message: the median of all rounds.
    pub(super) ns: f64,
    /// And the shortest.
    pub(super) least: f64,
}

impl Figures {
    pub(super) fn new(machine: String) -> Self {
        Self {
            machine,
            runs: Vec::new(),
        }
    }

    pub(super) fn machine(&self) -> &str {
        &self.machine
    }

    pub(super) fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self);
        json.expect("numbers and texts have a form in JSON") + "\n"
    }
}

impl Run {
    /// What the program prints: a JSON object in each line.
    pub(super) fn parse(build: &'static str, lines: &str) -> Result<Self, serde_json::Error> {
        let figures: Result<_, _> = lines.lines().map(serde_json::from_str).collect();
        figures.map(|figures| Self { build, figures })
    }

    pub(super) fn find(
        &self,
        workload: &str,
        direction: &str,
        contestant: &str,
    ) -> Option<&Figure> {
        self.figures.iter().find(|figure| {
            figure.workload == workload
                && figure.direction == direction
                && figure.contestant == contestant
        })
    }
}
