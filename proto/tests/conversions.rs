//! What leaves comes back the same, and each wrong field is refused by its path.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a failed step fails the test"
)]

use std::collections::BTreeMap;

use huitong_core::bill::{
    Arrival, Bill, BillLine, Institution, Parts, SplitBill, SplitLine, Visit, VisitNumber,
};
use huitong_core::claim::Claim;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind, NumberedLeg, Side};
use huitong_core::money::{Fen, SignedFen};
use huitong_core::name::Name;
use huitong_core::person::{Credential, CredentialNumber, PersonRef, PsnNo};
use huitong_core::vocabulary::{Administration, Grade, InstitutionType, Setting};
use huitong_proto::conversion::visit::HospitalBill;
use huitong_proto::conversion::{Path, claim, common, leg, refusal, visit};
use huitong_proto::{clearing, settlement};

fn person() -> PersonRef {
    PersonRef {
        home: "330200".parse().unwrap(),
        psn_no: PsnNo::parse("330200000000000001").unwrap(),
    }
}

fn a_visit() -> Visit {
    Visit {
        number: VisitNumber::parse("ZY-2023-0001").unwrap(),
        episode: VisitNumber::parse("ZY-2023-0001").unwrap(),
        episode_at: None,
        setting: Setting::Inpatient,
        interim: 0,
        admitted: "2023-03-01".parse().unwrap(),
        billed_from: "2023-03-01".parse().unwrap(),
        discharged: "2023-03-11".parse().unwrap(),
        arrival: Arrival::Referred,
        sessions: 1,
        diseases: vec![Name::parse("malignancy").unwrap()],
        package: None,
    }
}

fn hospital_bill() -> HospitalBill {
    let line = BillLine {
        number: 1,
        code: "XA01AAA001A001010100001".parse().unwrap(),
        date: "2023-03-02".parse().unwrap(),
        quantity: "2.5".parse().unwrap(),
        amount: SignedFen::parse_yuan("100.01").unwrap(),
        returns: None,
        approved: true,
    };
    let back = BillLine {
        number: 2,
        quantity: "-0.5".parse().unwrap(),
        amount: SignedFen::parse_yuan("-20.00").unwrap(),
        returns: Some(1),
        ..line.clone()
    };
    HospitalBill {
        person: person(),
        credential: Credential::SocialCard(CredentialNumber::parse("A12345678").unwrap()),
        visit: a_visit(),
        bill: Bill::new(Fen::parse_yuan("80.01").unwrap(), vec![line, back]).unwrap(),
        given: BTreeMap::from([(
            Name::parse("charity").unwrap(),
            Fen::parse_yuan("3").unwrap(),
        )]),
    }
}

fn a_claim() -> Claim {
    let parts = Parts {
        in_scope: Fen::parse_yuan("80.01").unwrap(),
        ..Parts::ZERO
    };
    Claim {
        treatment: "510100".parse().unwrap(),
        institution: Institution {
            code: "H51010400001".parse().unwrap(),
            kind: InstitutionType::General,
            grade: Grade::Three,
            price_grade: Grade::Three,
            administration: Administration::Province,
            networked: true,
        },
        person: person(),
        visit: a_visit(),
        bill: SplitBill::new(vec![SplitLine {
            number: 1,
            parts,
            tags: vec![Name::parse("implant").unwrap()],
        }])
        .unwrap(),
        catalogue: sha256(b"a catalogue"),
        given: BTreeMap::new(),
    }
}

fn a_leg() -> NumberedLeg {
    NumberedLeg {
        number: 7,
        side: Side::Payable,
        leg: Leg {
            settlement: SettlementId::from_parts(1_700_000_000_000, [7; 10]),
            kind: LegKind::Settlement,
            debtor: "330200".parse().unwrap(),
            creditor: "510100".parse().unwrap(),
            fund: Fund::ResidentPool,
            amount: Fen::parse_yuan("13160").unwrap(),
            business_day: "2023-03-11".parse().unwrap(),
            receipt: sha256(b"a receipt"),
        },
    }
}

