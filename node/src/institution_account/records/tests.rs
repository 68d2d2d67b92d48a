//! What the writer decides, over rows that records made.

use huitong_core::institution_account::{Amounts, Booked, LineVerdict, MonthLine};
use huitong_core::record::reversal::ReversalBooked;
use huitong_core::record::treatment::Settled;
use huitong_core::reversal::BegunBy;
use huitong_core::vocabulary::ObjectionReason;

use super::*;
use crate::home::testing::Home;
use crate::samples::{fen, id as settlement, now, prepared, receipt, reversal};
use crate::store::{ConfirmationRow, Key, Row};

fn region() -> RegionCode {
    "510100".parse().unwrap()
}

fn institution() -> InstitutionCode {
    prepared(1, "V1").institution
}

fn month() -> Month {
    Month::of(receipt(1).body.clearing.business_day)
}

/// The treatment region's node, where these were settled for another region.
fn node_of(settled: &[u8]) -> Home {
    let node = Home::at(region());
    for nth in settled {
        let prepared = prepared(*nth, &format!("V{nth}"));
        node.write(&NodeRecord::Prepared(prepared));
        node.write(&NodeRecord::Settled(Settled {
            settlement: settlement(*nth),
            receipt: receipt(*nth),
            legs_from: u64::from(*nth),
            at: now(),
        }));
    }
    node
}

fn listed(node: &Home, nth: u8) -> MonthLine {
    let place = (receipt(nth).body.clearing.business_day, settlement(nth));
    let line = line_of(&node.rows, region(), institution(), place);
    line.unwrap().unwrap()
}

fn answered(line: &MonthLine, verdict: LineVerdict) -> AnsweredLine {
    AnsweredLine {
        business_day: line.business_day,
        settlement: line.settlement,
        line: line.digest(),
        verdict,
    }
}

fn confirm(lines: &[(MonthLine, LineVerdict)]) -> Confirm {
    let sum = Fen::sum(lines.iter().map(|(line, _)| line.pays)).unwrap();
    Confirm {
        region: region(),
        institution: institution(),
        month: month(),
        lines: lines
            .iter()
            .map(|(line, verdict)| answered(line, *verdict))
            .collect(),
        in_all: LinesInAll {
            count: u64::try_from(lines.len()).unwrap(),
            sum,
            digest: digest_of(lines.iter().map(|(line, _)| line.digest())),
        },
    }
}

fn roll_back(confirmation: ConfirmationId, until: &str) -> RollBack {
    RollBack {
        institution: institution(),
        month: month(),
        confirmation,
        until: until.parse().unwrap(),
    }
}

fn set(standing: MonthStanding) -> SetMonth {
    SetMonth {
        institution: institution(),
        month: month(),
        standing,
        officer: "li.wei".parse().unwrap(),
    }
}

fn code<T: std::fmt::Debug>(told: Told<T>) -> RefusalCode {
    match told {
        Told::Refused(refusal) => refusal.code,
        Told::Done(done) => panic!("{done:?}"),
    }
}

fn done<T>(told: Told<T>) -> T {
    match told {
        Told::Done(done) => done,
        Told::Refused(refusal) => panic!("{refusal}"),
    }
}

const LATE: &str = "2099-12-31";
const CONFIRMED: LineVerdict = LineVerdict::Confirmed;

#[test]
fn a_line_is_confirmed_once_and_the_same_again_is_the_same_confirmation() {
    let node = node_of(&[1, 2]);
    let lines = [(listed(&node, 1), CONFIRMED), (listed(&node, 2), CONFIRMED)];
    let (first, records) = node.run(confirm(&lines[..1]));
    let first = done(first);
    assert_eq!(records.len(), 1);
    let (again, records) = node.run(confirm(&lines[..1]));
    assert_eq!((done(again), records), (first, Vec::new()));
    // The other line is a confirmation of its own; both together are refused, since one is answered.
    assert_eq!(
        code(node.run(confirm(&lines)).0),
        RefusalCode::MonthLineConfirmed
    );
    let (second, _) = node.run(confirm(&lines[1..]));
    assert_ne!(done(second), first);
    let objected = LineVerdict::Objected(ObjectionReason::NotOurs);
    let other = [(listed(&node, 1), objected)];
    assert_eq!(
        code(node.run(confirm(&other)).0),
        RefusalCode::MonthLineConfirmed
    );
}

