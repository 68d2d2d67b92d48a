//! What a restore leaves behind: legs that came back and are booked under their numbers by whoever books them, and
//! gaps that hold a person. On a node that was never restored there is nothing of it.

use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind, NumberedLeg};
use huitong_core::money::Fen;
use huitong_core::person::PsnNo;
use huitong_core::region::RegionCode;

use super::HomeRole;
use crate::store::{RegainedLegs, Rows, StoreError, incarnation};

/// Legs of a settlement or its reversal that came back from the clearinghouse and are not booked again; none
/// on a node that was never restored.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn legs_standing(
    rows: &dyn Rows,
    settlement: SettlementId,
    kind: LegKind,
) -> Result<Option<RegainedLegs>, StoreError> {
    match rows.restored()? {
        None => Ok(None),
        Some(_) => rows.regained_legs(settlement, kind),
    }
}

/// The number of the first leg: where the clearinghouse holds the same legs, else the next.
///
/// # Errors
/// [`StoreError::Range`] when the stream's numbers have run out.
pub fn from(
    standing: Option<RegainedLegs>,
    legs: &[Leg],
    next: &mut u64,
) -> Result<u64, StoreError> {
    if let Some(standing) = standing {
        let same = |(one, other): (&NumberedLeg, &Leg)| one.leg == *other;
        if standing.legs.len() == legs.len() && standing.legs.iter().zip(legs).all(same) {
            return Ok(standing.from());
        }
        tracing::error!(
            from = standing.from(),
            "the clearinghouse holds other legs than the receipt says: a clearing officer must look"
        );
    }
    let count = u64::try_from(legs.len()).map_err(|_| StoreError::Range("legs of a record"))?;
    let first = *next;
    *next = next.saturating_add(count);
    Ok(first)
}

/// What legs with the clearinghouse say of a settlement that has no receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// It stood: it comes to their amounts and day.
    Stood {
        /// What each fund owes.
        amounts: Vec<(Fund, Fen)>,
        /// On which day.
        business_day: BusinessDay,
    },
    /// It was taken back: what its own legs owe, those of its reversal owe back.
    TakenBack,
    /// Legs of a reversal are there that owe something else: nothing follows from them.
    Unclear,
}

/// What binds a settlement whose receipt was lost in a restore, if anything does.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn bound(rows: &dyn Rows, settlement: SettlementId) -> Result<Option<Bound>, StoreError> {
    let Some(RegainedLegs { legs }) = legs_standing(rows, settlement, LegKind::Settlement)? else {
        return Ok(None);
    };
    if let Some(reversal) = legs_standing(rows, settlement, LegKind::Reversal)? {
        let bound = if takes_back(&reversal.legs, &legs) {
            Bound::TakenBack
        } else {
            Bound::Unclear
        };
        return Ok(Some(bound));
    }
    Ok(legs.first().map(|first| Bound::Stood {
        amounts: legs
            .iter()
            .map(|leg| (leg.leg.fund, leg.leg.amount))
            .collect(),
        business_day: first.leg.business_day,
    }))
}

/// Whether legs of a reversal owe back just what those of its settlement owe, and were told after them.
fn takes_back(reversal: &[NumberedLeg], settled: &[NumberedLeg]) -> bool {
    let owes_back = |(back, owed): (&NumberedLeg, &NumberedLeg)| {
        let parties = (owed.leg.creditor, owed.leg.debtor);
        back.number > owed.number
            && (back.leg.debtor, back.leg.creditor) == parties
            && (back.leg.fund, back.leg.amount) == (owed.leg.fund, owed.leg.amount)
    };
    reversal.len() == settled.len() && reversal.iter().zip(settled).all(owes_back)
}

/// Whether the node serves without a region since its restore. Until it has collected anew, nothing is numbered to that
/// region: the numbers may be there already, with other words.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn is_left_out(rows: &dyn Rows, region: RegionCode) -> Result<bool, StoreError> {
    let Some(row) = rows.left_out(region)? else {
        return Ok(false);
    };
    Ok(row.incarnation == incarnation(rows)?)
}

impl HomeRole {
    /// Whether the node serves without a region since its restore, as [`is_left_out`] has it.
    ///
    /// # Errors
    /// [`StoreError`] when a row cannot be read.
    pub fn leaves_out(&self, region: RegionCode) -> Result<bool, StoreError> {
        is_left_out(&*self.ledger, region)
    }
}

/// How many changes of a person's record are missing since a restore; while there are any the person is held.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn missing(rows: &dyn Rows, psn_no: PsnNo) -> Result<u64, StoreError> {
    match rows.restored()? {
        None => Ok(0),
        Some(_) => Ok(rows.regained(psn_no)?.map_or(0, |row| row.missing())),
    }
}

#[cfg(test)]
pub(crate) mod tests;
