//! What may follow what in a dispute.

mod bytes;

use super::course::Course;
use super::fault::CourseFault;
use super::history::DisputeHistory;
use super::name::{DisputeName, Subject};
use super::outcome::{CertifiedOutcome, Outcome};
use super::step::{
    DisputeConfirmed, DisputeProposed, DisputeSaid, DisputeStep, DisputeStood, Ruling, Settling,
    Then,
};
use super::word::{Claim, Reply, Says, SignedWord, Word, WordFault};
use crate::canonical::Artifact;
use crate::checkpoint::row::Pair;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::{Digest, sha256};
use crate::fund::Fund;
use crate::id::SettlementId;
use crate::leg::LegKind;
use crate::money::Fen;
use crate::region::RegionCode;
use crate::vocabulary::{DecisionReason, DisputeReason, DisputeStage, RejectionReason};

pub(crate) const NINGBO: &str = "330200";
pub(crate) const CHENGDU: &str = "510100";

fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
}

fn fen(fen: i64) -> Fen {
    Fen::new(fen).unwrap()
}

fn day(day: u8) -> BusinessDay {
    BusinessDay::new(2026, 3, day).unwrap()
}

/// Noon in Shanghai.
fn noon(day: u8) -> Timestamp {
    Timestamp::parse(&format!("2026-03-{day:02}T04:00:00.000Z")).unwrap()
}

fn name() -> DisputeName {
    "330200/2026-03-001".parse().unwrap()
}

fn pair() -> Pair {
    Pair {
        debtor: region(NINGBO),
        creditor: region(CHENGDU),
        fund: Fund::ResidentPool,
    }
}

fn claim() -> Claim {
    Claim {
        subject: Subject::Debt {
            settlement: SettlementId::from_parts(1, [2; 10]),
            kind: LegKind::Settlement,
            pair: pair(),
        },
        amount: fen(1_000),
        reason: DisputeReason::NotTreated,
    }
}

fn says(of: &str, follows: Option<Digest>, says: Says, on: u8) -> Result<Word, WordFault> {
    let officer = "li.wei".parse().unwrap();
    Word::new(region(of), name(), follows, says, officer, noon(on))
}

