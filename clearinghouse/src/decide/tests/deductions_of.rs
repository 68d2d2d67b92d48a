//! A deduction of which its region said of which settlement it is.

use huitong_core::leg::Leg;
use huitong_core::record::clearing::DeductionOf;

use super::reversals::{RETURNS, netted, waiting};
use super::*;
use crate::decide::failed::NotNetted;
use crate::decide::net::proven;
use crate::state::LeftOut;
use crate::testing::{deducted, ended, of, reversed};

/// Ningbo (2) owes Chengdu (3) for a settlement, of which Chengdu was paid too much.
fn settled() -> Leg {
    debt(1, 2, 3, 500)
}

/// Chengdu owes so much of it back.
fn deduction() -> Leg {
    deducted(7, &settled(), 40)
}

fn row(region: &str, number: u64, reason: WaitingReason) -> (String, u64, WaitingReason) {
    (region.to_owned(), number, reason)
}

/// Both report the deduction under the next numbers, this one first; Chengdu says of which settlement it is.
fn both_deduct(house: &House, first: usize, settled: &Leg, deduction: &Leg) {
    let next = |of| house.position(of) + 1;
    let (here, there) = (next(3), next(2));
    let said = [of(here, settled)];
    for reports in [first, 5 - first] {
        if reports == 3 {
            house.report_of(3, &[payable(here, deduction)], &said)
        } else {
            house.report(2, &[receivable(there, deduction)])
        }
        .unwrap();
    }
}

#[test]
fn a_deduction_waits_for_its_settlement_and_goes_with_it_or_after_it() {
    for (how, first) in RETURNS.map(|how| [(how, 2), (how, 3)]).concat() {
        let mut house = House::new(70);
        // The debtor has not reported the settlement.
        house.report(3, &[receivable(1, &settled())]).unwrap();
        both_deduct(&house, first, &settled(), &deduction());
        assert_eq!(house.status(None).agreed, 0, "{how:?}");
        house.come_back(how);
        assert_eq!(netted(&house, 1), (0, 0), "{how:?} {first}");
        house.come_back(how);
        let waits = row("330200", 1, WaitingReason::OriginalNotNetted);
        let missing = row("510100", 1, WaitingReason::CounterpartMissing);
        assert_eq!(waiting(&house), [waits, missing], "{how:?}");
        // It comes past the marks of the second day: until then both wait.
        for of in 0..4 {
            house.close(of, 2, house.position(of)).unwrap();
        }
        house.report(2, &[payable(2, &settled())]).unwrap();
        house.cut_off(2, Condition::AllClosed).unwrap();
        assert_eq!(house.net(2).unwrap().legs(), 0, "{how:?}");
        house.come_back(how);
        let late = ["330200", "510100"].map(|region| row(region, 1, WaitingReason::Late));
        assert_eq!(waiting(&house), late, "{how:?}");
        assert_eq!(house.status(None).agreed, 2, "{how:?}");
        assert_eq!(netted(&house, 3), (2, 460), "{how:?}");
        // One that comes once the settlement went waits for nothing.
        house.come_back(how);
        let later = deducted(8, &settled(), 3);
        both_deduct(&house, first, &settled(), &later);
        house.come_back(how);
        assert_eq!(netted(&house, 4), (1, 3), "{how:?}");
        house.come_back(how);
        assert_eq!(netted(&house, 5), (0, 0), "{how:?}");
        let kept = house.ask(|context| {
            let said = |number| context.state.matching.said_of((region(3), number));
            Ok(Decided::answer((1..=9).find_map(said)))
        });
        assert_eq!(kept, Ok(None), "what went is kept no longer");
    }
}

/// Also when a plan takes the settlement while the deduction waits for a later cycle, or for its own other side.
#[test]
fn a_deduction_goes_once_its_settlement_went() {
    for how in RETURNS {
        let mut house = House::new(71);
        house.report(3, &[receivable(1, &settled())]).unwrap();
        house.report(2, &[payable(1, &settled())]).unwrap();
        let said = [of(2, &settled())];
        house
            .report_of(3, &[payable(2, &deduction())], &said)
            .unwrap();
        assert_eq!(netted(&house, 1), (1, 500));
        house.come_back(how);
        house.report(2, &[receivable(2, &deduction())]).unwrap();
        house.come_back(how);
        assert_eq!(netted(&house, 2), (1, 40), "{how:?}");
        assert!(waiting(&house).is_empty());
    }
}

