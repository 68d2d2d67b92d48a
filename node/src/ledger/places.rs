//! Where the records of a row lie: known only once their frame is written, and completed then.
//!
//! A row may name records of several submissions that are not written, as when a settlement is booked and reversed
//! before either is synced: each place is completed by its own submission, whichever rows have taken it over.

use std::collections::VecDeque;

use huitong_journal::{Committed, Position};

use crate::store::{
    ActRow, HomeReversalRow, HomeRow, HomeState, KeptRow, LateRow, Location, RefusedRow,
    ReversalRow, ReversalState, ReversedRow, Row, SettlementRow, SettlementState, SignedRow,
};

/// Where the records of submissions lie that were written of late, for rows that name them and were made before that was
/// known.
#[derive(Debug, Default)]
pub(super) struct Found(VecDeque<FoundAt>);

#[derive(Debug)]
struct FoundAt {
    submission: u64,
    frame: Position,
    first: u32,
    /// The last submission that may have been made without knowing it.
    needed_by: u64,
}

impl Found {
    /// A submission is written; `appended` is the last one so far. The one that is being decided on may have read rows
    /// before now as well.
    pub(super) fn add(&mut self, submission: u64, committed: &Committed, appended: u64) {
        self.0.push_back(FoundAt {
            submission,
            frame: committed.position,
            first: committed.first,
            needed_by: appended.saturating_add(1),
        });
    }

    /// Forgets what no row names any more. To be called while nothing is being decided on: what is read from then on
    /// has these places already.
    pub(super) fn forget(&mut self) {
        let synced = self.0.back().map_or(0, |it| it.submission);
        while self.0.front().is_some_and(|it| it.needed_by <= synced) {
            self.0.pop_front();
        }
    }

    /// A row with all places completed that are known.
    pub(super) fn written(&self, row: Row) -> Row {
        located(row, |at| {
            // Most are: the place of a record that was written before the row was made.
            if at.frame().is_some() {
                return at;
            }
            let tried = self.0.iter().rev();
            let mut tried = tried.map(|it| at.written(it.submission, it.frame, it.first));
            tried.find(|at| at.frame().is_some()).unwrap_or(at)
        })
    }
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
        | Row::HandReplaced(_)
        | Row::Looked(_)
        | Row::LooksWritten(_)
        | Row::Death(_)
        | Row::Emergency(_)
        | Row::Reviewed(_)
        | Row::Restored(_)
        | Row::BackupDay(_)
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
