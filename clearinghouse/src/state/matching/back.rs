//! What takes back: a reversal its settlement, a deduction its settlement too, as far as it is known of which it is, and the
//! end of a deduction that deduction. It is netted together with what it takes back, or after it, and never without: what
//! was not paid is not paid back.
//!
//! A deduction's leg does not say of which settlement it is. The region that owes it says so beside the leg, and its word alone
//! counts: it is the one that would pay back what it never got, and by keeping silent it could put off as much. What nobody
//! says so of goes without. Whether a plan took the original is looked up once, when a leg comes or agrees, and found again
//! with each plan. Where both report that a debt is taken back whole, nothing is owed of it any more, whatever else they say
//! of it.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Debt, Leg, LegKind, NumberedLeg, Side};
use huitong_core::region::RegionCode;

use super::held::Held;
use super::report::Earlier;
use super::waiting::Waiting;
use super::{Matching, Place, ready};

/// Up to which numbers and of which day, or without marks.
pub(super) type Within<'a> = (Option<&'a BTreeMap<RegionCode, u64>>, BusinessDay);

/// A leg with where it lies.
type At<'a> = (Place, Held<'a>);

/// What goes with what it takes back or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Backs {
    /// Reversals, ends of deductions, and deductions of which it is known of which settlement they are.
    All,
    /// All but deductions: as programs netted that did not know it.
    ButDeductions,
}

/// What a leg says that it takes back: a debt of the same two the other way round.
fn said_original(leg: &Leg) -> Option<(Debt, Pair)> {
    let kind = leg.kind.takes_back()?;
    Some(((leg.settlement, kind, leg.fund), turned(leg)))
}

/// The row of a leg's two regions the other way round.
fn turned(leg: &Leg) -> Pair {
    Pair {
        debtor: leg.creditor,
        creditor: leg.debtor,
        fund: leg.fund,
    }
}

impl Matching {
    /// Keeps of which settlement the deduction at a place is, before its leg is taken in: a leg that its region owes.
    pub(crate) fn say_of(&mut self, place: Place, settlement: SettlementId) {
        self.said_of.insert(place, settlement);
    }

    /// Of which settlement the deduction is that a region owes by the leg at this place, if it said so and the leg is here.
    pub(crate) fn said_of(&self, place: Place) -> Option<SettlementId> {
        self.said_of.get(&place).copied()
    }

    /// What the leg at the creditor's end takes back. A deduction takes its settlement back from when both agree on it.
    fn original(&self, held: Held<'_>) -> Option<(Debt, Pair)> {
        let leg = held.leg;
        let is_owed = leg.kind == LegKind::Deduction && held.side == Side::Receivable;
        if !is_owed {
            return said_original(leg);
        }
        let settlement = self.said_of(held.partner()?)?;
        let debt = (settlement, LegKind::Settlement, leg.fund);
        Some((debt, turned(leg)))
    }

    /// Notes a leg that takes another debt back.
    pub(super) fn note_back<E: Earlier + ?Sized>(
        &mut self,
        place: Place,
        numbered: &NumberedLeg,
        earlier: &E,
    ) -> Result<(), E::Fault> {
        let creditors = Some(&numbered.leg).filter(|_| numbered.side == Side::Receivable);
        match creditors.and_then(said_original) {
            Some(original) => self.wait_for(place, original, earlier),
            None => Ok(()),
        }
    }

    /// Notes a deduction that agrees now, by either of its legs, when it is known of which settlement it is.
    pub(super) fn note_deduction<E: Earlier + ?Sized>(
        &mut self,
        ends: [Place; 2],
        earlier: &E,
    ) -> Result<(), E::Fault> {
        for place in ends {
            let owed = self.at(place).filter(|held| {
                held.leg.kind == LegKind::Deduction && held.side == Side::Receivable
            });
            if let Some(original) = owed.and_then(|held| self.original(held)) {
                self.wait_for(place, original, earlier)?;
            }
        }
        Ok(())
    }

