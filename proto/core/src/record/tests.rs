//! Golden bytes of records, the laws of the form, and the leaf that the seal reads.

use std::collections::{BTreeMap, BTreeSet};

use super::home::{Commitment, Committed, HomeTombstone};
use super::import::{ImportChunk, ImportKind};
use super::registry::{Balance, CoveragePeriod, Filing, Member, RegistryRows};
use super::treatment::Cancelled;
use super::*;
use crate::bill::{Arrival, Institution, Parts, SplitBill, SplitLine, Visit, VisitNumber};
use crate::canonical::testing::{hex, laws};
use crate::claim::Claim;
use crate::coverage::{Balances, Coverage, PersonVersion, Snapshot};
use crate::date::DateInterval;
use crate::decision::{Decision, EngineVersion};
use crate::digest::sha256;
use crate::fund::Fund;
use crate::id::{RequestId, SettlementId};
use crate::money::Fen;
use crate::person::{PersonRef, PsnNo};
use crate::receipt::{ClearingPart, ReceiptBody};
use crate::totals::{Stretch, TotalSlot};
use crate::vocabulary::{
    Administration, FilingClass, FilingTime, Grade, InstitutionType, Scheme, Setting,
};

fn ningbo() -> RegionCode {
    RegionCode::parse("330200").unwrap()
}

fn chengdu() -> RegionCode {
    RegionCode::parse("510100").unwrap()
}

fn psn_no() -> PsnNo {
    PsnNo::parse("330200000000000001").unwrap()
}

fn at() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000).unwrap()
}

fn id() -> SettlementId {
    SettlementId::from_parts(1_700_000_000_000, [7; 10])
}

fn days() -> DateInterval {
    DateInterval::new("2023-01-01".parse().unwrap(), None).unwrap()
}

fn committed() -> Committed {
    let claim = Claim {
        treatment: chengdu(),
        institution: Institution {
            code: "H51010400001".parse().unwrap(),
            kind: InstitutionType::General,
            grade: Grade::Three,
            price_grade: Grade::Three,
            administration: Administration::Province,
            networked: true,
        },
        person: PersonRef {
            home: ningbo(),
            psn_no: psn_no(),
        },
        visit: Visit {
            number: VisitNumber::parse("V1").unwrap(),
            episode: VisitNumber::parse("V1").unwrap(),
            setting: Setting::Inpatient,
            interim: 0,
            admitted: "2023-03-01".parse().unwrap(),
            discharged: "2023-03-09".parse().unwrap(),
            arrival: Arrival::Direct,
            sessions: 1,
            diseases: Vec::new(),
            package: None,
        },
        bill: SplitBill::new(vec![SplitLine {
            number: 1,
            parts: Parts {
                in_scope: Fen::new(100).unwrap(),
                ..Parts::ZERO
            },
            tags: Vec::new(),
        }])
        .unwrap(),
        catalogue: sha256(b"catalogue"),
        given: BTreeMap::new(),
    };
    let decision = Decision {
        engine: EngineVersion(1),
        policy: sha256(b"policy"),
        catalogue: sha256(b"catalogue"),
        split: *claim.bill.parts(),
        total: claim.bill.total(),
        layers: Vec::new(),
        fund_total: Fen::ZERO,
        own_account: Fen::ZERO,
        family_account: Fen::ZERO,
        hospital: Fen::ZERO,
        cash: claim.bill.total(),
        patient_total: claim.bill.total(),
        totals: Vec::new(),
        trace: Vec::new(),
    };
    let body = ReceiptBody {
        number: 1,
        clearing: ClearingPart {
            settlement: id(),
            home: ningbo(),
            treatment: chengdu(),
            amounts: vec![(Fund::ResidentPool, Fen::new(70).unwrap())],
            business_day: "2023-03-10".parse().unwrap(),
            policy: sha256(b"policy"),
            catalogue: sha256(b"catalogue"),
            engine: EngineVersion(1),
        },
        personal: sha256(b"personal"),
        incarnation: 1,
        committed_at: at(),
    };
    let slot = TotalSlot {
        name: "year".parse().unwrap(),
        stretch: Stretch::Year(2023),
        key: None,
    };
    let version = |change| PersonVersion {
        incarnation: 1,
        change,
    };
    Committed::new(
        body,
        Commitment {
            salt: [9; 16],
            claim,
            decision,
            snapshot: Snapshot {
                person: PersonRef {
                    home: ningbo(),
                    psn_no: psn_no(),
                },
                version: version(3),
                coverage: Coverage {
                    scheme: Scheme::Resident,
                    category: "adult".parse().unwrap(),
                    retired: false,
                    age: 59,
                    years_paid: 0,
                    identities: BTreeSet::new(),
                    filing: FilingClass::Unfiled,
                    filing_time: FilingTime::Absent,
                    ordinal: 1,
                },
                totals: BTreeMap::new(),
                balances: Balances::NONE,
                policy: sha256(b"policy"),
                engines: vec![1],
            },
            after: version(4),
            totals: vec![(slot, 70)],
            balances: Balances::NONE,
            legs_from: 1,
        },
    )
}

