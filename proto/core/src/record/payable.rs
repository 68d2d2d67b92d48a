//! Treatment role: what the bureau paid its institutions.

use crate::canonical_struct;
use crate::date::Timestamp;
use crate::officer::OfficerName;
use crate::payable::Payout;
use crate::vocabulary::CorrectionReason;

/// An officer entered a payment to an institution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstitutionPaid {
    /// The payment.
    pub payout: Payout,
    /// Who entered it.
    pub officer: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(InstitutionPaid {
    payout,
    officer,
    at
});

/// A payment that was entered is taken out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayoutCorrected {
    /// The whole payment: the same reference may be entered rightly a minute later.
    pub payout: Payout,
    /// Why.
    pub reason: CorrectionReason,
    /// Who took it out.
    pub officer: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(PayoutCorrected {
    payout,
    reason,
    officer,
    at
});
