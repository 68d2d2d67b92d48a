//! Rows of ids that stand, or stood, at an old home, as the new one has them: what counts under each, and its visit.

use huitong_core::person::PsnNo;
use huitong_core::record::hand::{HandWord, HandedVisit, LateGivenUp, Supplement};
use huitong_core::region::RegionCode;

use super::super::{Counted, HandedIdRow, Key, Row, StoreError};
use super::{Changes, Ground};

/// What a reversal takes back counts no more. What is given up was taken back with that, and its visit is not its own.
pub(super) fn taken_back(
    supplement: &Supplement,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let of = &supplement.of;
    let row = ground.rows.handed_id(of.treatment, of.settlement)?;
    if row
        .as_ref()
        .is_some_and(|row| row.counted == Counted::GivenUp)
    {
        return Ok(());
    }
    out.remove(Key::HandedVisit(of.visit.clone()));
    if let Some(row) = row.filter(|row| row.psn_no == supplement.number) {
        let counted = Counted::TakenBack;
        let key = Key::HandedId(of.treatment, of.settlement);
        out.put(key, Row::HandedId(HandedIdRow { counted, ..row }.into()));
    }
    Ok(())
}

/// An id that is given up, known here or not; what was counted in under it. What came with the person stays as it is.
pub(super) fn given_up(
    old_home: RegionCode,
    of: &LateGivenUp,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<Option<Supplement>, StoreError> {
    let known = ground.rows.handed_id(of.treatment, of.settlement)?;
    let stays = known.as_ref().is_some_and(|row| match row.counted {
        Counted::Came => true,
        Counted::In(_) => row.clone().given_back(of).is_none(),
        Counted::TakenBack | Counted::GivenUp => false,
    });
    if stays {
        return Ok(None);
    }
    let row = HandedIdRow {
        old_home,
        psn_no: of.number,
        counted: Counted::GivenUp,
    };
    let key = Key::HandedId(of.treatment, of.settlement);
    out.put(key, Row::HandedId(row.into()));
    Ok(known.and_then(|row| row.given_back(of)))
}

/// Frees a visit, unless it is settled under another id meanwhile.
pub(super) fn free(
    of: &HandedVisit,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    if ground.rows.handed_visit(of.visit.clone())? == Some(of.settlement) {
        out.remove(Key::HandedVisit(of.visit.clone()));
    }
    Ok(())
}

pub(super) fn stands(
    word: &HandWord,
    (psn_no, counted): (PsnNo, Counted),
    of: &HandedVisit,
    out: &mut Changes,
) {
    let row = HandedIdRow {
        old_home: word.old_home,
        psn_no,
        counted,
    };
    let visit = of.visit.clone();
    out.put(
        Key::HandedId(of.treatment, of.settlement),
        Row::HandedId(row.into()),
    );
    out.put(Key::HandedVisit(visit), Row::HandedVisit(of.settlement));
}
