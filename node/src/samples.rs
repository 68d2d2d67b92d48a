//! Values that the tests of several modules begin with.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::bill::{
    Arrival, Bill, BillLine, Institution, Parts, SplitBill, SplitLine, Visit, VisitNumber,
};
use huitong_core::canonical::Artifact as _;
use huitong_core::claim::Claim;
use huitong_core::coverage::{Balances, Coverage, PersonVersion, Snapshot};
use huitong_core::date::Timestamp;
use huitong_core::decision::{Decision, EngineVersion, LayerResult, LeftAmounts};
use huitong_core::digest::{Digest, sha256};
use huitong_core::final_refusal::{FinalRefusal, RefusalBody, RefusedRequest};
use huitong_core::fund::Fund;
use huitong_core::id::{ReversalId, SettlementId};
use huitong_core::money::Fen;
use huitong_core::person::{PersonRef, PsnNo};
use huitong_core::policy::layer::Payer;
use huitong_core::provisional::{Provisional, SignedBody, SignedSnapshot};
use huitong_core::receipt::{ClearingPart, GroupSignature, Receipt, ReceiptBody};
use huitong_core::record::home::{Commitment, Committed};
use huitong_core::record::treatment::Prepared;
use huitong_core::recovery::ReturnedWord;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::reversal::{
    BegunBy, HomeWord, Reversal, ReversalBody, ReversalPart, ReversedPerson,
};
use huitong_core::totals::{Stretch, TotalChange, TotalSlot};
use huitong_core::vocabulary::{
    Administration, FilingClass, FilingTime, Grade, InstitutionType, ReversalReason, Scheme,
    Setting,
};

pub(crate) fn fen(fen: i64) -> Fen {
    Fen::new(fen).unwrap()
}

pub(crate) fn id(nth: u8) -> SettlementId {
    SettlementId::from_bytes([nth; 16])
}

pub(crate) fn now() -> Timestamp {
    Timestamp::parse("2023-03-10T04:00:00.000Z").unwrap()
}

pub(crate) fn version(change: u64) -> PersonVersion {
    PersonVersion {
        incarnation: 1,
        change,
    }
}

pub(crate) fn person() -> PersonRef {
    let psn_no = PsnNo::parse("330200000000000001").unwrap();
    PersonRef {
        home: "330200".parse().unwrap(),
        psn_no,
    }
}

pub(crate) fn visit(number: &str) -> Visit {
    Visit {
        number: VisitNumber::parse(number).unwrap(),
        episode: VisitNumber::parse(number).unwrap(),
        episode_at: None,
        setting: Setting::Inpatient,
        interim: 0,
        admitted: "2023-03-01".parse().unwrap(),
        billed_from: "2023-03-01".parse().unwrap(),
        discharged: "2023-03-09".parse().unwrap(),
        arrival: Arrival::Direct,
        sessions: 1,
        diseases: Vec::new(),
        package: None,
    }
}

/// 100.00 in scope, treated in Chengdu.
pub(crate) fn claim(visit_number: &str) -> Claim {
    let parts = Parts {
        in_scope: fen(10_000),
        ..Parts::ZERO
    };
    Claim {
        treatment: "510100".parse().unwrap(),
        institution: Institution {
            code: "H51010400001".parse().unwrap(),
            kind: InstitutionType::General,
            grade: Grade::Three,
            price_grade: Grade::Three,
            administration: Administration::City,
            networked: true,
        },
        person: person(),
        visit: visit(visit_number),
        bill: SplitBill::new(vec![SplitLine {
            number: 1,
            parts,
            tags: Vec::new(),
        }])
        .unwrap(),
        catalogue: sha256(b"catalogue"),
        given: BTreeMap::new(),
    }
}

pub(crate) fn year_total() -> TotalSlot {
    TotalSlot {
        name: "paid".parse().unwrap(),
        stretch: Stretch::Year(2023),
        key: None,
    }
}

