//! The order of the checks, what is repeated, and what comes back after a restore.

use huitong_core::deduction::DeductionAmounts;
use huitong_core::id::{DeductionId, ReversalId};
use huitong_core::leg::{LARGEST_LEG, NumberedLeg};
use huitong_core::record::recovery::LegsRegained;
use huitong_core::reversal::{BegunBy, ReversalOrder};
use huitong_core::vocabulary::{DeductionEndReason, DeductionReason, ReversalReason};

use super::*;
use crate::home::commit::tests::commit;
use crate::home::reverse::{ReversalRule, Reverse};
use crate::home::testing::Home;
use crate::samples::{fen, id, person, receipt};
use crate::store::{Key, RestoreState, Restored, RestoredPeer, Row};

const POOL: Fund = Fund::ResidentPool;

/// A home node with a settlement of visit V1 that stands: the pool pays 70.00.
pub(crate) fn settled() -> (Home, Committed) {
    let home = Home::new();
    let (_, records) = home.run(commit(1, "V1"));
    let [NodeRecord::Committed(record)] = &records[..] else {
        panic!("{records:?}");
    };
    let record = record.clone();
    (home, record)
}

pub(crate) fn order(
    nth: u8,
    original: &Committed,
    fen_each: i64,
    act: DeductionAct,
) -> SignedDeduction {
    let part = &original.body().clearing;
    let body = DeductionBody {
        deduction: DeductionId::from_bytes([nth; 16]),
        settlement: part.settlement,
        home: part.home,
        treatment: part.treatment,
        institution: original.claim.institution.code,
        receipt: original.body().digest(),
        amounts: DeductionAmounts::new(vec![(POOL, fen(fen_each))]).unwrap(),
        act,
        officer: "li.wei".parse().unwrap(),
        ordered_at: crate::samples::now(),
    };
    signed(body)
}

pub(crate) fn signed(body: DeductionBody) -> SignedDeduction {
    let mut group = receipt(1).group;
    group.root = body.leaf();
    SignedDeduction {
        body,
        group,
        index: 0,
        path: Vec::new(),
    }
}

pub(crate) const fn deduct() -> DeductionAct {
    DeductionAct::Deduct(DeductionReason::DuplicatedCharge)
}

pub(crate) const fn withdraw() -> DeductionAct {
    DeductionAct::Withdraw(DeductionEndReason::AppealUpheld)
}

pub(crate) fn decide(order: SignedDeduction, original: Option<&Committed>) -> Decide {
    Decide {
        order,
        sent_in: Some(1),
        paid: original.and_then(Paid::of),
        calendar: Arc::new(Calendar::every_day()),
    }
}

pub(crate) fn reverse(original: &Committed) -> Reverse {
    let part = &original.body().clearing;
    Reverse {
        reversal: ReversalId::from_bytes([8; 16]),
        home: part.home,
        asked_by: part.home,
        order: ReversalOrder {
            settlement: part.settlement,
            treatment: part.treatment,
            reason: ReversalReason::Ordered,
            begun_by: BegunBy::Officer("li.wei".parse().unwrap()),
        },
        original: Some(original.clone()),
        rule: ReversalRule::STANDARD,
        calendar: Arc::new(Calendar::every_day()),
        salt: [7; 16],
    }
}

fn said(verdict: DeductVerdict) -> DeductionVerdict {
    match verdict {
        DeductVerdict::Decided(record) => record.body().verdict.clone(),
        other @ (DeductVerdict::Repeated
        | DeductVerdict::Conflict(_)
        | DeductVerdict::OldIncarnation(_)
        | DeductVerdict::LeftOut(_)) => panic!("{other:?}"),
    }
}

fn refused(verdict: DeductVerdict) -> (RefusalCode, String) {
    match said(verdict) {
        DeductionVerdict::Refused(refusal) => (refusal.code, refusal.detail),
        DeductionVerdict::Accepted(day) => panic!("accepted on {day}"),
    }
}

