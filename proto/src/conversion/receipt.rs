//! Receipts: the canonical bytes travel, and what is shown beside them must agree.

use huitong_core::canonical::Artifact;
use huitong_core::receipt::Receipt;

use super::common::amounts_to_wire;
use super::field::{Path, WireFault};
use crate::settlement::v1;

/// The wire form of a receipt.
#[must_use]
pub fn receipt_to_wire(receipt: &Receipt) -> v1::Receipt {
    v1::Receipt {
        canonical: receipt.to_bytes(),
        business_day: receipt.body.clearing.business_day.to_string(),
        amounts: amounts_to_wire(&receipt.body.clearing.amounts),
    }
}

/// Reads a receipt; only the canonical bytes count, and the rest must agree with them.
///
/// # Errors
/// [`WireFault`] when the bytes are no receipt, or another amount or day is shown beside them.
pub fn receipt_from_wire(
    receipt: Option<v1::Receipt>,
    path: Path<'_>,
) -> Result<Receipt, WireFault> {
    let wire = path.required(receipt)?;
    let receipt = Receipt::from_bytes(&wire.canonical)
        .map_err(|fault| path.field("canonical").wrong(fault))?;
    if receipt_to_wire(&receipt) != wire {
        return Err(path.wrong("shows another day or amount than its canonical bytes"));
    }
    Ok(receipt)
}
