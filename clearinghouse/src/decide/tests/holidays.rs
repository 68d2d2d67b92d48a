//! Cycles over days that are no business days.

use huitong_core::calendar::Calendar;

use super::*;

/// 1 March 2026 is a Sunday; the 7th and 8th are the next weekend.
#[test]
fn what_belongs_to_a_holiday_is_netted_with_the_next_business_day() {
    let mut house = House::new(40);
    house.calendar = Calendar::weekdays();
    house.come_back(Return::Stopped);
    // Whoever has another calendar closes a Saturday, and has a leg of it.
    let mut leg = debt(1, 2, 3, 1_316_000);
    leg.business_day = day(7);
    house.report(2, &[payable(1, &leg)]).unwrap();
    house.report(3, &[receivable(1, &leg)]).unwrap();
    close_all(&house, 7);
    for holiday in [7, 8] {
        let refused = house.cut_off(holiday, Condition::Deadline(0)).unwrap_err();
        assert_eq!(refused.code.code(), "cycle.no_business_day");
        let named = format!("{}, the next is {}", day(holiday), day(9));
        assert_eq!(refused.detail, named);
    }
    assert_eq!(house.status(None).day, day(9), "the open cycle");
    let asked = |house: &House, on: BusinessDay| {
        let begun = house.ask(move |context| begin_status(context, WhichCycle::Of(on)));
        let told = begun.and_then(|counting| house.ask(|context| status(context, counting)));
        told.map(|status| status.unwrap().state)
            .map_err(|refusal| (refusal.code.code(), refusal.detail))
    };
    let weekend = format!("{}, the next is {}", day(8), day(9));
    let no_day = Err(("cycle.no_business_day", weekend));
    assert_eq!(asked(&house, day(8)), no_day);
    assert_eq!(asked(&house, day(9)), Ok(CycleState::Open));
    let tomorrow = day(31).plus_days(1).unwrap();
    let ahead = Err(("cycle.not_begun", tomorrow.to_string()));
    assert_eq!(asked(&house, tomorrow), ahead);
    house.clock.put("2026-03-09T14:00:00.000Z");
    let deadline = Schedule::Deadline(22 * 60);
    assert_eq!(house.tick(deadline), Ok(Some(day(9))));
    let plan = house.net(9).unwrap();
    assert_eq!((plan.day(), plan.legs()), (day(9), 1));
    // Nothing was cut off that Friday, and nothing is any more.
    let never = format!("{}, cut off up to {}", day(6), day(9));
    assert_eq!(asked(&house, day(6)), Err(("cycle.passed", never)));
    assert_eq!(asked(&house, day(8)), no_day);
}
