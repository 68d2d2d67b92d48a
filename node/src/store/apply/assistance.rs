//! Rows of assistance on a year's totals.

use huitong_core::canonical::encode_to_vec;
use huitong_core::coverage::PersonVersion;
use huitong_core::digest::sha256_parts;
use huitong_core::person::PsnNo;
use huitong_core::record::assistance::{AssistanceGranted, AssistanceWithdrawn};
use huitong_core::totals::TotalSlot;

use super::super::{Account, ActRow, AssistanceRow, Key, Location, Row, StoreError};
use super::{Changes, Ground};

pub(super) fn granted(
    record: &AssistanceGranted,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let (psn_no, on) = (record.year.psn_no(), record.year.on());
    let row = AssistanceRow {
        psn_no,
        on,
        granted: at,
        withdrawn: None,
    };
    let act = record.act;
    out.put(Key::Assistance(act), Row::Assistance(row));
    let key = Key::AssistanceOf(psn_no, on.year());
    out.put(key, Row::AssistanceOf(act));
    let key = Key::AssistanceAt(psn_no, record.after.change);
    out.put(key, Row::AssistanceAt(act));
    // No other act of the officer takes the id.
    let asked = sha256_parts(&[b"HTAA\x00\x01", &encode_to_vec(&(psn_no, on))]);
    out.put(Key::Act(act), Row::Act(ActRow { asked, at }));
    account(psn_no, record.after, &record.totals, ground, out)
}

pub(super) fn withdrawn(
    record: &AssistanceWithdrawn,
    at: Location,
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let row = ground.rows.assistance(record.act)?;
    let row = row.ok_or(StoreError::Inconsistent("no assistance was withdrawn"))?;
    let row = AssistanceRow {
        withdrawn: Some(at),
        ..row
    };
    out.put(Key::Assistance(record.act), Row::Assistance(row));
    if ground.rows.assistance_of(record.psn_no, record.year)? == Some(record.act) {
        out.remove(Key::AssistanceOf(record.psn_no, record.year));
    }
    account(record.psn_no, record.after, &record.totals, ground, out)
}

fn account(
    psn_no: PsnNo,
    after: PersonVersion,
    totals: &[(TotalSlot, i64)],
    ground: &Ground<'_>,
    out: &mut Changes,
) -> Result<(), StoreError> {
    let account = ground.rows.account(psn_no)?;
    let mut account = account.unwrap_or_else(|| Account::new(after.incarnation));
    account.version = after;
    account.totals.extend(totals.iter().cloned());
    out.put(Key::Account(psn_no), Row::Account(account));
    Ok(())
}
