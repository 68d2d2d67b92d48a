//! The writer's decisions on grants, through the rows that they leave.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use huitong_core::assistance::{AssessedYear, Outside};
use huitong_core::totals::TotalChange;
use proptest::prelude::*;

use super::*;
use crate::home::testing::Home;
use crate::samples::{claim, decision, fen, id, now, person, snapshot, version, year_total};
use crate::store::{Key, Leaving, LeavingState, RelationRow, Row};

/// 40 more of the total that stands at 1,000.
fn year(change: u64) -> AssessedYear {
    AssessedYear {
        counted: Vec::new(),
        uncounted: Vec::new(),
        decided_as: id(1),
        outside: Outside {
            settlements: 0,
            total: fen(0),
        },
        claim: claim("assistance-2023"),
        snapshot: snapshot(change),
        decision: decision(),
        changes: vec![TotalChange {
            slot: year_total(),
            adds: 40,
        }],
    }
}

fn grant(nth: u8, change: u64) -> Grant {
    Grant {
        act: ActId::from_bytes([nth; 16]),
        by: "li.wei".parse().unwrap(),
        request: "a-1".parse().unwrap(),
        year: year(change),
        change: 0,
    }
}

fn total(home: &Home) -> i64 {
    let account = home.rows.account(person().psn_no).unwrap().unwrap();
    account.totals[&year_total()]
}

fn refusal(verdict: GrantVerdict) -> (RefusalCode, String) {
    match verdict {
        GrantVerdict::Refused(refusal) => (refusal.code, refusal.detail),
        other @ (GrantVerdict::Done | GrantVerdict::Stale) => panic!("{other:?}"),
    }
}

fn withdraw(home: &Home, record: &NodeRecord) -> GrantVerdict {
    let NodeRecord::AssistanceGranted(granted) = record else {
        panic!("{record:?}");
    };
    let command = Withdraw {
        granted: granted.clone(),
        reason: AssistanceEndReason::Mistaken,
        by: "li.wei".parse().unwrap(),
    };
    home.run(command).0
}

#[test]
fn a_grant_moves_totals_once_and_is_taken_back_to_the_fen() {
    let home = Home::new();
    let (verdict, records) = home.run(grant(1, 3));
    assert_eq!((verdict, total(&home)), (GrantVerdict::Done, 1_040));
    // Again, whatever the record has become.
    let (verdict, nothing) = home.run(grant(1, 99));
    assert_eq!((verdict, nothing.len()), (GrantVerdict::Done, 0));
    let (verdict, _) = home.run(grant(2, 4));
    let act = ActId::from_bytes([1; 16]);
    assert_eq!(
        refusal(verdict),
        (RefusalCode::AssistanceStands, act.to_string())
    );
    assert_eq!(withdraw(&home, &records[0]), GrantVerdict::Done);
    assert_eq!(total(&home), 1_000);
    assert_eq!(withdraw(&home, &records[0]), GrantVerdict::Done);
    assert_eq!(total(&home), 1_000);
    // The year is free: the version is 5 by now.
    let (verdict, _) = home.run(grant(2, 5));
    assert_eq!((verdict, total(&home)), (GrantVerdict::Done, 1_040));
    let account = home.rows.account(person().psn_no).unwrap().unwrap();
    assert_eq!(account.version, version(6));
}

#[test]
fn a_year_that_was_assessed_on_another_version_or_policy_is_stale() {
    let home = Home::new();
    assert_eq!(home.run(grant(1, 2)).0, GrantVerdict::Stale);
    let other = Grant {
        change: 1,
        ..grant(1, 3)
    };
    assert_eq!(home.run(other).0, GrantVerdict::Stale);
    assert_eq!(total(&home), 1_000);
}

#[test]
fn an_id_of_another_act_or_day_is_refused_and_the_first_field_is_named() {
    let home = Home::new();
    home.run(grant(1, 3));
    let mut other = grant(1, 4);
    other.year.claim.visit.admitted = "2023-12-31".parse().unwrap();
    let named = refusal(home.run(other).0);
    assert_eq!(named, (RefusalCode::IdConflict, "on".to_owned()));
    let mut other = grant(1, 4);
    other.year.claim.person.psn_no = psn("330200000000000099");
    let named = refusal(home.run(other).0);
    assert_eq!(named, (RefusalCode::IdConflict, "psn_no".to_owned()));
}

fn psn(text: &str) -> PsnNo {
    PsnNo::parse(text).unwrap()
}

/// Neither granted nor withdrawn: the totals are the new home's, or about to be.
#[test]
fn who_moves_or_has_moved_is_left_alone() {
    for (state, expected) in [
        (LeavingState::Frozen, RefusalCode::MemberMoving),
        (LeavingState::HandedOver(1), RefusalCode::MemberMoved),
    ] {
        let home = Home::new();
        let (_, records) = home.run(grant(1, 3));
        let leaving = Leaving {
            transfer: huitong_core::id::TransferId::from_bytes([1; 16]),
            new_home: "510100".parse().unwrap(),
            number: psn("510100000000000001"),
            from: "2023-06-01".parse().unwrap(),
            state,
            mirror: None,
            offered: None,
        };
        let row = RelationRow {
            leaving: Some(leaving),
            ..RelationRow::NONE
        };
        home.put(Key::Relation(person().psn_no), Row::Relation(row.into()));
        let (code, to) = refusal(withdraw(&home, &records[0]));
        assert_eq!((code, &*to), (expected, "510100"));
        assert_eq!(refusal(home.run_at(grant(2, 4), now()).0).0, expected);
        assert_eq!(total(&home), 1_040);
    }
}

proptest! {
    /// Totals equal the sum of what stands, and one grant of a year stands, whatever is granted and withdrawn.
    #[test]
    fn totals_are_the_sum_of_what_stands(
        acts in proptest::collection::vec((2021..=2023_u16, any::<bool>(), 1..500_i64), 0..24)
    ) {
        let home = Home::new();
        let mut standing: BTreeMap<u16, NodeRecord> = BTreeMap::new();
        let mut sums: BTreeMap<u16, i64> = BTreeMap::new();
        for ((year, withdraws, adds), nth) in acts.into_iter().zip(1_u8..) {
            if withdraws {
                if let Some(record) = standing.remove(&year) {
                    prop_assert_eq!(withdraw(&home, &record), GrantVerdict::Done);
                    sums.remove(&year);
                }
            } else {
                let account = home.rows.account(person().psn_no).unwrap().unwrap();
                let mut next = grant(nth, account.version.change);
                next.year.claim.visit.admitted = format!("{year}-01-01").parse().unwrap();
                next.year.changes[0].adds = adds;
                let (verdict, mut records) = home.run(next);
                match standing.entry(year) {
                    Entry::Occupied(_) => {
                        prop_assert_eq!(refusal(verdict).0, RefusalCode::AssistanceStands);
                    }
                    Entry::Vacant(free) => {
                        prop_assert_eq!(verdict, GrantVerdict::Done);
                        free.insert(records.remove(0));
                        sums.insert(year, adds);
                    }
                }
            }
            let granted: i64 = sums.values().sum();
            prop_assert_eq!(total(&home).checked_sub(granted), Some(1_000));
        }
    }
}
