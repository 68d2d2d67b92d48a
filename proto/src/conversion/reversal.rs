//! Reversals: the canonical bytes travel, and what is shown beside them must agree.

use huitong_core::canonical::Artifact;
use huitong_core::reversal::{BegunBy, HomeWord, Reversal};
use huitong_core::vocabulary::ReversalReason;

use super::common::amounts_to_wire;
use super::field::{Path, WireFault, wire_enum};
use super::receipt::{receipt_from_wire, receipt_to_wire};
use crate::settlement::v1;

wire_enum!(
    reason_to_wire,
    reason_from_wire,
    ReversalReason,
    v1::ReversalReason {
        WrongPerson,
        WrongBill,
        Duplicate,
        WrongPlace,
        Correction,
        Fraud,
        Ordered,
    }
);

/// The wire form of a reversal.
#[must_use]
pub fn reversal_to_wire(reversal: &Reversal) -> v1::Reversal {
    use v1::reversal::BegunBy as Wire;
    let body = &reversal.body;
    let begun_by = match &body.begun_by {
        BegunBy::Institution(code) => Wire::Institution(code.to_string()),
        BegunBy::Officer(name) => Wire::Officer(name.to_string()),
    };
    v1::Reversal {
        canonical: reversal.to_bytes(),
        reversal: body.reversal.to_string(),
        settlement: body.clearing.settlement.to_string(),
        business_day: body.clearing.business_day.to_string(),
        reason: reason_to_wire(body.reason),
        amounts: amounts_to_wire(&body.clearing.amounts),
        reversed_at_ms: body.reversed_at.as_millis(),
        begun_by: Some(begun_by),
    }
}

/// Reads a reversal; only the canonical bytes count, and the rest must agree with them.
///
/// # Errors
/// [`WireFault`] when the bytes are no reversal, or something else is shown beside them.
pub fn reversal_from_wire(
    reversal: Option<v1::Reversal>,
    path: Path<'_>,
) -> Result<Reversal, WireFault> {
    let wire = path.required(reversal)?;
    let reversal = Reversal::from_bytes(&wire.canonical)
        .map_err(|fault| path.field("canonical").wrong(fault))?;
    if reversal_to_wire(&reversal) != wire {
        return Err(path.wrong("shows something else than its canonical bytes"));
    }
    Ok(reversal)
}

/// The wire form of a reversed settlement's word.
#[must_use]
pub fn reversed_to_wire(word: &HomeWord, reversal: &Reversal) -> v1::Reversed {
    v1::Reversed {
        receipt: Some(receipt_to_wire(&word.receipt)),
        reversal: Some(reversal_to_wire(reversal)),
    }
}

/// Reads a reversed settlement's word.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn reversed_from_wire(reversed: v1::Reversed, path: Path<'_>) -> Result<HomeWord, WireFault> {
    let receipt = receipt_from_wire(reversed.receipt, path.field("receipt"))?;
    let reversal = reversal_from_wire(reversed.reversal, path.field("reversal"))?;
    Ok(HomeWord {
        receipt,
        reversal: Some(reversal),
    })
}

/// The wire form of one number of a home region's stream.
#[must_use]
pub fn delivered_to_wire(word: &HomeWord) -> v1::Delivered {
    use v1::delivered::Entry;
    let entry = match &word.reversal {
        None => Entry::Receipt(receipt_to_wire(&word.receipt)),
        Some(reversal) => Entry::Reversed(reversed_to_wire(word, reversal)),
    };
    v1::Delivered { entry: Some(entry) }
}

/// Reads one number of a home region's stream.
///
/// # Errors
/// [`WireFault`] with the path of the field.
pub fn delivered_from_wire(
    delivered: v1::Delivered,
    path: Path<'_>,
) -> Result<HomeWord, WireFault> {
    use v1::delivered::Entry;
    match path.required(delivered.entry)? {
        Entry::Receipt(receipt) => Ok(HomeWord {
            receipt: receipt_from_wire(Some(receipt), path.field("receipt"))?,
            reversal: None,
        }),
        Entry::Reversed(reversed) => reversed_from_wire(reversed, path.field("reversed")),
    }
}
