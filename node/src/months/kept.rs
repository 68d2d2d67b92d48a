//! Days that were looked through, kept for the next who asks: what each comes to, and apart from that the settlements of which
//! it consists, which are many. Deliberately absent: fetching them.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::witness::held::{DayOwed, HeldDay};

/// Days that are kept at hand: those of three months.
const DAYS_KEPT: usize = 70;

/// Days that hold, by plan.
pub(super) struct Kept {
    days: BTreeMap<u64, Arc<HeldDay>>,
    owed: BTreeMap<u64, Arc<DayOwed>>,
    /// Settlements, at most.
    owed_at_most: usize,
}

impl Kept {
    /// Nothing yet, and never more settlements than so many.
    pub(super) const fn new(owed_at_most: usize) -> Self {
        Self {
            days: BTreeMap::new(),
            owed: BTreeMap::new(),
            owed_at_most,
        }
    }

    /// What a day comes to, where it is at hand.
    pub(super) fn day(&self, plan: u64) -> Option<Arc<HeldDay>> {
        self.days.get(&plan).cloned()
    }

    /// The settlements of a day, where they are at hand.
    pub(super) fn owed(&self, plan: u64) -> Option<Arc<DayOwed>> {
        self.owed.get(&plan).cloned()
    }

    /// Keeps what a day comes to, in place of the oldest where there are too many.
    pub(super) fn keep(&mut self, plan: u64, day: &Arc<HeldDay>) {
        self.days.insert(plan, Arc::clone(day));
        while self.days.len() > DAYS_KEPT {
            self.days.pop_first();
        }
    }

    /// Keeps the settlements of a day, in place of those of other months. Days of the month that is looked through stay: were
    /// they to make room for one another, whoever goes through a large month again would find none of them.
    pub(super) fn keep_owed(
        &mut self,
        (plan, month): (u64, &RangeInclusive<u64>),
        owed: &Arc<DayOwed>,
    ) {
        let new = settlements(owed);
        if !self.has_room(new) {
            self.owed.retain(|kept, _| month.contains(kept));
        }
        if self.has_room(new) {
            self.owed.insert(plan, Arc::clone(owed));
        }
    }

    fn has_room(&self, new: usize) -> bool {
        let kept = self.owed.values().map(|owed| settlements(owed));
        kept.fold(new, usize::saturating_add) <= self.owed_at_most && self.owed.len() < DAYS_KEPT
    }
}

/// How many settlements a day has.
fn settlements(owed: &DayOwed) -> usize {
    let owed = owed.values().map(Vec::len);
    owed.fold(0, usize::saturating_add)
}

#[cfg(test)]
mod tests {
    use huitong_core::checkpoint::row::Pair;
    use huitong_core::digest::sha256;
    use huitong_core::fund::Fund;
    use huitong_core::id::SettlementId;
    use huitong_core::money::Fen;

    use super::*;
    use crate::witness::held::DaySums;

    fn owed(settlements: usize) -> Arc<DayOwed> {
        let pair = Pair {
            debtor: "330200".parse().unwrap(),
            creditor: "510100".parse().unwrap(),
            fund: Fund::ResidentPool,
        };
        let each = (SettlementId::from_parts(1, [1; 10]), Fen::ZERO);
        let of = (pair, "2026-03-02".parse().unwrap());
        Arc::new([(of, vec![each; settlements])].into())
    }

    fn day() -> Arc<HeldDay> {
        Arc::new(HeldDay {
            day: "2026-03-02".parse().unwrap(),
            checkpoint: sha256(b"one"),
            findings: Vec::new(),
            sums: DaySums::new(),
        })
    }

    #[test]
    fn a_month_with_more_settlements_than_are_kept_keeps_what_was_looked_through_first() {
        let mut kept = Kept::new(10);
        let at_hand = |kept: &Kept| {
            let plans = (1..=9).filter(|plan| kept.owed(*plan).is_some());
            plans.collect::<Vec<_>>()
        };
        for plan in 1..=2 {
            kept.keep(plan, &day());
            kept.keep_owed((plan, &(1..=2)), &owed(5));
        }
        assert_eq!(at_hand(&kept), [1, 2]);
        // The next month's take their place, and not one another's; what days come to stays, whatever they consist of.
        for plan in 3..=6 {
            kept.keep(plan, &day());
            kept.keep_owed((plan, &(3..=6)), &owed(4));
        }
        assert_eq!(at_hand(&kept), [3, 4]);
        assert!((1..=6).all(|plan| kept.day(plan).is_some()));
        // One that is too large by itself is not kept.
        kept.keep_owed((7, &(7..=7)), &owed(11));
        assert_eq!(at_hand(&kept), [0_u64; 0]);
    }

    #[test]
    fn the_oldest_days_make_room() {
        let mut kept = Kept::new(10);
        for plan in 1..=71 {
            kept.keep(plan, &day());
        }
        assert!(kept.day(1).is_none() && (2..=71).all(|plan| kept.day(plan).is_some()));
    }
}
