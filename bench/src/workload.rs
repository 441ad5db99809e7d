//! What is raced for.

/// A message by which codecs are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Workload {
    W1,
    W2,
    W3,
    W4,
    W5a,
    W5b,
    W6,
}

pub(crate) const WORKLOADS: [Workload; 7] = [
    Workload::W1,
    Workload::W2,
    Workload::W3,
    Workload::W4,
    Workload::W5a,
    Workload::W5b,
    Workload::W6,
];

impl Workload {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::W1 => "W1",
            Self::W2 => "W2",
            Self::W3 => "W3",
            Self::W4 => "W4",
            Self::W5a => "W5a",
            Self::W5b => "W5b",
            Self::W6 => "W6",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        WORKLOADS
            .into_iter()
            .find(|workload| workload.name().eq_ignore_ascii_case(name))
    }
}
