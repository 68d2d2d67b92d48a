//! Rows that the index does not hold yet, newest first asked.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use huitong_core::canonical::encode_to_vec;
use huitong_journal::Committed;

use crate::store::{
    ActRow, Change, HomeReversalRow, HomeRow, HomeState, KeptRow, Key, LateRow, Location,
    RefusedRow, ReversalRow, ReversalState, ReversedRow, Row, Rows, SettlementRow, SettlementState,
    SignedRow, StoreError, Table,
};

/// A change with its key in bytes, which are shared by all who look it up.
#[derive(Debug, Clone)]
pub(super) struct Keyed {
    pub(super) bytes: Arc<[u8]>,
    pub(super) change: Change,
}

impl Keyed {
    pub(super) fn of(change: Change) -> Self {
        let bytes = encode_to_vec(&change.key).into();
        Self { bytes, change }
    }
}

/// Rows in memory, each with the number of the submission that made it.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    rows: BTreeMap<Arc<[u8]>, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    key: Key,
    row: Option<Row>,
    sequence: u64,
}

impl Overlay {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn put(&mut self, changes: &[Keyed], sequence: u64) {
        for Keyed { bytes, change } in changes {
            let waiting = Waiting {
                key: change.key.clone(),
                row: change.row.clone(),
                sequence,
            };
            self.rows.insert(Arc::clone(bytes), waiting);
        }
    }

    /// Completes the places in rows of a submission, now that its frame is written. Rows that a later
    /// submission has replaced were replaced by ones whose places are its own.
    pub(super) fn locate(&mut self, changes: &[Keyed], sequence: u64, committed: &Committed) {
        for Keyed { bytes, .. } in changes {
            if let Some(waiting) = self.rows.get_mut(bytes)
                && waiting.sequence == sequence
            {
                waiting.row = waiting.row.take().map(|row| written(row, committed));
            }
        }
    }

    /// `None` when the index knows best.
    pub(super) fn get(&self, key: &Key) -> Option<Option<Row>> {
        self.rows
            .get(encode_to_vec(key).as_slice())
            .map(|waiting| waiting.row.clone())
    }

    /// Drops what the index holds now.
    pub(super) fn retire<'a>(&mut self, keys: impl Iterator<Item = &'a [u8]>, sequence: u64) {
        for key in keys {
            if self
                .rows
                .get(key)
                .is_some_and(|waiting| waiting.sequence <= sequence)
            {
                self.rows.remove(key);
            }
        }
    }

    /// What waits of a table after a key, ascending.
    fn of_table<'a>(
        &'a self,
        table: Table,
        after: Option<&[u8]>,
    ) -> impl Iterator<Item = (&'a [u8], &'a Waiting)> + use<'a> {
        let tag = [table.tag()];
        let from = after.map_or(Bound::Included(&tag[..]), Bound::Excluded);
        let rows = self.rows.range::<[u8], _>((from, Bound::Unbounded));
        rows.map(|(bytes, waiting)| (&**bytes, waiting))
            .take_while(move |(bytes, _)| bytes.first() == Some(&table.tag()))
    }

    /// How many rows of a table after a key wait to be taken away: the index may have them still.
    pub(super) fn leaving(&self, table: Table, after: Option<&Key>) -> usize {
        let after = after.map(encode_to_vec);
        let waiting = self.of_table(table, after.as_deref());
        waiting.filter(|(_, waiting)| waiting.row.is_none()).count()
    }

    /// Rows of a table after a key as the index has them, with what waits laid over them.
    pub(super) fn merge(
        &self,
        table: Table,
        after: Option<&Key>,
        indexed: Vec<(Key, Row)>,
        limit: usize,
    ) -> Vec<(Key, Row)> {
        let after = after.map(encode_to_vec);
        let mut waiting = self.of_table(table, after.as_deref()).peekable();
        let indexed = indexed.into_iter();
        let mut indexed = indexed
            .map(|found| (encode_to_vec(&found.0), found))
            .peekable();
        let mut page = Vec::new();
        while page.len() < limit {
            let next = waiting.next_if(|(bytes, _)| {
                let of_index = indexed.peek();
                of_index.is_none_or(|(of_index, _)| *bytes <= &**of_index)
            });
            if let Some((bytes, waiting)) = next {
                // It stands for what the index has under its key.
                indexed.next_if(|(of_index, _)| **of_index == *bytes);
                let row = waiting.row.clone();
                page.extend(row.map(|row| (waiting.key.clone(), row)));
            } else if let Some((_, found)) = indexed.next() {
                page.push(found);
            } else {
                break;
            }
        }
        page
    }
}