/// What differs waits, and what is deducted from it; nobody else does.
#[test]
fn the_deduction_of_what_differs_waits_alone() {
    for how in RETURNS {
        let mut house = House::new(72);
        let other = debt(2, 2, 3, 9);
        house
            .report(3, &[receivable(1, &settled()), receivable(2, &other)])
            .unwrap();
        house
            .report(2, &[payable(1, &debt(1, 2, 3, 501)), payable(2, &other)])
            .unwrap();
        both_deduct(&house, 3, &settled(), &deduction());
        // Of this one nobody said of which settlement it is: it goes as it always did.
        let unsaid = deducted(8, &settled(), 5);
        house.report(3, &[payable(4, &unsaid)]).unwrap();
        house.report(2, &[receivable(4, &unsaid)]).unwrap();
        house.come_back(how);
        assert_eq!(netted(&house, 1), (2, 4), "{how:?}");
        house.come_back(how);
        let differs = reason_of(Waiting::Differs(huitong_core::leg::LegField::Amount));
        let expected = [
            row("330200", 1, differs),
            row("330200", 3, WaitingReason::OriginalNotNetted),
            row("510100", 1, differs),
        ];
        assert_eq!(waiting(&house), expected, "{how:?}");
        assert!(house.trial_balance().values().all(|sum| *sum == 0));
    }
}

/// The settlement is reversed, and the deduction ends with it: of all four nothing is to come, until the two agree on it.
#[test]
fn a_deduction_of_what_was_taken_back_ends_with_it() {
    for how in RETURNS {
        let mut house = House::new(73);
        let (wrong, back) = (debt(1, 2, 3, 501), reversed(&settled(), 1));
        let (off, end) = (deduction(), ended(&deduction()));
        let of_chengdu = [
            receivable(1, &settled()),
            payable(2, &back),
            payable(3, &off),
            receivable(4, &end),
        ];
        house
            .report_of(3, &of_chengdu, &[of(3, &settled())])
            .unwrap();
        let of_ningbo = [
            payable(1, &wrong),
            receivable(2, &back),
            receivable(3, &off),
            payable(4, &end),
        ];
        house.report(2, &of_ningbo).unwrap();
        house.come_back(how);
        assert_eq!(house.status(None).agreed, 0, "{how:?}");
        assert_eq!(netted(&house, 1), (0, 0), "{how:?}");
        house.come_back(how);
        let over = [("330200", 1), ("330200", 2), ("330200", 3)];
        let over = over.into_iter().chain([("510100", 1), ("510100", 4)]);
        let over: Vec<_> = over
            .map(|(region, number)| row(region, number, WaitingReason::TakenBack))
            .collect();
        assert_eq!(waiting(&house), over, "{how:?}");
        assert_eq!(netted(&house, 2), (0, 0), "{how:?}");
        house.report(2, &[payable(5, &settled())]).unwrap();
        house.come_back(how);
        assert_eq!(netted(&house, 3), (4, 0), "{how:?}");
        assert!(house.trial_balance().values().all(|sum| *sum == 0));
    }
}

/// Its end waits as long as the deduction does, also when both came before the settlement.
#[test]
fn the_end_of_a_deduction_waits_with_it_for_the_settlement() {
    for how in RETURNS {
        let mut house = House::new(74);
        let part = Leg {
            amount: Fen::new(15).unwrap(),
            ..ended(&deduction())
        };
        house.report(3, &[receivable(1, &part)]).unwrap();
        house.report(2, &[payable(1, &part)]).unwrap();
        both_deduct(&house, 2, &settled(), &deduction());
        house.come_back(how);
        assert_eq!(netted(&house, 1), (0, 0), "{how:?}");
        let waits = [("330200", 2), ("510100", 1)];
        let waits = waits.map(|(of, number)| row(of, number, WaitingReason::OriginalNotNetted));
        assert_eq!(waiting(&house), waits, "{how:?}");
        house.report(3, &[receivable(3, &settled())]).unwrap();
        house.report(2, &[payable(3, &settled())]).unwrap();
        house.come_back(how);
        assert_eq!(netted(&house, 2), (3, 475), "{how:?}");
    }
}

