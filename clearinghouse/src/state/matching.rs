//! Matching: which of the legs that are held agree, and why the others wait.
//!
//! Two legs agree when they are of one debt (a settlement or its reversal, and a fund), the creditor's region
//! reported the one and the debtor's the other, and every field is equal. So no third region can agree to, or spoil, a debt of two
//! others, and no two others can: their legs have another debtor or creditor. A leg that is too large agrees with
//! none. The first pair of two regions that agrees stands; whatever else comes of them for the same debt is a
//! repetition and is never netted, nor is what a plan left or what comes later of a debt that it took, whoever calls it so.
//! What takes a debt back agrees like any other, and goes with that debt or after it ([`back`]).

mod agreeing;
mod back;
mod concerning;
mod debts;
mod held;
mod netted;
mod report;
mod slots;
mod standing;
mod steps;
mod waiting;

use std::collections::BTreeMap;

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Debt, Leg, NumberedLeg, Side};
use huitong_core::region::RegionCode;
use huitong_netting::AgreedLeg;

use self::agreeing::Agreeing;
pub(crate) use self::back::Backs;
use self::debts::Debts;
use self::held::{Held, Marks, Reports, other_end};
pub(crate) use self::report::{Earlier, TakenDebts};
use self::slots::{Lies, Slots};
pub(crate) use self::standing::Standing;
pub(crate) use self::steps::Ends;
pub(crate) use self::waiting::{NotTaken, Waiting, WaitingLeg};

/// A leg's place: whose stream, which number.
pub(crate) type Place = (RegionCode, u64);

/// The legs that are held and not yet gone with a plan.
#[derive(Debug, Clone)]
pub(crate) struct Matching {
    held: BTreeMap<RegionCode, Slots>,
    debts: Debts,
    /// What was reported of a debt after the first two legs.
    further: BTreeMap<Debt, Vec<Place>>,
    /// How many legs of each business day no plan has taken.
    days: BTreeMap<BusinessDay, u64>,
    agreeing: Agreeing,
    /// Where those lie that take another debt back, of the creditor's, and whether a plan took that one. They are few.
    backs: BTreeMap<Place, bool>,
    /// Of which settlement deductions are, by where the leg lies of the region that owes them and said so. They are few too.
    said_of: BTreeMap<Place, SettlementId>,
}

impl Matching {
    pub(crate) fn empty() -> Self {
        Self {
            held: BTreeMap::new(),
            debts: Debts::default(),
            further: BTreeMap::new(),
            days: BTreeMap::new(),
            agreeing: Agreeing::default(),
            backs: BTreeMap::new(),
            said_of: BTreeMap::new(),
        }
    }

    /// The leg at a place, when it is still here.
    pub(crate) fn leg(&self, place: Place) -> Option<NumberedLeg> {
        self.at(place).map(|held| held.numbered())
    }

    /// Whether the debt is known here, and then by which plan it was taken, if by one.
    fn debt(&self, debt: Debt) -> Option<Option<u64>> {
        self.debts.get(&debt).map(|reports| reports.netted.get())
    }

    /// What regions reported of a debt, while it is here.
    pub(crate) fn of_debt(&self, debt: Debt) -> impl Iterator<Item = &Leg> {
        let held = self.reported(debt).filter_map(|place| self.at(place));
        held.map(|held| held.leg)
    }

    /// The first leg that agrees of what was reported `known` of its debt, when none of the same two regions agreed before
    /// and no plan took the debt; and where it lies. What two others say of it is another debt, whatever they call it.
    fn partner_of(
        &self,
        known: Reports,
        place: Place,
        numbered: &NumberedLeg,
    ) -> Option<(Place, Lies)> {
        if known.netted.get().is_some() || numbered.leg.is_too_large() {
            return None;
        }
        let further = self.further.get(&numbered.leg.debt());
        let others = known.places().chain(further.into_iter().flatten().copied());
        let mut first = None;
        for other in others.filter(|other| *other != place) {
            let theirs = self.held.get(&other.0).and_then(|of| of.find(other.1));
            let of_the_two = |held: &Held<'_>| between(held.leg) == between(&numbered.leg);
            let Some((lies, held)) = theirs.filter(|(_, held)| of_the_two(held)) else {
                continue;
            };
            if held.agrees() {
                return None;
            }
            let agrees = held.side != numbered.side
                && *held.leg == numbered.leg
                && other_end(held.side, held.leg) == place.0
                && other_end(numbered.side, &numbered.leg) == other.0;
            if agrees {
                first = first.or(Some((other, lies)));
            }
        }
        first
    }

