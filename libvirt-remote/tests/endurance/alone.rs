//! One test at a time, and what the process has: descriptors, memory and tasks are counted.

use std::fs;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::{Builder, Handle};
use tokio::time::{sleep, timeout};

/// How long a test may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(5);

/// By how much the process may have grown: what allocators keep.
const KILOBYTES: usize = 8 << 10;

/// Runs a test while no other one runs.
pub(crate) fn alone(test: impl Future<Output = ()>) {
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("there are threads");
    let test = async { timeout(PATIENCE, test).await };
    runtime.block_on(test).expect("nothing waits for ever");
}

/// What the process has.
#[derive(Debug)]
pub(crate) struct Held {
    descriptors: usize,
    tasks: usize,
    kilobytes: usize,
}

impl Held {
    pub(crate) fn now() -> Self {
        let status = fs::read_to_string("/proc/self/status").expect("Linux says it");
        let resident = status.lines().find_map(|line| {
            let value = line.strip_prefix("VmRSS:")?;
            value.trim().strip_suffix(" kB")?.parse().ok()
        });
        Self {
            descriptors: descriptors(),
            tasks: tasks(),
            kilobytes: resident.expect("it is among them"),
        }
    }

    /// By how many kilobytes the process has grown.
    pub(crate) fn grown(&self) -> usize {
        Self::now().kilobytes.saturating_sub(self.kilobytes)
    }

    /// The process has no more than it had. Tasks that have been told to end may take a moment.
    pub(crate) async fn again(self) {
        let mut patience = 500;
        let is_more = || descriptors() > self.descriptors || tasks() > self.tasks;
        while is_more() && patience > 0 {
            patience -= 1;
            sleep(Duration::from_millis(10)).await;
        }
        let now = Self::now();
        assert_eq!(now.descriptors, self.descriptors, "{now:?}, and {self:?}");
        assert!(now.tasks <= self.tasks, "{now:?}, and {self:?}");
        assert!(
            now.kilobytes <= self.kilobytes + KILOBYTES,
            "{now:?}, and {self:?}"
        );
    }
}

fn tasks() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

fn descriptors() -> usize {
    let all = fs::read_dir("/proc/self/fd").expect("Linux says it");
    all.count()
}
