//! Decisions one by one, through the writer and a store on a fake disk.

mod attestation;
mod books;
mod deducted;
mod deductions_of;
mod disputes;
mod evidence;
mod exceptions;
mod holidays;
mod large;
mod late;
mod members;
mod months;
mod payments;
mod prefunds;
mod prefunds_days;
mod prefunds_late;
mod prefunds_proposed;
mod proofs;
mod put_back;
mod reopened;
mod restores;
mod reversals;
mod status;
mod streams;
mod what_if;
mod witnesses;

use huitong_core::canonical::Artifact;
use huitong_core::date::BusinessDay;
use huitong_core::money::Fen;
use huitong_core::own_clearing::WaitingPlace;
use huitong_core::vocabulary::WaitingReason;
use huitong_netting::Member;

use super::*;
use crate::state::Waiting;
use crate::testing::{
    House, Return, code, day, debt, members, officer, payable, receivable, region, told,
};

/// Ningbo (2) owes Chengdu (3) 13,160.00; both said so.
fn one_debt(house: &House) {
    let leg = debt(1, 2, 3, 1_316_000);
    assert_eq!(house.report(3, &[receivable(1, &leg)]), Ok(1));
    assert_eq!(house.report(2, &[payable(1, &leg)]), Ok(1));
}

fn close_all(house: &House, on: u8) {
    for of in 0..4 {
        let held = house.position(of);
        assert_eq!(house.close(of, on, held), Ok(true));
    }
}

/// A page of the exceptions, of a list that is made for it.
fn excepted(house: &House, asked: Asked, after: Option<WaitingPlace>) -> Exceptions {
    let listing = house.listing(asked);
    let page = house.ask(move |context| exceptions_page(context, &listing, after));
    page.unwrap().unwrap()
}

#[test]
fn a_conflict_is_seen_also_long_after_the_leg_was_netted() {
    let mut house = House::new(3);
    one_debt(&house);
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    house.net(1).unwrap();
    house.come_back(Return::Stopped);
    let leg = debt(1, 2, 3, 1_316_000);
    assert_eq!(house.report(3, &[receivable(1, &leg)]), Ok(1));
    assert_eq!(
        code(house.report(3, &[receivable(1, &debt(1, 2, 3, 7))])),
        "stream.conflict"
    );
}

#[test]
fn a_netted_debt_under_new_numbers_is_never_netted_again() {
    for how in [None, Some(Return::Stopped), Some(Return::IndexLost)] {
        let mut house = House::new(4);
        one_debt(&house);
        close_all(&house, 1);
        house.cut_off(1, Condition::AllClosed).unwrap();
        house.net(1).unwrap();
        if let Some(how) = how {
            house.come_back(how);
        }
        let leg = debt(1, 2, 3, 1_316_000);
        house.report(3, &[receivable(2, &leg)]).unwrap();
        house.report(2, &[payable(2, &leg)]).unwrap();
        let status = house.status(None);
        assert_eq!((status.agreed, status.waiting), (0, 2), "{how:?}");
        assert!(status.oldest.iter().all(|leg| leg.why == Waiting::Repeated));
        close_all(&house, 2);
        house.cut_off(2, Condition::AllClosed).unwrap();
        assert_eq!(house.net(2).unwrap().legs(), 0);
    }
}

#[test]
fn what_two_others_call_the_same_debt_hinders_no_cycle() {
    let mut house = House::new(40);
    let theirs = huitong_core::leg::Leg {
        debtor: region(0),
        creditor: region(1),
        ..debt(1, 2, 3, 1_316_000)
    };
    house.report(1, &[receivable(1, &theirs)]).unwrap();
    house.report(0, &[payable(1, &theirs)]).unwrap();
    one_debt(&house);
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    assert_eq!(house.net(1).unwrap().legs(), 2);
    house.come_back(Return::Stopped);
    assert_eq!(house.net(1).unwrap().legs(), 2);
}

