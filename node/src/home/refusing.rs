//! Final refusals at home: the record of one, and what stands under an id that has had its outcome.
//!
//! Only what ends an id is recorded and signed. A question that is refused without an outcome (a stale version,
//! a snapshot that is not given) leaves nothing behind and costs no sync.

use huitong_core::date::Timestamp;
use huitong_core::final_refusal::{FinalRefusal, RefusalBody, RefusedRequest};
use huitong_core::id::SettlementId;
use huitong_core::record::home::HomeRefused;
use huitong_core::refusal::Refusal;
use huitong_core::region::RegionCode;
use huitong_core::reversal::HomeWord;

use super::HomeRole;
use super::receipts::{receipt_at, refusal_at, reversal_at};
use crate::error::NodeError;
use crate::ledger::Written;
use crate::store::{HomeState, Rows, StoreError};

/// What is refused, and why.
#[derive(Debug, Clone)]
pub struct Refused {
    /// The settlement: the one refused, or the one that is not reversed.
    pub settlement: SettlementId,
    /// The home region.
    pub home: RegionCode,
    /// The treatment region, whose id that is.
    pub treatment: RegionCode,
    /// Why.
    pub refusal: Refusal,
    /// What was asked for.
    pub request: RefusedRequest,
    /// The salt of the commitment to it.
    pub salt: [u8; 16],
    /// When.
    pub at: Timestamp,
}

/// The record of a final refusal.
///
/// # Errors
/// [`StoreError::Inconsistent`] when request and refusal do not fit together.
pub fn refused(of: Refused) -> Result<HomeRefused, StoreError> {
    let reversal = match &of.request {
        RefusedRequest::Unseen | RefusedRequest::Claim(_) => None,
        RefusedRequest::Reversal(wish) => Some(wish.reversal),
    };
    let body = RefusalBody {
        settlement: of.settlement,
        reversal,
        home: of.home,
        treatment: of.treatment,
        refusal: of.refusal,
        request: of.request.commitment(&of.salt),
        refused_at: of.at,
    };
    HomeRefused::new(body, of.request, of.salt)
        .map_err(|_| StoreError::Inconsistent("a refusal of another request"))
}

/// The signed refusal of a record that was just written.
pub(super) fn told(
    record: &HomeRefused,
    written: Option<Written>,
) -> Result<FinalRefusal, StoreError> {
    let signed = written.and_then(|written| {
        let group = written.group?;
        group.refusal(written.first.record(), record)
    });
    signed.ok_or(StoreError::Inconsistent("a refusal without its group"))
}

/// What stands under an id that has had its outcome: the same for ever, but for a reversal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "a value passed on once, never kept in numbers"
)]
pub(super) enum Under {
    /// It was committed.
    Committed(HomeWord),
    /// It is refused or buried.
    Refused(FinalRefusal),
}

impl HomeRole {
    /// What stands under an id that has had its outcome, out of the journal.
    pub(super) async fn under(
        &self,
        treatment: RegionCode,
        settlement: SettlementId,
    ) -> Result<Under, NodeError> {
        self.ledger.barrier().await?;
        let row = self.ledger.home_settlement(treatment, settlement)?;
        let row = row.ok_or(StoreError::Inconsistent("an outcome without its row"))?;
        let (settled, reversed) = match row.state {
            HomeState::Committed(at) => (at, None),
            HomeState::Reversed(row) => (row.settled, Some(row.reversed)),
            HomeState::Refused(at) | HomeState::Tombstone(at) => {
                return Ok(Under::Refused(refusal_at(&self.ledger, at)?));
            }
        };
        // A reversal that another asker has just written is not told before it is synced.
        let reversed = reversed.filter(|at| at.frame().is_some());
        let reversal = reversed
            .map(|at| reversal_at(&self.ledger, at))
            .transpose()?;
        let receipt = receipt_at(&self.ledger, settled)?;
        Ok(Under::Committed(HomeWord { receipt, reversal }))
    }

    /// The receipt of an id that was committed, and the reversal if it is reversed.
    pub(super) async fn word(
        &self,
        treatment: RegionCode,
        settlement: SettlementId,
    ) -> Result<HomeWord, NodeError> {
        match self.under(treatment, settlement).await? {
            Under::Committed(word) => Ok(word),
            Under::Refused(_) => Err(StoreError::Inconsistent("a commit without its row").into()),
        }
    }
}
