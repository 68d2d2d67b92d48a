//! Whether another region asks about people with whom the clearinghouse did not match it: a guess.
//!
//! Whoever has the key can make the tag of any number. So nothing is told of a tag that is no match, whether the
//! person is insured here or not; guesses are counted for each region over a window, beyond a limit nothing is told
//! at all until it is over, and an operator is alerted. Whoever hears of a match first asks before the own node has
//! heard of it: nothing is called a guess before the own node has looked at its matches within the last minute. Whoever
//! asks earlier is asked to come again, for any tag alike, so that this tells nothing of anybody either; what is matched
//! within that minute still counts, which the limit has room for. Such questions bring about one look a minute.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use tokio::time::Instant;

use crate::error::NodeError;

/// Matches that were looked at so lately are taken for all there are.
const LATELY: Duration = Duration::from_secs(60);
/// When whoever asked before they were looked at may ask again.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// What is counted of each region.
pub(super) struct GuessWatch {
    window: Duration,
    limit: usize,
    regions: Mutex<BTreeMap<RegionCode, Guesses>>,
    /// When the own matches were looked at, to the last.
    looked: Mutex<Option<Instant>>,
    /// When somebody who asked early brought a look about.
    sent_to_look: Mutex<Option<Instant>>,
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
            looked: Mutex::new(None),
            sent_to_look: Mutex::new(None),
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

    /// The own matches were looked at, to the last.
    pub(super) fn looked(&self, now: Instant) {
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }

    /// Whether the own matches should be looked at because of who asked early: once in a while, also when that fails.
    pub(super) fn is_look_due(&self, now: Instant) -> bool {
        let mut sent = self
            .sent_to_look
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let is_due = sent.is_none_or(|at| now.saturating_duration_since(at) >= LATELY);
        if is_due {
            *sent = Some(now);
        }
        is_due
    }

    /// So many of what a region asked were no matches.
    ///
    /// # Errors
    /// `overloaded`, when the own matches have to be looked at first; nothing is counted then.
    pub(super) fn guessed(
        &self,
        region: RegionCode,
        guesses: usize,
        now: Instant,
    ) -> Result<(), NodeError> {
        let looked = *self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let is_early = looked.is_none_or(|at| now.saturating_duration_since(at) >= LATELY);
        if guesses > 0 && is_early {
            let refusal = Refusal::new(RefusalCode::Overloaded, region);
            return Err(NodeError::Pushed(refusal, ASK_AGAIN));
        }
        let before = self.counted(region, now, 0).count;
        let after = self.counted(region, now, guesses).count;
        if before < self.limit && after >= self.limit {
            tracing::error!(
                %region, guesses = after,
                "a region asks about people with whom the clearinghouse did not match it: nothing is told to it for now"
            );
        }
        Ok(())
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
        watch.looked(now);
        watch.guessed(one, 4, now).unwrap();
        assert!(watch.admit(one, now).is_ok());
        watch.guessed(one, 1, now).unwrap();
        let refused = watch.admit(one, now + Duration::from_secs(20));
        let Err(NodeError::Pushed(refusal, after)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(refusal.code, RefusalCode::TooManyAsked);
        assert_eq!(after, Duration::from_secs(40));
        assert!(watch.admit(two, now).is_ok());
        assert!(watch.admit(one, now + Duration::from_secs(60)).is_ok());
    }

    #[test]
    fn nothing_is_called_a_guess_before_the_own_matches_were_looked_at_lately() {
        let (watch, now) = (GuessWatch::new(Duration::from_secs(600), 5), Instant::now());
        let one: RegionCode = "510100".parse().unwrap();
        let early = |at| match watch.guessed(one, 9, at) {
            Err(NodeError::Pushed(refusal, _)) => refusal.code == RefusalCode::Overloaded,
            Ok(()) => false,
            Err(other) => panic!("{other:?}"),
        };
        assert!(early(now));
        assert!(watch.guessed(one, 0, now).is_ok());
        watch.looked(now);
        assert!(early(now + LATELY));
        assert!(watch.admit(one, now).is_ok());
        assert!(!early(now + Duration::from_secs(59)));
        assert!(watch.admit(one, now).is_err());
    }

    #[test]
    fn who_asks_early_brings_about_one_look_a_minute() {
        let (watch, now) = (GuessWatch::new(Duration::from_secs(600), 5), Instant::now());
        let looks = (0..130).filter(|second| watch.is_look_due(now + Duration::from_secs(*second)));
        assert_eq!(looks.count(), 3);
    }
}
