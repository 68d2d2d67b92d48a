//! What regions say of a cycle after its cut-off, and what that does to nets.

mod counted;
mod found;

use huitong_core::checkpoint::row::{Pair, Row};
use huitong_core::checkpoint::search::RowLegs;
use huitong_core::leg::{Leg, LegKey};
use huitong_netting::NettingPlan;

use super::*;
use crate::state::Numbers;

const WAIT: u32 = 60;

/// The rows of a book.
fn rows(book: &[Leg]) -> Vec<Row> {
    let rows = RowLegs::all(book.to_vec()).unwrap();
    rows.values().map(|legs| *legs.row()).collect()
}

/// A region says what its book comes to; which rows differ.
fn attests(house: &House, of: usize, on: u8, book: &[Leg]) -> Result<Vec<Pair>, Refusal> {
    attests_as(house, told(of), on, book)
}

fn attests_as(house: &House, by: Told, on: u8, book: &[Leg]) -> Result<Vec<Pair>, Refusal> {
    let rows = rows(book);
    house.ask(move |context| attest(context, by, day(on), &rows))
}

/// A region tells of one row what its book has of these legs.
fn tells(
    house: &House,
    of: usize,
    (on, pair): (u8, Pair),
    words: &[(&Leg, Option<&Leg>)],
) -> Result<(), Refusal> {
    let words: Vec<(LegKey, Option<Leg>)> = words
        .iter()
        .map(|(leg, book)| ((leg.settlement, leg.kind), book.cloned()))
        .collect();
    house.ask(move |context| tell_differences(context, told(of), (day(on), pair), words))
}

fn asked(house: &House, of: usize) -> Option<Numbers> {
    let found = house.ask(move |context| window(context, told(of)));
    found.unwrap().map(|(_, numbers)| numbers)
}

/// Both regions report these debts of Ningbo (2) to Chengdu (3), from a number on, and all close the day.
fn cut_off_with(house: &House, on: u8, from: u64, legs: &[Leg]) {
    for (number, leg) in (from..).zip(legs) {
        house.report(3, &[receivable(number, leg)]).unwrap();
        house.report(2, &[payable(number, leg)]).unwrap();
    }
    close_all(house, on);
    house.cut_off(on, Condition::AllClosed).unwrap();
}

fn debts(ids: std::ops::RangeInclusive<u8>) -> Vec<Leg> {
    ids.map(|id| debt(id, 2, 3, i64::from(id) * 100)).collect()
}

fn changed(leg: &Leg) -> Leg {
    Leg {
        amount: Fen::new(99_999).unwrap(),
        ..leg.clone()
    }
}

fn legs_of(plan: &NettingPlan) -> u64 {
    plan.legs()
}

/// What of the cycle is kept out: under which numbers of Chengdu's stream.
fn kept_out(house: &House) -> Vec<u64> {
    let asked = Asked {
        reason: Some(WaitingReason::AttestedOtherwise),
        ..Asked::default()
    };
    let found = excepted(house, asked, None).rows.into_iter();
    found.map(|row| row.leg.numbered.number).collect()
}

fn attested_of(house: &House, on: u8) -> Vec<RegionAttestation> {
    let regions = house.status(Some(on)).regions.into_iter();
    regions.map(|region| region.attested).collect()
}

