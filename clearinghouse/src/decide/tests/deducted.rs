//! Deductions and their ends: as cycles netted them, row by row with the plan, and as they wait.

use huitong_core::checkpoint::row::Pair;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::region::RegionCode;
use huitong_netting::Window;

use super::*;
use crate::state::{NotTaken, Waiting};
use crate::store::Deducted;

/// What the treatment region owes back to the home region; or the home region again, by the end of it.
fn deduction(id: u8, (home, treatment): (usize, usize), fen: i64, kind: LegKind) -> Leg {
    let (debtor, creditor) = if kind == LegKind::Deduction {
        (treatment, home)
    } else {
        (home, treatment)
    };
    Leg {
        kind,
        ..debt(id, debtor, creditor, fen)
    }
}

/// Both regions report these; what each reports follows on what it reported.
fn report_both(house: &House, legs: &[Leg]) {
    for leg in legs {
        for (code, is_creditor) in [(leg.creditor, true), (leg.debtor, false)] {
            let of = (0..4).find(|of| region(*of) == code).unwrap();
            let next = house.position(of) + 1;
            let numbered = if is_creditor {
                receivable(next, leg)
            } else {
                payable(next, leg)
            };
            house.report(of, &[numbered]).unwrap();
        }
    }
}

/// Two settlements and two deductions by the first day's plan, and by the second's the end of one and another deduction.
fn two_cycles(house: &House) {
    report_both(
        house,
        &[
            debt(1, 2, 3, 1_000),
            debt(2, 2, 3, 500),
            deduction(9, (2, 3), 160, LegKind::Deduction),
            deduction(8, (0, 1), 40, LegKind::Deduction),
        ],
    );
    close_all(house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    house.net(1).unwrap();
    report_both(
        house,
        &[
            deduction(9, (2, 3), 160, LegKind::DeductionEnd),
            debt(3, 2, 3, 70),
            deduction(7, (2, 3), 30, LegKind::Deduction),
        ],
    );
    close_all(house, 2);
    house.cut_off(2, Condition::AllClosed).unwrap();
    house.net(2).unwrap();
}

fn netted(house: &House, on: u8, is_own: impl Fn(&Window) -> bool, at_most: usize) -> Deducted {
    let found = house.proofs().deducted(day(on), is_own, at_most);
    found.unwrap().unwrap()
}

/// Of debtor and creditor: deductions, ends, and all, each with its sum.
type Row = (RegionCode, RegionCode, [(u64, i64); 3]);

fn rows(found: &Deducted) -> Vec<Row> {
    let rows = found.rows.iter().map(|(pair, row)| {
        let sums = [row.deductions, row.ends, row.all];
        let Pair {
            debtor, creditor, ..
        } = *pair;
        (debtor, creditor, sums.map(|(legs, fen)| (legs, fen.get())))
    });
    rows.collect()
}

#[test]
fn what_a_cycle_took_is_told_row_by_row_with_the_plan() {
    let mut house = House::new(330);
    two_cycles(&house);
    let none = (0, 0);
    for how in [Return::Stopped, Return::IndexLost] {
        let first = netted(&house, 1, |_| true, 9);
        let expected = [
            (region(1), region(0), [(1, 40), none, (1, 40)]),
            (region(3), region(2), [(1, 160), none, (1, 160)]),
        ];
        let mut told = rows(&first);
        told.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!((told, first.legs.len()), (expected, 2));
        // An end runs the way of settlements, and stands in their row.
        let second = netted(&house, 2, |_| true, 9);
        let mut expected = vec![
            (region(2), region(3), [none, (1, 160), (2, 230)]),
            (region(3), region(2), [(1, 30), none, (1, 30)]),
        ];
        expected.sort_unstable();
        let mut told = rows(&second);
        told.sort_unstable();
        assert_eq!(told, expected);
        for gross in second.plan.gross() {
            let pair = Pair {
                debtor: gross.debtor,
                creditor: gross.creditor,
                fund: gross.fund,
            };
            assert_eq!(second.rows[&pair].all, (gross.legs, gross.amount));
        }
        house.come_back(how);
    }
}

#[test]
fn a_regions_and_a_members_rows_are_whole_for_themselves() {
    let house = House::new(331);
    two_cycles(&house);
    for of in [2, 3] {
        let found = netted(&house, 1, |window| window.region == region(of), 9);
        assert_eq!(
            rows(&found),
            [(region(3), region(2), [(1, 160), (0, 0), (1, 160)])]
        );
    }
    let of_zhejiang = netted(
        &house,
        1,
        |window| window.member.code().to_string() == "330000",
        9,
    );
    assert_eq!(of_zhejiang.legs.len(), 2);
    let nobody = netted(&house, 1, |_| false, 9);
    assert!(!nobody.stands && nobody.rows.is_empty());
    let cut = netted(&house, 1, |_| true, 1);
    assert!(cut.is_cut, "more than may be listed is never told as all");
    assert!(!netted(&house, 1, |_| true, 2).is_cut);
}

/// What waits, found in steps with something done between two; none when cycles went on.
fn waiting(
    house: &House,
    (whose, until): (Whose, Option<u8>),
    at_most: usize,
    mut between: impl FnMut(usize),
) -> Option<Vec<NotTaken>> {
    let begun = house.ask(move |context| begin_waiting_deductions(context, whose, until.map(day)));
    let mut finding = begun.unwrap();
    for step in 1.. {
        let looked = house.look(move |context| {
            let is_more = finding.go_on(context, at_most);
            (finding, is_more)
        });
        let is_more;
        (finding, is_more) = looked.unwrap();
        if !is_more.unwrap() {
            break;
        }
        between(step);
    }
    let found = house.ask(move |context| waiting_deductions(context, finding));
    found.unwrap()
}

fn told(found: &[NotTaken]) -> Vec<(RegionCode, u64, Option<Waiting>)> {
    let told = found
        .iter()
        .map(|leg| (leg.region, leg.numbered.number, leg.why));
    told.collect()
}

#[test]
fn what_waits_is_told_with_why_before_the_first_cycle_and_after() {
    let house = House::new(332);
    let all = (Whose::default(), None);
    let of_day = |on: u8, leg: Leg| Leg {
        business_day: day(on),
        ..leg
    };
    let agreed = deduction(9, (2, 3), 160, LegKind::Deduction);
    report_both(&house, &[debt(1, 2, 3, 1_000), agreed]);
    let alone = deduction(8, (2, 3), 40, LegKind::Deduction);
    house.report(2, &[receivable(3, &alone)]).unwrap();
    let open = waiting(&house, all, 1, |_| {}).unwrap();
    // Once, as the creditor reports it; the settlement is none.
    let missing = Some(Waiting::CounterpartMissing);
    let expected = [(region(2), 2, None), (region(2), 3, missing)];
    assert_eq!(told(&open), expected);
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    house.net(1).unwrap();
    // It came late; another is of a later day; and the end of one that was never netted waits for that.
    house.report(3, &[payable(3, &alone)]).unwrap();
    report_both(
        &house,
        &[
            of_day(3, deduction(7, (2, 3), 5, LegKind::Deduction)),
            deduction(6, (2, 3), 5, LegKind::DeductionEnd),
        ],
    );
    let expected = [
        (region(2), 3, Some(Waiting::Late)),
        (region(2), 4, None),
        (region(3), 5, Some(Waiting::OriginalNotNetted)),
    ];
    for at_most in [1, 2, 100] {
        assert_eq!(
            told(&waiting(&house, all, at_most, |_| {}).unwrap()),
            expected
        );
    }
    let until = waiting(&house, (Whose::default(), Some(2)), 100, |_| {}).unwrap();
    assert_eq!(told(&until), [expected[0], expected[2]]);
    let of_chengdu = Whose {
        region: Some(region(3)),
        member: None,
    };
    let own = waiting(&house, (of_chengdu, None), 100, |_| {}).unwrap();
    assert_eq!(told(&own), [expected[2]]);
    let stranger = Whose {
        region: Some("440100".parse().unwrap()),
        member: None,
    };
    let none = house.ask(move |context| begin_waiting_deductions(context, stranger, None));
    assert_eq!(code(none), "stream.unknown_region");
    let zhejiang = Whose {
        region: None,
        member: members().of(region(2)),
    };
    let own = waiting(&house, (zhejiang, None), 100, |_| {}).unwrap();
    assert_eq!(told(&own), [expected[0], expected[1]]);
    // Cycles went on meanwhile: it is to be found anew.
    let found = waiting(&house, all, 1, |step| {
        if step == 1 {
            close_all(&house, 2);
            house.cut_off(2, Condition::AllClosed).unwrap();
        }
    });
    assert!(found.is_none());
}

#[test]
fn the_cycles_of_a_month_are_those_that_are_netted() {
    let house = House::new(333);
    two_cycles(&house);
    let of = |period: Period| house.ask(move |context| deducted_cycles(context, &period));
    let month = || Period::Month("2026-03".parse().unwrap());
    let found = of(month()).unwrap();
    let days: Vec<_> = found.days.iter().copied().collect();
    assert_eq!(
        (days, found.not_netted.len(), found.after),
        (vec![day(1), day(2)], 0, None)
    );
    close_all(&house, 3);
    house.cut_off(3, Condition::AllClosed).unwrap();
    assert_eq!(of(month()).unwrap().not_netted, [day(3)]);
    assert_eq!(code(of(Period::Day(day(3)))), "cycle.not_netted");
    assert_eq!(code(of(Period::Day(day(9)))), "cycle.not_cut_off");
    let april = Period::Month("2026-04".parse().unwrap());
    assert_eq!(code(of(april)), "month.no_cycles");
}
