//! What a region's stream takes, and when it stands still.

use huitong_core::region::RegionCode;
use huitong_netting::Members;

use super::*;

#[test]
fn a_stream_takes_its_next_number_and_nothing_else() {
    let house = House::new(1);
    let leg = debt(1, 2, 3, 1_000);
    let next = |number| receivable(number, &debt(u8::try_from(number).unwrap(), 2, 3, 1_000));
    assert_eq!(house.report(3, &[]), Ok(0));
    assert_eq!(code(house.report(3, &[next(2)])), "stream.gap");
    assert_eq!(code(house.report(3, &[next(1), next(3)])), "stream.gap");
    assert_eq!(house.report(3, &[next(1), next(2)]), Ok(2));
    assert_eq!(
        house.report(3, &[next(1), next(2), next(3)]),
        Ok(3),
        "a resend goes on where it is new"
    );
    assert_eq!(
        house.report(3, &[next(2)]),
        Ok(3),
        "a duplicate is acknowledged"
    );
    assert_eq!(code(house.report(3, &[next(5)])), "stream.gap");

    // Of another region, of none, and to itself.
    assert_eq!(
        code(house.report(0, &[receivable(1, &leg)])),
        "leg.other_region"
    );
    assert_eq!(
        code(house.report(3, &[payable(4, &leg)])),
        "leg.other_region"
    );
    assert_eq!(
        code(house.report(2, &[receivable(1, &leg)])),
        "leg.other_region"
    );
    assert_eq!(
        code(house.report(3, &[receivable(4, &debt(9, 3, 3, 1))])),
        "leg.same_region"
    );
    let nowhere = Told {
        region: "440100".parse().unwrap(),
        incarnation: 1,
    };
    assert_eq!(
        code(house.ask(move |context| position(context, nowhere))),
        "stream.unknown_region"
    );
    assert_eq!(house.position(3), 3);
}

/// What a resend brings anew is written down anew, and just that.
#[test]
fn what_is_taken_of_a_resend_is_on_disk_and_no_more() {
    for how in [Return::Stopped, Return::PowerCut, Return::IndexLost] {
        let mut house = House::new(1);
        let next = |number| receivable(number, &debt(u8::try_from(number).unwrap(), 2, 3, 1_000));
        let wrong = receivable(5, &debt(9, 3, 3, 1));
        assert_eq!(house.report(3, &[next(1), next(2)]), Ok(2));
        let resent = [next(1), next(2), next(3), next(4), wrong];
        assert_eq!(code(house.report(3, &resent)), "leg.same_region");
        house.come_back(how);
        assert_eq!(house.position(3), 4, "{how:?}");
        assert_eq!(
            house.report(3, &(1..=5).map(next).collect::<Vec<_>>()),
            Ok(5)
        );
        let other = receivable(4, &debt(4, 2, 3, 1_001));
        assert_eq!(
            code(house.report(3, &[other])),
            "stream.conflict",
            "{how:?}"
        );
    }
}

#[test]
fn a_report_is_taken_up_to_the_first_leg_that_may_not_be_reported_which_is_named() {
    for how in [Return::Stopped, Return::PowerCut, Return::IndexLost] {
        let mut house = House::new(1);
        let next = |number| receivable(number, &debt(u8::try_from(number).unwrap(), 2, 3, 1_000));
        let zero = huitong_core::leg::Leg {
            amount: Fen::ZERO,
            ..debt(8, 2, 3, 1)
        };
        let wrong = [
            (receivable(3, &debt(9, 3, 3, 1)), "leg.same_region"),
            (receivable(3, &debt(9, 2, 1, 1)), "leg.other_region"),
            (receivable(3, &zero), "request.malformed"),
        ];
        for (bad, expected) in wrong {
            let legs = vec![next(1), next(2), bad, next(4)];
            // Said again it is the same answer, and nothing is taken a second time.
            let taken = house
                .ask(move |context| report_legs(context, Report::new(told(3), (legs, Vec::new()))));
            let taken = taken.unwrap();
            let (number, refusal) = taken.rejected.unwrap();
            let found = (taken.held, number, refusal.code.code());
            assert_eq!(found, (2, 3, expected), "{how:?}");
            house.come_back(how);
            assert_eq!(house.position(3), 2, "what came before it is on disk");
        }
        assert_eq!(house.report(3, &[next(3)]), Ok(3));
    }
}

/// What a debt with a region outside the directory waits for ends by itself when that joins.
#[test]
fn a_leg_with_an_unknown_region_waits_for_it_and_stops_nothing() {
    let mut house = House::new(1);
    let stranger = huitong_core::leg::Leg {
        debtor: "440100".parse().unwrap(),
        ..debt(1, 2, 3, 700)
    };
    house.report(3, &[receivable(1, &stranger)]).unwrap();
    let settled = debt(2, 2, 3, 5);
    assert_eq!(house.report(3, &[receivable(2, &settled)]), Ok(2));
    house.report(2, &[payable(1, &settled)]).unwrap();
    assert_eq!(house.status(None).oldest[0].why, Waiting::UnknownRegion);
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    assert_eq!(house.net(1).unwrap().legs(), 1);
    let reasons = |house: &House| {
        let rows = excepted(house, Asked::default(), None).rows.into_iter();
        rows.map(|row| reason_of(row.leg.why)).collect::<Vec<_>>()
    };
    assert_eq!(reasons(&house), [WaitingReason::UnknownRegion]);
    let joined: RegionCode = "440100".parse().unwrap();
    let before = members();
    let with = before.iter().chain([(joined, Member::new(joined))]);
    house
        .come_back_with(Members::new(with.collect()).unwrap())
        .unwrap();
    assert_eq!(reasons(&house), [WaitingReason::CounterpartMissing]);
    let legs = vec![payable(1, &stranger)];
    let by = Told {
        region: joined,
        incarnation: 1,
    };
    house
        .ask(move |context| report_legs(context, Report::new(by, (legs, Vec::new()))))
        .unwrap();
    for of in 0..4 {
        house.close(of, 2, house.position(of)).unwrap();
    }
    house
        .ask(move |context| close_day(context, by, day(2), 1))
        .unwrap();
    house.cut_off(2, Condition::AllClosed).unwrap();
    assert_eq!(house.net(2).unwrap().legs(), 1);
}

#[test]
fn a_number_with_other_content_halts_the_stream_until_an_officer_looks() {
    let mut house = House::new(2);
    let (leg, other) = (debt(1, 2, 3, 1_000), debt(1, 2, 3, 999));
    house.report(3, &[receivable(1, &leg)]).unwrap();
    assert_eq!(
        code(house.report(3, &[receivable(1, &other)])),
        "stream.conflict"
    );
    for _ in 0..2 {
        assert_eq!(
            code(house.report(3, &[receivable(1, &leg)])),
            "stream.halted"
        );
        assert_eq!(house.status(None).regions[3].halted_at, Some(1));
        house.come_back(Return::PowerCut);
    }
    assert_eq!(
        house.report(2, &[payable(1, &leg)]),
        Ok(1),
        "other streams go on"
    );
    let chengdu = region(3);
    for came in [Release::GoesOn, Release::NotHalted] {
        let released = house.ask(move |context| release(context, chengdu, officer()));
        assert_eq!(released, Ok((1, came)));
    }
    assert_eq!(
        house.report(3, &[receivable(1, &leg), receivable(2, &debt(2, 2, 3, 5))]),
        Ok(2)
    );
}