#[test]
fn what_is_accepted_is_owed_back_and_changes_nothing_of_the_person() {
    let (home, original) = settled();
    let before = home.rows.account(person().psn_no).unwrap();
    let legs_before = home.rows.stream(Stream::Legs).unwrap().unwrap().written;
    let (verdict, records) = home.run(decide(
        order(1, &original, 2_000, deduct()),
        Some(&original),
    ));
    assert!(matches!(said(verdict), DeductionVerdict::Accepted(_)));
    assert_eq!(records.len(), 1);
    assert_eq!(home.rows.account(person().psn_no).unwrap(), before);
    let written = home.rows.stream(Stream::Legs).unwrap().unwrap().written;
    assert_eq!(written, legs_before + 1);
    let [leg] = &crate::legs::stream::of_record(&records[0]).unwrap()[..] else {
        panic!("one leg");
    };
    assert_eq!(leg.side, huitong_core::leg::Side::Receivable);
    assert_eq!(leg.leg.creditor, person().home);
    assert_eq!(leg.leg.amount, fen(2_000));
}

#[test]
fn an_order_is_decided_once_and_its_id_binds_it() {
    let (home, original) = settled();
    let asked = || decide(order(1, &original, 2_000, deduct()), Some(&original));
    let (_, records) = home.run(asked());
    assert_eq!(records.len(), 1);
    assert_eq!(home.run(asked()), (DeductVerdict::Repeated, Vec::new()));
    let (other, records) = home.run(decide(
        order(1, &original, 2_001, deduct()),
        Some(&original),
    ));
    assert_eq!(other, DeductVerdict::Conflict(DeductionField::Amounts));
    assert!(records.is_empty());
    let mut elsewhere = order(1, &original, 2_000, deduct());
    elsewhere.body.settlement = id(2);
    let (other, _) = home.run(decide(elsewhere, Some(&original)));
    assert_eq!(other, DeductVerdict::Conflict(DeductionField::Settlement));
}

#[test]
fn no_more_is_deducted_than_the_fund_paid_less_what_was_deducted() {
    let (home, original) = settled();
    let ask = |nth, amount| {
        let asked = decide(order(nth, &original, amount, deduct()), Some(&original));
        home.run(asked).0
    };
    let (code, detail) = refused(ask(1, 7_001));
    assert_eq!(code, RefusalCode::DeductionTooLarge);
    assert_eq!(detail, "resident_pool 70.00");
    said(ask(2, 5_000));
    assert_eq!(refused(ask(3, 2_001)).1, "resident_pool 20.00");
    said(ask(4, 2_000));
    assert_eq!(refused(ask(5, 1)).1, "resident_pool 0.00");
    // What is withdrawn may be deducted again.
    let back = decide(order(4, &original, 2_000, withdraw()), Some(&original));
    assert!(matches!(
        said(home.run(back).0),
        DeductionVerdict::Accepted(_)
    ));
    said(ask(6, 2_000));
}

#[test]
fn nothing_is_taken_off_a_fund_whose_own_leg_is_never_netted() {
    let (home, original) = settled();
    let large = |nth, most: Fen| {
        let mut asked = decide(order(nth, &original, 2_000, deduct()), Some(&original));
        let paid = asked.paid.as_mut().unwrap();
        let pool = paid.amounts.iter_mut().find(|(fund, _)| *fund == POOL);
        pool.unwrap().1 = most;
        asked
    };
    let one_more = Fen::new(LARGEST_LEG.get() + 1).unwrap();
    let (code, detail) = refused(home.run(large(1, one_more)).0);
    assert_eq!(code, RefusalCode::DeductionLegTooLarge);
    assert_eq!(detail, "resident_pool");
    let accepted = said(home.run(large(2, LARGEST_LEG)).0);
    assert!(matches!(accepted, DeductionVerdict::Accepted(_)));
    assert_eq!(home.run(large(1, one_more)).0, DeductVerdict::Repeated);
    // What another fund paid is netted, and between a region and itself nothing is.
    let mut of_another = large(3, one_more);
    let critical = (Fund::ResidentCriticalIllness, fen(10));
    of_another.order.body.amounts = DeductionAmounts::new(vec![critical]).unwrap();
    of_another.paid.as_mut().unwrap().amounts.push(critical);
    let mut at_home = large(4, one_more);
    at_home.order.body.home = at_home.order.body.treatment;
    for asked in [of_another, at_home] {
        let accepted = said(home.run(asked).0);
        assert!(matches!(accepted, DeductionVerdict::Accepted(_)));
    }
}

