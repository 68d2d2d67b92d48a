//! Deductions that end with the reversal of their settlement.
//!
//! A reversal takes back all that the receipt gave. What a deduction had given back before would be given back twice: so
//! its end is written in the frame of the reversal, in both regions. The treatment region leaves one alone whose outcome
//! it waits for: it may be withdrawn already at home, and whichever was first there is what ends it here.

use huitong_core::canonical::Artifact;
use huitong_core::date::Timestamp;
use huitong_core::deduction::{DeductionAmounts, Lifted};
use huitong_core::id::DeductionId;
use huitong_core::leg::{Leg, LegKind, Side};
use huitong_core::record::NodeRecord;
use huitong_core::record::deduction::DeductionLifted;
use huitong_core::reversal::ReversalBody;

use crate::home::restored::{from, legs_standing};
use crate::store::{DeductionState, Rows, StoreError};

/// What is written at the treatment region with a reversal that it books.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub fn at_treatment(
    rows: &dyn Rows,
    reversal: &ReversalBody,
    next_leg: &mut u64,
    at: Timestamp,
) -> Result<Vec<NodeRecord>, StoreError> {
    let counted = rows.deductions(reversal.clearing.settlement)?;
    let mut records = Vec::new();
    for (id, amounts) in counted.into_iter().flat_map(|row| row.0) {
        let row = rows.deduction(id)?;
        if row.is_some_and(|row| row.state == DeductionState::Stands) {
            let of = (id, amounts, Side::Receivable);
            records.push(lifted(rows, of, reversal, next_leg, at)?);
        }
    }
    Ok(records)
}

/// What is written at the home region with a reversal that it orders, whose own legs begin with a number.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub fn at_home(
    rows: &dyn Rows,
    reversal: &ReversalBody,
    legs_from: u64,
    at: Timestamp,
) -> Result<Vec<NodeRecord>, StoreError> {
    let own = u64::try_from(Leg::of_reversal(reversal).len());
    let own = own.map_err(|_| StoreError::Range("legs of a record"))?;
    let mut next_leg = legs_from.saturating_add(own);
    let part = &reversal.clearing;
    let standing = rows.home_deductions(part.treatment, part.settlement)?;
    let mut records = Vec::new();
    for (id, amounts) in standing.into_iter().flat_map(|row| row.0) {
        let of = (id, amounts, Side::Payable);
        records.push(lifted(rows, of, reversal, &mut next_leg, at)?);
    }
    Ok(records)
}

/// The end of one deduction, by the reversal of its settlement.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub fn lifted(
    rows: &dyn Rows,
    (deduction, amounts, side): (DeductionId, DeductionAmounts, Side),
    reversal: &ReversalBody,
    next_leg: &mut u64,
    at: Timestamp,
) -> Result<NodeRecord, StoreError> {
    let part = &reversal.clearing;
    let lifted = Lifted {
        deduction,
        settlement: part.settlement,
        home: part.home,
        treatment: part.treatment,
        amounts,
        reversal: reversal.digest(),
        business_day: part.business_day,
    };
    let standing = legs_standing(rows, deduction.as_debt(), LegKind::DeductionEnd)?;
    let legs_from = from(standing, &Leg::of_lifted(&lifted), next_leg)?;
    Ok(NodeRecord::DeductionLifted(DeductionLifted {
        lifted,
        side,
        legs_from,
        at,
    }))
}
