//! A netted cycle on its way to being paid: two officers, the order of the cycles, and money that is counted for what
//! it was ordered for, once. What does not fit is `parked`.

mod corrected;
mod noticed;
mod own;
mod parked;

use huitong_core::canonical::Artifact;
use huitong_core::digest::{Digest, sha256};
use huitong_core::fund::Fund;
use huitong_core::ledger::{Account, AccountClass, Holder};
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_core::payment::{BankLine, BankReference, PaymentReference};
use huitong_core::record::clearing::{Instructed, PaymentRecord};
use huitong_core::vocabulary::{DelayReason, Direction};
use huitong_netting::NettingPlan;

use super::*;
use crate::clock::Clock as _;
use crate::payments::{Line, Payment, PaymentError, PaymentRules, Progress};

pub(super) fn name(text: &str) -> OfficerName {
    text.parse().unwrap()
}

pub(super) fn digest(plan: &NettingPlan) -> Digest {
    sha256(&plan.to_bytes())
}

pub(super) fn reference(text: &str) -> PaymentReference {
    text.parse().unwrap()
}

fn bank(text: &str) -> BankReference {
    text.parse().unwrap()
}

/// Both sides of a debt of a day under the number, and the cycle's plan.
pub(super) fn netted(house: &House, number: u8, fen: i64) -> NettingPlan {
    let mut leg = debt(number, 2, 3, fen);
    leg.business_day = day(number);
    house
        .report(2, &[payable(u64::from(number), &leg)])
        .unwrap();
    house
        .report(3, &[receivable(u64::from(number), &leg)])
        .unwrap();
    close_all(house, number);
    house.cut_off(number, Condition::AllClosed).unwrap();
    house.net(number).unwrap()
}

pub(super) fn approve_as(house: &House, on: u8, digest: Digest, by: &str) -> Result<(), Refusal> {
    let by = name(by);
    house.ask(move |context| approve(context, day(on), digest, by))
}

fn instruct_within(house: &House, on: u8, days: u32) -> Result<(), Refusal> {
    let rules = PaymentRules {
        due_days: days,
        ..PaymentRules::STANDARD
    };
    house.ask(move |context| instruct(context, day(on), rules, name("wang.fang")))
}

/// A cycle whose payment is ordered.
pub(super) fn ordered(house: &House, number: u8, fen: i64) {
    let plan = netted(house, number, fen);
    for by in ["wang.fang", "zhao.min"] {
        approve_as(house, number, digest(&plan), by).unwrap();
    }
    instruct_within(house, number, 21).unwrap();
}

pub(super) fn progress(house: &House, on: u8) -> CycleState {
    house.status(Some(on)).state
}

/// Zhejiang, which clears for Ningbo, pays in; Chengdu is paid out.
pub(super) fn line(name: &str, direction: Direction, fen: i64) -> BankLine {
    let member = match direction {
        Direction::PayIn => "330000",
        Direction::PayOut => "510100",
    };
    BankLine {
        bank_reference: bank(name),
        member: member.parse().unwrap(),
        fund: Fund::ResidentPool,
        direction,
        amount: Fen::new(fen).unwrap(),
        on: "2026-03-31".parse().unwrap(),
    }
}

/// The same on the day that it is now: nothing counts for an order that was given after it.
pub(super) fn today(house: &House, line: BankLine) -> BankLine {
    let on = house.clock.now().business_day_shanghai();
    BankLine { on, ..line }
}

pub(super) fn enter(house: &House, line: BankLine, bears: &str) -> Result<Line, Refusal> {
    let (bears, of) = (bears.to_owned(), line.bank_reference);
    house.ask(move |context| confirm(context, line, bears, name("wang.fang")))?;
    let found = house.ask(move |context| movement(context, of))?;
    Ok(found.unwrap().0)
}

