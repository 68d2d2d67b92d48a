//! One record of each kind, made up.

use super::refusals::{final_refusal, home_refused, tombstone};
use super::*;

pub(super) fn ningbo() -> RegionCode {
    RegionCode::parse("330200").unwrap()
}

pub(super) fn chengdu() -> RegionCode {
    RegionCode::parse("510100").unwrap()
}

pub(super) fn psn_no() -> PsnNo {
    PsnNo::parse("330200000000000001").unwrap()
}

pub(super) fn at() -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000).unwrap()
}

pub(super) fn id() -> SettlementId {
    SettlementId::from_parts(1_700_000_000_000, [7; 10])
}

pub(super) fn days() -> DateInterval {
    DateInterval::new("2023-01-01".parse().unwrap(), None).unwrap()
}

pub(super) fn claim() -> Claim {
    Claim {
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
    }
}

pub(super) fn decision() -> Decision {
    let claim = claim();
    Decision {
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
    }
}

pub(super) fn body() -> ReceiptBody {
    ReceiptBody {
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
    }
}

pub(super) fn version(change: u64) -> PersonVersion {
    PersonVersion {
        incarnation: 1,
        change,
    }
}

pub(super) fn snapshot() -> Snapshot {
    Snapshot {
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
            covered_days: 425,
            covered_years: 1,
            claim_free_years: 3,
            identities: BTreeSet::new(),
            filing: FilingClass::Unfiled,
            filing_time: FilingTime::Absent,
            ordinal: 1,
            continued: false,
        },
        totals: BTreeMap::new(),
        balances: Balances::NONE,
        policy: sha256(b"policy"),
        engines: vec![1],
    }
}

pub(super) fn committed() -> Committed {
    let slot = TotalSlot {
        name: "year".parse().unwrap(),
        stretch: Stretch::Year(2023),
        key: None,
    };
    Committed::new(
        body(),
        Commitment {
            salt: [9; 16],
            claim: claim(),
            decision: decision(),
            snapshot: snapshot(),
            after: version(4),
            totals: vec![(slot, 70)],
            balances: Balances::NONE,
            legs_from: 1,
        },
    )
}

pub(super) fn prepared() -> Prepared {
    let line = BillLine {
        number: 1,
        code: "001101000010000".parse().unwrap(),
        date: "2023-03-01".parse().unwrap(),
        quantity: 1.into(),
        amount: Fen::new(100).unwrap().into(),
        returns: None,
        approved: false,
    };
    Prepared {
        settlement: id(),
        institution: claim().institution.code,
        request: RequestId::parse("r-1").unwrap(),
        binding: claim().binding(),
        bill: Some(Bill::new(Fen::new(100).unwrap(), vec![line]).unwrap()),
        claim: claim(),
        decision: decision(),
        snapshot: snapshot(),
        not_after: Some(at()),
        at: at(),
    }
}

pub(super) fn settled() -> Settled {
    let group = GroupSignature {
        root: body().leaf(),
        size: 1,
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![5; 64],
    };
    let receipt = Receipt {
        body: body(),
        salt: [9; 16],
        group,
        index: 0,
        path: Vec::new(),
    };
    Settled {
        settlement: id(),
        receipt,
        legs_from: 3,
        at: at(),
    }
}

pub(super) fn refusal() -> Refusal {
    Refusal::new(RefusalCode::DecisionDiffers, "cash_fen")
}

pub(super) fn of_imports() -> [NodeRecord; 3] {
    let import = sha256(b"file");
    let rows = RegistryRows::Balances(vec![Balance {
        psn_no: psn_no(),
        own: Fen::new(600).unwrap(),
        family: Fen::ZERO,
    }]);
    let committed = ImportCommitted {
        import,
        kind: ImportKind::Balances,
        chunks: 1,
        rows: 1,
        held: 1,
        as_of: Some("2022-12-31".parse().unwrap()),
        at: at(),
    };
    [
        NodeRecord::ImportChunk(ImportChunk {
            import,
            seq: 0,
            rows,
        }),
        NodeRecord::ImportCommitted(committed),
        NodeRecord::ReceiptsAcknowledged(ReceiptsAcknowledged {
            treatment: chengdu(),
            up_to: 7,
        }),
    ]
}

pub(super) fn of_policies() -> [NodeRecord; 7] {
    let (document, policy) = (b"title".to_vec(), sha256(b"title"));
    let act = |by: &str| Act {
        by: by.parse().unwrap(),
        at: at(),
    };
    let statement = SignedStatement {
        bytes: b"statement".to_vec(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![7; 64],
    };
    let reason = "a slip in the ratio".to_owned();
    [
        NodeRecord::PolicyProposed(PolicyProposed {
            document: document.clone(),
            proposed: act("li.wei"),
        }),
        NodeRecord::PolicyRejected(PolicyRejected {
            policy,
            rejected: act("wang.fang"),
            reason: reason.clone(),
        }),
        NodeRecord::PolicyPublished(PolicyPublished {
            policy,
            number: 2,
            change: 3,
            approved: act("wang.fang"),
            statement: statement.clone(),
        }),
        NodeRecord::WithdrawalAsked(WithdrawalAsked {
            policy,
            asked: act("li.wei"),
            reason: reason.clone(),
            in_favour_of: Some(sha256(b"other")),
        }),
        NodeRecord::WithdrawalRejected(WithdrawalRejected {
            policy,
            rejected: act("wang.fang"),
            reason,
        }),
        NodeRecord::PolicyWithdrawn(PolicyWithdrawn {
            policy,
            change: 4,
            approved: act("wang.fang"),
        }),
        NodeRecord::PolicyFetched(PolicyFetched {
            region: ningbo(),
            document,
            statement,
            at: at(),
        }),
    ]
}

pub(super) fn of_settlements() -> [NodeRecord; 8] {
    let (settlement, at) = (id(), at());
    [
        NodeRecord::Prepared(prepared()),
        NodeRecord::Reprepared(Reprepared {
            settlement,
            decision: decision(),
            snapshot: snapshot(),
            at,
        }),
        NodeRecord::Settled(settled()),
        NodeRecord::Refused(Refused {
            settlement,
            refusal: refusal(),
            word: final_refusal(&home_refused()),
            at,
        }),
        NodeRecord::Abandoned(Abandoned {
            settlement,
            word: final_refusal(&tombstone()),
            at,
        }),
        NodeRecord::Committed(committed()),
        NodeRecord::HomeRefused(home_refused()),
        NodeRecord::HomeRefused(tombstone()),
    ]
}

/// The first eight bytes of the digest of each record above, in order.
pub(super) const GOLDEN: [&str; 25] = [
    "2be7e21e2bbcfba1",
    "78826469a4556318",
    "6d28af3a17f343d0",
    "10b4985dad7b1a04",
    "e4ab4ed08d48a5c9",
    "8b23e5e6225c5c5c",
    "4bb67f1e6ae4d756",
    "7ea8f52671e5b5ca",
    "67cb41922a2f0b26",
    "775b92d472ff8339",
    "c87c6e0564522c36",
    "5b7f8c2d3a616ad3",
    "6e7c65f37045d47a",
    "675661aab6766368",
    "dd482a70bca935ae",
    "6bb701c3e659d2de",
    "b5c0d5b8d5599a89",
    "c59c7f86246acdd6",
    "e198e314edbd986d",
    "792ae3c006aa5467",
    "fe88d4d1972ad6a0",
    "838a1d9116ae2a97",
    "853f6af2c8e840bb",
    "42f066245acd9c90",
    "48b7595b5755bcad",
];