/// Whether the clearinghouse was started anew in between decides nothing.
#[test]
fn what_two_others_call_a_netted_debt_waits_with_a_restart_and_without() {
    for how in [None, Some(Return::Stopped), Some(Return::IndexLost)] {
        let mut house = House::new(41);
        let theirs = huitong_core::leg::Leg {
            debtor: region(0),
            creditor: region(1),
            business_day: day(2),
            ..debt(1, 2, 3, 1_316_000)
        };
        one_debt(&house);
        house.report(1, &[receivable(1, &theirs)]).unwrap();
        house.report(0, &[payable(1, &theirs)]).unwrap();
        close_all(&house, 1);
        house.cut_off(1, Condition::AllClosed).unwrap();
        assert_eq!(house.net(1).unwrap().legs(), 1);
        if let Some(how) = how {
            house.come_back(how);
        }
        close_all(&house, 2);
        house.cut_off(2, Condition::AllClosed).unwrap();
        let status = house.status(Some(2));
        assert_eq!((status.agreed, status.waiting), (0, 2), "{how:?}");
        assert!(status.oldest.iter().all(|leg| leg.why == Waiting::Repeated));
        let agreeing =
            house.ask(|context| Ok(Decided::answer(context.state.matching.agreeing(region(1)))));
        assert_eq!(agreeing, Ok(0), "{how:?}");
        assert_eq!(house.net(2).unwrap().legs(), 0, "{how:?}");
    }
}

#[test]
fn a_days_end_never_moves_back() {
    let house = House::new(5);
    one_debt(&house);
    assert_eq!(house.close(2, 3, 5), Ok(false), "legs up to it are missing");
    assert_eq!(house.close(2, 3, 5), Ok(false));
    assert_eq!(code(house.close(2, 3, 4)), "cycle.close_lowered");
    assert_eq!(code(house.close(2, 4, 4)), "cycle.close_lowered");
    assert_eq!(code(house.close(2, 2, 6)), "cycle.close_lowered");
    assert_eq!(house.close(2, 2, 1), Ok(true));
    let tomorrow = BusinessDay::new(2026, 4, 1).unwrap();
    let ningbo = told(2);
    assert_eq!(
        code(house.ask(move |context| close_day(context, ningbo, tomorrow, 1))),
        "cycle.not_begun"
    );
}

#[test]
fn a_cut_off_needs_every_region_or_the_deadline() {
    let house = House::new(6);
    one_debt(&house);
    for of in 0..3 {
        house.close(of, 1, house.position(of)).unwrap();
    }
    let refused = house.cut_off(1, Condition::AllClosed).unwrap_err();
    assert_eq!(
        (refused.code.code(), refused.detail.as_str()),
        ("cycle.regions_open", "510100")
    );
    assert_eq!(
        code(house.cut_off(2, Condition::Deadline(0))),
        "cycle.earlier_open"
    );
    assert_eq!(code(house.net(1)), "cycle.not_cut_off");
    house.clock.put("2026-03-01T08:00:00.000Z");
    let early = house.cut_off(1, Condition::Deadline(1_500)).unwrap_err();
    assert_eq!(
        (early.code.code(), early.detail.as_str()),
        (
            "cycle.before_deadline",
            "2026-03-01: 540 minutes until the deadline, not closed: 510100"
        )
    );
    // Chengdu's word is not needed at the deadline; what is held of it counts.
    house.clock.put("2026-03-01T17:00:00.000Z");
    house.cut_off(1, Condition::Deadline(1_500)).unwrap();
    let status = house.status(Some(1));
    assert_eq!(status.state, CycleState::CutOff);
    assert_eq!(
        status
            .regions
            .iter()
            .map(|region| region.mark)
            .collect::<Vec<_>>(),
        [Some(0), Some(0), Some(1), Some(1),]
    );
    assert_eq!(
        house.cut_off(1, Condition::AllClosed),
        Ok(()),
        "a second cut-off changes nothing"
    );
    assert_eq!(
        house.close(3, 1, 1),
        Ok(true),
        "a late word inside the mark"
    );
    assert_eq!(code(house.close(3, 1, 2)), "cycle.cut_off");
    let before = BusinessDay::new(2026, 2, 28).unwrap();
    let asked = house
        .ask(move |context| super::cut_off(context, before, Condition::Deadline(0), officer()));
    assert_eq!(code(asked), "cycle.passed");
    let tomorrow = BusinessDay::new(2026, 4, 1).unwrap();
    let asked = house
        .ask(move |context| super::cut_off(context, tomorrow, Condition::Deadline(0), officer()));
    assert_eq!(code(asked), "cycle.not_begun");
}