#[test]
fn what_a_visit_leaves_out_has_one_meaning() {
    let mut wire = visit::visit_to_wire(&a_visit());
    (wire.billed_from, wire.episode_at) = (String::new(), String::new());
    let read = |wire| visit::visit_from_wire(Some(wire), Path::root("visit"));
    assert_eq!(read(wire.clone()).unwrap(), a_visit());
    let linked = Visit {
        episode_at: Some("H11010500002".parse().unwrap()),
        billed_from: "2023-03-05".parse().unwrap(),
        ..a_visit()
    };
    assert_eq!(read(visit::visit_to_wire(&linked)).unwrap(), linked);
    wire.billed_from = "2023-02-28".to_owned();
    assert_eq!(
        read(wire.clone()).unwrap_err().to_string(),
        "visit: billed from a day outside the visit"
    );
    wire.billed_from = String::new();
    wire.episode_at = "H1".to_owned();
    assert!(read(wire).unwrap_err().path.contains("episode_at"));
}

#[test]
fn what_leaves_comes_back_the_same() {
    let bill = hospital_bill();
    assert_eq!(
        visit::bill_from_wire(Some(visit::bill_to_wire(&bill)), Path::root("bill")).unwrap(),
        bill
    );
    let sent = a_claim();
    let back = claim::claim_from_wire(
        Some(claim::claim_to_wire(&sent)),
        sent.treatment,
        Path::root("claim"),
    );
    assert_eq!(back.unwrap(), sent);
    assert_eq!(
        leg::leg_from_wire(&leg::leg_to_wire(&a_leg()), Path::root("leg")).unwrap(),
        a_leg()
    );
    for code in huitong_core::refusal::RefusalCode::ALL {
        let refused = huitong_core::refusal::Refusal::new(*code, "lines[3]");
        let wire = refusal::refusal_to_wire(&refused);
        assert_eq!(
            refusal::refusal_from_wire(Some(wire), Path::root("refusal")).unwrap(),
            refused
        );
    }
    for fund in Fund::ALL {
        assert_eq!(
            common::fund_from_wire(common::fund_to_wire(*fund), Path::root("fund")).unwrap(),
            *fund
        );
    }
}

/// What has a region or a day in common with the leg before, and what has not, and what is wrong between them.
#[test]
fn legs_read_one_after_the_other_are_as_each_alone() {
    let mut reader = leg::LegReader::default();
    let mut faults = 0;
    let texts = [
        ["510100", "330200", "2026-03-02"],
        ["510100", "330200", "2026-03-02"],
        ["330200", "510100", "2026-03-02"],
        ["330200", "51010", "2026-03-03"],
        ["330200", "510100", "2026-03-03"],
        ["", "510100", "2026-03-03"],
        ["330200", "510100", "2026-02-30"],
        ["330200", "510100", "2026-03-02"],
    ];
    for [debtor, creditor, day] in texts {
        let wire = clearing::v1::Leg {
            debtor: debtor.into(),
            creditor: creditor.into(),
            business_day: day.into(),
            ..leg::leg_to_wire(&a_leg())
        };
        let path = Path::root("leg");
        let alone = leg::leg_from_wire(&wire, path);
        faults += usize::from(alone.is_err());
        assert_eq!(reader.read(&wire, path), alone, "{debtor} {creditor} {day}");
    }
    assert_eq!(faults, 3);
}

