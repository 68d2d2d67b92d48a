//! The rows of what institutions are owed and were paid.

use huitong_core::canonical_struct;
use huitong_core::date::Timestamp;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::money::Fen;
use huitong_core::payable::Payout;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::CorrectionReason;

/// Treatment role: what an institution is owed, or owes back, by one settlement, reversal, deduction or its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueRow {
    /// The home region.
    pub home: RegionCode,
    /// The settlement.
    pub settlement: SettlementId,
    /// When a settlement or reversal was booked; none of a deduction or its end.
    pub at: Option<Timestamp>,
    /// What each fund and account pays.
    pub amounts: Vec<(Fund, Fen)>,
}

canonical_struct!(DueRow {
    home,
    settlement,
    at,
    amounts
});

/// A payment to an institution, as it was entered last under its reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutRow {
    /// The payment.
    pub payout: Payout,
    /// Why it was taken out; none while it counts.
    pub corrected: Option<CorrectionReason>,
}

canonical_struct!(PayoutRow { payout, corrected });
