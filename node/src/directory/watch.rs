//! How often the directory is looked at, and since when no look was completed: a node that is kept from it says so.
//!
//! The time is kept in memory alone and runs from the start. Deliberately absent: what a person must look at at once.

use std::time::Duration;

use huitong_core::date::Timestamp;

/// The directory is asked for so much more seldom than legs are reported.
const MORE_SELDOM: u32 = 10;
/// The longest wait between two looks, after failures too.
pub(super) const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// Without a completed look for so long, it is warned.
const WARNED_AFTER_MILLIS: i64 = 5 * 60 * 1000;
/// And for so long, the directory is not followed.
const BOUND_MILLIS: i64 = 60 * 60 * 1000;

/// How long is waited between two looks, where legs are reported as often as this.
pub(super) fn between(reports: Duration) -> Duration {
    reports.saturating_mul(MORE_SELDOM).min(LONGEST_WAIT)
}

/// The looks at the directory since the start.
pub(super) struct Watch {
    started: Timestamp,
    /// When the last look was completed.
    looked: Option<Timestamp>,
    /// Why those after it were not.
    kept: Option<String>,
    /// Whether that was warned of.
    is_warned: bool,
}

impl Watch {
    /// Before the first look.
    pub(super) const fn new(started: Timestamp) -> Self {
        Self {
            started,
            looked: None,
            kept: None,
            is_warned: false,
        }
    }

    /// When the last look was completed; none when none was since the start.
    pub(super) const fn looked(&self) -> Option<Timestamp> {
        self.looked
    }

    /// A look was completed.
    pub(super) fn complete(&mut self, now: Timestamp) {
        *self = Self {
            looked: Some(now),
            ..Self::new(self.started)
        };
    }

    /// A look was not completed. Says since when none was, when it is to be warned of: once, until one is.
    pub(super) fn keep(&mut self, now: Timestamp, why: String) -> Option<Timestamp> {
        self.kept = Some(why);
        if self.is_warned || self.since().millis_until(now) < WARNED_AFTER_MILLIS {
            return None;
        }
        self.is_warned = true;
        Some(self.since())
    }

    /// What a person must know: that no look was completed for too long.
    pub(super) fn overdue(&self, now: Timestamp) -> Option<String> {
        if self.since().millis_until(now) < BOUND_MILLIS {
            return None;
        }
        let why = self.kept.as_deref().unwrap_or("nothing was answered");
        let since = self.since();
        Some(format!("no look was completed since {since}: {why}"))
    }

    fn since(&self) -> Timestamp {
        self.looked.unwrap_or(self.started)
    }
}

#[cfg(test)]
mod tests;
