//! Which debts each cycle had to take: those that both regions report alike inside both marks, and of which neither region
//! attested something else without attesting them since as they are held. What takes back goes with what it takes back, or after
//! it; a deduction with the settlement that its debtor named.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::checkpoint::row::Pair;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Debt, Leg, LegKind, NumberedLeg, Side};
use huitong_core::region::RegionCode;

use crate::evidence::{Evidence, Said};

/// What each cycle had to take.
#[derive(Default)]
pub(super) struct Matched<'a> {
    pub(super) of_cycles: Vec<Vec<&'a Leg>>,
    /// What each cycle had to leave out because of what a region attested.
    pub(super) kept_out: Vec<BTreeSet<Debt>>,
    /// Debts that both reported alike, and that no cycle took.
    pub(super) left: Vec<Debt>,
    pub(super) repeated: usize,
    /// Debts that a cycle left since it did not take what they take back, counted in each that left them.
    pub(super) held_back: usize,
    /// How many of these are deductions.
    pub(super) deductions_held_back: usize,
}

/// What one region says of a debt, and what the other says.
#[derive(Default)]
struct Sides<'a> {
    receivable: Vec<&'a Leg>,
    payable: Vec<&'a Leg>,
    is_netted: bool,
}

impl<'a> Sides<'a> {
    fn hears(&mut self, numbered: &'a NumberedLeg) {
        match numbered.side {
            Side::Receivable => self.receivable.push(&numbered.leg),
            Side::Payable => self.payable.push(&numbered.leg),
        }
    }

    /// What both say alike.
    fn agreed(&self) -> Option<&'a Leg> {
        let same = |leg: &&&Leg| self.payable.contains(leg);
        self.receivable.iter().find(same).copied()
    }
}

/// What regions have otherwise, by row: in which debts, when they told.
#[derive(Default)]
struct Otherwise(BTreeMap<(RegionCode, Pair), Option<BTreeSet<Debt>>>);

impl Otherwise {
    /// A region's word stands for the rows that it names, until its next word on them.
    fn hears(&mut self, region: RegionCode, said: &Said) {
        for pair in &said.rows {
            self.0.remove(&(region, *pair));
        }
        for (pair, debts) in &said.otherwise {
            // A region whose book only has more keeps nothing out.
            if debts.as_ref().is_some_and(BTreeSet::is_empty) {
                self.0.remove(&(region, *pair));
            } else {
                self.0.insert((region, *pair), debts.clone());
            }
        }
    }

    fn keeps_out(&self, leg: &Leg) -> bool {
        [leg.debtor, leg.creditor].into_iter().any(|region| {
            let told = self.0.get(&(region, Pair::of(leg)));
            told.is_some_and(|debts| {
                debts
                    .as_ref()
                    .is_none_or(|debts| debts.contains(&leg.debt()))
            })
        })
    }
}

/// All that regions have told so far.
#[derive(Default)]
struct Told<'a> {
    debts: BTreeMap<Debt, Sides<'a>>,
    /// Of which settlement a deduction is, as its debtor says.
    settlement_of: BTreeMap<Debt, SettlementId>,
}

impl<'a> Told<'a> {
    /// What a debt takes back, if it does.
    fn original(&self, debt: &Debt) -> Option<Debt> {
        match debt.1.takes_back() {
            Some(kind) => Some((debt.0, kind, debt.2)),
            None => {
                let settlement = self.settlement_of.get(debt)?;
                Some((*settlement, LegKind::Settlement, debt.2))
            }
        }
    }

    /// Whether a debt takes back what neither was netted nor goes now.
    fn is_alone(&self, debt: &Debt, leg: &Leg, goes: &BTreeMap<Debt, &Leg>) -> bool {
        // A debt of the same two, the other way round.
        let is_between_them = |of: &Leg| (of.debtor, of.creditor) == (leg.creditor, leg.debtor);
        self.original(debt).is_some_and(|of| {
            let netted = self.debts.get(&of).filter(|sides| sides.is_netted);
            let netted = netted.and_then(Sides::agreed);
            let goes = goes.get(&of).copied();
            !netted.into_iter().chain(goes).any(is_between_them)
        })
    }

    /// Holds back what takes back what is held back, and says what that is.
    fn hold_back(&self, goes: &mut BTreeMap<Debt, &'a Leg>) -> BTreeSet<Debt> {
        let mut held_back = BTreeSet::new();
        loop {
            let alone = goes
                .iter()
                .filter(|(debt, leg)| self.is_alone(debt, leg, goes));
            let alone: BTreeSet<Debt> = alone.map(|(debt, _)| *debt).collect();
            if alone.is_empty() {
                return held_back;
            }
            goes.retain(|debt, _| !alone.contains(debt));
            held_back.extend(alone);
        }
    }
}

/// Goes through all streams, mark by mark.
pub(super) fn matched(evidence: &Evidence) -> Matched<'_> {
    let mut found = Matched::default();
    let mut told = Told::default();
    let mut otherwise = Otherwise::default();
    let mut read: BTreeMap<RegionCode, u64> = BTreeMap::new();
    let mut held_back: BTreeSet<Debt> = BTreeSet::new();
    for cycle in &evidence.cycles {
        let mut open = found.kept_out.last().cloned().unwrap_or_default();
        open.append(&mut held_back);
        for (region, stream) in &evidence.streams {
            let mark = cycle.marks.get(region).copied().unwrap_or(0);
            let from = read.insert(*region, mark).unwrap_or(0);
            let new = stream
                .iter()
                .filter(|numbered| (from + 1..=mark).contains(&numbered.number));
            for numbered in new {
                let sides = told.debts.entry(numbered.leg.debt()).or_default();
                found.repeated += usize::from(sides.is_netted);
                sides.hears(numbered);
                open.insert(numbered.leg.debt());
                let said = evidence.said.get(&(*region, numbered.number));
                let said = said.map(|of| (numbered.leg.debt(), *of));
                told.settlement_of.extend(said);
            }
        }
        for (region, said) in &cycle.said {
            otherwise.hears(*region, said);
        }
        let (mut goes, mut kept_out) = (BTreeMap::new(), BTreeSet::new());
        for debt in open {
            let sides = &told.debts[&debt];
            let Some(leg) = sides.agreed().filter(|_| !sides.is_netted) else {
                continue;
            };
            if otherwise.keeps_out(leg) {
                kept_out.insert(debt);
            } else {
                goes.insert(debt, leg);
            }
        }
        held_back = told.hold_back(&mut goes);
        found.held_back += held_back.len();
        let deductions = held_back.iter().filter(|debt| debt.1 == LegKind::Deduction);
        found.deductions_held_back += deductions.count();
        for debt in goes.keys() {
            told.debts.get_mut(debt).unwrap().is_netted = true;
        }
        found.of_cycles.push(goes.into_values().collect());
        found.kept_out.push(kept_out);
    }
    for (region, stream) in &evidence.streams {
        let mark = read.get(region).copied().unwrap_or(0);
        let rest = stream.iter().filter(|numbered| numbered.number > mark);
        rest.for_each(|numbered| {
            told.debts
                .entry(numbered.leg.debt())
                .or_default()
                .hears(numbered)
        });
    }
    let left = told.debts.iter().filter(|(_, sides)| !sides.is_netted);
    let left = left.filter(|(_, sides)| sides.agreed().is_some());
    found.left = left.map(|(debt, _)| *debt).collect();
    found
}
