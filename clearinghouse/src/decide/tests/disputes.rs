//! Disputes: raised on what is known, answered, accepted, escalated, decided by two, left standing, and corrected.

mod alike;
mod kept;
mod raised;

use huitong_core::checkpoint::row::Pair;
use huitong_core::digest::sha256;
use huitong_core::dispute::name::{DisputeName, Subject};
use huitong_core::dispute::seen::DisputeSeen;
use huitong_core::dispute::step::Ruling;
use huitong_core::dispute::word::{Claim, Reply, Says, SignedWord, Word};
use huitong_core::fund::Fund;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::vocabulary::{DecisionReason, DisputeReason, DisputeStage, RejectionReason};

use super::payments::name as officer_name;
use super::*;
use crate::decide::dispute::{self, Checked, Filter, Found, Lateness};
use crate::disputes::DisputeRules;

const RULES: DisputeRules = DisputeRules::STANDARD;
/// Ningbo disputes what it owes Chengdu.
const NAME: &str = "330200/2026-03-001";
const NINGBO: usize = 2;
const CHENGDU: usize = 3;

fn fen(fen: i64) -> Fen {
    Fen::new(fen).unwrap()
}

fn dispute(name: &str) -> DisputeName {
    name.parse().unwrap()
}

fn pair() -> Pair {
    Pair::of(&debt(1, NINGBO, CHENGDU, 1_316_000))
}

fn of_debt(leg: &Leg) -> Subject {
    Subject::Debt {
        settlement: leg.settlement,
        kind: leg.kind,
        pair: Pair::of(leg),
    }
}

fn claim(subject: Subject, amount: i64) -> Says {
    Says::Raise(Claim {
        subject,
        amount: fen(amount),
        reason: DisputeReason::NotTreated,
    })
}

/// Ningbo claims all of the debt.
fn all() -> Says {
    claim(of_debt(&debt(1, NINGBO, CHENGDU, 1_316_000)), 1_316_000)
}

const fn partly(amount: Fen) -> Says {
    Says::Answer(Reply::Partly(amount))
}

const REJECTED: Says = Says::Answer(Reply::Rejected(RejectionReason::Stands));