#[test]
fn netting_waits_until_both_have_attested_and_not_for_ever() {
    use RegionAttestation::{Alike, NotAsked, Outstanding};
    let mut house = House::new(70);
    house.wait_minutes = WAIT;
    house.clock.put("2026-03-01T17:00:00.000Z");
    let legs = debts(1..=3);
    assert_eq!(asked(&house, 2), None, "nothing is cut off");
    assert_eq!(code(attests(&house, 2, 1, &legs)), "cycle.not_cut_off");
    cut_off_with(&house, 1, 1, &legs);
    let refused = house.net(1).unwrap_err();
    assert_eq!(refused.code.code(), "cycle.not_attested");
    assert_eq!(refused.detail, "330200, 510100");
    assert_eq!(attests(&house, 2, 1, &legs), Ok(Vec::new()));
    assert_eq!(
        attested_of(&house, 1),
        [NotAsked, NotAsked, Alike, Outstanding]
    );
    house.come_back(Return::PowerCut);
    assert_eq!(house.net(1).unwrap_err().detail, "510100");
    assert_eq!(house.status(Some(1)).state, CycleState::CutOff);

    // One that does not answer holds nobody up for longer than the operator set.
    let backup = house.disk.copy();
    house.clock.put("2026-03-01T17:59:59.999Z");
    assert_eq!(code(house.net(1)), "cycle.not_attested");
    house.clock.put("2026-03-01T18:00:00.000Z");
    assert_eq!(legs_of(&house.net(1).unwrap()), 3);
    assert_eq!(code(attests(&house, 3, 1, &legs)), "attestation.over");
    assert_eq!(asked(&house, 3), None);
    assert_eq!(
        attested_of(&house, 1),
        [NotAsked, NotAsked, Alike, NotAsked]
    );

    let mut house = House::new(71);
    house.put_back(&backup);
    house.wait_minutes = WAIT;
    house.clock.put("2026-03-01T17:10:00.000Z");
    assert_eq!(attests(&house, 3, 1, &legs), Ok(Vec::new()));
    assert_eq!(house.status(Some(1)).state, CycleState::Attested);
    assert_eq!(attested_of(&house, 1), [NotAsked, NotAsked, Alike, Alike]);
}

/// What is beside a region's word is what is held of it, and never what two others call the same.
#[test]
fn a_difference_is_held_against_the_regions_own_leg() {
    let house = House::new(79);
    let legs = debts(1..=1);
    let theirs = Leg {
        debtor: region(0),
        creditor: region(1),
        amount: Fen::new(7_777).unwrap(),
        ..legs[0].clone()
    };
    house.report(1, &[receivable(1, &theirs)]).unwrap();
    house.report(0, &[payable(1, &theirs)]).unwrap();
    cut_off_with(&house, 1, 1, &legs);
    let book = [changed(&legs[0])];
    let pair = Pair::of(&legs[0]);
    assert_eq!(attests(&house, 3, 1, &book), Ok(vec![pair]));
    let word = [(&legs[0], Some(&book[0]))];
    assert_eq!(tells(&house, 3, (1, pair), &word), Ok(()));
    let held = house.ask(move |context| {
        let word = context.state.attestations.word(day(1), region(3));
        let told = word.and_then(|word| word.otherwise.get(&pair)?.differences.clone());
        let held = told.unwrap()[0].held().cloned();
        Ok(Decided::answer(held))
    });
    assert_eq!(held.unwrap().as_ref(), legs.first());
}

#[test]
fn one_incarnation_has_one_word_on_a_cycle() {
    let mut house = House::new(72);
    let legs = debts(1..=2);
    cut_off_with(&house, 1, 1, &legs);
    let other = [legs[0].clone(), changed(&legs[1])];
    assert_eq!(attests(&house, 3, 1, &other).unwrap().len(), 1);
    for _ in 0..2 {
        assert_eq!(attests(&house, 3, 1, &other).unwrap().len(), 1);
        assert_eq!(code(attests(&house, 3, 1, &legs)), "attestation.other_word");
        house.come_back(Return::IndexLost);
    }
    // Its node is restored and has another book now: once it has asked for its stream, and not because it says so.
    let restored = Told {
        incarnation: 2,
        ..told(3)
    };
    let pair = Pair::of(&legs[0]);
    let words = vec![((other[1].settlement, other[1].kind), Some(other[1].clone()))];
    let tells =
        house.ask(move |context| tell_differences(context, restored, (day(1), pair), words));
    assert_eq!(code(tells), "stream.not_asked_for");
    assert_eq!(
        code(attests_as(&house, restored, 1, &legs)),
        "stream.not_asked_for"
    );
    assert_eq!(attests(&house, 3, 1, &other).unwrap().len(), 1);
    asks_for_its_stream(&house);
    assert_eq!(attests_as(&house, restored, 1, &legs), Ok(Vec::new()));
    assert_eq!(
        code(attests(&house, 3, 1, &other)),
        "recovery.old_incarnation"
    );
    assert_eq!(legs_of(&house.net(1).unwrap()), 2);

    let foreign = [debt(9, 0, 1, 100)];
    let mut house = House::new(73);
    cut_off_with(&house, 1, 1, &legs);
    assert_eq!(code(attests(&house, 3, 1, &foreign)), "request.malformed");
    let stranger = Told {
        region: "440100".parse().unwrap(),
        incarnation: 1,
    };
    assert_eq!(
        code(attests_as(&house, stranger, 1, &legs)),
        "stream.unknown_region"
    );
    house.come_back(Return::Stopped);
}

