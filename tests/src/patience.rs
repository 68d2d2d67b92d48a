//! Waiting for what another process does: bounded, and never for a fixed time.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

/// The longest that anything is waited for, on a busy machine.
const LONGEST: Duration = Duration::from_secs(90);
/// How often it is looked whether it has come about; other processes do not call back.
const EVERY: Duration = Duration::from_millis(20);

/// Looks until there is something to see, and panics when there never is.
pub async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let seen = async {
        loop {
            ticks.tick().await;
            if let Some(seen) = look().await {
                return seen;
            }
        }
    };
    timeout(LONGEST, seen)
        .await
        .unwrap_or_else(|_| panic!("{what}: not in {LONGEST:?}"))
}