/// Whatever else is said beside legs says nothing: they are taken, and go as if it had not been said.
#[test]
fn only_the_first_word_on_an_own_payable_deduction_counts() {
    let (unknown, two_others) = (debt(9, 2, 3, 1), debt(2, 0, 1, 9));
    // Chengdu is owed the settlement and a deduction, and owes one.
    let (off, other) = (deduction(), deducted(8, &debt(2, 3, 2, 600), 11));
    let legs = [
        receivable(1, &settled()),
        receivable(2, &other),
        payable(3, &off),
    ];
    let nothing = [1, 2, 0, 4, u64::MAX].map(|number| of(number, &unknown));
    let cases: [(&[DeductionOf], u64); 6] = [
        (&nothing, 4),
        (&[of(3, &settled())], 4),
        (&[of(3, &settled()), of(3, &unknown)], 4),
        // It waits, and nobody else's debt does.
        (&[of(3, &unknown), of(3, &settled())], 3),
        (&[of(3, &two_others)], 3),
        (&[of(3, &off)], 3),
    ];
    for (said, goes) in cases {
        let house = House::new(75);
        house.report(1, &[receivable(1, &two_others)]).unwrap();
        house.report(0, &[payable(1, &two_others)]).unwrap();
        assert_eq!(house.report_of(3, &legs, said), Ok(3));
        // Said once more of legs that are held, it says nothing any more.
        assert_eq!(house.report_of(3, &legs[1..], &[of(3, &unknown)]), Ok(3));
        let of_ningbo = [
            payable(1, &settled()),
            payable(2, &other),
            receivable(3, &off),
        ];
        // Nor does the word of the one that is owed.
        assert_eq!(house.report_of(2, &of_ningbo, &[of(3, &unknown)]), Ok(3));
        assert_eq!(netted(&house, 1).0, goes, "{said:?}");
    }
}

/// What waits for its settlement is asked of nobody, and goes with a settlement that is attested otherwise.
#[test]
fn a_deduction_that_waits_is_not_asked_about() {
    let house = House::new(76);
    one_debt(&house);
    let (paid, late) = (debt(1, 2, 3, 1_316_000), debt(2, 2, 3, 70));
    both_deduct(&house, 3, &paid, &deducted(7, &paid, 6));
    both_deduct(&house, 3, &late, &deducted(8, &late, 4));
    house.report(3, &[receivable(4, &late)]).unwrap();
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let rows = house.ask(|context| {
        let asked = context.state.attesting().unwrap();
        let rows = asked.rows.values().copied().collect::<Vec<_>>();
        let numbers = [2, 3].map(|of| asked.numbers.get(&region(of)).unwrap().except.clone());
        Ok(Decided::answer((rows, numbers)))
    });
    let (rows, except) = rows.unwrap();
    let sums: Vec<_> = rows.iter().map(|row| (row.pair.debtor, row.legs)).collect();
    assert_eq!(sums, [(region(2), 1), (region(3), 1)]);
    let first = |number| huitong_netting::Run {
        first: number,
        last: number,
    };
    assert_eq!(except[0], [first(3)]);
    assert_eq!(except[1], [huitong_netting::Run { first: 3, last: 4 }]);
    // Ningbo has the first settlement otherwise: both wait for theirs.
    let of_chengdu = rows.into_iter().find(|row| row.pair.debtor == region(3));
    let said = [of_chengdu.unwrap()];
    house
        .ask(move |context| attest(context, told(2), day(1), &said))
        .unwrap();
    assert_eq!(house.net(1).unwrap().legs(), 0);
    let without = |number| row("330200", number, WaitingReason::OriginalNotNetted);
    let rows = waiting(&house);
    assert_eq!(rows[..2], [without(2), without(3)]);
}