/// Chengdu's node was restored, and asks for its stream in its second incarnation.
pub(super) fn asks_for_its_stream(house: &House) {
    let ask = Regain {
        region: region(3),
        incarnation: 2,
        mark: [7; 16],
        after: 0,
    };
    house.ask(move |context| regain(context, ask)).unwrap();
}

#[test]
fn a_leg_that_straddled_midnight_is_in_no_row_and_no_difference() {
    let house = House::new(74);
    let legs = debts(1..=3);
    house.report(2, &[payable(1, &legs[0])]).unwrap();
    // Ningbo's word on the second leg comes after the cut-off; the third is Chengdu's alone for good.
    cut_off_sides(&house, &legs);
    house.report(2, &[payable(2, &legs[1])]).unwrap();
    let found = asked(&house, 3).unwrap();
    assert_eq!((found.from, found.to), (0, 3));
    let waits = |first, last| huitong_netting::Run { first, last };
    assert_eq!(found.except, [waits(2, 3)]);
    for of in [2, 3] {
        assert_eq!(attests(&house, of, 1, &legs[..1]), Ok(Vec::new()));
        assert_eq!(asked(&house, of), None, "it has said all");
    }
    assert_eq!(legs_of(&house.net(1).unwrap()), 1);
    // In the next cycle the second is there, under the number that it had.
    close_all(&house, 2);
    house.cut_off(2, Condition::AllClosed).unwrap();
    let found = asked(&house, 3).unwrap();
    assert_eq!((found.from, found.to), (3, 3));
    assert_eq!(found.except, [waits(2, 2)]);
    let found = asked(&house, 2).unwrap();
    assert_eq!((found.from, found.to, found.except), (1, 2, Vec::new()));
    assert_eq!(attests(&house, 3, 2, &legs[1..2]), Ok(Vec::new()));
}