#[test]
fn a_late_leg_goes_into_the_next_cycle_under_its_own_day() {
    let mut house = House::new(7);
    one_debt(&house);
    let late = debt(2, 2, 3, 500);
    close_all(&house, 1);
    // It is of the first day, and comes after its region's mark.
    house.report(3, &[receivable(2, &late)]).unwrap();
    house.report(2, &[payable(2, &late)]).unwrap();
    house.cut_off(1, Condition::AllClosed).unwrap();
    assert_eq!(code(house.net(2)), "cycle.not_cut_off");
    close_all(&house, 2);
    house.cut_off(2, Condition::AllClosed).unwrap();
    assert_eq!(code(house.net(2)), "cycle.earlier_not_netted");
    house.come_back(Return::PowerCut);
    let first = house.net(1).unwrap();
    let second = house.net(2).unwrap();
    assert_eq!((first.legs(), first.total()), (1, Fen::new(1_316_000)));
    assert_eq!((second.legs(), second.total()), (1, Fen::new(500)));
    assert_eq!(
        (second.number(), second.parent()),
        (2, Some(first.digest()))
    );
}

#[test]
fn netting_again_gives_the_same_bytes_in_every_state() {
    let mut house = House::new(8);
    one_debt(&house);
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let first = house.net(1).unwrap().to_bytes();
    close_all(&house, 2);
    for how in [Return::Stopped, Return::PowerCut, Return::IndexLost] {
        assert_eq!(house.net(1).unwrap().to_bytes(), first);
        house.come_back(how);
        assert_eq!(house.net(1).unwrap().to_bytes(), first, "{how:?}");
    }
    house.cut_off(2, Condition::AllClosed).unwrap();
    house.net(2).unwrap();
    house.come_back(Return::Stopped);
    assert_eq!(
        house.net(1).unwrap().to_bytes(),
        first,
        "also when another plan stands on it"
    );
    let netted = CycleState::Netted(crate::payments::Progress::Netted);
    assert_eq!(house.status(Some(1)).state, netted);
    assert!(house.trial_balance().values().all(|sum| *sum == 0));
}

