//! What a plan took: it is marked, stays while the index does not know it, and goes.

use huitong_core::checkpoint::row::Pair;
use huitong_core::leg::{Debt, Leg, NumberedLeg, Side};
use huitong_netting::NettingPlan;

use super::held::{Held, Number};
use super::{Matching, Place};

impl Matching {
    /// Marks what a plan took: every leg up to its marks that it does not carry.
    pub(crate) fn net(&mut self, plan: &NettingPlan) {
        let by = Number::new(plan.number());
        for (region, slots) in &mut self.held {
            let Some(window) = plan.window(*region) else {
                continue;
            };
            let mut agreed = 0_u64;
            for (numbered, marks) in slots.iter_mut() {
                let NumberedLeg { number, side, leg } = numbered;
                let takes = *number <= window.to && !window.carried.contains(*number);
                if !takes || marks.taken != Number::NONE {
                    continue;
                }
                marks.taken = by;
                if marks.partner != Number::NONE {
                    agreed = agreed.saturating_add(leg.amount.get().unsigned_abs());
                }
                if let Some(count) = self.days.get_mut(&leg.business_day) {
                    *count = count.saturating_sub(1);
                }
                // Of the two legs of a debt one is the creditor's.
                if *side == Side::Receivable
                    && let Some(reports) = self.debts.get_mut(&leg.debt())
                {
                    reports.netted = by;
                }
            }
            self.agreeing.taken(*region, agreed);
        }
        self.part(by);
        self.follow_backs();
    }

    /// Of a debt that the plan took nothing agrees any more, also not what two others call the same: so it is when it
    /// is read again at a start, where which plan took a debt is asked by its id alone.
    fn part(&mut self, by: Number) {
        let netted = |debt: &&Debt| {
            let reports = self.debts.get(debt);
            reports.is_some_and(|reports| reports.netted == by)
        };
        let places = self.further.keys().filter(netted);
        let places: Vec<Place> = places.flat_map(|debt| self.reported(*debt)).collect();
        for place in places {
            let held = self.at(place);
            let parts = held.filter(|held| !held.is_taken() && held.agrees());
            let Some(fen) = parts.map(|held| held.leg.amount.get().unsigned_abs()) else {
                continue;
            };
            if let Some(marks) = self.marks_mut(place) {
                marks.partner = Number::NONE;
            }
            self.agreeing.taken(place.0, fen);
        }
    }

    /// The plan that took a debt of these two, while what it took is here.
    pub(crate) fn taken_by(&self, debt: Debt, pair: Pair) -> Option<u64> {
        let held = self.reported(debt).filter_map(|place| self.at(place));
        let mut of_pair = held.filter(|held| Pair::of(held.leg) == pair);
        of_pair.find_map(|held| held.marks.taken.get())
    }

    /// The legs that a plan took, the creditor's of each two, while they are here: all of them or none.
    pub(crate) fn taken(&self, plan: u64) -> impl Iterator<Item = &Leg> {
        let taken = self.all().filter(move |(_, held)| {
            held.marks.taken == Number::new(plan) && held.side == Side::Receivable
        });
        taken.map(|(_, held)| held.leg)
    }

    /// Lets go of what plans up to this number took: the index knows it now.
    pub(crate) fn forget(&mut self, plan: u64) {
        let gone = |held: Held<'_>| held.marks.taken.get().is_some_and(|taken| taken <= plan);
        for slots in self.held.values_mut() {
            slots.retain(|held| !gone(held));
        }
        self.held.retain(|_, slots| !slots.is_empty());
        self.leave(plan);
        self.leave_said();
        self.days.retain(|_, legs| *legs > 0);
    }

    /// Of debts that plans up to this one took what is not held any more goes; with the last of it the debt.
    fn leave(&mut self, plan: u64) {
        let Self {
            held,
            debts,
            further,
            ..
        } = self;
        let is_here = |(region, number): &Place| {
            let slots = held.get(region);
            slots.is_some_and(|slots| slots.get(*number).is_some())
        };
        debts.retain(|debt, reports| {
            if reports.netted.get().is_none_or(|taken| taken > plan) {
                return true;
            }
            let others = further.get(debt).into_iter().flatten().copied();
            let mut stay = reports.places().chain(others).filter(is_here);
            let (first, second, rest) = (stay.next(), stay.next(), stay.collect::<Vec<_>>());
            if rest.is_empty() {
                further.remove(debt);
            } else {
                further.insert(*debt, rest);
            }
            if let Some(first) = first {
                reports.again(first, second);
            }
            first.is_some()
        });
    }
}
