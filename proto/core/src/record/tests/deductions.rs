//! One record of each kind that an audit deduction writes, made up.

use super::samples::{at, body, chengdu, id, ningbo, refusal, settled};
use super::*;
use crate::deduction::{
    AnswerBody, DeductionAct, DeductionAmounts, DeductionBody, DeductionNote, DeductionVerdict,
    DeductionWord, Lifted, SignedAnswer, SignedDeduction,
};
use crate::id::DeductionId;
use crate::leg::Side;
use crate::record::deduction::{
    DeductionAnswered, DeductionDecided, DeductionLifted, DeductionOrdered, DeductionRegained,
};
use crate::record::recovery::Proof;
use crate::vocabulary::{DeductionEndReason, DeductionReason};

fn ordered(act: DeductionAct) -> DeductionBody {
    DeductionBody {
        deduction: DeductionId::from_parts(1_700_000_000_000, [8; 10]),
        settlement: id(),
        home: ningbo(),
        treatment: chengdu(),
        institution: "H51010400001".parse().unwrap(),
        receipt: body().digest(),
        amounts: DeductionAmounts::new(vec![(Fund::ResidentPool, Fen::new(120_000).unwrap())])
            .unwrap(),
        act,
        officer: "li.wei".parse().unwrap(),
        ordered_at: at(),
    }
}

fn proof() -> Proof {
    Proof {
        group: settled().receipt.group,
        index: 0,
        path: Vec::new(),
    }
}

fn signed(act: DeductionAct) -> SignedDeduction {
    let Proof { group, index, path } = proof();
    SignedDeduction {
        body: ordered(act),
        group,
        index,
        path,
    }
}

fn answer(order: &DeductionBody, verdict: DeductionVerdict) -> AnswerBody {
    AnswerBody {
        deduction: order.deduction,
        home: ningbo(),
        treatment: chengdu(),
        order: order.digest(),
        verdict,
        answered_at: at(),
    }
}

fn decided(act: DeductionAct, verdict: DeductionVerdict) -> DeductionDecided {
    let order = signed(act);
    DeductionDecided::new(answer(&order.body, verdict), order, 4)
}

fn word() -> DeductionWord {
    let order = signed(deduct());
    let Proof { group, index, path } = proof();
    DeductionWord {
        answer: SignedAnswer {
            body: answer(&order.body, accepted()),
            group,
            index,
            path,
        },
        order,
    }
}

fn deduct() -> DeductionAct {
    DeductionAct::Deduct(DeductionReason::DuplicatedCharge)
}

fn accepted() -> DeductionVerdict {
    DeductionVerdict::Accepted("2023-03-13".parse().unwrap())
}

pub(super) fn of_deductions() -> [NodeRecord; 7] {
    let withdraw = DeductionAct::Withdraw(DeductionEndReason::AppealUpheld);
    let note = DeductionNote::parse("第三行重复收费").unwrap();
    let lifted = Lifted {
        deduction: ordered(deduct()).deduction,
        settlement: id(),
        home: ningbo(),
        treatment: chengdu(),
        amounts: ordered(deduct()).amounts,
        reversal: sha256(b"reversal"),
        business_day: "2023-03-14".parse().unwrap(),
    };
    [
        NodeRecord::DeductionOrdered(DeductionOrdered::new(ordered(deduct()), Some(note))),
        NodeRecord::DeductionOrdered(DeductionOrdered::new(ordered(withdraw), None)),
        NodeRecord::DeductionAnswered(DeductionAnswered {
            word: word(),
            legs_from: 4,
            at: at(),
        }),
        NodeRecord::DeductionDecided(decided(deduct(), accepted())),
        NodeRecord::DeductionDecided(decided(withdraw, DeductionVerdict::Refused(refusal()))),
        NodeRecord::DeductionRegained(DeductionRegained {
            proof: proof(),
            record: decided(deduct(), accepted()),
        }),
        NodeRecord::DeductionLifted(DeductionLifted {
            lifted,
            side: Side::Payable,
            legs_from: 9,
            at: at(),
        }),
    ]
}

const GOLDEN: [&str; 7] = [
    "53317d6fec15e3f1",
    "07db6523a2eff266",
    "4adbcf31ee2a2d7a",
    "1d63258af1a77042",
    "97e0dc6fc7c482bd",
    "7d8835a60da6dead",
    "baa36ea9770730d4",
];

#[test]
fn every_record_of_a_deduction_keeps_its_bytes() {
    keep_their_bytes(&of_deductions(), &GOLDEN);
}

#[test]
fn the_seal_signs_orders_and_decisions_and_nothing_else_of_a_deduction() {
    let [
        order,
        withdrawal,
        answered,
        decision,
        refused,
        regained,
        lifted,
    ] = of_deductions();
    assert_eq!(
        signed_leaf(&order.to_bytes()),
        Some(ordered(deduct()).leaf())
    );
    assert!(signed_leaf(&withdrawal.to_bytes()).is_some());
    let leaf = decided(deduct(), accepted()).body().leaf();
    assert_eq!(signed_leaf(&decision.to_bytes()), Some(leaf));
    assert!(signed_leaf(&refused.to_bytes()).is_some());
    for record in [&answered, &regained, &lifted] {
        assert_eq!(signed_leaf(&record.to_bytes()), None);
        assert!(!is_signed_word(&record.to_bytes()));
    }
    assert!(is_deduction_answered(&answered.to_bytes()));
    assert!(!is_deduction_answered(&order.to_bytes()));
}

#[test]
fn a_leaf_that_is_not_its_bodys_is_refused() {
    for record in of_deductions() {
        let mut bytes = record.to_bytes();
        if signed_leaf(&bytes).is_some() {
            bytes[7] ^= 1;
            let refused = NodeRecord::from_bytes(&bytes).unwrap_err();
            assert!(refused.to_string().contains("leaf"), "{refused}");
        }
    }
}

#[test]
fn a_word_holds_together_only_with_the_order_that_it_is_of() {
    let mut other = word();
    assert!(other.answer.body.is_of(&other.order.body));
    other.order.body.officer = "wang.fang".parse().unwrap();
    assert!(!other.answer.body.is_of(&other.order.body));
    assert!(!other.holds_together());
}
