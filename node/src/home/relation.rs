//! Whether this region is a person's home on a day, when a transfer has touched their relationship.
//!
//! A claim is looked up by its id first; then this is asked, by the day of admission. While the hand-over is not
//! acknowledged nobody is the home, and whoever asks is told to ask again (PROTOCOL 19); after that care from the
//! first day at the new home on is refused for good, and earlier care is a late claim. For almost everyone there
//! is no row, and nothing else is read.

use huitong_core::claim::Claim;
use huitong_core::date::ServiceDate;
use huitong_core::id::SettlementId;
use huitong_core::person::PsnNo;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;

use crate::store::{Leaving, LeavingState, RelationRow, Rows, StoreError, Stream, StreamHead};

/// Whether this region is the home.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "a value passed on once, never kept in numbers"
)]
pub enum Relation {
    /// It is.
    Here,
    /// Nobody is yet: the person is on the way there.
    Moving(RegionCode),
    /// Another region is.
    Moved(RegionCode),
    /// It was on that day; the totals are the new home's.
    Late(Leaving),
}

/// Whether this region is a person's home for an admission on a day.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn relation(
    rows: &dyn Rows,
    psn_no: PsnNo,
    admitted: ServiceDate,
) -> Result<Relation, StoreError> {
    match rows.relation(psn_no)? {
        None => Ok(Relation::Here),
        Some(row) => of_row(rows, row, admitted),
    }
}

fn of_row(
    rows: &dyn Rows,
    row: RelationRow,
    admitted: ServiceDate,
) -> Result<Relation, StoreError> {
    // Whoever is expected is nobody's here from that day on until the hand-over is taken, whatever a file says.
    let expected = row.arriving.map(|id| rows.transfer(id)).transpose()?;
    if let Some(expected) = expected.flatten()
        && admitted >= expected.order.cover.days.from()
    {
        return Ok(Relation::Moving(expected.order.new_home));
    }
    let Some(leaving) = row.leaving else {
        return Ok(Relation::Here);
    };
    Ok(match leaving.state {
        LeavingState::Agreed if admitted < leaving.from => Relation::Here,
        LeavingState::Agreed | LeavingState::Frozen => Relation::Moving(leaving.new_home),
        LeavingState::HandedOver(number) => {
            if !is_acknowledged(rows, leaving.new_home, number)? {
                Relation::Moving(leaving.new_home)
            } else if admitted < leaving.from {
                Relation::Late(leaving)
            } else {
                Relation::Moved(leaving.new_home)
            }
        }
    })
}

/// Whether a new home holds a word, durably.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn is_acknowledged(
    rows: &dyn Rows,
    new_home: RegionCode,
    number: u64,
) -> Result<bool, StoreError> {
    let head = rows.stream(Stream::Hands(new_home))?;
    Ok(head.unwrap_or(StreamHead::EMPTY).acknowledged >= number)
}

/// Why nothing of a person's record is changed by an act, if a transfer stands in the way.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn in_the_way(rows: &dyn Rows, psn_no: PsnNo) -> Result<Option<Refusal>, StoreError> {
    let leaving = rows.relation(psn_no)?.and_then(|row| row.leaving);
    Ok(leaving.and_then(|leaving| {
        let code = match leaving.state {
            LeavingState::Agreed => return None,
            LeavingState::Frozen => RefusalCode::MemberMoving,
            LeavingState::HandedOver(_) => RefusalCode::MemberMoved,
        };
        Some(Refusal::new(code, leaving.new_home))
    }))
}

/// The person's way to another home, once the hand-over is written.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn handed_over(rows: &dyn Rows, psn_no: PsnNo) -> Result<Option<Leaving>, StoreError> {
    let leaving = rows.relation(psn_no)?.and_then(|row| row.leaving);
    Ok(leaving.filter(|leaving| matches!(leaving.state, LeavingState::HandedOver(_))))
}

/// What stands of a claim's id or visit at an old home of the person (PROTOCOL 19, 20).
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn stands_elsewhere(
    rows: &dyn Rows,
    settlement: SettlementId,
    claim: &Claim,
) -> Result<Option<SettlementId>, StoreError> {
    let relation = rows.relation(claim.person.psn_no)?;
    if relation.is_none_or(|row| row.prior.is_empty()) {
        return Ok(None);
    }
    if rows.handed_id(claim.treatment, settlement)?.is_some() {
        return Ok(Some(settlement));
    }
    rows.handed_visit(claim.visit_key())
}
