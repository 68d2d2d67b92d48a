//! One record of each kind that an act on a person's record writes, made up.

use super::samples::{at, chengdu, claim, days, id, psn_no, version};
use super::*;
use crate::id::{ActId, FilingId};
use crate::record::person::{
    AskedBy, Death, EmergencyFinding, EmergencyReviewed, FilingEnd, HeldFiling, Origin,
    PersonChange, PersonChanged,
};
use crate::record::registry::{FilingArea, IdentityPeriod};
use crate::vocabulary::{AssistanceIdentity, EmergencyDoubt, FilingEndReason};

fn act() -> ActId {
    ActId::from_parts(1_700_000_000_000, [6; 10])
}

fn filing() -> FilingId {
    FilingId::from_bytes(act().to_bytes())
}

fn period() -> CoveragePeriod {
    CoveragePeriod {
        scheme: Scheme::Employee,
        category: "in_service".parse().unwrap(),
        retired: true,
        days: days(),
    }
}

fn member() -> Member {
    Member {
        psn_no: psn_no(),
        credentials: BTreeSet::new(),
        birth: "1964-02-29".parse().unwrap(),
        years_paid: 3,
        claim_free_years: 1,
        periods: vec![period()],
        identities: Vec::new(),
    }
}

fn slot() -> TotalSlot {
    TotalSlot {
        name: "basic_paid".parse().unwrap(),
        stretch: Stretch::Year(2023),
        key: None,
    }
}

fn changed(change: PersonChange) -> PersonChanged {
    PersonChanged {
        act: act(),
        by: AskedBy::Officer("li.wei".parse().unwrap()),
        request: RequestId::parse("a-1").unwrap(),
        psn_no: psn_no(),
        change,
        after: version(5),
        member: None,
        filings: None,
        death: None,
        totals: Vec::new(),
        balances: None,
        at: at(),
    }
}

fn held() -> HeldFiling {
    HeldFiling {
        id: filing(),
        filing: Filing {
            psn_no: psn_no(),
            class: FilingClass::Temporary,
            area: FilingArea::Everywhere,
            days: days(),
            filed_on: "2023-01-01".parse().unwrap(),
        },
        by: AskedBy::File(sha256(b"file")),
        amends: Some(filing()),
        end: Some(FilingEnd {
            from: "2023-06-01".parse().unwrap(),
            reason: FilingEndReason::Moved,
        }),
    }
}

fn of_filings() -> [PersonChanged; 3] {
    let (day, class) = ("2023-06-01".parse().unwrap(), FilingClass::Temporary);
    let file = PersonChange::File {
        class,
        area: FilingArea::Region(chengdu()),
        from: Some(day),
        until: None,
    };
    let amend = PersonChange::AmendFiling {
        filing: filing(),
        class,
        area: FilingArea::Everywhere,
        until: Some(day),
    };
    let cancel = PersonChange::CancelFiling {
        filing: filing(),
        from: None,
        reason: FilingEndReason::Returned,
    };
    let file = PersonChanged {
        by: AskedBy::Institution {
            region: chengdu(),
            code: "H51010400001".parse().unwrap(),
        },
        filings: Some(vec![held()]),
        ..changed(file)
    };
    [file, changed(amend), changed(cancel)]
}

fn of_cover() -> [PersonChanged; 8] {
    let from = "2023-06-01".parse().unwrap();
    let identity = AssistanceIdentity::Fringe;
    [
        PersonChanged {
            member: Some(member()),
            ..changed(PersonChange::Enrol(member()))
        },
        changed(PersonChange::Lapse { from }),
        changed(PersonChange::Resume(period())),
        changed(PersonChange::Reclassify {
            from,
            scheme: Scheme::Resident,
            category: "adult".parse().unwrap(),
            retired: false,
        }),
        changed(PersonChange::HoldIdentity(IdentityPeriod {
            identity,
            days: days(),
        })),
        changed(PersonChange::EndIdentity { identity, from }),
        PersonChanged {
            death: Some(Death::On(from)),
            ..changed(PersonChange::Die { on: from })
        },
        PersonChanged {
            death: Some(Death::Lives),
            ..changed(PersonChange::Live)
        },
    ]
}

fn of_figures() -> [PersonChanged; 2] {
    let origin = || Origin {
        as_of: "2023-06-01".parse().unwrap(),
        source: "core system 核心系统".to_owned(),
    };
    let balances = Balances::NONE;
    [
        PersonChanged {
            totals: vec![(slot(), 7)],
            ..changed(PersonChange::SetTotal {
                slot: slot(),
                value: 7,
                origin: origin(),
            })
        },
        PersonChanged {
            balances: Some(balances),
            ..changed(PersonChange::SetBalances {
                balances,
                origin: origin(),
            })
        },
    ]
}

pub(super) fn of_people() -> Vec<NodeRecord> {
    let reviewed = [
        EmergencyFinding::Accepted,
        EmergencyFinding::Rejected(EmergencyDoubt::Planned),
    ];
    let reviewed = reviewed.map(|finding| EmergencyReviewed {
        act: act(),
        by: "li.wei".parse().unwrap(),
        request: RequestId::parse("a-2").unwrap(),
        treatment: chengdu(),
        settlement: id(),
        finding,
        at: at(),
    });
    let changed = of_filings()
        .into_iter()
        .chain(of_cover())
        .chain(of_figures());
    let changed = changed.map(NodeRecord::PersonChanged);
    changed
        .chain(reviewed.map(NodeRecord::EmergencyReviewed))
        .chain(of_bills_brought_home())
        .collect()
}

pub(super) fn of_bills_brought_home() -> [NodeRecord; 2] {
    let line = BillLine {
        number: 1,
        code: "001101000010000".parse().unwrap(),
        date: "2023-03-01".parse().unwrap(),
        quantity: "1".parse().unwrap(),
        amount: "1.00".parse().unwrap(),
        returns: None,
        approved: true,
    };
    [
        NodeRecord::SettledByHand(SettledByHand {
            act: act(),
            by: "li.wei".parse().unwrap(),
            request: RequestId::parse("a-3").unwrap(),
            asked: sha256(b"asked"),
            settlement: id(),
            bill: Bill::new(Fen::new(100).unwrap(), vec![line]).unwrap(),
            at: at(),
        }),
        NodeRecord::VisitFreed(VisitFreed {
            treatment: chengdu(),
            visit: claim().visit_key(),
            settlement: id(),
        }),
    ]
}

const GOLDEN: [&str; 17] = [
    "af5bf18b60d64cca",
    "de9a52d6f30e99a3",
    "8ab69ef16f7c4115",
    "bd75dea64fddc32e",
    "d5781cdd4554f44d",
    "103483c7df85fa5b",
    "19e01cf3bf7fba31",
    "3a399c680d68a1f1",
    "9badfb8920c7563e",
    "cfd53c29b4251e0d",
    "4bd42b69d95949b2",
    "f9192507b49ca50b",
    "448e6a1ff37bcf0f",
    "3e417c7b99e39857",
    "4de5a3e0cea6972a",
    "1268d5dd5e094821",
    "203573cf1ae7ced9",
];

#[test]
fn every_record_of_people_keeps_its_bytes() {
    keep_their_bytes(&of_people(), &GOLDEN);
}