    /// The places of all legs of a debt that are here, in the order they came.
    fn reported(&self, debt: Debt) -> impl Iterator<Item = Place> {
        let first = self.debts.get(&debt).copied().into_iter();
        let further = self.further.get(&debt).into_iter().flatten().copied();
        first.flat_map(Reports::places).chain(further)
    }

    fn at(&self, (region, number): Place) -> Option<Held<'_>> {
        self.held.get(&region)?.get(number)
    }

    fn marks_mut(&mut self, (region, number): Place) -> Option<&mut Marks> {
        self.held.get_mut(&region)?.marks_mut(number)
    }

    /// All that is held, ascending by place.
    fn all(&self) -> impl Iterator<Item = (Place, Held<'_>)> {
        self.held.iter().flat_map(|(region, slots)| {
            let of_region = slots.iter();
            of_region.map(move |held| ((*region, held.number()), held))
        })
    }

    /// The agreeing legs inside the marks, of this day or an earlier one, that no plan has taken.
    pub(crate) fn agreed(
        &self,
        marks: &BTreeMap<RegionCode, u64>,
        day: BusinessDay,
    ) -> Vec<AgreedLeg> {
        let agreed = self.all().filter_map(|(place, held)| {
            let partner = ready(place, held, Some(marks), day)?;
            Some(AgreedLeg::new(place.1, partner.1, held.leg))
        });
        // Nearly every debt agrees once its day is cut off: room is made once.
        let mut legs = Vec::with_capacity(self.debts.len());
        legs.extend(agreed);
        legs
    }

    /// The same legs as they were reported, each with its number in the creditor's stream and in the debtor's.
    pub(crate) fn agreed_legs<'a>(
        &'a self,
        marks: &'a BTreeMap<RegionCode, u64>,
        day: BusinessDay,
    ) -> impl Iterator<Item = (&'a Leg, [u64; 2])> {
        self.all().filter_map(move |(place, held)| {
            let partner = ready(place, held, Some(marks), day)?;
            Some((held.leg, [place.1, partner.1]))
        })
    }

    /// The first of these legs that is of a debt and whose it is to be: others may call theirs the same.
    pub(crate) fn agreed_leg(
        &self,
        debt: Debt,
        is_whose: impl Fn(Pair) -> bool,
        marks: &BTreeMap<RegionCode, u64>,
        day: BusinessDay,
    ) -> Option<&Leg> {
        let mut found = self.reported(debt).filter_map(|place| {
            let held = self.at(place)?;
            ready(place, held, Some(marks), day).map(|_| held.leg)
        });
        found.find(|leg| is_whose(Pair::of(leg)))
    }

    /// The legs of one region that do not agree, of this day or an earlier one, ascending by number.
    pub(crate) fn waiting_of(
        &self,
        region: RegionCode,
        day: BusinessDay,
    ) -> impl Iterator<Item = WaitingLeg> {
        let slots = self.held.get(&region).into_iter();
        let alone = slots
            .flat_map(Slots::iter)
            .filter(move |held| !held.agrees() && held.leg.business_day <= day);
        alone.map(move |held| {
            let place = (region, held.number());
            waits(place.0, held, self.why(place, held))
        })
    }

    /// What the other side reported of a leg's debt: what it agrees with, or the first that it does not.
    pub(crate) fn other_side(&self, place: Place) -> Option<(RegionCode, NumberedLeg)> {
        let held = self.at(place)?;
        let places = held.partner().into_iter();
        let mut others = places
            .chain(self.reported(held.leg.debt()))
            .filter_map(|other| Some((other, self.at(other)?)));
        let (other, found) = others.find(|other| is_other_side(*other, held))?;
        Some((other.0, found.numbered()))
    }

    /// Whether a leg repeats nothing of what is held between its two regions.
    pub(crate) fn is_first(&self, place: Place) -> bool {
        self.at(place)
            .is_some_and(|held| !self.repeats(place, held))
    }

    /// Whether its two regions agreed on its id already, or the one that reported it had done so before. What is between two
    /// others, whatever they call it, is no debt of these.
    fn repeats(&self, place: Place, held: Held<'_>) -> bool {
        let mut others = self.others(place, held.leg.debt());
        others.any(|(other, report)| {
            let is_same = between(report.leg) == between(held.leg);
            let is_before = other.0 == place.0 && other.1 < place.1 && report.side == held.side;
            is_same && (report.agrees() || is_before)
        })
    }

    /// What else was reported of a debt than the leg at a place.
    fn others(&self, place: Place, debt: Debt) -> impl Iterator<Item = (Place, Held<'_>)> {
        let places = self.reported(debt).filter(move |other| *other != place);
        places.filter_map(|other| self.at(other).map(|held| (other, held)))
    }

    fn why(&self, place: Place, held: Held<'_>) -> Waiting {
        if held.leg.is_too_large() {
            return Waiting::TooLarge;
        }
        let debt = held.leg.debt();
        if self.repeats(place, held) {
            return Waiting::Repeated;
        }
        if self.is_taken_back(held.leg) {
            return Waiting::TakenBack;
        }
        if self.debt(debt).flatten().is_some() {
            return Waiting::Repeated;
        }
        self.others(place, debt)
            .filter(|other| is_other_side(*other, held))
            .find_map(|(_, report)| held.leg.first_difference(report.leg))
            .map_or(Waiting::CounterpartMissing, Waiting::Differs)
    }

    /// Why a leg that agrees was taken by no plan although its day was cut off; only of the creditor's of each two.
    fn why_late(
        &self,
        place: Place,
        held: Held<'_>,
        (cut_off, marks): steps::CutOff<'_>,
        kept_out: &impl Fn(&Leg) -> Option<Waiting>,
    ) -> Option<Waiting> {
        ready(place, held, None, cut_off)?;
        if let Some(why) = kept_out(held.leg) {
            // What is left out goes with the next cycle.
            let over = why == Waiting::AttestedOtherwise && self.is_over(held.leg, kept_out);
            return Some(if over { Waiting::TakenBack } else { why });
        }
        let goes = |marks| ready(place, held, marks, cut_off).is_some();
        if self.waits_for_original(place) {
            // So does what takes it back.
            if self.waits_for_left_out((place, held), cut_off, kept_out) {
                return Some(Waiting::LeftOut);
            }
            if let Some(why) = self.why_back((place, held), cut_off, kept_out) {
                return Some(why);
            }
            let is_out = |leg: &Leg| kept_out(leg).is_some();
            let with_it = marks.is_some() && goes(marks);
            let with_it = with_it && self.original_goes((place, held), (marks, cut_off), &is_out);
            return (!with_it).then_some(Waiting::Late);
        }
        (!(marks.is_some() && goes(marks))).then_some(Waiting::Late)
    }

    /// The business days of the legs that no plan has taken, ascending.
    pub(crate) fn days(&self) -> impl Iterator<Item = BusinessDay> + '_ {
        self.days
            .iter()
            .filter(|(_, legs)| **legs > 0)
            .map(|(day, _)| *day)
    }
}

