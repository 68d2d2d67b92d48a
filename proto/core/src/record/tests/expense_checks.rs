//! One record of each kind that an expense check writes, made up.

use super::samples::{at, body, chengdu, id, ningbo, refusal, settled};
use super::*;
use crate::deduction::DeductionAmounts;
use crate::expense_check::{CheckAsk, CheckSays, CheckTerms, CheckWord, Finding, SignedCheckWord};
use crate::id::{CheckId, DeductionId};
use crate::record::expense_check::{CheckRefused, CheckWordBooked, CheckWordSaid, CheckWordTaken};
use crate::vocabulary::{CheckReason, DeductionReason, SendBackReason};

fn pool(fen: i64) -> DeductionAmounts {
    DeductionAmounts::new(vec![(Fund::ResidentPool, Fen::new(fen).unwrap())]).unwrap()
}

fn word(says: CheckSays) -> CheckWord {
    let is_first = matches!(says, CheckSays::Ask(_));
    let is_silent = matches!(says, CheckSays::Silent(_));
    CheckWord {
        check: CheckId::from_parts(1_700_000_000_000, [8; 10]),
        home: ningbo(),
        treatment: chengdu(),
        follows: (!is_first).then(|| sha256(b"before")),
        says,
        officer: (!is_silent).then(|| "li.wei".parse().unwrap()),
        at: at(),
    }
}

fn asked() -> CheckSays {
    CheckSays::Ask(CheckAsk {
        settlement: id(),
        receipt: body().digest(),
        paid: pool(1_316_000),
        bill: Fen::new(3_200_000).unwrap(),
        settled_on: "2023-03-10".parse().unwrap(),
        reason: CheckReason::ItemsDoNotFit,
        terms: CheckTerms::STANDARD,
    })
}

fn found() -> CheckSays {
    CheckSays::Answer(Finding::Discrepancy {
        reason: DeductionReason::DuplicatedCharge,
        amounts: pool(120_000),
        deduction: Some(DeductionId::from_bytes([9; 16])),
    })
}

fn said(says: CheckSays) -> NodeRecord {
    NodeRecord::CheckWordSaid(CheckWordSaid::new(word(says)))
}

pub(super) fn of_checks() -> [NodeRecord; 9] {
    let until = "2023-05-08".parse().unwrap();
    [
        said(asked()),
        said(CheckSays::Answer(Finding::Verified)),
        said(found()),
        said(CheckSays::Confirm),
        said(CheckSays::Silent(until)),
        said(CheckSays::SendBack(SendBackReason::Incomplete)),
        NodeRecord::CheckWordBooked(CheckWordBooked {
            signed: SignedCheckWord {
                word: word(found()),
                group: settled().receipt.group,
                index: 0,
                path: Vec::new(),
            },
            confirm_by: Some(until),
            at: at(),
        }),
        NodeRecord::CheckWordTaken(CheckWordTaken {
            check: word(found()).check,
            word: word(found()).digest(),
            at: at(),
        }),
        NodeRecord::CheckRefused(CheckRefused {
            check: word(found()).check,
            refusal: refusal(),
            at: at(),
        }),
    ]
}

const GOLDEN: [&str; 9] = [
    "a2efeef39852b2a9",
    "1f3fa87154f29ba1",
    "66a7e2d87a9b3069",
    "26a73372933e3389",
    "306105fe618118ff",
    "42221f037f25c95c",
    "4aa42dc1c73d5fb8",
    "b770cef606a3b0aa",
    "211ee89a4b24b68a",
];

#[test]
fn every_record_of_a_check_keeps_its_bytes() {
    keep_their_bytes(&of_checks(), &GOLDEN);
}

#[test]
fn the_seal_signs_what_is_said_and_nothing_else_of_a_check() {
    for record in of_checks() {
        let expected = if let NodeRecord::CheckWordSaid(said) = &record {
            Some(said.word().leaf())
        } else {
            None
        };
        let mut bytes = record.to_bytes();
        assert_eq!(signed_leaf(&bytes), expected);
        if expected.is_some() {
            bytes[7] ^= 1;
            let refused = NodeRecord::from_bytes(&bytes).unwrap_err();
            assert!(refused.to_string().contains("leaf"), "{refused}");
        }
    }
}
