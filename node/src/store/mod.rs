//! The port to what the node knows by key: rows derived from the journal.
//!
//! The journal is the truth and is written first; the rows here follow behind it and can be thrown away and
//! derived again. So the port has no transaction, no durability and no clock: a backend keeps rows, keeps
//! the place in the journal that they reach, and changes both at once. Backends: [`memory`] for tests and
//! simulation, [`embedded`] on sled. `conformance` is what any backend must pass.

pub mod apply;
mod assistance_row;
mod check_reversed;
mod check_row;
#[cfg(test)]
mod conformance;
mod deduction_row;
mod directory_row;
mod dispute_row;
mod duplicate_row;
pub mod embedded;
mod erased;
mod erased_row;
mod external_row;
mod held_row;
pub mod image;
mod incarnation;
mod institution_account_row;
mod location;
mod looked_row;
pub mod memory;
mod payable_row;
mod person_row;
mod policy_row;
mod provisional_row;
mod recovery_row;
mod refused_row;
mod reversal_row;
mod row;
mod shortfall;
mod table;
mod transfer_row;
mod whole_stay;
mod witness_row;

pub use assistance_row::AssistanceRow;
pub use check_reversed::is_check_reversed;
pub use check_row::CheckRow;
pub use deduction_row::{
    DeductionRow, DeductionState, Deductions, HomeDeductionRow, HomeDeductionState,
};
pub use directory_row::DirectoryHead;
pub use dispute_row::{CorrectionRow, DisputeWordRow};
pub use duplicate_row::{DuplicateRow, TagHead, TagRow};
pub use erased::{erased_act, is_erased, is_erased_transfer};
pub use erased_row::ErasedId;
pub use external_row::ExternalRow;
pub use held_row::{BeyondReason, HeldReceipts};
pub use incarnation::{account_now, incarnation};
pub use institution_account_row::{
    ConfirmationRow, InstitutionMonthRow, MonthLineRow, ReconciledRow,
};
pub use location::Location;
pub use looked_row::{LookedAt, LookedRow};
pub use payable_row::{DueRow, PayoutRow};
pub use person_row::{ActRow, ReviewedRow};
pub use policy_row::{
    Declined, PolicyChanges, PolicyRow, PolicyStanding, Publication, Rejection, Withdrawn,
};
pub use provisional_row::{KeptRow, ProvisionalRow, ProvisionalState, SignedRow};
pub use recovery_row::{
    BackupDay, FIRST_INCARNATION, LeftOut, RegainedLegs, RegainedPerson, RestoreState, Restored,
    RestoredPeer,
};
pub use refused_row::RefusedRow;
pub use reversal_row::{HomeReversalRow, ReversalRow, ReversalState, ReversedRow};
pub use row::{
    Account, CatalogueRow, ClosedDay, Episode, Filings, HomeId, HomeRow, HomeState, LastClosedDay,
    OpenRow, PreparedRow, SettlementRow, SettlementState, Stream, StreamHead,
};
pub use shortfall::{Moved, from_accounts};
pub use table::{Key, Row, Rows, Table};
pub use transfer_row::{
    Counted, HandedIdRow, LateRow, Leaving, LeavingState, Mirror, RelationRow, TransferRow,
    TransferState,
};
pub use whole_stay::{Extent, all_parts, keys_of, standing_visit, taken, taken_visit};
pub use witness_row::WitnessHead;

use huitong_core::canonical::CanonicalError;
use huitong_core::record::sealed::JoinError;
use huitong_journal::{Position, ReadError};

use crate::keyring::KeyringError;

/// The form of keys and rows, and of what follows from records; what has another one is derived again.
pub(crate) const ROW_FORM: u8 = 12;

/// A row put, or taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which row.
    pub key: Key,
    /// The row as it stands now; `None` takes it away.
    pub row: Option<Row>,
}

/// How far into the journal an index reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reached {
    /// The number of the last frame of which a record is in the index.
    pub frame: u64,
    /// How many records of that frame are in it.
    pub records: u32,
    /// Where that frame begins.
    pub position: Position,
}

/// Rows by key. One index belongs to one journal.
pub trait Index: Send + Sync {
    /// One row.
    ///
    /// # Errors
    /// [`StoreError`] when the backend cannot read it.
    fn get(&self, key: &Key) -> Result<Option<Row>, StoreError>;

    /// At most `limit` rows of a table, ascending by their keys' canonical bytes, beginning after `after`.
    ///
    /// # Errors
    /// [`StoreError`] when the backend cannot read them.
    fn scan(
        &self,
        table: Table,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Row)>, StoreError>;

    /// Makes all changes and moves the place reached, at once or not at all.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was changed.
    fn apply(&self, changes: &[Change], reached: Reached) -> Result<(), StoreError>;

    /// Puts rows without a place, to be reached by an [`Index::apply`] once all of them are in: what is left in
    /// between belongs to no place and is taken away.
    ///
    /// # Errors
    /// [`StoreError`].
    fn load(&self, rows: &[Change]) -> Result<(), StoreError>;

    /// The place reached, or `None` for an empty index.
    ///
    /// # Errors
    /// [`StoreError`] when the backend cannot read it.
    fn reached(&self) -> Result<Option<Reached>, StoreError>;

    /// Takes everything away, to be derived again.
    ///
    /// # Errors
    /// [`StoreError`] when the backend refuses.
    fn clear(&self) -> Result<(), StoreError>;
}

/// Why rows or records cannot be read or written.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The backend's own words.
    #[error("index: {0}")]
    Backend(String),
    /// Bytes that are not the row or record they should be.
    #[error("index or journal: {0}")]
    Form(#[from] CanonicalError),
    /// A row of another table stands under a key.
    #[error("index: a row of another table stands under a key of table {0}")]
    WrongRow(&'static str),
    /// The journal cannot be read.
    #[error(transparent)]
    Journal(#[from] ReadError),
    /// A record or row that another one names is not there.
    #[error("the journal and its rows do not agree: {0}")]
    Inconsistent(&'static str),
    /// A record that a row names is on its way into the journal.
    #[error("a record is not written yet")]
    NotWritten,
    /// A number is out of its range.
    #[error("out of range: {0}")]
    Range(&'static str),
    /// The keyring is not what the journal needs.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// A stored record does not have its form.
    #[error("journal: {0}")]
    Sealed(#[from] JoinError),
    /// Whom the record is about was erased.
    #[error("whom the record is about was erased")]
    Erased,
}
