//! Legs of more than is owed as one, and more legs than can be netted at once.

use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{LARGEST_LEG, Leg, NumberedLeg};

use super::*;

fn waiting(house: &House, reason: WaitingReason) -> Vec<(String, u64)> {
    let asked = Asked {
        reason: Some(reason),
        ..Asked::default()
    };
    let rows = excepted(house, asked, None).rows.into_iter();
    let row = |row: Exception| (row.leg.region.to_string(), row.leg.numbered.number);
    rows.map(row).collect()
}

/// The largest debt there may be of Ningbo (2) to Chengdu (3), by number.
fn largest(number: u64) -> Leg {
    let mut id = [0; 10];
    id[..8].copy_from_slice(&number.to_be_bytes());
    Leg {
        settlement: SettlementId::from_parts(1, id),
        ..debt(1, 2, 3, LARGEST_LEG.get())
    }
}

#[test]
fn a_debt_of_trillions_waits_by_itself_and_holds_up_neither_stream_nor_cycle() {
    for how in [Return::Stopped, Return::PowerCut, Return::IndexLost] {
        let mut house = House::new(90);
        let one_more = LARGEST_LEG.get() + 1;
        // The two agree on as much as there is, twice, and on one fen more than may be.
        let large = [
            debt(1, 2, 3, Fen::MAX.get()),
            debt(2, 2, 3, Fen::MAX.get()),
            debt(3, 2, 3, one_more),
            debt(4, 2, 3, LARGEST_LEG.get()),
        ];
        for (number, leg) in (1..).zip(&large) {
            assert_eq!(house.report(3, &[receivable(number, leg)]), Ok(number));
            assert_eq!(house.report(2, &[payable(number, leg)]), Ok(number));
        }
        house.come_back(how);
        let status = house.status(None);
        assert_eq!((status.agreed, status.waiting, status.differing), (1, 6, 0));
        close_all(&house, 1);
        house.cut_off(1, Condition::AllClosed).unwrap();
        let plan = house.net(1).unwrap();
        assert_eq!((plan.legs(), plan.total()), (1, Ok(LARGEST_LEG)));
        house.come_back(how);
        let mut waits = waiting(&house, WaitingReason::TooLarge);
        waits.sort();
        let expected = ["330200", "510100"].map(|region| {
            let legs = (1..=3).map(|number| (region.to_owned(), number));
            legs.collect::<Vec<_>>()
        });
        assert_eq!(waits, expected.concat());
        // Whatever comes after them goes on, also what takes one of them back.
        let back = crate::testing::reversed(&large[0], 1);
        let small = debt(5, 2, 3, 500);
        assert_eq!(
            house.report(3, &[payable(5, &back), receivable(6, &small)]),
            Ok(6)
        );
        assert_eq!(
            house.report(2, &[receivable(5, &back), payable(6, &small)]),
            Ok(6)
        );
        close_all(&house, 2);
        house.cut_off(2, Condition::AllClosed).unwrap();
        assert_eq!(house.net(2).unwrap().total(), Fen::new(500));
        assert!(house.trial_balance().values().all(|sum| *sum == 0));
    }
}

#[test]
fn a_stream_is_taken_as_far_as_what_agrees_fits_into_a_cycle_and_goes_on_after_it() {
    let mut house = House::new(91);
    let most = 500;
    let legs = |side: fn(u64, &Leg) -> NumberedLeg, numbers: std::ops::RangeInclusive<u64>| {
        let legs = numbers.map(|number| side(number, &largest(number)));
        legs.collect::<Vec<_>>()
    };
    // What is told once agrees with nothing yet: only what comes in one report is bounded.
    assert_eq!(house.report(3, &legs(receivable, 1..=most + 2)), Ok(most));
    assert_eq!(
        house.report(3, &legs(receivable, most + 1..=most + 2)),
        Ok(most + 2)
    );
    assert_eq!(house.report(2, &legs(payable, 1..=most + 2)), Ok(most));
    for how in [Return::Stopped, Return::IndexLost] {
        let refused = house.report(2, &legs(payable, most + 1..=most + 2));
        let refused = refused.unwrap_err();
        assert_eq!(refused.code.code(), "stream.full");
        assert_eq!(refused.detail, "5000000000.00");
        // One that may not be reported is named when it is the next, and not looked at behind one without room.
        let wrong = |number| payable(number, &debt(9, 2, 2, 1));
        let next = house.report(2, &[wrong(most + 1)]);
        assert_eq!(code(next), "leg.same_region");
        let behind = [payable(most + 1, &largest(most + 1)), wrong(most + 2)];
        assert_eq!(code(house.report(2, &behind)), "stream.full");
        assert_eq!(house.position(2), most);
        house.come_back(how);
    }
    // A leg that is too large never agrees, and takes no room; neither does what is said again.
    assert_eq!(house.report(2, &legs(payable, 1..=3)), Ok(most));
    let large = debt(9, 0, 1, Fen::MAX.get());
    assert_eq!(house.report(1, &[receivable(1, &large)]), Ok(1));
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let first = house.net(1).unwrap();
    assert_eq!(first.legs(), most);
    let fund = Fund::ResidentPool;
    assert_eq!(house.trial_balance()[&fund], 0);
    house.come_back(Return::IndexLost);
    assert_eq!(
        house.report(2, &legs(payable, most + 1..=most + 2)),
        Ok(most + 2)
    );
    close_all(&house, 2);
    house.cut_off(2, Condition::AllClosed).unwrap();
    assert_eq!(house.net(2).unwrap().legs(), 2);
}

#[test]
fn a_lost_cycle_is_cut_off_again_whichever_region_reports_first() {
    let mut house = House::new(92);
    let to_shanghai = debt(250, 2, 0, LARGEST_LEG.get());
    assert_eq!(house.report(0, &[receivable(1, &to_shanghai)]), Ok(1));
    let backup = house.disk.copy();
    // Ningbo reports before Chengdu: there is room for all of it.
    let chengdus: Vec<_> = (1..=500)
        .map(|number| receivable(number, &largest(number)))
        .collect();
    let mut ningbos: Vec<_> = (1..=500)
        .map(|number| payable(number, &largest(number)))
        .collect();
    ningbos.push(payable(501, &to_shanghai));
    assert_eq!(house.report(2, &ningbos), Ok(500));
    assert_eq!(house.report(2, &ningbos), Ok(501));
    assert_eq!(house.report(3, &chengdus), Ok(500));
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let plan = house.net(1).unwrap();
    assert_eq!(plan.legs(), 501);

    // After a restore Chengdu is first, and all of Ningbo's is taken again all the same.
    house.put_back(&backup);
    assert_eq!(house.report(3, &chengdus), Ok(500));
    assert_eq!(house.report(2, &ningbos), Ok(501));
    let marks = (0..4).map(region).zip([1, 0, 501, 500]).collect();
    house.cut_off(1, Condition::Again(marks)).unwrap();
    let known = Expected::Plan(plan.digest());
    let again = house.ask(move |context| net(context, day(1), known, 0, officer()));
    assert_eq!(again, Ok(plan));
}
