//! The store, as the clearinghouse needs it: records go in, look-ups come out.
//!
//! One writer appends; what it appended becomes durable later and is reported as an event, in order. Reads
//! answer from what is durable and indexed, so a caller that needs the newest keeps it in memory until
//! [`StoreEvent::Indexed`] says it is here. Which program keeps the bytes is known to [`crate::platform`]
//! alone.

mod embedded;
mod index;
mod keys;
mod legs_written;
mod memory_index;
mod sled_index;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use huitong_core::checkpoint::row;
use huitong_core::date::BusinessDay;
use huitong_core::duplicate::Tag;
use huitong_core::leg::{Debt, Leg, NumberedLeg};
use huitong_core::record::clearing::{ClearingRecord, DeductionOf, LegsTaken, Proven};
use huitong_core::region::RegionCode;
use huitong_journal::{AppendError, OpenError, ReadError, Reader};
use huitong_netting::NettingPlan;

pub(crate) use embedded::{
    AccountRow, Deducted, Embedded, PostedRow, Proofs, ProvenCycle, TagRows,
};
pub use index::{Index, IndexError, Pair};
pub(crate) use legs_written::LegsWritten;
pub use memory_index::MemoryIndex;
pub(crate) use sled_index::SledIndex;

use crate::books::Books;
use crate::disputes::Disputes;
use crate::months::Months;
use crate::payments::Payments;
use crate::prefunds::Prefunds;
use crate::state::{
    Attestations, Attested, Cycle, DirectoryHeld, Restore, Stream, TagsHeld, TakenDebts, Words,
};

/// What a store does.
pub(crate) trait Store: Send {
    /// Hands in a record, whose legs may be written already, and numbers it, from 1 since opening. It is durable when
    /// [`StoreEvent::Synced`] names the number.
    fn append(
        &mut self,
        record: &ClearingRecord,
        written: Option<LegsWritten>,
    ) -> Result<u64, StoreError>;

    /// Legs of a stream by number, ascending; those that are not indexed yet are left out. At most
    /// as many as one report may have.
    fn legs(
        &self,
        region: RegionCode,
        numbers: RangeInclusive<u64>,
    ) -> Result<Vec<NumberedLeg>, StoreError>;

    /// Which of what is called so indexed plans took, whoever owes it, and the plans.
    fn netted(&self, debts: &[Debt]) -> Result<TakenDebts, StoreError>;

    /// The plan that took a debt of these two, if an indexed one did.
    fn netted_between(&self, debt: Debt, pair: row::Pair) -> Result<Option<u64>, StoreError>;

    /// The plan of a cycle, as it was journaled.
    fn plan(&self, day: BusinessDay) -> Result<Option<NettingPlan>, StoreError>;

    /// The legs that an indexed plan took, the creditor's of each two.
    fn taken(&self, plan: &NettingPlan) -> Result<Vec<Leg>, StoreError>;

    /// What regions attested of a cycle, as far as it is indexed.
    fn attested(&self, day: BusinessDay) -> Result<BTreeMap<RegionCode, Attested>, StoreError>;

    /// The checkpoint of an indexed plan, once it is signed.
    fn proven(&self, plan: u64) -> Result<Option<Proven>, StoreError>;

    /// What is proven and indexed, to be looked through beside the writer.
    fn proofs(&self) -> Proofs;

    /// The journal up to what is on disk, for a backup of it.
    fn reader(&self) -> Reader;

    /// The tags that are indexed, to be looked through beside the writer.
    fn tag_rows(&self) -> TagRows;

    /// What the state is begun with, but for the legs.
    fn load(&self) -> Result<Loaded, StoreError>;

