//! What regions attested, in the index: each word on a cycle, and what is kept out of nets because of them.

use std::collections::BTreeMap;

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_core::record::clearing::{CycleReopened, DifferencesTold, RegionAttested};
use huitong_core::region::RegionCode;

use super::scan::each;
use crate::state::{Attestations, Attested, Kept, asked_anew, kept_after};
use crate::store::index::Pair as Entry;
use crate::store::{Index, StoreError, keys};

/// What a region's word changes.
pub(super) fn attested(
    index: &dyn Index,
    record: &RegionAttested,
) -> Result<Vec<Entry>, StoreError> {
    let word = keys::attested(record.day, record.region);
    let mut rows = vec![(word, keys::value(&Attested::of(record)))];
    for (pair, kept) in kept_after(record) {
        let key = keys::kept(record.region, pair);
        // Of most rows nothing was ever kept out.
        if kept.is_some() || index.get(&key)?.is_some() {
            rows.push((key, keys::value(&kept)));
        }
    }
    Ok(rows)
}

/// What the differences of a row change.
pub(super) fn told(index: &dyn Index, record: &DifferencesTold) -> Result<Vec<Entry>, StoreError> {
    let word = keys::attested(record.day, record.region);
    let before = index.get(&word)?;
    let before = before
        .map(|value| keys::read::<Attested>(&value))
        .transpose()?;
    let with = before.map(|before| (word, keys::value(&before.with(record))));
    let key = keys::kept(record.region, record.pair);
    let kept = (key, keys::value(&Kept::after(record)));
    Ok(with.into_iter().chain([kept]).collect())
}

/// What a reopening changes: keys are never taken out, so words that count no more are written over.
pub(super) fn reopened(record: &CycleReopened) -> impl Iterator<Item = Entry> {
    let withdrawn = keys::value(&Attested::withdrawn(record.at));
    let regions = asked_anew(record).into_iter();
    regions.map(move |region| (keys::attested(record.day, region), withdrawn.clone()))
}

/// Every word on a cycle.
pub(super) fn words(
    index: &dyn Index,
    day: BusinessDay,
) -> Result<BTreeMap<RegionCode, Attested>, StoreError> {
    let prefix = keys::key(keys::ATTESTED, &day);
    let mut words = BTreeMap::new();
    each(index, &prefix, |key, value| {
        let (_, region): (BusinessDay, RegionCode) = keys::of_key(key)?;
        let word: Attested = keys::read(value)?;
        if word.is_said() {
            words.insert(region, word);
        }
        Ok(())
    })?;
    Ok(words)
}

/// The words on cycles that are not netted, and all that is kept out.
pub(super) fn load(
    index: &dyn Index,
    open: impl Iterator<Item = BusinessDay>,
) -> Result<Attestations, StoreError> {
    let mut of_cycles = BTreeMap::new();
    for day in open {
        let words = words(index, day)?.into_iter();
        of_cycles.extend(words.map(|(region, word)| ((day, region), word)));
    }
    let mut kept_out = BTreeMap::new();
    each(index, keys::KEPT, |key, value| {
        let place: (RegionCode, Pair) = keys::of_key(key)?;
        if let Some(kept) = keys::read::<Option<Kept>>(value)? {
            kept_out.insert(place, kept);
        }
        Ok(())
    })?;
    Ok(Attestations::new(of_cycles, kept_out))
}
