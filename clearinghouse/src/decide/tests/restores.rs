//! A region's node that was restored: its stream back, and nothing of an older incarnation.

use huitong_core::checkpoint::row::Row;
use huitong_core::checkpoint::search::RowLegs;
use huitong_core::leg::{Leg, NumberedLeg};

use super::attestation::asks_for_its_stream;
use super::*;

#[test]
fn a_restored_node_is_given_its_stream_and_nothing_of_an_older_incarnation_is_taken() {
    let mut house = House::new(0);
    let legs: Vec<_> = (1..=3)
        .map(|number| receivable(number, &debt(u8::try_from(number).unwrap(), 2, 3, 100)))
        .collect();
    house.report(3, &legs).unwrap();
    house.close(3, 2, 3).unwrap();
    let ask = |incarnation, mark, after| Regain {
        region: region(3),
        incarnation,
        mark: [mark; 16],
        after,
    };
    let page = |given: Vec<NumberedLeg>| Regained::Page {
        legs: given,
        held: 3,
        closed: vec![(day(2), 3)],
    };
    let given = house.ask(move |context| regain(context, ask(2, 7, 1)));
    assert_eq!(given, Ok(page(legs[1..].to_vec())));
    // Asked again it is given again; what an older one sends is not taken, and a newer restore counts on.
    let again = house.ask(move |context| regain(context, ask(2, 7, 3)));
    assert_eq!(again, Ok(page(Vec::new())));
    assert_eq!(
        code(house.ask(move |context| position(context, told(3)))),
        "recovery.old_incarnation"
    );
    assert_eq!(
        code(house.report(3, &[receivable(4, &debt(4, 2, 3, 100))])),
        "recovery.old_incarnation"
    );
    assert_eq!(code(house.close(3, 3, 3)), "recovery.old_incarnation");
    for (incarnation, mark) in [(2, 8), (1, 7)] {
        let older = house.ask(move |context| regain(context, ask(incarnation, mark, 0)));
        assert_eq!(older, Ok(Regained::Older(2)));
    }
    // Also after a restart of its own.
    house.come_back(Return::IndexLost);
    let older = house.ask(move |context| regain(context, ask(2, 8, 0)));
    assert_eq!(older, Ok(Regained::Older(2)));
    house.come_back(Return::Stopped);
    let older = house.ask(move |context| regain(context, ask(2, 8, 0)));
    assert_eq!(older, Ok(Regained::Older(2)));
    let newer = Told {
        incarnation: 2,
        ..told(3)
    };
    let known = house.ask(move |context| position(context, newer));
    assert_eq!(known.map(|(held, own)| (held, own.incarnation)), Ok((3, 1)));
}

#[test]
fn a_restored_clearinghouse_takes_nothing_of_a_later_incarnation_before_it_is_asked_in_it() {
    let mut house = House::new(1);
    let leg = debt(1, 2, 3, 100);
    house.report(3, &[receivable(1, &leg)]).unwrap();
    house.report(2, &[payable(1, &leg)]).unwrap();
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let backup = house.disk.copy();
    let ask = Regain {
        region: region(3),
        incarnation: 2,
        mark: [7; 16],
        after: 1,
    };
    let by = Told {
        incarnation: 2,
        ..told(3)
    };
    // That Chengdu's node asked for its stream is lost.
    house.ask(move |context| regain(context, ask)).unwrap();
    house.put_back(&backup);
    let next = vec![receivable(2, &debt(2, 2, 3, 100))];
    let pair = huitong_core::checkpoint::row::Pair::of(&leg);
    let refused = |house: &House| {
        let next = next.clone();
        [
            code(house.ask(move |context| position(context, by))),
            code(
                house.ask(move |context| report_legs(context, Report::new(by, (next, Vec::new())))),
            ),
            code(house.ask(move |context| close_day(context, by, day(2), 1))),
            code(house.ask(move |context| window(context, by))),
            code(house.ask(move |context| attest(context, by, day(1), &[]))),
            code(house.ask(move |context| row_held(context, by, day(1), pair))),
            code(
                house.ask(move |context| tell_differences(context, by, (day(1), pair), Vec::new())),
            ),
        ]
    };
    assert_eq!(refused(&house), ["stream.not_asked_for"; 7]);
    house.come_back(Return::IndexLost);
    assert_eq!(refused(&house), ["stream.not_asked_for"; 7]);
    // It asks again, and is the one that counts; the one before is not any more.
    house.ask(move |context| regain(context, ask)).unwrap();
    let found = house.ask(move |context| position(context, by));
    assert_eq!(found.unwrap().0, 1);
    let found = house.ask(move |context| window(context, by));
    assert!(found.unwrap().is_some());
    let differ = house.ask(move |context| attest(context, by, day(1), &[]));
    assert_eq!(differ, Ok(vec![pair]));
    let older = house.ask(move |context| attest(context, told(3), day(1), &[]));
    assert_eq!(code(older), "recovery.old_incarnation");
}

fn attests(house: &House, by: Told, leg: &Leg) {
    let rows = RowLegs::all(vec![leg.clone()]).unwrap();
    let rows: Vec<Row> = rows.values().map(|legs| *legs.row()).collect();
    let differ = house.ask(move |context| attest(context, by, day(1), &rows));
    assert_eq!(differ, Ok(Vec::new()));
}

/// A cycle of one debt that both regions attested, before Chengdu's node was restored.
fn attested_before_a_restore(seed: u64, leg: &Leg) -> House {
    let mut house = House::new(seed);
    house.wait_minutes = 60;
    house.clock.put("2026-03-01T17:00:00.000Z");
    house.report(3, &[receivable(1, leg)]).unwrap();
    house.report(2, &[payable(1, leg)]).unwrap();
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    for of in [2, 3] {
        attests(&house, told(of), leg);
    }
    assert_eq!(house.status(Some(1)).state, CycleState::Attested);
    asks_for_its_stream(&house);
    house
}

#[test]
fn netting_waits_for_the_word_of_a_restored_node_and_not_for_ever() {
    let leg = debt(1, 2, 3, 100);
    let mut house = attested_before_a_restore(2, &leg);
    // What an older incarnation said is not the word of the one that counts.
    for how in [Return::PowerCut, Return::IndexLost] {
        let status = house.status(Some(1));
        assert_eq!(status.state, CycleState::CutOff);
        let chengdu = status.regions.last().unwrap();
        assert_eq!(chengdu.attested, RegionAttestation::Outstanding);
        let refused = house.net(1).unwrap_err();
        assert_eq!(refused.code.code(), "cycle.not_attested");
        assert_eq!(refused.detail, "510100");
        house.come_back(how);
    }
    let restored = Told {
        incarnation: 2,
        ..told(3)
    };
    attests(&house, restored, &leg);
    assert_eq!(house.status(Some(1)).state, CycleState::Attested);
    assert_eq!(house.net(1).unwrap().legs(), 1);

    // One that stays silent holds nobody up for longer than the operator set.
    let house = attested_before_a_restore(3, &leg);
    house.clock.put("2026-03-01T18:00:00.000Z");
    assert_eq!(house.net(1).unwrap().legs(), 1);
}
