//! Attestation: after cut-off each region says what its rows come to in its own book, and in which legs they differ.
//!
//! What is compared is what the cycle may take: the legs that both regions reported alike, inside both marks. A leg that
//! straddled midnight is in neither region's row. One incarnation of a node has one word on a cycle, since a book is only
//! appended to; another word under it is refused. Where officers leave something out of the cycle, the regions of those
//! rows are asked anew. A node that was restored has a new one, once it has asked for its
//! stream: that it says so is not enough.

use std::collections::BTreeSet;
use std::sync::Arc;

use huitong_core::checkpoint::difference::Difference;
use huitong_core::checkpoint::row::{Pair, Row};
use huitong_core::checkpoint::search::{DIFFERENCES_AT_MOST, RowLegs};
use huitong_core::date::BusinessDay;
use huitong_core::leg::{Leg, LegKey};
use huitong_core::membership::Standing;
use huitong_core::record::clearing::{ClearingRecord, DifferencesTold, RegionAttested};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

use super::cut_off::not_cut_off;
use super::intake::{Told, told_now};
use super::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};
use crate::state::{Attested, Attesting, Numbers, digest};

/// The most rows of one word: two ways, all funds, and eight hundred other regions.
pub(crate) const ROWS_AT_ONCE: usize = 16_384;

/// The cycle that the region is asked about, and which numbers of its stream it may take; none when it is asked for nothing.
pub(crate) fn window(context: &Context<'_>, by: Told) -> Decision<Option<(BusinessDay, Numbers)>> {
    if let Err(refusal) = told_now(context, by) {
        return Ok(Decided::refuse(refusal));
    }
    let Some(attesting) = context.state.attesting() else {
        return Ok(Decided::answer(None));
    };
    let word = context.state.attestations.word(attesting.day, by.region);
    let is_over = word
        .is_some_and(|word| word.incarnation >= by.incarnation && word.searched().next().is_none());
    let numbers = attesting.numbers.get(&by.region).filter(|_| !is_over);
    Ok(Decided::answer(
        numbers.map(|numbers| (attesting.day, numbers.clone())),
    ))
}

/// The region's word on all its rows; answers with the rows of which it is to tell in which legs they differ.
pub(crate) fn attest(
    context: &Context<'_>,
    by: Told,
    day: BusinessDay,
    rows: &[Row],
) -> Decision<Vec<Pair>> {
    let checked = told_now(context, by)
        .and_then(|_| well_formed(by.region, rows))
        .and_then(|()| asked(context, day));
    let attesting = match checked {
        Ok(attesting) => attesting,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let said = context.state.attestations.word(day, by.region);
    if let Some(word) = said.filter(|word| word.incarnation >= by.incarnation) {
        return Ok(if word.digest == digest(rows) {
            Decided::answer(word.searched().collect())
        } else {
            let detail = format_args!("{day}, said at {}", word.at);
            Decided::refuse(Refusal::new(ClearingCode::AttestationOtherWord, detail))
        });
    }
    let otherwise = otherwise(attesting, by.region, rows);
    let record = RegionAttested {
        region: by.region,
        incarnation: by.incarnation,
        day,
        rows: rows.to_vec(),
        otherwise: otherwise.clone(),
        at: context.now,
    };
    Ok(Decided::record(
        ClearingRecord::RegionAttested(record),
        otherwise,
    ))
}

/// The rows of a region that are held otherwise than told, ascending.
fn otherwise(attesting: &Attesting, region: RegionCode, rows: &[Row]) -> Vec<Pair> {
    let held = attesting.rows.keys().filter(|pair| pair.names(region));
    let told = rows.iter().map(|row| &row.pair);
    let pairs: BTreeSet<Pair> = held.chain(told).copied().collect();
    let told = |pair: Pair| {
        let at = rows.binary_search_by_key(&pair, |row| row.pair).ok()?;
        rows.get(at)
    };
    let differ = pairs
        .into_iter()
        .filter(|pair| told(*pair) != attesting.rows.get(pair));
    differ.collect()
}

fn well_formed(region: RegionCode, rows: &[Row]) -> Result<(), Refusal> {
    let ascend = rows
        .iter()
        .zip(rows.iter().skip(1))
        .all(|(one, next)| one.pair < next.pair);
    let own = rows
        .iter()
        .all(|row| row.pair.names(region) && row.pair.debtor != row.pair.creditor && row.legs > 0);
    if ascend && own && rows.len() <= ROWS_AT_ONCE {
        return Ok(());
    }
    let detail = format_args!(
        "rows: at most {ROWS_AT_ONCE}, ascending, each with legs and with the region on one side"
    );
    Err(Refusal::general(RefusalCode::Malformed, detail))
}

/// The cycle, when it is the one that regions are asked about.
fn asked<'a>(context: &Context<'a>, day: BusinessDay) -> Result<&'a Attesting, Refusal> {
    let state = context.state;
    if let Some(attesting) = state.attesting().filter(|of| of.day == day) {
        return Ok(attesting);
    }
    match state.cycles.get(&day) {
        None => Err(not_cut_off(context, day)),
        Some(cycle) if cycle.plan.is_some() => {
            Err(Refusal::new(ClearingCode::AttestationOver, day))
        }
        Some(_) => {
            let next = state.attesting().map_or(day, |of| of.day);
            Err(Refusal::new(ClearingCode::CycleEarlierNotNetted, next))
        }
    }
}

