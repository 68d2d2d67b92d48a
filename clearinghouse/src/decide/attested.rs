//! What regions attested of a cycle, row by row, for officers: before it is netted and for ever after.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::checkpoint::row::{Pair, Row};
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;

use super::attest::outstanding;
use super::cut_off::not_cut_off;
use super::net::{plan_of, waits_until};
use super::{Context, Decided, Decision, Fault};
use crate::state::{Attested, Otherwise};

/// How many rows a page has at most.
const ROWS_AT_ONCE: usize = 500;

/// What the clearinghouse has of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HeldRow {
    /// What the cycle may take.
    Held(Row),
    /// What it took: how many legs, and how much.
    Netted(u64, Fen),
}

/// What became of a region's word on one of its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Side {
    /// It was not asked, or netting did not wait for it.
    None,
    /// It has not said.
    Outstanding,
    /// Its book says what is held.
    Alike(Timestamp),
    /// Its book says otherwise.
    Otherwise(Timestamp, Otherwise),
}

/// A row with what its two regions say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AttestedRow {
    pub(crate) pair: Pair,
    /// None when nothing is held of it.
    pub(crate) held: Option<HeldRow>,
    pub(crate) debtor: Side,
    pub(crate) creditor: Side,
}

/// A page of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AttestedPage {
    pub(crate) outstanding: Vec<RegionCode>,
    /// Until when netting waits for them.
    pub(crate) waits_until: Option<Timestamp>,
    pub(crate) rows: Vec<AttestedRow>,
    /// After which the next page begins; none with the last.
    pub(crate) next: Option<Pair>,
}

/// What regions attested of the rows of a cycle after one.
pub(crate) fn attested(
    context: &Context<'_>,
    (day, wait_minutes): (BusinessDay, u32),
    after: Option<Pair>,
) -> Decision<AttestedPage> {
    let held = match held(context, day)? {
        Ok(held) => held,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let words = words(context, day)?;
    let told = words.values().flat_map(|word| word.otherwise.keys());
    let mut pairs: BTreeSet<Pair> = held.keys().chain(told).copied().collect();
    pairs.retain(|pair| after.is_none_or(|after| *pair > after));
    let is_last = pairs.len() <= ROWS_AT_ONCE;
    let open = outstanding(context, day);
    let side = |region: RegionCode, pair: &Pair| match words.get(&region) {
        None if open.contains(&region) => Side::Outstanding,
        None => Side::None,
        Some(word) => match word.otherwise.get(pair) {
            Some(row) => Side::Otherwise(word.at, row.clone()),
            None => Side::Alike(word.at),
        },
    };
    let rows = pairs.iter().take(ROWS_AT_ONCE).map(|pair| AttestedRow {
        pair: *pair,
        held: held.get(pair).copied(),
        debtor: side(pair.debtor, pair),
        creditor: side(pair.creditor, pair),
    });
    let rows: Vec<_> = rows.collect();
    let until = waits_until(context, day, wait_minutes);
    Ok(Decided::answer(AttestedPage {
        waits_until: until.filter(|until| !open.is_empty() && context.now < *until),
        outstanding: open,
        next: rows.last().map(|row| row.pair).filter(|_| !is_last),
        rows,
    }))
}

/// The rows of a cycle that is cut off: what it may take, or what it took.
fn held(
    context: &Context<'_>,
    day: BusinessDay,
) -> Result<Result<BTreeMap<Pair, HeldRow>, crate::refusal::Refusal>, Fault> {
    let attesting = context.state.attesting();
    if let Some(attesting) = attesting.filter(|of| of.day == day) {
        let rows = attesting.rows.iter();
        let rows = rows.map(|(pair, row)| (*pair, HeldRow::Held(*row)));
        return Ok(Ok(rows.collect()));
    }
    match context.state.cycles.get(&day) {
        None => return Ok(Err(not_cut_off(context, day))),
        // It is not its turn yet: nobody is asked about it.
        Some(cycle) if cycle.plan.is_none() => return Ok(Ok(BTreeMap::new())),
        Some(_) => {}
    }
    Ok(plan_of(context, day)?.map(|plan| {
        let pair = |debtor, creditor, fund: Fund| Pair {
            debtor,
            creditor,
            fund,
        };
        let rows = plan.gross().iter().map(|row| {
            let of = pair(row.debtor, row.creditor, row.fund);
            (of, HeldRow::Netted(row.legs, row.amount))
        });
        rows.collect()
    }))
}

/// The words on a cycle: those in memory, or those of the index.
pub(super) fn words(
    context: &Context<'_>,
    day: BusinessDay,
) -> Result<BTreeMap<RegionCode, Attested>, Fault> {
    let mut words = context.store.attested(day)?;
    words.extend(context.state.attestations.of_day(day));
    Ok(words)
}
