//! Legs taken in: first they are put where they lie, then what each belongs to is looked up. In between nothing is decided.

use std::collections::hash_map::Entry;
use std::convert::Infallible;
use std::slice;

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::Timestamp;
use huitong_core::leg::{Debt, LegKind, NumberedLeg};
use huitong_core::record::clearing::{DeductionOf, LegsTaken};
use huitong_core::region::RegionCode;

use super::Matching;
use super::held::{Held, Number, Reports};
use super::slots::Slots;

/// How many legs are taken in at once: what is fetched for them stays near the processor until each is looked up.
const AT_ONCE: usize = 256;

/// What plans took that is not here any more.
pub(crate) trait Earlier {
    /// Why it cannot be looked up.
    type Fault;

    /// The plan that took what is called so, whoever owes it.
    fn netted(&self, debt: Debt) -> Result<Option<u64>, Self::Fault>;

    /// The plan that took a debt of these two.
    fn netted_between(&self, debt: Debt, pair: Pair) -> Result<Option<u64>, Self::Fault>;
}

impl Matching {
    /// Takes in the legs of a report, with what their region said of which settlements deductions are.
    pub(crate) fn take_report(
        &mut self,
        (taken, of): (&LegsTaken, &[DeductionOf]),
        earlier: &dyn Earlier<Fault = Infallible>,
    ) {
        for said in of {
            self.say_of((taken.region, said.number), said.settlement);
        }
        for some in taken.legs.chunks(AT_ONCE) {
            self.make_room(some);
            self.hold(taken.region, some, taken.at);
            for numbered in some {
                let Ok(()) = self.join(taken.region, numbered, earlier);
            }
        }
    }

    /// Takes in a leg. Whether an earlier plan took its debt is asked when that is not known here. Where it fails the leg is
    /// here and belongs to nothing: all of this is to be given up.
    pub(crate) fn take<E: Earlier + ?Sized>(
        &mut self,
        region: RegionCode,
        numbered: &NumberedLeg,
        since: Timestamp,
        earlier: &E,
    ) -> Result<(), E::Fault> {
        self.hold(region, slice::from_ref(numbered), since);
        self.join(region, numbered, earlier)
    }

    /// Makes room for what is not known of these legs. It does more: where a debt lies is as good as random and far from the
    /// processor, and what is asked for all together comes at the same time, not one after the other.
    fn make_room(&mut self, legs: &[NumberedLeg]) {
        let debts = legs.iter().map(|numbered| numbered.leg.debt());
        let unknown = debts.filter(|debt| !self.debts.contains_key(debt)).count();
        self.debts.reserve(unknown);
    }

    /// Puts legs where they lie, all in one go: between look-ups each would wait for them.
    fn hold(&mut self, region: RegionCode, legs: &[NumberedLeg], since: Timestamp) {
        let slots = self.held.entry(region).or_insert_with(Slots::new);
        let follows =
            |one: &NumberedLeg, next: &NumberedLeg| one.number.checked_add(1) == Some(next.number);
        for run in legs.chunk_by(follows) {
            if let [first, ..] = run {
                slots.put(first.number, run, &|numbered| Held::new(numbered, since));
            }
        }
        for numbered in legs {
            let count = self.days.entry(numbered.leg.business_day).or_insert(0);
            *count = count.saturating_add(1);
        }
    }

    /// Joins a leg that is held to its debt, and to the leg that it agrees with, where there is one.
    fn join<E: Earlier + ?Sized>(
        &mut self,
        region: RegionCode,
        numbered: &NumberedLeg,
        earlier: &E,
    ) -> Result<(), E::Fault> {
        let place = (region, numbered.number);
        self.note_back(place, numbered, earlier)?;
        let debt = numbered.leg.debt();
        let partner = match self.debts.entry(debt) {
            Entry::Vacant(free) => {
                free.insert(Reports::begun(place, earlier.netted(debt)?));
                None
            }
            Entry::Occupied(mut known) => {
                let before = *known.get();
                if !known.get_mut().follow(place) {
                    self.further.entry(debt).or_default().push(place);
                }
                self.partner_of(before, place, numbered)
            }
        };
        let Some(partner) = partner else {
            return Ok(());
        };
        for (one, other) in [(partner, place), (place, partner)] {
            if let Some(held) = self.at_mut(one) {
                held.partner = Number::new(other.1);
            }
        }
        self.agreeing.begins(&numbered.leg);
        if numbered.leg.kind == LegKind::Deduction {
            self.note_deduction([partner, place], earlier)?;
        }
        Ok(())
    }
}
