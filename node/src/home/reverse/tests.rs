//! The order of the checks, and what a reversal takes back.

use huitong_core::calendar::Calendar;
use huitong_core::fund::Fund;
use huitong_core::leg::Leg;
use huitong_core::vocabulary::ReversalReason;

use super::*;
use crate::home::commit::tests::commit as of_visit;
use crate::home::commit::{Commit, CommitVerdict};
use crate::home::testing::Home;
use crate::samples::{decision, fen, id, now, person, snapshot, version, year_total};

fn commit(nth: u8, visit: &str, at: u64) -> Commit {
    let mut commit = of_visit(nth, visit);
    commit.version = version(at);
    commit.recomputed.snapshot = Some(snapshot(at));
    commit.recomputed.outcome = Ok(small());
    commit
}

/// The decision of the samples, with less from the account, so that it pays for several.
fn small() -> Decision {
    let mut small = decision();
    (small.own_account, small.layers[1].paid) = (fen(100), fen(100));
    small
}

/// Commits; what was written.
fn committed(home: &Home, nth: u8, visit: &str, at: u64) -> Committed {
    let (_, records) = home.run(commit(nth, visit, at));
    match &*records {
        [NodeRecord::Committed(record)] => record.clone(),
        other => panic!("{other:?}"),
    }
}

fn reversal(nth: u8) -> ReversalId {
    ReversalId::from_bytes([nth; 16])
}

/// What the hospital that settled asks for.
fn reverse(nth: u8, original: &Committed) -> Reverse {
    let part = &original.body().clearing;
    Reverse {
        reversal: reversal(nth),
        home: part.home,
        asked_by: part.treatment,
        order: ReversalOrder {
            settlement: part.settlement,
            treatment: part.treatment,
            reason: ReversalReason::WrongBill,
            begun_by: BegunBy::Institution(original.claim.institution.code),
        },
        original: Some(original.clone()),
        rule: ReversalRule::STANDARD,
        calendar: Arc::new(Calendar::every_day()),
        salt: [7; 16],
    }
}

fn by_officer(nth: u8, original: &Committed, reason: ReversalReason) -> Reverse {
    let asked = reverse(nth, original);
    Reverse {
        asked_by: original.body().clearing.home,
        order: ReversalOrder {
            reason,
            begun_by: BegunBy::Officer("li.wei".parse().unwrap()),
            ..asked.order.clone()
        },
        ..asked
    }
}

fn refused(verdict: &ReverseVerdict) -> Option<(RefusalCode, String)> {
    match verdict {
        ReverseVerdict::Refused(record) => {
            let refusal = &record.body().refusal;
            Some((refusal.code, refusal.detail.clone()))
        }
        ReverseVerdict::Reversed { .. }
        | ReverseVerdict::RefusedBefore
        | ReverseVerdict::Repeated
        | ReverseVerdict::Conflict(_)
        | ReverseVerdict::Moving(_)
        | ReverseVerdict::LeftOut(_)
        | ReverseVerdict::Unknown => None,
    }
}

#[test]
fn a_reversal_takes_back_all_that_the_settlement_changed_and_frees_its_visit() {
    let home = Home::new();
    let before = home.rows.account(person().psn_no).unwrap().unwrap();
    let original = committed(&home, 1, "V1", 3);
    let (verdict, records) = home.run(reverse(1, &original));
    let ReverseVerdict::Reversed {
        body,
        person: whose,
        ..
    } = verdict
    else {
        panic!("{verdict:?}")
    };
    assert_eq!((body.number, whose.version), (2, version(5)));
    assert_eq!(body.clearing.receipt, original.body().digest());
    assert_eq!(body.clearing.amounts, original.body().clearing.amounts);
    let [NodeRecord::ReversalOrdered(record)] = &*records else {
        panic!("{records:?}")
    };
    assert_eq!(record.legs_from, 3);
    let account = home.rows.account(person().psn_no).unwrap().unwrap();
    assert_eq!(account.totals, before.totals);
    assert_eq!(account.balances, before.balances);
    assert_eq!((account.version, account.last), (version(5), None));
    // One leg for each amount, in the same stream.
    let legs = Leg::of_reversal(&body);
    assert_eq!(
        legs.iter().map(|leg| leg.fund).collect::<Vec<_>>(),
        [Fund::OwnAccount, Fund::ResidentPool]
    );
    assert_eq!(home.rows.stream(Stream::Legs).unwrap().unwrap().written, 4);
    // The visit is free, and the id of the settlement still says what it said.
    assert!(matches!(
        home.run(commit(2, "V1", 5)).0,
        CommitVerdict::Committed { .. }
    ));
    assert_eq!(home.run(commit(1, "V1", 3)).0, CommitVerdict::Repeated);
}

