//! Rows of expense checks, in both roles.

use huitong_core::expense_check::CheckWord;
use huitong_core::expense_check::course::Course;
use huitong_core::id::SettlementId;
use huitong_core::record::expense_check::{
    CheckRefused, CheckWordBooked, CheckWordSaid, CheckWordTaken,
};
use huitong_core::region::RegionCode;

use super::super::check_row::CheckRow;
use super::super::{Key, Location, OpenRow, Row, StoreError, is_check_reversed};
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
    let row = with(record.word(), at, ground, out)?;
    put(row, ground, out)
}

/// A word that the other region has.
pub(super) fn booked(
    record: &CheckWordBooked,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let row = with(&record.signed.word, at, ground, out)?;
    let shared = u32::try_from(row.places.len()).unwrap_or(u32::MAX);
    let confirm_by = record.confirm_by.or(row.confirm_by);
    put(
        CheckRow {
            shared,
            confirm_by,
            refused: None,
            ..row
        },
        ground,
        out,
    )
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
    let refused = None;
    let row = CheckRow {
        shared,
        refused,
        ..row
    };
    put(row, ground, out)
}

/// The treatment region refused to take it.
pub(super) fn refused(
    record: &CheckRefused,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let row = ground.rows.check(record.check)?.ok_or(UNKNOWN)?;
    let refused = Some(record.refusal.clone());
    put(CheckRow { refused, ..row }, ground, out)
}

/// A settlement does not stand any more: nothing more is said in its check, which is looked at only until the other
/// region has what was said before.
pub(super) fn reversed(
    of: (RegionCode, SettlementId),
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let Some(check) = ground.rows.check_of(of.0, of.1)? else {
        return Ok(());
    };
    let row = ground.rows.check(check)?;
    // What was said is sent also when the settlement is reversed since, and only nothing more is said then.
    if row.is_none_or(|row| row.to_send().is_empty()) {
        out.remove(Key::OpenCheck(check));
    }
    Ok(())
}

fn with(
    word: &CheckWord,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<CheckRow, StoreError> {
    let Some(mut row) = ground.rows.check(word.check)? else {
        let course = Course::begun(word).map_err(|_| DOES_NOT_FOLLOW)?;
        last_of(&course, ground, out)?;
        return Ok(CheckRow {
            course,
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

/// A settlement's last check is the one that was asked last, also when older ones are given back after it.
fn last_of(course: &Course, ground: &Ground<'_>, out: &mut Changes) -> Result<(), StoreError> {
    let (treatment, settlement) = (course.treatment, course.ask.settlement);
    let known = ground.rows.check_of(treatment, settlement)?;
    let known = known.map(|check| ground.rows.check(check)).transpose()?;
    let is_later = known
        .flatten()
        .is_none_or(|row| row.course.asked <= course.asked);
    if is_later {
        let key = Key::CheckOf(treatment, settlement);
        out.put(key, Row::CheckOf(course.check));
    }
    Ok(())
}

fn put(row: CheckRow, ground: &Ground<'_>, out: &mut Changes) -> Result<(), StoreError> {
    let course = &row.course;
    let check = course.check;
    let has_to_send = !row.to_send().is_empty();
    if has_to_send || (row.is_open() && !is_check_reversed(ground.rows, course)?) {
        let since = course.asked;
        out.put(Key::OpenCheck(check), Row::OpenCheck(OpenRow { since }));
    } else {
        out.remove(Key::OpenCheck(check));
    }
    out.put(Key::Check(check), Row::Check(row.into()));
    Ok(())
}
