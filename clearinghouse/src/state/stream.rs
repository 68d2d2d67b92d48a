//! One region's stream: how far it is held, what it said of its days, and whether it stands still.

use std::collections::BTreeMap;

use huitong_core::date::BusinessDay;
use huitong_core::record::recovery::RestoreMark;

/// The incarnation of a server that was never restored.
pub(crate) const FIRST_INCARNATION: u32 = 1;

/// A region's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stream {
    /// The highest number held; 0 for none.
    pub(crate) held: u64,
    /// The number under which it said something else than before.
    pub(crate) halted_at: Option<u64>,
    /// The incarnation of the region's node, and what it drew when it was restored.
    pub(crate) incarnation: u32,
    pub(crate) mark: RestoreMark,
    /// The days the region closed, each with its last number, ascending in both.
    pub(crate) closed: BTreeMap<BusinessDay, u64>,
}

impl Stream {
    pub(crate) const fn new() -> Self {
        Self {
            held: 0,
            halted_at: None,
            incarnation: FIRST_INCARNATION,
            mark: [0; 16],
            closed: BTreeMap::new(),
        }
    }

    /// What the region said is the last number of the day: its word for the day itself, or for the first
    /// later day it closed.
    pub(crate) fn end_of(&self, day: BusinessDay) -> Option<u64> {
        self.closed.range(day..).next().map(|(_, up_to)| *up_to)
    }

    /// Whether the region has closed the day and all of it is held.
    pub(crate) fn has_closed(&self, day: BusinessDay) -> bool {
        self.end_of(day).is_some_and(|up_to| up_to <= self.held)
    }

    /// The mark of a cycle that is cut off now: the region's own word, bounded by what is held, and never
    /// before the mark of an earlier cycle.
    pub(crate) fn mark(&self, day: BusinessDay, least: u64) -> u64 {
        let word = self.end_of(day).unwrap_or(self.held);
        word.min(self.held).max(least)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u8) -> BusinessDay {
        BusinessDay::new(2026, 3, day).unwrap()
    }

    #[test]
    fn a_mark_is_the_regions_word_bounded_by_what_is_held() {
        // held, closes, previous mark, the cycle → closed, mark
        type Case = (u64, &'static [(u8, u64)], u64, bool, u64);
        let cases: [Case; 7] = [
            (10, &[(2, 7)], 0, true, 7),
            (10, &[(2, 12)], 0, false, 10),
            (10, &[], 4, false, 10),
            (10, &[(1, 7)], 0, false, 10),
            (10, &[(3, 8)], 0, true, 8),
            (10, &[(2, 6), (3, 8)], 0, true, 6),
            (10, &[(2, 3)], 5, true, 5),
        ];
        for (held, closes, least, closed, mark) in cases {
            let closes = closes
                .iter()
                .map(|(on, up_to)| (day(*on), *up_to))
                .collect();
            let stream = Stream {
                held,
                closed: closes,
                ..Stream::new()
            };
            assert_eq!(stream.has_closed(day(2)), closed, "{stream:?}");
            assert_eq!(stream.mark(day(2), least), mark, "{stream:?}");
        }
    }
}
