//! Payments to institutions.

use huitong_core::date::BusinessDay;
use huitong_core::institution::InstitutionCode;
use huitong_core::payable::{Month, Payout};
use huitong_core::payment::BankReference;
use huitong_core::vocabulary::CorrectionReason;

use super::field::{Path, WireFault, wire_enum};
use crate::settlement::v1;

wire_enum!(
    payout_reason_to_wire,
    payout_reason_from_wire,
    CorrectionReason,
    v1::PayoutCorrectionReason {
        WrongAmount,
        WrongPurpose,
        EnteredTwice,
        Bounced,
    }
);

/// The wire form of a payment.
#[must_use]
pub fn payout_to_wire(payout: &Payout) -> v1::Payout {
    v1::Payout {
        reference: payout.reference.to_string(),
        institution: payout.institution.to_string(),
        month: payout.month.to_string(),
        paid_on: payout.paid_on.to_string(),
        amount_fen: payout.amount.get(),
    }
}

/// Reads a payment.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn payout_from_wire(sent: Option<v1::Payout>, path: Path<'_>) -> Result<Payout, WireFault> {
    let sent = path.required(sent)?;
    let amount = path.field("amount_fen").fen(sent.amount_fen)?;
    if amount.is_zero() {
        return Err(path.field("amount_fen").wrong("is above zero"));
    }
    let institution = path.field("institution");
    Ok(Payout {
        reference: path
            .field("reference")
            .parse(&sent.reference, BankReference::parse)?,
        institution: institution.parse(&sent.institution, InstitutionCode::parse)?,
        month: path.field("month").parse(&sent.month, Month::parse)?,
        paid_on: path
            .field("paid_on")
            .parse(&sent.paid_on, BusinessDay::parse)?,
        amount,
    })
}
