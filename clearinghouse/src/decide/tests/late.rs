//! What the log says once a day of what is past its day: one line for each kind, with a count and the latest of it.

use super::disputes;
use super::payments::ordered;
use super::proofs::Heard;
use super::*;
use crate::disputes::DisputeRules;
use crate::grpc::DayRules;
use crate::months::MonthRules;
use crate::payments::PaymentRules;
use crate::prefunds::Rules;
use crate::testing::reversed;
use crate::watch::Said;

const BY: (MonthRules, PaymentRules) = (MonthRules::STANDARD, PaymentRules::STANDARD);

/// Each kind that is late: how many, the latest of it, and by how many days.
pub(super) fn late(
    house: &House,
    by: (MonthRules, PaymentRules),
) -> Vec<(&'static str, u64, String, u32)> {
    let told = house
        .ask(move |context| overdue(context, None, by))
        .unwrap();
    let (_, late) = told.unwrap();
    let row = |of: Overdue| (of.what, of.count, of.latest, of.days_late);
    late.into_iter().map(row).collect()
}

/// The legs that wait for too long, looked at so many at a time.
fn legs(house: &House, at_most: usize) -> Option<Overdue> {
    let mut counting = house.ask(begin_late_legs).unwrap();
    loop {
        let looked = house.look(move |context| {
            let is_more = counting.go_on(context, at_most);
            (counting, is_more)
        });
        let is_more;
        (counting, is_more) = looked.unwrap();
        if !is_more.unwrap() {
            return house
                .ask(move |context| late_legs(context, counting))
                .unwrap()
                .unwrap();
        }
    }
}

#[test]
fn what_was_ordered_and_what_waits_for_officers_is_told_once_it_is_late_and_once_a_day() {
    let house = House::new(320);
    // Due three weeks after the order of the 31st.
    ordered(&house, 1, 500);
    house.clock.put("2026-04-20T04:00:00.000Z");
    house.cut_off(2, Condition::Deadline(0)).unwrap();
    house.clock.put("2026-04-21T04:00:00.000Z");
    assert_eq!(late(&house, BY), []);
    house.clock.put("2026-04-23T04:00:00.000Z");
    let cycles = (
        "cycles that wait for officers",
        1,
        "2026-03-02".to_owned(),
        2,
    );
    let first = "1-330000-resident_pool".to_owned();
    let payments = ("payments", 2, first, 2);
    // March was to be drawn up by the 21st.
    let month = ("months", 1, "2026-03".to_owned(), 2);
    assert_eq!(late(&house, BY), [cycles, payments, month]);
    let today = house.ask(|context| Ok(Decided::answer(context.now.business_day_shanghai())));
    let said = Some(today.unwrap());
    let again = house.ask(move |context| overdue(context, said, BY));
    assert!(again.unwrap().is_none(), "it was said today");
    house.clock.put("2026-04-24T04:00:00.000Z");
    let again = house.ask(move |context| overdue(context, said, BY));
    assert_eq!(again.unwrap().unwrap().1.len(), 3);
}

#[test]
fn a_dispute_that_nobody_decides_is_told_and_one_that_is_over_is_not() {
    let house = disputes::escalated(322);
    let is_told = |house: &House| late(house, BY).iter().any(|of| of.0 == "disputes");
    assert!(!is_told(&house));
    let due = disputes::due(&house).unwrap();
    let after = due.plus_days(3).unwrap();
    house.clock.put(&format!("{after}T04:00:00.000Z"));
    let told = late(&house, BY);
    let dispute = ("disputes", 1, "330200/2026-03-001".to_owned(), 3);
    assert!(told.contains(&dispute), "{told:?}");
    disputes::withdrawn(&house);
    assert!(!is_told(&house));
}

#[test]
fn a_leg_that_waits_for_more_than_thirty_days_is_counted_unless_nothing_is_to_be_done() {
    let mut house = House::new(321);
    assert_eq!(legs(&house, 1), None, "nothing was cut off yet");
    for id in 1..=5 {
        let leg = debt(id, 2, 3, 100);
        house.report(3, &[receivable(u64::from(id), &leg)]).unwrap();
    }
    // The last two are taken back by both, and the first agrees.
    let back = |id| reversed(&debt(id, 2, 3, 100), 1);
    house.report(3, &[payable(6, &back(5))]).unwrap();
    house.report(2, &[payable(1, &debt(1, 2, 3, 100))]).unwrap();
    house.report(2, &[receivable(2, &back(5))]).unwrap();
    house.cut_off(1, Condition::Deadline(0)).unwrap();
    house.net(1).unwrap();
    house.clock.put("2026-04-30T04:00:00.000Z");
    assert_eq!(legs(&house, usize::MAX), None, "thirty days");
    house.clock.put("2026-05-02T04:00:00.000Z");
    for how in [None, Some(Return::IndexLost)] {
        if let Some(how) = how {
            house.come_back(how);
        }
        for at_most in [1, usize::MAX] {
            let found = legs(&house, at_most).unwrap();
            assert_eq!((found.count, found.days_late), (3, 2), "{at_most}");
            assert_eq!(found.latest, format!("{}:2", region(3)));
        }
    }
}

#[test]
fn the_log_says_each_kind_as_an_error_and_not_again_on_the_same_day() {
    let house = House::new(323);
    ordered(&house, 1, 500);
    let alone = debt(9, 0, 1, 100);
    house.report(1, &[receivable(1, &alone)]).unwrap();
    house.clock.put("2026-05-02T04:00:00.000Z");
    let rules = DayRules {
        payment: PaymentRules::STANDARD,
        wait_minutes: 0,
        deadline_minutes: 0,
        prefund: Rules::STANDARD,
        dispute: DisputeRules::STANDARD,
        month: MonthRules::STANDARD,
    };
    let log = Heard::default();
    let told =
        |said| tracing::subscriber::with_default(log.clone(), || house.tell_late(&rules, said));
    let said = told(Said::default());
    assert!(said.prefunds.is_some() && said.others.is_some() && said.legs.is_some());
    let heard = || -> Vec<String> {
        let lines = log.0.lock().unwrap();
        let late = lines.iter().filter(|line| line.contains("past its day"));
        late.cloned().collect()
    };
    let first = heard();
    let kinds = [
        "\"payments\" count=2",
        "\"months\" count=1",
        "30 days\" count=1",
    ];
    assert_eq!(first.len(), kinds.len(), "{first:?}");
    for (line, kind) in first.iter().zip(kinds) {
        assert!(line.contains("ERROR") && line.contains(kind), "{line}");
    }
    assert_eq!(told(said), said);
    assert_eq!(heard(), first, "it was said today");
    house.clock.put("2026-05-03T04:00:00.000Z");
    let next = told(said);
    assert!(next.prefunds > said.prefunds && next.others > said.others && next.legs > said.legs);
    assert_eq!(heard().len(), 2 * first.len());
    // What could not be looked for is said alone once it can.
    let others = said.others;
    assert_eq!(told(Said { others, ..next }), next);
    assert_eq!(heard().len(), 2 * first.len() + 2);
}
