//! The course: dates, turns, bounds, and two books that end up with the same words in whatever order these come.

use proptest::prelude::*;

use super::course::{Applied, CheckFault, Course};
use super::*;
use crate::digest::sha256;
use crate::fund::Fund;
use crate::vocabulary::CheckStanding;

const NINGBO: &str = "330200";
const CHENGDU: &str = "510100";

fn day(text: &str) -> BusinessDay {
    text.parse().unwrap()
}

/// Noon of a day in Shanghai.
fn noon(text: &str) -> Timestamp {
    format!("{text}T04:00:00Z").parse().unwrap()
}

fn pool(fen: i64) -> DeductionAmounts {
    DeductionAmounts::new(vec![(Fund::ResidentPool, Fen::new(fen).unwrap())]).unwrap()
}

fn ask() -> CheckAsk {
    CheckAsk {
        settlement: SettlementId::from_bytes([1; 16]),
        receipt: sha256(b"receipt"),
        paid: pool(1_316_000),
        bill: Fen::new(3_200_000).unwrap(),
        settled_on: day("2026-01-12"),
        reason: CheckReason::UnusualAmount,
        terms: CheckTerms::STANDARD,
    }
}

fn word(follows: Option<Digest>, says: CheckSays, on: &str) -> CheckWord {
    let is_silent = matches!(says, CheckSays::Silent(_));
    CheckWord {
        check: CheckId::from_bytes([2; 16]),
        home: NINGBO.parse().unwrap(),
        treatment: CHENGDU.parse().unwrap(),
        follows,
        says,
        officer: (!is_silent).then(|| "li.wei".parse().unwrap()),
        at: noon(on),
    }
}

fn begun(on: &str) -> Course {
    Course::begun(&word(None, CheckSays::Ask(ask()), on)).unwrap()
}

fn say(course: &mut Course, says: CheckSays, on: &str) -> Result<Applied, CheckFault> {
    let next = word(course.last(), says, on);
    course.apply(&next)
}

fn wrong(fen: i64) -> CheckSays {
    CheckSays::Answer(Finding::Discrepancy {
        reason: DeductionReason::Overcharged,
        amounts: pool(fen),
        deduction: None,
    })
}

const VERIFIED: CheckSays = CheckSays::Answer(Finding::Verified);
const BACK: CheckSays = CheckSays::SendBack(SendBackReason::Incomplete);

#[test]
fn a_request_is_taken_up_on_its_day_due_a_month_later_and_then_rolls_over() {
    // Asked, until when it waits, until when it is due, and the days on which it is late once and twice.
    let cases = [
        ("2026-01-05", "2026-01-26", "2026-02-26", "2026-03-26"),
        ("2026-01-26", "2026-01-26", "2026-02-26", "2026-03-26"),
        ("2026-01-27", "2026-02-26", "2026-03-26", "2026-04-26"),
        ("2026-11-30", "2026-12-26", "2027-01-26", "2027-02-26"),
    ];
    for (asked, take_up, due, next) in cases {
        let course = begun(asked);
        let before = day(take_up).plus_days(-1).unwrap();
        if before >= day(asked) {
            assert_eq!(course.standing(before), CheckStanding::Waiting, "{asked}");
        }
        assert_eq!(course.standing(day(take_up)), CheckStanding::TakenUp);
        assert_eq!(course.standing(day(due)), CheckStanding::TakenUp);
        assert_eq!(course.late_until(day(due)), 0);
        let after = day(due).plus_days(1).unwrap();
        assert_eq!(course.standing(after), CheckStanding::Overdue);
        assert_eq!(course.late_until(after), 1);
        assert_eq!(course.late_until(day(next)), 1);
        assert_eq!(course.late_until(day(next).plus_days(1).unwrap()), 2);
    }
}

#[test]
fn what_was_late_stays_counted_when_it_is_answered_and_again_when_it_is_sent_back() {
    let mut course = begun("2026-01-05");
    say(&mut course, VERIFIED, "2026-03-27").unwrap();
    assert_eq!(course.late_until(day("2030-01-01")), 2);
    assert_eq!(course.standing(day("2030-01-01")), CheckStanding::Answered);
    say(&mut course, BACK, "2026-03-30").unwrap();
    assert_eq!(course.standing(day("2026-04-25")), CheckStanding::Waiting);
    assert_eq!(course.late_until(day("2026-05-26")), 2);
    assert_eq!(course.late_until(day("2026-05-27")), 3);
    say(&mut course, wrong(1), "2026-05-20").unwrap();
    assert_eq!(course.late_until(day("2026-05-27")), 2);
    // Once, and no more.
    let twice = say(&mut course, BACK, "2026-05-21");
    assert_eq!(twice, Err(CheckFault::SentBackBefore));
    say(&mut course, CheckSays::Confirm, "2026-05-21").unwrap();
    assert_eq!(course.turn(), None);
    assert_eq!(course.words.len(), 5);
}

