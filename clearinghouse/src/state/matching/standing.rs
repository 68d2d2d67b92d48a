//! How the legs of a cycle without a plan stand: counted some at a time, so that legs are taken in between, and none of them
//! kept but those that wait longest. What comes or agrees meanwhile is counted as it stands when it is looked at.

use std::collections::BTreeMap;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::leg::Leg;
use huitong_core::region::RegionCode;

use super::back::Within;
use super::held::Held;
use super::{Matching, Place, Waiting, WaitingLeg, ready, waits, within as inside};

/// The most waiting legs that are kept.
const NAMED: usize = 100;

/// What is counted so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    /// Debts that both regions reported alike, each counted once.
    pub(crate) agreed: u64,
    /// Legs that wait for a counterpart or for what they take back, repeat another, were attested otherwise, or were left out.
    pub(crate) waiting: u64,
    /// Legs whose counterpart differs.
    pub(crate) differing: u64,
    /// Those that wait longest.
    oldest: BTreeMap<(Timestamp, RegionCode, u64), WaitingLeg>,
    /// The first that is not looked at yet.
    next: Option<Place>,
}

impl Standing {
    /// What a plan took, and what it left.
    pub(crate) fn netted(agreed: u64, waiting: u64) -> Self {
        Self {
            agreed,
            waiting,
            ..Self::default()
        }
    }

    /// Those that wait longest, the oldest first.
    pub(crate) fn oldest(self) -> Vec<WaitingLeg> {
        self.oldest.into_values().collect()
    }

    fn waits(&mut self, (region, number): Place, held: Held<'_>, why: Waiting) {
        let count = if matches!(why, Waiting::Differs(_)) {
            &mut self.differing
        } else {
            &mut self.waiting
        };
        *count = count.saturating_add(1);
        let key = (held.since(), region, number);
        let is_full = self.oldest.len() >= NAMED;
        let last = self.oldest.last_key_value();
        if is_full && last.is_some_and(|(last, _)| *last < key) {
            return;
        }
        self.oldest.insert(key, waits(region, held, why));
        if is_full {
            self.oldest.pop_last();
        }
    }
}

impl Matching {
    /// Looks at so many more legs at most; whether there are more to be looked at. Counted are those of this day or an
    /// earlier one and inside the marks, where given; of what agrees what is kept out waits.
    pub(crate) fn count(
        &self,
        standing: &mut Standing,
        (marks, day): (Option<&BTreeMap<RegionCode, u64>>, BusinessDay),
        kept_out: &impl Fn(&Leg) -> Option<Waiting>,
        at_most: usize,
    ) -> bool {
        let from = standing.next.take();
        let next = self.step(from, (None, at_most), |place, held| {
            match self.stands(place, held, (marks, day), kept_out) {
                Stands::Agreed => standing.agreed = standing.agreed.saturating_add(1),
                Stands::Waits(why) => standing.waits(place, held, why),
                Stands::Apart => {}
            }
        });
        standing.next = next;
        next.is_some()
    }

    /// How a leg stands with a cycle.
    fn stands(
        &self,
        place: Place,
        held: Held<'_>,
        within: Within<'_>,
        kept_out: &impl Fn(&Leg) -> Option<Waiting>,
    ) -> Stands {
        let (marks, day) = within;
        let why = if !held.agrees() {
            let is_inside = held.leg.business_day <= day && inside(marks, &place);
            if !is_inside {
                return Stands::Apart;
            }
            Some(self.why(place, held))
        } else if ready(place, held, marks, day).is_some() {
            let why = self.why_late(place, held, (day, marks), kept_out);
            why.filter(|why| *why != Waiting::Late)
        } else {
            return Stands::Apart;
        };
        let is_out = |leg: &Leg| kept_out(leg).is_some();
        match why {
            // Of what both took back nothing is to come.
            Some(Waiting::TakenBack) => Stands::Apart,
            Some(why) => Stands::Waits(why),
            None if self.waits_for_original(place)
                && !self.original_goes((place, held), within, &is_out) =>
            {
                Stands::Apart
            }
            None => Stands::Agreed,
        }
    }
}

/// How a leg stands with a cycle.
enum Stands {
    /// A debt that both regions reported alike, once for both.
    Agreed,
    Waits(Waiting),
    /// Another cycle's, the other leg of a debt that is counted, or of what comes to nothing.
    Apart,
}