fn signed(word: &Word) -> SignedWord {
    SignedWord {
        bytes: word.to_bytes(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![7; 4],
        signer: vec![vec![1, 2, 3]],
    }
}

fn said(word: &Word, then: Then, on: u8) -> DisputeStep {
    DisputeStep::Said(DisputeSaid {
        signed: signed(word),
        then,
        at: noon(on),
    })
}

fn settling(number: u64, on: u8) -> Settling {
    Settling {
        number,
        day: day(on),
    }
}

fn raised() -> DisputeStep {
    let word = says(NINGBO, None, Says::Raise(claim()), 2).unwrap();
    said(&word, Then::Due(day(10)), 2)
}

/// A word on the last one of a course.
fn next(course: &Course, of: &str, what: Says, then: Then, on: u8) -> DisputeStep {
    said(&says(of, Some(course.last), what, on).unwrap(), then, on)
}

/// A dispute after its steps, each made on the course so far.
fn course(steps: &[&dyn Fn(&Course) -> DisputeStep]) -> Course {
    let mut course = Course::begun(&raised()).unwrap();
    for step in steps {
        course.apply(&step(&course)).unwrap();
    }
    course
}

fn partly(course: &Course) -> DisputeStep {
    let reply = Says::Answer(Reply::Partly(fen(400)));
    next(course, CHENGDU, reply, Then::Due(day(17)), 4)
}

fn rejected(course: &Course) -> DisputeStep {
    let reply = Says::Answer(Reply::Rejected(RejectionReason::Stands));
    next(course, CHENGDU, reply, Then::Due(day(17)), 4)
}

fn accept(course: &Course) -> DisputeStep {
    let then = Then::Settled(settling(1, 5));
    next(course, NINGBO, Says::Accept, then, 5)
}

fn escalate(course: &Course) -> DisputeStep {
    next(course, NINGBO, Says::Escalate, Then::Due(day(24)), 5)
}

fn withdraw(course: &Course) -> DisputeStep {
    next(course, NINGBO, Says::Withdraw, Then::Ended, 6)
}

fn propose(by: &str, amount: i64, reason: DecisionReason) -> DisputeStep {
    DisputeStep::Proposed(DisputeProposed {
        dispute: name(),
        ruling: Ruling {
            amount: fen(amount),
            reason,
        },
        by: by.parse().unwrap(),
        at: noon(9),
    })
}

fn confirm(by: &str, amount: i64, reason: DecisionReason) -> DisputeStep {
    DisputeStep::Confirmed(DisputeConfirmed {
        dispute: name(),
        ruling: Ruling {
            amount: fen(amount),
            reason,
        },
        by: by.parse().unwrap(),
        settling: settling(2, 10),
        at: noon(10),
    })
}

fn stood(on: u8) -> DisputeStep {
    DisputeStep::Stood(DisputeStood {
        dispute: name(),
        settling: settling(3, 18),
        at: noon(on),
    })
}

/// A history that is settled by acceptance, and the outcome as it was signed.
pub(crate) fn history() -> DisputeHistory {
    let mut course = Course::begun(&raised()).unwrap();
    let mut steps = vec![raised()];
    for step in [partly, accept] {
        let step = step(&course);
        course.apply(&step).unwrap();
        steps.push(step);
    }
    let outcome = CertifiedOutcome {
        outcome: Outcome::of(&course).unwrap(),
        at: noon(5),
        algorithm: 1,
        key_id: sha256(b"the clearinghouse's key"),
        signature: vec![9; 4],
        signer: vec![vec![4, 5]],
    };
    DisputeHistory {
        steps,
        outcome: Some(outcome),
    }
}

#[test]
fn what_is_settled_is_what_was_answered_conceded_left_standing_or_decided() {
    let concede = |course: &Course| {
        let then = Then::Settled(settling(1, 4));
        next(course, CHENGDU, Says::Answer(Reply::Accepted), then, 4)
    };
    let proposed = |_: &Course| propose("wang.fang", 700, DecisionReason::PartlyProven);
    let confirmed = |_: &Course| confirm("zhao.min", 700, DecisionReason::PartlyProven);
    let stand = |_: &Course| stood(18);
    type Steps<'a> = &'a [&'a dyn Fn(&Course) -> DisputeStep];
    let cases: [(&str, Steps<'_>, i64, &str); 5] = [
        ("all", &[&concede], 1_000, "conceded"),
        ("part", &[&partly, &accept], 400, "accepted"),
        ("nothing", &[&rejected, &accept], 0, "accepted"),
        ("silence", &[&partly, &stand], 400, "stood"),
        (
            "officers",
            &[&partly, &escalate, &proposed, &confirmed],
            700,
            "decided",
        ),
    ];
    for (what, steps, amount, ground) in cases {
        let course = course(steps);
        let settled = course.settled().unwrap();
        assert_eq!(
            (settled.amount.get(), settled.ground.word()),
            (amount, ground),
            "{what}"
        );
        assert_eq!(course.disputed(), fen(amount));
        let outcome = Outcome::of(&course).unwrap();
        assert_eq!(
            outcome.leg().map(|leg| leg.amount.get()),
            (amount > 0).then_some(amount)
        );
        let over = [withdraw(&course), escalate(&course), stood(19)];
        for step in over {
            let refused = course.clone().apply(&step);
            assert_eq!(
                refused,
                Err(CourseFault::Stage(DisputeStage::Settled)),
                "{what}"
            );
        }
    }
    let withdrawn = course(&[&partly, &escalate, &withdraw]);
    assert_eq!(
        (withdrawn.stage(), withdrawn.disputed()),
        (DisputeStage::Withdrawn, Fen::ZERO)
    );
    assert_eq!(Outcome::of(&withdrawn), None);
}

/// Each step is refused for its reason, and leaves the course as it is.
fn refuses<const N: usize>(before: &Course, cases: [(DisputeStep, CourseFault); N]) {
    for (step, fault) in cases {
        let mut course = before.clone();
        assert_eq!(course.apply(&step), Err(fault), "{step:?}");
        assert_eq!(&course, before);
    }
}

fn stage(stage: DisputeStage) -> CourseFault {
    CourseFault::Stage(stage)
}

#[test]
fn before_an_answer_only_that_follows_unless_the_day_is_over() {
    let fresh = course(&[]);
    let reply = |amount| {
        let reply = Says::Answer(Reply::Partly(fen(amount)));
        next(&fresh, CHENGDU, reply, Then::Due(day(17)), 4)
    };
    let accepted = Says::Answer(Reply::Accepted);
    let stranger = next(&fresh, "310000", accepted, Then::Ended, 4);
    let unbound = says(CHENGDU, Some(sha256(b"another")), accepted, 4).unwrap();
    let wrong_then = next(&fresh, CHENGDU, accepted, Then::Due(day(17)), 4);
    refuses(
        &fresh,
        [
            (accept(&fresh), stage(DisputeStage::Raised)),
            (escalate(&fresh), CourseFault::NotDue(day(10))),
            (stood(18), stage(DisputeStage::Raised)),
            (reply(1_000), CourseFault::Amount(fen(1_000))),
            (reply(0), CourseFault::Amount(fen(1_000))),
            (stranger, CourseFault::Region(region("310000"))),
            (said(&unbound, Then::Ended, 4), CourseFault::NotLast),
            (wrong_then, CourseFault::Then),
            (raised(), CourseFault::NotLast),
        ],
    );
    // Without an answer it goes to the officers once the day is over.
    let late = next(&fresh, NINGBO, Says::Escalate, Then::Due(day(24)), 11);
    assert_eq!(fresh.clone().apply(&late), Ok(()));
    assert_eq!(Course::begun(&stood(4)), Err(CourseFault::Other));
}

#[test]
fn an_answer_is_given_once_and_nothing_follows_on_what_was_not_seen() {
    let (fresh, answered) = (course(&[]), course(&[&partly]));
    let partly_proven = DecisionReason::PartlyProven;
    refuses(
        &answered,
        [
            (partly(&answered), stage(DisputeStage::Answered)),
            (accept(&fresh), CourseFault::NotLast),
            (stood(17), CourseFault::NotDue(day(17))),
            (
                propose("wang.fang", 1, partly_proven),
                stage(DisputeStage::Answered),
            ),
        ],
    );
}

#[test]
fn officers_decide_only_what_fits_and_two_of_them_the_same() {
    let escalated = course(&[&partly, &escalate]);
    let (partly_proven, claimed) = (
        DecisionReason::PartlyProven,
        CourseFault::Amount(fen(1_000)),
    );
    refuses(
        &escalated,
        [
            (accept(&escalated), stage(DisputeStage::Escalated)),
            (rejected(&escalated), stage(DisputeStage::Escalated)),
            (
                propose("wang.fang", 1_001, DecisionReason::NotAnswered),
                claimed.clone(),
            ),
            (propose("wang.fang", 1_000, partly_proven), claimed.clone()),
            (
                propose("wang.fang", 1, DecisionReason::NotProven),
                claimed.clone(),
            ),
            (
                propose("wang.fang", 999, DecisionReason::ClaimProven),
                claimed,
            ),
            (
                confirm("zhao.min", 700, partly_proven),
                CourseFault::OtherProposal,
            ),
        ],
    );
    refuses(
        &escalated,
        [(
            propose("wang.fang", 700, DecisionReason::NotAnswered),
            CourseFault::Answered,
        )],
    );
    let mut unanswered = course(&[]);
    let late = next(&unanswered, NINGBO, Says::Escalate, Then::Due(day(24)), 11);
    unanswered.apply(&late).unwrap();
    let silent = propose("wang.fang", 700, DecisionReason::NotAnswered);
    assert_eq!(unanswered.apply(&silent), Ok(()));
    let proposed = course(&[&partly, &escalate, &|_| {
        propose("wang.fang", 700, DecisionReason::PartlyProven)
    }]);
    let same = CourseFault::SameOfficer("wang.fang".parse().unwrap());
    refuses(
        &proposed,
        [
            (
                confirm("zhao.min", 701, partly_proven),
                CourseFault::OtherProposal,
            ),
            (confirm("wang.fang", 700, partly_proven), same),
        ],
    );
}