/// A region's word on the last one, as one whose signature was checked.
fn word(house: &House, of: usize, name: &str, says: Says) -> Checked {
    let name = dispute(name);
    let last = house.ask(move |context| {
        let course = context.state.disputes.course(name);
        Ok(Decided::answer(course.map(|course| course.last)))
    });
    let follows = last.unwrap().filter(|_| !matches!(says, Says::Raise(_)));
    let at = house.ask(|context| Ok(Decided::answer(context.now)));
    let follows = if matches!(says, Says::Raise(_)) {
        None
    } else {
        follows.or(Some(sha256(b"no word")))
    };
    let officer = officer_name("li.wei");
    let word = Word::new(region(of), name, follows, says, officer, at.unwrap()).unwrap();
    let signed = SignedWord {
        bytes: word.to_bytes(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![7; 4],
        signer: vec![vec![1]],
    };
    Checked { signed, word }
}

fn send(house: &House, said: Checked) -> Result<DisputeSeen, Refusal> {
    let found = match said.word.says {
        Says::Raise(Claim {
            subject:
                Subject::Debt {
                    settlement,
                    kind,
                    pair,
                },
            ..
        }) => {
            let found = house
                .proofs()
                .netted_leg((settlement, kind, pair.fund), pair);
            found.unwrap().map(|(leg, day)| Found { leg, day })
        }
        Says::Raise(_) | Says::Answer(_) | Says::Accept | Says::Escalate | Says::Withdraw => None,
    };
    house.ask(move |context| dispute::say(context, said, found, &RULES))
}

fn say(house: &House, of: usize, name: &str, says: Says) -> Result<DisputeSeen, Refusal> {
    send(house, word(house, of, name, says))
}

fn seen(house: &House, name: &str) -> DisputeSeen {
    let name = dispute(name);
    house
        .ask(move |context| dispute::seen(context, name, None))
        .unwrap()
}

fn list(house: &House) -> Vec<DisputeSeen> {
    let filter = Filter {
        region: None,
        stage: None,
        lateness: Lateness::Any,
        after: None,
    };
    let stranger = Filter {
        region: Some("440100".parse().unwrap()),
        ..filter
    };
    let none = house.ask(move |context| dispute::disputes(context, stranger));
    assert_eq!(code(none), "stream.unknown_region");
    let listed = house.ask(move |context| dispute::disputes(context, filter));
    listed.unwrap().0
}

fn rule(
    house: &House,
    by: &'static str,
    amount: i64,
    reason: DecisionReason,
    confirms: Confirms,
) -> Result<DisputeSeen, Refusal> {
    let ruling = Ruling {
        amount: fen(amount),
        reason,
    };
    house.ask(move |context| {
        let (name, by) = (dispute(NAME), officer_name(by));
        match confirms {
            Confirms::Yes => dispute::confirm(context, name, ruling, by),
            Confirms::No => dispute::propose(context, name, ruling, by),
        }
    })
}

/// A dispute that officers are to decide, by which day, and how it ends without them.
pub(super) fn escalated(seed: u64) -> House {
    let house = netted(seed);
    say(&house, NINGBO, NAME, all()).unwrap();
    house.clock.put("2026-04-20T16:00:00.000Z");
    say(&house, NINGBO, NAME, Says::Escalate).unwrap();
    house
}

pub(super) fn due(house: &House) -> Option<BusinessDay> {
    seen(house, NAME).due
}

pub(super) fn withdrawn(house: &House) {
    say(house, NINGBO, NAME, Says::Withdraw).unwrap();
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Confirms {
    Yes,
    No,
}

fn stand(house: &House) -> Option<DisputeName> {
    house
        .ask(|context| dispute::stand(context, &RULES))
        .unwrap()
}

/// The legs that a region is to book of what is settled.
fn corrections(house: &House, of: usize) -> Vec<Leg> {
    let found = house.ask(move |context| dispute::corrections(context, region(of), 0));
    let proofs = house.proofs();
    let histories = found.unwrap().disputes.into_iter();
    let histories = histories.map(|name| proofs.history(name).unwrap().unwrap());
    let outcomes = histories.map(|history| {
        history.course().unwrap();
        history.outcome.unwrap().outcome
    });
    outcomes.map(|outcome| outcome.leg().unwrap()).collect()
}

/// The first cycle is netted: Ningbo owes Chengdu 13,160.00 by one debt.
fn netted(seed: u64) -> House {
    let house = House::new(seed);
    one_debt(&house);
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    house.net(1).unwrap();
    house
}

#[test]
fn a_settled_dispute_nets_what_it_came_to_the_other_way_round_in_the_next_cycle() {
    let house = netted(80);
    let raised = say(&house, NINGBO, NAME, all()).unwrap();
    assert_eq!(
        (raised.stage, raised.due),
        (DisputeStage::Raised, Some(day(51)))
    );
    let answered = say(&house, CHENGDU, NAME, partly(fen(500_000))).unwrap();
    assert_eq!(
        (answered.stage, answered.due),
        (DisputeStage::Answered, Some(day(36)))
    );
    assert_eq!(corrections(&house, NINGBO), []);
    let settled = say(&house, NINGBO, NAME, Says::Accept).unwrap();
    assert_eq!(settled.settled.unwrap().amount, fen(500_000));
    let booked = corrections(&house, NINGBO);
    assert_eq!(
        (booked.len(), corrections(&house, CHENGDU)),
        (1, booked.clone())
    );
    assert_eq!(corrections(&house, 0), []);
    let leg = &booked[0];
    assert_eq!(
        (leg.debtor, leg.creditor),
        (region(CHENGDU), region(NINGBO))
    );
    assert_eq!((leg.kind, leg.business_day), (LegKind::Correction, day(31)));
    // What was disputed is netted as it was; what was settled is netted like any debt.
    assert_eq!(house.report(NINGBO, &[receivable(2, leg)]), Ok(2));
    assert_eq!(house.report(CHENGDU, &[payable(2, leg)]), Ok(2));
    close_all(&house, 31);
    house.cut_off(31, Condition::AllClosed).unwrap();
    let plan = house.net(31).unwrap();
    let gross: Vec<_> = plan.gross().iter().collect();
    assert_eq!(gross.len(), 1);
    assert_eq!(
        (gross[0].debtor, gross[0].amount),
        (region(CHENGDU), fen(500_000))
    );
    let sum: i64 = plan.member_nets().iter().map(|net| net.amount.get()).sum();
    assert_eq!(sum, 0);
    assert_eq!(
        house
            .trial_balance()
            .values()
            .copied()
            .find(|sum| *sum != 0),
        None
    );
}

#[test]
fn each_word_may_be_said_again_and_another_follows_only_on_what_was_seen() {
    let house = netted(81);
    let first = word(&house, NINGBO, NAME, all());
    let raised = send(&house, first.clone()).unwrap();
    assert_eq!(send(&house, first.clone()).unwrap(), raised);
    assert_eq!(
        code(say(&house, CHENGDU, "330200/other", REJECTED)),
        "dispute.unknown"
    );
    assert_eq!(code(say(&house, 0, NAME, REJECTED)), "dispute.unknown");
    assert_eq!(
        code(say(&house, NINGBO, NAME, Says::Accept)),
        "dispute.stage"
    );
    assert_eq!(
        code(say(&house, CHENGDU, NAME, partly(fen(1_316_000)))),
        "dispute.amount"
    );
    assert_eq!(
        code(say(&house, CHENGDU, NAME, partly(Fen::ZERO))),
        "dispute.amount"
    );
    let unseen = word(&house, NINGBO, NAME, Says::Withdraw);
    let answered = say(&house, CHENGDU, NAME, REJECTED).unwrap();
    assert_eq!(say(&house, CHENGDU, NAME, REJECTED).unwrap(), answered);
    assert_eq!(
        code(say(&house, CHENGDU, NAME, partly(fen(1)))),
        "dispute.stage"
    );
    assert_eq!(code(send(&house, unseen)), "dispute.went_on");
    // The first word again is still the first word.
    assert_eq!(send(&house, first).unwrap(), answered);
    assert_eq!(
        code(say(
            &house,
            NINGBO,
            NAME,
            claim(of_debt(&debt(1, NINGBO, CHENGDU, 1)), 7)
        )),
        "dispute.reference_taken"
    );
    let escalated = say(&house, NINGBO, NAME, Says::Escalate).unwrap();
    assert_eq!(
        say(&house, NINGBO, NAME, Says::Escalate).unwrap(),
        escalated
    );
    let withdrawn = say(&house, NINGBO, NAME, Says::Withdraw).unwrap();
    assert_eq!(withdrawn.stage, DisputeStage::Withdrawn);
    assert_eq!(
        say(&house, NINGBO, NAME, Says::Withdraw).unwrap(),
        withdrawn
    );
    assert_eq!(
        code(say(&house, CHENGDU, NAME, partly(fen(1)))),
        "dispute.over"
    );
    assert_eq!(corrections(&house, NINGBO), []);
    // What is withdrawn may be raised again, under another reference.
    assert!(say(&house, NINGBO, "330200/again", all()).is_ok());
}

#[test]
fn silence_lets_the_one_escalate_and_the_answer_of_the_other_stand() {
    let house = netted(82);
    say(&house, NINGBO, NAME, all()).unwrap();
    house.clock.put("2026-04-20T15:59:00.000Z");
    assert_eq!(
        code(say(&house, NINGBO, NAME, Says::Escalate)),
        "dispute.not_due"
    );
    assert_eq!(
        (seen(&house, NAME).days_late, seen(&house, NAME).days_old),
        (0, 20)
    );
    house.clock.put("2026-04-20T16:00:00.000Z");
    assert_eq!(seen(&house, NAME).days_late, 1);
    let escalated = say(&house, NINGBO, NAME, Says::Escalate).unwrap();
    assert_eq!(escalated.stage, DisputeStage::Escalated);
    // The other is answered in part, and nothing is said to that.
    let other = "330200/silent";
    say(
        &house,
        NINGBO,
        other,
        claim(
            Subject::Row {
                day: day(1),
                pair: pair(),
            },
            1,
        ),
    )
    .unwrap_err();
    say(&house, NINGBO, NAME, Says::Withdraw).unwrap();
    say(&house, NINGBO, other, all()).unwrap();
    say(&house, CHENGDU, other, partly(fen(100))).unwrap();
    house.clock.put("2026-04-26T15:59:00.000Z");
    assert_eq!(stand(&house), None);
    house.clock.put("2026-04-26T16:00:00.000Z");
    assert_eq!(stand(&house), Some(dispute(other)));
    assert_eq!(stand(&house), None);
    let settled = seen(&house, other).settled.unwrap();
    assert_eq!((settled.amount, settled.ground.word()), (fen(100), "stood"));
    assert_eq!(corrections(&house, CHENGDU).len(), 1);
}