/// A plan of before a restore, by a program that took deductions without their settlement, stands by its digest; what that
/// program did not take is taken by today's rule.
#[test]
fn a_plan_of_before_a_restore_with_a_deduction_alone_stands() {
    let before = House::new(77);
    for (of, leg) in [
        (3, payable(1, &deduction())),
        (2, receivable(1, &deduction())),
    ] {
        before.report(of, &[leg]).unwrap();
    }
    close_all(&before, 1);
    before.cut_off(1, Condition::AllClosed).unwrap();
    let plan = before.net(1).unwrap();
    assert_eq!(plan.legs(), 1);
    let mut house = House::new(77);
    both_deduct(&house, 3, &settled(), &deduction());
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let backup = house.disk.copy();
    assert_eq!(house.net(1).unwrap().legs(), 0);
    house.put_back(&backup);
    let expected = Expected::Plan(huitong_core::digest::sha256(&plan.to_bytes()));
    let again = house.ask(move |context| net(context, day(1), expected, 0, officer()));
    assert_eq!(again, Ok(plan));
    house
        .ask(|context| resume(context, Some(day(1)), officer()))
        .unwrap();
    house.come_back(Return::IndexLost);
    assert_eq!(netted(&house, 2), (0, 0));
}

/// A planner that takes a deduction alone does not get its plan past the proof: the leg of no plan is named.
#[test]
fn a_plan_with_a_deduction_alone_does_not_pass_its_proof() {
    let off = huitong_netting::AgreedLeg::new(1, 2, &deduction());
    let members = members();
    let marks = [(region(2), 1), (region(3), 2)].into();
    let inputs = huitong_netting::Inputs {
        day: day(1),
        parent: None,
        members: &members,
        marks: &marks,
        legs: std::slice::from_ref(&off),
    };
    let check = |said: Option<Leg>, is_taken: bool| {
        let said = said.map(|leg| leg.settlement);
        let taken = |asked: huitong_core::leg::Debt, pair: Pair| {
            assert_eq!(asked, settled().debt());
            assert_eq!(pair, Pair::of(&settled()));
            Ok::<_, std::convert::Infallible>(is_taken)
        };
        let Ok(found) = huitong_netting::check_originals(&inputs, |_| said, taken);
        found
    };
    let without = huitong_netting::PlanFault::WithoutOriginal {
        region: region(2),
        number: 1,
    };
    assert_eq!(check(Some(settled()), false), Err(without));
    assert_eq!(check(Some(settled()), true), Ok(()));
    assert_eq!(check(None, false), Ok(()));
}

/// Were a cycle to take one alone, or a reversal, its proof finds it: the cycle fails, and names the leg.
#[test]
fn the_proof_of_a_cycle_looks_at_deductions_and_reversals() {
    let house = House::new(78);
    let (off, back) = (deduction(), reversed(&debt(2, 2, 3, 9), 1));
    both_deduct(&house, 3, &settled(), &off);
    house.report(3, &[payable(2, &back)]).unwrap();
    house.report(2, &[receivable(2, &back)]).unwrap();
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    for (number, leg) in [(1, off), (2, back)] {
        let legs = [huitong_netting::AgreedLeg::new(number, number, &leg)];
        let failed = house.ask(move |context| {
            let inputs = huitong_netting::Inputs {
                day: day(1),
                parent: None,
                members: &context.state.members,
                marks: &context.state.cycles.get(&day(1)).unwrap().marks,
                legs: &legs,
            };
            let inputs = (&inputs, &LeftOut::ALL[..]);
            let proof = proven(context, huitong_netting::plan, inputs, |_| None)?;
            Ok(match proof {
                Err(NotNetted::Failed(failure)) => failure.decided(context, day(1)),
                Ok(_) | Err(NotNetted::Refused(_)) => Decided::answer(()),
            })
        });
        assert_eq!(code(failed), "cycle.cannot_net");
        let named = house.status(Some(1)).failed.unwrap().named;
        assert_eq!(named.debts, [(leg.debt(), Pair::of(&leg))].into());
    }
}
