//! What a month lists of one settlement for another region, from rows alone: the desk lists by it and the writer confirms by it.

use huitong_core::date::BusinessDay;
use huitong_core::deduction::DeductionAmounts;
use huitong_core::id::SettlementId;
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::MonthLine;
use huitong_core::leg::LegKind;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;

use super::book::NEVER_PREPARED;
use crate::store::{DeductionState, DueRow, Rows, SettlementState, StoreError};

/// The line of a settlement of a business day; none when the institution has no such settlement for another region.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub(super) fn line_of(
    rows: &dyn Rows,
    region: RegionCode,
    institution: InstitutionCode,
    (on, id): (BusinessDay, SettlementId),
) -> Result<Option<MonthLine>, StoreError> {
    match rows.due(institution, on, LegKind::Settlement, id)? {
        Some(due) => line_owed(rows, region, (on, id), &due),
        None => Ok(None),
    }
}

/// The line of what is owed for a settlement; none when it was for the own region.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub(super) fn line_owed(
    rows: &dyn Rows,
    region: RegionCode,
    (on, id): (BusinessDay, SettlementId),
    due: &DueRow,
) -> Result<Option<MonthLine>, StoreError> {
    if due.home == region {
        return Ok(None);
    }
    let row = rows.settlement(id)?;
    let row = row.ok_or(StoreError::Inconsistent(
        "a settlement that is owed is gone",
    ))?;
    let prepared = row.prepared.as_ref().ok_or(NEVER_PREPARED)?;
    let pays = sum(due.amounts.iter().map(|(_, amount)| *amount))?;
    let reversed = match row.state {
        SettlementState::Reversed(_) => pays,
        SettlementState::Prepared
        | SettlementState::Settled(_)
        | SettlementState::Refused(_)
        | SettlementState::Abandoned(_) => Fen::ZERO,
    };
    Ok(Some(MonthLine {
        settlement: id,
        at: due.at.ok_or(StoreError::Inconsistent(
            "what is owed for a settlement does not say since when",
        ))?,
        business_day: on,
        home: due.home,
        setting: prepared.visit.setting,
        total: prepared.total,
        pays,
        advanced: row.provisional.is_some(),
        deducted: deducted(rows, id)?,
        reversed,
    }))
}

/// What was deducted and stands; what the home region has not accepted is not.
fn deducted(rows: &dyn Rows, settlement: SettlementId) -> Result<Fen, StoreError> {
    let Some(deductions) = rows.deductions(settlement)? else {
        return Ok(Fen::ZERO);
    };
    let mut standing = Vec::new();
    for (id, amounts) in &deductions.0 {
        let stands = rows.deduction(*id)?.is_some_and(|row| match row.state {
            DeductionState::Stands | DeductionState::Withdrawing => true,
            DeductionState::Asked
            | DeductionState::Refused
            | DeductionState::Withdrawn
            | DeductionState::Lifted => false,
        });
        if stands {
            standing.push(of_all(amounts)?);
        }
    }
    sum(standing)
}

fn of_all(amounts: &DeductionAmounts) -> Result<Fen, StoreError> {
    sum(amounts.as_slice().iter().map(|(_, amount)| *amount))
}

fn sum(amounts: impl IntoIterator<Item = Fen>) -> Result<Fen, StoreError> {
    Fen::sum(amounts).map_err(|_| StoreError::Range("what an institution is owed"))
}
