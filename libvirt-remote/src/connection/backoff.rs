//! How long to wait before an attempt to connect again.

use std::time::Duration;

use crate::client::ReconnectOptions;

/// Waits that become longer, and shorter again only when a connection has held.
pub(super) struct Backoff {
    options: ReconnectOptions,
    next: Duration,
}

impl Backoff {
    pub(super) fn new(options: ReconnectOptions) -> Self {
        Self {
            options,
            next: options.first_delay,
        }
    }

    /// A connection is lost that was open for so long. A daemon that takes clients only to lose them at once is one that
    /// does not take them.
    pub(super) fn lost(&mut self, open_for: Duration) {
        if open_for >= self.options.longest_delay {
            self.next = self.options.first_delay;
        }
    }

    /// The next wait: a part of it is by chance, from 0 to 1, so that the clients of a daemon that was restarted do not
    /// all come at once.
    pub(super) fn wait(&mut self, chance: f64) -> Duration {
        let most = self.next.min(self.options.longest_delay);
        self.next = most.saturating_mul(2);
        let half = most / 2;
        let part = half.as_secs_f64() * chance.clamp(0.0, 1.0);
        half.saturating_add(Duration::try_from_secs_f64(part).unwrap_or(half))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn backoff() -> Backoff {
        Backoff::new(ReconnectOptions {
            first_delay: SECOND,
            longest_delay: 5 * SECOND,
            attempts: None,
        })
    }

    fn waits(backoff: &mut Backoff, chance: f64) -> [u128; 4] {
        [(); 4].map(|()| backoff.wait(chance).as_millis())
    }

    #[test]
    fn waits_double_up_to_the_longest() {
        assert_eq!(waits(&mut backoff(), 1.0), [1000, 2000, 4000, 5000]);
    }

    #[test]
    fn chance_takes_half_at_most() {
        assert_eq!(waits(&mut backoff(), 0.0), [500, 1000, 2000, 2500]);
        assert_eq!(waits(&mut backoff(), 0.5), [750, 1500, 3000, 3750]);
    }

    #[test]
    fn waits_begin_anew_only_after_a_connection_that_has_held() {
        let mut backoff = backoff();
        waits(&mut backoff, 1.0);
        backoff.lost(SECOND);
        assert_eq!(backoff.wait(1.0), 5 * SECOND);
        backoff.lost(5 * SECOND);
        assert_eq!(backoff.wait(1.0), SECOND);
    }

    #[test]
    fn no_wait_is_none_however_often() {
        let mut backoff = Backoff::new(ReconnectOptions {
            first_delay: Duration::ZERO,
            longest_delay: Duration::MAX,
            attempts: None,
        });
        assert_eq!(waits(&mut backoff, 1.0), [0; 4]);
        backoff.next = Duration::MAX;
        assert!(backoff.wait(1.0) > SECOND, "it does not overflow");
    }
}