fn cut_off_sides(house: &House, legs: &[Leg]) {
    for (number, leg) in (1..).zip(legs) {
        house.report(3, &[receivable(number, leg)]).unwrap();
    }
    close_all(house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
}

#[test]
fn what_was_attested_otherwise_is_netted_by_no_cycle_until_the_region_says_it_as_it_is_held() {
    for how in [Return::Stopped, Return::PowerCut, Return::IndexLost] {
        let mut house = House::new(75);
        house.wait_minutes = WAIT;
        let legs = debts(1..=4);
        cut_off_with(&house, 1, 1, &legs);
        let pair = Pair::of(&legs[0]);
        // Chengdu's book has the second leg with another amount, and the third not at all.
        let other = changed(&legs[1]);
        let book = [legs[0].clone(), other.clone(), legs[3].clone()];
        assert_eq!(attests(&house, 3, 1, &book), Ok(vec![pair]));
        attests(&house, 2, 1, &legs).unwrap();
        house.come_back(how);
        // Which legs differ is not told: nothing of the row is netted, and netting waits.
        assert_eq!(kept_out(&house), [1, 2, 3, 4]);
        assert_eq!(code(house.net(1)), "cycle.not_attested");
        assert!(asked(&house, 3).is_some(), "it is asked again");

        let not = |words: &[(&Leg, Option<&Leg>)]| {
            let refused = tells(&house, 3, (1, pair), words);
            assert_eq!(code(refused), "attestation.not_accounted");
        };
        not(&[(&legs[1], Some(&other))]);
        not(&[(&legs[2], None)]);
        not(&[(&legs[1], Some(&legs[0])), (&legs[2], None)]);
        not(&[(&legs[1], Some(&legs[1])), (&legs[2], None)]);
        let words: [(&Leg, Option<&Leg>); 2] = [(&legs[2], None), (&legs[1], Some(&other))];
        assert_eq!(
            code(tells(&house, 2, (1, pair), &words)),
            "attestation.not_otherwise"
        );
        tells(&house, 3, (1, pair), &words).unwrap();
        tells(&house, 3, (1, pair), &words).unwrap();
        house.come_back(how);
        assert_eq!(kept_out(&house), [2, 3]);
        assert_eq!(asked(&house, 3), None);
        let first = house.net(1).unwrap();
        assert_eq!(legs_of(&first), 2);
        house.come_back(how);
        assert_eq!(house.net(1).unwrap().to_bytes(), first.to_bytes());
        assert_eq!(kept_out(&house), [2, 3]);
        goes_on(&mut house, how, &legs);
    }
}

/// A second cycle in which Chengdu is silent, and a third in which it says all as it is held.
fn goes_on(house: &mut House, how: Return, legs: &[Leg]) {
    house.wait_minutes = 0;
    let more = debts(5..=5);
    cut_off_with(house, 2, 5, &more);
    house.come_back(how);
    let row =
        |found: Option<Numbers>| found.map(|found| (found.from, found.to, found.except.len()));
    assert_eq!(row(asked(house, 3)), Some((4, 5, 1)));
    assert_eq!(legs_of(&house.net(2).unwrap()), 1, "silence ends nothing");
    cut_off_with(house, 3, 6, &[]);
    let told = attests(house, 3, 3, &legs[1..3]);
    assert_eq!(told, Ok(Vec::new()));
    house.come_back(how);
    assert_eq!(kept_out(house), Vec::<u64>::new());
    assert_eq!(legs_of(&house.net(3).unwrap()), 2);
    let sums = house.trial_balance();
    assert!(sums.values().all(|sum| *sum == 0));
}

#[test]
fn a_leg_that_the_clearinghouse_lacks_is_told_and_keeps_nothing_out() {
    let house = House::new(76);
    let legs = debts(1..=2);
    cut_off_with(&house, 1, 1, &legs);
    let lacking = debt(7, 0, 3, 700);
    let book = [legs[0].clone(), legs[1].clone(), lacking.clone()];
    let pair = Pair::of(&lacking);
    assert_eq!(attests(&house, 3, 1, &book), Ok(vec![pair]));
    assert_eq!(
        code(tells(&house, 3, (1, pair), &[])),
        "attestation.not_accounted"
    );
    tells(&house, 3, (1, pair), &[(&lacking, Some(&lacking))]).unwrap();
    let of = (day(1), WAIT);
    let page = house.ask(move |context| attested(context, of, None));
    let page = page.unwrap();
    let row = page.rows.iter().find(|row| row.pair == pair).unwrap();
    assert_eq!((row.held, &row.debtor), (None, &Side::None));
    let Side::Otherwise(_, otherwise) = &row.creditor else {
        panic!("{row:?}");
    };
    assert_eq!(otherwise.told.unwrap().legs, 1);
    assert_eq!(otherwise.differences.as_ref().unwrap().len(), 1);
    assert_eq!(legs_of(&house.net(1).unwrap()), 2);
    // What was said is there for ever after.
    let page = house.ask(move |context| attested(context, of, None));
    assert_eq!(page.unwrap().rows.len(), 2);
}

#[test]
fn a_plan_that_is_known_stands_whatever_is_attested_after_a_restore() {
    let mut house = House::new(77);
    let legs = debts(1..=3);
    cut_off_with(&house, 1, 1, &legs);
    let backup = house.disk.copy();
    let all = house.net(1).unwrap();
    let pair = Pair::of(&legs[0]);
    let mut without = House::new(78);
    without.put_back(&backup);
    let differs = |house: &House| {
        attests(house, 3, 1, &legs[..2]).unwrap();
        tells(house, 3, (1, pair), &[(&legs[2], None)]).unwrap();
    };
    let net_as = |house: &House, expected: Expected| {
        house.ask(move |context| net(context, day(1), expected, WAIT, officer()))
    };
    differs(&without);
    let fewer = net_as(&without, Expected::Never);
    assert_eq!(code(fewer), "cycle.not_attested");
    attests(&without, 2, 1, &legs).unwrap();
    let fewer = net_as(&without, Expected::Never).unwrap();
    assert_eq!((legs_of(&all), legs_of(&fewer)), (3, 2));

    // Nobody had attested it otherwise then, and now somebody does.
    house.put_back(&backup);
    differs(&house);
    let known = Expected::Plan(all.digest());
    assert_eq!(net_as(&house, known), Ok(all.clone()));
    // Somebody had, and its word comes again before the plan is made again.
    house.put_back(&backup);
    let known = Expected::Plan(fewer.digest());
    assert_eq!(code(net_as(&house, known)), "cycle.other_plan");
    differs(&house);
    assert_eq!(net_as(&house, known), Ok(fewer));
}