/// The other leg, of one that agrees, lies with it inside the marks, where given, is of no later day and went with no
/// plan; only of the creditor's of each two.
fn ready(
    place: Place,
    held: Held<'_>,
    marks: Option<&BTreeMap<RegionCode, u64>>,
    day: BusinessDay,
) -> Option<Place> {
    let partner = held.partner()?;
    let is_ready = held.side == Side::Receivable
        && !held.is_taken()
        && held.leg.business_day <= day
        && within(marks, &place)
        && within(marks, &partner);
    is_ready.then_some(partner)
}

/// Whether the region that is to report a leg's debt too has reported this of it.
fn is_other_side((place, other): (Place, Held<'_>), held: Held<'_>) -> bool {
    other.side != held.side && place.0 == other_end(held.side, held.leg)
}

/// The two regions of a leg, whoever of them owes.
fn between(leg: &Leg) -> (RegionCode, RegionCode) {
    let (debtor, creditor) = (leg.debtor, leg.creditor);
    (debtor.min(creditor), debtor.max(creditor))
}

fn waits(region: RegionCode, held: Held<'_>, why: Waiting) -> WaitingLeg {
    WaitingLeg {
        region,
        numbered: held.numbered(),
        since: held.since(),
        why,
    }
}

fn within(marks: Option<&BTreeMap<RegionCode, u64>>, place: &Place) -> bool {
    marks.is_none_or(|marks| marks.get(&place.0).is_some_and(|mark| place.1 <= *mark))
}

#[cfg(test)]
mod tests;
