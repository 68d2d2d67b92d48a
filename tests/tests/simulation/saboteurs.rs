//! Saboteurs: what a law is worth is seen when something breaks it. Each stands between a node and its disk or
//! its rows and makes the node forget one thing, one of them between the clearinghouse and its restored journal; the
//! servers themselves are the real ones. Two spoil a journal when nobody writes it any more: what the servers would
//! never write, or refuse to start from, only the auditor can see.
//!
//! Some would show nothing, since what they break is guarded twice, and are not here: who skips the check of the version
//! alone, while a home region decides on its own totals; who forgets visits at one of two nodes; who forgets tombstones
//! in a restore, which the incarnation covers.

mod journals;
mod lying_disk;
mod rows;

use std::sync::Arc;

use huitong_core::bill::INTERIM_AT_MOST;
use huitong_core::digest::Digest;
use huitong_core::leg::LegKind;
use huitong_journal::Disk;
use huitong_node::platform::Stored;
use huitong_node::store::{
    Change, CorrectionRow, DuplicateRow, HomeState, Index, Key, Leaving, LeavingState, Reached,
    RegainedPerson, RelationRow, Row, StoreError, Stream, StreamHead, Table,
};

use lying_disk::LyingDisk;
use rows::{borne_by_nobody, covered_without_end, given_up, less, not_reversed, one_fen_more};

pub use journals::{lose_cycles, one_net_off, rots};

/// Who breaks what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Saboteur {
    /// A person's record never changes once it is indexed: neither version nor totals see other settlements.
    StaleRecord,
    /// Tombstones are forgotten.
    NoTombstone,
    /// The disk says that it has synced, and has not.
    LyingSync,
    /// The last leg of a stream is never told.
    DroppedLeg,
    /// What became of an id is forgotten at home.
    ForgottenId,
    /// Which visits are settled is forgotten, at both nodes.
    UncheckedVisit,
    /// Which stays are settled whole, and which came in parts, is forgotten, at both nodes.
    UncheckedWhole,
    /// That a settlement was taken back is forgotten at home.
    ForgottenReversal,
    /// Which words of an old home are taken is forgotten, and that a new home has taken them.
    HandOverTwice,
    /// An old home forgets whom it has handed over, and that their cover ended with it.
    ForgottenHandOver,
    /// What is borne of a provisional settlement is forgotten.
    LostDifference,
    /// What is deducted from a settlement already is forgotten, in both regions.
    ForgottenDeduction,
    /// One fen more is remembered as deducted from a settlement than was, in both regions.
    OtherAmount,
    /// What a settled dispute came to is taken to be booked otherwise already, in both regions.
    ForgottenCorrection,
    /// Words of checks are taken to have arrived, and none is sent again.
    UnsentWord,
    /// Whom the clearinghouse matched is forgotten.
    ForgottenMatch,
    /// What a bureau said of somebody whom another region insures too is not told to that region.
    UntoldWord,
    /// What a region said of a month is forgotten.
    ForgottenMonthWord,
    /// What was taken back is not booked for the institution that settled it.
    UnbookedReversal,
    /// What an institution said of lines of its month is forgotten.
    ForgottenConfirmation,
    /// When somebody is released after a restore, a fen and an admission of their sums are forgotten.
    ForgottenSums,
    /// A leg is taken out of what regions are handed of a cycle on its way.
    MeddledPart,
    /// What was paid out is written down at the bank, and not entered.
    SwallowedLine,
    /// That assistance was granted on a year is forgotten.
    ForgottenGrant,
    /// After a restore people are held of whose record nothing is missing.
    HeldForNothing,
    /// Which region an officer left out is forgotten.
    ForgottenLeftOut,
    /// A restored clearinghouse goes on without the cycles that it had cut off.
    LostCycles,
    /// After a restart a node serves from an old copy of its disk.
    OldBackup,
    /// Whoever comes back to ids that are open passes over the first of them.
    SkippedId,
    /// What was settled is told to be abandoned at the treatment node.
    OtherOutcome,
    /// One net of a plan is a fen more in the journal than it was.
    NetOff,
    /// A bit of a journal is another one in the end.
    RottenDisk,
}

