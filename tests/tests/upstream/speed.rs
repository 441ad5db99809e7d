//! Promises about time, on unoptimised code: that is what a build script waits for.

use std::fs;
use std::time::{Duration, Instant};

#[test]
fn generates_the_remote_protocol_within_150_ms_unoptimised() {
    let file = xdr_tests::remote_protocol();
    let once = || {
        let start = busy();
        let generated = xdr_build::Config::new().generate(&[&file]);
        assert!(generated.is_ok());
        busy().saturating_sub(start)
    };
    let best = (0..20).map(|_| once()).min();
    let best = best.expect("it ran twenty times");
    assert!(best < Duration::from_millis(150), "took {best:?}");
}

/// How long this thread has been running, which other programs on the machine have no part in; where the system does
/// not say, the time that has passed.
fn busy() -> Duration {
    let statistics = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let running = statistics.and_then(|text| text.split_whitespace().next()?.parse().ok());
    running.map_or_else(elapsed, Duration::from_nanos)
}

fn elapsed() -> Duration {
    use std::sync::OnceLock;
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
