//! The holder itself asks for more, at the node of one of its regions: nobody else's region does, and nothing is asked for twice,
//! whoever says it.

use super::*;

fn ask(house: &House, of_region: usize, id: &str, amount: i64) -> Result<(), Refusal> {
    let (which, amount) = ((of(ZHEJIANG), id.parse().unwrap()), fen(amount));
    let by = (region(of_region), name("li.wei"));
    house.ask(move |context| prefund::top_up_of_holder(context, which, amount, &RULES, by))
}

#[test]
fn the_holder_asks_in_time_and_what_it_asked_for_stays_also_after_a_restart() {
    let mut house = two_payers();
    levels(&house);
    house.clock.put("2026-04-06T04:00:00.000Z");
    assert_eq!(row(&house, ZHEJIANG).ask_days_late, 3);
    assert_eq!(code(ask(&house, 3, "T-1", 0)), "request.malformed");
    ask(&house, 3, "T-1", 100).unwrap();
    for how in [Return::Stopped, Return::IndexLost] {
        let found = row(&house, ZHEJIANG);
        assert_eq!(
            (found.ask_days_late, found.open_top_up),
            (0, Some(fen(100)))
        );
        assert_eq!(found.topped_up, fen(100));
        // Said again by either it is the same; another amount, or a second one, is refused.
        ask(&house, 3, "T-1", 100).unwrap();
        top_up_as(&house, "T-1", 100).unwrap();
        assert_eq!(code(ask(&house, 3, "T-1", 101)), "prefund.top_up_taken");
        assert_eq!(code(top_up_as(&house, "T-1", 101)), "prefund.top_up_taken");
        assert_eq!(code(ask(&house, 3, "T-2", 100)), "prefund.asked_already");
        assert_eq!(row(&house, ZHEJIANG).topped_up, fen(100));
        house.come_back(how);
    }
}

/// The level is found anew from time to time; whether more may be asked for goes by the one that it is by now.
#[test]
fn whether_more_may_be_asked_for_goes_by_the_level_as_of_now() {
    let house = two_payers();
    assert_eq!(row(&house, ZHEJIANG).level, PrefundLevel::Normal);
    ask(&house, 3, "T-1", 100).unwrap();
    assert_eq!(row(&house, ZHEJIANG).open_top_up, Some(fen(100)));
    let house = two_payers();
    levels(&house);
    moves(&house, "B-1", Direction::PayIn, "330000", 900);
    assert_eq!(row(&house, ZHEJIANG).level, PrefundLevel::Red);
    assert_eq!(code(ask(&house, 3, "T-1", 100)), "prefund.not_red");
    assert_eq!(code(top_up_as(&house, "T-1", 100)), "prefund.not_red");
}

#[test]
fn nobody_but_the_holder_asks() {
    let house = two_payers();
    levels(&house);
    // The payer's two regions, a third member's, and one that is nobody's.
    for of_region in [0, 1, 2] {
        let refused = ask(&house, of_region, "T-1", 100);
        assert_eq!(code(refused), "prefund.not_holder");
    }
    let which = (of(ZHEJIANG), "T-1".parse().unwrap());
    let by = ("440100".parse().unwrap(), name("li.wei"));
    let stranger =
        house.ask(move |context| prefund::top_up_of_holder(context, which, fen(100), &RULES, by));
    assert_eq!(code(stranger), "stream.unknown_region");
    assert_eq!(row(&house, ZHEJIANG).open_top_up, None);
}