#[test]
fn what_is_confirmed_is_what_was_listed_or_nothing() {
    let node = node_of(&[1]);
    let line = listed(&node, 1);
    let lines = [(line.clone(), CONFIRMED)];
    let asks = |change: fn(&mut Confirm)| {
        let mut asked = confirm(&lines);
        change(&mut asked);
        let (told, records) = node.run(asked);
        assert_eq!(records, []);
        code(told)
    };
    let sums = RefusalCode::MonthSums;
    assert_eq!(asks(|asked| asked.in_all.count = 2), sums);
    assert_eq!(asks(|asked| asked.in_all.sum = fen(1)), sums);
    assert_eq!(asks(|asked| asked.in_all.digest = digest_of([])), sums);
    let unknown = RefusalCode::MonthLineUnknown;
    assert_eq!(
        asks(|asked| asked.lines[0].settlement = settlement(9)),
        unknown
    );
    assert_eq!(
        asks(|asked| asked.month = Month::parse("2001-01").unwrap()),
        unknown
    );
    assert_eq!(
        asks(|asked| asked.institution = "H51010400002".parse().unwrap()),
        unknown
    );
    let as_listed_else = MonthLine {
        deducted: fen(1),
        ..line
    };
    let (told, _) = node.run(confirm(&[(as_listed_else, CONFIRMED)]));
    assert_eq!(code(told), RefusalCode::MonthLineChanged);
}

#[test]
fn what_was_settled_for_the_own_region_is_no_line() {
    let node = node_of(&[1]);
    let own = prepared(1, "V1").claim.person.home;
    let place = (receipt(1).body.clearing.business_day, settlement(1));
    let line = line_of(&node.rows, own, institution(), place).unwrap();
    assert_eq!(line, None);
}

#[test]
fn a_confirmation_is_taken_back_whole_and_made_again_under_another_id() {
    let node = node_of(&[1]);
    let lines = [(listed(&node, 1), CONFIRMED)];
    let first = done(node.run(confirm(&lines)).0);
    let unknown = ConfirmationId::from_bytes([9; 16]);
    let (told, _) = node.run(roll_back(unknown, LATE));
    assert_eq!(code(told), RefusalCode::ConfirmationUnknown);
    let (told, _) = node.run(roll_back(first, "2001-01-01"));
    assert_eq!(code(told), RefusalCode::MonthTooLate);
    assert_eq!(node.run(roll_back(first, LATE)).1.len(), 1);
    // Said again, also late, it takes back nothing that was confirmed since.
    let second = done(node.run(confirm(&lines)).0);
    assert_ne!(second, first);
    let again = node.run(roll_back(first, "2001-01-01"));
    assert_eq!(again, (Told::Done(()), Vec::new()));
    assert_eq!(done(node.run(confirm(&lines)).0), second);
}

#[test]
fn a_closed_month_takes_nothing_until_it_is_opened_again() {
    let node = node_of(&[1, 2]);
    let lines = [(listed(&node, 1), CONFIRMED), (listed(&node, 2), CONFIRMED)];
    let first = done(node.run(confirm(&lines[..1])).0);
    assert_eq!(node.run(set(MonthStanding::Open)).1, []);
    assert_eq!(node.run(set(MonthStanding::Closed)).1.len(), 1);
    assert_eq!(node.run(set(MonthStanding::Closed)).1, []);
    let closed = RefusalCode::MonthClosed;
    assert_eq!(code(node.run(confirm(&lines[1..])).0), closed);
    assert_eq!(code(node.run(roll_back(first, LATE)).0), closed);
    // What was confirmed before is still told.
    assert_eq!(done(node.run(confirm(&lines[..1])).0), first);
    assert_eq!(node.run(set(MonthStanding::Open)).1.len(), 1);
    done(node.run(confirm(&lines[1..])).0);
}

#[test]
fn a_month_has_so_many_confirmations_and_no_more() {
    let node = node_of(&[1]);
    let lines = [(listed(&node, 1), CONFIRMED)];
    let mut full = InstitutionMonthRow::NEW;
    for nth in 0..InstitutionMonthRow::AT_MOST {
        full.confirmations.push(standing(nth));
    }
    node.put(month_key(), Row::InstitutionMonth(full));
    let (told, records) = node.run(confirm(&lines));
    assert_eq!(code(told), RefusalCode::TooManyConfirmations);
    assert_eq!(records, []);
    // One that is taken back makes room for another.
    done(node.run(roll_back(standing(7).id, LATE)).0);
    done(node.run(confirm(&lines)).0);
}

