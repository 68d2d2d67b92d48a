//! One value of each kind, made up, with every field and every step used.

use super::*;

pub(super) fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

pub(super) fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text).unwrap()
}

pub(super) fn person() -> PersonRef {
    PersonRef {
        home: "330200".parse().unwrap(),
        psn_no: PsnNo::parse("330200000000000001").unwrap(),
    }
}

pub(super) fn parts() -> Parts {
    Parts {
        in_scope: yuan("20000"),
        first_pay: yuan("500"),
        over_limit: Fen::ZERO,
        out_of_scope: yuan("1500"),
    }
}

pub(super) fn claim() -> Claim {
    Claim {
        treatment: "510100".parse().unwrap(),
        institution: Institution {
            code: "H51010400001".parse().unwrap(),
            kind: InstitutionType::General,
            grade: Grade::Three,
            price_grade: Grade::Two,
            administration: Administration::Province,
            networked: true,
        },
        person: person(),
        visit: Visit {
            number: VisitNumber::parse("ZY-1").unwrap(),
            episode: VisitNumber::parse("ZY-0").unwrap(),
            episode_at: None,
            setting: Setting::Inpatient,
            interim: 2,
            admitted: "2023-03-01".parse().unwrap(),
            billed_from: "2023-03-01".parse().unwrap(),
            discharged: "2023-03-11".parse().unwrap(),
            arrival: Arrival::Emergency,
            sessions: 1,
            diseases: vec![name("malignancy")],
            package: Some(name("leukaemia")),
        },
        bill: SplitBill::new(vec![SplitLine {
            number: 1,
            parts: parts(),
            tags: vec![name("implant")],
        }])
        .unwrap(),
        catalogue: sha256(b"catalogue"),
        given: BTreeMap::from([(name("charity"), yuan("1"))]),
    }
}

pub(super) fn slot() -> TotalSlot {
    TotalSlot {
        name: name("start_charged"),
        stretch: Stretch::Year(2023),
        key: Some("malignancy".into()),
    }
}

pub(super) fn decision() -> Decision {
    let layer = LayerResult {
        id: name("pool"),
        payer: Payer::Fund(Fund::ResidentPool),
        base: yuan("20000"),
        before: Fen::ZERO,
        start: yuan("1200"),
        segments: vec![SegmentResult {
            from: yuan("1200"),
            to: yuan("20000"),
            ratio: Ratio::parse("0.7").unwrap(),
            amount: yuan("13160"),
        }],
        ceiling: Some(CeilingResult {
            bounds: Bounds::Payment,
            limit: yuan("300000"),
            room: yuan("13160"),
        }),
        floor_extra: Fen::ZERO,
        left: LeftAmounts {
            start: yuan("1200"),
            share: yuan("5640"),
            above: Fen::ZERO,
        },
        paid: yuan("13160"),
    };
    Decision {
        engine: EngineVersion(1),
        policy: sha256(b"policy"),
        catalogue: sha256(b"catalogue"),
        split: parts(),
        total: yuan("22000"),
        layers: vec![layer],
        fund_total: yuan("13160"),
        own_account: Fen::ZERO,
        family_account: Fen::ZERO,
        hospital: Fen::ZERO,
        cash: yuan("8840"),
        patient_total: yuan("8840"),
        totals: vec![TotalChange {
            slot: slot(),
            adds: 120_000,
        }],
        trace: every_step(),
    }
}

pub(super) fn every_step() -> Vec<Step> {
    let mut steps = steps_before_paying();
    steps.extend(steps_of_paying());
    steps
}

fn steps_before_paying() -> Vec<Step> {
    let layer = name("pool");
    let one = yuan("0.01");
    let ratio = Ratio::parse("0.7").unwrap();
    vec![
        Step::Split {
            total: one,
            out_of_scope: one,
            over_limit: one,
            first_pay: one,
            in_scope: one,
        },
        Step::Tier {
            tier: name("three"),
        },
        Step::Skipped {
            layer,
            reason: SkipReason::When,
        },
        Step::Skipped {
            layer,
            reason: SkipReason::NothingToTake,
        },
        Step::Took {
            layer,
            matched: one,
            weight: ratio,
            taken: one,
        },
        Step::Start {
            layer,
            standard: one,
            met: one,
            charged: one,
        },
        Step::Adjusted {
            layer,
            table: ratio,
            adjusted: Ratio::ONE,
        },
        Step::Segment {
            layer,
            from: one,
            to: one,
            ratio,
            amount: one,
        },
    ]
}

