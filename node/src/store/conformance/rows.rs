//! One row of every table: whatever a backend keeps rows in, each comes back as it was put, is found in its own
//! table alone, is replaced whole, and is gone when it is taken away.

use std::collections::BTreeMap;

use huitong_core::date::DateInterval;
use huitong_core::digest::sha256;
use huitong_core::id::ActId;
use huitong_core::publication::SignedStatement;
use huitong_core::record::import::ImportKind;
use huitong_core::record::person::EmergencyFinding;
use huitong_core::record::policy::{Act, WithdrawalAsked};
use huitong_core::record::registry::{InstitutionRow, Member};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::reversal::{BegunBy, ReversalOrder};
use huitong_core::vocabulary::ReversalReason;

use super::*;
use crate::samples::{claim, id, now};
use crate::store::{
    ActRow, CatalogueRow, ClosedDay, Declined, Episode, Filings, HeldReceipts, HomeId,
    HomeReversalRow, HomeRow, HomeState, LastClosedDay, LookedRow, PolicyChanges, PolicyRow,
    PolicyStanding, PreparedRow, Publication, RefusedRow, Rejection, ReversalRow, ReversalState,
    ReversedRow, ReviewedRow, SettlementRow, SettlementState, Withdrawn,
};

fn place(record: u32) -> Location {
    Location::at(Position::START, record)
}

fn act(by: &str) -> Act {
    Act {
        by: by.parse().unwrap(),
        at: now(),
    }
}

