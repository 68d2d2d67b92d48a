//! A settlement taken back after its cycle.

use huitong_core::membership::MemberChange;

use super::*;
use crate::testing::reversed;

#[test]
fn a_reversal_after_its_settlement_was_netted_lands_in_the_next_cycle_and_cancels_it() {
    let house = House::new(9);
    one_debt(&house);
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let first = house.net(1).unwrap();
    let back = reversed(&debt(1, 2, 3, 1_316_000), 2);
    // The treatment region owes now, and nobody else may say so.
    assert_eq!(
        code(house.report(3, &[receivable(2, &back)])),
        "leg.other_region"
    );
    house.report(3, &[payable(2, &back)]).unwrap();
    house.report(2, &[receivable(2, &back)]).unwrap();
    close_all(&house, 2);
    house.cut_off(2, Condition::AllClosed).unwrap();
    let second = house.net(2).unwrap();
    assert_eq!((first.legs(), second.legs()), (1, 1));
    for (one, other) in first.region_nets().iter().zip(second.region_nets()) {
        assert_eq!((one.region, one.fund), (other.region, other.fund));
        assert_eq!(one.amount.checked_add(other.amount).unwrap().get(), 0);
    }
    assert!(house.trial_balance().values().all(|sum| *sum == 0));
}

/// Cuts a day off and nets it; how many legs it took, and its sums.
pub(super) fn netted(house: &House, on: u8) -> (u64, i64) {
    close_all(house, on);
    house.cut_off(on, Condition::AllClosed).unwrap();
    let plan = house.net(on).unwrap();
    let owed = plan.region_nets().iter().map(|net| net.amount.get());
    (plan.legs(), owed.filter(|fen| *fen > 0).sum())
}

pub(super) fn waiting(house: &House) -> Vec<(String, u64, WaitingReason)> {
    let rows = excepted(house, Asked::default(), None).rows.into_iter();
    let row = |row: Exception| {
        let leg = row.leg;
        (
            leg.region.to_string(),
            leg.numbered.number,
            reason_of(leg.why),
        )
    };
    let mut rows: Vec<_> = rows.map(row).collect();
    rows.sort();
    rows
}

pub(super) const RETURNS: [Return; 3] = [Return::Stopped, Return::PowerCut, Return::IndexLost];

/// The remedy for what differs: it is reversed and settled again, and the creditor gets what was settled again.
#[test]
fn of_what_differs_and_is_reversed_nothing_is_paid_back_and_what_is_settled_again_is_paid() {
    for how in RETURNS {
        let mut house = House::new(9);
        let (wrong, told) = (debt(1, 2, 3, 100), debt(1, 2, 3, 101));
        let (back, anew) = (reversed(&wrong, 1), debt(2, 2, 3, 100));
        let of_creditor = [
            receivable(1, &wrong),
            payable(2, &back),
            receivable(3, &anew),
        ];
        house.report(3, &of_creditor).unwrap();
        let of_debtor = [payable(1, &told), receivable(2, &back), payable(3, &anew)];
        house.report(2, &of_debtor).unwrap();
        house.come_back(how);
        let status = house.status(None);
        assert_eq!((status.agreed, status.waiting, status.differing), (1, 0, 0));
        assert!(status.oldest.is_empty());
        assert_eq!(netted(&house, 1), (1, 100), "{how:?}");
        house.come_back(how);
        // Both took it back, so nothing is to be paid and nothing is to be done; that is no difference any more.
        let over = WaitingReason::TakenBack;
        let expected = [("330200", 1), ("330200", 2), ("510100", 1)];
        let expected = expected.map(|(region, number)| (region.to_owned(), number, over));
        assert_eq!(waiting(&house), expected, "{how:?}");
        assert_eq!(netted(&house, 2), (0, 0), "{how:?}");
        // Should the debtor say after all what the creditor said, both go, and cancel out.
        house.report(2, &[payable(4, &wrong)]).unwrap();
        house.come_back(how);
        assert_eq!(netted(&house, 3), (2, 0), "{how:?}");
        assert!(house.trial_balance().values().all(|sum| *sum == 0));
    }
}

#[test]
fn a_reversal_waits_for_its_settlement_and_goes_with_it_or_after_it() {
    for how in RETURNS {
        let mut house = House::new(9);
        let settled = debt(1, 2, 3, 500);
        let back = reversed(&settled, 1);
        // The debtor has not reported the settlement, and nobody the other one.
        house
            .report(3, &[receivable(1, &settled), payable(2, &back)])
            .unwrap();
        let part = huitong_core::leg::Leg {
            amount: Fen::new(7).unwrap(),
            ..reversed(&debt(2, 2, 3, 9), 1)
        };
        house.report(3, &[payable(3, &part)]).unwrap();
        house
            .report(2, &[receivable(1, &back), receivable(2, &part)])
            .unwrap();
        assert_eq!(house.status(None).agreed, 0, "{how:?}");
        assert_eq!(netted(&house, 1), (0, 0), "{how:?}");
        house.come_back(how);
        let of = |region: &str, number, reason| (region.to_owned(), number, reason);
        let expected = [
            of("330200", 1, WaitingReason::TakenBack),
            of("330200", 2, WaitingReason::OriginalNotNetted),
            of("510100", 1, WaitingReason::TakenBack),
        ];
        assert_eq!(waiting(&house), expected, "{how:?}");
        // It comes past the marks of the second day: until then both wait.
        for of in 0..4 {
            house.close(of, 2, house.position(of)).unwrap();
        }
        house.report(2, &[payable(3, &settled)]).unwrap();
        house.cut_off(2, Condition::AllClosed).unwrap();
        assert_eq!(house.net(2).unwrap().legs(), 0, "{how:?}");
        house.come_back(how);
        let late = [("330200", 1), ("510100", 1)];
        let late = late.map(|(region, number)| of(region, number, WaitingReason::Late));
        assert_eq!(
            waiting(&house),
            [&late[..1], &expected[1..2], &late[1..]].concat(),
            "{how:?}"
        );
        assert_eq!(netted(&house, 3), (2, 0), "{how:?}");
        house.come_back(how);
        assert_eq!(netted(&house, 4), (0, 0), "{how:?}");
    }
}

