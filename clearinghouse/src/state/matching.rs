//! Matching: which of the legs that are held agree, and why the others wait.
//!
//! Two legs agree when they are of one debt (a settlement or its reversal, and a fund), the creditor's region
//! reported the one and the debtor's the other, and every field is equal. So no third region can agree to, or spoil, a debt of two
//! others: its legs have another debtor or creditor and wait. The first pair that agrees stands; whatever
//! else comes for the same debt is a repetition and is never netted.

use std::collections::BTreeMap;
use std::fmt;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::leg::{Debt, Leg, NumberedLeg, Side};
use huitong_core::region::RegionCode;
use huitong_netting::{AgreedLeg, NettingPlan};

/// A leg's place: whose stream, which number.
pub(crate) type Place = (RegionCode, u64);

/// A leg that no plan in the index has taken.
#[derive(Debug, Clone)]
struct Held {
    numbered: NumberedLeg,
    since: Timestamp,
    partner: Option<Place>,
    taken: Option<u64>,
}

/// All legs of one debt, in the order they came.
#[derive(Debug, Clone)]
struct Reports {
    places: Vec<Place>,
    /// The plan that took the debt, once one has.
    netted: Option<u64>,
}

/// Why a leg is not netted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Waiting {
    /// The other region has not reported it.
    CounterpartMissing,
    /// The other region reported it with another field: the first that differs.
    Differs(Field),
    /// The debt agreed already, or the region reported it before.
    Repeated,
    /// It agrees, and came after its day was cut off.
    Late,
}

/// A field of a leg in which two reports can differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    /// The debtor.
    Debtor,
    /// The creditor.
    Creditor,
    /// The amount.
    Amount,
    /// The business day.
    BusinessDay,
    /// The receipt's digest.
    Receipt,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Debtor => "debtor",
            Self::Creditor => "creditor",
            Self::Amount => "amount",
            Self::BusinessDay => "business_day",
            Self::Receipt => "receipt",
        })
    }
}

/// A leg that waits.
#[derive(Debug, Clone)]
pub(crate) struct WaitingLeg {
    pub(crate) region: RegionCode,
    pub(crate) numbered: NumberedLeg,
    pub(crate) since: Timestamp,
    pub(crate) why: Waiting,
}

/// The legs that are held and not yet gone with a plan.
#[derive(Debug, Clone)]
pub(crate) struct Matching {
    held: BTreeMap<Place, Held>,
    debts: BTreeMap<Debt, Reports>,
    /// How many legs of each business day no plan has taken.
    days: BTreeMap<BusinessDay, u64>,
}

impl Matching {
    pub(crate) const fn empty() -> Self {
        Self {
            held: BTreeMap::new(),
            debts: BTreeMap::new(),
            days: BTreeMap::new(),
        }
    }

    /// The leg at a place, when it is still here.
    pub(crate) fn leg(&self, place: Place) -> Option<&NumberedLeg> {
        self.held.get(&place).map(|held| &held.numbered)
    }

    /// Whether the debt is known here, and then by which plan it was taken, if by one.
    pub(crate) fn debt(&self, debt: Debt) -> Option<Option<u64>> {
        self.debts.get(&debt).map(|reports| reports.netted)
    }

    /// Takes in a leg. `netted` is the plan that took its debt earlier, if one did.
    pub(crate) fn take(
        &mut self,
        region: RegionCode,
        numbered: NumberedLeg,
        since: Timestamp,
        netted: Option<u64>,
    ) {
        let place = (region, numbered.number);
        let debt = numbered.leg.debt();
        let reports = self.debts.entry(debt).or_insert_with(|| Reports {
            places: Vec::new(),
            netted,
        });
        let agreed = |place: &Place| {
            self.held
                .get(place)
                .is_some_and(|held| held.partner.is_some())
        };
        let settled = reports.netted.is_some() || reports.places.iter().any(agreed);
        let partner = reports.places.iter().copied().find(|other| {
            !settled
                && self
                    .held
                    .get(other)
                    .is_some_and(|held| agree(&held.numbered, &numbered))
        });
        reports.places.push(place);
        if let Some(other) = partner.and_then(|other| self.held.get_mut(&other)) {
            other.partner = Some(place);
        }
        let count = self.days.entry(numbered.leg.business_day).or_insert(0);
        *count = count.saturating_add(1);
        self.held.insert(
            place,
            Held {
                numbered,
                since,
                partner,
                taken: None,
            },
        );
    }

