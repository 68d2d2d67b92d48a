//! Rows of what institutions reconciled and confirmed.

use huitong_core::digest::sha256;
use huitong_core::id::ConfirmationId;
use huitong_core::institution_account::{Amounts, Booked, LineVerdict, LinesInAll, Span, Totals};
use huitong_core::vocabulary::{ObjectionReason, Setting};

use super::*;
use crate::samples::{claim, fen, id, now};
use crate::store::{ConfirmationRow, InstitutionMonthRow, MonthLineRow, ReconciledRow};

pub(super) fn institution_accounts() -> Vec<(Key, Row)> {
    let institution = claim("V1").institution.code;
    let on = now().business_day_shanghai();
    let one = Amounts {
        total: fen(10_000),
        funds: fen(7_000),
        accounts: fen(0),
        cash: fen(3_000),
    };
    let own = Totals::ZERO.with(Booked::Settlement, &one).unwrap();
    let reconciled = ReconciledRow {
        span: Span::day(on),
        stated: Totals::ZERO,
        own,
        settled: 1,
        reversed: 0,
        at: now(),
    };
    let settings = [None, Some(Setting::Inpatient)].map(|setting| {
        let key = Key::Reconciled(institution, on, setting);
        (key, Row::Reconciled(reconciled.into()))
    });
    let verdicts = [
        LineVerdict::Confirmed,
        LineVerdict::Objected(ObjectionReason::NotOurs),
    ];
    let confirmation = ConfirmationId::from_bytes([5; 16]);
    let lines = (1..).zip(verdicts).map(|(nth, verdict)| {
        let row = MonthLineRow {
            confirmation,
            line: sha256(b"line"),
            verdict,
        };
        let key = Key::MonthLine(institution, on, id(nth));
        (key, Row::MonthLine(row))
    });
    let month = InstitutionMonthRow {
        closed: Some("li.wei".parse().unwrap()),
        confirmations: vec![ConfirmationRow {
            id: confirmation,
            asked: sha256(b"asked"),
            in_all: LinesInAll {
                count: 2,
                sum: fen(14_000),
                digest: sha256(b"lines"),
            },
            confirmed: 1,
            applied: fen(7_000),
            at: now(),
            rolled_back: Some(now()),
        }],
    };
    let key = Key::InstitutionMonth(institution, on);
    let mut rows: Vec<(Key, Row)> = settings.into();
    rows.extend(lines);
    rows.push((key, Row::InstitutionMonth(month)));
    rows
}
