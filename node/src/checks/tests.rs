//! Which check of a settlement stands, by the rows.

use std::sync::Arc;

use huitong_core::calendar::Calendar;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::deduction::DeductionAmounts;
use huitong_core::expense_check::course::Course;
use huitong_core::expense_check::{CheckSays, CheckWord, Finding, SignedCheckWord};
use huitong_core::fund::Fund;
use huitong_core::id::{CheckId, DeductionId};
use huitong_core::record::NodeRecord;
use huitong_core::record::expense_check::{CheckRefused, CheckWordTaken};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::vocabulary::DeductionReason;
use huitong_journal::testing::FakeDisk;

use super::CheckRule;
use super::booking::{Book, Coming};
use super::records::{named_deduction, standing};
use super::samples::{asked, check_of, next, said};
use crate::home::testing::Home;
use crate::ledger::Ledger;
use crate::ledger::testing::{append, open};
use crate::samples::{claim, fen, now, receipt};
use crate::store::memory::MemoryIndex;
use crate::store::{DeductionRow, DeductionState, Key, Row, Rows};
use crate::writer::{Command as _, Verdict};

fn ledger() -> Ledger {
    open(&FakeDisk::new(1), &Arc::new(MemoryIndex::new())).unwrap()
}

fn first(nth: u8) -> CheckWord {
    check_of(&receipt(1).body, nth)
}

fn stands(ledger: &Ledger) -> Option<CheckId> {
    let part = receipt(1).body.clearing;
    standing(ledger, (part.treatment, part.settlement)).unwrap()
}

fn last(ledger: &Ledger) -> Option<CheckId> {
    let part = receipt(1).body.clearing;
    ledger.check_of(part.treatment, part.settlement).unwrap()
}

fn course(ledger: &Ledger, nth: u8) -> Course {
    let row = ledger.check(CheckId::from_bytes([nth; 16])).unwrap();
    row.unwrap().course
}

fn refused(nth: u8) -> NodeRecord {
    NodeRecord::CheckRefused(CheckRefused {
        check: CheckId::from_bytes([nth; 16]),
        refusal: Refusal::new(RefusalCode::CheckTooSmall, "30000.00"),
        at: now(),
    })
}

/// The other region has everything of a check.
fn taken(ledger: &Ledger, nth: u8) -> NodeRecord {
    NodeRecord::CheckWordTaken(CheckWordTaken {
        check: CheckId::from_bytes([nth; 16]),
        word: course(ledger, nth).last().unwrap(),
        at: now(),
    })
}

#[test]
fn a_check_stands_until_the_other_region_has_its_last_word() {
    let ledger = ledger();
    append(&ledger, asked(first(1), now())).unwrap();
    for says in [CheckSays::Answer(Finding::Verified), CheckSays::Confirm] {
        append(&ledger, said(next(&course(&ledger, 1), says))).unwrap();
    }
    assert_eq!(course(&ledger, 1).turn(), None);
    assert_eq!(stands(&ledger), Some(CheckId::from_bytes([1; 16])));
    append(&ledger, taken(&ledger, 1)).unwrap();
    assert_eq!(stands(&ledger), None);
    ledger.close();
}

#[test]
fn what_was_refused_and_is_taken_all_the_same_is_refused_no_more() {
    let ledger = ledger();
    append(&ledger, asked(first(1), now())).unwrap();
    append(&ledger, refused(1)).unwrap();
    assert_eq!(stands(&ledger), None);
    append(&ledger, taken(&ledger, 1)).unwrap();
    let row = ledger.check(CheckId::from_bytes([1; 16])).unwrap();
    assert_eq!(row.unwrap().refused, None);
    assert_eq!(stands(&ledger), Some(CheckId::from_bytes([1; 16])));
    ledger.close();
}

#[test]
fn the_last_check_of_a_settlement_is_the_one_that_was_asked_last() {
    let later: Timestamp = "2030-03-10T04:00:00.000Z".parse().unwrap();
    for order in [[1_u8, 2], [2, 1]] {
        let ledger = ledger();
        for nth in order {
            let at = if nth == 2 { later } else { now() };
            append(&ledger, asked(first(nth), at)).unwrap();
        }
        append(&ledger, taken(&ledger, 1)).unwrap();
        assert_eq!(last(&ledger), Some(CheckId::from_bytes([2; 16])));
        ledger.close();
    }
}