    /// The agreeing legs inside the marks, of this day or an earlier one, that no plan has taken.
    pub(crate) fn agreed(
        &self,
        marks: &BTreeMap<RegionCode, u64>,
        day: BusinessDay,
    ) -> Vec<AgreedLeg> {
        let inside = |place: &Place| marks.get(&place.0).is_some_and(|mark| place.1 <= *mark);
        let agreed = self.held.iter().filter_map(|(place, held)| {
            let partner = held
                .partner
                .filter(|_| held.numbered.side == Side::Receivable)?;
            let fits = inside(place) && inside(&partner) && held.numbered.leg.business_day <= day;
            (fits && held.taken.is_none()).then(|| AgreedLeg {
                receivable: place.1,
                payable: partner.1,
                leg: held.numbered.leg.clone(),
            })
        });
        agreed.collect()
    }

    /// How many debts agree that lie inside the marks, are of no later day and went with no plan; without
    /// marks, how many of those held.
    pub(crate) fn count_agreed(
        &self,
        marks: Option<&BTreeMap<RegionCode, u64>>,
        day: BusinessDay,
    ) -> u64 {
        let inside = |place: &Place| within(marks, place);
        let agreed = self.held.iter().filter(|(place, held)| {
            held.numbered.side == Side::Receivable
                && held.taken.is_none()
                && held.numbered.leg.business_day <= day
                && held
                    .partner
                    .is_some_and(|partner| inside(place) && inside(&partner))
        });
        u64::try_from(agreed.count()).unwrap_or(u64::MAX)
    }

