//! Which plan took a debt: whatever is reported of one that was netted, however long ago, is netted no second time.
//!
//! A year has some three hundred million debts, and nearly every leg that comes asks for one that none of them is. So a
//! plan's debts lie in order, many to a row, written once and never changed, and a filter for each plan stands in memory:
//! nine bits a debt, and of 256 others it lets one through, whose row is looked up. A filter says only where one need not
//! look. It is tried on all its debts before it is written, and on those of the first row when it is read again; of a plan
//! without one that holds, rows and filter are written anew from the journal.
//!
//! Sixteen plans that follow upon each other have one filter in place of their own in memory, once all of them are there.

mod entry;
mod filter;
mod folded;
mod segments;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use huitong_core::checkpoint::row;
use huitong_core::date::BusinessDay;
use huitong_core::leg::{Debt, ENDS_LEN, debt_bytes, ends_bytes};
use tracing::warn;

use self::entry::{DebtBytes, hash, id, sheet_of};
pub(super) use self::entry::{Entry, entry};
use self::folded::{Fold, first_of, ripe};
use self::segments::{Segments, Set, first_row};
use super::scan::each;
use crate::state::TakenDebts;
use crate::store::index::Pair;
use crate::store::keys::{self, PlanRow};
use crate::store::{Index, StoreError};

/// The debts of a row.
const SHEET: usize = 128;
/// The rows that are written at once: what a batch of sled replaces is kept until the batch is done.
const ROWS_AT_ONCE: usize = 16;
/// The bytes that are written until they are waited for: sled keeps what the disk has not taken.
const UNFLUSHED: usize = 16 << 20;

/// The debts that plans took.
#[derive(Clone)]
pub(super) struct Taken {
    index: Arc<dyn Index>,
    filters: Arc<RwLock<Filters>>,
}

/// What debts are held against.
#[derive(Default)]
struct Filters {
    /// By plan: those of no fold.
    plans: BTreeMap<u64, Segments>,
    /// By the first of their plans.
    folds: BTreeMap<u64, Fold>,
    /// The first plans of folds that could not be made: they are not tried again before the next start.
    unmade: BTreeSet<u64>,
}

impl Taken {
    /// Reads the filters of the plans that are indexed; says of which days' plans none is there that holds.
    pub(super) fn load(index: Arc<dyn Index>) -> Result<(Self, Vec<BusinessDay>), StoreError> {
        let (mut filters, mut without) = (Filters::default(), Vec::new());
        let mut known = BTreeMap::new();
        each(&*index, keys::PLANS, |key, value| {
            let PlanRow { number, .. } = keys::read(value)?;
            known.insert(number, keys::of_key(key)?);
            Ok(())
        })?;
        for first in known.keys().filter(|plan| first_of(**plan) == **plan) {
            if let Some(fold) = Fold::read(&*index, *first)? {
                filters.folds.insert(*first, fold);
            }
        }
        for (number, day) in known {
            if filters.folds.contains_key(&first_of(number)) {
                // One that took nothing has no rows either, and is looked at again.
                if first_row(&*index, number)?.is_none() {
                    without.push(day);
                }
                continue;
            }
            match Segments::of_plan(&*index, number)? {
                Some(filter) => drop(filters.plans.insert(number, filter)),
                None => without.push(day),
            }
        }
        let filters = Arc::new(RwLock::new(filters));
        Ok((Self { index, filters }, without))
    }

    /// Writes the debts of a plan, in batches that change nothing when they are written again. Cut off in the middle of it,
    /// the plan has no filter that holds, and is written once more.
    pub(super) fn write(&self, plan: u64, mut debts: Vec<Entry>) -> Result<(), StoreError> {
        debts.sort_unstable();
        self.take_away_filters(plan, &debts)?;
        let rows = debts.chunks(SHEET).filter_map(|sheet| {
            let first = sheet.first()?;
            Some((keys::taken(plan, first), sheet.as_flattened().to_vec()))
        });
        self.write_rows(rows)?;
        let sets: Vec<_> = debts.chunks(segments::DEBTS).filter_map(Set::of).collect();
        // A filter takes as much memory again while it is made.
        drop(debts);
        let filter = Segments::over(sets.into_iter().map(Ok))?;
        self.write_rows(filter.rows(|segment, piece| keys::filter(plan, segment, piece)))?;
        let mut filters = self.filters.write().unwrap_or_else(PoisonError::into_inner);
        filters.plans.insert(plan, filter);
        drop(filters);
        self.fold(segments::DEBTS)
    }

    /// Has none of the filters that a plan had before say that it is there.
    fn take_away_filters(&self, plan: u64, debts: &[Entry]) -> Result<(), StoreError> {
        let own = keys::filter(plan, 0, 0);
        let fold = keys::folded(first_of(plan), 0, 0);
        // One that took nothing is written anew at each start: it is in no filter.
        for head in [own, fold].into_iter().filter(|_| !debts.is_empty()) {
            if self.index.get(&head)?.is_some() {
                self.index.write(vec![(head, Vec::new())])?;
            }
        }
        Ok(())
    }