    /// Keeps that a leg goes with this debt or after it, and whether a plan took that.
    fn wait_for<E: Earlier + ?Sized>(
        &mut self,
        place: Place,
        (debt, pair): (Debt, Pair),
        earlier: &E,
    ) -> Result<(), E::Fault> {
        let is_taken =
            self.taken_by(debt, pair).is_some() || earlier.netted_between(debt, pair)?.is_some();
        self.backs.insert(place, is_taken);
        Ok(())
    }

    /// Of those that a plan left some may go from now on, since it took what they take back.
    pub(super) fn follow_backs(&mut self) {
        let after = self.backs.iter().filter_map(|(place, was_taken)| {
            let held = self.at(*place).filter(|held| !held.is_taken())?;
            let (debt, pair) = self.original(held)?;
            let is_taken = *was_taken || self.taken_by(debt, pair).is_some();
            Some((*place, is_taken))
        });
        self.backs = after.collect();
    }

    /// Of what is known of deductions that stays whose legs are still here.
    pub(super) fn leave_said(&mut self) {
        let mut said = std::mem::take(&mut self.said_of);
        said.retain(|place, _| self.at(*place).is_some());
        self.said_of = said;
    }

    /// Of the legs that agree, the creditor's places of those that a cycle leaves, since it does not take what they take
    /// back, or that waits itself.
    pub(crate) fn held_back(
        &self,
        within: Within<'_>,
        kept_out: &impl Fn(&Leg) -> bool,
        which: Backs,
    ) -> BTreeSet<Place> {
        let (marks, day) = within;
        let is_held = |place: &Place| {
            self.at(*place).is_some_and(|held| {
                ready(*place, held, marks, day).is_some()
                    && !self.goes_with((*place, held), within, kept_out, which)
            })
        };
        self.backs.keys().copied().filter(is_held).collect()
    }

    /// Whether no plan took what the leg at a place takes back, if it takes anything back.
    pub(super) fn waits_for_original(&self, place: Place) -> bool {
        self.backs.get(&place) == Some(&false)
    }

    /// Whether a leg takes nothing back, or what a plan took or what goes with a cycle itself.
    pub(super) fn original_goes(
        &self,
        leg: At<'_>,
        within: Within<'_>,
        kept_out: &impl Fn(&Leg) -> bool,
    ) -> bool {
        self.goes_with(leg, within, kept_out, Backs::All)
    }

    /// The same of what is looked at. It is asked of at most three: the end of a deduction, that deduction, its settlement,
    /// which takes nothing back.
    fn goes_with(
        &self,
        (place, held): At<'_>,
        within: Within<'_>,
        kept_out: &impl Fn(&Leg) -> bool,
        which: Backs,
    ) -> bool {
        let is_asked = which == Backs::All || held.leg.kind != LegKind::Deduction;
        let (marks, day) = within;
        !(is_asked && self.waits_for_original(place))
            || self.originals(held).any(|(place, found)| {
                ready(place, found, marks, day).is_some()
                    && !kept_out(found.leg)
                    && self.goes_with((place, found), within, kept_out, which)
            })
    }