    /// The legs that do not agree, of this day or an earlier one and inside the marks, where given.
    pub(crate) fn waiting<'a>(
        &'a self,
        marks: Option<&'a BTreeMap<RegionCode, u64>>,
        day: BusinessDay,
    ) -> impl Iterator<Item = WaitingLeg> + 'a {
        let alone = self.held.iter().filter(move |(place, held)| {
            held.partner.is_none() && held.numbered.leg.business_day <= day && within(marks, place)
        });
        alone.map(|(place, held)| WaitingLeg {
            region: place.0,
            numbered: held.numbered.clone(),
            since: held.since,
            why: self.why(*place, held),
        })
    }

    /// The legs that agree and that no plan took although their day was cut off; the creditor's of each two. Those
    /// inside the marks of a cycle that is yet to be netted go with it, and are not late.
    pub(crate) fn late<'a>(
        &'a self,
        cut_off: BusinessDay,
        marks: Option<&'a BTreeMap<RegionCode, u64>>,
    ) -> impl Iterator<Item = WaitingLeg> + 'a {
        let inside = move |place: &Place| marks.is_some() && within(marks, place);
        let late = self.held.iter().filter(move |(place, held)| {
            held.partner
                .is_some_and(|partner| !(inside(place) && inside(&partner)))
                && held.taken.is_none()
                && held.numbered.side == Side::Receivable
                && held.numbered.leg.business_day <= cut_off
        });
        late.map(|(place, held)| WaitingLeg {
            region: place.0,
            numbered: held.numbered.clone(),
            since: held.since,
            why: Waiting::Late,
        })
    }

    /// What the other side reported of a leg's debt: what it agrees with, or the first that it does not.
    pub(crate) fn other_side(&self, place: Place) -> Option<(RegionCode, &NumberedLeg)> {
        let held = self.held.get(&place)?;
        let reports = self.debts.get(&held.numbered.leg.debt())?;
        let places = held.partner.iter().chain(&reports.places);
        let mut others =
            places.filter_map(|other| Some((other.0, &self.held.get(other)?.numbered)));
        others.find(|(_, numbered)| numbered.side != held.numbered.side)
    }

    fn why(&self, place: Place, held: &Held) -> Waiting {
        let Some(reports) = self.debts.get(&held.numbered.leg.debt()) else {
            return Waiting::CounterpartMissing;
        };
        let others = || {
            reports
                .places
                .iter()
                .filter(|other| **other != place)
                .filter_map(|other| self.held.get(other).map(|held| (*other, held)))
        };
        let repeated = reports.netted.is_some()
            || others().any(|(other, report)| {
                report.partner.is_some()
                    || (other.0 == place.0
                        && other.1 < place.1
                        && report.numbered.side == held.numbered.side)
            });
        if repeated {
            return Waiting::Repeated;
        }
        others()
            .filter(|(_, report)| report.numbered.side != held.numbered.side)
            .find_map(|(_, report)| first_difference(&held.numbered.leg, &report.numbered.leg))
            .map_or(Waiting::CounterpartMissing, Waiting::Differs)
    }

    /// The business days of the legs that no plan has taken, ascending.
    pub(crate) fn days(&self) -> impl Iterator<Item = BusinessDay> + '_ {
        self.days
            .iter()
            .filter(|(_, legs)| **legs > 0)
            .map(|(day, _)| *day)
    }

    /// Marks what a plan took: every leg up to its marks that it does not carry.
    pub(crate) fn net(&mut self, plan: &NettingPlan) {
        for (place, held) in &mut self.held {
            let window = plan.window(place.0);
            let takes = window
                .is_some_and(|window| place.1 <= window.to && !window.carried.contains(place.1));
            if !takes || held.taken.is_some() {
                continue;
            }
            held.taken = Some(plan.number());
            if let Some(count) = self.days.get_mut(&held.numbered.leg.business_day) {
                *count = count.saturating_sub(1);
            }
            let debt = held.numbered.leg.debt();
            if let Some(reports) = self.debts.get_mut(&debt) {
                reports.netted = Some(plan.number());
            }
        }
    }

    /// The legs that a plan took, the creditor's of each two, while they are here: all of them or none.
    pub(crate) fn taken(&self, plan: u64) -> impl Iterator<Item = &Leg> {
        let taken = self
            .held
            .values()
            .filter(move |held| held.taken == Some(plan) && held.numbered.side == Side::Receivable);
        taken.map(|held| &held.numbered.leg)
    }

    /// Lets go of what plans up to this number took: the index knows it now.
    pub(crate) fn forget(&mut self, plan: u64) {
        let gone = |held: &Held| held.taken.is_some_and(|taken| taken <= plan);
        let debts = &mut self.debts;
        self.held.retain(|place, held| {
            if !gone(held) {
                return true;
            }
            let debt = held.numbered.leg.debt();
            if let Some(reports) = debts.get_mut(&debt) {
                reports.places.retain(|other| other != place);
                if reports.places.is_empty() {
                    debts.remove(&debt);
                }
            }
            false
        });
        self.days.retain(|_, legs| *legs > 0);
    }
}

fn within(marks: Option<&BTreeMap<RegionCode, u64>>, place: &Place) -> bool {
    marks.is_none_or(|marks| marks.get(&place.0).is_some_and(|mark| place.1 <= *mark))
}

fn agree(one: &NumberedLeg, other: &NumberedLeg) -> bool {
    one.side != other.side && one.leg == other.leg
}

/// The first field in which two legs of one debt differ.
fn first_difference(one: &Leg, other: &Leg) -> Option<Field> {
    [
        (Field::Debtor, one.debtor == other.debtor),
        (Field::Creditor, one.creditor == other.creditor),
        (Field::Amount, one.amount == other.amount),
        (Field::BusinessDay, one.business_day == other.business_day),
        (Field::Receipt, one.receipt == other.receipt),
    ]
    .into_iter()
    .find_map(|(field, same)| (!same).then_some(field))
}

#[cfg(test)]
mod tests;
