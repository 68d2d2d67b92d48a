//! Disputes travel whole, and what is none is told with its field.

use huitong_core::fund::Fund;
use huitong_core::leg::LegKind;
use huitong_core::money::Fen;

use super::*;

fn seen(subject: Subject) -> DisputeSeen {
    let at = Timestamp::from_millis(1_775_000_000_000).unwrap();
    let ruling = Ruling {
        amount: Fen::new(700).unwrap(),
        reason: DecisionReason::PartlyProven,
    };
    let [proposer, confirmer] = ["wang.fang", "zhao.min"].map(|name| name.parse().unwrap());
    DisputeSeen {
        name: "330200/2026-03-001".parse().unwrap(),
        respondent: "510100".parse().unwrap(),
        claim: Claim {
            subject,
            amount: Fen::new(1_000).unwrap(),
            reason: DisputeReason::WrongFund,
        },
        raised: at,
        days_old: 9,
        stage: DisputeStage::Settled,
        reply: Some(Reply::Rejected(RejectionReason::Stands)),
        due: Some("2026-03-31".parse().unwrap()),
        days_late: 2,
        proposal: Some(Proposal {
            ruling,
            by: proposer,
        }),
        settled: Some(Settled {
            amount: ruling.amount,
            ground: Ground::Decided {
                ruling,
                proposer: "wang.fang".parse().unwrap(),
                confirmer,
            },
            settling: Settling {
                number: 3,
                day: "2026-04-01".parse().unwrap(),
            },
            at,
        }),
    }
}

fn subjects() -> [Subject; 2] {
    let pair = Pair {
        debtor: "330200".parse().unwrap(),
        creditor: "510100".parse().unwrap(),
        fund: Fund::ResidentPool,
    };
    [
        Subject::Row {
            day: "2026-03-31".parse().unwrap(),
            pair,
        },
        Subject::Debt {
            settlement: SettlementId::from_parts(1, [2; 10]),
            kind: LegKind::Reversal,
            pair,
        },
    ]
}

#[test]
fn a_dispute_comes_back_as_it_was_sent() {
    for subject in subjects() {
        let mut seen = seen(subject);
        for reply in [
            Reply::Accepted,
            Reply::Partly(Fen::new(5).unwrap()),
            Reply::Rejected(RejectionReason::NotOurDuty),
        ] {
            seen.reply = Some(reply);
            let wire = dispute_to_wire(&seen);
            assert_eq!(
                dispute_from_wire(Some(wire), Path::root("dispute")).as_ref(),
                Ok(&seen)
            );
        }
        for ground in [Ground::Conceded, Ground::Accepted, Ground::Stood] {
            seen.settled.as_mut().unwrap().ground = ground;
            let wire = dispute_to_wire(&seen);
            assert_eq!(
                dispute_from_wire(Some(wire), Path::root("dispute")).as_ref(),
                Ok(&seen)
            );
        }
    }
}

#[test]
fn what_is_no_dispute_is_told_with_its_field() {
    type Spoil = fn(&mut v1::Dispute);
    let spoil: [(&str, Spoil); 6] = [
        ("dispute.name", |dispute| dispute.name.clear()),
        ("dispute.claim.subject", |dispute| {
            let subject = dispute.claim.as_mut().unwrap().subject.as_mut().unwrap();
            subject.settlement = SettlementId::from_parts(1, [2; 10]).to_string();
        }),
        ("dispute.stage", |dispute| dispute.stage = 0),
        ("dispute.reply", |dispute| {
            dispute.reply.as_mut().unwrap().reply = None
        }),
        ("dispute.settled.by", |dispute| {
            dispute.settled.as_mut().unwrap().by = 0
        }),
        ("dispute.settled.proposer", |dispute| {
            dispute.settled.as_mut().unwrap().proposer.clear();
        }),
    ];
    let [row, _] = subjects();
    for (field, spoil) in spoil {
        let mut wire = dispute_to_wire(&seen(row));
        spoil(&mut wire);
        let fault = dispute_from_wire(Some(wire), Path::root("dispute")).unwrap_err();
        assert!(fault.to_string().contains(field), "{fault}");
    }
}

#[test]
fn every_word_travels() {
    let path = Path::root("x");
    for word in DisputeReason::ALL {
        assert_eq!(
            dispute_reason_from_wire(dispute_reason_to_wire(*word), path),
            Ok(*word)
        );
    }
    for word in DecisionReason::ALL {
        assert_eq!(
            decision_reason_from_wire(decision_reason_to_wire(*word), path),
            Ok(*word)
        );
    }
    for word in DisputeStage::ALL {
        assert_eq!(
            dispute_stage_from_wire(dispute_stage_to_wire(*word), path),
            Ok(*word)
        );
    }
}
