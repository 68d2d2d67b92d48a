//! Rows of what the region said in disputes, and of what is corrected for settled ones.

use huitong_core::leg::LegKind;
use huitong_core::record::dispute::{CorrectionBooked, DisputeWordSigned};

use super::super::{CorrectionRow, DisputeWordRow, Key, Location, Row, StoreError};
use super::{Changes, Ground};

pub(super) fn word(record: &DisputeWordSigned, out: &mut Changes) -> Result<(), StoreError> {
    let word = record.signed.word()?;
    let row = DisputeWordRow {
        signed: record.signed.clone(),
    };
    out.put(
        Key::DisputeWord(word.dispute, word.says.number()),
        Row::DisputeWord(row),
    );
    Ok(())
}

pub(super) fn booked(
    record: &CorrectionBooked,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let outcome = record.history.outcome.as_ref().map(|it| &it.outcome);
    let booked = outcome.and_then(|outcome| Some((outcome.dispute, outcome.leg()?)));
    let Some((dispute, leg)) = booked else {
        return Err(StoreError::Inconsistent("a correction of nothing"));
    };
    let row = CorrectionRow {
        outcome: leg.receipt,
        leg: record.legs_from,
    };
    out.put(Key::Correction(dispute), Row::Correction(row));
    let debt = (leg.settlement, LegKind::Correction);
    out.legs(record.legs_from, 1, debt, at, ground.rows)
}
