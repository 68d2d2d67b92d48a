//! What takes back: a reversal its settlement, the end of a deduction that deduction. It is netted together with what it
//! takes back, or after it, and never without: what was not paid is not paid back.
//!
//! Whether a plan took the original is looked up once, when a leg comes, and found again with each plan. Where both report
//! that a debt is taken back whole, nothing is owed of it any more, whatever else they say of it. Deliberately absent: of
//! which settlement a deduction is, which its leg does not say.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_core::leg::{Debt, Leg, LegKind, NumberedLeg, Side};
use huitong_core::region::RegionCode;

use super::held::{Held, Number};
use super::report::Earlier;
use super::waiting::Waiting;
use super::{Matching, Place, ready};

/// Up to which numbers and of which day, or without marks.
pub(super) type Within<'a> = (Option<&'a BTreeMap<RegionCode, u64>>, BusinessDay);

/// What a leg takes back: a debt of the same two the other way round.
fn original(leg: &Leg) -> Option<(Debt, Pair)> {
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
    /// Notes a leg that takes another debt back.
    pub(super) fn note_back<E: Earlier + ?Sized>(
        &mut self,
        place: Place,
        numbered: &NumberedLeg,
        earlier: &E,
    ) -> Result<(), E::Fault> {
        let creditors = Some(&numbered.leg).filter(|_| numbered.side == Side::Receivable);
        let Some((debt, pair)) = creditors.and_then(original) else {
            return Ok(());
        };
        let is_taken =
            self.taken_by(debt, pair).is_some() || earlier.netted_between(debt, pair)?.is_some();
        self.backs.insert(place, is_taken);
        Ok(())
    }

    /// Of those that a plan left some may go from now on, since it took what they take back.
    pub(super) fn follow_backs(&mut self) {
        let after = self.backs.iter().filter_map(|(place, was_taken)| {
            let held = self.at(*place).filter(|held| held.taken == Number::NONE)?;
            let (debt, pair) = original(&held.leg)?;
            let is_taken = *was_taken || self.taken_by(debt, pair).is_some();
            Some((*place, is_taken))
        });
        self.backs = after.collect();
    }

    /// Of the legs that agree, the creditor's places of those that a cycle leaves, since it does not take what they take
    /// back.
    pub(crate) fn held_back(
        &self,
        within: Within<'_>,
        kept_out: &impl Fn(&Leg) -> bool,
    ) -> BTreeSet<Place> {
        let (marks, day) = within;
        let is_held = |place: &Place| {
            self.waits_for_original(*place)
                && self.at(*place).is_some_and(|held| {
                    ready(*place, held, marks, day).is_some()
                        && !self.original_goes(held, within, kept_out)
                })
        };
        self.backs.keys().copied().filter(is_held).collect()
    }

    /// Whether no plan took what the leg at a place takes back, if it takes anything back.
    pub(super) fn waits_for_original(&self, place: Place) -> bool {
        self.backs.get(&place) == Some(&false)
    }

    /// Whether what a leg takes back agrees and goes with a cycle.
    pub(super) fn original_goes(
        &self,
        held: &Held,
        within: Within<'_>,
        kept_out: &impl Fn(&Leg) -> bool,
    ) -> bool {
        original(&held.leg).is_none()
            || self.original_agrees(held, within, &|leg: &Leg| !kept_out(leg))
    }

    /// Whether a leg takes back what agrees, lies within these bounds and is such a leg.
    pub(super) fn original_agrees(
        &self,
        held: &Held,
        (marks, day): Within<'_>,
        is_such: &impl Fn(&Leg) -> bool,
    ) -> bool {
        let Some((debt, pair)) = original(&held.leg) else {
            return false;
        };
        self.reported(debt).any(|place| {
            self.at(place).is_some_and(|found| {
                Pair::of(&found.leg) == pair
                    && ready(place, found, marks, day).is_some()
                    && is_such(&found.leg)
            })
        })
    }

    /// Why a leg waits that agrees, and of which no plan took what it takes back; nothing when that goes now.
    pub(super) fn why_back(
        &self,
        held: &Held,
        cut_off: BusinessDay,
        kept_out: &impl Fn(&Leg) -> Option<Waiting>,
    ) -> Option<Waiting> {
        let is_out = |leg: &Leg| kept_out(leg).is_some();
        if self.original_goes(held, (None, cut_off), &is_out) {
            return None;
        }
        Some(if self.is_over(&held.leg, kept_out) {
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
                        Pair::of(&back.leg) == pair
                            && back.partner != Number::NONE
                            && self.takes_whole(&back.leg)
                    })
            })
    }

    /// Whether nothing is to come of a leg that no plan took: it is of a debt that both took back, or takes it back, and the
    /// two do not agree on that debt, or one of them attested it otherwise.
    pub(crate) fn is_over(&self, leg: &Leg, kept_out: &impl Fn(&Leg) -> Option<Waiting>) -> bool {
        let (debt, pair) = original(leg).unwrap_or_else(|| (leg.debt(), Pair::of(leg)));
        let said = || self.of_debt(debt).filter(|said| Pair::of(said) == pair);
        let is_out = |said| kept_out(said) == Some(Waiting::AttestedOtherwise);
        said().any(|said| self.is_taken_back(said))
            && (!self.agrees(debt, pair) || said().any(is_out))
    }

    /// Whether it is as much as one of the two said of what it takes back.
    fn takes_whole(&self, back: &Leg) -> bool {
        let Some((debt, pair)) = original(back) else {
            return false;
        };
        let mut said = self.of_debt(debt).filter(|leg| Pair::of(leg) == pair);
        said.any(|leg| leg.amount == back.amount)
    }

    /// Whether both of these two reported a debt alike, and no plan took it yet.
    pub(crate) fn agrees(&self, debt: Debt, pair: Pair) -> bool {
        let mut found = self.reported(debt).filter_map(|place| self.at(place));
        found.any(|held| Pair::of(&held.leg) == pair && held.partner != Number::NONE)
    }
}