#[test]
fn no_more_is_wrong_than_was_paid_and_no_fund_that_paid_nothing() {
    let mut course = begun("2026-01-05");
    let over = say(&mut course, wrong(1_316_001), "2026-01-30");
    let paid = Fen::new(1_316_000).unwrap();
    assert_eq!(over, Err(CheckFault::Amount(Fund::ResidentPool, paid)));
    let other = DeductionAmounts::new(vec![(Fund::EmployeePool, Fen::new(1).unwrap())]).unwrap();
    let other = CheckSays::Answer(Finding::Discrepancy {
        reason: DeductionReason::Overcharged,
        amounts: other,
        deduction: None,
    });
    let other = say(&mut course, other, "2026-01-30");
    assert_eq!(
        other,
        Err(CheckFault::Amount(Fund::EmployeePool, Fen::ZERO))
    );
    assert_eq!(
        say(&mut course, wrong(1_316_000), "2026-01-30"),
        Ok(Applied::New)
    );
}

#[test]
fn each_says_what_is_its_turn_and_silence_only_when_its_time_is_over() {
    let mut course = begun("2026-01-05");
    let early = say(&mut course, CheckSays::Confirm, "2026-01-06");
    assert_eq!(early, Err(CheckFault::Stage("asked")));
    assert_eq!(course.turn(), Some(course.treatment));
    say(&mut course, VERIFIED, "2026-01-30").unwrap();
    assert_eq!(course.turn(), Some(course.home));
    let again = say(&mut course, VERIFIED, "2026-01-31");
    assert_eq!(again, Err(CheckFault::Stage("answered")));
    let until = day("2026-02-06");
    let silent = CheckSays::Silent(until);
    let early = say(&mut course, silent.clone(), "2026-02-06");
    assert_eq!(early, Err(CheckFault::NotOver(until)));
    let before = CheckSays::Silent(day("2026-01-30"));
    assert!(say(&mut course, before, "2026-02-20").is_err());
    let mut by_officer = word(course.last(), silent.clone(), "2026-02-07");
    by_officer.officer = Some("li.wei".parse().unwrap());
    assert_eq!(course.apply(&by_officer), Err(CheckFault::Officer));
    say(&mut course, silent, "2026-02-07").unwrap();
    let standing = course.standing(day("2026-02-07"));
    assert_eq!(standing, CheckStanding::ConfirmedBySilence);
    let late = say(&mut course, BACK, "2026-02-08");
    assert_eq!(late, Err(CheckFault::Stage("confirmed")));
}

#[test]
fn a_word_of_another_check_or_after_another_word_changes_nothing() {
    let mut course = begun("2026-01-05");
    let before = course.clone();
    let other = CheckWord {
        check: CheckId::from_bytes([3; 16]),
        ..word(course.last(), VERIFIED, "2026-01-30")
    };
    assert_eq!(course.apply(&other), Err(CheckFault::Other));
    let lost = word(Some(sha256(b"lost")), VERIFIED, "2026-01-30");
    assert_eq!(course.apply(&lost), Err(CheckFault::NotLast));
    let anew = word(None, CheckSays::Ask(ask()), "2026-01-06");
    assert_eq!(course.apply(&anew), Err(CheckFault::Other));
    assert_eq!(course, before);
    let within = CheckWord {
        treatment: NINGBO.parse().unwrap(),
        ..word(None, CheckSays::Ask(ask()), "2026-01-05")
    };
    assert_eq!(Course::begun(&within), Err(CheckFault::Other));
    assert_eq!(
        Course::begun(&word(None, VERIFIED, "2026-01-05")),
        Err(CheckFault::NotLast)
    );
}

/// What a book of one region knows of the check.
fn hear(book: &mut Option<Course>, word: &CheckWord) -> bool {
    match book {
        Some(course) => course.apply(word).is_ok(),
        None => {
            *book = Course::begun(word).ok();
            book.is_some()
        }
    }
}

fn says() -> impl Strategy<Value = CheckSays> {
    prop_oneof![
        Just(VERIFIED),
        (1..2_000_000_i64).prop_map(wrong),
        Just(CheckSays::Confirm),
        Just(BACK),
        Just(CheckSays::Silent(day("2026-02-06"))),
    ]
}

proptest! {
    /// Whatever is said, and however often and in whatever order it arrives, both books come to the same course.
    #[test]
    fn both_books_come_to_the_same_course(
        attempts in prop::collection::vec(says(), 0..12),
        arrivals in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..60),
    ) {
        let first = word(None, CheckSays::Ask(ask()), "2026-01-05");
        let (mut home, mut treatment) = (Course::begun(&first).ok(), None);
        let mut said = vec![first];
        for (nth, (which, at_home)) in arrivals.iter().enumerate() {
            // Something is said by whoever may, in its own book alone.
            if let Some(says) = attempts.get(nth / 4).filter(|_| nth % 4 == 0) {
                let draft = word(None, says.clone(), "2026-02-09");
                let own = if draft.speaker().to_string() == NINGBO { &mut home } else { &mut treatment };
                if let Some(course) = own {
                    let next = word(course.last(), says.clone(), "2026-02-09");
                    if course.apply(&next) == Ok(Applied::New) {
                        said.push(next);
                    }
                }
            }
            // Some word arrives somewhere, perhaps again.
            let book = if *at_home { &mut home } else { &mut treatment };
            hear(book, which.get(&said));
        }
        // Each is sent until the other has it.
        for word in &said {
            prop_assert!(hear(&mut home, word));
            prop_assert!(hear(&mut treatment, word));
        }
        prop_assert_eq!(&home, &treatment);
        let course = home.unwrap();
        prop_assert!(course.words.len() <= 5);
        prop_assert_eq!(course.words.len(), said.len());
    }
}
