//! Rows of settlements that the region's own core system made.

use huitong_core::coverage::{Balances, PersonVersion};
use huitong_core::fund::Fund;
use huitong_core::person::PsnNo;
use huitong_core::record::NodeRecord;
use huitong_core::record::external::{Admission, ExternalNoted, ExternalWithdrawn};
use huitong_core::totals::TotalSlot;

use super::super::{Account, Episode, ExternalRow, Key, Location, Moved, Row, StoreError};
use super::{Changes, Ground};

pub(super) fn noted(
    record: &ExternalNoted,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let settlement = &record.settlement;
    let (core_id, psn_no) = (&settlement.core_id, settlement.psn_no);
    let visit = settlement.visit_key();
    let row = ExternalRow {
        binding: settlement.binding(),
        psn_no,
        visit: visit.clone(),
        noted: at,
        withdrawn: None,
        corrected_by: None,
    };
    out.put(Key::External(core_id.clone()), Row::External(row.into()));
    let key = Key::ExternalOf(psn_no, record.after.change);
    out.put(key, Row::ExternalOf(core_id.clone()));
    let stands_as = core_id.stands_as(ground.region);
    out.visit_stands(visit, &settlement.visit, stands_as);
    if let Some(corrected) = &settlement.corrects {
        let row = ground.rows.external(corrected.clone())?;
        let row = row.ok_or(StoreError::Inconsistent("a correction of nothing"))?;
        let corrected_by = Some(core_id.clone());
        let row = ExternalRow {
            corrected_by,
            ..row
        };
        out.put(Key::External(corrected.clone()), Row::External(row.into()));
    }
    if let Some(ordinal) = record.ordinal {
        let began = settlement.visit.episode_began_at(settlement.institution);
        let number = settlement.visit.episode.clone();
        let known = ground.rows.episode(psn_no, began, number.clone())?;
        let episode = known.unwrap_or(Episode { ordinal, begun: 0 });
        let counts = u32::from(record.begun.is_some());
        let begun = episode.begun.saturating_add(counts);
        let key = Key::Episode(psn_no, began, number);
        out.put(key, Row::Episode(Episode { begun, ..episode }));
    }
    let figures = (&*record.totals, record.balances);
    // No more is recorded than the accounts hold.
    let moved = Moved::From(Balances::NONE);
    account((psn_no, record.after), figures, moved, ground, out)
}

pub(super) fn withdrawn(
    record: &ExternalWithdrawn,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let row = ground.rows.external(record.core_id.clone())?;
    let row = row.ok_or(StoreError::Inconsistent("nothing was withdrawn"))?;
    let given = given(record.psn_no, row.noted, ground)?;
    let row = ExternalRow {
        withdrawn: Some(at),
        ..row
    };
    let key = Key::External(record.core_id.clone());
    out.put(key, Row::External(row.into()));
    let stands_as = record.core_id.stands_as(ground.region);
    out.visit_is_free(&record.visit, stands_as, ground.rows)?;
    uncount(record.psn_no, record.begun.as_ref(), ground, out)?;
    let figures = (&*record.totals, record.balances);
    let whose = (record.psn_no, record.after);
    account(whose, figures, Moved::To(given), ground, out)
}

/// What a withdrawal gives to accounts that lack something; of others nothing is to be known.
fn given(psn_no: PsnNo, noted: Location, ground: &Ground<'_>) -> Result<Balances, StoreError> {
    let account = ground.rows.account(psn_no)?;
    if account.is_none_or(|account| account.lacks == Balances::NONE) {
        return Ok(Balances::NONE);
    }
    let NodeRecord::ExternalNoted(noted) = ground.records.record(noted)? else {
        return Err(StoreError::Inconsistent(
            "what was recorded is another record",
        ));
    };
    Ok(Balances {
        own: noted.settlement.paid_by(Fund::OwnAccount),
        family: noted.settlement.paid_by(Fund::FamilyAccount),
    })
}

/// One bill fewer that counts an admission.
fn uncount(
    psn_no: PsnNo,
    admission: Option<&Admission>,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let Some((began, number)) = admission else {
        return Ok(());
    };
    if let Some(episode) = ground.rows.episode(psn_no, *began, number.clone())? {
        let begun = episode.begun.saturating_sub(1);
        let key = Key::Episode(psn_no, *began, number.clone());
        out.put(key, Row::Episode(Episode { begun, ..episode }));
    }
    Ok(())
}

fn account(
    (psn_no, after): (PsnNo, PersonVersion),
    (totals, balances): (&[(TotalSlot, i64)], Balances),
    moved: Moved,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let account = ground.rows.account(psn_no)?;
    let mut account = account.unwrap_or_else(|| Account::new(after.incarnation));
    account.version = after;
    account.moved(moved, balances)?;
    account.totals.extend(totals.iter().cloned());
    out.put(Key::Account(psn_no), Row::Account(account));
    Ok(())
}
