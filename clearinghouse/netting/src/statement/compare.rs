//! A statement against the regions' own books: every leg that the cycle took is in its row as the region has it, and no
//! other one is.

use std::collections::BTreeMap;

use huitong_core::checkpoint::book::LegBook;
use huitong_core::checkpoint::row::Pair;
use huitong_core::leg::{Debt, Leg, NumberedLeg};
use huitong_core::region::RegionCode;

use super::check::takeable;
use super::fault::{BookFault, LegFault, LegPlace, StatementFault};
use super::{MemberStatement, StatedRegion};
use crate::runs::Run;

/// Legs of a region by their numbers.
type Numbered<'a> = BTreeMap<u64, &'a NumberedLeg>;

/// All in which a statement differs from books. Regions of which there is no book are not looked at; several books of
/// one region count as one.
#[must_use]
pub fn compare(statement: &MemberStatement, books: &[LegBook]) -> Vec<StatementFault> {
    let mut faults = Vec::new();
    let mut of_region: BTreeMap<RegionCode, Numbered<'_>> = BTreeMap::new();
    for book in books {
        let legs = of_region.entry(book.region()).or_default();
        for numbered in book.legs() {
            let before = legs.insert(numbered.number, numbered);
            if before.is_some_and(|before| before != numbered) {
                let fault = BookFault::Twice(numbered.number);
                faults.push(StatementFault::Book(book.region(), fault));
            }
        }
    }
    for (code, legs) in &of_region {
        let mut regions = statement.regions.iter();
        match regions.find(|region| region.region == *code) {
            Some(region) => of_one(statement, region, legs, &mut faults),
            None => faults.push(StatementFault::Book(*code, BookFault::Foreign)),
        }
    }
    faults
}

fn of_one(
    statement: &MemberStatement,
    region: &StatedRegion,
    legs: &Numbered<'_>,
    faults: &mut Vec<StatementFault>,
) {
    let code = region.region;
    // That its numbers do not hold together is said by the check.
    let Some(takeable) = takeable(region) else {
        return;
    };
    // What a region owes or is owed by two others under one id are two debts.
    let mut taken: BTreeMap<(Debt, u64), &NumberedLeg> = BTreeMap::new();
    let mut lacks = takeable.count().saturating_sub(region.carried.count());
    for run in takeable.as_slice() {
        faults.extend(lacking(*run, legs, region));
        let inside = legs.range(run.first..=run.last);
        let inside = inside.filter(|(number, _)| !region.carried.contains(**number));
        for (_, numbered) in inside {
            lacks = lacks.saturating_sub(1);
            taken.insert(whose(&numbered.leg), *numbered);
        }
    }
    let rows = statement.rows.iter();
    let rows = rows.filter(|row| row.row.pair.names(code));
    let legs = rows.flat_map(|row| row.legs.iter().map(|leg| leg.whole(row.row.pair)));
    // Each finds its own before any takes one of others, where a row of others has it.
    let (mut found, mut strange) = (Vec::new(), Vec::new());
    for (nth, leg) in legs.enumerate() {
        match taken.remove(&whose(&leg)) {
            Some(own) => found.extend(changed(code, own, &leg).map(|fault| (nth, fault))),
            None => strange.push((nth, leg)),
        }
    }
    let mut unknown = Vec::new();
    for (nth, leg) in strange {
        match under_same_id(&mut taken, leg.debt()) {
            Some(own) => found.extend(changed(code, own, &leg).map(|fault| (nth, fault))),
            None => unknown.push((nth, leg)),
        }
    }
    // A book that lacks so many numbers has nothing to say of as many legs: they are under those, as far as it knows.
    if u64::try_from(unknown.len()).is_ok_and(|unknown| unknown > lacks) {
        let added = |leg: &Leg| StatementFault::Leg(place(leg), LegFault::Added(code));
        found.extend(unknown.iter().map(|(nth, leg)| (*nth, added(leg))));
    }
    found.sort_by_key(|(nth, _)| *nth);
    faults.extend(found.into_iter().map(|(_, fault)| fault));
    faults.extend(taken.values().map(|own| {
        let fault = LegFault::Dropped(code, own.number);
        StatementFault::Leg(place(&own.leg), fault)
    }));
}

fn whose(leg: &Leg) -> (Debt, u64) {
    (leg.debt(), Pair::of(leg).key())
}

/// Takes out a leg that names the debt, with whomever.
fn under_same_id<'a>(
    taken: &mut BTreeMap<(Debt, u64), &'a NumberedLeg>,
    debt: Debt,
) -> Option<&'a NumberedLeg> {
    let mut others = taken.range((debt, u64::MIN)..=(debt, u64::MAX));
    let other = *others.next()?.0;
    taken.remove(&other)
}

/// What the statement has otherwise of a leg than the region's book, if anything.
fn changed(code: RegionCode, own: &NumberedLeg, stated: &Leg) -> Option<StatementFault> {
    let field = own.leg.first_difference(stated)?;
    let fault = LegFault::Changed(code, own.number, field);
    Some(StatementFault::Leg(place(stated), fault))
}

const fn place(leg: &Leg) -> LegPlace {
    LegPlace {
        pair: Pair::of(leg),
        settlement: leg.settlement,
        kind: leg.kind,
    }
}

/// The numbers of a run that the cycle took and the book has not, as runs.
fn lacking(run: Run, legs: &Numbered<'_>, region: &StatedRegion) -> Vec<StatementFault> {
    let mut gaps: Vec<Run> = Vec::new();
    let mut next = run.first;
    let numbers = legs.range(run.first..=run.last).map(|(number, _)| *number);
    for number in numbers.chain([run.last.saturating_add(1)]) {
        if number > next {
            gaps.push(Run {
                first: next,
                last: number.saturating_sub(1),
            });
        }
        next = number.saturating_add(1);
    }
    // A gap that only has numbers which wait for a later cycle is none.
    let carried = region.carried.as_slice();
    let waits = |gap: &Run| {
        let mut runs = carried.iter();
        runs.any(|run| run.first <= gap.first && gap.last <= run.last)
    };
    let gaps = gaps.into_iter().filter(|gap| !waits(gap));
    gaps.map(|gap| StatementFault::Book(region.region, BookFault::Lacks(gap)))
        .collect()
}