pub(super) fn apply(house: &House, of: &str, to: &[(&str, i64)]) -> Result<(), Refusal> {
    let of = bank(of);
    let to = to
        .iter()
        .map(|(to, fen)| (reference(to), Fen::new(*fen).unwrap()));
    let to = to.collect();
    house.ask(move |context| count_parked(context, of, &to, name("zhao.min")))
}

pub(super) fn back(house: &House, of: &str, by: &str) -> Result<(), Refusal> {
    let (of, by) = (bank(of), bank(by));
    let on = house.clock.now().business_day_shanghai();
    house.ask(move |context| send_back(context, of, (by, on), name("zhao.min")))
}

pub(super) fn open(house: &House) -> Vec<(String, i64)> {
    // Of a member that is none it is not said that nothing is open.
    let stranger = Wanted {
        member: Some("440000".parse().unwrap()),
        ..Wanted::default()
    };
    let none = house.ask(move |context| payments(context, stranger, None));
    assert_eq!(none.unwrap_err().code.code(), "payment.unknown_member");
    let wanted = Wanted {
        open: Openness::Open,
        ..Wanted::default()
    };
    let page = house.ask(move |context| payments(context, wanted, None));
    let shown = |of: &Payment| (of.instruction.reference.to_string(), of.open().get());
    page.unwrap().rows.iter().map(shown).collect()
}

/// The balance of a member's account of the resident pool.
pub(super) fn balance(house: &House, member: &str, class: AccountClass) -> i128 {
    let account = Account {
        holder: Holder::Member(member.parse().unwrap()),
        fund: Fund::ResidentPool,
        class,
    };
    let balance =
        house.ask(move |context| Ok(Decided::answer(context.state.books.of(&account).balance())));
    balance.unwrap()
}

const IN: &str = "1-330000-resident_pool";
const OUT: &str = "1-510100-resident_pool";

#[test]
fn two_different_officers_approve_exactly_the_plan_and_cycles_are_ordered_in_turn() {
    let mut house = House::new(30);
    assert_eq!(
        code(approve_as(&house, 1, sha256(b""), "wang.fang")),
        "cycle.not_cut_off"
    );
    let first = netted(&house, 1, 1_316_000);
    let second = netted(&house, 2, 500);
    assert_eq!(
        code(approve_as(&house, 1, digest(&second), "wang.fang")),
        "approval.other_plan"
    );
    for _ in 0..2 {
        approve_as(&house, 1, digest(&first), "wang.fang").unwrap();
        assert_eq!(
            code(instruct_within(&house, 1, 21)),
            "cycle.not_approved",
            "one officer twice is one officer"
        );
        house.come_back(Return::PowerCut);
    }
    approve_as(&house, 1, digest(&first), "zhao.min").unwrap();
    approve_as(&house, 1, digest(&first), "qian.li").unwrap();
    assert_eq!(
        house.status(Some(1)).paying.approvals.len(),
        2,
        "a third has nothing to add"
    );
    assert_eq!(progress(&house, 1), CycleState::Netted(Progress::Approved));
    for by in ["wang.fang", "zhao.min"] {
        approve_as(&house, 2, digest(&second), by).unwrap();
    }
    assert_eq!(
        code(instruct_within(&house, 2, 21)),
        "cycle.earlier_not_instructed"
    );
    instruct_within(&house, 1, 21).unwrap();
    house.come_back(Return::IndexLost);
    instruct_within(&house, 1, 1).unwrap();
    instruct_within(&house, 2, 21).unwrap();
    let expected = [(IN, 1_316_000), (OUT, 1_316_000)];
    let second = [
        ("2-330000-resident_pool", 500),
        ("2-510100-resident_pool", 500),
    ];
    let expected = expected.iter().chain(&second);
    let expected: Vec<_> = expected.map(|(of, fen)| ((*of).to_owned(), *fen)).collect();
    assert_eq!(open(&house), expected);
    let due = house.status(Some(1)).paying.ordered.unwrap().due;
    assert_eq!(due.to_string(), "2026-04-21", "it stays as first ordered");
}

