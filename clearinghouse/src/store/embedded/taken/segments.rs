//! Filters over debts in order, so many debts each: while one is made no more is in memory than those, and which of them a
//! debt would be in is found by the first debt of each. A wrong filter, or a wrong first debt, would let a debt through unseen:
//! so each filter is held against debts that it must know whenever it is read.
//!
//! Deliberately absent: whose debts they are. A plan has some of its own, and sixteen plans have some together.

use huitong_core::leg::ENDS_LEN;

use super::entry::{DebtBytes, Entry, entry, hash, id, sheet_of};
use super::filter::Filter;
use crate::store::index::Pair;
use crate::store::keys;
use crate::store::{Index, StoreError};

/// How many debts a filter is over at most: while it is made they take, by reckoning, some thirty megabytes.
pub(super) const DEBTS: usize = 1 << 20;

/// What one filter is made over.
pub(super) struct Set {
    /// The first of its debts.
    first: DebtBytes,
    /// Of each of them, as they ascend.
    hashes: Vec<u64>,
}

impl Set {
    /// Of debts as they lie in rows; none of none.
    pub(super) fn of(debts: &[Entry]) -> Option<Self> {
        Self::next(debts.iter().map(|debt| Ok(id(debt))), debts.len()).ok()?
    }

    /// Of the next so many of these debts; none when there are no more.
    pub(super) fn next(
        debts: impl Iterator<Item = Result<DebtBytes, StoreError>>,
        at_most: usize,
    ) -> Result<Option<Self>, StoreError> {
        let debts = debts.take(at_most);
        let (mut set, (known, _)) = (None, debts.size_hint());
        for debt in debts {
            let debt = debt?;
            let Self { hashes, .. } = set.get_or_insert_with(|| Self {
                first: debt,
                hashes: Vec::with_capacity(known),
            });
            hashes.push(hash(&debt));
        }
        Ok(set)
    }
}

/// Filters that follow upon each other. None of them is over nothing: of nothing there are none.
pub(super) struct Segments(Vec<(DebtBytes, Filter)>);

/// How they are written: the first debt of each filter that follows.
type Head = Vec<DebtBytes>;

impl Segments {
    /// Over sets that ascend.
    pub(super) fn over(
        sets: impl Iterator<Item = Result<Set, StoreError>>,
    ) -> Result<Self, StoreError> {
        let filters = sets.map(|set| set.map(|set| (set.first, Filter::over(set.hashes))));
        filters.collect::<Result<_, _>>().map(Self)
    }

    /// Whether a filter over each of the sets could be made.
    pub(super) fn are_fuses(&self) -> bool {
        self.0.iter().all(|(_, filter)| filter.is_fuse())
    }

    /// Whether a debt of this hash may be among those that they are over.
    pub(super) fn may_have(&self, debt: &DebtBytes, hash: u64) -> bool {
        let after = self.0.partition_point(|(first, _)| first <= debt);
        let segment = after.checked_sub(1).and_then(|at| self.0.get(at));
        segment.is_some_and(|(_, filter)| filter.may_have(hash))
    }

    /// Whether they let each debt of a row through.
    pub(super) fn let_through(&self, sheet: &[Entry]) -> bool {
        let mut debts = sheet.iter().map(id);
        debts.all(|debt| self.may_have(&debt, hash(&debt)))
    }

    /// The rows that they are written as, under the key of each piece of each; the last of them says that they are there.
    pub(super) fn rows(&self, key: impl Fn(u32, u32) -> Vec<u8>) -> impl Iterator<Item = Pair> {
        let head: Head = self.0.iter().map(|(first, _)| *first).collect();
        let head = (key(0, 0), keys::value(&head));
        let segments = (1_u32..).zip(&self.0);
        let pieces = segments
            .flat_map(move |(segment, (_, filter))| filter.rows(|piece| key(segment, piece)));
        pieces.chain([head])
    }

    /// Those that are written under these keys; none when they are not there, not whole, not in order, or when one does not know
    /// the debt that it begins with.
    pub(super) fn read(
        index: &dyn Index,
        key: impl Fn(u32, u32) -> Vec<u8>,
    ) -> Result<Option<Self>, StoreError> {
        let Some(head) = index.get(&key(0, 0))? else {
            return Ok(None);
        };
        let Ok(firsts) = keys::read::<Head>(&head) else {
            return Ok(None);
        };
        let mut segments = Vec::new();
        for (segment, first) in (1_u32..).zip(firsts) {
            match Filter::read(index, |piece| key(segment, piece))? {
                Some(filter) => segments.push((first, filter)),
                None => return Ok(None),
            }
        }
        let ascend = segments.is_sorted_by(|(one, _), (next, _)| one <= next);
        let mut begin = segments.iter();
        let known = begin.all(|(first, filter): &(DebtBytes, Filter)| filter.may_have(hash(first)));
        Ok((ascend && known).then_some(Self(segments)))
    }

    /// Those of a plan as they were written; none when they are not there or do not let each debt through of its first row and of
    /// the rows in which they begin.
    pub(super) fn of_plan(index: &dyn Index, plan: u64) -> Result<Option<Self>, StoreError> {
        let segments = Self::read(index, |segment, piece| keys::filter(plan, segment, piece))?;
        let (Some(segments), Some(row)) = (segments, first_row(index, plan)?) else {
            return Ok(None);
        };
        let mut hold = segments.let_through(sheet_of(&row)?);
        for (first, _) in &segments.0 {
            let at = keys::taken(plan, &entry(*first, [u8::MAX; ENDS_LEN]));
            let row = index.at_or_before(&at)?;
            let row = row.filter(|(key, _)| key.starts_with(&keys::taken(plan, &[])));
            hold &= match row {
                Some((_, row)) => segments.let_through(sheet_of(&row)?),
                None => false,
            };
        }
        Ok(hold.then_some(segments))
    }
}

/// The first row of a plan's debts.
pub(super) fn first_row(index: &dyn Index, plan: u64) -> Result<Option<Vec<u8>>, StoreError> {
    let of_plan = keys::taken(plan, &[]);
    let first = index.scan(&of_plan, &of_plan, 1)?.pop();
    Ok(first.map(|(_, row)| row))
}