/// Changes laid over rows, for records that build on one another before any of them is appended.
pub(crate) struct Layered<'a> {
    under: &'a dyn Rows,
    changes: BTreeMap<Vec<u8>, Change>,
}

impl<'a> Layered<'a> {
    pub(crate) fn over(under: &'a dyn Rows) -> Self {
        Self {
            under,
            changes: BTreeMap::new(),
        }
    }

    pub(crate) fn put(&mut self, changes: Vec<Change>) {
        for change in changes {
            self.changes.insert(encode_to_vec(&change.key), change);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.changes.len()
    }

    pub(super) fn into_changes(self) -> Vec<Change> {
        self.changes.into_values().collect()
    }
}

impl Rows for Layered<'_> {
    fn row(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        match self.changes.get(&encode_to_vec(key)) {
            Some(change) => Ok(change.row.clone()),
            None => self.under.row(key),
        }
    }
}

/// A row of a submission with the places of its records completed.
pub(super) fn written(row: Row, committed: &Committed) -> Row {
    located(row, |at| at.written(committed.position, committed.first))
}

fn at_home(row: HomeRow, place: impl Fn(Location) -> Location) -> HomeRow {
    let state = match row.state {
        HomeState::Committed(at) => HomeState::Committed(place(at)),
        HomeState::Reversed(row) => HomeState::Reversed(reversed(row, &place)),
        HomeState::Refused(at) => HomeState::Refused(place(at)),
        HomeState::Tombstone(at) => HomeState::Tombstone(place(at)),
    };
    HomeRow { state, ..row }
}

fn at_treatment(row: SettlementRow, place: impl Fn(Location) -> Location) -> SettlementRow {
    let prepared = row.prepared.map(|mut prepared| {
        prepared.at = place(prepared.at);
        prepared.again = prepared.again.map(&place);
        prepared
    });
    let state = match row.state {
        SettlementState::Settled(at) => SettlementState::Settled(place(at)),
        SettlementState::Reversed(row) => SettlementState::Reversed(reversed(row, &place)),
        SettlementState::Refused(row) => SettlementState::Refused(refused(row, &place)),
        SettlementState::Abandoned(at) => SettlementState::Abandoned(at.map(&place)),
        state @ SettlementState::Prepared => state,
    };
    SettlementRow {
        prepared,
        provisional: row.provisional.map(&place),
        state,
        ..row
    }
}

