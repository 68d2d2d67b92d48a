//! What a region's stream takes, and when it stands still.

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

    // Of another region, of none, to itself, and outside the directory.
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
    let mut stranger = leg;
    stranger.debtor = "440100".parse().unwrap();
    assert_eq!(
        code(house.report(3, &[receivable(4, &stranger)])),
        "leg.unknown_region"
    );
    let nowhere = Told {
        region: "440100".parse().unwrap(),
        incarnation: 1,
    };
    assert_eq!(
        code(house.ask(move |context| position(context, nowhere))),
        "stream.unknown_region"
    );
    // A report is taken whole or not at all.
    assert_eq!(
        code(house.report(3, &[next(4), receivable(5, &debt(9, 3, 3, 1))])),
        "leg.same_region"
    );
    assert_eq!(house.position(3), 3);
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
    assert_eq!(
        house.ask(move |context| release(context, chengdu, officer())),
        Ok(1)
    );
    assert_eq!(
        house.report(3, &[receivable(1, &leg), receivable(2, &debt(2, 2, 3, 5))]),
        Ok(2)
    );
}
