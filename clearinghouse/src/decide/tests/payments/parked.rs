//! Money that does not fit what was ordered: parked with a reason, and what an officer may say of it.

use huitong_core::fund::Fund;
use huitong_core::ledger::AccountClass;
use huitong_core::payment::BankLine;
use huitong_core::vocabulary::Direction;

use super::*;

#[test]
fn what_does_not_fit_is_parked_with_its_reason_and_counts_for_nothing() {
    let house = House::new(33);
    ordered(&house, 1, 1_316_000);
    ordered(&house, 2, 500);
    let pay_in = |name: &str, fen| line(name, Direction::PayIn, fen);
    let before = open(&house);
    let cases: [(&str, BankLine, &str); 7] = [
        ("unknown_reference", pay_in("P-1", 500), ""),
        (
            "unknown_reference",
            pay_in("P-2", 500),
            "3-330000-resident_pool",
        ),
        ("other_direction", line("P-3", Direction::PayOut, 5), IN),
        ("other_member", pay_in("P-4", 500), OUT),
        (
            "other_fund",
            BankLine {
                fund: Fund::EmployeePool,
                ..pay_in("P-5", 5)
            },
            IN,
        ),
        ("exceeds", pay_in("P-6", 1_316_001), IN),
        ("earlier_open", pay_in("P-7", 500), "2-330000-resident_pool"),
    ];
    for (why, mut line, bears) in cases {
        if why == "other_member" {
            line.direction = Direction::PayOut;
        }
        if why == "other_direction" {
            line.member = "330000".parse().unwrap();
        }
        let found = enter(&house, line, bears).unwrap();
        assert_eq!(found.why.map(|why| why.word()), Some(why), "{bears}");
        assert_eq!(found.parked_rest(), line.amount);
    }
    assert_eq!(open(&house), before);
    let suspense = balance(&house, "330000", AccountClass::Suspense);
    assert_eq!(suspense, 500 + 500 - 5 - 500 + 1_316_001 + 500);
    assert!(house.trial_balance().values().all(|sum| *sum == 0));
    let future = BankLine {
        on: "2026-04-01".parse().unwrap(),
        ..pay_in("P-8", 500)
    };
    assert_eq!(code(enter(&house, future, IN)), "request.malformed");
    let stranger = BankLine {
        member: "440000".parse().unwrap(),
        ..pay_in("P-9", 500)
    };
    assert_eq!(code(enter(&house, stranger, IN)), "payment.unknown_member");
    assert_eq!(
        code(enter(&house, pay_in("P-10", 0), IN)),
        "request.malformed"
    );
}

#[test]
fn parked_money_counts_or_goes_back_once_and_the_earliest_cycle_comes_first() {
    let mut house = House::new(34);
    ordered(&house, 1, 1_000);
    ordered(&house, 2, 500);
    let second = "2-330000-resident_pool";
    enter(&house, line("P-1", Direction::PayIn, 1_600), "").unwrap();
    for (to, refusal) in [
        (vec![(second, 500)], "payment.earlier_open"),
        (vec![(IN, 999), (second, 500)], "payment.earlier_open"),
        (vec![(IN, 1_001)], "payment.exceeds"),
        (vec![(IN, 1_000), (second, 601)], "payment.exceeds"),
        (vec![(OUT, 1_000)], "payment.other_purpose"),
        (vec![("9-330000-resident_pool", 1)], "payment.unknown"),
        (vec![], "request.malformed"),
        (vec![(IN, 0)], "request.malformed"),
    ] {
        assert_eq!(code(apply(&house, "P-1", &to)), refusal, "{to:?}");
    }
    assert_eq!(
        code(apply(&house, "P-2", &[(IN, 1)])),
        "payment.bank_reference_unknown"
    );
    for _ in 0..2 {
        apply(&house, "P-1", &[(IN, 1_000), (second, 500)]).unwrap();
        house.come_back(Return::IndexLost);
    }
    assert_eq!(
        code(apply(&house, "P-1", &[(IN, 5)])),
        "payment.other_purpose"
    );
    assert_eq!(
        code(back(&house, "P-1", "P-1")),
        "payment.bank_reference_taken"
    );
    let (of, by) = (bank("P-1"), bank("P-1-BACK"));
    let on = "2026-03-30".parse().unwrap();
    let early = house.ask(move |context| send_back(context, of, (by, on), name("zhao.min")));
    let early = early.unwrap_err();
    assert_eq!(early.code.code(), "request.malformed");
    assert!(early.detail.contains("2026-03-30 is before 2026-03-31"));
    for _ in 0..2 {
        back(&house, "P-1", "P-1-BACK").unwrap();
        house.come_back(Return::PowerCut);
    }
    assert_eq!(code(back(&house, "P-1", "P-1-AGAIN")), "payment.not_parked");
    assert_eq!(
        code(enter(&house, line("P-1-BACK", Direction::PayOut, 100), "")),
        "payment.bank_reference_taken",
        "a movement back is no payment"
    );
    assert_eq!(balance(&house, "330000", AccountClass::Suspense), 0);
    assert_eq!(
        balance(&house, "330000", AccountClass::SettlementCash),
        -1_500
    );
    // What went out too early waits until it is covered, cycle by cycle.
    let over = line("P-3", Direction::PayOut, 1_400);
    enter(&house, over, "").unwrap();
    assert_eq!(
        code(apply(&house, "P-3", &[(OUT, 1_001)])),
        "payment.exceeds"
    );
    apply(&house, "P-3", &[(OUT, 1_000)]).unwrap();
    apply(&house, "P-3", &[("2-510100-resident_pool", 400)]).unwrap();
    assert_eq!(open(&house), [("2-510100-resident_pool".to_owned(), 100)]);
}

