//! Acts on one person, one after the other: what each changes, what is refused, what is repeated.

mod cover;

use std::sync::Arc;

use huitong_core::date::{DateInterval, ServiceDate, Timestamp};
use huitong_core::id::{FilingId, RequestId};
use huitong_core::record::NodeRecord;
use huitong_core::record::import::ImportKind;
use huitong_core::record::person::{AskedBy, HeldFiling, Origin, PersonChange, PersonChanged};
use huitong_core::record::registry::{CoveragePeriod, FilingArea, IdentityPeriod, Member};
use huitong_core::refusal::RefusalCode;
use huitong_core::vocabulary::{AssistanceIdentity, FilingClass, FilingEndReason, Scheme};

use super::act::{ActVerdict, ChangePerson};
use super::rule::FilingRule;
use crate::home::testing::Home;
use crate::samples::{person, version, year_total};
use crate::store::{Key, Rows};

fn day(text: &str) -> ServiceDate {
    text.parse().unwrap()
}

fn days(from: &str, until: Option<&str>) -> DateInterval {
    DateInterval::new(day(from), until.map(day)).unwrap()
}

fn period(category: &str, from: &str, until: Option<&str>) -> CoveragePeriod {
    CoveragePeriod {
        scheme: Scheme::Resident,
        category: category.parse().unwrap(),
        retired: false,
        days: days(from, until),
    }
}

fn member() -> Member {
    Member {
        psn_no: person().psn_no,
        credentials: [].into(),
        birth: day("1964-02-29"),
        years_paid: 0,
        claim_free_years: 0,
        periods: vec![period("adult", "2020-01-01", None)],
        identities: Vec::new(),
    }
}

fn officer() -> AskedBy {
    AskedBy::Officer("li.wei".parse().unwrap())
}

fn hospital(region: &str, code: &str) -> AskedBy {
    AskedBy::Institution {
        region: region.parse().unwrap(),
        code: code.parse().unwrap(),
    }
}

fn asked(by: AskedBy, request: &str, change: PersonChange) -> ChangePerson {
    ChangePerson {
        own: person().home,
        by,
        request: RequestId::parse(request).unwrap(),
        psn_no: person().psn_no,
        change,
        credential: None,
        rule: Arc::new(FilingRule::standard()),
    }
}

/// A home node whose one person is at version 4.
fn home() -> Home {
    let home = Home::new();
    let row = crate::store::Row::Member(member());
    home.put(Key::Member(person().psn_no), row);
    home
}

fn done(home: &Home, request: &str, change: PersonChange) -> PersonChanged {
    match home.run(asked(officer(), request, change)) {
        (ActVerdict::Done, records) => match &*records {
            [NodeRecord::PersonChanged(record)] => record.clone(),
            other => panic!("{other:?}"),
        },
        (other, _) => panic!("{other:?}"),
    }
}

fn refused(home: &Home, by: AskedBy, change: PersonChange) -> RefusalCode {
    let (verdict, records) = home.run(asked(by, "x", change));
    assert!(records.is_empty(), "a refused act writes nothing");
    let ActVerdict::Refused(refusal) = verdict else {
        panic!("{verdict:?}")
    };
    refusal.code
}

fn file(class: FilingClass, area: &str) -> PersonChange {
    PersonChange::File {
        class,
        area: area.parse().unwrap(),
        from: None,
        until: None,
    }
}

fn held(home: &Home) -> Vec<HeldFiling> {
    home.rows.filings(person().psn_no).unwrap().unwrap().0
}

#[test]
fn the_same_act_again_changes_nothing_and_another_under_its_id_is_refused() {
    let home = home();
    let first = done(&home, "f-1", file(FilingClass::Temporary, "510100"));
    assert_eq!(first.after, version(4));
    let again = asked(officer(), "f-1", file(FilingClass::Temporary, "510100"));
    assert_eq!(home.run(again), (ActVerdict::Done, Vec::new()));
    let other = asked(officer(), "f-1", file(FilingClass::Referral, "510100"));
    assert_eq!(home.run(other), (ActVerdict::Conflict, Vec::new()));
    // The id is the officer's own.
    let by = AskedBy::Officer("wang.fang".parse().unwrap());
    let (verdict, records) = home.run(asked(by, "f-1", file(FilingClass::Referral, "510100")));
    assert_eq!((verdict, records.len()), (ActVerdict::Done, 1));
    assert_eq!(held(&home).len(), 2);
    let account = home.rows.account(person().psn_no).unwrap().unwrap();
    assert_eq!(account.version, version(5));
}

#[test]
fn a_filing_is_made_today_and_holds_as_long_as_the_rule_says() {
    let home = home();
    done(&home, "f-1", file(FilingClass::Temporary, "510000"));
    done(&home, "f-2", file(FilingClass::LongTerm, "all"));
    let [long, temporary] = &*held(&home) else {
        panic!()
    };
    let (long, temporary) = (&long.filing, &temporary.filing);
    assert_eq!(temporary.days, days("2023-03-10", Some("2023-09-09")));
    assert_eq!(temporary.filed_on, day("2023-03-10"));
    assert_eq!(long.days, days("2023-03-10", None));
    assert_eq!(long.area, FilingArea::Everywhere);
}

