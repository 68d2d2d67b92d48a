//! The order of the checks, and what a settlement that stands writes.

use super::*;
use crate::home::abandon::{Abandon, AbandonVerdict};
use crate::home::testing::Home;
use crate::samples::{claim, decision, fen, id, now, person, snapshot, version, year_total};
use crate::store::{ClosedDay, Key, LastClosedDay, Row};

/// A commit of a visit, decided at home as the treatment region has it.
pub(crate) fn commit(nth: u8, visit: &str) -> Commit {
    Commit {
        settlement: id(nth),
        claim: claim(visit),
        version: version(3),
        recomputed: Recomputed {
            snapshot: Some(snapshot(3)),
            outcome: Ok(decision()),
            change: 0,
        },
        policy: decision().policy,
        promise: None,
        calendar: Arc::new(Calendar::every_day()),
        salt: [9; 16],
    }
}

fn differs() -> Recomputed {
    let refusal = Refusal::new(RefusalCode::DecisionDiffers, "cash_fen");
    Recomputed {
        snapshot: Some(snapshot(3)),
        outcome: Err(refusal),
        change: 0,
    }
}

fn refused(verdict: &CommitVerdict) -> Option<RefusalCode> {
    match verdict {
        CommitVerdict::Refused(record) => Some(record.body().refusal.code),
        CommitVerdict::Committed { .. }
        | CommitVerdict::Repeated
        | CommitVerdict::Conflict(_)
        | CommitVerdict::LegStands
        | CommitVerdict::Moving(_)
        | CommitVerdict::Offered
        | CommitVerdict::Stale => None,
    }
}

/// What was computed while a transfer was under way ends no id once it is called back.
#[test]
fn what_may_be_sent_again_is_never_refused_for_good() {
    let home = Home::new();
    let mut moving = commit(1, "V1");
    moving.recomputed = Recomputed {
        snapshot: None,
        outcome: Err(Refusal::new(RefusalCode::MemberMoving, "510100")),
        change: 0,
    };
    assert_eq!(home.run(moving), (CommitVerdict::Stale, Vec::new()));
}

#[test]
fn a_settlement_that_stands_carries_all_that_follows_from_it() {
    let home = Home::new();
    let (verdict, records) = home.run(commit(1, "V1"));
    let CommitVerdict::Committed { body, salt } = verdict else {
        panic!("{verdict:?}")
    };
    let pool = (Fund::ResidentPool, fen(7_000));
    assert_eq!(body.clearing.amounts, [(Fund::OwnAccount, fen(500)), pool]);
    assert_eq!(
        (body.number, body.clearing.business_day.to_string()),
        (1, "2023-03-10".to_owned())
    );
    let [NodeRecord::Committed(record)] = &*records else {
        panic!("{records:?}")
    };
    assert_eq!(
        (record.body(), record.salt, record.legs_from),
        (&body, salt, 1)
    );
    assert_eq!((record.after, record.balances.own), (version(4), fen(100)));
    assert_eq!(record.totals, [(year_total(), 8_000)]);

    let account = home.rows.account(person().psn_no).unwrap().unwrap();
    assert_eq!(
        (account.version, account.totals[&year_total()]),
        (version(4), 8_000)
    );
    assert_eq!(home.rows.stream(Stream::Legs).unwrap().unwrap().written, 2);
    let receipts = Stream::Receipts(claim("V1").treatment);
    assert_eq!(home.rows.stream(receipts).unwrap().unwrap().written, 1);
}

#[test]
fn the_id_comes_before_the_visit_the_visit_before_the_version_the_version_before_the_decision() {
    // Everything is wrong at once; each step takes away the first thing that is.
    let wrong = |nth, visit: &str| Commit {
        version: version(2),
        recomputed: differs(),
        ..commit(nth, visit)
    };
    let home = Home::new();
    home.run(commit(1, "V1"));
    assert_eq!(home.run(wrong(1, "V1")).0, CommitVerdict::Repeated);
    assert_eq!(
        home.run(wrong(1, "V2")).0,
        CommitVerdict::Conflict(BoundField::Visit)
    );
    let (settled, _) = home.run(wrong(2, "V1"));
    let CommitVerdict::Refused(record) = settled else {
        panic!("{settled:?}")
    };
    let visit = Refusal::new(RefusalCode::VisitAlreadySettled, id(1));
    assert_eq!(record.body().refusal, visit);
    assert_eq!(home.run(wrong(3, "V3")).0, CommitVerdict::Stale);
    let recomputed = Recomputed {
        snapshot: Some(snapshot(4)),
        ..differs()
    };
    let (differs, _) = home.run(Commit {
        version: version(4),
        recomputed,
        ..commit(3, "V3")
    });
    assert_eq!(refused(&differs), Some(RefusalCode::DecisionDiffers));
}