#[test]
fn what_counts_in_part_counts_in_full_when_more_of_it_can() {
    let mut house = House::new(37);
    ordered(&house, 1, 1_000);
    enter(&house, line("OUT-1", Direction::PayOut, 1_000), OUT).unwrap();
    enter(&house, line("IN-1", Direction::PayIn, 600), IN).unwrap();
    assert_eq!(
        code(apply(&house, "OUT-1", &[(OUT, 1_000)])),
        "payment.not_covered"
    );
    for _ in 0..2 {
        apply(&house, "OUT-1", &[(OUT, 600)]).unwrap();
        house.come_back(Return::IndexLost);
    }
    assert_eq!(open(&house), [(IN.to_owned(), 400), (OUT.to_owned(), 400)]);
    enter(&house, line("IN-2", Direction::PayIn, 400), IN).unwrap();
    assert_eq!(
        code(apply(&house, "OUT-1", &[(OUT, 599)])),
        "payment.other_purpose",
        "what counts does not count less"
    );
    for _ in 0..2 {
        apply(&house, "OUT-1", &[(OUT, 1_000)]).unwrap();
        house.come_back(Return::Stopped);
    }
    assert!(matches!(
        progress(&house, 1),
        CycleState::Netted(Progress::Final(_))
    ));
    assert_eq!(balance(&house, "510100", AccountClass::Suspense), 0);
    assert!(house.trial_balance().values().all(|sum| *sum == 0));
}

#[test]
fn a_way_back_that_was_entered_for_itself_is_joined_to_what_it_took_back() {
    let mut house = House::new(38);
    ordered(&house, 1, 1_000);
    let of = |name: &str, direction, fen| BankLine {
        member: "330000".parse().unwrap(),
        ..line(name, direction, fen)
    };
    enter(&house, of("P-1", Direction::PayIn, 170), "").unwrap();
    for (name, other) in [
        ("P-2", of("P-2", Direction::PayIn, 170)),
        ("P-3", of("P-3", Direction::PayOut, 169)),
        ("P-4", line("P-4", Direction::PayOut, 170)),
    ] {
        enter(&house, other, "").unwrap();
        assert_eq!(
            code(back(&house, "P-1", name)),
            "payment.bank_reference_taken"
        );
    }
    enter(&house, of("P-5", Direction::PayOut, 170), "").unwrap();
    let suspense = balance(&house, "330000", AccountClass::Suspense);
    for how in [Return::Stopped, Return::IndexLost] {
        back(&house, "P-1", "P-5").unwrap();
        house.come_back(how);
        let done = ["P-1", "P-5"].map(|name| {
            let of = bank(name);
            house.ask(move |context| movement(context, of)).unwrap()
        });
        let [one, other] = done.map(|found| found.unwrap().0);
        assert!(one.parked_rest().is_zero() && other.parked_rest().is_zero());
        assert_eq!(other.takes_back, Some(bank("P-1")));
    }
    assert_eq!(
        balance(&house, "330000", AccountClass::Suspense),
        suspense,
        "in the books they stood against each other already"
    );
    assert_eq!(
        code(back(&house, "P-2", "P-5")),
        "payment.bank_reference_taken"
    );
}

