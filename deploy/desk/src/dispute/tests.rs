//! What an officer reads of a dispute, whichever server was asked.

use huitong_core::checkpoint::row::Pair;
use huitong_core::dispute::course::{Proposal, Settled};
use huitong_core::dispute::step::{Ruling, Settling};
use huitong_core::dispute::word::Claim;
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::vocabulary::{DecisionReason, DisputeReason, RejectionReason};

use super::*;

fn escalated() -> DisputeSeen {
    let pair = Pair {
        debtor: "330200".parse().unwrap(),
        creditor: "510100".parse().unwrap(),
        fund: Fund::ResidentPool,
    };
    DisputeSeen {
        name: "330200/2026-03-001".parse().unwrap(),
        respondent: "510100".parse().unwrap(),
        claim: Claim {
            subject: Subject::Row {
                day: "2026-03-31".parse().unwrap(),
                pair,
            },
            amount: Fen::new(1_000).unwrap(),
            reason: DisputeReason::WrongFund,
        },
        raised: "2026-04-01T00:00:00.000Z".parse().unwrap(),
        days_old: 9,
        stage: DisputeStage::Escalated,
        reply: Some(Reply::Rejected(RejectionReason::Stands)),
        due: Some("2026-04-08".parse().unwrap()),
        days_late: 2,
        proposal: Some(Proposal {
            ruling: ruling(),
            by: "wang.fang".parse().unwrap(),
        }),
        settled: None,
    }
}

fn ruling() -> Ruling {
    Ruling {
        amount: Fen::new(700).unwrap(),
        reason: DecisionReason::PartlyProven,
    }
}

fn settled() -> DisputeSeen {
    DisputeSeen {
        stage: DisputeStage::Settled,
        due: None,
        settled: Some(Settled {
            amount: ruling().amount,
            ground: Ground::Decided {
                ruling: ruling(),
                proposer: "wang.fang".parse().unwrap(),
                confirmer: "zhao.min".parse().unwrap(),
            },
            settling: Settling {
                number: 3,
                day: "2026-04-10".parse().unwrap(),
            },
            at: "2026-04-10T00:00:00.000Z".parse().unwrap(),
        }),
        ..escalated()
    }
}

fn text(dispute: &DisputeSeen) -> String {
    let mut out = Vec::new();
    print(dispute, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn what_waits_for_a_second_officer_is_told_until_it_is_settled() {
    let text_of = [escalated(), settled()].map(|dispute| text(&dispute));
    let [waits, over] = &text_of;
    for told in [
        "待裁定",
        "10.00 for",
        "due / 期限: 2026-04-08, 2 d overdue / 逾期",
        "proposed by wang.fang / 拟裁定: 7.00 for",
    ] {
        assert!(waits.contains(told), "{told}: {waits}");
    }
    assert!(
        !over.contains("proposed by") && !over.contains("due /"),
        "{over}"
    );
    let how = "settled at 7.00 / 了结金额, number 3, corrected with 2026-04-10: decided by wang.fang and zhao.min";
    assert!(over.contains(how), "{over}");
}

#[test]
fn the_document_names_who_decided() {
    let document = as_json(&settled());
    assert_eq!(document["amount"], "10.00");
    assert_eq!(document["business_day"], "2026-03-31");
    assert_eq!(document["proposal"]["officer"], "wang.fang");
    let officers = &document["settled"]["officers"];
    assert_eq!(*officers, json!(["wang.fang", "zhao.min"]));
    assert_eq!(as_json(&escalated())["settled"], Value::Null);
}