#[test]
fn a_statement_tells_a_member_its_part_and_no_more() {
    let house = House::new(9);
    let (ningbo_owes, hangzhou_is_owed) = (debt(1, 2, 3, 1_316_000), debt(2, 3, 1, 16_000));
    let shanghais = debt(3, 0, 3, 77);
    house
        .report(
            3,
            &[
                receivable(1, &ningbo_owes),
                payable(2, &hangzhou_is_owed),
                receivable(3, &shanghais),
            ],
        )
        .unwrap();
    house.report(2, &[payable(1, &ningbo_owes)]).unwrap();
    house
        .report(1, &[receivable(1, &hangzhou_is_owed)])
        .unwrap();
    house.report(0, &[payable(1, &shanghais)]).unwrap();
    close_all(&house, 1);
    let zhejiang = Member::new("330000".parse().unwrap());
    let ask = |member| house.ask(move |context| statement(context, day(1), member));
    assert_eq!(code(ask(zhejiang)), "cycle.not_cut_off");
    house.cut_off(1, Condition::AllClosed).unwrap();
    assert_eq!(code(ask(zhejiang)), "cycle.not_netted");
    house.net(1).unwrap();
    assert_eq!(
        code(ask(Member::new("440000".parse().unwrap()))),
        "cycle.unknown_member"
    );

    let part = ask(zhejiang).unwrap();
    assert_eq!(part.pairs.len(), 2);
    let regions: Vec<_> = part
        .regions
        .iter()
        .map(|net| format!("{} {}", net.region, net.amount))
        .collect();
    assert_eq!(regions, ["330100 160.00", "330200 -13160.00"]);
    assert_eq!(part.nets.len(), 1);
    assert_eq!(part.nets[0].amount.to_string(), "-13000.00");
    let postings: Vec<_> = part
        .postings
        .iter()
        .map(|posting| format!("{} {:?} {}", posting.account, posting.side, posting.amount))
        .collect();
    assert_eq!(
        postings,
        [
            "region/330200/resident_pool/claims_payable Credit 13160.00",
            "region/330100/resident_pool/claims_receivable Debit 160.00",
            "region/330100/resident_pool/claims_receivable Credit 160.00",
            "region/330200/resident_pool/claims_payable Debit 13160.00",
            "member/330000/resident_pool/net_position Credit 13000.00",
        ]
    );
    assert!(house.trial_balance().values().all(|sum| *sum == 0));
}

#[test]
fn the_clearinghouse_cuts_off_by_itself_when_told_to() {
    let house = House::new(10);
    let (one_in_the_morning, all) = (Schedule::Deadline(1_500), Schedule::AllClosed(1_500));
    one_debt(&house);
    house.clock.put("2026-03-01T16:59:00.000Z");
    assert_eq!(
        house.tick(one_in_the_morning),
        Ok(None),
        "one minute is left"
    );
    assert_eq!(house.tick(Schedule::Never(0)), Ok(None));
    house.clock.put("2026-03-01T17:00:00.000Z");
    assert_eq!(house.tick(Schedule::Never(0)), Ok(None));
    assert_eq!(house.tick(one_in_the_morning), Ok(Some(day(1))));
    assert_eq!(
        house.tick(one_in_the_morning),
        Ok(None),
        "nothing else is open"
    );
    // The second day is closed by everyone, long before its deadline.
    for of in 0..3 {
        house.close(of, 2, house.position(of)).unwrap();
    }
    assert_eq!(house.tick(all), Ok(None));
    house.close(3, 2, house.position(3)).unwrap();
    assert_eq!(house.tick(one_in_the_morning), Ok(None));
    assert_eq!(house.tick(all), Ok(Some(day(2))));
    assert_eq!(house.net(1).unwrap().legs(), 1);
}

#[test]
fn waiting_legs_are_told_oldest_first_with_their_clock() {
    let house = House::new(11);
    house.clock.put("2026-03-01T02:00:00.000Z");
    house
        .report(3, &[receivable(1, &debt(1, 2, 3, 10))])
        .unwrap();
    house.clock.put("2026-03-01T03:00:00.000Z");
    house.report(0, &[payable(1, &debt(2, 0, 1, 10))]).unwrap();
    house.report(2, &[payable(1, &debt(1, 2, 3, 11))]).unwrap();
    let status = house.status(None);
    assert_eq!((status.day, status.state), (day(1), CycleState::Open));
    assert_eq!((status.agreed, status.waiting, status.differing), (0, 1, 2));
    let told: Vec<_> = status
        .oldest
        .iter()
        .map(|leg| (leg.region, leg.since.to_string()))
        .collect();
    assert_eq!(
        told,
        [
            (region(3), "2026-03-01T02:00:00.000Z".to_owned()),
            (region(0), "2026-03-01T03:00:00.000Z".to_owned()),
            (region(2), "2026-03-01T03:00:00.000Z".to_owned()),
        ]
    );
    assert_eq!(status.regions.len(), members().iter().len());
}