#[allow(clippy::too_many_lines, reason = "a line for each table")]
fn located(row: Row, place: impl Fn(Location) -> Location) -> Row {
    match row {
        Row::Settlement(row) => Row::Settlement(at_treatment(*row, place).into()),
        Row::HomeSettlement(row) => Row::HomeSettlement(at_home(*row, place).into()),
        Row::Block(at) => Row::Block(place(at)),
        Row::Chunk(at) => Row::Chunk(place(at)),
        Row::TagBatch(at) => Row::TagBatch(place(at)),
        Row::Checkpoint(at) => Row::Checkpoint(place(at)),
        Row::RefusedCheckpoint(at) => Row::RefusedCheckpoint(place(at)),
        Row::SplitView(at) => Row::SplitView(place(at)),
        Row::DirectorySplit(at) => Row::DirectorySplit(place(at)),
        Row::DirectoryBranch(at) => Row::DirectoryBranch(place(at)),
        Row::DirectoryHead(row) => Row::DirectoryHead(row.placed(place)),
        Row::Erased(at) => Row::Erased(place(at)),
        Row::Erasure(at) => Row::Erasure(place(at)),
        Row::Policy(row) => Row::Policy(row.placed(place).into()),
        Row::External(row) => Row::External(row.placed(place).into()),
        Row::Assistance(row) => Row::Assistance(row.placed(place)),
        Row::Deduction(row) => Row::Deduction(row.placed(place).into()),
        Row::HomeDeduction(row) => Row::HomeDeduction(row.placed(place)),
        Row::Check(row) => Row::Check(row.placed(place).into()),
        Row::HomeReversal(row) => Row::HomeReversal(HomeReversalRow {
            refused: row.refused.map(place),
            ..row
        }),
        Row::Reversal(row) => Row::Reversal(wish(row, place)),
        Row::Act(row) => Row::Act(ActRow {
            at: place(row.at),
            ..row
        }),
        Row::LateClaim(row) => Row::LateClaim(late(row, place)),
        Row::Kept(row) => Row::Kept(kept(row, place)),
        Row::Signed(row) => Row::Signed(signed(row, place)),
        row @ (Row::Member(_)
        | Row::PersonKey(_)
        | Row::KeysGiven(_)
        | Row::Deductions(_)
        | Row::OpenDeduction(_)
        | Row::DeductionOn(_)
        | Row::HomeDeductions(_)
        | Row::OpenCheck(_)
        | Row::CheckOf(_)
        | Row::Due(_)
        | Row::Payout(_)
        | Row::PayoutOf(_)
        | Row::Reconciled(_)
        | Row::MonthLine(_)
        | Row::InstitutionMonth(_)
        | Row::Provisional(_)
        | Row::ProvisionalOf(_)
        | Row::TruedUp(_)
        | Row::TagHead(_)
        | Row::WitnessHead(_)
        | Row::Tag(_)
        | Row::Duplicate(_)
        | Row::DisputeWord(_)
        | Row::MonthWord(_)
        | Row::Correction(_)
        | Row::Filings(_)
        | Row::Account(_)
        | Row::Institution(_)
        | Row::Open(_)
        | Row::Visit(_)
        | Row::HomeVisit(_)
        | Row::Stream(_)
        | Row::Held(_)
        | Row::Catalogue(_)
        | Row::ClosedDay(_)
        | Row::LastClosedDay(_)
        | Row::Count(_)
        | Row::Episode(_)
        | Row::PolicyChanges(_)
        | Row::OpenReversal(_)
        | Row::Notice(_)
        | Row::Replaced(_)
        | Row::Looked(_)
        | Row::LooksWritten(_)
        | Row::Death(_)
        | Row::Emergency(_)
        | Row::Reviewed(_)
        | Row::Restored(_)
        | Row::RestoredPeer(_)
        | Row::LeftOut(_)
        | Row::Regained(_)
        | Row::RegainedLegs(_)
        | Row::ExternalOf(_)
        | Row::AssistanceOf(_)
        | Row::AssistanceAt(_)
        | Row::Transfer(_)
        | Row::Relation(_)
        | Row::HandedId(_)
        | Row::HandedVisit(_)
        | Row::GivenUp(_)
        | Row::HandsHeld(_)
        | Row::OpenTransfer(_)) => row,
    }
}

fn late(row: LateRow, place: impl Fn(Location) -> Location) -> LateRow {
    let at = place(row.at);
    LateRow { at, ..row }
}

fn kept(row: KeptRow, place: impl Fn(Location) -> Location) -> KeptRow {
    KeptRow {
        at: place(row.at),
        ..row
    }
}

fn signed(row: SignedRow, place: impl Fn(Location) -> Location) -> SignedRow {
    SignedRow {
        at: place(row.at),
        ..row
    }
}

fn wish(row: ReversalRow, place: impl Fn(Location) -> Location) -> ReversalRow {
    let state = match row.state {
        ReversalState::Refused(row) => ReversalState::Refused(refused(row, place)),
        state @ (ReversalState::Intended | ReversalState::Booked) => state,
    };
    ReversalRow { state, ..row }
}

fn refused(row: RefusedRow, place: impl Fn(Location) -> Location) -> RefusedRow {
    RefusedRow {
        at: place(row.at),
        ..row
    }
}

fn reversed(row: ReversedRow, place: impl Fn(Location) -> Location) -> ReversedRow {
    ReversedRow {
        settled: place(row.settled),
        reversed: place(row.reversed),
        ..row
    }
}