    /// What was reported between these two of what a leg takes back.
    fn originals(&self, held: Held<'_>) -> impl Iterator<Item = At<'_>> {
        let original = self.original(held).into_iter();
        original.flat_map(|(debt, pair)| {
            let found = self.reported(debt);
            let found = found.filter_map(|place| Some((place, self.at(place)?)));
            found.filter(move |(_, held)| Pair::of(held.leg) == pair)
        })
    }

    /// Whether a leg waits for what is left out, be it that what it takes back waits for that.
    pub(super) fn waits_for_left_out(
        &self,
        (place, held): At<'_>,
        day: BusinessDay,
        kept_out: &impl Fn(&Leg) -> Option<Waiting>,
    ) -> bool {
        self.waits_for_original(place)
            && self.originals(held).any(|(place, found)| {
                let why = kept_out(found.leg);
                ready(place, found, None, day).is_some()
                    && (why == Some(Waiting::LeftOut)
                        || why.is_none() && self.waits_for_left_out((place, found), day, kept_out))
            })
    }

    /// Why a leg waits that agrees, and of which no plan took what it takes back; nothing when that goes now.
    pub(super) fn why_back(
        &self,
        leg: At<'_>,
        cut_off: BusinessDay,
        kept_out: &impl Fn(&Leg) -> Option<Waiting>,
    ) -> Option<Waiting> {
        let is_out = |leg: &Leg| kept_out(leg).is_some();
        if self.original_goes(leg, (None, cut_off), &is_out) {
            return None;
        }
        let (_, held) = leg;
        Some(if self.is_over(held.leg, kept_out) {
            Waiting::TakenBack
        } else {
            Waiting::OriginalNotNetted
        })
    }

    /// Whether a debt that no plan took is taken back whole, and both of its regions said so.
    pub(crate) fn is_taken_back(&self, leg: &Leg) -> bool {
        let by = match leg.kind {
            LegKind::Settlement => LegKind::Reversal,
            LegKind::Deduction => LegKind::DeductionEnd,
            LegKind::Reversal | LegKind::DeductionEnd | LegKind::Correction => return false,
        };
        let (debt, pair) = ((leg.settlement, by, leg.fund), turned(leg));
        !self.backs.is_empty()
            && self.reported(debt).any(|place| {
                self.waits_for_original(place)
                    && self.at(place).is_some_and(|back| {
                        Pair::of(back.leg) == pair && back.agrees() && self.takes_whole(back.leg)
                    })
            })
    }

    /// Whether nothing is to come of a leg that no plan took: it is of a debt that both took back, or takes it back, and no
    /// plan is to take that debt as it stands.
    pub(crate) fn is_over(&self, leg: &Leg, kept_out: &impl Fn(&Leg) -> Option<Waiting>) -> bool {
        let of = said_original(leg).unwrap_or_else(|| (leg.debt(), Pair::of(leg)));
        self.is_stuck(of, kept_out) && self.said(of).any(|said| self.is_taken_back(said))
    }

    /// Whether the two do not agree on a debt, or one of them attested it otherwise, or it waits for such a one.
    fn is_stuck(&self, of: (Debt, Pair), kept_out: &impl Fn(&Leg) -> Option<Waiting>) -> bool {
        let (debt, pair) = of;
        let is_out = |said| kept_out(said) == Some(Waiting::AttestedOtherwise);
        let waits_for = || {
            let places = self.reported(debt);
            let places = places.filter(|place| self.waits_for_original(*place));
            let held = places.filter_map(|place| self.at(place));
            let mut held = held.filter(|held| Pair::of(held.leg) == pair);
            held.find_map(|held| self.original(held))
        };
        !self.agrees(debt, pair)
            || self.said(of).any(is_out)
            || waits_for().is_some_and(|of| self.is_stuck(of, kept_out))
    }

    /// What was said of a debt between these two.
    fn said(&self, (debt, pair): (Debt, Pair)) -> impl Iterator<Item = &Leg> {
        self.of_debt(debt)
            .filter(move |said| Pair::of(said) == pair)
    }

    /// Whether it is as much as one of the two said of what it takes back.
    fn takes_whole(&self, back: &Leg) -> bool {
        let mut said = said_original(back).into_iter().flat_map(|of| self.said(of));
        said.any(|leg| leg.amount == back.amount)
    }

    /// Whether both of these two reported a debt alike, and no plan took it yet.
    pub(crate) fn agrees(&self, debt: Debt, pair: Pair) -> bool {
        let mut found = self.reported(debt).filter_map(|place| self.at(place));
        found.any(|held| Pair::of(held.leg) == pair && held.agrees())
    }
}