#[test]
fn a_part_of_a_stay_stands_only_once_the_whole_of_it_does_no_more() {
    let part = |nth: u8, at: u64| {
        let mut part = commit(nth, "V1", at);
        part.claim.visit.interim = 1;
        part
    };
    let home = Home::new();
    let whole = committed(&home, 1, "V1", 3);
    let (verdict, _) = home.run(part(2, 4));
    let CommitVerdict::Refused(record) = verdict else {
        panic!("{verdict:?}")
    };
    let refusal = &record.body().refusal;
    assert_eq!(refusal.code, RefusalCode::VisitAlreadySettled);
    assert_eq!(refusal.detail, id(1).to_string());
    home.run(reverse(1, &whole));
    let stands = |verdict| matches!(verdict, CommitVerdict::Committed { .. });
    assert!(stands(home.run(part(3, 5)).0));
    // The last of several bills is no whole.
    let home = Home::new();
    let mut last = commit(1, "V1", 3);
    last.claim.visit.billed_from = "2023-03-05".parse().unwrap();
    assert!(stands(home.run(last).0));
    assert!(stands(home.run(part(2, 4)).0));
}

#[test]
fn totals_go_back_from_where_they_stand_now() {
    let home = Home::new();
    let first = committed(&home, 1, "V1", 3);
    committed(&home, 2, "V2", 4);
    home.run(reverse(1, &first));
    let account = home.rows.account(person().psn_no).unwrap().unwrap();
    // 1,000 before, 7,000 of the second stay.
    assert_eq!(account.totals[&year_total()], 8_000);
    assert_eq!(account.balances.own, fen(500));
    // A total that was brought in anew and is lower ends at zero.
    let home = Home::new();
    let first = committed(&home, 1, "V1", 3);
    let mut account = home.rows.account(person().psn_no).unwrap().unwrap();
    account.totals.insert(year_total(), 2_000);
    let key = crate::store::Key::Account(person().psn_no);
    home.put(key, crate::store::Row::Account(account));
    home.run(reverse(1, &first));
    let account = home.rows.account(person().psn_no).unwrap().unwrap();
    assert_eq!(account.totals[&year_total()], 0);
}

#[test]
fn the_same_id_repeats_its_answer_and_binds_its_request() {
    let home = Home::new();
    let original = committed(&home, 1, "V1", 3);
    home.run(reverse(1, &original));
    let (again, records) = home.run(reverse(1, &original));
    assert_eq!((again, records), (ReverseVerdict::Repeated, Vec::new()));
    let mut other = reverse(1, &original);
    other.order.reason = ReversalReason::Correction;
    assert_eq!(
        home.run(other).0,
        ReverseVerdict::Conflict(ReversalField::Reason)
    );
    // The same id asked by another region's node is another id.
    let (late, _) = home.run(by_officer(1, &original, ReversalReason::WrongBill));
    assert_eq!(
        refused(&late),
        Some((RefusalCode::AlreadyReversed, reversal(1).to_string()))
    );
}

#[test]
fn of_two_at_once_one_stands_and_the_other_is_told_by_which() {
    let home = Home::new();
    let original = committed(&home, 1, "V1", 3);
    home.run(reverse(1, &original));
    let (late, _) = home.run(reverse(2, &original));
    assert_eq!(
        refused(&late),
        Some((RefusalCode::AlreadyReversed, reversal(1).to_string()))
    );
    let (again, records) = home.run(reverse(2, &original));
    assert_eq!(
        (again, records),
        (ReverseVerdict::RefusedBefore, Vec::new())
    );
    assert_eq!(home.rows.stream(Stream::Legs).unwrap().unwrap().written, 4);
}

