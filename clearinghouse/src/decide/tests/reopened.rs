//! A cycle that cannot be netted fails by itself, and two officers leave out what is wrong.

use std::collections::BTreeSet;

use huitong_core::checkpoint::row::Pair;
use huitong_core::checkpoint::search::RowLegs;
use huitong_core::fund::Fund;
use huitong_core::leg::{Leg, NumberedLeg};
use huitong_core::money::MoneyError;
use huitong_core::officer::OfficerName;
use huitong_core::region::RegionCode;
use huitong_netting::{Inputs, NettingPlan, PlanError, plan};

use super::*;

mod after_restore;

const RETURNS: [Return; 3] = [Return::Stopped, Return::PowerCut, Return::IndexLost];

fn row() -> Pair {
    Pair {
        debtor: region(2),
        creditor: region(3),
        fund: Fund::ResidentPool,
    }
}

/// A planner whose sums hold less than what Ningbo owes Chengdu.
fn narrow(inputs: &Inputs<'_>) -> Result<NettingPlan, PlanError> {
    let legs = inputs.legs.iter().filter(|leg| leg.debtor == region(2));
    let owed: i64 = legs.map(|leg| leg.amount.get()).sum();
    if owed < 1_000_000 {
        return plan(inputs);
    }
    Err(PlanError::Sum {
        region: region(2),
        fund: Fund::ResidentPool,
        error: MoneyError::OutOfRange,
    })
}

/// A planner that makes one fen more of what Ningbo owes.
fn saboteur(inputs: &Inputs<'_>) -> Result<NettingPlan, PlanError> {
    let mut legs = inputs.legs.to_vec();
    for leg in legs.iter_mut().filter(|leg| leg.debtor == region(2)) {
        leg.amount = Fen::new(leg.amount.get() + 1).unwrap();
    }
    plan(&Inputs {
        legs: &legs,
        ..*inputs
    })
}

fn net_by(house: &House, planner: Planner) -> Result<NettingPlan, Refusal> {
    house.ask(move |context| {
        super::net_by(context, planner, (day(1), Expected::Unknown), 0, officer())
    })
}

fn reopen(house: &House, named: Named, by: &str) -> Result<Reopening, Refusal> {
    let by = OfficerName::parse(by).unwrap();
    house.ask(move |context| super::reopen(context, day(1), &named, by))
}

