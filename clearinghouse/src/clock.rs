//! The clock, passed down. Only what runs here asks for the time; decisions get it as a value.

use std::time::{SystemTime, UNIX_EPOCH};

use huitong_core::date::Timestamp;

/// What tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock;

/// The last millisecond that a [`Timestamp`] has.
const LAST_MS: i64 = 7_258_089_599_999;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        let since = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let millis = i64::try_from(since.as_millis()).unwrap_or(LAST_MS);
        // A machine's clock beyond 2199 stands at the end of it; within the range nothing fails.
        Timestamp::from_millis(millis.clamp(0, LAST_MS)).unwrap_or_else(|_| self.now())
    }
}
