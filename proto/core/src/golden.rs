//! Golden bytes of the larger values: what is journaled, hashed or signed between regions.

use std::collections::{BTreeMap, BTreeSet};

use crate::bill::{
    Arrival, Bill, BillLine, Institution, Parts, SplitBill, SplitLine, Visit, VisitNumber,
};
use crate::canonical::testing::golden_file;
use crate::canonical::{Artifact as _, decode_exact, encode_to_vec};
use crate::claim::Claim;
use crate::coverage::{Balances, Coverage, PersonVersion, Snapshot};
use crate::date::Timestamp;
use crate::decision::{
    CeilingResult, Decision, EngineVersion, LayerResult, LeftAmounts, SegmentResult, SkipReason,
    Step,
};
use crate::digest::sha256;
use crate::fund::Fund;
use crate::id::SettlementId;
use crate::leg::{Leg, NumberedLeg, Side};
use crate::merkle;
use crate::money::{Fen, SignedFen};
use crate::name::Name;
use crate::person::{PersonRef, PsnNo};
use crate::policy::layer::{Bounds, Payer};
use crate::ratio::Ratio;
use crate::receipt::{ClearingPart, GroupSignature, PersonalPart, Receipt, ReceiptBody};
use crate::totals::{Stretch, TotalChange, TotalSlot};
use crate::vocabulary::{
    Administration, AssistanceIdentity, FilingClass, FilingTime, Grade, InstitutionType, Scheme,
    Setting,
};

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text).unwrap()
}

fn person() -> PersonRef {
    PersonRef {
        home: "330200".parse().unwrap(),
        psn_no: PsnNo::parse("330200000000000001").unwrap(),
    }
}

fn parts() -> Parts {
    Parts {
        in_scope: yuan("20000"),
        first_pay: yuan("500"),
        over_limit: Fen::ZERO,
        out_of_scope: yuan("1500"),
    }
}

fn claim() -> Claim {
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
            setting: Setting::Inpatient,
            interim: 2,
            admitted: "2023-03-01".parse().unwrap(),
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

fn slot() -> TotalSlot {
    TotalSlot {
        name: name("start_charged"),
        stretch: Stretch::Year(2023),
        key: Some("malignancy".into()),
    }
}

fn decision() -> Decision {
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

fn every_step() -> Vec<Step> {
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

fn receipt() -> Receipt {
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

#[test]
fn a_claim_keeps_its_bytes() {
    golden_file("claim", &claim());
}

#[test]
fn a_bill_keeps_its_bytes() {
    let line = BillLine {
        number: 1,
        code: "XA01AAA001A001010100001".parse().unwrap(),
        date: "2023-03-02".parse().unwrap(),
        quantity: "2.5".parse().unwrap(),
        amount: SignedFen::parse_yuan("100.01").unwrap(),
        returns: None,
        approved: true,
    };
    golden_file("bill", &Bill::new(yuan("100.01"), vec![line]).unwrap());
}

#[test]
fn a_snapshot_keeps_its_bytes() {
    let coverage = Coverage {
        scheme: Scheme::Resident,
        category: name("adult"),
        retired: false,
        age: 59,
        years_paid: 12,
        identities: BTreeSet::from([AssistanceIdentity::Fringe]),
        filing: FilingClass::Referral,
        filing_time: FilingTime::Before,
        ordinal: 1,
    };
    let stretches = [
        Stretch::Visit("H1/1".into()),
        Stretch::Episode("H1/0".into()),
        Stretch::Month(2023, 3),
        Stretch::Quarter(2023, 1),
        Stretch::Life,
    ];
    let totals = stretches.map(|stretch| {
        (
            TotalSlot {
                name: name("t"),
                stretch,
                key: None,
            },
            7,
        )
    });
    golden_file(
        "snapshot",
        &Snapshot {
            person: person(),
            version: PersonVersion {
                incarnation: 1,
                change: 3,
            },
            coverage,
            totals: BTreeMap::from(totals),
            balances: Balances {
                own: yuan("12.34"),
                family: Fen::ZERO,
            },
            policy: sha256(b"policy"),
            engines: vec![1],
        },
    );
}

#[test]
fn a_decision_with_every_kind_of_step_keeps_its_bytes() {
    golden_file("decision", &decision());
}

#[test]
fn a_receipt_keeps_its_bytes_and_leads_to_its_root() {
    golden_file("receipt", &receipt());
    assert!(receipt().is_in_group());
    let mut moved = receipt();
    moved.body.number = 10;
    assert!(!moved.is_in_group(), "a changed body leads elsewhere");
}

#[test]
fn legs_of_a_receipt_keep_their_bytes() {
    let legs = Leg::of(&receipt().body);
    assert_eq!(legs.len(), 2);
    let numbered: Vec<NumberedLeg> = (1..)
        .zip(legs)
        .map(|(number, leg)| NumberedLeg {
            number,
            side: Side::Payable,
            leg,
        })
        .collect();
    golden_file("legs", &numbered);
}

#[test]
fn a_region_owes_itself_nothing() {
    let mut body = receipt().body;
    body.clearing.treatment = body.clearing.home;
    assert!(Leg::of(&body).is_empty());
}

#[test]
fn an_id_binds_institution_person_visit_and_bill() {
    use crate::claim::BoundField;
    let bound = claim().binding();
    let mut other = claim();
    other.catalogue = sha256(b"another catalogue");
    assert_eq!(
        bound.first_difference(&other.binding()),
        None,
        "the catalogue belongs to the attempt"
    );
    other.given.clear();
    assert_eq!(
        bound.first_difference(&other.binding()),
        Some(BoundField::Bill)
    );
    other.visit.interim = 3;
    assert_eq!(
        bound.first_difference(&other.binding()),
        Some(BoundField::Visit)
    );
    other.person.home = "310000".parse().unwrap();
    assert_eq!(
        bound.first_difference(&other.binding()),
        Some(BoundField::Person)
    );
    other.institution.code = "H51010400002".parse().unwrap();
    assert_eq!(
        bound.first_difference(&other.binding()),
        Some(BoundField::Institution)
    );
}

#[test]
fn bytes_cannot_build_a_bill_that_does_not_sum() {
    let line = BillLine {
        number: 1,
        code: "XA01AAA001A001010100001".parse().unwrap(),
        date: "2023-03-02".parse().unwrap(),
        quantity: "1".parse().unwrap(),
        amount: SignedFen::parse_yuan("1").unwrap(),
        returns: None,
        approved: false,
    };
    let forged = encode_to_vec(&(yuan("2"), vec![line]));
    assert!(decode_exact::<Bill>(&forged).is_err());
}

#[test]
fn an_artifact_is_no_other_artifact() {
    let bytes = claim().to_bytes();
    assert!(Decision::from_bytes(&bytes).is_err());
    assert_eq!(Claim::from_bytes(&bytes).unwrap(), claim());
}
