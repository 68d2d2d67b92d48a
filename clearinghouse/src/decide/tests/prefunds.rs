//! Prefunds: set, paid in, corrected, topped up, and used by cycles that are netted and not paid.

use huitong_core::fund::Fund;
use huitong_core::ledger::{Account, AccountClass, Holder};
use huitong_core::money::Fen;
use huitong_core::prefund::{Prefund, PrefundLine};
use huitong_core::record::clearing::LevelChange;
use huitong_core::vocabulary::{CorrectionReason, Direction, PrefundLevel};

use super::payments::{enter as pay, line as bank_line, name, netted, ordered};
use super::prefunds_proposed::proposals;
use super::*;
use crate::decide::prefund::{self, MovementRow, PrefundRow};
use crate::prefunds::Rules;

pub(super) const RULES: Rules = Rules::STANDARD;
/// What Zhejiang, which clears for Ningbo, has with Chengdu.
pub(super) const ZHEJIANG: &str = "330000-510100-resident_pool";
const IN: &str = "1-330000-resident_pool";
const OUT: &str = "1-510100-resident_pool";

pub(super) fn of(text: &str) -> Prefund {
    text.parse().unwrap()
}

pub(super) fn fen(fen: i64) -> Fen {
    Fen::new(fen).unwrap()
}

pub(super) fn set(house: &House, text: &str, year: u16, amount: i64) -> Result<(), Refusal> {
    let (prefund, amount) = (of(text), fen(amount));
    house
        .ask(move |context| prefund::set(context, prefund, year, amount, &RULES, name("wang.fang")))
}

pub(super) fn top_up(house: &House, amount: i64) -> Result<(), Refusal> {
    top_up_as(house, "T-1", amount)
}

pub(super) fn top_up_as(house: &House, id: &str, amount: i64) -> Result<(), Refusal> {
    let (of, amount) = ((of(ZHEJIANG), id.parse().unwrap()), fen(amount));
    house.ask(move |context| prefund::top_up(context, of, amount, &RULES, name("wang.fang")))
}

pub(super) fn line(bank_reference: &str, direction: Direction, amount: i64) -> PrefundLine {
    PrefundLine {
        bank_reference: bank_reference.parse().unwrap(),
        prefund: of(ZHEJIANG),
        direction,
        amount: fen(amount),
        on: "2026-03-31".parse().unwrap(),
    }
}

pub(super) fn enter(house: &House, line: PrefundLine) -> Result<(), Refusal> {
    house.ask(move |context| prefund::enter(context, line, name("wang.fang")))
}

fn correct(house: &House, line: PrefundLine, why: CorrectionReason) -> Result<(), Refusal> {
    house.ask(move |context| prefund::correct(context, line, why, name("zhao.min")))
}

pub(super) fn standing(house: &House) -> PrefundRow {
    let row = house.ask(|context| prefund::standing(context, of(ZHEJIANG), &RULES));
    row.unwrap().unwrap()
}

pub(super) fn levels(house: &House) -> Vec<LevelChange> {
    house
        .ask(|context| prefund::levels(context, &RULES))
        .unwrap()
}

fn movements(house: &House) -> Vec<MovementRow> {
    let found = house.ask(|context| prefund::movements(context, None, None));
    found.unwrap().0
}

fn balance(house: &House, member: &str, class: AccountClass) -> i128 {
    let holder = Holder::Member(member.parse().unwrap());
    let account = Account {
        holder,
        fund: Fund::ResidentPool,
        class,
    };
    house
        .ask(move |context| {
            let turnover = context.state.books.of(&account);
            Ok(Decided::answer(turnover.balance()))
        })
        .unwrap()
}