/// Also when the settlement went with a plan before its reversal came, or while that waited for its own other side.
#[test]
fn a_reversal_goes_once_its_settlement_went() {
    for how in RETURNS {
        for is_first in [false, true] {
            let mut house = House::new(9);
            one_debt(&house);
            let back = reversed(&debt(1, 2, 3, 1_316_000), 1);
            if is_first {
                house.report(3, &[payable(2, &back)]).unwrap();
                house.report(2, &[receivable(2, &back)]).unwrap();
                // Its cycle comes later than that of its settlement.
                house.close(2, 1, 1).unwrap();
                for of in [0, 1, 3] {
                    house.close(of, 1, house.position(of)).unwrap();
                }
                house.cut_off(1, Condition::AllClosed).unwrap();
                assert_eq!(house.net(1).unwrap().legs(), 1);
            } else {
                assert_eq!(netted(&house, 1), (1, 1_316_000));
                house.come_back(how);
                house.report(3, &[payable(2, &back)]).unwrap();
                house.report(2, &[receivable(2, &back)]).unwrap();
            }
            house.come_back(how);
            assert_eq!(netted(&house, 2), (1, 1_316_000), "{how:?} {is_first}");
            assert!(waiting(&house).is_empty());
        }
    }
}

/// A settlement that a region attests otherwise is kept out, and its reversal with it; both go once it attests it.
#[test]
fn the_reversal_of_what_is_attested_otherwise_waits_with_it() {
    let house = House::new(9);
    one_debt(&house);
    let back = reversed(&debt(1, 2, 3, 1_316_000), 1);
    house.report(3, &[payable(2, &back)]).unwrap();
    house.report(2, &[receivable(2, &back)]).unwrap();
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    // Its book has the reversal's row and not the settlement's.
    let row = house.ask(|context| {
        let asked = context.state.attesting().unwrap();
        let of_back = asked.rows.values().find(|row| row.pair.debtor == region(3));
        Ok(Decided::answer(*of_back.unwrap()))
    });
    let row = row.unwrap();
    house
        .ask(move |context| attest(context, told(2), day(1), &[row]))
        .unwrap();
    assert_eq!(house.status(Some(1)).agreed, 0);
    assert_eq!(house.net(1).unwrap().legs(), 0);
    let over = WaitingReason::TakenBack;
    let expected = [
        ("330200".to_owned(), 2, over),
        ("510100".to_owned(), 1, over),
    ];
    assert_eq!(waiting(&house), expected);
    // Nothing is to come of it, so it keeps nobody from leaving.
    for change in [MemberChange::Suspend, MemberChange::Leave] {
        assert_eq!(super::members::both(&house, "330200", &change), Ok(true));
    }
}

/// A deduction and its end are such debts too: the end goes with its deduction or after it.
#[test]
fn the_end_of_a_deduction_waits_for_the_deduction() {
    let house = House::new(9);
    let deduction = huitong_core::leg::Leg {
        kind: huitong_core::leg::LegKind::Deduction,
        ..debt(1, 3, 2, 40)
    };
    let end = huitong_core::leg::Leg {
        kind: huitong_core::leg::LegKind::DeductionEnd,
        debtor: region(2),
        creditor: region(3),
        ..deduction.clone()
    };
    house.report(2, &[payable(1, &end)]).unwrap();
    house
        .report(3, &[receivable(1, &end), payable(2, &deduction)])
        .unwrap();
    assert_eq!(netted(&house, 1), (0, 0));
    house.report(2, &[receivable(2, &deduction)]).unwrap();
    assert_eq!(netted(&house, 2), (2, 0));
}

/// The proof looks for itself: a plan of a reversal alone does not pass.
#[test]
fn a_plan_that_takes_back_what_no_plan_took_does_not_pass_its_proof() {
    let back = huitong_netting::AgreedLeg::new(1, 1, &reversed(&debt(1, 2, 3, 5), 1));
    let settled = huitong_netting::AgreedLeg::new(2, 2, &debt(1, 2, 3, 5));
    let members = members();
    let marks = [(region(2), 2), (region(3), 2)].into();
    let check = |legs: &[huitong_netting::AgreedLeg], is_taken| {
        let inputs = huitong_netting::Inputs {
            day: day(1),
            parent: None,
            members: &members,
            marks: &marks,
            legs,
        };
        let taken = |_, pair: Pair| {
            assert_eq!((pair.debtor, pair.creditor), (region(2), region(3)));
            Ok::<_, std::convert::Infallible>(is_taken)
        };
        let Ok(found) = huitong_netting::check_originals(&inputs, |_| None, taken);
        found
    };
    let without = huitong_netting::PlanFault::WithoutOriginal {
        region: region(2),
        number: 1,
    };
    assert_eq!(check(std::slice::from_ref(&back), false), Err(without));
    assert_eq!(check(std::slice::from_ref(&back), true), Ok(()));
    assert_eq!(check(&[back, settled], false), Ok(()));
}