#[test]
fn of_those_taken_back_the_latest_are_kept() {
    let node = node_of(&[1]);
    let lines = [(listed(&node, 1), CONFIRMED)];
    let at_most = InstitutionMonthRow::TAKEN_BACK_AT_MOST;
    let later = |millis: usize| {
        let millis = i64::try_from(millis).unwrap();
        Timestamp::from_millis(now().as_millis() + millis).unwrap()
    };
    // It is confirmed first and taken back last.
    let mut one = InstitutionMonthRow::NEW;
    one.confirmations.push(standing(0));
    node.put(month_key(), Row::InstitutionMonth(one));
    let mut made = Vec::new();
    for nth in 0..at_most {
        let confirmation = done(node.run_at(confirm(&lines), later(nth)).0);
        done(node.run_at(roll_back(confirmation, LATE), later(nth)).0);
        made.push(confirmation);
    }
    let ids = || -> Vec<ConfirmationId> {
        let row = node.rows.institution_month(institution(), month().first());
        let rows = row.unwrap().unwrap().confirmations;
        rows.iter().map(|row| row.id).collect()
    };
    assert_eq!(ids().len(), at_most + 1);
    done(
        node.run_at(roll_back(standing(0).id, LATE), later(at_most))
            .0,
    );
    let kept = ids();
    assert_eq!(kept.len(), at_most);
    assert!(kept.contains(&standing(0).id));
    assert!(!kept.contains(&made[0]) && kept.contains(&made[1]));
    let (told, _) = node.run(roll_back(made[0], LATE));
    assert_eq!(code(told), RefusalCode::ConfirmationUnknown);
}

fn month_key() -> Key {
    Key::InstitutionMonth(institution(), month().first())
}

/// A confirmation of nothing that stands.
fn standing(nth: usize) -> ConfirmationRow {
    let millis = i64::try_from(nth).unwrap();
    ConfirmationRow {
        id: ConfirmationId::from_parts(millis, [0; 10]),
        asked: digest_of([]),
        in_all: LinesInAll {
            count: 0,
            sum: Fen::ZERO,
            digest: digest_of([]),
        },
        confirmed: 0,
        applied: Fen::ZERO,
        at: now(),
        rolled_back: None,
    }
}

#[test]
fn a_line_that_is_reversed_is_another_than_was_confirmed() {
    let node = node_of(&[1]);
    let before = listed(&node, 1);
    done(node.run(confirm(&[(before.clone(), CONFIRMED)])).0);
    let back = huitong_core::id::ReversalId::from_bytes([3; 16]);
    node.write(&NodeRecord::ReversalBooked(ReversalBooked {
        reversal: reversal(1, 2, back, BegunBy::Officer("li.wei".parse().unwrap())),
        legs_from: 9,
        at: now(),
    }));
    let after = listed(&node, 1);
    assert_eq!((before.reversed, after.reversed), (Fen::ZERO, after.pays));
    assert_eq!(after.payable(), Fen::ZERO);
    let said = node
        .rows
        .month_line(institution(), month().first(), settlement(1));
    assert_ne!(said.unwrap().unwrap().line, after.digest());
}

#[test]
fn what_was_reconciled_is_written_when_it_says_something_new() {
    let node = Home::at(region());
    let day: BusinessDay = "2023-03-09".parse().unwrap();
    let one = Amounts {
        total: fen(100),
        ..Amounts::ZERO
    };
    let totals = Totals::ZERO.with(Booked::Settlement, &one).unwrap();
    let told = |stated, own, setting| Reconcile {
        institution: institution(),
        span: Span::day(day),
        setting,
        stated,
        own,
        days: vec![DayCount {
            day,
            settled: 1,
            reversed: 0,
        }],
    };
    assert_eq!(node.run(told(totals, totals, None)).1.len(), 1);
    assert_eq!(node.run(told(totals, totals, None)).1, []);
    assert_eq!(node.run(told(Totals::ZERO, totals, None)).1.len(), 1);
    let row = node.rows.reconciled(institution(), day, None).unwrap();
    assert_eq!(row.map(|row| row.stated), Some(Totals::ZERO));
    // One kind of care is a thing of its own.
    let inpatient = Some(Setting::Inpatient);
    assert_eq!(node.run(told(totals, totals, inpatient)).1.len(), 1);
    assert_eq!(node.run(told(Totals::ZERO, totals, None)).1, []);
}

#[test]
fn a_day_that_has_not_come_yet_is_not_reconciled() {
    let node = Home::at(region());
    let today = now().business_day_shanghai();
    let of = |from: BusinessDay, to: BusinessDay| Reconcile {
        institution: institution(),
        span: Span::new(from, to).unwrap(),
        setting: None,
        stated: Totals::ZERO,
        own: Totals::ZERO,
        days: vec![DayCount {
            day: from,
            settled: 0,
            reversed: 0,
        }],
    };
    let (told, records) = node.run(of(today, today.plus_days(1).unwrap()));
    assert_eq!((code(told), records), (RefusalCode::Malformed, Vec::new()));
    let (told, records) = node.run(of(today, today));
    assert_eq!((told, records.len()), (Told::Done(()), 1));
}