#[test]
fn a_prefund_is_set_for_this_year_between_members_of_the_directory() {
    let house = House::new(70);
    for (text, year, expected) in [
        (ZHEJIANG, 2025, "prefund.other_year"),
        (ZHEJIANG, 2027, "prefund.other_year"),
        (
            "330000-110000-resident_pool",
            2026,
            "prefund.unknown_member",
        ),
        // Ningbo clears through its province.
        (
            "330200-510100-resident_pool",
            2026,
            "prefund.unknown_member",
        ),
    ] {
        assert_eq!(code(set(&house, text, year, 100)), expected, "{text}");
    }
    assert_eq!(
        code(enter(&house, line("B-1", Direction::PayIn, 100))),
        "prefund.unknown"
    );
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    let row = standing(&house);
    assert_eq!(
        (row.set, row.missing, row.over),
        (fen(1_000), fen(1_000), fen(0))
    );
    // Every day is a business day here: fifteen days after 31 March.
    assert_eq!(row.due, Some("2026-04-15".parse().unwrap()));
    house.clock.put("2026-04-20T04:00:00.000Z");
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    assert_eq!(standing(&house).days_late, 5, "said again, it is no later");
}

#[test]
fn money_is_entered_once_and_what_was_wrong_is_taken_out_with_its_trace() {
    let mut house = House::new(71);
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    let wrong = line("B-1", Direction::PayIn, 10_000);
    let right = line("B-1", Direction::PayIn, 1_000);
    for _ in 0..2 {
        enter(&house, wrong).unwrap();
    }
    assert_eq!(standing(&house).over, fen(9_000), "what is over is told");
    assert_eq!(code(enter(&house, right)), "prefund.bank_reference_taken");
    assert_eq!(
        code(correct(&house, right, CorrectionReason::WrongAmount)),
        "prefund.bank_reference_taken",
        "what is corrected is said as it was entered"
    );
    correct(&house, wrong, CorrectionReason::WrongAmount).unwrap();
    enter(&house, right).unwrap();
    for how in [Return::Stopped, Return::IndexLost] {
        correct(&house, wrong, CorrectionReason::WrongAmount).unwrap();
        house.come_back(how);
        assert_eq!(
            standing(&house).held,
            fen(1_000),
            "only the wrong one is out"
        );
        let found = movements(&house);
        let told = found.iter().map(|row| (row.line, row.corrected.is_some()));
        assert!(told.eq([(wrong, true), (right, false)]));
        assert_eq!(balance(&house, "330000", AccountClass::PrefundPaid), 1_000);
        assert_eq!(balance(&house, "510100", AccountClass::PrefundHeld), -1_000);
        assert!(house.trial_balance().values().all(|sum| *sum == 0));
    }
    let too_much = line("B-2", Direction::PayOut, 1_001);
    assert_eq!(code(enter(&house, too_much)), "prefund.exceeds");
    enter(&house, line("B-3", Direction::PayOut, 400)).unwrap();
    assert_eq!(
        code(correct(&house, right, CorrectionReason::Bounced)),
        "prefund.exceeds",
        "what went back was paid in"
    );
    assert_eq!(
        code(correct(&house, too_much, CorrectionReason::Bounced)),
        "prefund.bank_reference_unknown"
    );
    let to_come = PrefundLine {
        on: "2026-04-01".parse().unwrap(),
        ..line("B-4", Direction::PayIn, 1)
    };
    assert_eq!(code(enter(&house, to_come)), "request.malformed");
}

