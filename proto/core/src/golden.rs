//! Golden bytes of the larger values: what is journaled, hashed or signed between regions.

pub(crate) mod samples;

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
use crate::evidence::{Evidence, Mismatch, RefusalEvidence};
use crate::final_refusal::{FinalRefusal, RefusalBody, RefusedRequest};
use crate::fund::Fund;
use crate::id::{ReversalId, SettlementId};
use crate::leg::{Leg, NumberedLeg, Side};
use crate::merkle;
use crate::money::{Fen, SignedFen};
use crate::name::Name;
use crate::person::{PersonRef, PsnNo};
use crate::policy::layer::{Bounds, Payer};
use crate::provisional::{SignedBody, SignedSnapshot, Used};
use crate::ratio::Ratio;
use crate::receipt::{ClearingPart, GroupSignature, PersonalPart, Receipt, ReceiptBody};
use crate::refusal::{Refusal, RefusalCode};
use crate::reversal::{
    BegunBy, HomeWord, Reversal, ReversalBody, ReversalField, ReversalPart, ReversedPerson,
};
use crate::totals::{Stretch, TotalChange, TotalSlot};
use crate::vocabulary::{
    Administration, AssistanceIdentity, FilingClass, FilingTime, Grade, InstitutionType,
    ReversalReason, Scheme, Setting,
};
use samples::*;

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

