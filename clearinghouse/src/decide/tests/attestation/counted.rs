//! Whose word counts, for which cycle, and for which legs.

use super::*;

#[test]
fn a_digest_goes_past_attestation_only_while_cycles_wait_after_a_restore() {
    let legs = debts(1..=3);
    let untouched = House::new(79);
    cut_off_with(&untouched, 1, 1, &legs);
    let all = Expected::Plan(untouched.net(1).unwrap().digest());
    let never_restored = House::new(80);
    let mut restored = House::new(81);
    let backup = restored.disk.copy();
    restored.put_back(&backup);
    let goes_on = restored.ask(|context| resume(context, None, officer()));
    goes_on.unwrap();
    for house in [never_restored, restored] {
        house.clock.put("2026-03-01T17:00:00.000Z");
        cut_off_with(&house, 1, 1, &legs);
        let net_as = |expected: Expected| {
            house.ask(move |context| net(context, day(1), expected, WAIT, officer()))
        };
        // Whoever works out what the plan would be if all were alike gets no further with it than without.
        assert_eq!(code(net_as(all)), "cycle.not_attested");
        let pair = Pair::of(&legs[0]);
        attests(&house, 3, 1, &legs[..2]).unwrap();
        tells(&house, 3, (1, pair), &[(&legs[2], None)]).unwrap();
        assert_eq!(code(net_as(all)), "cycle.not_attested");
        attests(&house, 2, 1, &legs).unwrap();
        assert_eq!(code(net_as(all)), "cycle.other_plan");
        assert_eq!(legs_of(&net_as(Expected::Unknown).unwrap()), 2);
        assert_eq!(kept_out(&house), [3]);
    }
}

#[test]
fn no_cycle_waits_for_a_region_that_is_suspended() {
    let mut house = House::new(82);
    house.wait_minutes = WAIT;
    house.clock.put("2026-03-01T17:00:00.000Z");
    let legs = debts(1..=2);
    cut_off_with(&house, 1, 1, &legs);
    attests(&house, 2, 1, &legs).unwrap();
    assert_eq!(house.net(1).unwrap_err().detail, "510100");
    for officer in ["wang.fang", "zhao.min"] {
        let (suspended, by) = (region(3), officer.parse().unwrap());
        let change = huitong_core::membership::MemberChange::Suspend;
        let said = house.ask(move |context| change_member(context, suspended, change, by));
        said.unwrap();
    }
    assert_eq!(house.status(Some(1)).state, CycleState::Attested);
    assert_eq!(attested_of(&house, 1)[3], RegionAttestation::NotAsked);
    assert_eq!(legs_of(&house.net(1).unwrap()), 2);
}

#[test]
fn what_came_after_the_cut_off_is_not_counted_as_kept_out_of_the_cycle() {
    let house = House::new(83);
    let mut legs = debts(1..=2);
    cut_off_with(&house, 1, 1, &legs);
    let later = debts(3..=4);
    for (number, leg) in (3..).zip(&later) {
        house.report(3, &[receivable(number, leg)]).unwrap();
        house.report(2, &[payable(number, leg)]).unwrap();
    }
    // The whole row is kept out, and what came of it later too.
    legs[1] = changed(&legs[1]);
    attests(&house, 3, 1, &legs).unwrap();
    let status = house.status(Some(1));
    let oldest: Vec<_> = status
        .oldest
        .iter()
        .map(|leg| leg.numbered.number)
        .collect();
    assert_eq!((status.agreed, status.waiting, oldest), (0, 2, vec![1, 2]));
}

#[test]
fn a_row_is_looked_into_by_its_own_legs() {
    let house = House::new(84);
    let (legs, other) = (debts(1..=3), debt(9, 1, 3, 900));
    house.report(3, &[receivable(1, &other)]).unwrap();
    house.report(1, &[payable(1, &other)]).unwrap();
    for (number, leg) in (2..).zip(&legs) {
        house.report(3, &[receivable(number, leg)]).unwrap();
        house.report(2, &[payable(number - 1, leg)]).unwrap();
    }
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let none = Pair {
        debtor: region(0),
        ..Pair::of(&other)
    };
    let pairs = [Pair::of(&legs[0]), Pair::of(&other), none];
    let places = house.ask(move |context| {
        let attesting = context.state.attesting().unwrap();
        let places = pairs.map(|pair| attesting.places(pair).collect::<Vec<_>>());
        Ok(Decided::answer(places))
    });
    let of_chengdu = |numbers: &[u64]| numbers.iter().map(|number| (region(3), *number)).collect();
    let expected: [Vec<_>; 3] = [of_chengdu(&[2, 3, 4]), of_chengdu(&[1]), Vec::new()];
    assert_eq!(places, Ok(expected));
    assert_eq!(attests(&house, 3, 1, &[]), Ok(vec![pairs[1], pairs[0]]));
    for (pair, book) in [(pairs[0], legs), (pairs[1], vec![other])] {
        let held = house.ask(move |context| row_held(context, told(3), day(1), pair));
        assert_eq!(held.unwrap().row(), &rows(&book)[0]);
    }
}