/// The pool pays 70.00, the own account 5.00, the patient 25.00.
pub(crate) fn decision() -> Decision {
    let layer = |id: &str, fund, paid| LayerResult {
        id: id.parse().unwrap(),
        payer: Payer::Fund(fund),
        base: fen(10_000),
        before: Fen::ZERO,
        start: Fen::ZERO,
        segments: Vec::new(),
        ceiling: None,
        floor_extra: Fen::ZERO,
        left: LeftAmounts {
            start: Fen::ZERO,
            share: fen(10_000_i64.saturating_sub(paid)),
            above: Fen::ZERO,
        },
        paid: fen(paid),
    };
    Decision {
        engine: EngineVersion(1),
        policy: sha256(b"policy"),
        catalogue: sha256(b"catalogue"),
        split: *claim("V1").bill.parts(),
        total: fen(10_000),
        layers: vec![
            layer("basic", Fund::ResidentPool, 7_000),
            layer("account", Fund::OwnAccount, 500),
            layer("critical", Fund::ResidentCriticalIllness, 0),
        ],
        fund_total: fen(7_000),
        own_account: fen(500),
        family_account: Fen::ZERO,
        hospital: Fen::ZERO,
        cash: fen(2_500),
        patient_total: fen(3_000),
        totals: vec![TotalChange {
            slot: year_total(),
            adds: 7_000,
        }],
        trace: Vec::new(),
    }
}

pub(crate) fn snapshot(change: u64) -> Snapshot {
    Snapshot {
        person: person(),
        version: version(change),
        coverage: Coverage {
            scheme: Scheme::Resident,
            category: "adult".parse().unwrap(),
            retired: false,
            age: 59,
            years_paid: 0,
            covered_days: 3_000,
            covered_years: 8,
            claim_free_years: 2,
            identities: BTreeSet::new(),
            filing: FilingClass::Unfiled,
            filing_time: FilingTime::Absent,
            ordinal: 1,
            continued: false,
        },
        totals: BTreeMap::new(),
        balances: Balances {
            own: fen(600),
            family: Fen::ZERO,
        },
        policy: sha256(b"policy"),
        engines: vec![1],
    }
}

pub(crate) fn prepared(nth: u8, visit_number: &str) -> Prepared {
    let claim = claim(visit_number);
    let line = BillLine {
        number: 1,
        code: "001101000010000".parse().unwrap(),
        date: "2023-03-01".parse().unwrap(),
        quantity: 1.into(),
        amount: fen(10_000).into(),
        returns: None,
        approved: false,
    };
    Prepared {
        settlement: id(nth),
        institution: claim.institution.code,
        request: format!("r-{nth}").parse().unwrap(),
        binding: claim.binding(),
        bill: Some(Bill::new(fen(10_000), vec![line]).unwrap()),
        claim,
        decision: decision(),
        snapshot: snapshot(3),
        not_after: None,
        at: now(),
    }
}

/// The home region's word that settlement `nth` of [`claim`] stands, `nth` in the stream.
pub(crate) fn receipt(nth: u8) -> Receipt {
    let claim = claim("V1");
    let body = ReceiptBody {
        number: u64::from(nth),
        clearing: ClearingPart {
            settlement: id(nth),
            home: claim.person.home,
            treatment: claim.treatment,
            amounts: crate::home::figures::amounts(&decision()).unwrap(),
            business_day: "2023-03-10".parse().unwrap(),
            policy: sha256(b"policy"),
            catalogue: claim.catalogue,
            engine: decision().engine,
        },
        personal: sha256(b"personal"),
        incarnation: 1,
        committed_at: now(),
    };
    let group = group(body.leaf());
    Receipt {
        body,
        salt: [0; 16],
        group,
        index: 0,
        path: Vec::new(),
    }
}