#[test]
fn cycles_use_it_until_they_are_paid_and_its_level_is_written_down() {
    let mut house = House::new(72);
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    enter(&house, line("B-1", Direction::PayIn, 1_000)).unwrap();
    assert_eq!(code(top_up(&house, 500)), "prefund.not_red");
    ordered(&house, 1, 690);
    assert!(
        levels(&house).is_empty(),
        "below 70 per cent nothing is said"
    );
    netted(&house, 2, 10);
    assert_eq!(levels(&house)[0].level, PrefundLevel::Yellow);
    netted(&house, 3, 200);
    let found = levels(&house);
    let expected = LevelChange {
        prefund: of(ZHEJIANG),
        level: PrefundLevel::Red,
        used: fen(900),
        held: fen(1_000),
    };
    assert_eq!(found, [expected]);
    assert!(levels(&house).is_empty(), "nothing is said twice");
    for how in [Return::Stopped, Return::IndexLost] {
        house.come_back(how);
        let row = standing(&house);
        assert_eq!((row.used, row.level), (fen(900), PrefundLevel::Red));
        assert_eq!(row.ask_by, Some("2026-04-03".parse().unwrap()));
    }
    pay(&house, bank_line("IN-1", Direction::PayIn, 690), IN).unwrap();
    assert_eq!(standing(&house).used, fen(900), "Chengdu has it not yet");
    pay(&house, bank_line("OUT-1", Direction::PayOut, 690), OUT).unwrap();
    for how in [Return::Stopped, Return::IndexLost] {
        house.come_back(how);
        assert_eq!(standing(&house).used, fen(210), "the first cycle is paid");
    }
    assert_eq!(levels(&house)[0].level, PrefundLevel::Normal);
}

#[test]
fn with_nothing_paid_in_any_use_is_red_and_what_is_owed_the_other_way_is_none() {
    let house = House::new(73);
    let other_way = "510100-330000-resident_pool";
    for text in [ZHEJIANG, other_way] {
        set(&house, text, 2026, 1_000).unwrap();
    }
    netted(&house, 1, 1);
    let found = levels(&house);
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].prefund, found[0].level),
        (of(ZHEJIANG), PrefundLevel::Red)
    );
    set(&house, ZHEJIANG, 2026, 0).unwrap();
    assert_eq!(levels(&house)[0].level, PrefundLevel::Normal, "it is ended");
}

#[test]
fn a_red_prefund_is_topped_up_once_and_the_earliest_demand_is_due_first() {
    let mut house = House::new(74);
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    enter(&house, line("B-1", Direction::PayIn, 600)).unwrap();
    netted(&house, 1, 950);
    assert_eq!(levels(&house)[0].level, PrefundLevel::Red);
    house.clock.put("2026-04-02T04:00:00.000Z");
    assert_eq!(code(top_up(&house, 0)), "request.malformed");
    for _ in 0..2 {
        top_up(&house, 500).unwrap();
        house.come_back(Return::IndexLost);
    }
    assert_eq!(code(top_up(&house, 501)), "prefund.top_up_taken");
    assert_eq!(code(top_up_as(&house, "T-2", 500)), "prefund.asked_already");
    let row = standing(&house);
    assert_eq!((row.topped_up, row.missing), (fen(500), fen(900)));
    assert_eq!(row.ask_by, None, "it is asked for");
    assert_eq!(
        row.due,
        Some("2026-04-15".parse().unwrap()),
        "the year's part"
    );
    enter(&house, line("B-2", Direction::PayIn, 400)).unwrap();
    let due = standing(&house).due;
    assert_eq!(due, Some("2026-04-17".parse().unwrap()), "the top-up");
    enter(&house, line("B-3", Direction::PayIn, 500)).unwrap();
    let row = standing(&house);
    assert_eq!((row.missing, row.due), (fen(0), None));
    // The year's setting holds until another is made: said again it takes back no top-up.
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    assert_eq!(standing(&house).topped_up, fen(500));
    set(&house, ZHEJIANG, 2026, 1_200).unwrap();
    let row = standing(&house);
    assert_eq!((row.topped_up, row.missing), (fen(500), fen(200)));
    // With the year it ends, and with what ends the prefund.
    set(&house, ZHEJIANG, 2026, 0).unwrap();
    let row = standing(&house);
    assert_eq!((row.topped_up, row.over), (fen(0), fen(1_500)));
}

