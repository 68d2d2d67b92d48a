//! Months: drawn up from proven cycles in their order, confirmed, objected to, approved; the same after whatever happens.

mod late;
mod paid;
mod said;

use huitong_core::calendar::Calendar;
use huitong_core::canonical::Artifact;
use huitong_core::clearing_month::part::MonthPart;
use huitong_core::clearing_month::row::{Belongs, MonthTable};
use huitong_core::clearing_month::seen::MonthSeen;
use huitong_core::clearing_month::word::{CertifiedMonthWord, MonthWord, ObjectedRow};
use huitong_core::digest::{Digest, sha256};
use huitong_core::leg::{Leg, LegKind, NumberedLeg};
use huitong_core::payable::Month;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{MonthObjection, MonthStage};

use super::payments::name as officer_name;
use super::*;
use crate::decide::month::{self, Drawing, Drawn};
use crate::decide::resume;
use crate::months::MonthRules;
use crate::payments::{Moves, PaymentRules};
use crate::testing::reversed;

const RULES: MonthRules = MonthRules::STANDARD;
const NINGBO: usize = 2;
const CHENGDU: usize = 3;

fn of(month: &str) -> Month {
    Month::parse(month).unwrap()
}

/// A debt of a day, reported by both and netted on a day.
fn netted(house: &House, leg: &Leg, on: u8) {
    let report = |of: RegionCode, numbered: &dyn Fn(u64) -> NumberedLeg| {
        let of = (0..4).find(|index| region(*index) == of).unwrap();
        let next = house.position(of) + 1;
        house.report(of, &[numbered(next)]).unwrap();
    };
    report(leg.creditor, &|next| receivable(next, leg));
    report(leg.debtor, &|next| payable(next, leg));
    house.cut_off(on, Condition::Deadline(0)).unwrap();
    house.net(on).unwrap();
}

fn leg(id: u8, on: u8, fen: i64) -> Leg {
    Leg {
        business_day: day(on),
        ..debt(id, NINGBO, CHENGDU, fen)
    }
}

fn drawing(house: &House, named: &str) -> Result<Drawing, Refusal> {
    let named = of(named);
    house.ask(move |context| month::drawing(context, &named))
}

/// Draws a month up as an officer does.
fn draw_up(house: &House, named: &str) -> Result<MonthSeen, Refusal> {
    let proofs = house.proofs();
    if let Drawing::Count(extent) = drawing(house, named)? {
        let table = proofs.month_rows(extent.plans, extent.after).unwrap();
        let by = officer_name("wang.fang");
        let pieces = table.pieces(1);
        let drawn = Drawn {
            pieces: u32::try_from(pieces.len()).unwrap(),
            rows: u64::try_from(table.rows().len()).unwrap(),
            root: table.tree().root(),
            regions: table.regions(),
        };
        for piece in (1..).zip(pieces) {
            let extent = extent.clone();
            house.ask(move |context| month::write_rows(context, &extent, piece))?;
        }
        house.ask(move |context| month::draw_up(context, extent, drawn, by))?;
    }
    house.proofs();
    seen(house, named)
}

fn seen(house: &House, named: &str) -> Result<MonthSeen, Refusal> {
    let named = of(named);
    house.ask(move |context| month::seen(context, &named, RULES))
}

fn table(house: &House, named: &str) -> MonthTable {
    house.proofs().month_table(&of(named)).unwrap().unwrap()
}

