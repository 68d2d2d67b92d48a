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
        let refused = house.cut_off(holiday, Condition::Deadline).unwrap_err();
        assert_eq!(refused.code.code(), "cycle.no_business_day");
        let named = format!("{}, the next is {}", day(holiday), day(9));
        assert_eq!(refused.detail, named);
    }
    assert_eq!(house.status(None).day, day(9), "the open cycle");
    house.clock.put("2026-03-09T14:00:00.000Z");
    let deadline = Schedule::Deadline(22 * 60);
    assert_eq!(house.tick(deadline), Ok(Some(day(9))));
    let plan = house.net(9).unwrap();
    assert_eq!((plan.day(), plan.legs()), (day(9), 1));
}
