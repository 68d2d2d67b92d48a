//! What may be disputed: what is known, in time, and no more than there is.

use huitong_core::leg::LARGEST_LEG;
use huitong_core::membership::MemberChange;

use super::*;
use crate::decide::change_member;
use crate::testing::reversed;

/// The first day is netted: the pair's row of it.
fn netted_row(house: &House) -> Subject {
    close_all(house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    house.net(1).unwrap();
    Subject::Row {
        day: day(1),
        pair: pair(),
    }
}

#[test]
fn only_what_is_held_or_netted_between_the_two_is_disputed() {
    let house = netted(90);
    let leg = debt(1, NINGBO, CHENGDU, 1_316_000);
    let other_way = Pair {
        debtor: pair().creditor,
        creditor: pair().debtor,
        fund: pair().fund,
    };
    let other_fund = Pair {
        fund: Fund::EmployeePool,
        ..pair()
    };
    let turned = Subject::Debt {
        settlement: leg.settlement,
        kind: leg.kind,
        pair: other_way,
    };
    let reversal = Subject::Debt {
        settlement: leg.settlement,
        kind: LegKind::Reversal,
        pair: pair(),
    };
    let row = |on, pair| Subject::Row { day: day(on), pair };
    let unknown = [
        of_debt(&debt(9, NINGBO, CHENGDU, 1)),
        turned,
        reversal,
        row(2, pair()),
        row(1, other_way),
        row(1, other_fund),
    ];
    for (nth, subject) in unknown.into_iter().enumerate() {
        let refused = say(&house, NINGBO, &format!("330200/{nth}"), claim(subject, 1));
        assert_eq!(code(refused), "dispute.subject_unknown", "{subject}");
    }
    // A debt that waits for its other side is known too, and so is a row.
    let waiting = debt(2, NINGBO, CHENGDU, 700);
    assert_eq!(house.report(CHENGDU, &[receivable(2, &waiting)]), Ok(2));
    let missing = claim(of_debt(&waiting), 700);
    assert!(say(&house, CHENGDU, "510100/missing", missing).is_ok());
    assert!(say(&house, CHENGDU, "510100/row", claim(row(1, pair()), 1)).is_ok());
    assert_eq!(list(&house).len(), 2);
}

#[test]
fn the_term_ends_so_many_business_days_after_the_cycle() {
    let house = netted(91);
    let row = Subject::Row {
        day: day(1),
        pair: pair(),
    };
    house.clock.put("2026-04-30T15:59:00.000Z");
    assert!(say(&house, NINGBO, "330200/in-time", claim(row, 1)).is_ok());
    house.clock.put("2026-04-30T16:00:00.000Z");
    let late = say(&house, NINGBO, "330200/late", claim(row, 1)).unwrap_err();
    assert_eq!(
        (late.code.code(), late.detail.as_str()),
        ("dispute.out_of_term", "2026-04-30")
    );
    let late = say(&house, NINGBO, "330200/debt", all()).unwrap_err();
    assert_eq!(late.code.code(), "dispute.out_of_term");
}

#[test]
fn of_a_row_no_more_is_claimed_in_one_dispute_than_is_owed_as_one_leg() {
    let house = House::new(95);
    let most = LARGEST_LEG.get();
    for number in [1, 2] {
        let leg = debt(number, NINGBO, CHENGDU, most);
        let number = u64::from(number);
        house.report(NINGBO, &[payable(number, &leg)]).unwrap();
        house.report(CHENGDU, &[receivable(number, &leg)]).unwrap();
    }
    let row = netted_row(&house);
    let raise = |id: &str, fen| say(&house, NINGBO, &format!("330200/{id}"), claim(row, fen));
    let refused = raise("a", most + 1).unwrap_err();
    assert_eq!(
        (refused.code.code(), refused.detail.as_str()),
        ("dispute.exceeds", "10000000.00")
    );
    // The rest of the row is disputed by itself.
    assert!(raise("b", most).is_ok() && raise("c", most).is_ok());
    assert_eq!(raise("d", 1).unwrap_err().detail, "0.00");
}

#[test]
fn a_leg_that_is_too_large_is_not_corrected() {
    let house = House::new(96);
    let large = debt(1, NINGBO, CHENGDU, LARGEST_LEG.get() + 1);
    assert_eq!(house.report(NINGBO, &[payable(1, &large)]), Ok(1));
    assert_eq!(house.report(CHENGDU, &[receivable(1, &large)]), Ok(1));
    for (of, id) in [(NINGBO, "330200/large"), (CHENGDU, "510100/large")] {
        let refused = say(&house, of, id, claim(of_debt(&large), 500));
        assert_eq!(code(refused), "dispute.subject_unknown");
    }
}

#[test]
fn a_leg_of_a_day_that_no_calendar_reaches_stops_nobody() {
    let house = House::new(94);
    let last = BusinessDay::new(2199, 12, 31).unwrap();
    let far = Leg {
        business_day: last,
        ..debt(1, NINGBO, CHENGDU, 500)
    };
    assert_eq!(house.report(CHENGDU, &[receivable(1, &far)]), Ok(1));
    let claim = claim(of_debt(&far), 500);
    // Its term counts from today.
    house.clock.put("2026-03-31T04:00:00.000Z");
    assert!(say(&house, NINGBO, "330200/far", claim).is_ok());
    house.clock.put("2026-06-30T04:00:00.000Z");
    assert!(say(&house, CHENGDU, "510100/far", claim).is_ok());
    // A day that is none is refused, of whatever word.
    house.clock.put("2199-12-30T04:00:00.000Z");
    let refused = [
        say(&house, NINGBO, "330200/end", claim),
        say(&house, CHENGDU, "330200/far", REJECTED),
    ];
    for refused in [0, 1].map(|nth: usize| refused[nth].clone()) {
        assert_eq!(code(refused), "request.malformed");
    }
    assert_eq!(stand(&house), None);
    house.clock.put("2026-06-30T04:00:00.000Z");
    assert!(say(&house, CHENGDU, "330200/far", REJECTED).is_ok());
}

#[test]
fn nothing_is_left_of_a_settlement_that_was_given_back() {
    let house = House::new(95);
    let legs = [
        debt(1, NINGBO, CHENGDU, 1_000),
        debt(2, NINGBO, CHENGDU, 500),
        debt(3, NINGBO, CHENGDU, 200),
    ];
    let owed = [receivable(1, &legs[0]), receivable(2, &legs[1])];
    let owing = [payable(1, &legs[0]), payable(2, &legs[1])];
    assert_eq!(house.report(CHENGDU, &owed), Ok(2));
    assert_eq!(house.report(NINGBO, &owing), Ok(2));
    // The first is netted with its reversal; of the second one side alone has said that it is reversed: that takes nothing
    // from the other.
    let back = [reversed(&legs[0], 1), reversed(&legs[1], 1)];
    assert_eq!(house.report(CHENGDU, &[payable(3, &back[0])]), Ok(3));
    let received = [receivable(3, &back[0]), receivable(4, &back[1])];
    assert_eq!(house.report(NINGBO, &received), Ok(4));
    // Two other regions say nothing of a debt of these.
    let foreign = Leg {
        debtor: region(0),
        creditor: region(1),
        ..reversed(&legs[2], 1)
    };
    assert_eq!(house.report(0, &[payable(1, &foreign)]), Ok(1));
    assert_eq!(house.report(CHENGDU, &[receivable(4, &legs[2])]), Ok(4));
    for (of, up_to) in [(0, 1), (1, 0), (NINGBO, 4), (CHENGDU, 4)] {
        house.close(of, 1, up_to).unwrap();
    }
    house.cut_off(1, Condition::AllClosed).unwrap();
    assert_eq!(house.net(1).unwrap().legs(), 3);
    house.proofs();
    let exceeds = |nth: usize, leg: &Leg| {
        let claim = claim(of_debt(leg), 1);
        let refused = say(&house, NINGBO, &format!("330200/{nth}"), claim).unwrap_err();
        let found = (refused.code.code(), refused.detail.clone());
        assert_eq!(found, ("dispute.exceeds", "0.00".to_owned()), "{nth}");
    };
    exceeds(0, &legs[0]);
    let one_sided = say(
        &house,
        NINGBO,
        "330200/one-sided",
        claim(of_debt(&legs[1]), 1),
    );
    assert!(one_sided.is_ok());
    // Once the other side says so too, nothing is left of it, netted or not.
    assert_eq!(house.report(CHENGDU, &[payable(5, &back[1])]), Ok(5));
    exceeds(1, &legs[1]);
    assert!(
        say(
            &house,
            NINGBO,
            "330200/third",
            claim(of_debt(&legs[2]), 200)
        )
        .is_ok()
    );
}

#[test]
fn a_region_disputes_no_more_of_a_debt_or_a_row_than_there_is_over_all_its_disputes() {
    let house = House::new(92);
    let legs = [
        debt(1, NINGBO, CHENGDU, 1_000),
        debt(2, NINGBO, CHENGDU, 500),
    ];
    let owed = [receivable(1, &legs[0]), receivable(2, &legs[1])];
    let owing = [payable(1, &legs[0]), payable(2, &legs[1])];
    assert_eq!(house.report(CHENGDU, &owed), Ok(2));
    assert_eq!(house.report(NINGBO, &owing), Ok(2));
    let row = netted_row(&house);
    let exceeds = |refused: Result<DisputeSeen, Refusal>| {
        let refusal = refused.unwrap_err();
        assert_eq!(refusal.code.code(), "dispute.exceeds");
        refusal.detail
    };
    let raise = |name: &str, subject, amount| {
        say(
            &house,
            NINGBO,
            &format!("330200/{name}"),
            claim(subject, amount),
        )
    };
    assert_eq!(exceeds(raise("a", of_debt(&legs[0]), 1_001)), "10.00");
    raise("a", of_debt(&legs[0]), 600).unwrap();
    assert_eq!(exceeds(raise("b", of_debt(&legs[0]), 401)), "4.00");
    // The row has what its debts have not.
    assert_eq!(exceeds(raise("c", row, 901)), "9.00");
    raise("c", row, 800).unwrap();
    assert_eq!(exceeds(raise("d", of_debt(&legs[1]), 101)), "1.00");
    // What is settled counts with what it came to, and what is withdrawn not at all.
    say(&house, CHENGDU, "330200/a", partly(fen(200))).unwrap();
    say(&house, NINGBO, "330200/a", Says::Accept).unwrap();
    say(&house, NINGBO, "330200/c", Says::Withdraw).unwrap();
    assert_eq!(exceeds(raise("e", row, 1_301)), "13.00");
    // The other region disputes on its own.
    assert!(say(&house, CHENGDU, "510100/a", claim(row, 1_500)).is_ok());
}

#[test]
fn a_page_goes_on_where_the_last_ended_and_shows_only_what_is_asked_for() {
    let house = netted(93);
    say(
        &house,
        NINGBO,
        "330200/a",
        claim(of_debt(&debt(1, NINGBO, CHENGDU, 1)), 1),
    )
    .unwrap();
    say(
        &house,
        NINGBO,
        "330200/b",
        claim(of_debt(&debt(1, NINGBO, CHENGDU, 1)), 1),
    )
    .unwrap();
    say(&house, CHENGDU, "330200/b", REJECTED).unwrap();
    house.clock.put("2026-04-07T04:00:00.000Z");
    let any = Filter {
        region: None,
        stage: None,
        lateness: Lateness::Any,
        after: None,
    };
    let names = |filter: Filter| -> Vec<String> {
        let page = house.ask(move |context| dispute::disputes(context, filter));
        page.unwrap()
            .0
            .iter()
            .map(|seen| seen.name.to_string())
            .collect()
    };
    assert_eq!(names(any), ["330200/a", "330200/b"]);
    let stage = Some(DisputeStage::Raised);
    assert_eq!(names(Filter { stage, ..any }), ["330200/a"]);
    let lateness = Lateness::Overdue;
    assert_eq!(names(Filter { lateness, ..any }), ["330200/b"]);
    let after = Some(dispute("330200/a"));
    assert_eq!(names(Filter { after, ..any }), ["330200/b"]);
    let of = |index| Some(region(index));
    assert_eq!(
        names(Filter {
            region: of(CHENGDU),
            ..any
        })
        .len(),
        2
    );
    assert!(
        names(Filter {
            region: of(0),
            ..any
        })
        .is_empty()
    );
    let hidden = house.ask(|context| dispute::seen(context, dispute("330200/a"), Some(region(0))));
    assert_eq!(code(hidden), "dispute.unknown");
}

#[test]
fn a_region_with_a_dispute_stays_until_its_correction_is_in_a_plan() {
    let house = netted(96);
    let change = |change: MemberChange, by: &'static str| {
        let (of, by) = (region(NINGBO), officer_name(by));
        house.ask(move |context| change_member(context, of, change, by))
    };
    let leave = |by| {
        let refused = change(MemberChange::Leave, by).map(|_| ());
        refused.map_err(|refusal| refusal.detail)
    };
    say(&house, NINGBO, NAME, all()).unwrap();
    for by in ["wang.fang", "zhao.min"] {
        change(MemberChange::Suspend, by).unwrap();
    }
    let is_named = |says: &str| {
        let open = leave("wang.fang").unwrap_err();
        assert!(open.contains(says), "{open}");
    };
    is_named("dispute 330200/2026-03-001 is not over");
    say(&house, CHENGDU, NAME, Says::Answer(Reply::Accepted)).unwrap();
    is_named("dispute 330200/2026-03-001 is settled and in no plan");
    for by in ["wang.fang", "zhao.min"] {
        change(MemberChange::Resume, by).unwrap();
    }
    let leg = corrections(&house, NINGBO).remove(0);
    assert_eq!(house.report(NINGBO, &[receivable(2, &leg)]), Ok(2));
    assert_eq!(house.report(CHENGDU, &[payable(2, &leg)]), Ok(2));
    close_all(&house, 31);
    house.cut_off(31, Condition::AllClosed).unwrap();
    house.net(31).unwrap();
    for by in ["wang.fang", "zhao.min"] {
        change(MemberChange::Suspend, by).unwrap();
    }
    let open = leave("wang.fang").unwrap_err();
    assert!(!open.contains("dispute"), "{open}");
}

#[test]
fn a_region_that_has_left_says_nothing_and_nothing_is_claimed_of_it() {
    let house = netted(97);
    let (shanghai, by_it) = (0, debt(9, 0, NINGBO, 70));
    for change in [MemberChange::Suspend, MemberChange::Leave] {
        for by in ["wang.fang", "zhao.min"] {
            let (change, by) = (change.clone(), officer_name(by));
            let changed = house.ask(move |context| change_member(context, region(0), change, by));
            changed.unwrap();
        }
    }
    assert_eq!(house.report(NINGBO, &[receivable(2, &by_it)]), Ok(2));
    let claim = claim(of_debt(&by_it), 70);
    let named = format!("{}/own", region(shanghai));
    for (of, name) in [(NINGBO, "330200/gone"), (shanghai, named.as_str())] {
        assert_eq!(code(say(&house, of, name, claim)), "member.left");
    }
}