/// Until when an answer of a moment, which comes now, may be confirmed; or why it is not booked.
fn booked(ledger: &Ledger, calendar: Calendar, at: Timestamp) -> Result<BusinessDay, RefusalCode> {
    let answer = next(&course(ledger, 1), CheckSays::Answer(Finding::Verified));
    let command = Book {
        region: answer.home,
        signed: SignedCheckWord {
            word: CheckWord { at, ..answer },
            group: receipt(1).group,
            index: 0,
            path: Vec::new(),
        },
        known: None,
        coming: Coming::Put,
        rule: CheckRule::STANDARD,
        calendar: Arc::new(calendar),
    };
    match command.decide(ledger, now()).unwrap() {
        Verdict::Append(records, outcome) => {
            outcome.unwrap();
            let [NodeRecord::CheckWordBooked(record)] = &records[..] else {
                panic!("{records:?}");
            };
            Ok(record.confirm_by.unwrap())
        }
        Verdict::Answer(outcome) => Err(outcome.unwrap_err().code),
    }
}

#[test]
fn an_answer_dated_more_than_a_day_ahead_is_not_booked() {
    let ledger = ledger();
    append(&ledger, asked(first(1), now())).unwrap();
    for (ahead, expected) in [
        (0, Ok("2023-03-15")),
        (86_400_000, Ok("2023-03-16")),
        (86_400_001, Err(RefusalCode::CheckNotNow)),
        (345_600_000_000, Err(RefusalCode::CheckNotNow)),
    ] {
        let at = now().plus_millis(ahead).unwrap();
        let expected = expected.map(|text| text.parse::<BusinessDay>().unwrap());
        assert_eq!(booked(&ledger, Calendar::every_day(), at), expected);
    }
    ledger.close();
}

#[test]
fn an_answer_at_the_end_of_the_calendar_is_refused_and_is_no_trouble_of_the_store() {
    let ledger = ledger();
    append(&ledger, asked(first(1), now())).unwrap();
    let today = now().business_day_shanghai();
    let off = (0..60).map(|days| today.plus_days(days).unwrap());
    let calendar = Calendar::every_day().with_off(off);
    let refused = booked(&ledger, calendar, now());
    assert_eq!(refused, Err(RefusalCode::CheckNotNow));
    ledger.close();
}

/// What the home region has not accepted may be refused there, and then the answer would say of money that it comes back.
#[test]
fn an_answer_names_only_a_deduction_that_the_home_region_accepted() {
    let ledger = ledger();
    append(&ledger, asked(first(1), now())).unwrap();
    let course = course(&ledger, 1);
    let named = DeductionId::from_bytes([4; 16]);
    let amounts = DeductionAmounts::new(vec![(Fund::ResidentPool, fen(100))]).unwrap();
    let finding = Finding::Discrepancy {
        reason: DeductionReason::Overcharged,
        amounts: amounts.clone(),
        deduction: Some(named),
    };
    let refused = |state| {
        let node = Home::at(course.treatment);
        let row = DeductionRow {
            settlement: course.ask.settlement,
            institution: claim("V1").institution.code,
            home: course.home,
            receipt: course.ask.receipt,
            amounts: amounts.clone(),
            reason: DeductionReason::Overcharged,
            on: course.ask.settled_on,
            ordered: None,
            answered: None,
            withdrawal: None,
            ended: None,
            state,
        };
        node.put(Key::Deduction(named), Row::Deduction(row.into()));
        let refusal = named_deduction(&node.rows, &course, &finding).unwrap();
        refusal.map(|refusal| refusal.code)
    };
    assert_eq!(refused(DeductionState::Stands), None);
    assert_eq!(
        refused(DeductionState::Asked),
        Some(RefusalCode::OutcomeUnknown)
    );
    assert_eq!(
        refused(DeductionState::Withdrawn),
        Some(RefusalCode::DeductionEnded)
    );
}