    /// Visits the legs that no plan took, in the order in which they came, those of a report together, with what was said
    /// beside them.
    fn open_legs(&self, loaded: &Loaded, visit: VisitOpen<'_>) -> Result<(), StoreError>;

    /// Finishes what was handed in and takes nothing more.
    fn close(&mut self) -> Result<(), StoreError>;
}

/// Looks at the legs of a report, with what was said beside them.
pub(crate) type VisitOpen<'a> =
    &'a mut dyn FnMut(LegsTaken, Vec<DeductionOf>) -> Result<(), StoreError>;

/// What a store reports, from beside its callers.
#[derive(Debug, Clone)]
pub(crate) enum StoreEvent {
    /// All records up to this number are durable.
    Synced(u64),
    /// All records up to this number answer to look-ups.
    Indexed(u64),
    /// Writing failed: what was not reported as synced may or may not be on disk.
    Failed(StoreError),
}

/// What a store holds when it is opened.
#[derive(Debug)]
pub(crate) struct Loaded {
    /// The streams that ever did anything.
    pub(crate) streams: BTreeMap<RegionCode, Stream>,
    /// The cycles that are cut off.
    pub(crate) cycles: BTreeMap<BusinessDay, Cycle>,
    /// The last plan.
    pub(crate) plan: Option<NettingPlan>,
    /// The last checkpoint that was signed.
    pub(crate) proven: Option<Proven>,
    /// The directory as officers decided it.
    pub(crate) directory: DirectoryHeld,
    /// What regions attested.
    pub(crate) attestations: Attestations,
    /// The books.
    pub(crate) books: Books,
    /// What was ordered to be paid, and what moved.
    pub(crate) payments: Payments,
    /// What members leave with each other.
    pub(crate) prefunds: Prefunds,
    /// What home regions signed of debts on which two regions do not agree.
    pub(crate) words: Words,
    /// What regions dispute.
    pub(crate) disputes: Disputes,
    /// The months that are drawn up.
    pub(crate) months: Months,
    /// How far each region's tags are held.
    pub(crate) tags: BTreeMap<RegionCode, TagsHeld>,
    /// The plan of each region's last word on a checkpoint.
    pub(crate) witnessed: BTreeMap<RegionCode, u64>,
    /// The last restore of the clearinghouse itself.
    pub(crate) restored: Restore,
}

/// Tags of a region that another has too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MatchesPage {
    /// Each with the other region, ascending by tag.
    pub(crate) matches: Vec<(Tag, RegionCode)>,
    /// After which the next page begins; none with the last.
    pub(crate) next: Option<(Tag, RegionCode)>,
    /// How far every region's tags were indexed while it was read.
    pub(crate) regions: BTreeMap<RegionCode, TagsHeld>,
}

/// Why a store does not do what it is asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The journal cannot be opened.
    #[error("the journal cannot be opened: {0}")]
    Open(#[from] OpenError),
    /// The journal takes nothing.
    #[error("the journal takes nothing: {0}")]
    Append(#[from] AppendError),
    /// The journal cannot be read.
    #[error("the journal cannot be read: {0}")]
    Read(#[from] ReadError),
    /// The index cannot be used.
    #[error("the index cannot be used: {0}")]
    Index(#[from] IndexError),
    /// A folder cannot be made.
    #[error("{folder}: {reason}")]
    Folder {
        /// The folder.
        folder: String,
        /// What the system said.
        reason: String,
    },
    /// The index knows of records that the journal has lost.
    #[error(
        "the index is ahead of the journal: acknowledged records are gone. Do not serve; restore the journal \
         from a backup (索引领先于日志，已确认的记录丢失，请勿提供服务，应从备份恢复日志)"
    )]
    IndexAhead,
    /// The index was written by a later program.
    #[error(
        "the index has format {found}, and this program knows {known}: start the later program, or remove the index, \
         which is made anew from the journal (索引由更新版本写入，请启动新版本，或删除索引后由日志重建)"
    )]
    LaterIndex {
        /// Its format.
        found: u32,
        /// The format of this program.
        known: u32,
    },
    /// The journal holds something that this program does not write there.
    #[error("the journal holds what does not belong there: {0}")]
    Foreign(String),
    /// A region that took part is no longer in the directory.
    #[error(
        "region {0} took part in clearing, and the directory does not name it: enter it again \
         (名录缺少曾参与清算的统筹区，请重新登记)"
    )]
    RegionLeft(RegionCode),
    /// A thread cannot be started.
    #[error("a thread of the store could not be started: {0}")]
    Thread(String),
}
