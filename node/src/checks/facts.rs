//! What the own book says of a settlement, as far as a check is held against it. No person leaves here.

use huitong_core::canonical::Artifact;
use huitong_core::claim::Claim;
use huitong_core::date::BusinessDay;
use huitong_core::deduction::DeductionAmounts;
use huitong_core::digest::Digest;
use huitong_core::id::SettlementId;
use huitong_core::money::Fen;
use huitong_core::receipt::ReceiptBody;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Setting;

use crate::ledger::Ledger;
use crate::store::apply::Records;
use crate::store::{HomeState, Rows, SettlementState, StoreError};
use crate::treatment::view::booked;

/// A settlement with its receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    /// Digest of the receipt's signed body.
    pub(super) receipt: Digest,
    /// What funds other than the person's accounts paid; none when they paid nothing.
    pub(super) paid: Option<DeductionAmounts>,
    /// What the bill comes to.
    pub(super) bill: Fen,
    /// The kind of care.
    pub(super) setting: Setting,
    /// Its business day.
    pub(super) settled_on: BusinessDay,
}

impl Known {
    fn of(body: &ReceiptBody, claim: &Claim) -> Self {
        let amounts = body.clearing.amounts.iter();
        let others = amounts.filter(|(fund, amount)| !fund.is_account() && !amount.is_zero());
        Self {
            receipt: body.digest(),
            paid: DeductionAmounts::new(others.copied().collect()).ok(),
            bill: claim.bill.total(),
            setting: claim.visit.setting,
            settled_on: body.clearing.business_day,
        }
    }
}

/// What this region paid for one of its people who was treated elsewhere; none of what was settled by hand.
pub(super) fn at_home(
    ledger: &Ledger,
    (treatment, settlement): (RegionCode, SettlementId),
) -> Result<Option<Known>, StoreError> {
    let row = ledger.home_settlement(treatment, settlement)?;
    let Some(HomeState::Committed(at)) = row.map(|row| row.state) else {
        return Ok(None);
    };
    if at.frame().is_none() {
        return Ok(None);
    }
    let record = match ledger.record(at) {
        Err(StoreError::Erased) => return Ok(None),
        record => record?,
    };
    let committed = record.into_committed();
    let sent = committed.filter(|committed| committed.body().number > 0);
    Ok(sent.map(|committed| Known::of(committed.body(), &committed.claim)))
}

/// What was settled here for another region's person, also when it was reversed since.
pub(super) fn at_treatment(
    ledger: &Ledger,
    settlement: SettlementId,
) -> Result<Option<Known>, StoreError> {
    let Some(row) = ledger.settlement(settlement)? else {
        return Ok(None);
    };
    let at = match &row.state {
        SettlementState::Settled(at) => *at,
        SettlementState::Reversed(places) => places.settled,
        SettlementState::Prepared | SettlementState::Refused(_) | SettlementState::Abandoned(_) => {
            return Ok(None);
        }
    };
    if at.frame().is_none() {
        return Ok(None);
    }
    match booked(ledger, &row) {
        Err(StoreError::Erased) => Ok(None),
        found => {
            let (attempt, receipt) = found?;
            Ok(Some(Known::of(&receipt.body, &attempt.prepared.claim)))
        }
    }
}