/// A word as one whose signature was checked.
fn word(
    by: usize,
    named: &str,
    digest: Digest,
    objected: Vec<ObjectedRow>,
    at: &str,
) -> CertifiedMonthWord {
    let (officer, at) = (officer_name("li.wei"), Timestamp::parse(at).unwrap());
    let word = MonthWord::new(region(by), of(named), digest, objected, officer, at);
    CertifiedMonthWord {
        word: word.unwrap(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![7; 64],
        signer: vec![vec![1]],
    }
}

fn say(house: &House, word: &CertifiedMonthWord) -> Result<MonthSeen, Refusal> {
    let word = word.clone();
    house.ask(move |context| month::say(context, word, RULES))
}

fn approve(house: &House, (named, digest): (&str, Digest), by: &str) -> Result<MonthSeen, Refusal> {
    let (named, by) = (of(named), officer_name(by));
    house.ask(move |context| month::approve(context, (&named, digest), RULES, by))
}

/// March, of which the last cycle is netted, with a first cycle of April.
fn march() -> House {
    let house = House::new(7);
    house.clock.put("2026-04-05T04:00:00.000Z");
    netted(&house, &leg(1, 2, 500), 2);
    netted(&house, &leg(2, 31, 700), 31);
    netted(&house, &reversed(&leg(1, 2, 500), 31), 32);
    house
}

#[test]
fn a_month_is_drawn_up_once_all_of_it_is_proven_and_months_in_their_order() {
    let house = House::new(7);
    house.clock.put("2026-03-31T04:00:00.000Z");
    assert_eq!(code(drawing(&house, "2026-03")), "month.no_cycles");
    netted(&house, &leg(1, 2, 500), 2);
    let refused = drawing(&house, "2026-03").unwrap_err();
    assert_eq!(
        (refused.code.code(), &*refused.detail),
        ("month.not_over", "2026-03-31")
    );
    house.cut_off(31, Condition::Deadline(0)).unwrap();
    let refused = drawing(&house, "2026-03").unwrap_err();
    assert_eq!(
        (refused.code.code(), &*refused.detail),
        ("month.not_over", "2026-03-31")
    );
    house.net(31).unwrap();
    house.clock.put("2026-05-20T04:00:00.000Z");
    netted(&house, &leg(2, 31, 700), 32);
    assert_eq!(code(drawing(&house, "2026-04")), "month.earlier_open");
    assert_eq!(code(seen(&house, "2026-03")), "month.unknown");
    let march = draw_up(&house, "2026-03").unwrap();
    assert_eq!(
        (march.plans, march.rows, march.stage),
        ((1, 2), 1, MonthStage::Signed)
    );
    assert_eq!(draw_up(&house, "2026-03").unwrap(), march);
    assert_eq!(code(drawing(&house, "2026-04")), "month.not_over");
    assert_eq!(code(drawing(&house, "2026-02")), "month.no_cycles");
    netted(&house, &leg(3, 61, 9), 61);
    assert_eq!(code(drawing(&house, "2026-05")), "month.no_cycles");
    let april = draw_up(&house, "2026-04").unwrap();
    assert_eq!(april.plans, (3, 4));
    let april = table(&house, "2026-04");
    let row = &april.rows()[0];
    let settled = |belongs| row.of(LegKind::Settlement, belongs).get();
    assert_eq!(
        (settled(Belongs::ToMonth), settled(Belongs::ToEarlier)),
        (9, 700)
    );
}

#[test]
fn a_month_that_is_cut_off_before_a_weekend_is_over() {
    let mut house = House::new(7);
    house.calendar = Calendar::every_day().with_off((29..=31).map(day));
    house.come_back(Return::Stopped);
    netted(&house, &leg(1, 2, 500), 27);
    assert_eq!(code(drawing(&house, "2026-03")), "month.not_over");
    netted(&house, &leg(2, 2, 500), 28);
    assert!(matches!(drawing(&house, "2026-03"), Ok(Drawing::Count(_))));
}

#[test]
fn a_month_is_the_same_after_a_power_cut_without_an_index_and_after_a_restore() {
    let mut house = march();
    let backup = house.disk.copy();
    let drawn = draw_up(&house, "2026-03").unwrap();
    let signed = house
        .proofs()
        .month_signed(&of("2026-03"))
        .unwrap()
        .unwrap();
    assert_eq!(signed.month.digest(), drawn.digest);
    let said = word(
        NINGBO,
        "2026-03",
        drawn.digest,
        vec![],
        "2026-04-05T03:00:00.000Z",
    );
    say(&house, &said).unwrap();
    for how in [Return::PowerCut, Return::IndexLost] {
        let before = seen(&house, "2026-03").unwrap();
        house.come_back(how);
        assert_eq!(seen(&house, "2026-03").unwrap(), before);
        let words = house.proofs().month_words(&of("2026-03"), [region(NINGBO)]);
        assert_eq!(words.unwrap(), std::slice::from_ref(&said));
    }
    // The backup is of before it was drawn up: the same days come to the same month.
    house.put_back(&backup);
    assert_eq!(code(drawing(&house, "2026-03")), "cycle.restored");
    let last = day(32);
    let resumed = house.ask(move |context| resume(context, Some(last), officer()));
    resumed.unwrap();
    let again = draw_up(&house, "2026-03").unwrap();
    assert_eq!((again.digest, again.plans), (drawn.digest, drawn.plans));
    assert_eq!(
        again.regions,
        vec![(region(NINGBO), None), (region(CHENGDU), None)]
    );
}

/// March is drawn up without its last days, of which another calendar makes business days after that; one of them is netted.
fn with_a_day_added_to_march() -> House {
    let mut house = House::new(7);
    house.clock.put("2026-05-20T04:00:00.000Z");
    house.calendar = Calendar::every_day().with_off((29..=31).map(day));
    house.come_back(Return::Stopped);
    netted(&house, &leg(1, 2, 500), 28);
    draw_up(&house, "2026-03").unwrap();
    house.calendar = Calendar::every_day();
    house.come_back(Return::Stopped);
    netted(&house, &leg(2, 30, 7), 30);
    house
}

#[test]
fn a_day_that_another_calendar_adds_to_a_month_drawn_up_is_the_next_months() {
    let house = with_a_day_added_to_march();
    netted(&house, &leg(3, 61, 9), 61);
    // Where money moves by the month, it is paid with that one.
    for (on, month) in [(28, "2026-03"), (30, "2026-04"), (61, "2026-04")] {
        let rules = PaymentRules {
            moves: Moves::Monthly,
            ..PaymentRules::STANDARD
        };
        let by = officer_name("wang.fang");
        let refused = house.ask(move |context| instruct(context, day(on), rules, by));
        let refused = refused.unwrap_err();
        assert_eq!(
            (refused.code.code(), &*refused.detail),
            ("payment.by_month", month)
        );
    }
    assert_eq!(draw_up(&house, "2026-04").unwrap().plans, (2, 3));
}

#[test]
fn two_officers_approve_what_they_looked_at_and_no_word_is_taken_after() {
    let house = march();
    let drawn = draw_up(&house, "2026-03").unwrap();
    let said = |by, at: &str| word(by, "2026-03", drawn.digest, vec![], at);
    let ningbo = said(NINGBO, "2026-04-05T03:30:00.000Z");
    say(&house, &ningbo).unwrap();
    let named = ("2026-03", drawn.digest);
    let refused = approve(&house, named, "wang.fang").unwrap_err();
    assert_eq!(refused.code.code(), "month.not_confirmed");
    assert_eq!(refused.detail, "2026-03: 510100, until 2026-04-25");
    let chengdu = word(
        CHENGDU,
        "2026-03",
        drawn.digest,
        vec![],
        "2026-04-05T03:30:00.000Z",
    );
    assert_eq!(say(&house, &chengdu).unwrap().stage, MonthStage::Answered);
    assert_eq!(
        code(approve(&house, ("2026-03", sha256(b"other")), "wang.fang")),
        "month.other"
    );
    assert_eq!(
        approve(&house, named, "wang.fang").unwrap().stage,
        MonthStage::Answered
    );
    assert_eq!(
        approve(&house, named, "wang.fang").unwrap().approvals.len(),
        1
    );
    let approved = approve(&house, named, "li.na").unwrap();
    assert_eq!(
        (approved.stage, approved.approvals.len()),
        (MonthStage::Approved, 2)
    );
    assert_eq!(approve(&house, named, "zhao.min").unwrap(), approved);
    let late = word(
        NINGBO,
        "2026-03",
        drawn.digest,
        vec![],
        "2026-04-05T03:50:00.000Z",
    );
    assert_eq!(code(say(&house, &late)), "month.closed");
    assert_eq!(say(&house, &ningbo).unwrap(), approved);
}

#[test]
fn whoever_says_nothing_in_time_is_waited_for_no_more() {
    let house = march();
    let drawn = draw_up(&house, "2026-03").unwrap();
    let named = ("2026-03", drawn.digest);
    house.clock.put("2026-04-25T04:00:00.000Z");
    assert_eq!(
        code(approve(&house, named, "wang.fang")),
        "month.not_confirmed"
    );
    house.clock.put("2026-04-26T04:00:00.000Z");
    let seen = approve(&house, named, "wang.fang").unwrap();
    assert_eq!((seen.stage, seen.days_late), (MonthStage::Signed, 1));
    let seen = approve(&house, named, "li.na").unwrap();
    assert_eq!((seen.stage, seen.days_late), (MonthStage::Approved, 0));
    assert_eq!(
        seen.regions
            .iter()
            .filter(|(_, said)| said.is_none())
            .count(),
        2
    );
}

#[test]
fn a_month_that_cannot_be_signed_is_signed_when_it_can_and_nobody_is_handed_it_before() {
    let mut house = march();
    house.proofs();
    house.expire_signing();
    house.come_back(Return::Stopped);
    let drawn = draw_up(&house, "2026-03").unwrap();
    assert_eq!(drawn.stage, MonthStage::DrawnUp);
    let party =
        |house: &House| house.ask(|context| month::party(context, region(NINGBO), &of("2026-03")));
    assert_eq!(code(party(&house)), "month.not_signed");
    assert_eq!(
        code(approve(&house, ("2026-03", drawn.digest), "li.na")),
        "month.not_signed"
    );
    house.renew_signing();
    house.come_back(Return::Stopped);
    house.proofs();
    assert_eq!(seen(&house, "2026-03").unwrap().stage, MonthStage::Signed);
    party(&house).unwrap();
    let signed = house
        .proofs()
        .month_signed(&of("2026-03"))
        .unwrap()
        .unwrap();
    let rows = table(&house, "2026-03");
    let part = MonthPart::of(region(NINGBO), signed, (&rows, &rows.tree()));
    assert_eq!(part.check(region(NINGBO)), Ok(()));
}