#[test]
fn an_index_of_before_there_were_prefunds_is_brought_up_and_one_of_a_later_program_is_refused() {
    let mut house = House::new(76);
    ordered(&house, 1, 690);
    netted(&house, 2, 210);
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    // The fifth format had what was spent, and not since when.
    for format in [None, Some(5), None] {
        house.come_back_on_format(format).unwrap();
        assert_eq!(standing(&house).used, fen(900));
        let found = &proposals(&house, 2027)[0];
        assert_eq!((found.spent, found.months), (fen(900), 1));
    }
    netted(&house, 3, 1);
    house.come_back(Return::Stopped);
    assert_eq!(standing(&house).used, fen(901));
    assert_eq!(proposals(&house, 2027)[0].spent, fen(901));
    let refused = house.come_back_on_format(Some(u32::MAX)).unwrap_err();
    assert!(refused.contains("LaterIndex"), "{refused}");
}

#[test]
fn what_is_over_goes_back_from_the_day_on_which_it_came_and_is_no_later_than_that() {
    let house = House::new(77);
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    enter(&house, line("B-1", Direction::PayIn, 1_000)).unwrap();
    assert_eq!(standing(&house).due, None);
    house.clock.put("2026-08-03T04:00:00.000Z");
    let late = PrefundLine {
        on: "2026-08-01".parse().unwrap(),
        ..line("B-2", Direction::PayIn, 50)
    };
    enter(&house, late).unwrap();
    let row = standing(&house);
    assert_eq!((row.over, row.days_late), (fen(50), 2));
    // A lower setting gives its own time.
    set(&house, ZHEJIANG, 2026, 900).unwrap();
    let row = standing(&house);
    assert_eq!((row.over, row.days_late), (fen(150), 0));
    assert_eq!(row.due, Some("2026-08-18".parse().unwrap()));
}

#[test]
fn a_long_list_of_movements_is_told_a_page_at_a_time_with_what_was_taken_out_in_its_place() {
    let house = House::new(78);
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    let name = |nth: i64| format!("B-{nth:04}");
    for nth in 0..1_100 {
        enter(&house, line(&name(nth), Direction::PayIn, 1)).unwrap();
    }
    let at_the_end = line(&name(999), Direction::PayIn, 1);
    correct(&house, at_the_end, CorrectionReason::EnteredTwice).unwrap();
    enter(&house, at_the_end).unwrap();
    let (mut after, mut seen, mut pages) = (None, Vec::new(), 0);
    loop {
        let page = house.ask(move |context| prefund::movements(context, None, after));
        let (rows, next) = page.unwrap();
        seen.extend(rows.iter().map(|row| row.line.bank_reference.to_string()));
        (after, pages) = (next, pages + 1);
        if after.is_none() {
            break;
        }
    }
    let mut all: Vec<_> = (0..1_100).map(name).collect();
    all.insert(999, name(999));
    assert_eq!((seen, pages), (all, 2));
}

#[test]
fn no_amount_is_taken_with_which_a_sum_is_more_than_is_counted() {
    let house = House::new(79);
    let most = Fen::MAX.get();
    set(&house, ZHEJIANG, 2026, most).unwrap();
    let (first, second) = (
        line("B-1", Direction::PayIn, most),
        line("B-2", Direction::PayIn, 1),
    );
    enter(&house, first).unwrap();
    assert_eq!(code(enter(&house, second)), "request.malformed");
    let out = line("B-3", Direction::PayOut, 1);
    enter(&house, out).unwrap();
    enter(&house, second).unwrap();
    let wrong = CorrectionReason::WrongAmount;
    assert_eq!(code(correct(&house, out, wrong)), "request.malformed");
    assert_eq!(standing(&house).held, Fen::MAX);
    // Of one that is used up more is asked for than fits with what is set.
    let house = House::new(80);
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    enter(&house, line("B-1", Direction::PayIn, 1_000)).unwrap();
    netted(&house, 1, 1_000);
    levels(&house);
    assert_eq!(code(top_up(&house, most)), "request.malformed");
    assert!(top_up(&house, 1).is_ok());
}
