//! Rows of what institutions are owed and were paid. Each event is a row of its own, so that reading a record twice counts
//! nothing twice.

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::institution::InstitutionCode;
use huitong_core::leg::LegKind;
use huitong_core::money::Fen;
use huitong_core::record::payable::{InstitutionPaid, PayoutCorrected};
use huitong_core::region::RegionCode;

use super::super::payable_row::{DueRow, PayoutRow};
use super::super::{Key, Row};
use super::Changes;

/// What an institution is owed or owes back on a day.
pub(super) fn due(
    (institution, on): (InstitutionCode, BusinessDay),
    (kind, id): (LegKind, SettlementId),
    (home, settlement, at): (RegionCode, SettlementId, Option<Timestamp>),
    amounts: &[(Fund, Fen)],
    out: &mut Changes,
) {
    let row = DueRow {
        home,
        settlement,
        at,
        amounts: amounts.to_vec(),
    };
    out.put(Key::Due(institution, on, kind, id), Row::Due(row));
}

pub(super) fn paid(record: &InstitutionPaid, out: &mut Changes) {
    let row = PayoutRow {
        payout: record.payout.clone(),
        corrected: None,
    };
    put(row, out);
}

pub(super) fn corrected(record: &PayoutCorrected, out: &mut Changes) {
    let row = PayoutRow {
        payout: record.payout.clone(),
        corrected: Some(record.reason),
    };
    put(row, out);
}

fn put(row: PayoutRow, out: &mut Changes) {
    let payout = &row.payout;
    let of = Key::PayoutOf(payout.institution, payout.month.first(), payout.reference);
    match row.corrected {
        None => out.put(of, Row::PayoutOf(payout.amount)),
        Some(_) => out.remove(of),
    }
    out.put(Key::Payout(payout.reference), Row::Payout(row.into()));
}