#[test]
fn each_check_comes_before_the_next() {
    let home = Home::new();
    let original = committed(&home, 1, "V1", 3);
    committed(&home, 2, "V2", 4);
    let late = Timestamp::parse("2023-04-10T04:00:00.000Z").unwrap();
    // Everything is wrong at once; each step takes away the first thing that is.
    let wrong = |nth| {
        let mut wrong = reverse(nth, &original);
        wrong.rule.order = Order::LatestFirst;
        wrong.order.reason = ReversalReason::Fraud;
        wrong.order.begun_by = BegunBy::Institution("H51010400009".parse().unwrap());
        wrong
    };
    let check = |asked: Reverse, at, code| {
        let (verdict, _) = home.run_at(asked, at);
        assert_eq!(refused(&verdict).map(|(code, _)| code), Some(code));
    };
    let unknown = Reverse {
        original: None,
        ..wrong(1)
    };
    assert_eq!(home.run_at(unknown, late).0, ReverseVerdict::Unknown);
    check(wrong(1), late, RefusalCode::IdentityMismatch);
    let mut asked = wrong(2);
    asked.order.begun_by = BegunBy::Institution(original.claim.institution.code);
    check(asked, late, RefusalCode::ReasonNotAllowed);
    let mut asked = wrong(3);
    asked.order = reverse(3, &original).order;
    check(asked, late, RefusalCode::TermPassed);
    let mut asked = wrong(4);
    asked.order = reverse(4, &original).order;
    check(asked, now(), RefusalCode::LaterStands);
    // What was refused stays refused under its id, whatever holds later.
    let (again, records) = home.run(Reverse {
        rule: ReversalRule::STANDARD,
        ..reverse(4, &original)
    });
    assert_eq!(again, ReverseVerdict::RefusedBefore);
    assert_eq!(records, Vec::new());
    assert!(matches!(
        home.run(reverse(5, &original)).0,
        ReverseVerdict::Reversed { .. }
    ));
}

#[test]
fn the_term_binds_institutions_to_the_last_day_and_the_bureau_never() {
    let at = |text| Timestamp::parse(text).unwrap();
    let rule = ReversalRule {
        institution_days: 2,
        ..ReversalRule::STANDARD
    };
    // Settled on the 10th in Shanghai; the 12th is the last day there.
    let cases = [
        ("2023-03-12T15:59:59.999Z", None),
        ("2023-03-12T16:00:00.000Z", Some(RefusalCode::TermPassed)),
    ];
    for (moment, expected) in cases {
        let home = Home::new();
        let original = committed(&home, 1, "V1", 3);
        let asked = Reverse {
            rule,
            ..reverse(1, &original)
        };
        let (verdict, _) = home.run_at(asked, at(moment));
        assert_eq!(
            refused(&verdict).map(|(code, _)| code),
            expected,
            "{moment}"
        );
        let asked = Reverse {
            rule,
            ..by_officer(2, &original, ReversalReason::Fraud)
        };
        let (verdict, _) = home.run_at(asked, at(moment));
        let already = expected.is_none().then_some(RefusalCode::AlreadyReversed);
        assert_eq!(refused(&verdict).map(|(code, _)| code), already);
    }
}

#[test]
fn the_latest_first_is_the_latest_that_stands() {
    let home = Home::new();
    let (first, second, third) = (
        committed(&home, 1, "V1", 3),
        committed(&home, 2, "V2", 4),
        committed(&home, 3, "V3", 5),
    );
    let ask = |nth, original: &Committed, order| {
        let rule = ReversalRule {
            order,
            ..ReversalRule::STANDARD
        };
        let asked = Reverse {
            rule,
            ..reverse(nth, original)
        };
        let (verdict, _) = home.run(asked);
        refused(&verdict).map(|(_, detail)| detail)
    };
    assert_eq!(ask(1, &first, Order::LatestFirst), Some(id(3).to_string()));
    // One in the middle, as long as any might be; then the last: the first is the latest that stands.
    assert_eq!(ask(2, &second, Order::Any), None);
    assert_eq!(ask(3, &first, Order::LatestFirst), Some(id(3).to_string()));
    assert_eq!(ask(4, &third, Order::LatestFirst), None);
    assert_eq!(ask(5, &first, Order::LatestFirst), None);
    let account = home.rows.account(person().psn_no).unwrap().unwrap();
    assert_eq!(account.last, None);
    // What is settled after that is the latest, and leads to nothing that was reversed.
    let fourth = committed(&home, 4, "V1", 9);
    assert_eq!(ask(6, &fourth, Order::LatestFirst), None);
}

#[test]
fn a_reversal_falls_on_the_business_day_that_is_open() {
    let home = Home::new();
    let original = committed(&home, 1, "V1", 3);
    let day = "2023-03-10".parse().unwrap();
    let row = crate::store::LastClosedDay { day };
    home.put(
        crate::store::Key::LastClosedDay(),
        crate::store::Row::LastClosedDay(row),
    );
    let (verdict, _) = home.run(reverse(1, &original));
    let ReverseVerdict::Reversed { body, .. } = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(body.clearing.business_day.to_string(), "2023-03-11");
}