/// A policy in each of its standings.
fn policies() -> Vec<(Key, Row)> {
    let statement = SignedStatement {
        bytes: b"statement".to_vec(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![7; 64],
    };
    let asked = WithdrawalAsked {
        policy: sha256(b"policy"),
        asked: act("li.wei"),
        reason: "a slip".to_owned(),
        in_favour_of: Some(sha256(b"other")),
    };
    let publication = Publication {
        number: 3,
        proposed: act("li.wei"),
        approved: act("wang.fang"),
        statement: statement.clone(),
        since: place(4),
        asked: None,
        declined: Some(Declined {
            asked: asked.clone(),
            rejected: act("wang.fang"),
            reason: "no slip".to_owned(),
        }),
    };
    let standings = [
        PolicyStanding::Fetched(statement),
        PolicyStanding::Proposed(act("li.wei")),
        PolicyStanding::Rejected(Rejection {
            proposed: act("li.wei"),
            rejected: act("wang.fang"),
            reason: "unclear".to_owned(),
        }),
        PolicyStanding::Published(publication.clone()),
        PolicyStanding::Withdrawn(Withdrawn {
            publication,
            asked,
            approved: act("wang.fang"),
        }),
    ];
    let row = |(nth, standing): (u8, PolicyStanding)| {
        let row = PolicyRow {
            region: claim("V1").person.home,
            at: place(u32::from(nth)),
            standing,
        };
        (Key::Policy(sha256(&[nth])), Row::Policy(row.into()))
    };
    let mut rows: Vec<(Key, Row)> = (0_u8..).zip(standings).map(row).collect();
    let changes = PolicyChanges {
        changes: 5,
        published: 3,
    };
    rows.push((Key::PolicyChanges(), Row::PolicyChanges(changes)));
    rows
}

/// Rows of reversals, in both roles and in each state.
fn reversals() -> Vec<(Key, Row)> {
    let claim = claim("V1");
    let (institution, treatment) = (claim.institution.code, claim.treatment);
    let refused = RefusedRow {
        refusal: Refusal::new(RefusalCode::TermPassed, "30 days"),
        at: place(5),
    };
    let order = ReversalOrder {
        settlement: id(1),
        treatment,
        reason: ReversalReason::Duplicate,
        begun_by: BegunBy::Institution(institution),
    };
    let reversal = |nth: u8| huitong_core::id::ReversalId::from_bytes([nth; 16]);
    let wish = |nth, state| {
        let row = ReversalRow {
            institution,
            settlement: id(1),
            reason: ReversalReason::Fraud,
            state,
        };
        (Key::Reversal(reversal(nth)), Row::Reversal(row))
    };
    let at_home = |nth, refused| {
        let order = order.clone();
        let row = HomeReversalRow { order, refused };
        let key = Key::HomeReversal(treatment, reversal(nth));
        (key, Row::HomeReversal(row))
    };
    let since = OpenRow { since: now() };
    vec![
        wish(1, ReversalState::Intended),
        wish(2, ReversalState::Booked),
        wish(3, ReversalState::Refused(refused.clone())),
        at_home(1, None),
        at_home(2, Some(place(6))),
        (Key::OpenReversal(reversal(1)), Row::OpenReversal(since)),
        (Key::Notice(institution, id(1)), Row::Notice(since)),
        (Key::Replaced(claim.visit_key()), Row::Replaced(id(1))),
        (
            Key::HandReplaced(claim.visit_key()),
            Row::HandReplaced(id(1)),
        ),
    ]
}

/// Rows of settlements, in both roles and in each state.
fn settlements() -> Vec<(Key, Row)> {
    let claim = claim("V1");
    let (home, treatment) = (claim.person.home, claim.treatment);
    let refused = RefusedRow {
        refusal: Refusal::new(RefusalCode::NoPolicy, "resident"),
        at: place(5),
    };
    let reversed = ReversedRow {
        settled: place(1),
        reversed: place(2),
        reversal: huitong_core::id::ReversalId::from_bytes([1; 16]),
    };
    let treated = [
        SettlementState::Prepared,
        SettlementState::Settled(place(1)),
        SettlementState::Refused(refused),
        SettlementState::Abandoned(None),
        SettlementState::Abandoned(Some(place(4))),
        SettlementState::Reversed(reversed),
    ];
    let treated = (1_u8..).zip(treated).map(|(nth, state)| {
        let row = SettlementRow {
            institution: claim.institution.code,
            request: "r-1".parse().unwrap(),
            home,
            prepared: Some(PreparedRow {
                binding: claim.binding(),
                visit: claim.visit_key(),
                at: place(0),
                again: Some(place(3)),
                total: crate::samples::fen(10_000),
                cash: crate::samples::fen(3_000),
            }),
            replaces: Some(id(9)),
            provisional: Some(place(7)),
            state,
        };
        (Key::Settlement(id(nth)), Row::Settlement(row.into()))
    });
    let committed = [
        HomeState::Committed(place(1)),
        HomeState::Refused(place(5)),
        HomeState::Tombstone(place(6)),
        HomeState::Reversed(reversed),
    ];
    let committed = (1_u8..).zip(committed).map(|(nth, state)| {
        let row = HomeRow {
            binding: Some(claim.binding()),
            previous: Some(HomeId {
                treatment,
                settlement: id(9),
            }),
            state,
        };
        let key = Key::HomeSettlement(treatment, id(nth));
        (key, Row::HomeSettlement(row.into()))
    });
    let visit = claim.visit_key();
    let held = [1, 2, 5]
        .into_iter()
        .fold(HeldReceipts::NONE, HeldReceipts::with);
    let mut rows: Vec<(Key, Row)> = treated.chain(committed).collect();
    rows.extend([
        (Key::Open(id(1)), Row::Open(OpenRow { since: now() })),
        (Key::Visit(visit.clone()), Row::Visit(id(1))),
        (Key::HomeVisit(visit), Row::HomeVisit(id(1))),
        (Key::Held(home), Row::Held(held)),
    ]);
    rows
}

/// What officers bring in, streams and days.
fn registry() -> Vec<(Key, Row)> {
    let claim = claim("V1");
    let psn_no = claim.person.psn_no;
    let member = Member {
        psn_no,
        credentials: [].into(),
        birth: "1964-02-29".parse().unwrap(),
        years_paid: 3,
        claim_free_years: 1,
        periods: Vec::new(),
        identities: Vec::new(),
    };
    let day = "2023-03-10".parse().unwrap();
    let episode = Episode {
        ordinal: 2,
        begun: 1,
    };
    let head = StreamHead {
        written: 9,
        acknowledged: 4,
    };
    let catalogue = CatalogueRow {
        import: sha256(b"file"),
        chunks: 2,
    };
    let (began, number) = (claim.institution.code, claim.visit.episode);
    vec![
        (Key::Member(psn_no), Row::Member(member)),
        (Key::Filings(psn_no), Row::Filings(Filings(Vec::new()))),
        (Key::Account(psn_no), account(7)),
        (
            Key::Stream(Stream::Receipts(claim.treatment)),
            Row::Stream(head),
        ),
        (Key::Block(Stream::Legs, 2), Row::Block(place(3))),
        (Key::Chunk(sha256(b"file"), 1), Row::Chunk(place(5))),
        (Key::Catalogue(), Row::Catalogue(catalogue)),
        (Key::ClosedDay(day), Row::ClosedDay(ClosedDay { up_to: 8 })),
        (
            Key::LastClosedDay(),
            Row::LastClosedDay(LastClosedDay { day }),
        ),
        (
            Key::Institution(claim.institution.code),
            Row::Institution(InstitutionRow {
                institution: claim.institution,
                name: "成都市第一医院".to_owned(),
                agreement: DateInterval::new("2020-01-01".parse().unwrap(), None).unwrap(),
            }),
        ),
        (Key::Count(ImportKind::Members), Row::Count(12)),
        (Key::Episode(psn_no, began, number), Row::Episode(episode)),
    ]
}

/// What officers do with one person.
fn people() -> Vec<(Key, Row)> {
    let claim = claim("V1");
    let act = ActRow {
        asked: sha256(b"asked"),
        at: place(8),
    };
    let reviewed = ReviewedRow {
        finding: EmergencyFinding::Accepted,
        at: now(),
    };
    let looked = LookedRow {
        up_to: 3,
        times: 7,
        latest: Vec::new(),
    };
    vec![
        (Key::Looked(claim.person.psn_no), Row::Looked(looked)),
        (Key::LooksWritten(), Row::LooksWritten(3)),
        (Key::Act(ActId::from_bytes([3; 16])), Row::Act(act)),
        (
            Key::Death(claim.person.psn_no),
            Row::Death("2023-03-09".parse().unwrap()),
        ),
        (
            Key::Emergency(claim.treatment, id(1)),
            Row::Emergency(OpenRow { since: now() }),
        ),
        (
            Key::Reviewed(claim.treatment, id(2)),
            Row::Reviewed(reviewed),
        ),
    ]
}

#[test]
fn a_row_of_every_table_comes_back_is_found_in_its_table_replaced_and_taken_away() {
    let rows: Vec<(Key, Row)> = [
        registry(),
        settlements(),
        policies(),
        reversals(),
        super::restores::restores(),
        people(),
        super::people::externals(),
        super::assistance::assistance(),
        super::transfers::transfers(),
        provisional::provisional(),
        deductions::deductions(),
        disputes::disputes(),
        expense_checks::expense_checks(),
        months::months(),
        payables::payables(),
        institution_accounts::institution_accounts(),
        duplicates::duplicates(),
        super::erased::erased(),
        super::witness::witness(),
    ]
    .concat();
    let table_of = |key: &Key| encode_to_vec(key)[0];
    let mut tables: BTreeMap<u8, Vec<(Key, Row)>> = BTreeMap::new();
    for (key, row) in &rows {
        let entry = tables.entry(table_of(key)).or_default();
        entry.push((key.clone(), row.clone()));
    }
    for rows in tables.values_mut() {
        rows.sort_by_key(|(key, _)| encode_to_vec(key));
    }
    // A table that is added here or there and forgotten in this suite is noticed.
    assert!(
        Table::ALL
            .iter()
            .all(|table| tables.contains_key(&table.tag()))
    );
    on_each(|index| {
        let changes: Vec<Change> = rows
            .iter()
            .map(|(key, row)| put(key.clone(), row.clone()))
            .collect();
        index.apply(&changes, reached(1, 1)).unwrap();
        // Put again, each is one row still.
        index.apply(&changes, reached(2, 1)).unwrap();
        for (key, row) in &rows {
            assert_eq!(index.get(key).unwrap().as_ref(), Some(row), "{key:?}");
        }
        for table in Table::ALL {
            let found = index.scan(*table, None, usize::MAX).unwrap();
            let expected = tables.get(&table.tag()).cloned().unwrap_or_default();
            assert_eq!(found, expected, "{table:?}");
        }
        for (key, _) in &rows {
            let taken = Change {
                key: key.clone(),
                row: None,
            };
            index.apply(&[taken], reached(3, 1)).unwrap();
            assert_eq!(index.get(key).unwrap(), None);
        }
        for table in Table::ALL {
            assert_eq!(index.scan(*table, None, 9).unwrap(), []);
        }
    });
}
