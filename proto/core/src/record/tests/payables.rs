//! One record of each kind that a payment to an institution writes, made up.

use super::samples::at;
use super::*;
use crate::payable::{Month, Payout};
use crate::payment::BankReference;
use crate::record::payable::{InstitutionPaid, PayoutCorrected};
use crate::vocabulary::CorrectionReason;

pub(super) fn of_payables() -> [NodeRecord; 2] {
    let payout = Payout {
        reference: BankReference::parse("ICBC:2023-04/1").unwrap(),
        institution: "H51010400001".parse().unwrap(),
        month: Month::parse("2023-03").unwrap(),
        paid_on: "2023-04-20".parse().unwrap(),
        amount: Fen::new(1_316_000).unwrap(),
    };
    let officer: crate::officer::OfficerName = "li.wei".parse().unwrap();
    [
        NodeRecord::InstitutionPaid(InstitutionPaid {
            payout: payout.clone(),
            officer: officer.clone(),
            at: at(),
        }),
        NodeRecord::PayoutCorrected(PayoutCorrected {
            payout,
            reason: CorrectionReason::Bounced,
            officer,
            at: at(),
        }),
    ]
}

const GOLDEN: [&str; 2] = ["20a7666100359d1f", "01dad407ddeb23db"];

#[test]
fn every_record_of_a_payment_to_an_institution_keeps_its_bytes() {
    keep_their_bytes(&of_payables(), &GOLDEN);
}
