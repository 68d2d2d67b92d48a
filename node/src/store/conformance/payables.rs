//! Rows of what institutions are owed and were paid.

use huitong_core::fund::Fund;
use huitong_core::leg::LegKind;
use huitong_core::payable::{Month, Payout};
use huitong_core::payment::BankReference;
use huitong_core::vocabulary::CorrectionReason;

use super::*;
use crate::samples::{claim, fen, id, now};
use crate::store::{DueRow, PayoutRow};

pub(super) fn payables() -> Vec<(Key, Row)> {
    let claim = claim("V1");
    let institution = claim.institution.code;
    let on = now().business_day_shanghai();
    let kinds = [
        LegKind::Settlement,
        LegKind::Reversal,
        LegKind::Deduction,
        LegKind::DeductionEnd,
    ];
    let due = kinds.map(|kind| {
        let row = DueRow {
            home: claim.person.home,
            settlement: id(1),
            at: Some(now()),
            amounts: vec![(Fund::ResidentPool, fen(7_000))],
        };
        (Key::Due(institution, on, kind, id(1)), Row::Due(row))
    });
    let mut rows: Vec<(Key, Row)> = due.into();
    let reasons = [None, Some(CorrectionReason::Bounced)];
    rows.extend((1..).zip(reasons).map(|(nth, corrected)| {
        let reference = BankReference::parse(&format!("B-{nth}")).unwrap();
        let payout = Payout {
            reference,
            institution,
            month: Month::of(on),
            paid_on: on,
            amount: fen(100),
        };
        let row = PayoutRow { payout, corrected };
        (Key::Payout(reference), Row::Payout(row.into()))
    }));
    let reference = BankReference::parse("B-1").unwrap();
    rows.push((
        Key::PayoutOf(institution, on, reference),
        Row::PayoutOf(fen(100)),
    ));
    rows
}
