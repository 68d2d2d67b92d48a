//! Both roles together: orders, withdrawals and the reversal in any order, with answers lost and late.
//!
//! Whatever happened, in the end both regions have written the same legs, each debt once, and they sum to what stands.

mod world;

use huitong_core::deduction::DeductionVerdict;
use huitong_core::leg::LARGEST_LEG;
use huitong_core::money::Fen;
use proptest::prelude::*;

use super::records::{BookDeduction, Booking, RebookDeduction};
use super::*;
use crate::home::testing::Home;
use crate::samples::id;
use crate::store::{Key, RestoreState, RestoredPeer, Row};
use crate::treatment::records::Step;
use world::{PAID, World};

fn code(ordered: Ordered) -> Option<RefusalCode> {
    match ordered {
        Ordered::Refused(refusal) => Some(refusal.code),
        Ordered::Known => None,
    }
}

#[test]
fn a_deduction_moves_money_once_home_has_accepted_and_is_safe_to_repeat() {
    let mut world = World::new();
    assert_eq!(code(world.deduct(1, 2_000)), None);
    assert_eq!(world.state(1), Some(DeductionState::Asked));
    let word = world.hear(1).unwrap();
    // The answer is lost, and asked for again.
    assert_eq!(world.hear(1), Some(word.clone()));
    assert_eq!(world.book(word.clone()), Booking::Done(Step::Taken));
    assert_eq!(world.book(word), Booking::Done(Step::NotOpen));
    assert_eq!(code(world.deduct(1, 2_000)), None);
    assert_eq!(code(world.deduct(1, 2_001)), Some(RefusalCode::IdConflict));
    world.settle_down();
    world.holds();
    assert_eq!(world.state(1), Some(DeductionState::Stands));
}

#[test]
fn what_is_refused_at_once_leaves_no_trace() {
    let mut world = World::new();
    assert_eq!(
        code(world.deduct(1, PAID + 1)),
        Some(RefusalCode::DeductionTooLarge)
    );
    assert_eq!(world.state(1), None);
    // What is asked for counts, though it is not accepted yet.
    assert_eq!(code(world.deduct(2, PAID)), None);
    assert_eq!(
        code(world.deduct(3, 1)),
        Some(RefusalCode::DeductionTooLarge)
    );
    assert_eq!(code(world.withdraw(2)), Some(RefusalCode::OutcomeUnknown));
    assert_eq!(code(world.withdraw(9)), Some(RefusalCode::DeductionUnknown));
    world.settle_down();
    world.reverse();
    world.settle_down();
    assert_eq!(code(world.deduct(4, 1)), Some(RefusalCode::AlreadyReversed));
    assert_eq!(code(world.withdraw(2)), Some(RefusalCode::DeductionEnded));
    world.holds();
}

#[test]
fn nothing_is_taken_off_a_fund_whose_own_leg_is_never_netted() {
    let world = World::new();
    let mut wish = world.wish(1, 2_000);
    let receipted = wish.receipted.as_mut().unwrap();
    let large = Fen::new(LARGEST_LEG.get() + 1).unwrap();
    receipted
        .amounts
        .iter_mut()
        .for_each(|(_, paid)| *paid = large);
    let (refused, records) = world.treatment.run(wish);
    assert_eq!(code(refused), Some(RefusalCode::DeductionLegTooLarge));
    assert!(records.is_empty(), "nothing is asked of the home region");
}

#[test]
fn a_deduction_that_home_finally_refuses_moves_nothing_and_counts_no_more() {
    let mut world = World::new();
    assert_eq!(code(world.deduct(1, PAID)), None);
    // Home reverses before it hears of the deduction.
    world.reverse();
    world.ask(1);
    assert_eq!(world.state(1), Some(DeductionState::Refused));
    world.settle_down();
    world.holds();
}

#[test]
fn a_reversal_that_arrives_before_the_word_on_a_deduction_ends_it_all_the_same() {
    let mut world = World::new();
    world.deduct(1, 3_000);
    let word = world.hear(1).unwrap();
    world.reverse();
    world.book_reversal();
    assert_eq!(world.state(1), Some(DeductionState::Asked));
    world.book(word);
    assert_eq!(world.state(1), Some(DeductionState::Lifted));
    world.holds();
}

#[test]
fn a_withdrawal_and_a_reversal_end_a_deduction_once_whichever_home_heard_first() {
    let mut world = World::new();
    world.deduct(1, 3_000);
    world.ask(1);
    world.withdraw(1);
    let word = world.hear(1).unwrap();
    world.reverse();
    world.book_reversal();
    // The treatment region waits for the word, and ends nothing before it.
    assert_eq!(world.state(1), Some(DeductionState::Withdrawing));
    world.book(word);
    assert_eq!(world.state(1), Some(DeductionState::Withdrawn));
    world.holds();

    let mut world = World::new();
    world.deduct(1, 3_000);
    world.ask(1);
    world.withdraw(1);
    world.reverse();
    world.book_reversal();
    world.ask(1);
    assert_eq!(world.state(1), Some(DeductionState::Lifted));
    world.holds();
}