/// What is held of a row that the region attested otherwise; looked into beside the writer.
pub(crate) fn row_held(
    context: &Context<'_>,
    by: Told,
    day: BusinessDay,
    pair: Pair,
) -> Decision<Arc<RowLegs>> {
    let found = told_now(context, by).and_then(|_| searched(context, by.region, day, pair));
    let held = found.and_then(|(attesting, _)| {
        let legs = context.state.row_legs(attesting, pair);
        legs.map_err(|error| Refusal::new(ClearingCode::CycleCannotNet, error))
    });
    Ok(Decided::of(None, held))
}

/// The cycle and the region's word on it, when it attested the row otherwise.
fn searched<'a>(
    context: &Context<'a>,
    region: RegionCode,
    day: BusinessDay,
    pair: Pair,
) -> Result<(&'a Attesting, &'a Attested), Refusal> {
    let attesting = asked(context, day)?;
    let word = context.state.attestations.word(day, region);
    let word = word.filter(|word| word.otherwise.contains_key(&pair));
    let shown = || format!("{}, {}, {}", pair.debtor, pair.creditor, pair.fund);
    let word = word.ok_or_else(|| Refusal::new(ClearingCode::AttestationNotOtherwise, shown()))?;
    Ok((attesting, word))
}

/// The region's word on all legs in which a row differs: what its own book has of each.
pub(crate) fn tell_differences(
    context: &Context<'_>,
    by: Told,
    (day, pair): (BusinessDay, Pair),
    words: Vec<(LegKey, Option<Leg>)>,
) -> Decision<()> {
    let found = told_now(context, by).and_then(|_| searched(context, by.region, day, pair));
    let (attesting, word) = match found {
        Ok(found) => found,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let Some(row) = word.otherwise.get(&pair) else {
        return Ok(Decided::answer(()));
    };
    // Told already: what accounted for the row then is the same now.
    if row.differences.is_some() {
        return Ok(Decided::answer(()));
    }
    let not = |detail: &dyn std::fmt::Display| {
        Decided::refuse(Refusal::new(ClearingCode::AttestationNotAccounted, detail))
    };
    if words.len() > DIFFERENCES_AT_MOST {
        return Ok(not(&format_args!("at most {DIFFERENCES_AT_MOST} legs")));
    }
    let held = match context.state.row_legs(attesting, pair) {
        Ok(held) => held,
        Err(error) => return Ok(not(&error)),
    };
    let built = differences(context, (by.region, day), &held, words);
    let mut differences = match built {
        Ok(differences) => differences,
        Err(error) => return Ok(not(&error)),
    };
    differences.sort_by_key(Difference::key);
    let comes_to = held.with(&differences);
    let accounted = comes_to.is_ok_and(|comes_to| {
        let told = row.told.as_ref();
        told.map_or(comes_to.legs == 0, |told| *told == comes_to)
    });
    if !accounted {
        return Ok(not(&pair.fund));
    }
    let record = DifferencesTold {
        region: by.region,
        day,
        pair,
        differences,
        at: context.now,
    };
    Ok(Decided::record(ClearingRecord::DifferencesTold(record), ()))
}

/// Each word beside what is held of the leg: in the row itself, or else in another row of the region, where it differs in
/// who owes or is owed. What others call the same debt is none of it, nor what officers left out: a region may not have
/// known of that yet.
fn differences(
    context: &Context<'_>,
    (region, day): (RegionCode, BusinessDay),
    row: &RowLegs,
    words: Vec<(LegKey, Option<Leg>)>,
) -> Result<Vec<Difference>, String> {
    let (cycle, pair) = (context.state.cycles.get(&day), row.row().pair);
    let held = |key: LegKey| {
        let of_region = || {
            let (cycle, debt) = (cycle?, (key.0, key.1, pair.fund));
            let is_other =
                |of: Pair| of != pair && of.names(region) && !cycle.left_out.has(debt, of);
            let matching = &context.state.matching;
            matching.agreed_leg(debt, is_other, &cycle.marks, day)
        };
        row.leg(key).or_else(of_region).cloned()
    };
    let mut keys = BTreeSet::new();
    let of_word = |(key, book): (LegKey, Option<Leg>)| {
        let fits = book
            .as_ref()
            .is_none_or(|leg| leg.debt() == (key.0, key.1, pair.fund));
        if !fits || !keys.insert(key) {
            return Err(format!(
                "{}: not the leg that it is told of, or twice",
                key.0
            ));
        }
        Difference::new(held(key), book).map_err(|error| format!("{}: {error}", key.0))
    };
    words.into_iter().map(of_word).collect()
}

/// The regions whose word on a cycle is not complete: not given, given in an incarnation before the one that counts, or
/// without the legs in which it differs. No cycle waits for one that is suspended or has left.
pub(crate) fn outstanding(context: &Context<'_>, day: BusinessDay) -> Vec<RegionCode> {
    let Some(attesting) = context.state.attesting().filter(|of| of.day == day) else {
        return Vec::new();
    };
    let is_open = |region: &RegionCode| {
        let stream = context.state.streams.get(region);
        let counts = stream.map_or(0, |stream| stream.incarnation);
        let word = context.state.attestations.word(day, *region);
        word.is_none_or(|word| word.incarnation < counts || word.searched().next().is_some())
    };
    let regions = attesting.numbers.keys().copied();
    regions
        .filter(|region| context.state.directory.standing(*region) == Standing::Active)
        .filter(is_open)
        .collect()
}