#[test]
fn each_wrong_field_of_a_bill_is_named() {
    type Spoil = fn(&mut settlement::v1::Bill);
    let cases: &[(&str, Spoil)] = &[
        ("bill.person", |b| b.person = None),
        ("bill.person.home_region", |b| {
            b.person.as_mut().unwrap().home_region = "999999".into()
        }),
        ("bill.person.psn_no", |b| {
            b.person.as_mut().unwrap().psn_no = "12".into()
        }),
        ("bill.credential", |b| b.credential = None),
        ("bill.visit", |b| b.visit = None),
        ("bill.visit.number", |b| {
            b.visit.as_mut().unwrap().number = "a b".into()
        }),
        ("bill.visit.setting", |b| {
            b.visit.as_mut().unwrap().setting = 0
        }),
        ("bill.visit.setting", |b| {
            b.visit.as_mut().unwrap().setting = 99
        }),
        ("bill.visit.interim", |b| {
            b.visit.as_mut().unwrap().interim = 70_000
        }),
        ("bill.visit.admitted", |b| {
            b.visit.as_mut().unwrap().admitted = "2023-02-30".into()
        }),
        ("bill.visit", |b| {
            b.visit.as_mut().unwrap().discharged = "2023-01-01".into()
        }),
        ("bill.visit", |b| b.visit.as_mut().unwrap().sessions = 0),
        ("bill.visit.diseases[0]", |b| {
            b.visit.as_mut().unwrap().diseases[0] = "Cancer!".into()
        }),
        ("bill.total_fen", |b| b.total_fen = -1),
        ("bill.lines", |b| b.total_fen += 1),
        ("bill.lines[0].number", |b| b.lines[0].number = 0),
        ("bill.lines[0].code", |b| b.lines[0].code = "X1".into()),
        ("bill.lines[1].quantity", |b| {
            b.lines[1].quantity = "-0.50001".into()
        }),
        ("bill.lines[1].quantity", |b| {
            b.lines[1].quantity = "much".into()
        }),
        ("bill.lines[0].amount_fen", |b| {
            b.lines[0].amount_fen = i64::MAX
        }),
        ("bill.given_fen.charity", |b| {
            *b.given_fen.get_mut("charity").unwrap() = -5
        }),
    ];
    for (path, spoil) in cases {
        let mut wire = visit::bill_to_wire(&hospital_bill());
        spoil(&mut wire);
        let fault = visit::bill_from_wire(Some(wire), Path::root("bill")).expect_err(path);
        assert_eq!(&fault.path, path, "{fault}");
    }
}

#[test]
fn each_wrong_field_of_a_claim_is_named() {
    type Spoil = fn(&mut settlement::v1::Claim);
    let cases: &[(&str, Spoil)] = &[
        ("claim.institution", |c| c.institution = None),
        ("claim.institution.code", |c| {
            c.institution.as_mut().unwrap().code = "X51010400001".into()
        }),
        ("claim.institution.grade", |c| {
            c.institution.as_mut().unwrap().grade = 0
        }),
        ("claim.lines[0].parts", |c| c.lines[0].parts = None),
        ("claim.lines[0].parts.in_scope_fen", |c| {
            c.lines[0].parts.as_mut().unwrap().in_scope_fen = -1
        }),
        ("claim.lines[0].tags[0]", |c| {
            c.lines[0].tags[0] = "Implant".into()
        }),
        ("claim.lines", |c| c.lines[0].tags.push("implant".into())),
        ("claim.catalogue", |c| c.catalogue.truncate(31)),
    ];
    for (path, spoil) in cases {
        let mut wire = claim::claim_to_wire(&a_claim());
        spoil(&mut wire);
        let fault = claim::claim_from_wire(Some(wire), a_claim().treatment, Path::root("claim"))
            .expect_err(path);
        assert_eq!(&fault.path, path, "{fault}");
    }
}

#[test]
fn each_wrong_field_of_a_leg_is_named() {
    type Spoil = fn(&mut clearing::v1::Leg);
    let cases: &[(&str, Spoil)] = &[
        ("leg.number", |l| l.number = 0),
        ("leg.side", |l| l.side = 0),
        ("leg.settlement", |l| l.settlement = "stl_x".into()),
        ("leg.debtor", |l| l.debtor = "".into()),
        ("leg.fund", |l| l.fund = 0),
        ("leg.amount_fen", |l| l.amount_fen = 0),
        ("leg.business_day", |l| l.business_day = "11.3.2023".into()),
        ("leg.receipt", |l| l.receipt = (&[][..]).into()),
    ];
    for (path, spoil) in cases {
        let mut wire = leg::leg_to_wire(&a_leg());
        spoil(&mut wire);
        let fault = leg::leg_from_wire(&wire, Path::root("leg")).expect_err(path);
        assert_eq!(&fault.path, path, "{fault}");
    }
}

#[test]
fn a_personal_value_is_never_in_a_fault() {
    let mut wire = visit::bill_to_wire(&hospital_bill());
    wire.person.as_mut().unwrap().psn_no = "330200SECRET".into();
    let fault = visit::bill_from_wire(Some(wire), Path::root("bill")).unwrap_err();
    assert!(!fault.to_string().contains("SECRET"), "{fault}");
}