#[test]
fn a_reversal_that_is_booked_while_a_word_is_on_its_way_is_looked_for_again() {
    let mut world = World::new();
    world.deduct(1, 3_000);
    let word = world.hear(1).unwrap();
    world.reverse();
    world.book_reversal();
    let blind = BookDeduction {
        word,
        reversal: None,
        said_in: None,
    };
    assert_eq!(world.treatment.run(blind), (Booking::Again, Vec::new()));
    world.settle_down();
    world.holds();
}

#[test]
fn a_word_of_an_incarnation_that_has_ended_is_not_booked() {
    let mut world = World::new();
    world.deduct(1, 3_000);
    let word = world.hear(1).unwrap();
    let home = world.original.claim.person.home;
    let peer = RestoredPeer {
        incarnation: 2,
        mark: [1; 16],
        written: 0,
        held: 0,
        before: Vec::new(),
    };
    world
        .treatment
        .put(Key::RestoredPeer(home), Row::RestoredPeer(peer));
    assert_eq!(world.book(word), Booking::Done(Step::NotOpen));
    assert_eq!(world.state(1), Some(DeductionState::Asked));
}

#[test]
fn an_answer_on_another_order_of_the_same_content_is_taken_after_a_restore_alone() {
    let mut world = World::new();
    world.deduct(1, 100);
    let put = world.hear(1).unwrap().order.body;
    let other = DeductionBody {
        officer: "zhao.min".parse().unwrap(),
        ..put.clone()
    };
    let restored = Restored {
        incarnation: 2,
        mark: [1; 16],
        since: put.ordered_at,
        state: RestoreState::Over,
    };
    assert!(is_own_order(&put, &put, None));
    assert!(!is_own_order(&other, &put, None));
    assert!(is_own_order(&other, &put, Some(&restored)));
    let larger = DeductionBody {
        receipt: huitong_core::digest::sha256(b"another receipt"),
        ..put.clone()
    };
    assert!(!is_own_order(&larger, &put, Some(&restored)));
}

#[test]
fn words_that_come_back_after_a_restore_make_the_same_rows() {
    let mut world = World::new();
    for (nth, amount) in [(1, 1_000), (2, 500), (3, 200)] {
        world.deduct(nth, amount);
        world.ask(nth);
    }
    world.withdraw(2);
    world.ask(2);
    let fresh = World::new().treatment;
    let given: Vec<DeductionWord> = world.words.clone();
    for word in given
        .iter()
        .filter(|word| word.answer.body.is_of(&word.order.body))
    {
        if matches!(word.answer.body.verdict, DeductionVerdict::Accepted(_)) {
            fresh.run(RebookDeduction(word.clone()));
            let again = fresh.run(RebookDeduction(word.clone()));
            assert_eq!(again, (Step::NotOpen, Vec::new()));
        }
    }
    for nth in 1..=3 {
        let row = |home: &Home| home.rows.deduction(DeductionId::from_bytes([nth; 16]));
        let (before, after) = (
            row(&world.treatment).unwrap().unwrap(),
            row(&fresh).unwrap().unwrap(),
        );
        assert_eq!(after.state, before.state, "{nth}");
        assert_eq!(after.amounts, before.amounts);
    }
    let counted = fresh.rows.deductions(id(1)).unwrap();
    assert_eq!(counted, world.treatment.rows.deductions(id(1)).unwrap());
}

/// A step of a settlement's life.
#[derive(Debug, Clone)]
enum Happens {
    Ordered(u8, i64),
    WithdrawalOrdered(u8),
    Heard(u8),
    Asked(u8),
    Reversed,
    ReversalBooked,
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        4 => (0..5_u8, 1..4_000_i64).prop_map(|(nth, amount)| Happens::Ordered(nth, amount)),
        3 => (0..5_u8).prop_map(Happens::WithdrawalOrdered),
        3 => (0..5_u8).prop_map(Happens::Heard),
        4 => (0..5_u8).prop_map(Happens::Asked),
        1 => Just(Happens::Reversed),
        1 => Just(Happens::ReversalBooked),
    ]
}

proptest! {
    /// Whatever happens to a settlement, and in whatever order it is heard, the legs of both regions agree and sum to
    /// what stands.
    #[test]
    fn the_legs_of_a_settlements_whole_life_sum_to_what_stands(
        life in prop::collection::vec(happens(), 0..40),
    ) {
        let mut world = World::new();
        for step in life {
            match step {
                Happens::Ordered(nth, amount) => drop(world.deduct(nth, amount)),
                Happens::WithdrawalOrdered(nth) => drop(world.withdraw(nth)),
                // The word is lost.
                Happens::Heard(nth) => drop(world.hear(nth)),
                Happens::Asked(nth) => world.ask(nth),
                Happens::Reversed => world.reverse(),
                Happens::ReversalBooked => world.book_reversal(),
            }
        }
        world.settle_down();
        world.holds();
    }
}
