//! Spans, sums and lines, and the one form of what is committed to.

use super::*;
use crate::canonical::Artifact as _;
use crate::canonical::testing::laws;
use crate::date::Timestamp;
use crate::digest::sha256;
use crate::id::SettlementId;
use crate::vocabulary::{ObjectionReason, Setting};

fn fen(amount: i64) -> Fen {
    Fen::new(amount).unwrap()
}

fn day(text: &str) -> BusinessDay {
    text.parse().unwrap()
}

fn amounts(total: i64, funds: i64, accounts: i64, cash: i64) -> Amounts {
    Amounts {
        total: fen(total),
        funds: fen(funds),
        accounts: fen(accounts),
        cash: fen(cash),
    }
}

fn line(deducted: i64, reversed: i64) -> MonthLine {
    MonthLine {
        settlement: SettlementId::from_bytes([7; 16]),
        at: Timestamp::from_millis(1_678_000_000_000).unwrap(),
        business_day: day("2023-03-05"),
        home: "330200".parse().unwrap(),
        setting: Setting::Inpatient,
        total: fen(10_000),
        pays: fen(7_000),
        advanced: false,
        deducted: fen(deducted),
        reversed: fen(reversed),
    }
}

#[test]
fn a_span_is_at_most_a_month_and_never_backwards() {
    let first = day("2024-02-28");
    let span = Span::new(first, day("2024-03-01")).unwrap();
    let days: Vec<String> = span.days().map(|day| day.to_string()).collect();
    assert_eq!(days, ["2024-02-28", "2024-02-29", "2024-03-01"]);
    assert_eq!(Span::day(first).days().count(), 1);
    assert_eq!(Span::new(first, first), Ok(Span::day(first)));
    let longest = Span::new(day("2024-01-01"), day("2024-01-31")).unwrap();
    assert_eq!(longest.days().count(), DAYS_AT_MOST);
    let too_long = Span::new(day("2024-01-01"), day("2024-02-01"));
    assert_eq!(too_long, Err(SpanError));
    assert_eq!(Span::new(first, day("2024-02-27")), Err(SpanError));
    laws(&span);
}

#[test]
fn totals_differ_in_each_figure_that_is_not_the_same_and_in_no_other() {
    let one = amounts(100, 60, 10, 30);
    let node = Totals::ZERO.with(Booked::Settlement, &one).unwrap();
    let node = node.with(Booked::Reversal, &one).unwrap();
    assert_eq!(node.differences(&node), []);
    laws(&node);
    let other = amounts(100, 61, 10, 29);
    let stated = Totals::ZERO.with(Booked::Settlement, &other).unwrap();
    let found: Vec<(Booked, &str, i64, i64)> = stated
        .differences(&node)
        .into_iter()
        .map(|it| (it.of, it.figure.word(), it.institution, it.node))
        .collect();
    let (settled, reversed) = (Booked::Settlement, Booked::Reversal);
    assert_eq!(
        found,
        [
            (settled, "funds", 61, 60),
            (settled, "cash", 29, 30),
            (reversed, "count", 0, 1),
            (reversed, "total", 0, 100),
            (reversed, "funds", 0, 60),
            (reversed, "accounts", 0, 10),
            (reversed, "cash", 0, 30),
        ]
    );
}

#[test]
fn sums_out_of_range_are_an_error() {
    let most = Amounts {
        total: Fen::MAX,
        ..Amounts::ZERO
    };
    let once = Sums::ZERO.with(&most).unwrap();
    assert_eq!(once.with(&most), Err(MoneyError::OutOfRange));
}

#[test]
fn a_line_commits_to_everything_that_is_listed_of_it() {
    let plain = line(0, 0);
    laws(&plain);
    assert_eq!(
        MonthLine::from_bytes(&plain.to_bytes()).as_ref(),
        Ok(&plain)
    );
    let digests = [
        plain.digest(),
        line(1, 0).digest(),
        line(0, 7_000).digest(),
        MonthLine {
            advanced: true,
            ..line(0, 0)
        }
        .digest(),
    ];
    for (nth, digest) in digests.iter().enumerate() {
        assert!(!digests[..nth].contains(digest), "{nth}");
    }
    assert_eq!(line(100, 0).payable(), fen(6_900));
    assert_eq!(line(0, 7_000).payable(), Fen::ZERO);
}

#[test]
fn the_digest_of_lines_is_that_of_their_digests_in_their_order() {
    let (one, two) = (line(0, 0).digest(), line(1, 0).digest());
    let joined: Vec<u8> = [one, two]
        .iter()
        .flat_map(|digest| digest.as_bytes().to_vec())
        .collect();
    assert_eq!(digest_of([one, two]), sha256(&joined));
    assert_ne!(digest_of([one, two]), digest_of([two, one]));
}

#[test]
fn the_parts_of_a_confirmation_have_one_form() {
    laws(&AnsweredLine {
        business_day: day("2023-03-05"),
        settlement: SettlementId::from_bytes([7; 16]),
        line: line(0, 0).digest(),
        verdict: LineVerdict::Objected(ObjectionReason::WrongAmount),
    });
    laws(&LinesInAll {
        count: 1,
        sum: fen(7_000),
        digest: line(0, 0).digest(),
    });
    laws(&MonthStanding::Closed);
}