#[test]
fn what_does_not_stand_or_is_another_settlement_is_finally_refused() {
    let (home, original) = settled();
    let mut unknown = order(1, &original, 1, deduct());
    unknown.body.settlement = id(9);
    let (verdict, records) = home.run(decide(unknown, None));
    assert_eq!(refused(verdict).0, RefusalCode::NotFound);
    assert_eq!(records.len(), 1, "it is journaled, and signed");
    let mut other = order(2, &original, 1, deduct());
    other.body.institution = "H51010400002".parse().unwrap();
    let (verdict, _) = home.run(decide(other, Some(&original)));
    assert_eq!(refused(verdict).0, RefusalCode::DeductionDiffers);
    let by_hand = decide(order(3, &original, 1, deduct()), None);
    assert_eq!(refused(home.run(by_hand).0).0, RefusalCode::NothingStands);
    home.run(reverse(&original));
    let late = decide(order(4, &original, 1, deduct()), Some(&original));
    assert_eq!(refused(home.run(late).0).0, RefusalCode::AlreadyReversed);
}

#[test]
fn a_settlement_has_no_more_deductions_than_one_may_have() {
    let (home, original) = settled();
    for nth in 1..=32 {
        let asked = decide(order(nth, &original, 1, deduct()), Some(&original));
        assert!(matches!(
            said(home.run(asked).0),
            DeductionVerdict::Accepted(_)
        ));
    }
    let asked = decide(order(33, &original, 1, deduct()), Some(&original));
    assert_eq!(refused(home.run(asked).0).0, RefusalCode::TooManyDeductions);
}

#[test]
fn a_deduction_is_withdrawn_once_and_only_while_it_stands() {
    let (home, original) = settled();
    let back = |nth| decide(order(nth, &original, 500, withdraw()), Some(&original));
    assert_eq!(
        refused(home.run(back(1)).0).0,
        RefusalCode::DeductionUnknown
    );
    home.run(decide(order(1, &original, 500, deduct()), Some(&original)));
    assert!(matches!(
        said(home.run(back(1)).0),
        DeductionVerdict::Accepted(_)
    ));
    assert_eq!(home.run(back(1)), (DeductVerdict::Repeated, Vec::new()));
    let too_much = order(2, &original, 500, deduct());
    let (_, _) = home.run(decide(too_much, None));
    assert_eq!(refused(home.run(back(2)).0).0, RefusalCode::DeductionEnded);
}

#[test]
fn a_reversal_ends_what_stands_of_its_settlement_in_its_own_frame() {
    let (home, original) = settled();
    home.run(decide(order(1, &original, 500, deduct()), Some(&original)));
    home.run(decide(order(2, &original, 700, deduct()), Some(&original)));
    home.run(decide(
        order(2, &original, 700, withdraw()),
        Some(&original),
    ));
    let (_, records) = home.run(reverse(&original));
    let [
        NodeRecord::ReversalOrdered(ordered),
        NodeRecord::DeductionLifted(lifted),
    ] = &records[..]
    else {
        panic!("{records:?}");
    };
    let legs = Leg::of_reversal(ordered.body());
    let own = u64::try_from(legs.len()).unwrap();
    assert_eq!(lifted.legs_from, ordered.legs_from.saturating_add(own));
    assert_eq!(lifted.lifted.deduction.to_bytes(), [1; 16]);
    assert_eq!(lifted.lifted.reversal, ordered.body().digest());
    let late = decide(order(1, &original, 500, withdraw()), Some(&original));
    assert_eq!(refused(home.run(late).0).0, RefusalCode::DeductionEnded);
}