#[test]
fn an_amended_filing_ends_where_its_successor_begins_and_a_longer_one_was_filed_before() {
    let home = home();
    let made = done(&home, "f-1", file(FilingClass::Temporary, "510100"));
    let filing = FilingId::from_bytes(made.act.to_bytes());
    let later = Timestamp::parse("2023-05-01T04:00:00.000Z").unwrap();
    let amend = |class, area: &str, until| PersonChange::AmendFiling {
        filing,
        class,
        area: area.parse().unwrap(),
        until,
    };
    let same = amend(FilingClass::Temporary, "510100", Some(day("2023-09-09")));
    assert_eq!(refused(&home, officer(), same), RefusalCode::Malformed);
    let longer = amend(FilingClass::Temporary, "510100", Some(day("2023-12-31")));
    let (verdict, _) = home.run_at(asked(officer(), "f-2", longer.clone()), later);
    assert_eq!(verdict, ActVerdict::Done);
    let [old, new] = &*held(&home) else { panic!() };
    assert!(old.holds_on(day("2023-04-30")) && !old.holds_on(day("2023-05-01")));
    assert_eq!(old.end.unwrap().reason, FilingEndReason::Amended);
    assert_eq!(new.amends, Some(filing));
    assert_eq!(new.filing.days, days("2023-05-01", Some("2023-12-31")));
    assert_eq!(new.filing.filed_on, day("2023-03-10"));
    // The first one has ended; the second one for another place is made anew.
    let (verdict, _) = home.run_at(asked(officer(), "f-4", longer), later);
    let ActVerdict::Refused(refusal) = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(refusal.code, RefusalCode::FilingEnded);
    let moved = PersonChange::AmendFiling {
        filing: new.id,
        class: FilingClass::Temporary,
        area: "440100".parse().unwrap(),
        until: None,
    };
    home.run_at(asked(officer(), "f-3", moved), later);
    let after = held(&home);
    let moved = after.iter().find(|held| held.end.is_none()).unwrap();
    assert_eq!(moved.filing.filed_on, day("2023-05-01"));
    let ended = after.iter().find(|held| Some(held.id) == moved.amends);
    let began = day("2023-05-01");
    assert!(!ended.unwrap().holds_on(began), "ended the day it began");
}

#[test]
fn a_filing_ends_from_a_day_on_and_only_once() {
    let home = home();
    let made = done(&home, "f-1", file(FilingClass::Temporary, "510100"));
    let cancel = |from: Option<&str>, reason| PersonChange::CancelFiling {
        filing: FilingId::from_bytes(made.act.to_bytes()),
        from: from.map(day),
        reason,
    };
    let amended = cancel(None, FilingEndReason::Amended);
    assert_eq!(refused(&home, officer(), amended), RefusalCode::Malformed);
    let after = cancel(Some("2024-01-01"), FilingEndReason::Returned);
    assert_eq!(refused(&home, officer(), after), RefusalCode::FilingEnded);
    done(
        &home,
        "f-2",
        cancel(Some("2023-06-01"), FilingEndReason::Returned),
    );
    let [filing] = &*held(&home) else { panic!() };
    assert!(filing.holds_on(day("2023-05-31")) && !filing.holds_on(day("2023-06-01")));
    let again = cancel(Some("2023-06-01"), FilingEndReason::Returned);
    assert_eq!(refused(&home, officer(), again), RefusalCode::FilingEnded);
    // Beside one that has ended there is room for another.
    let new = PersonChange::File {
        class: FilingClass::Temporary,
        area: "510100".parse().unwrap(),
        from: Some(day("2023-06-01")),
        until: None,
    };
    done(&home, "f-3", new);
}

#[test]
fn what_cannot_be_filed_is_refused_in_order() {
    let home = home();
    done(&home, "f-1", file(FilingClass::Temporary, "510100"));
    let there = || hospital("510100", "H51010400001");
    let here = || hospital("330200", "H33020000001");
    let cases = [
        (
            officer(),
            file(FilingClass::Unfiled, "510100"),
            RefusalCode::Malformed,
        ),
        (
            officer(),
            file(FilingClass::LongTerm, "330200"),
            RefusalCode::FilingAtHome,
        ),
        (
            officer(),
            file(FilingClass::Temporary, "510100"),
            RefusalCode::FilingStands,
        ),
        (
            there(),
            file(FilingClass::LongTerm, "510100"),
            RefusalCode::FilingNotAllowed,
        ),
        (
            there(),
            file(FilingClass::Emergency, "510300"),
            RefusalCode::FilingNotAllowed,
        ),
        (
            there(),
            file(FilingClass::Temporary, "510100"),
            RefusalCode::FilingStands,
        ),
        (
            here(),
            file(FilingClass::Temporary, "440100"),
            RefusalCode::FilingNotAllowed,
        ),
        (
            here(),
            file(FilingClass::Referral, "330200"),
            RefusalCode::FilingAtHome,
        ),
    ];
    for (by, change, expected) in cases {
        assert_eq!(
            refused(&home, by.clone(), change.clone()),
            expected,
            "{by:?} {change:?}"
        );
    }
    let over = PersonChange::File {
        class: FilingClass::LongTerm,
        area: "510100".parse().unwrap(),
        from: Some(day("2023-01-01")),
        until: Some(day("2023-03-09")),
    };
    assert_eq!(refused(&home, officer(), over), RefusalCode::Malformed);
    for (by, change) in [
        (there(), file(FilingClass::Emergency, "510100")),
        (here(), file(FilingClass::Referral, "510000")),
    ] {
        let (verdict, _) = home.run(asked(by, "ok", change));
        assert_eq!(verdict, ActVerdict::Done);
    }
}
