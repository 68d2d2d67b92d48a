//! A region's node that was restored: its stream back, and nothing of an older incarnation.

use huitong_core::leg::NumberedLeg;

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