#[test]
fn the_seal_finds_the_leaf_in_a_committed_record_and_in_no_other() {
    let record = committed();
    let leaf = record.leaf();
    assert_eq!(leaf, record.body().leaf());
    assert_eq!(
        receipt_leaf(&NodeRecord::Committed(record).to_bytes()),
        Some(leaf)
    );
    let tombstone = HomeTombstone {
        settlement: id(),
        treatment: chengdu(),
        at: at(),
    };
    assert_eq!(
        receipt_leaf(&NodeRecord::HomeTombstone(tombstone).to_bytes()),
        None
    );
    assert_eq!(receipt_leaf(b"NREC"), None);
}

#[test]
fn a_record_whose_leaf_is_not_its_receipts_is_refused() {
    let mut bytes = NodeRecord::Committed(committed()).to_bytes();
    bytes[7] ^= 1;
    let refused = NodeRecord::from_bytes(&bytes).unwrap_err();
    assert!(refused.to_string().contains("leaf"), "{refused}");
}

#[test]
fn records_have_one_form() {
    laws(&NodeRecord::Committed(committed()));
    let member = Member {
        psn_no: psn_no(),
        credentials: BTreeSet::new(),
        birth: "1964-02-29".parse().unwrap(),
        years_paid: 0,
        periods: vec![CoveragePeriod {
            scheme: Scheme::Resident,
            category: "adult".parse().unwrap(),
            retired: false,
            days: days(),
        }],
        identities: Vec::new(),
    };
    let filing = Filing {
        psn_no: psn_no(),
        class: FilingClass::LongTerm,
        area: chengdu(),
        days: days(),
        filed_on: "2023-01-01".parse().unwrap(),
    };
    let balance = Balance {
        psn_no: psn_no(),
        own: Fen::ZERO,
        family: Fen::ZERO,
    };
    for rows in [
        RegistryRows::Members(vec![member]),
        RegistryRows::Filings(vec![filing]),
        RegistryRows::Balances(vec![balance]),
        RegistryRows::Institutions(Vec::new()),
    ] {
        laws(&NodeRecord::ImportChunk(ImportChunk {
            import: sha256(b"file"),
            seq: 0,
            rows,
        }));
    }
    laws(&ImportKind::Catalogue);
}

#[test]
fn golden_bytes() {
    let record = NodeRecord::Cancelled(Cancelled {
        settlement: id(),
        institution: "H51010400001".parse().unwrap(),
        request: RequestId::parse("r-1").unwrap(),
        home: ningbo(),
        at: at(),
    });
    assert_eq!(
        hex(&record.to_bytes()),
        concat!(
            "4e524543",
            "0001",
            "0b",
            "018bcfe5680007070707070707070707",
            "010007c89800000001",
            "00000003722d31",
            "000509d8",
            "0000018bcfe56800"
        )
    );
    let record = NodeRecord::DayClosed(DayClosed {
        day: "2023-03-10".parse().unwrap(),
        up_to: 258,
        at: at(),
    });
    assert_eq!(
        hex(&record.to_bytes()),
        concat!(
            "4e524543",
            "0001",
            "05",
            "07e7030a",
            "0000000000000102",
            "0000018bcfe56800"
        )
    );
}