impl Saboteur {
    /// Stands between a node and what it keeps things in.
    pub fn between(self, disk: Arc<dyn Disk>, index: Arc<dyn Index>) -> Stored {
        match self {
            Self::LyingSync => Stored {
                images: None,
                keys: Arc::clone(&disk),
                disk: Arc::new(LyingDisk(disk)),
                index,
            },
            // Not of a node's disk or rows.
            Self::OldBackup
            | Self::LostCycles
            | Self::MeddledPart
            | Self::SwallowedLine
            | Self::NetOff
            | Self::RottenDisk => Stored {
                keys: Arc::clone(&disk),
                disk,
                index,
                images: None,
            },
            Self::StaleRecord
            | Self::NoTombstone
            | Self::DroppedLeg
            | Self::ForgottenId
            | Self::ForgottenReversal
            | Self::HandOverTwice
            | Self::ForgottenHandOver
            | Self::ForgottenGrant
            | Self::ForgottenDeduction
            | Self::OtherAmount
            | Self::ForgottenCorrection
            | Self::UnsentWord
            | Self::ForgottenMatch
            | Self::UntoldWord
            | Self::ForgottenMonthWord
            | Self::UnbookedReversal
            | Self::ForgottenConfirmation
            | Self::ForgottenSums
            | Self::ForgottenLeftOut
            | Self::HeldForNothing
            | Self::LostDifference
            | Self::SkippedId
            | Self::OtherOutcome
            | Self::UncheckedWhole
            | Self::UncheckedVisit => Stored {
                images: None,
                keys: Arc::clone(&disk),
                disk,
                index: Arc::new(Forgetful {
                    what: self,
                    rows: index,
                }),
            },
        }
    }
}

/// Whether a row is not there at all, whatever it says.
fn is_forgotten(what: Saboteur, key: &Key) -> bool {
    match (what, key) {
        (Saboteur::UncheckedWhole, Key::Visit(key) | Key::HomeVisit(key)) => {
            key.interim > INTERIM_AT_MOST
        }
        (Saboteur::ForgottenId, Key::HomeSettlement(..))
        | (Saboteur::UncheckedVisit, Key::Visit(_) | Key::HomeVisit(_))
        | (Saboteur::HandOverTwice, Key::HandsHeld(_))
        | (Saboteur::ForgottenGrant, Key::AssistanceOf(..))
        | (Saboteur::ForgottenMonthWord, Key::MonthWord(_))
        | (Saboteur::UnbookedReversal, Key::Due(_, _, LegKind::Reversal, _))
        | (Saboteur::ForgottenConfirmation, Key::MonthLine(..))
        | (Saboteur::ForgottenDeduction, Key::Deductions(_) | Key::HomeDeductions(..))
        | (Saboteur::ForgottenMatch, Key::Duplicate(..))
        | (Saboteur::ForgottenLeftOut, Key::LeftOut(_)) => true,
        _ => false,
    }
}

/// Rows of which some are not what they should be.
struct Forgetful {
    what: Saboteur,
    rows: Arc<dyn Index>,
}

impl Forgetful {
    fn distorted(&self, key: &Key, row: Row) -> Option<Row> {
        if is_forgotten(self.what, key) {
            return None;
        }
        match (self.what, key, row) {
            (Saboteur::NoTombstone, _, Row::HomeSettlement(row))
                if matches!(row.state, HomeState::Tombstone(_)) =>
            {
                None
            }
            (Saboteur::ForgottenReversal, _, Row::HomeSettlement(row)) => {
                Some(Row::HomeSettlement(not_reversed(*row).into()))
            }
            (Saboteur::OtherOutcome, _, Row::Settlement(row)) => {
                Some(Row::Settlement(given_up(*row).into()))
            }
            (Saboteur::UntoldWord, _, Row::Duplicate(row)) => {
                let resolution = None;
                let row = DuplicateRow { resolution, ..*row };
                Some(Row::Duplicate(row.into()))
            }
            (Saboteur::HandOverTwice, Key::Stream(Stream::Hands(_)), Row::Stream(head)) => {
                Some(Row::Stream(StreamHead {
                    acknowledged: 0,
                    ..head
                }))
            }
            (Saboteur::ForgottenHandOver, _, Row::Relation(row)) => {
                let is_handed_over =
                    |leaving: &Leaving| matches!(leaving.state, LeavingState::HandedOver(_));
                let leaving = row.leaving.filter(|leaving| !is_handed_over(leaving));
                let row = RelationRow { leaving, ..*row };
                Some(Row::Relation(row.into()))
            }
            (Saboteur::ForgottenHandOver, _, Row::Member(member)) => {
                Some(Row::Member(covered_without_end(member)))
            }
            (Saboteur::HeldForNothing, _, Row::Regained(row)) => {
                let before = row.before.max(1);
                Some(Row::Regained(RegainedPerson { before, ..row }))
            }
            (Saboteur::UnsentWord, _, Row::Check(mut row)) => {
                row.shared = u32::MAX;
                Some(Row::Check(row))
            }
            (Saboteur::OtherAmount, _, Row::Deductions(row)) => {
                Some(Row::Deductions(one_fen_more(row)))
            }
            (Saboteur::OtherAmount, _, Row::HomeDeductions(row)) => {
                Some(Row::HomeDeductions(one_fen_more(row)))
            }
            (Saboteur::LostDifference, _, Row::Provisional(row)) => {
                Some(Row::Provisional(borne_by_nobody(*row).into()))
            }
            (Saboteur::DroppedLeg, Key::Stream(Stream::Legs), Row::Stream(head)) => {
                Some(Row::Stream(StreamHead {
                    written: head.written.saturating_sub(1),
                    ..head
                }))
            }
            (_, _, row) => Some(row),
        }
    }

