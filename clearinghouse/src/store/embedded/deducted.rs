//! What a plan took of deductions and of their ends, read from the legs that it took, and held against its own sums.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_core::leg::{Leg, LegKind, Side};
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_netting::{Gross, NettingPlan, Window};

use super::proofs::Proofs;
use crate::store::StoreError;

/// How many debts, and what they come to.
pub(crate) type Sum = (u64, Fen);

/// What a row of a plan comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DeductedRow {
    pub(crate) deductions: Sum,
    pub(crate) ends: Sum,
    /// With all else that is owed in it.
    pub(crate) all: Sum,
}

impl DeductedRow {
    const NONE: Self = Self {
        deductions: (0, Fen::ZERO),
        ends: (0, Fen::ZERO),
        all: (0, Fen::ZERO),
    };
}

/// What a plan took of deductions.
#[derive(Debug)]
pub(crate) struct Deducted {
    pub(crate) plan: NettingPlan,
    /// The rows that have any.
    pub(crate) rows: BTreeMap<Pair, DeductedRow>,
    /// Their debts, by row and id.
    pub(crate) legs: Vec<Leg>,
    /// Whether any region stands in the plan whose rows these are.
    pub(crate) stands: bool,
    /// There are more debts of them than were to be kept.
    pub(crate) is_cut: bool,
}

impl Proofs {
    /// What the plan of a cycle took of deductions in the rows of these windows' regions, at most so many of them; none as
    /// long as it is not indexed. Every debt of the rows is added up, and each row must come to what the plan has.
    pub(crate) fn deducted(
        &self,
        day: BusinessDay,
        is_own: impl Fn(&Window) -> bool,
        at_most: usize,
    ) -> Result<Option<Deducted>, StoreError> {
        let Some(plan) = self.journaled.plan(day)? else {
            return Ok(None);
        };
        let parent = self
            .journaled
            .plan_by_number(plan.number().saturating_sub(1))?;
        let own: Vec<_> = plan.windows().iter().filter(|of| is_own(of)).collect();
        let regions: BTreeSet<_> = own.iter().map(|window| window.region).collect();
        let mut found = Found::default();
        for window in own {
            self.journaled
                .visit_taken(window, parent.as_ref(), &mut |_, numbered| {
                    // Each debt once: as its creditor reports it, where that stream is read.
                    let is_once = numbered.side == Side::Receivable
                        || !regions.contains(&numbered.leg.creditor);
                    if is_once {
                        found.add(numbered.leg, at_most)?;
                    }
                    Ok(())
                })?;
        }
        found.held_against(&plan, &regions)?;
        found
            .rows
            .retain(|_, row| row.deductions.0 > 0 || row.ends.0 > 0);
        found
            .legs
            .sort_by_key(|leg| (Pair::of(leg), leg.settlement, leg.kind));
        Ok(Some(Deducted {
            plan,
            rows: found.rows,
            legs: found.legs,
            stands: !regions.is_empty(),
            is_cut: found.is_cut,
        }))
    }
}

/// What is added up so far.
#[derive(Debug, Default)]
struct Found {
    rows: BTreeMap<Pair, DeductedRow>,
    legs: Vec<Leg>,
    is_cut: bool,
}

impl Found {
    fn add(&mut self, leg: Leg, at_most: usize) -> Result<(), StoreError> {
        let row = self.rows.entry(Pair::of(&leg));
        let row = row.or_insert(DeductedRow::NONE);
        let sums = match leg.kind {
            LegKind::Settlement | LegKind::Reversal | LegKind::Correction => None,
            LegKind::Deduction => Some(&mut row.deductions),
            LegKind::DeductionEnd => Some(&mut row.ends),
        };
        let is_such = sums.is_some();
        for sum in sums.into_iter().chain([&mut row.all]) {
            let amount = sum.1.checked_add(leg.amount);
            let amount = amount.map_err(|fault| StoreError::Foreign(fault.to_string()))?;
            *sum = (sum.0.saturating_add(1), amount);
        }
        if is_such && self.legs.len() < at_most {
            self.legs.push(leg);
        } else if is_such {
            self.is_cut = true;
        }
        Ok(())
    }

    /// Whether each row that one of these regions stands in comes to what the plan has.
    fn held_against(
        &self,
        plan: &NettingPlan,
        regions: &BTreeSet<RegionCode>,
    ) -> Result<(), StoreError> {
        let is_own = |gross: &&Gross| {
            [gross.debtor, gross.creditor]
                .iter()
                .any(|of| regions.contains(of))
        };
        let planned = plan.gross().iter().filter(is_own).map(|gross| {
            let pair = Pair {
                debtor: gross.debtor,
                creditor: gross.creditor,
                fund: gross.fund,
            };
            (pair, (gross.legs, gross.amount))
        });
        let planned: BTreeMap<_, _> = planned.collect();
        let found: BTreeMap<_, _> = self.rows.iter().map(|(of, row)| (*of, row.all)).collect();
        if planned == found {
            return Ok(());
        }
        let what = format!(
            "plan {} does not come to the rows of its debts",
            plan.number()
        );
        Err(StoreError::Foreign(what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::Condition;
    use crate::testing::{House, day, debt, payable, receivable, region};

    #[test]
    fn rows_that_are_not_the_plans_are_not_told() {
        let house = House::new(350);
        let legs = [debt(1, 2, 3, 1_000), debt(2, 2, 3, 7)];
        for (number, leg) in (1..).zip(&legs) {
            house.report(3, &[receivable(number, leg)]).unwrap();
            house.report(2, &[payable(number, leg)]).unwrap();
        }
        house.cut_off(1, Condition::Deadline(0)).unwrap();
        let plan = house.net(1).unwrap();
        let whose = BTreeSet::from([region(2)]);
        let held = |legs: &[Leg]| {
            let mut found = Found::default();
            for leg in legs {
                found.add(leg.clone(), 9).unwrap();
            }
            found.held_against(&plan, &whose)
        };
        held(&legs).unwrap();
        let mut other = legs.clone();
        other[1].amount = Fen::new(8).unwrap();
        let twice = [&legs[..], &legs[..1]].concat();
        for wrong in [&legs[..1], &other[..], &twice[..], &[]] {
            assert!(held(wrong).is_err(), "{wrong:?}");
        }
        assert!(
            house
                .proofs()
                .deducted(day(1), |_| true, 9)
                .unwrap()
                .is_some()
        );
    }
}