fn steps_of_paying() -> Vec<Step> {
    let layer = name("pool");
    let one = yuan("0.01");
    let ratio = Ratio::parse("0.7").unwrap();
    vec![
        Step::Floor {
            layer,
            of: one,
            ratio,
            guaranteed: one,
            extra: one,
        },
        Step::Ceiling {
            layer,
            bounds: Bounds::Scope,
            limit: one,
            room: one,
            cut: one,
        },
        Step::Balance { layer, held: one },
        Step::Paid {
            layer,
            payer: Payer::Hospital,
            amount: one,
            start: one,
            share: one,
            above: one,
        },
        Step::Paid {
            layer,
            payer: Payer::Given(name("charity")),
            amount: one,
            start: one,
            share: one,
            above: one,
        },
        Step::Total {
            change: TotalChange {
                slot: slot(),
                adds: 1,
            },
        },
        Step::Closed {
            fund_total: one,
            own_account: one,
            family_account: one,
            hospital: one,
            cash: one,
        },
    ]
}

pub(crate) fn receipt() -> Receipt {
    let personal = PersonalPart {
        person: person(),
        claim: sha256(b"claim"),
        decision: sha256(b"decision"),
        version: PersonVersion {
            incarnation: 1,
            change: 4,
        },
    };
    let body = ReceiptBody {
        number: 9,
        clearing: ClearingPart {
            settlement: SettlementId::from_parts(1_700_000_000_000, [7; 10]),
            home: "330200".parse().unwrap(),
            treatment: "510100".parse().unwrap(),
            amounts: vec![
                (Fund::OwnAccount, yuan("10")),
                (Fund::ResidentPool, yuan("13160")),
            ],
            business_day: "2023-03-13".parse().unwrap(),
            policy: sha256(b"policy"),
            catalogue: sha256(b"catalogue"),
            engine: EngineVersion(1),
        },
        personal: personal.commitment(&[5; 16]),
        incarnation: 1,
        committed_at: Timestamp::from_millis(1_700_000_000_123).unwrap(),
    };
    let other = sha256(b"another leaf");
    let root = merkle::root(&[body.leaf(), other]);
    let group = GroupSignature {
        root,
        size: 2,
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![1, 2, 3],
    };
    Receipt {
        body,
        salt: [5; 16],
        group,
        index: 0,
        path: vec![other],
    }
}

pub(crate) fn reversal() -> Reversal {
    let receipt = receipt();
    let part = receipt.body.clearing.clone();
    let person = ReversedPerson {
        person: person(),
        version: PersonVersion {
            incarnation: 1,
            change: 6,
        },
    };
    let body = ReversalBody {
        number: 11,
        reversal: ReversalId::from_parts(1_700_000_100_000, [8; 10]),
        clearing: ReversalPart {
            settlement: part.settlement,
            home: part.home,
            treatment: part.treatment,
            receipt: receipt.body.digest(),
            amounts: part.amounts,
            business_day: "2023-03-14".parse().unwrap(),
        },
        reason: ReversalReason::Ordered,
        begun_by: BegunBy::Officer("li.wei".parse().unwrap()),
        personal: person.commitment(&[6; 16]),
        incarnation: 1,
        reversed_at: Timestamp::from_millis(1_700_000_100_123).unwrap(),
    };
    let other = sha256(b"another leaf");
    let group = GroupSignature {
        root: merkle::root(&[other, body.leaf()]),
        ..receipt.group
    };
    Reversal {
        body,
        person,
        salt: [6; 16],
        group,
        index: 1,
        path: vec![other],
    }
}

pub(super) fn final_refusal() -> FinalRefusal {
    let (request, salt) = (RefusedRequest::Claim(claim().binding()), [4; 16]);
    let body = RefusalBody {
        settlement: SettlementId::from_parts(1_700_000_000_000, [7; 10]),
        reversal: None,
        home: "330200".parse().unwrap(),
        treatment: "510100".parse().unwrap(),
        refusal: Refusal::new(RefusalCode::NotEnrolled, "2023-03-01"),
        request: request.commitment(&salt),
        refused_at: Timestamp::from_millis(1_700_000_000_000).unwrap(),
    };
    let other = merkle::leaf_hash(b"another");
    FinalRefusal {
        group: GroupSignature {
            root: merkle::Tree::new(vec![body.leaf(), other]).root(),
            size: 2,
            algorithm: 1,
            key_id: sha256(b"key"),
            signature: vec![1; 64],
        },
        body,
        request,
        salt,
        index: 0,
        path: vec![other],
    }
}