/// The first day is cut off: Ningbo owes Chengdu 13,160.00, and Chengdu owes Hangzhou 5.00.
fn cut_off_day(house: &House) {
    house.clock.put("2026-03-02T01:00:00.000Z");
    one_debt(house);
    let other = debt(2, 3, 1, 500);
    house.report(3, &[payable(2, &other)]).unwrap();
    house.report(1, &[receivable(1, &other)]).unwrap();
    close_all(house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
}

/// All that waits, and why.
fn waiting(house: &House) -> Vec<(RegionCode, u64, WaitingReason)> {
    let rows = excepted(house, Asked::default(), None).rows.into_iter();
    let row = |row: Exception| {
        let leg = row.leg;
        (leg.region, leg.numbered.number, reason_of(leg.why))
    };
    let mut rows: Vec<_> = rows.map(row).collect();
    rows.sort();
    rows
}

/// What officers left out of the last cycle.
fn left_out(house: &House) -> Vec<(RegionCode, u64)> {
    let asked = Asked {
        reason: Some(WaitingReason::LeftOut),
        ..Asked::default()
    };
    let rows = excepted(house, asked, None).rows.into_iter();
    rows.map(|row| (row.leg.region, row.leg.numbered.number))
        .collect()
}

fn next_leg(house: &House, of: usize, leg: fn(u64, &Leg) -> NumberedLeg) {
    let number = house.position(of) + 1;
    let taken = house.report(of, &[leg(number, &debt(7, 2, 3, 30))]);
    assert_eq!(taken, Ok(number), "intake goes on");
}

#[test]
fn a_cycle_that_cannot_be_netted_fails_alone_and_is_netted_without_what_two_officers_leave_out() {
    let planners: [(Planner, &str); 2] = [(narrow, "the sum for region"), (saboteur, "proof")];
    for (planner, fault) in planners {
        let mut bytes = BTreeSet::new();
        for how in RETURNS {
            let mut house = House::new(60);
            cut_off_day(&house);
            let refused = net_by(&house, planner).unwrap_err();
            assert_eq!(refused.code.code(), "cycle.cannot_net");
            assert!(refused.detail.contains(fault), "{}", refused.detail);
            house.come_back(how);
            // What is wrong stays known, and is journaled once however often it is tried.
            let failed = house.status(Some(1)).failed;
            assert_eq!(failed.as_ref().unwrap().named.rows, [row()].into());
            house.clock.put("2026-03-02T02:00:00.000Z");
            assert_eq!(code(net_by(&house, planner)), "cycle.cannot_net");
            let status = house.status(Some(1));
            assert_eq!(
                (status.state, &status.failed),
                (CycleState::Failed, &failed)
            );
            next_leg(&house, 3, receivable);
            // One officer alone leaves nothing out, however often.
            let wanted = failed.unwrap().named;
            for _ in 0..2 {
                let came = reopen(&house, Named::default(), "wang.fang");
                assert_eq!(came, Ok(Reopening::Proposed(wanted.clone())));
                house.come_back(how);
            }
            assert_eq!(code(net_by(&house, planner)), "cycle.cannot_net");
            let by = house.status(Some(1)).proposed.map(|proposed| proposed.by);
            assert_eq!(by.unwrap().as_str(), "wang.fang");
            let marks = house
                .status(Some(1))
                .regions
                .iter()
                .map(|of| of.mark)
                .collect::<Vec<_>>();
            let named = Named {
                rows: [row()].into(),
                ..Named::default()
            };
            let came = reopen(&house, named.clone(), "li.na");
            assert_eq!(came, Ok(Reopening::Reopened(wanted.clone())));
            house.come_back(how);
            // Said again it is as it was, whoever says it.
            for by in ["li.na", "wang.fang"] {
                let again = reopen(&house, named.clone(), by);
                assert_eq!(again, Ok(Reopening::Reopened(wanted.clone())));
            }
            let status = house.status(Some(1));
            assert_eq!((status.state, status.agreed), (CycleState::CutOff, 1));
            assert_eq!(status.left_out, wanted);
            let same = status.regions.iter().map(|of| of.mark);
            assert!(same.eq(marks), "the marks are the same");
            let netted = net_by(&house, planner).unwrap();
            assert_eq!(netted.legs(), 1);
            house.come_back(how);
            assert_eq!(house.net(1).unwrap().to_bytes(), netted.to_bytes());
            bytes.insert(netted.to_bytes());
            assert_eq!(left_out(&house), [(region(3), 1)]);
            // The next cycle takes it, with what came since.
            next_leg(&house, 2, payable);
            close_all(&house, 2);
            house.cut_off(2, Condition::AllClosed).unwrap();
            assert_eq!(house.net(2).unwrap().legs(), 2);
            assert!(house.trial_balance().values().all(|sum| *sum == 0));
        }
        assert_eq!(
            bytes.len(),
            1,
            "the same bytes whatever happened in between"
        );
    }
}

#[test]
fn officers_name_legs_or_rows_and_mean_the_same() {
    let house = House::new(61);
    assert_eq!(
        code(reopen(&house, Named::default(), "wang.fang")),
        "cycle.not_cut_off"
    );
    cut_off_day(&house);
    assert_eq!(
        code(reopen(&house, Named::default(), "wang.fang")),
        "cycle.not_failed"
    );
    net_by(&house, narrow).unwrap_err();
    let leg = |number| Named {
        legs: [(region(2), number)].into(),
        ..Named::default()
    };
    assert_eq!(
        code(reopen(&house, leg(9), "wang.fang")),
        "request.malformed"
    );
    let of_leg = reopen(&house, leg(1), "wang.fang").unwrap();
    // The other officer means another thing: that is another proposal.
    let of_row = reopen(&house, Named::default(), "li.na").unwrap();
    assert!(
        matches!((&of_leg, &of_row), (Reopening::Proposed(leg), Reopening::Proposed(row)) if leg != row)
    );
    let again = reopen(&house, leg(1), "li.na").unwrap();
    assert_eq!(again, of_leg);
    assert!(matches!(
        reopen(&house, leg(1), "wang.fang"),
        Ok(Reopening::Reopened(_))
    ));
    assert_eq!(net_by(&house, narrow).unwrap().legs(), 1);
    assert_eq!(
        code(reopen(
            &house,
            Named {
                rows: [row()].into(),
                ..Named::default()
            },
            "li.na"
        )),
        "cycle.not_failed"
    );
}

#[test]
fn what_takes_back_what_is_left_out_waits_with_it() {
    let house = House::new(62);
    one_debt(&house);
    let back = crate::testing::reversed(&debt(1, 2, 3, 1_316_000), 1);
    house.report(3, &[payable(2, &back)]).unwrap();
    house.report(2, &[receivable(2, &back)]).unwrap();
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    net_by(&house, narrow).unwrap_err();
    let leg = Named {
        legs: [(region(3), 1)].into(),
        ..Named::default()
    };
    for by in ["wang.fang", "li.na"] {
        reopen(&house, leg.clone(), by).unwrap();
    }
    let both = [(2, 2), (3, 1)].map(|(of, number)| (region(of), number, WaitingReason::LeftOut));
    assert_eq!(waiting(&house), both);
    let status = house.status(Some(1));
    assert_eq!((status.agreed, status.waiting), (0, 2));
    assert_eq!(net_by(&house, narrow).unwrap().legs(), 0);
    assert_eq!(waiting(&house), both);
    house.net(1).unwrap();
    close_all(&house, 2);
    house.cut_off(2, Condition::AllClosed).unwrap();
    assert_eq!(house.net(2).unwrap().legs(), 2);
}

/// So does a deduction of which it is known that it is of that, and the end of it.
#[test]
fn what_is_deducted_from_what_is_left_out_waits_with_it() {
    let house = House::new(67);
    one_debt(&house);
    let paid = debt(1, 2, 3, 1_316_000);
    let off = crate::testing::deducted(7, &paid, 40);
    let end = crate::testing::ended(&off);
    let said = [crate::testing::of(2, &paid)];
    let of_chengdu = [payable(2, &off), receivable(3, &end)];
    house.report_of(3, &of_chengdu, &said).unwrap();
    house
        .report(2, &[receivable(2, &off), payable(3, &end)])
        .unwrap();
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    net_by(&house, narrow).unwrap_err();
    let leg = Named {
        legs: [(region(3), 1)].into(),
        ..Named::default()
    };
    for by in ["wang.fang", "li.na"] {
        reopen(&house, leg.clone(), by).unwrap();
    }
    let all = [(2, 2), (3, 1), (3, 3)];
    let all = all.map(|(of, number)| (region(of), number, WaitingReason::LeftOut));
    assert_eq!(waiting(&house), all);
    let status = house.status(Some(1));
    assert_eq!((status.agreed, status.waiting), (0, 3));
    assert_eq!(net_by(&house, narrow).unwrap().legs(), 0);
    assert_eq!(waiting(&house), all);
    close_all(&house, 2);
    house.cut_off(2, Condition::AllClosed).unwrap();
    assert_eq!(house.net(2).unwrap().legs(), 3);
}

#[test]
fn a_program_that_is_mended_nets_all_and_needs_nobody() {
    let house = House::new(63);
    cut_off_day(&house);
    net_by(&house, saboteur).unwrap_err();
    assert_eq!(house.net(1).unwrap().legs(), 2);
    assert_eq!(house.status(Some(1)).failed, None);
    assert!(left_out(&house).is_empty());
}

#[test]
fn what_was_reopened_while_it_was_counted_is_counted_anew() {
    let house = House::new(64);
    cut_off_day(&house);
    net_by(&house, narrow).unwrap_err();
    let (found, steps) = super::status::counted(&house, 1, |step| {
        let officers = ["wang.fang", "li.na"].into_iter();
        for by in officers.filter(|_| step == 1) {
            reopen(&house, Named::default(), by).unwrap();
        }
    });
    assert!(found.is_none());
    assert_eq!(steps, 2, "it is counted no further");
    let (found, _) = super::status::counted(&house, 1, |_| {});
    let found = found.unwrap();
    assert_eq!((found.agreed, found.waiting), (1, 1));
}

fn says(house: &House, of: usize, legs: &[Leg]) -> Result<Vec<Pair>, Refusal> {
    let rows = RowLegs::all(legs.to_vec()).unwrap();
    let rows: Vec<_> = rows.values().map(|legs| *legs.row()).collect();
    house.ask(move |context| attest(context, told(of), day(1), &rows))
}

/// What a region said of its rows before a leg was left out of one is no word on what is left.
#[test]
fn regions_are_asked_anew_of_the_rows_that_something_is_left_out_of() {
    let cases = RETURNS.map(|how| [(how, false), (how, true)]);
    for (how, is_late) in cases.into_iter().flatten() {
        let mut house = House::new(66);
        cut_off_day(&house);
        let (owed, other) = (debt(1, 2, 3, 1_316_000), debt(2, 3, 1, 500));
        let book = [owed.clone(), other.clone()];
        for (of, legs) in [(1, &book[1..]), (2, &book[..1]), (3, &book[..])] {
            assert_eq!(says(&house, of, legs), Ok(vec![]));
        }
        net_by(&house, narrow).unwrap_err();
        for by in ["wang.fang", "li.na"] {
            reopen(&house, Named::default(), by).unwrap();
        }
        for _ in 0..2 {
            let asked = [1, 2, 3].map(|of| {
                let window = house.ask(move |context| window(context, told(of)));
                window.unwrap().is_some()
            });
            // Ningbo has no row any more, and Hangzhou's is as it was.
            assert_eq!(asked, [false, false, true], "{how:?}");
            assert_eq!(house.status(Some(1)).state, CycleState::CutOff);
            house.come_back(how);
        }
        if is_late {
            // It was asked before, and has the leg in its book: the row is kept out of nothing else for that.
            assert_eq!(says(&house, 3, &book), Ok(vec![row()]));
            let word = ((owed.settlement, owed.kind), Some(owed));
            let told = house.ask(move |context| {
                tell_differences(context, told(3), (day(1), row()), vec![word])
            });
            assert_eq!(told, Ok(()));
        } else {
            assert_eq!(says(&house, 3, &book[1..]), Ok(vec![]));
        }
        house.come_back(how);
        assert_eq!(house.status(Some(1)).state, CycleState::Attested);
        assert_eq!(net_by(&house, narrow).unwrap().legs(), 1);
        close_all(&house, 2);
        house.cut_off(2, Condition::AllClosed).unwrap();
        assert_eq!(house.net(2).unwrap().legs(), 1);
    }
}