#[test]
fn a_cycle_without_nets_is_final_when_it_is_ordered() {
    let house = House::new(31);
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let plan = house.net(1).unwrap();
    for by in ["wang.fang", "zhao.min"] {
        approve_as(&house, 1, digest(&plan), by).unwrap();
    }
    instruct_within(&house, 1, 21).unwrap();
    assert!(matches!(
        progress(&house, 1),
        CycleState::Netted(Progress::Final(_))
    ));
}

#[test]
fn money_counts_for_what_it_was_ordered_for_once_and_a_paid_cycle_is_final() {
    let mut house = House::new(32);
    ordered(&house, 1, 1_316_000);
    let (pay_in, pay_out) = (Direction::PayIn, Direction::PayOut);
    let early = enter(&house, line("OUT-0", pay_out, 1_316_000), OUT).unwrap();
    assert_eq!(early.why.map(|why| why.word()), Some("not_covered"));
    back(&house, "OUT-0", "OUT-0-BACK").unwrap();
    let part = line("IN-1", pay_in, 1_000_000);
    for _ in 0..2 {
        assert_eq!(enter(&house, part, IN).unwrap().why, None);
        house.come_back(Return::PowerCut);
    }
    assert_eq!(open(&house)[0], (IN.to_owned(), 316_000));
    let other = line("IN-1", pay_in, 1_000_001);
    assert_eq!(
        code(enter(&house, other, IN)),
        "payment.bank_reference_taken"
    );
    assert_eq!(
        code(enter(&house, part, OUT)),
        "payment.bank_reference_taken"
    );
    enter(&house, line("IN-2", pay_in, 316_000), IN).unwrap();
    assert_eq!(balance(&house, "330000", AccountClass::NetPosition), 0);
    enter(&house, line("OUT-1", pay_out, 1_316_000), OUT).unwrap();
    house.clock.put("2026-04-02T04:00:00.000Z");
    house.come_back(Return::IndexLost);
    let CycleState::Netted(Progress::Final(at)) = progress(&house, 1) else {
        panic!("{:?}", progress(&house, 1))
    };
    assert_eq!(at.to_string(), "2026-03-31T04:00:00.000Z");
    for member in ["330000", "510100"] {
        assert_eq!(balance(&house, member, AccountClass::NetPosition), 0);
        assert_eq!(balance(&house, member, AccountClass::Suspense), 0);
    }
    let cash = |member| balance(&house, member, AccountClass::SettlementCash);
    assert_eq!((cash("330000"), cash("510100")), (-1_316_000, 1_316_000));
    assert!(house.trial_balance().values().all(|sum| *sum == 0));
}

#[test]
fn who_is_owed_sees_who_has_not_paid_how_late_and_why() {
    let house = House::new(35);
    ordered(&house, 1, 1_000);
    let tell =
        |why| house.ask(move |context| delay(context, reference(IN), why, name("wang.fang")));
    tell(DelayReason::Budget).unwrap();
    tell(DelayReason::FundShort).unwrap();
    let of = |member: &str| {
        let member = Member::new(member.parse().unwrap());
        house
            .ask(move |context| statement(context, day(1), member))
            .unwrap()
    };
    let owed = of("510100");
    assert_eq!(owed.payments.len(), 1);
    assert_eq!(owed.unpaid[0].delay, Some(DelayReason::FundShort));
    let late = |day: &str| owed.unpaid[0].days_late(day.parse().unwrap());
    assert_eq!(
        ["2026-04-20", "2026-04-21", "2026-04-24"].map(late),
        [0, 0, 3]
    );
    assert!(of("330000").unpaid.is_empty());
    enter(&house, line("IN-1", Direction::PayIn, 1_000), IN).unwrap();
    assert!(of("510100").unpaid.is_empty());
    assert_eq!(code(tell(DelayReason::Bank)), "payment.made");
    let unknown = house.ask(|context| {
        let reference = reference("9-330000-resident_pool");
        delay(context, reference, DelayReason::Bank, name("wang.fang"))
    });
    assert_eq!(code(unknown), "payment.unknown");
}