/// What the home region keeps of that receipt.
pub(crate) fn committed(nth: u8) -> Committed {
    let of = Commitment {
        salt: [7; 16],
        claim: claim("V1"),
        decision: decision(),
        snapshot: snapshot(u64::from(nth)),
        after: version(u64::from(nth) + 1),
        totals: Vec::new(),
        balances: Balances::NONE,
        legs_from: 1,
    };
    Committed::new(receipt(nth).body, of)
}

/// The home region's word that it stands no more, `number` in the stream.
pub(crate) fn reversal(nth: u8, number: u64, reversal: ReversalId, begun_by: BegunBy) -> Reversal {
    let receipt = receipt(nth).body;
    let part = receipt.clearing.clone();
    let person = ReversedPerson {
        person: person(),
        version: version(9),
    };
    let body = ReversalBody {
        number,
        reversal,
        clearing: ReversalPart {
            settlement: part.settlement,
            home: part.home,
            treatment: part.treatment,
            receipt: receipt.digest(),
            amounts: part.amounts,
            business_day: "2023-03-11".parse().unwrap(),
        },
        reason: ReversalReason::Duplicate,
        begun_by,
        personal: person.commitment(&[0; 16]),
        incarnation: 1,
        reversed_at: now(),
    };
    let group = group(body.leaf());
    Reversal {
        body,
        person,
        salt: [0; 16],
        group,
        index: 0,
        path: Vec::new(),
    }
}

/// The home region's word that nothing can stand under settlement `nth`.
pub(crate) fn refusal(nth: u8, code: RefusalCode, request: RefusedRequest) -> FinalRefusal {
    let claim = claim("V1");
    let salt = [0; 16];
    let body = RefusalBody {
        settlement: id(nth),
        reversal: None,
        home: claim.person.home,
        treatment: claim.treatment,
        refusal: Refusal::new(code, ""),
        request: request.commitment(&salt),
        refused_at: now(),
    };
    let group = group(body.leaf());
    FinalRefusal {
        body,
        request,
        salt,
        group,
        index: 0,
        path: Vec::new(),
    }
}

/// The home region's tombstone of settlement `nth`.
pub(crate) fn tombstone(nth: u8) -> FinalRefusal {
    refusal(nth, RefusalCode::Abandoned, RefusedRequest::Unseen)
}

pub(crate) fn group(root: Digest) -> GroupSignature {
    GroupSignature {
        root,
        size: 1,
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![0; 64],
    }
}

/// What was settled provisionally of what was prepared, on a snapshot that home had signed.
pub(crate) fn provisional(prepared: &Prepared) -> Provisional {
    let claim = &prepared.claim;
    let body = SignedBody {
        treatment: claim.treatment,
        visit: claim.visit_key(),
        admitted: claim.visit.admitted,
        snapshot: prepared.snapshot.clone(),
        signed_at: now(),
        usable_until: now(),
    };
    let signed = SignedSnapshot {
        body,
        group: receipt(1).group,
        index: 0,
        path: Vec::new(),
    };
    Provisional {
        settlement: prepared.settlement,
        signed,
        decision: prepared.decision.clone(),
        advanced: fen(7_500),
        at: now(),
    }
}

/// A settlement that comes back to its home after a restore, decided on this version of the person's record.
pub(crate) fn returned(nth: u8, on: u64) -> ReturnedWord {
    ReturnedWord {
        word: HomeWord {
            receipt: receipt(nth),
            reversal: None,
        },
        claim: claim(&format!("V{nth}")),
        decision: decision(),
        snapshot: snapshot(on),
        trued_up: None,
    }
}

/// The same with its reversal, which made this version.
pub(crate) fn returned_reversed(nth: u8, on: u64, back_on: u64) -> ReturnedWord {
    let begun_by = BegunBy::Officer("li.wei".parse().unwrap());
    let mut back = reversal(nth, 9, ReversalId::from_bytes([nth; 16]), begun_by);
    back.person.version = version(back_on);
    let mut word = returned(nth, on);
    word.word.reversal = Some(back);
    word
}