    /// Somebody's record with less in its sums, when they are released.
    fn less_for(&self, change: &Change, changes: &[Change]) -> Result<Option<Change>, StoreError> {
        let (Key::Regained(psn_no), None) = (&change.key, &change.row) else {
            return Ok(None);
        };
        let key = Key::Account(*psn_no);
        let changed = changes.iter().rfind(|change| change.key == key);
        let row = match changed {
            Some(changed) => changed.row.clone(),
            None => self.rows.get(&key)?,
        };
        Ok(row.map(|row| {
            let row = Some(less(row));
            Change { key, row }
        }))
    }

    /// Whether a change of a row never arrives.
    fn is_lost(&self, change: &Change) -> Result<bool, StoreError> {
        let is_account = matches!(change.key, Key::Account(_));
        if self.what != Saboteur::StaleRecord || !is_account {
            return Ok(false);
        }
        // The first settlement of a person is kept, so that the versions of later ones look right.
        match self.rows.get(&change.key)? {
            Some(Row::Account(account)) => Ok(!account.totals.is_empty()),
            Some(_) | None => Ok(false),
        }
    }
}

impl Index for Forgetful {
    fn get(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        let row = self.rows.get(key)?;
        if let (Saboteur::ForgottenCorrection, Key::Correction(_), None) = (self.what, key, &row) {
            let outcome = Digest::from_bytes([0; 32]);
            return Ok(Some(Row::Correction(CorrectionRow { outcome, leg: 0 })));
        }
        Ok(row.and_then(|row| self.distorted(key, row)))
    }

    fn scan(
        &self,
        table: Table,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Row)>, StoreError> {
        let mut rows = self.rows.scan(table, after, limit)?;
        if self.what == Saboteur::SkippedId && table == Table::Open && !rows.is_empty() {
            rows.remove(0);
        }
        // Officers and institutions see these in lists.
        let listed = [
            Saboteur::HeldForNothing,
            Saboteur::UnbookedReversal,
            Saboteur::ForgottenMatch,
        ];
        if !listed.contains(&self.what) {
            return Ok(rows);
        }
        let seen = |(key, row)| self.distorted(&key, row).map(|row| (key, row));
        Ok(rows.into_iter().filter_map(seen).collect())
    }

    fn apply(&self, changes: &[Change], reached: Reached) -> Result<(), StoreError> {
        let mut kept = Vec::new();
        for change in changes {
            if !self.is_lost(change)? {
                kept.push(change.clone());
            }
        }
        if self.what == Saboteur::ForgottenSums {
            for change in changes {
                let less = self.less_for(change, &kept)?;
                kept.extend(less);
            }
        }
        self.rows.apply(&kept, reached)
    }

    fn load(&self, rows: &[Change]) -> Result<(), StoreError> {
        self.rows.load(rows)
    }

    fn reached(&self) -> Result<Option<Reached>, StoreError> {
        self.rows.reached()
    }

    fn clear(&self) -> Result<(), StoreError> {
        self.rows.clear()
    }
}
