//! What is counted of a row is its settlements, each by what counts of its institution's month.

use huitong_core::canonical::encode_to_vec;
use huitong_core::date::Timestamp;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::RequestId;
use huitong_core::institution_account::LinesInAll;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::ObjectionReason;

use super::*;
use crate::store::{
    ConfirmationRow, DueRow, Key, MonthLineRow, Row, SettlementRow, SettlementState,
};

/// Rows that were put there.
#[derive(Default)]
struct Put(BTreeMap<Vec<u8>, Row>);

impl Rows for Put {
    fn row(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        Ok(self.0.get(&encode_to_vec(key)).cloned())
    }
}

fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
}

fn institution(nth: u8) -> InstitutionCode {
    format!("H5101040000{nth}").parse().unwrap()
}

fn day(text: &str) -> BusinessDay {
    text.parse().unwrap()
}

fn id(nth: u8) -> SettlementId {
    SettlementId::from_parts(1, [nth; 10])
}

fn fen(fen: i64) -> Fen {
    Fen::new(fen).unwrap()
}

fn moment() -> Timestamp {
    Timestamp::from_millis(0).unwrap()
}

fn confirmation(nth: u8) -> ConfirmationId {
    ConfirmationId::from_bytes([nth; 16])
}

impl Put {
    fn put(&mut self, key: &Key, row: Row) {
        self.0.insert(encode_to_vec(key), row);
    }

    /// A settlement of an institution, booked on a day.
    fn settled(&mut self, nth: u8, of: u8, on: &str) {
        let settlement = SettlementRow {
            institution: institution(of),
            request: RequestId::parse("r-1").unwrap(),
            home: region("330200"),
            prepared: None,
            replaces: None,
            provisional: None,
            state: SettlementState::Prepared,
        };
        self.put(
            &Key::Settlement(id(nth)),
            Row::Settlement(Box::new(settlement)),
        );
        let due = DueRow {
            home: region("330200"),
            settlement: id(nth),
            at: Some(moment()),
            amounts: vec![(Fund::ResidentPool, fen(1))],
        };
        let key = Key::Due(institution(of), day(on), LegKind::Settlement, id(nth));
        self.put(&key, Row::Due(due));
    }

    /// What an institution said of a settlement of a month, under a confirmation.
    fn said(&mut self, (nth, of): (u8, u8), month: &str, under: u8, verdict: LineVerdict) {
        let line = MonthLineRow {
            confirmation: confirmation(under),
            line: sha256(&[nth]),
            verdict,
        };
        let key = Key::MonthLine(institution(of), day(month), id(nth));
        self.put(&key, Row::MonthLine(line));
    }

    /// The confirmations of an institution's month, and which of them stand.
    fn confirmed(&mut self, of: u8, month: &str, confirmations: &[(u8, bool)]) {
        let confirmations = confirmations.iter().map(|(nth, stands)| ConfirmationRow {
            id: confirmation(*nth),
            asked: sha256(&[*nth]),
            in_all: LinesInAll {
                count: 1,
                sum: fen(1),
                digest: sha256(&[*nth]),
            },
            confirmed: 1,
            applied: fen(1),
            at: moment(),
            rolled_back: (!stands).then(moment),
        });
        let row = InstitutionMonthRow {
            closed: None,
            confirmations: confirmations.collect(),
        };
        let key = Key::InstitutionMonth(institution(of), day(month));
        self.put(&key, Row::InstitutionMonth(row));
    }
}

fn pair(fund: Fund) -> Pair {
    Pair {
        debtor: region("330200"),
        creditor: region("510100"),
        fund,
    }
}

fn lines(lines: u64, amount: i64) -> MonthLines {
    MonthLines {
        lines,
        amount: fen(amount),
    }
}

const CONFIRMED: LineVerdict = LineVerdict::Confirmed;
const OBJECTED: LineVerdict = LineVerdict::Objected(ObjectionReason::WrongAmount);

#[test]
fn each_settlement_of_a_row_counts_once_as_its_institution_answered_it_last() {
    let mut rows = Put::default();
    let (march, april) = ("2026-03-01", "2026-04-01");
    for (nth, of, on) in [
        (1, 1, "2026-03-30"),
        (2, 1, "2026-03-30"),
        (3, 1, "2026-03-31"),
        (4, 2, "2026-03-31"),
        (5, 1, "2026-04-01"),
    ] {
        rows.settled(nth, of, on);
    }
    rows.said((1, 1), march, 1, CONFIRMED);
    rows.said((2, 1), march, 1, OBJECTED);
    // Taken back: it waits again. The second institution said nothing at all.
    rows.said((3, 1), march, 2, CONFIRMED);
    rows.confirmed(1, march, &[(1, true), (2, false)]);
    // Of the next month, whose row it is not: it is of the month of its own day.
    rows.said((5, 1), april, 3, CONFIRMED);
    rows.confirmed(1, april, &[(3, true)]);
    let pool = pair(Fund::ResidentPool);
    let account = pair(Fund::OwnAccount);
    let owed = |on: &str, pair: Pair, of: &[(u8, i64)]| {
        let owed = of.iter().map(|(nth, amount)| (id(*nth), fen(*amount)));
        ((pair, day(on)), owed.collect::<Vec<_>>())
    };
    let first = DayOwed::from([
        owed("2026-03-30", pool, &[(1, 10), (2, 20)]),
        // The same settlement, of which an account pays too.
        owed("2026-03-30", account, &[(1, 7)]),
    ]);
    let second = DayOwed::from([
        owed("2026-03-31", pool, &[(3, 40), (4, 80), (9, 160)]),
        owed("2026-04-01", pool, &[(5, 320)]),
    ]);
    let counted = Counted::default().with(&rows, &first).unwrap();
    let found = counted.with(&rows, &second).unwrap().said();
    let expected = InstitutionsSaid {
        confirmed: lines(2, 330),
        waiting: lines(2, 120),
        objected: lines(1, 20),
        unlisted: lines(1, 160),
    };
    assert_eq!(found[&pool], expected);
    let of_account = InstitutionsSaid {
        confirmed: lines(1, 7),
        ..InstitutionsSaid::NOTHING
    };
    assert_eq!(found[&account], of_account);
    assert_eq!(found.len(), 2);
}