#[test]
fn what_was_sent_before_the_treatment_regions_restore_does_nothing() {
    let (home, original) = settled();
    let treatment = original.claim.treatment;
    let peer = RestoredPeer {
        incarnation: 2,
        mark: [1; 16],
        written: 0,
        held: 0,
        before: Vec::new(),
    };
    home.put(Key::RestoredPeer(treatment), Row::RestoredPeer(peer));
    let asked = |sent_in| Decide {
        sent_in: Some(sent_in),
        ..decide(order(1, &original, 500, deduct()), Some(&original))
    };
    let (verdict, records) = home.run(asked(1));
    assert_eq!(verdict, DeductVerdict::OldIncarnation(2));
    assert!(records.is_empty());
    assert!(matches!(
        said(home.run(asked(2)).0),
        DeductionVerdict::Accepted(_)
    ));
}

fn restored(home: &Home) {
    let row = Restored {
        incarnation: 2,
        mark: [1; 16],
        since: crate::samples::now(),
        state: RestoreState::Collecting,
    };
    home.put(Key::Restored(), Row::Restored(row));
}

#[test]
fn what_comes_back_takes_the_numbers_that_the_clearinghouse_holds() {
    let (before, original) = settled();
    let asked = order(1, &original, 500, deduct());
    let (verdict, records) = before.run(decide(asked.clone(), Some(&original)));
    let DeductVerdict::Decided(record) = verdict else {
        panic!("{verdict:?}");
    };
    let legs: Vec<NumberedLeg> = crate::legs::stream::of_record(&records[0]).unwrap();
    // The backup is from before the deduction; its leg comes back first.
    let (home, _) = settled();
    restored(&home);
    let at = crate::samples::now();
    let number = legs[0].number;
    home.write(&NodeRecord::LegsRegained(LegsRegained { legs, at }));
    let proof = Proof {
        group: receipt(1).group,
        index: 0,
        path: Vec::new(),
    };
    let word = record.word(proof);
    let (_, records) = home.run(RegainDeduction(word.clone()));
    let [NodeRecord::DeductionRegained(regained)] = &records[..] else {
        panic!("{records:?}");
    };
    assert_eq!(regained.record.legs_from, number);
    let debt = asked.body.deduction.as_debt();
    assert!(
        home.rows
            .regained_legs(debt, LegKind::Deduction)
            .unwrap()
            .is_none()
    );
    // Said again it changes nothing.
    assert!(home.run(RegainDeduction(word)).1.is_empty());
    let again = decide(asked, Some(&original));
    assert_eq!(home.run(again).0, DeductVerdict::Repeated);
}

#[test]
fn a_word_that_nobody_has_any_more_is_said_anew_with_the_leg_that_is_there() {
    let (before, original) = settled();
    let asked = order(1, &original, 500, deduct());
    let (_, records) = before.run(decide(asked.clone(), Some(&original)));
    let mut legs: Vec<NumberedLeg> = crate::legs::stream::of_record(&records[0]).unwrap();
    legs[0].leg.business_day = "2023-03-08".parse().unwrap();
    let (home, _) = settled();
    restored(&home);
    let at = crate::samples::now();
    home.write(&NodeRecord::LegsRegained(LegsRegained {
        legs: legs.clone(),
        at,
    }));
    let (verdict, records) = home.run(decide(asked, Some(&original)));
    let day = "2023-03-08".parse().unwrap();
    assert_eq!(said(verdict), DeductionVerdict::Accepted(day));
    assert_eq!(crate::legs::stream::of_record(&records[0]).unwrap(), legs);
}
