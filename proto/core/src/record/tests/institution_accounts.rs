//! One record of each kind that an institution's accounts write, made up.

use super::samples::at;
use super::*;
use crate::digest::sha256;
use crate::id::ConfirmationId;
use crate::institution_account::{
    Amounts, Booked, DayCount, LineVerdict, LinesInAll, MonthStanding, Span, Totals,
};
use crate::payable::Month;
use crate::record::institution_account::{
    ConfirmedLine, InstitutionMonthSet, InstitutionReconciled, MonthConfirmed, MonthRolledBack,
};
use crate::vocabulary::{ObjectionReason, Setting};

pub(super) fn of_institution_accounts() -> [NodeRecord; 4] {
    let fen = |amount| Fen::new(amount).unwrap();
    let institution = "H51010400001".parse().unwrap();
    let month = Month::parse("2023-03").unwrap();
    let confirmation = ConfirmationId::from_parts(1_680_000_000_000, [3; 10]);
    let one = Amounts {
        total: fen(2_200_000),
        funds: fen(1_316_000),
        accounts: fen(4_000),
        cash: fen(880_000),
    };
    let stated = Totals::ZERO.with(Booked::Settlement, &one).unwrap();
    let own = stated.with(Booked::Reversal, &one).unwrap();
    let verdicts = [
        LineVerdict::Confirmed,
        LineVerdict::Objected(ObjectionReason::DeductionAppealed),
    ];
    let lines = (1..).zip(verdicts).map(|(nth, verdict)| ConfirmedLine {
        settlement: SettlementId::from_bytes([nth; 16]),
        line: sha256(&[nth]),
        payable: fen(1_196_000),
        verdict,
    });
    [
        NodeRecord::InstitutionReconciled(InstitutionReconciled {
            institution,
            span: Span::day("2023-03-09".parse().unwrap()),
            setting: Some(Setting::Inpatient),
            stated,
            own,
            days: vec![DayCount {
                day: "2023-03-09".parse().unwrap(),
                settled: 1,
                reversed: 1,
            }],
            at: at(),
        }),
        NodeRecord::MonthConfirmed(MonthConfirmed {
            confirmation,
            institution,
            month: month.clone(),
            in_all: LinesInAll {
                count: 2,
                sum: fen(2_632_000),
                digest: sha256(b"lines"),
            },
            asked: sha256(b"asked"),
            lines: lines.collect(),
            at: at(),
        }),
        NodeRecord::MonthRolledBack(MonthRolledBack {
            confirmation,
            institution,
            month: month.clone(),
            at: at(),
        }),
        NodeRecord::InstitutionMonthSet(InstitutionMonthSet {
            institution,
            month,
            standing: MonthStanding::Closed,
            officer: "li.wei".parse().unwrap(),
            at: at(),
        }),
    ]
}

const GOLDEN: [&str; 4] = [
    "9844babba56fe171",
    "5186225f0d6ab380",
    "20b625c607d37c21",
    "f27ada233d1439ad",
];

#[test]
fn every_record_of_an_institutions_accounts_keeps_its_bytes() {
    keep_their_bytes(&of_institution_accounts(), &GOLDEN);
}
