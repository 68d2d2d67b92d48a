//! Legs taken in: first they are put where they lie, then what each belongs to is looked up. In between nothing is decided.

use std::ops::RangeInclusive;

use huitong_core::checkpoint::row::Pair;
use huitong_core::leg::{Debt, LegKind, NumberedLeg};
use huitong_core::record::clearing::{DeductionOf, LegsTaken};
use huitong_core::region::RegionCode;

use super::Matching;
use super::debts::Sought;
use super::held::{Number, Reports};
use super::slots::Slots;

/// How many legs are joined at once: what is fetched for them stays near the processor until each is looked up.
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
    /// Takes in the legs of a report, with what their region said of which settlements deductions are. Whether an earlier
    /// plan took their debts is asked when that is not known here. Where it fails the legs are here and some belong to
    /// nothing: all of this is to be given up.
    pub(crate) fn take<E: Earlier + ?Sized>(
        &mut self,
        taken: LegsTaken,
        of: &[DeductionOf],
        earlier: &E,
    ) -> Result<(), E::Fault> {
        let LegsTaken { region, at, legs } = taken;
        for said in of {
            self.say_of((region, said.number), said.settlement);
        }
        for run in runs(legs) {
            let numbers = (run.first(), run.last());
            let (Some(first), Some(last)) = numbers else {
                continue;
            };
            let numbers = first.number..=last.number;
            let slots = self.held.entry(region).or_insert_with(Slots::new);
            slots.put(run, at);
            self.join_held(region, numbers, earlier)?;
        }
        Ok(())
    }

    /// Joins legs of a region that are held.
    fn join_held<E: Earlier + ?Sized>(
        &mut self,
        region: RegionCode,
        numbers: RangeInclusive<u64>,
        earlier: &E,
    ) -> Result<(), E::Fault> {
        let (mut next, mut near) = (*numbers.start(), Vec::new());
        while next <= *numbers.end() {
            // Copied, since those that they agree with are changed meanwhile; they are near the processor then.
            let held = self.held.get(&region).map(|slots| slots.run(next));
            near.clear();
            near.extend(held.unwrap_or_default().iter().take(AT_ONCE).cloned());
            let Some(last) = near.last().map(|numbered: &NumberedLeg| numbered.number) else {
                break;
            };
            self.join_together(region, &near, earlier)?;
            next = last.saturating_add(1);
        }
        Ok(())
    }

    /// Joins legs of a region that came together.
    fn join_together<E: Earlier + ?Sized>(
        &mut self,
        region: RegionCode,
        legs: &[NumberedLeg],
        earlier: &E,
    ) -> Result<(), E::Fault> {
        for of_day in legs.chunk_by(|one, next| one.leg.business_day == next.leg.business_day) {
            if let [first, ..] = of_day {
                let count = self.days.entry(first.leg.business_day).or_insert(0);
                *count = count.saturating_add(u64::try_from(of_day.len()).unwrap_or(u64::MAX));
            }
        }
        let asked = self
            .debts
            .ask(legs.iter().map(|numbered| numbered.leg.debt()));
        let netted = earlier.netted(&asked.unknown)?;
        self.debts.reserve(asked.unknown.len());
        for (numbered, sought) in legs.iter().zip(asked.each) {
            self.join((region, numbered, sought), &netted, earlier)?;
        }
        Ok(())
    }

    /// Joins a leg that is held to its debt, and to the leg that it agrees with, where there is one.
    fn join<E: Earlier + ?Sized>(
        &mut self,
        (region, numbered, sought): (RegionCode, &NumberedLeg, Sought),
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
        let Some(known) = self.debts.known_or((sought, debt), begin) else {
            return Ok(());
        };
        let before = *known;
        if !known.follow(place) {
            self.further.entry(debt).or_default().push(place);
        }
        let Some((partner, lies)) = self.partner_of(before, place, numbered) else {
            return Ok(());
        };
        let theirs = self.held.get_mut(&partner.0);
        if let Some(marks) = theirs.and_then(|of| of.marks_at(lies)) {
            marks.partner = Number::new(place.1);
        }
        if let Some(marks) = self.marks_mut(place) {
            marks.partner = Number::new(partner.1);
        }
        self.agreeing.begins(&numbered.leg);
        if numbered.leg.kind == LegKind::Deduction {
            self.note_deduction([partner, place], earlier)?;
        }
        Ok(())
    }
}

/// Legs in runs whose numbers follow on each other: nearly always all of them.
fn runs(legs: Vec<NumberedLeg>) -> Vec<Vec<NumberedLeg>> {
    let follows =
        |one: &NumberedLeg, next: &NumberedLeg| one.number.checked_add(1) == Some(next.number);
    if legs.is_sorted_by(follows) {
        return vec![legs];
    }
    legs.chunk_by(follows).map(<[_]>::to_vec).collect()
}