#[test]
fn a_long_list_of_movements_is_told_a_page_at_a_time_and_nothing_twice() {
    let house = House::new(39);
    ordered(&house, 1, 1_000);
    let names: Vec<_> = (0..1_100).map(|nth| format!("P-{nth:04}")).collect();
    for name in &names {
        enter(&house, line(name, Direction::PayIn, 1), "").unwrap();
    }
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = house
            .ask(move |context| movements(context, Openness::Open, after))
            .unwrap();
        let page_names = page
            .rows
            .iter()
            .map(|of| of.line.bank_reference.to_string());
        seen.extend(page_names);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, names);
}

#[test]
fn what_was_booked_before_the_order_is_not_for_it_until_an_officer_says_so() {
    let mut house = House::new(331);
    let on = |day: &str| BankLine {
        on: day.parse().unwrap(),
        ..line("IN-1", Direction::PayIn, 1_000)
    };
    let refused = |house: &House, day: &str| {
        let refusal = enter(house, on(day), IN).unwrap_err();
        assert_eq!(refusal.code.code(), "payment.before_order");
        refusal.detail
    };
    let plan = netted(&house, 1, 1_000);
    let backup = house.disk.copy();
    let order = |house: &House| {
        for by in ["wang.fang", "zhao.min"] {
            approve_as(house, 1, digest(&plan), by).unwrap();
        }
        instruct_within(house, 1, 21).unwrap();
    };
    order(&house);
    let detail = "1-330000-resident_pool: 2026-03-31";
    assert_eq!(refused(&house, "2026-03-30"), detail);
    assert_eq!(open(&house)[0], (IN.to_owned(), 1_000));
    // It did move: what it is for an officer says.
    let early = enter(&house, on("2026-03-30"), "").unwrap();
    assert_eq!(early.parked_rest().get(), 1_000);
    apply(&house, "IN-1", &[(IN, 1_000)]).unwrap();
    assert_eq!(open(&house).len(), 1);
    // An order that is given anew may have been given before the restore, though not before its cycle.
    house.clock.put("2026-04-05T04:00:00.000Z");
    house.put_back(&backup);
    house.clock.put("2026-04-10T04:00:00.000Z");
    let resumed = house.ask(|context| resume(context, Some(day(1)), officer()));
    resumed.unwrap();
    order(&house);
    let detail = "1-330000-resident_pool: 2026-03-01";
    assert_eq!(refused(&house, "2026-02-28"), detail);
    enter(&house, on("2026-03-30"), IN).unwrap();
    // It may have moved on the first order after the restore too, before the new one.
    let between = line("OUT-1", Direction::PayOut, 1_000);
    let between = BankLine {
        on: "2026-04-06".parse().unwrap(),
        ..between
    };
    enter(&house, between, OUT).unwrap();
    assert!(open(&house).is_empty());
}

#[test]
fn an_order_of_a_cycle_that_came_after_a_restore_was_not_given_before_it() {
    let mut house = House::new(332);
    house.clock.put("2026-03-15T04:00:00.000Z");
    let backup = house.disk.copy();
    house.put_back(&backup);
    house
        .ask(|context| resume(context, None, officer()))
        .unwrap();
    house.clock.put("2026-03-31T04:00:00.000Z");
    // Day by day until one that had not come then.
    for number in 1..=16 {
        ordered(&house, number, 1_000);
    }
    let early = |number| {
        let line = BankLine {
            on: "2026-03-30".parse().unwrap(),
            ..line(&format!("IN-{number}"), Direction::PayIn, 1_000)
        };
        enter(&house, line, &format!("{number}-330000-resident_pool"))
    };
    for number in 1..=15 {
        assert!(early(number).unwrap().parked_rest().is_zero());
    }
    let refusal = early(16).unwrap_err();
    let detail = "16-330000-resident_pool: 2026-03-31";
    assert_eq!(refusal.code.code(), "payment.before_order");
    assert_eq!(refusal.detail, detail);
}
