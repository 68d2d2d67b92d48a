//! Rows of expense checks, in both roles.

use huitong_core::expense_check::CheckWord;
use huitong_core::expense_check::course::Course;
use huitong_core::record::expense_check::{
    CheckRefused, CheckWordBooked, CheckWordSaid, CheckWordTaken,
};

use super::super::check_row::CheckRow;
use super::super::{Key, Location, OpenRow, Row, StoreError};
use super::{Changes, Ground};

const UNKNOWN: StoreError = StoreError::Inconsistent("a record names a check that was never asked");
const DOES_NOT_FOLLOW: StoreError = StoreError::Inconsistent("a check's word does not follow");

/// A word of this region, which the other does not have yet.
pub(super) fn said(
    record: &CheckWordSaid,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let row = with(record.word(), at, ground)?;
    put(row, out);
    Ok(())
}

/// A word that the other region has.
pub(super) fn booked(
    record: &CheckWordBooked,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let row = with(&record.signed.word, at, ground)?;
    let shared = u32::try_from(row.places.len()).unwrap_or(u32::MAX);
    let confirm_by = record.confirm_by.or(row.confirm_by);
    put(
        CheckRow {
            shared,
            confirm_by,
            ..row
        },
        out,
    );
    Ok(())
}

/// The other region has the own word, and all before it.
pub(super) fn taken(
    record: &CheckWordTaken,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let row = ground.rows.check(record.check)?.ok_or(UNKNOWN)?;
    let mut words = row.course.words.iter();
    let nth = words
        .position(|word| *word == record.word)
        .ok_or(DOES_NOT_FOLLOW)?;
    let has = u32::try_from(nth.saturating_add(1)).unwrap_or(u32::MAX);
    let shared = row.shared.max(has);
    put(CheckRow { shared, ..row }, out);
    Ok(())
}

/// The treatment region refused to take it.
pub(super) fn refused(
    record: &CheckRefused,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let row = ground.rows.check(record.check)?.ok_or(UNKNOWN)?;
    let refused = Some(record.refusal.clone());
    put(CheckRow { refused, ..row }, out);
    Ok(())
}

fn with(word: &CheckWord, at: Location, ground: &Ground<'_>) -> Result<CheckRow, StoreError> {
    let Some(mut row) = ground.rows.check(word.check)? else {
        return Ok(CheckRow {
            course: Course::begun(word).map_err(|_| DOES_NOT_FOLLOW)?,
            places: vec![at],
            shared: 0,
            confirm_by: None,
            refused: None,
        });
    };
    row.course.apply(word).map_err(|_| DOES_NOT_FOLLOW)?;
    row.places.push(at);
    row.confirm_by = None;
    Ok(row)
}

fn put(row: CheckRow, out: &mut Changes) {
    let course = &row.course;
    let check = course.check;
    let of = (course.treatment, course.ask.settlement);
    if row.is_open() {
        let since = course.asked;
        out.put(Key::OpenCheck(check), Row::OpenCheck(OpenRow { since }));
    } else {
        out.remove(Key::OpenCheck(check));
    }
    out.put(Key::CheckOf(of.0, of.1), Row::CheckOf(check));
    out.put(Key::Check(check), Row::Check(row));
}
