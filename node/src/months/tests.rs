//! What ties, what does not, and what may be said of it.

use huitong_core::checkpoint::witness::{Finding, FindingKind};
use huitong_core::clearing_month::CertifiedMonth;
use huitong_core::clearing_month::ClearingMonth;
use huitong_core::clearing_month::row::{MonthSums, MonthTable};
use huitong_core::date::Timestamp;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::money::Fen;
use huitong_core::vocabulary::MonthObjection;
use huitong_journal::testing::FakeDisk;

use super::*;
use crate::ledger::testing::{append, open};
use crate::samples::now;
use crate::witness::held::{DaySums, HeldDay};
use crate::writer::{Command as _, Verdict};

fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
}

fn leg(id: u8, creditor: &str, amount: i64, on: &str) -> Leg {
    Leg {
        settlement: SettlementId::from_parts(1, [id; 10]),
        kind: LegKind::Settlement,
        debtor: region("330200"),
        creditor: region(creditor),
        fund: Fund::ResidentPool,
        amount: Fen::new(amount).unwrap(),
        business_day: on.parse().unwrap(),
        receipt: sha256(&[id]),
    }
}

fn part(legs: &[Leg]) -> MonthPart {
    let mut sums = MonthSums::after(None);
    legs.iter().for_each(|leg| sums.add(leg).unwrap());
    let table = MonthTable::new(sums.rows().unwrap()).unwrap();
    let month = ClearingMonth {
        month: Month::parse("2026-03").unwrap(),
        first_plan: 1,
        last_plan: 2,
        after: None,
        checkpoint: sha256(b"last"),
        rows: u64::try_from(table.rows().len()).unwrap(),
        root: table.tree().root(),
        before: None,
    };
    let certified = CertifiedMonth {
        month,
        at: Timestamp::from_millis(0).unwrap(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![],
        signer: vec![],
    };
    MonthPart::of(region("330200"), certified, (&table, &table.tree()))
}

fn sums(legs: &[Leg]) -> DaySums {
    let mut sums = DaySums::new();
    for leg in legs {
        let of = (Pair::of(leg), leg.kind, leg.business_day);
        let sum = sums.entry(of).or_insert((0, Fen::ZERO));
        *sum = (
            sum.0.saturating_add(1),
            sum.1.checked_add(leg.amount).unwrap(),
        );
    }
    sums
}

fn held(day: &str, checkpoint: &[u8], legs: &[Leg]) -> HeldDay {
    HeldDay {
        day: day.parse().unwrap(),
        checkpoint: sha256(checkpoint),
        findings: vec![],
        sums: sums(legs),
    }
}

fn tied(part: &MonthPart, days: [HeldDay; 2]) -> OwnMonth {
    let mut tying = Tying::of(part);
    for (plan, day) in (1..).zip(days) {
        tying.add(plan, &day).unwrap();
    }
    tying.rows().unwrap()
}

fn code<T: std::fmt::Debug>(refused: Result<T, NodeError>) -> (&'static str, String) {
    let NodeError::Refused(refused) = refused.unwrap_err() else {
        panic!("no refusal")
    };
    (refused.code.code(), refused.detail)
}

fn objection(pair: Pair) -> ObjectedRow {
    ObjectedRow {
        pair,
        why: MonthObjection::BookDiffers,
    }
}

#[test]
fn what_the_days_come_to_may_be_confirmed_and_what_not_must_be_objected_to() {
    let (one, two) = (
        leg(1, "510100", 5, "2026-03-02"),
        leg(2, "510100", 7, "2026-03-31"),
    );
    let other = leg(3, "310000", 9, "2026-03-31");
    let part = part(&[one.clone(), two.clone(), other.clone()]);
    let whole = |legs: &[Leg]| {
        [
            held("2026-03-02", b"first", std::slice::from_ref(&one)),
            held("2026-03-31", b"last", legs),
        ]
    };
    let own = tied(&part, whole(&[two.clone(), other.clone()]));
    assert!(own.rows.iter().all(|row| own.holds(row)) && own.faults.is_empty());
    assert!(may_say(&own, &[]).is_ok());
    let pairs = [Pair::of(&other), Pair::of(&one)];
    assert!(may_say(&own, &pairs.map(objection)).is_ok());

    // A leg of the days is in no row.
    let own = tied(
        &part,
        whole(&[
            two.clone(),
            other.clone(),
            leg(4, "510100", 1, "2026-03-31"),
        ]),
    );
    let refused = code(may_say(&own, &[]));
    assert_eq!(
        refused,
        (
            "month.rows_differ",
            "330200 → 510100 resident_pool".to_owned()
        )
    );
    assert!(may_say(&own, &[objection(Pair::of(&one))]).is_ok());

    // A row that the days do not have, and one of the days that is not signed.
    let strange = leg(5, "440100", 1, "2026-03-31");
    let own = tied(&part, whole(&[two.clone(), strange.clone()]));
    let refused = code(may_say(&own, &[objection(Pair::of(&strange))]));
    assert_eq!(refused.0, "month.no_such_row");
    let refused = code(may_say(&own, &[objection(Pair::of(&other))]));
    assert_eq!(
        refused,
        (
            "month.rows_differ",
            "330200 → 440100 resident_pool".to_owned()
        )
    );
}

#[test]
fn a_day_that_does_not_hold_keeps_its_rows_from_being_confirmed() {
    let (one, two) = (
        leg(1, "510100", 5, "2026-03-02"),
        leg(2, "310000", 7, "2026-03-31"),
    );
    let part = part(&[one.clone(), two.clone()]);
    let mut first = held("2026-03-02", b"first", std::slice::from_ref(&one));
    first.findings.push(Finding {
        pair: Some(Pair::of(&one)),
        ..Finding::whole(FindingKind::LegDropped)
    });
    let last = || held("2026-03-31", b"last", std::slice::from_ref(&two));
    let own = tied(&part, [first.clone(), last()]);
    assert_eq!(code(may_say(&own, &[])).1, "330200 → 510100 resident_pool");
    assert!(may_say(&own, &[objection(Pair::of(&one))]).is_ok());
    first.findings[0].pair = None;
    let own = tied(&part, [first, last()]);
    assert!(
        own.rows.iter().all(|row| !own.holds(row)),
        "all of the day is in doubt"
    );

    // A leg that was left out of everything has no row, and keeps the month from being confirmed.
    let mut last_day = held("2026-03-31", b"last", std::slice::from_ref(&two));
    let lost = Pair::of(&leg(9, "440100", 1, "2026-03-31"));
    last_day.findings.push(Finding {
        pair: Some(lost),
        ..Finding::whole(FindingKind::LegDropped)
    });
    let first = || held("2026-03-02", b"first", std::slice::from_ref(&one));
    let own = tied(&part, [first(), last_day]);
    let refused = code(may_say(&own, &[]));
    assert_eq!(
        refused,
        (
            "month.rows_differ",
            "330200 → 440100 resident_pool".to_owned()
        )
    );
    assert_eq!(
        code(may_say(&own, &[objection(lost)])).0,
        "month.no_such_row"
    );

    // A day that is not the month's.
    let next = held("2026-04-01", b"last", std::slice::from_ref(&two));
    let own = tied(&part, [first(), next]);
    assert!(own.rows.iter().all(|row| !own.holds(row)));

    // Another checkpoint than the one that the month names: another day than this region was shown.
    let other = held("2026-03-31", b"other", std::slice::from_ref(&two));
    let own = tied(
        &part,
        [
            held("2026-03-02", b"first", std::slice::from_ref(&one)),
            other,
        ],
    );
    assert_eq!(own.faults.len(), 1);
    assert!(own.rows.iter().all(|row| !own.holds(row)));
}

#[test]
fn a_word_is_kept_and_said_again_as_it_was_until_it_says_something_else() {
    let ledger = open(&FakeDisk::new(1), &Arc::default()).unwrap();
    let word = |objected: Vec<ObjectedRow>, officer: &str, signature: u8| CertifiedMonthWord {
        word: MonthWord::new(
            region("330200"),
            Month::parse("2026-03").unwrap(),
            sha256(b"month"),
            objected,
            officer.parse().unwrap(),
            now(),
        )
        .unwrap(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![signature; 64],
        signer: vec![vec![1]],
    };
    let first = word(vec![], "li.wei", 1);
    let Verdict::Append(records, said) = KeepWord(first.clone()).decide(&ledger, now()).unwrap()
    else {
        panic!("it is kept")
    };
    assert_eq!(said, first);
    for record in records {
        append(&ledger, record).unwrap();
    }
    let again = KeepWord(word(vec![], "zhang.san", 2))
        .decide(&ledger, now())
        .unwrap();
    assert!(matches!(again, Verdict::Answer(kept) if kept == first));
    let before = Timestamp::from_millis(now().as_millis() - 1).unwrap();
    let ahead = KeepWord(word(vec![], "li.wei", 4))
        .decide(&ledger, before)
        .unwrap();
    assert!(
        matches!(ahead, Verdict::Append(_, _)),
        "the clock ran ahead when it was said"
    );
    let pair = Pair::of(&leg(1, "510100", 5, "2026-03-02"));
    let other = word(vec![objection(pair)], "li.wei", 3);
    let changed = KeepWord(other).decide(&ledger, now()).unwrap();
    assert!(matches!(changed, Verdict::Append(_, _)));
    let mut renewed = first.clone();
    renewed.signer = vec![vec![2]];
    let renewed = KeepWord(renewed).decide(&ledger, now()).unwrap();
    assert!(
        matches!(renewed, Verdict::Append(_, _)),
        "it is signed under another certificate"
    );
}

fn word_on(month: &ClearingMonth) -> CertifiedMonthWord {
    let (by, said) = ("li.wei".parse().unwrap(), month.month.clone());
    CertifiedMonthWord {
        word: MonthWord::new(region("330200"), said, month.digest(), vec![], by, now()).unwrap(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![1; 64],
        signer: vec![vec![1]],
    }
}

#[test]
fn a_month_goes_on_after_the_one_of_which_the_region_said_something_also_past_one_without_cycles() {
    let ledger = open(&FakeDisk::new(2), &Arc::default()).unwrap();
    let march = part(&[leg(1, "510100", 100, "2026-03-02")]).certified.month;
    let last: BusinessDay = "2026-03-31".parse().unwrap();
    assert!(begins_rightly(&march, None, &ledger).is_ok(), "the first");
    // The next is April, or May when April had no cycles; each goes on after the same plan.
    let next = |named: &str, before: Option<Digest>| ClearingMonth {
        month: Month::parse(named).unwrap(),
        first_plan: 3,
        last_plan: 4,
        after: Some(last),
        before,
        ..march.clone()
    };
    let held = |month: &ClearingMonth| {
        let refused = begins_rightly(month, Some(last), &ledger);
        refused.map_err(|status| status.message().to_owned())
    };
    let other = Some(sha256(b"another march"));
    for named in ["2026-04", "2026-05"] {
        assert_eq!(
            held(&next(named, other)),
            Ok(()),
            "nothing to hold it against"
        );
    }
    append_word(&ledger, word_on(&march));
    for named in ["2026-04", "2026-05"] {
        assert_eq!(held(&next(named, Some(march.digest()))), Ok(()));
        for before in [other, None] {
            let refused = held(&next(named, before)).unwrap_err();
            let is_told = refused.starts_with("month.other_before: ");
            let names = refused.contains(&format!("[{named}: 2026-03]"));
            assert!(is_told && names, "{refused}");
        }
    }
    // Another cycle before it than the region saw, and one that it has not seen.
    let next = next("2026-04", Some(march.digest()));
    let (day, none) = ("2026-03-30".parse().unwrap(), None);
    for (day, expected) in [
        (Some(day), "node.overloaded"),
        (none, "month.days_not_seen"),
    ] {
        let refused = begins_rightly(&next, day, &ledger).unwrap_err();
        assert!(refused.message().starts_with(expected), "{refused}");
    }
}

fn append_word(ledger: &Ledger, word: CertifiedMonthWord) {
    let Verdict::Append(records, _) = KeepWord(word).decide(ledger, now()).unwrap() else {
        panic!("it is kept")
    };
    for record in records {
        append(ledger, record).unwrap();
    }
}