fn snapshot() -> Snapshot {
    let coverage = Coverage {
        scheme: Scheme::Resident,
        category: name("adult"),
        retired: false,
        age: 59,
        years_paid: 12,
        covered_days: 425,
        covered_years: 1,
        claim_free_years: 3,
        identities: BTreeSet::from([AssistanceIdentity::Fringe]),
        filing: FilingClass::Referral,
        filing_time: FilingTime::Before,
        ordinal: 1,
        continued: false,
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
    Snapshot {
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
    }
}

#[test]
fn a_snapshot_keeps_its_bytes() {
    golden_file("snapshot", &snapshot());
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
fn evidence_keeps_its_bytes_and_says_which_parts_do_not_belong_together() {
    let evidence = Evidence {
        signers: vec![vec![vec![0x30, 0x82]]],
        word: HomeWord {
            receipt: receipt(),
            reversal: None,
        },
        claim: claim(),
        decision: decision(),
        snapshot: snapshot(),
        policy: b"policy".to_vec(),
        bill: None,
    };
    golden_file("evidence", &evidence);
    assert_eq!(evidence.coherent(), Err(Mismatch::Commitment));
    let mut moved = evidence;
    moved.word.receipt.index = 1;
    assert_eq!(moved.coherent(), Err(Mismatch::Group));
}

#[test]
fn a_final_refusal_keeps_its_bytes_and_leads_to_its_root() {
    golden_file("final_refusal", &final_refusal());
    assert!(final_refusal().is_in_group() && final_refusal().is_of_its_request());
    let mut moved = final_refusal();
    moved.body.refusal.code = RefusalCode::UnknownPerson;
    assert!(!moved.is_in_group(), "a changed body leads elsewhere");
    let mut other = final_refusal();
    other.salt = [5; 16];
    assert!(!other.is_of_its_request());
    // Only a tombstone may be of a request that nobody saw.
    let mut unseen = final_refusal();
    unseen.request = RefusedRequest::Unseen;
    unseen.body.request = unseen.request.commitment(&unseen.salt);
    assert!(!unseen.is_of_its_request());
    unseen.body.refusal.code = RefusalCode::Abandoned;
    assert!(unseen.is_of_its_request());
}

#[test]
fn evidence_of_a_refusal_keeps_its_bytes_and_says_which_parts_do_not_belong_together() {
    let evidence = RefusalEvidence {
        signer: vec![vec![0x30, 0x82]],
        word: final_refusal(),
        claim: Some(claim()),
        bill: None,
    };
    golden_file("refusal_evidence", &evidence);
    assert_eq!(evidence.coherent(), Ok(()));
    let with = |change: fn(&mut RefusalEvidence)| {
        let mut other = evidence.clone();
        change(&mut other);
        other.coherent()
    };
    assert_eq!(with(|it| it.claim = None), Ok(()));
    assert_eq!(with(|it| it.word.index = 1), Err(Mismatch::Group));
    assert_eq!(
        with(|it| it.word.request = RefusedRequest::Unseen),
        Err(Mismatch::Commitment)
    );
    let of_claim = |change: fn(&mut Claim)| {
        let mut other = claim();
        change(&mut other);
        RefusalEvidence {
            claim: Some(other),
            ..evidence.clone()
        }
        .coherent()
    };
    let elsewhere = |claim: &mut Claim| claim.treatment = "310000".parse().unwrap();
    assert_eq!(of_claim(elsewhere), Err(Mismatch::Regions));
    let another = |claim: &mut Claim| claim.visit.interim = 9;
    assert_eq!(of_claim(another), Err(Mismatch::Commitment));
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
fn a_reversal_keeps_its_bytes_and_leads_to_its_root() {
    golden_file("reversal", &reversal());
    assert!(reversal().is_in_group() && reversal().is_of_its_person());
    let mut moved = reversal();
    moved.body.reason = ReversalReason::Fraud;
    assert!(!moved.is_in_group(), "a changed body leads elsewhere");
    let mut other = reversal();
    other.person.version.change += 1;
    assert!(!other.is_of_its_person());
}

#[test]
fn the_legs_of_a_reversal_are_those_of_the_receipt_the_other_way_round() {
    let (given, back) = (Leg::of(&receipt().body), Leg::of_reversal(&reversal().body));
    golden_file("legs_of_a_reversal", &back);
    assert_eq!(given.len(), back.len());
    for (given, back) in given.iter().zip(&back) {
        assert_eq!(
            (given.debtor, given.creditor, given.fund, given.amount),
            (back.creditor, back.debtor, back.fund, back.amount)
        );
        assert_ne!(given.debt(), back.debt(), "each is netted for itself");
    }
}

#[test]
fn an_id_of_a_reversal_binds_settlement_reason_and_who_began() {
    let order = reversal().body.order();
    assert_eq!(order.first_difference(&order.clone()), None);
    let mut other = order.clone();
    other.begun_by = BegunBy::Institution("H51010400001".parse().unwrap());
    assert_eq!(order.first_difference(&other), Some(ReversalField::BegunBy));
    other.reason = ReversalReason::Fraud;
    assert_eq!(order.first_difference(&other), Some(ReversalField::Reason));
    other.treatment = "310000".parse().unwrap();
    assert_eq!(
        order.first_difference(&other),
        Some(ReversalField::Settlement)
    );
}

#[test]
fn an_institution_gives_no_reason_that_only_a_bureau_can_establish() {
    let institution = BegunBy::Institution("H51010400001".parse().unwrap());
    let officer = BegunBy::Officer("li.wei".parse().unwrap());
    let only_officers: Vec<_> = ReversalReason::ALL
        .iter()
        .filter(|reason| officer.may_say(**reason) && !institution.may_say(**reason))
        .collect();
    assert_eq!(
        only_officers,
        [&ReversalReason::Fraud, &ReversalReason::Ordered]
    );
}

#[test]
fn a_region_owes_itself_nothing() {
    let mut body = receipt().body;
    body.clearing.treatment = body.clearing.home;
    assert!(Leg::of(&body).is_empty());
    let mut body = reversal().body;
    body.clearing.treatment = body.clearing.home;
    assert!(Leg::of_reversal(&body).is_empty());
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

#[test]
fn a_signed_snapshot_and_its_use_keep_their_bytes() {
    let claim = claim();
    let body = SignedBody {
        treatment: claim.treatment,
        visit: claim.visit_key(),
        admitted: claim.visit.admitted,
        snapshot: snapshot(),
        signed_at: Timestamp::from_millis(1_678_420_800_000).unwrap(),
        usable_until: Timestamp::from_millis(1_678_680_000_000).unwrap(),
    };
    let leaf = body.leaf();
    let signed = SignedSnapshot {
        body,
        group: GroupSignature {
            root: merkle::leaf_hash(b"another"),
            size: 1,
            algorithm: 1,
            key_id: sha256(b"key"),
            signature: vec![7; 64],
        },
        index: 0,
        path: Vec::new(),
    };
    assert!(!signed.is_in_group());
    let mut proven = signed.clone();
    proven.group.root = leaf;
    assert!(proven.is_in_group());
    let at = Timestamp::from_millis(1_678_500_000_000).unwrap();
    golden_file("snapshot_used", &Used { signed, at });
}
