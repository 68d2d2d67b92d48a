//! Legs taken in: first they are put where they lie, then what each belongs to is looked up. In between nothing is decided.

use std::convert::Infallible;
use std::slice;

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::Timestamp;
use huitong_core::leg::{Debt, LegKind, NumberedLeg};
use huitong_core::record::clearing::{DeductionOf, LegsTaken};
use huitong_core::region::RegionCode;

use super::Matching;
use super::debts::Hash;
use super::held::{Held, Number, Reports};
use super::slots::Slots;

/// How many legs are taken in at once: what is fetched for them stays near the processor until each is looked up.
const AT_ONCE: usize = 256;

/// Debts with the plans that took them.
pub(crate) type TakenDebts = Vec<(Debt, u64)>;

/// What plans took that is not here any more.
pub(crate) trait Earlier {
    /// Why it cannot be looked up.
    type Fault;

    /// Which of what is called so plans took, whoever owes it, and the plans.
    fn netted(&self, debts: &[Debt]) -> Result<TakenDebts, Self::Fault>;

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
            let Ok(()) = self.take_together((taken.region, some), taken.at, earlier);
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
        let debt = numbered.leg.debt();
        let hash = self.debts.hash(&debt);
        let netted = match self.debts.get(&debt) {
            Some(_) => TakenDebts::new(),
            None => earlier.netted(slice::from_ref(&debt))?,
        };
        self.hold(region, slice::from_ref(numbered), since);
        self.join((region, numbered, hash), &netted, earlier)
    }

    /// Takes in legs of a region that came together.
    fn take_together<E: Earlier + ?Sized>(
        &mut self,
        (region, legs): (RegionCode, &[NumberedLeg]),
        since: Timestamp,
        earlier: &E,
    ) -> Result<(), E::Fault> {
        let asked = self
            .debts
            .ask(legs.iter().map(|numbered| numbered.leg.debt()));
        let netted = earlier.netted(&asked.unknown)?;
        self.debts.reserve(asked.unknown.len());
        self.hold(region, legs, since);
        for (numbered, hash) in legs.iter().zip(asked.hashes) {
            self.join((region, numbered, hash), &netted, earlier)?;
        }
        Ok(())
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
        for of_day in legs.chunk_by(|one, next| one.leg.business_day == next.leg.business_day) {
            if let [first, ..] = of_day {
                let count = self.days.entry(first.leg.business_day).or_insert(0);
                *count = count.saturating_add(u64::try_from(of_day.len()).unwrap_or(u64::MAX));
            }
        }
    }

    /// Joins a leg that is held to its debt, and to the leg that it agrees with, where there is one.
    fn join<E: Earlier + ?Sized>(
        &mut self,
        (region, numbered, hash): (RegionCode, &NumberedLeg, Hash),
        netted: &TakenDebts,
        earlier: &E,
    ) -> Result<(), E::Fault> {
        let place = (region, numbered.number);
        self.note_back(place, numbered, earlier)?;
        let debt = numbered.leg.debt();
        let begin = || {
            let netted = netted.iter().find(|(taken, _)| *taken == debt);
            Reports::begun(place, netted.map(|(_, plan)| *plan))
        };
        let Some(known) = self.debts.known_or((hash, debt), begin) else {
            return Ok(());
        };
        let before = *known;
        if !known.follow(place) {
            self.further.entry(debt).or_default().push(place);
        }
        let Some(partner) = self.partner_of(before, place, numbered) else {
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
