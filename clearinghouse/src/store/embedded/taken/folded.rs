//! Filters of sixteen plans put together: a debt is held against one of them, and not against one for each plan.
//!
//! The debts of the plans are read in order from all their rows at once, and so many of them make a filter. A fold is tried
//! on every debt before it is written, and what says that it is there is written last. The plans' own filters stay where they
//! are: without a fold that holds they are read, as if there had never been one.
//!
//! Deliberately absent: folds of folds.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::ops::RangeInclusive;

use super::entry::{DebtBytes, Entry, id, sheet_of};
use super::segments::{Segments, Set, first_row};
use crate::store::index::Pair;
use crate::store::keys;
use crate::store::{Index, StoreError};

/// How many plans follow upon each other in a fold.
const PLANS: u64 = 16;
/// The rows of one plan that are read at once.
const ROWS_AT_ONCE: usize = 64;

/// Sixteen plans' filter.
pub(super) struct Fold {
    first: u64,
    segments: Segments,
}

/// The first plan of the fold that a plan goes into.
pub(super) const fn first_of(plan: u64) -> u64 {
    let before = plan.saturating_sub(1);
    before.saturating_sub(before % PLANS).saturating_add(1)
}

const fn plans_from(first: u64) -> RangeInclusive<u64> {
    first..=first.saturating_add(PLANS.saturating_sub(1))
}

/// The first plan of the earliest fold that could be made, of these plans, but for those that could not.
pub(super) fn ripe(plans: impl Iterator<Item = u64>, unmade: &BTreeSet<u64>) -> Option<u64> {
    let plans: BTreeSet<u64> = plans.collect();
    let mut firsts = plans.iter().filter(|plan| first_of(**plan) == **plan);
    let is_whole = |first: u64| plans_from(first).all(|plan| plans.contains(&plan));
    firsts
        .find(|first| !unmade.contains(first) && is_whole(**first))
        .copied()
}

impl Fold {
    pub(super) const fn plans(&self) -> RangeInclusive<u64> {
        plans_from(self.first)
    }

    /// Whether one of the plans may have taken a debt.
    pub(super) fn may_have(&self, debt: &DebtBytes, hash: u64) -> bool {
        self.segments.may_have(debt, hash)
    }

    /// Over the rows of sixteen plans, so many debts a filter; none where no filter over some of them could be made.
    pub(super) fn over(
        index: &dyn Index,
        first: u64,
        at_most: usize,
    ) -> Result<Option<Self>, StoreError> {
        let mut merged = Merged::of(index, plans_from(first))?;
        let mut debts = std::iter::from_fn(|| merged.next(index).transpose());
        let sets = std::iter::from_fn(|| Set::next(&mut debts, at_most).transpose());
        let segments = Segments::over(sets)?;
        Ok(segments.are_fuses().then_some(Self { first, segments }))
    }

    /// The rows that it is written as; the last of them says that it is there.
    pub(super) fn rows(&self) -> impl Iterator<Item = Pair> + '_ {
        let key = |segment, piece| keys::folded(self.first, segment, piece);
        self.segments.rows(key)
    }

    /// The fold as it was written; none when it is not there, is not whole, or does not let each debt of each plan's first
    /// row through.
    pub(super) fn read(index: &dyn Index, first: u64) -> Result<Option<Self>, StoreError> {
        let segments = Segments::read(index, |segment, piece| keys::folded(first, segment, piece))?;
        let Some(segments) = segments else {
            return Ok(None);
        };
        for plan in plans_from(first) {
            let row = first_row(index, plan)?.unwrap_or_default();
            if !segments.let_through(sheet_of(&row)?) {
                return Ok(None);
            }
        }
        Ok(Some(Self { first, segments }))
    }
}

/// The debts of some plans, in order.
struct Merged {
    plans: Vec<Debts>,
    /// The next debt of each plan, the smallest first.
    next: BinaryHeap<Reverse<(Entry, usize)>>,
}

impl Merged {
    fn of(index: &dyn Index, plans: RangeInclusive<u64>) -> Result<Self, StoreError> {
        let mut merged = Self {
            plans: plans.map(Debts::of).collect(),
            next: BinaryHeap::new(),
        };
        for (at, plan) in merged.plans.iter_mut().enumerate() {
            if let Some(debt) = plan.next(index)? {
                merged.next.push(Reverse((debt, at)));
            }
        }
        Ok(merged)
    }

    fn next(&mut self, index: &dyn Index) -> Result<Option<DebtBytes>, StoreError> {
        let Some(Reverse((debt, at))) = self.next.pop() else {
            return Ok(None);
        };
        let plan = self.plans.get_mut(at);
        if let Some(next) = plan.map(|plan| plan.next(index)).transpose()?.flatten() {
            self.next.push(Reverse((next, at)));
        }
        Ok(Some(id(&debt)))
    }
}

/// The debts of one plan, some rows at a time.
struct Debts {
    prefix: Vec<u8>,
    from: Vec<u8>,
    read: std::vec::IntoIter<Entry>,
}

impl Debts {
    fn of(plan: u64) -> Self {
        let prefix = keys::taken(plan, &[]);
        Self {
            from: prefix.clone(),
            prefix,
            read: Vec::new().into_iter(),
        }
    }

    fn next(&mut self, index: &dyn Index) -> Result<Option<Entry>, StoreError> {
        if let Some(debt) = self.read.next() {
            return Ok(Some(debt));
        }
        let rows = index.scan(&self.prefix, &self.from, ROWS_AT_ONCE)?;
        let Some((last, _)) = rows.last() else {
            return Ok(None);
        };
        self.from = [last.as_slice(), &[0]].concat();
        let mut debts = Vec::new();
        for (_, row) in &rows {
            debts.extend_from_slice(sheet_of(row)?);
        }
        self.read = debts.into_iter();
        Ok(self.read.next())
    }
}