#[test]
fn after_a_restore_nothing_is_approved_or_paid_before_cycles_go_on() {
    let mut house = House::new(36);
    ordered(&house, 1, 1_000);
    let plan = house.net(1).unwrap();
    let backup = house.disk.copy();
    house.put_back(&backup);
    for refused in [
        approve_as(&house, 1, digest(&plan), "wang.fang"),
        instruct_within(&house, 1, 21),
        enter(&house, line("IN-1", Direction::PayIn, 1_000), IN).map(|_| ()),
        apply(&house, "IN-1", &[(IN, 1)]),
        back(&house, "IN-1", "IN-2"),
    ] {
        assert_eq!(code(refused), "cycle.restored");
    }
    assert_eq!(open(&house).len(), 2, "what the backup has is there");
}

#[test]
fn what_came_after_a_backup_is_entered_again_in_any_order_and_counts_once() {
    let mut house = House::new(41);
    ordered(&house, 1, 1_000);
    let parked = line("P-1", Direction::PayIn, 700);
    enter(&house, line("IN-0", Direction::PayIn, 100), IN).unwrap();
    let backup = house.disk.copy();
    let suspense = |house: &House| balance(house, "330000", AccountClass::Suspense);
    enter(&house, line("IN-1", Direction::PayIn, 300), IN).unwrap();
    enter(&house, parked, "").unwrap();
    apply(&house, "P-1", &[(IN, 600)]).unwrap();
    back(&house, "P-1", "P-1-BACK").unwrap();
    enter(&house, line("OUT-1", Direction::PayOut, 1_000), OUT).unwrap();
    let before = (open(&house), suspense(&house));
    assert_eq!(before, (Vec::new(), 0));

    house.put_back(&backup);
    house
        .ask(|context| resume(context, Some(day(1)), officer()))
        .unwrap();
    assert_eq!(open(&house)[0], (IN.to_owned(), 900));
    // The way back comes first, for itself; what is known already is entered again too.
    let way_back = BankLine {
        direction: Direction::PayOut,
        ..line("P-1-BACK", Direction::PayIn, 100)
    };
    enter(&house, way_back, "").unwrap();
    enter(&house, line("IN-0", Direction::PayIn, 100), IN).unwrap();
    enter(&house, parked, "").unwrap();
    apply(&house, "P-1", &[(IN, 600)]).unwrap();
    enter(&house, line("IN-1", Direction::PayIn, 300), IN).unwrap();
    enter(&house, line("OUT-1", Direction::PayOut, 1_000), OUT).unwrap();
    back(&house, "P-1", "P-1-BACK").unwrap();
    assert_eq!((open(&house), suspense(&house)), before);
    assert!(house.trial_balance().values().all(|sum| *sum == 0));
}

#[test]
fn a_second_order_for_a_cycle_or_a_payment_is_a_fault_and_what_moved_stays() {
    let house = House::new(87);
    ordered(&house, 1, 1_000);
    enter(&house, line("IN-1", Direction::PayIn, 400), IN).unwrap();
    let held = house.ask(|context| {
        let mut payments = context.state.payments.clone();
        let payment = payments.payment(reference(IN)).unwrap().clone();
        // The same cycle again, and another with a payment of the first.
        for on in [1, 2] {
            let again = PaymentRecord::Instructed(Instructed {
                day: day(on),
                due: payment.order.due,
                instructions: vec![payment.instruction],
                by: name("wang.fang"),
                at: context.now,
            });
            let refused = payments.apply(&again);
            assert_eq!(refused, Err(PaymentError::Ordered(day(1))));
        }
        let held = payments.payment(reference(IN)).unwrap();
        assert!(payments.cycle(day(2)).is_none());
        Ok(Decided::answer((
            held.paid.get(),
            held.order == payment.order,
        )))
    });
    assert_eq!(held.unwrap(), (400, true));
}