#[test]
fn a_final_refusal_is_repeated_and_a_stale_version_leaves_no_trace() {
    let home = Home::new();
    let (stale, records) = home.run(Commit {
        version: version(2),
        ..commit(1, "V1")
    });
    assert_eq!((stale, records), (CommitVerdict::Stale, Vec::new()));
    let (first, records) = home.run(Commit {
        recomputed: differs(),
        ..commit(1, "V1")
    });
    let CommitVerdict::Refused(record) = first else {
        panic!("{first:?}")
    };
    let claimed = RefusedRequest::Claim(claim("V1").binding());
    assert_eq!((record.request(), record.salt()), (&claimed, [9; 16]));
    assert_eq!(records, [NodeRecord::HomeRefused(*record)]);
    // The same id, and now it would stand.
    let (again, records) = home.run(commit(1, "V1"));
    assert_eq!((again, records), (CommitVerdict::Repeated, Vec::new()));
    // And not for another request.
    let (other, records) = home.run(commit(1, "V2"));
    let conflict = CommitVerdict::Conflict(BoundField::Visit);
    assert_eq!((other, records), (conflict, Vec::new()));
    // Another id of the visit may still be tried.
    assert!(matches!(
        home.run(commit(2, "V1")).0,
        CommitVerdict::Committed { .. }
    ));
}

#[test]
fn what_was_computed_on_another_version_is_not_used() {
    let home = Home::new();
    let recomputed = Recomputed {
        snapshot: Some(snapshot(2)),
        outcome: Ok(decision()),
        change: 0,
    };
    assert_eq!(
        home.run(Commit {
            recomputed,
            ..commit(1, "V1")
        })
        .0,
        CommitVerdict::Stale
    );
}

#[test]
fn an_unknown_person_is_refused_whatever_version_was_named() {
    let home = Home::new();
    let refusal = Refusal::new(RefusalCode::UnknownPerson, "330200");
    let recomputed = Recomputed {
        snapshot: None,
        outcome: Err(refusal),
        change: 0,
    };
    let (verdict, _) = home.run(Commit {
        version: version(9),
        recomputed,
        ..commit(1, "V1")
    });
    assert_eq!(refused(&verdict), Some(RefusalCode::UnknownPerson));
}

#[test]
fn a_buried_id_never_commits() {
    let home = Home::new();
    let abandon = || Abandon {
        home: claim("V1").person.home,
        treatment: claim("V1").treatment,
        settlement: id(1),
        person: None,
        salts: [[3; 16], [5; 16]],
    };
    let (buried, records) = home.run(abandon());
    let AbandonVerdict::Buried(record) = buried else {
        panic!("{buried:?}")
    };
    assert!(record.body().is_tombstone());
    assert_eq!(records, [NodeRecord::HomeRefused(*record)]);
    let (late, records) = home.run(commit(1, "V1"));
    assert_eq!((late, records), (CommitVerdict::Repeated, Vec::new()));
    let (again, records) = home.run(abandon());
    assert_eq!((again, records), (AbandonVerdict::Repeated, Vec::new()));
}

#[test]
fn a_closed_day_gets_no_settlement() {
    let home = Home::new();
    let day = "2023-03-10".parse().unwrap();
    home.put(
        Key::LastClosedDay(),
        Row::LastClosedDay(LastClosedDay { day }),
    );
    home.put(Key::ClosedDay(day), Row::ClosedDay(ClosedDay { up_to: 0 }));
    let (verdict, _) = home.run(commit(1, "V1"));
    let CommitVerdict::Committed { body, .. } = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(body.clearing.business_day.to_string(), "2023-03-11");
}

#[test]
fn an_account_that_cannot_pay_breaks_nothing() {
    let home = Home::new();
    let mut too_much = decision();
    too_much.own_account = fen(601);
    let recomputed = Recomputed {
        snapshot: Some(snapshot(3)),
        outcome: Ok(too_much),
        change: 0,
    };
    let refused = Commit {
        recomputed,
        ..commit(1, "V1")
    }
    .decide(&home.rows, now());
    assert!(matches!(refused, Err(StoreError::Range(_))), "{refused:?}");
}

#[test]
fn a_decision_under_a_policy_that_another_replaced_is_stale() {
    let home = Home::new();
    let other = Commit {
        policy: huitong_core::digest::sha256(b"another policy"),
        ..commit(1, "V1")
    };
    assert_eq!(home.run(other), (CommitVerdict::Stale, Vec::new()));
    // What was published between the computation here and the writer's turn counts too.
    let changes = crate::store::PolicyChanges {
        changes: 1,
        published: 1,
    };
    home.put(Key::PolicyChanges(), Row::PolicyChanges(changes));
    assert_eq!(
        home.run(commit(1, "V1")),
        (CommitVerdict::Stale, Vec::new())
    );
    let recomputed = Recomputed {
        change: 1,
        ..commit(1, "V1").recomputed
    };
    let (verdict, records) = home.run(Commit {
        recomputed,
        ..commit(1, "V1")
    });
    assert!(
        matches!(verdict, CommitVerdict::Committed { .. }),
        "{verdict:?}"
    );
    assert_eq!(records.len(), 1);
}
