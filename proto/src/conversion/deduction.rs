//! Audit deductions: their words and amounts.

use huitong_core::deduction::DeductionAmounts;
use huitong_core::vocabulary::{DeductionEndReason, DeductionReason};

use super::common::fund_from_wire;
use super::field::{Path, WireFault, wire_enum};
use crate::common::v1 as common;
use crate::settlement::v1;

wire_enum!(
    deduction_reason_to_wire,
    deduction_reason_from_wire,
    DeductionReason,
    v1::DeductionReason {
        Overcharged,
        SplitCharge,
        DuplicatedCharge,
        NotInCatalogue,
        Substituted,
        NoIndication,
        Excessive,
        SplitAdmission,
        NeedlessAdmission,
        InsufficientRecord,
        NotRendered,
        OtherBreach,
    }
);

wire_enum!(
    deduction_end_reason_to_wire,
    deduction_end_reason_from_wire,
    DeductionEndReason,
    v1::DeductionEndReason {
        AppealUpheld,
        Mistaken,
        Ordered,
    }
);

/// Reads what is taken off, in whatever order the funds stand.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn deduction_amounts_from_wire(
    sent: &[common::FundAmount],
    path: Path<'_>,
) -> Result<DeductionAmounts, WireFault> {
    let mut amounts = Vec::with_capacity(sent.len());
    for (nth, one) in sent.iter().enumerate() {
        let item = path.item(nth);
        let fund = fund_from_wire(one.fund, item.field("fund"))?;
        amounts.push((fund, item.field("amount_fen").fen(one.amount_fen)?));
    }
    amounts.sort_by_key(|(fund, _)| *fund);
    DeductionAmounts::new(amounts).map_err(|fault| path.wrong(fault))
}
