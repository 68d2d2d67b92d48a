//! Whether another region asks about people with whom the clearinghouse did not match it: a guess.
//!
//! Whoever has the key can make the tag of any number. So nothing is told of a tag that is no match, whether the
//! person is insured here or not; guesses are counted for each region over a window, beyond a limit nothing is told
//! at all until it is over, and an operator is alerted. A match that the own node has not heard of yet is counted
//! too: the limit leaves room for those.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use tokio::time::Instant;

use crate::error::NodeError;

/// What is counted of each region.
pub(super) struct GuessWatch {
    window: Duration,
    limit: usize,
    regions: Mutex<BTreeMap<RegionCode, Guesses>>,
}

struct Guesses {
    since: Instant,
    count: usize,
}

impl GuessWatch {
    /// Nobody has guessed yet.
    pub(super) const fn new(window: Duration, limit: usize) -> Self {
        Self {
            window,
            limit,
            regions: Mutex::new(BTreeMap::new()),
        }
    }

    /// Whether a region may ask now.
    ///
    /// # Errors
    /// `snapshot.too_many`, with the rest of the window.
    pub(super) fn admit(&self, region: RegionCode, now: Instant) -> Result<(), NodeError> {
        let counted = self.counted(region, now, 0);
        if counted.count < self.limit {
            return Ok(());
        }
        let gone = now.saturating_duration_since(counted.since);
        let refusal = Refusal::new(RefusalCode::TooManyAsked, region);
        Err(NodeError::Pushed(refusal, self.window.saturating_sub(gone)))
    }

    /// So many of what a region asked were no matches.
    pub(super) fn guessed(&self, region: RegionCode, guesses: usize, now: Instant) {
        let before = self.counted(region, now, 0).count;
        let after = self.counted(region, now, guesses).count;
        if before < self.limit && after >= self.limit {
            tracing::error!(
                %region, guesses = after,
                "a region asks about people with whom the clearinghouse did not match it: nothing is told to it for now"
            );
        }
    }

    fn counted(&self, region: RegionCode, now: Instant, more: usize) -> Guesses {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = Guesses {
            since: now,
            count: 0,
        };
        let counted = regions.entry(region).or_insert(fresh);
        if now.saturating_duration_since(counted.since) >= self.window {
            (counted.since, counted.count) = (now, 0);
        }
        counted.count = counted.count.saturating_add(more);
        Guesses {
            since: counted.since,
            count: counted.count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_guesses_is_told_nothing_until_the_window_is_over_and_others_are() {
        let (watch, now) = (GuessWatch::new(Duration::from_secs(60), 5), Instant::now());
        let [one, two]: [RegionCode; 2] = ["510100", "310000"].map(|code| code.parse().unwrap());
        watch.guessed(one, 4, now);
        assert!(watch.admit(one, now).is_ok());
        watch.guessed(one, 1, now);
        let refused = watch.admit(one, now + Duration::from_secs(20));
        let Err(NodeError::Pushed(refusal, after)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(refusal.code, RefusalCode::TooManyAsked);
        assert_eq!(after, Duration::from_secs(40));
        assert!(watch.admit(two, now).is_ok());
        assert!(watch.admit(one, now + Duration::from_secs(60)).is_ok());
    }
}