    fn write_rows(&self, rows: impl Iterator<Item = Pair>) -> Result<(), StoreError> {
        let (mut waiting, mut unflushed) = (Vec::new(), 0_usize);
        for pair in rows {
            unflushed = unflushed.saturating_add(pair.1.len());
            waiting.push(pair);
            if waiting.len() >= ROWS_AT_ONCE {
                self.index.write(std::mem::take(&mut waiting))?;
            }
            if unflushed >= UNFLUSHED {
                self.index.flush()?;
                unflushed = 0;
            }
        }
        Ok(self.index.write(waiting)?)
    }

    /// Puts the filters of sixteen plans together, of the earliest that can be. Debts are held against the plans' own until
    /// it is done.
    fn fold(&self, at_most: usize) -> Result<(), StoreError> {
        let filters = self.filters.read().unwrap_or_else(PoisonError::into_inner);
        let ripe = ripe(filters.plans.keys().copied(), &filters.unmade);
        drop(filters);
        let Some(first) = ripe else {
            return Ok(());
        };
        let fold = Fold::over(&*self.index, first, at_most)?;
        if let Some(fold) = &fold {
            self.write_rows(fold.rows())?;
        }
        let mut filters = self.filters.write().unwrap_or_else(PoisonError::into_inner);
        let Some(fold) = fold else {
            warn!(
                first,
                "no filter over sixteen plans could be made: each has its own until the next start"
            );
            filters.unmade.insert(first);
            return Ok(());
        };
        filters.plans.retain(|plan, _| !fold.plans().contains(plan));
        filters.folds.insert(first, fold);
        Ok(())
    }

    /// Which of what is called so plans took, whoever owes it, and the plans.
    pub(super) fn plans_of(&self, debts: &[Debt]) -> Result<TakenDebts, StoreError> {
        let mut taken = Vec::new();
        for (debt, plans) in self.maybe_of(debts) {
            if let Some(plan) = self.plan_of(debt, plans)? {
                taken.push((debt, plan));
            }
        }
        Ok(taken)
    }

    /// The plan of these that took what is called so, whoever owes it, if one did.
    fn plan_of(&self, of: Debt, plans: Vec<u64>) -> Result<Option<u64>, StoreError> {
        let of = debt_bytes(&of);
        // Whoever owes it is, or comes before, the last that could.
        let last = entry(of, [u8::MAX; ENDS_LEN]);
        self.last_with(plans, &last, |debts| {
            let after = debts.partition_point(|debt| *debt <= last);
            let before = after.checked_sub(1).and_then(|at| debts.get(at));
            before.is_some_and(|debt| id(debt) == of)
        })
    }

    /// The plan that took a debt of these two, if one did.
    pub(super) fn plan_of_pair(
        &self,
        of: Debt,
        pair: row::Pair,
    ) -> Result<Option<u64>, StoreError> {
        let of = debt_bytes(&of);
        let whole = entry(of, ends_bytes(pair.debtor, pair.creditor));
        self.last_with(self.maybe(&of), &whole, |debts| {
            debts.binary_search(&whole).is_ok()
        })
    }

    /// The first of these plans of which the row that an entry would lie in has what is looked for.
    fn last_with(
        &self,
        plans: Vec<u64>,
        at: &Entry,
        has: impl Fn(&[Entry]) -> bool,
    ) -> Result<Option<u64>, StoreError> {
        for plan in plans {
            let Some((key, sheet)) = self.index.at_or_before(&keys::taken(plan, at))? else {
                continue;
            };
            if key.starts_with(&keys::taken(plan, &[])) && has(sheet_of(&sheet)?) {
                return Ok(Some(plan));
            }
        }
        Ok(None)
    }

    /// The plans whose filters let a debt through, the last first.
    fn maybe(&self, debt: &DebtBytes) -> Vec<u64> {
        let filters = self.filters.read().unwrap_or_else(PoisonError::into_inner);
        filters.maybe(debt)
    }

    /// Those of these debts that filters let through, each with the plans of these. All filters are there at one moment, and
    /// are let go of before anything is read.
    fn maybe_of(&self, debts: &[Debt]) -> Vec<(Debt, Vec<u64>)> {
        let filters = self.filters.read().unwrap_or_else(PoisonError::into_inner);
        if filters.plans.is_empty() && filters.folds.is_empty() {
            return Vec::new();
        }
        let plans = debts
            .iter()
            .map(|debt| (*debt, filters.maybe(&debt_bytes(debt))));
        plans.filter(|(_, plans)| !plans.is_empty()).collect()
    }
}

impl Filters {
    /// The plans whose filters let a debt through, the last first.
    fn maybe(&self, debt: &DebtBytes) -> Vec<u64> {
        let hash = hash(debt);
        let plans = self.plans.iter().rev();
        let plans = plans.filter(|(_, filter)| filter.may_have(debt, hash));
        let folds = self.folds.values().rev();
        let folds = folds.filter(|fold| fold.may_have(debt, hash));
        let of_folds = folds.flat_map(|fold| fold.plans().rev());
        plans.map(|(plan, _)| *plan).chain(of_folds).collect()
    }
}

#[cfg(test)]
mod tests;
