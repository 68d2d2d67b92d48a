//! Who confirmed a row, and that what was confirmed by both, one and nobody is all of the month.

use huitong_core::clearing_month::row::{Belongs, MonthItem, MonthTable};
use huitong_core::clearing_month::word::{CertifiedMonthWord, ObjectedRow};
use huitong_core::clearing_month::{CertifiedMonth, ClearingMonth};
use huitong_core::date::Timestamp;
use huitong_core::digest::sha256;
use huitong_core::leg::LegKind;
use proptest::prelude::*;

use super::*;

const REGIONS: [&str; 3] = ["310000", "330200", "510100"];

fn region(at: usize) -> RegionCode {
    REGIONS[at].parse().unwrap()
}

fn pair((debtor, creditor): (usize, usize), fund: Fund) -> Pair {
    Pair {
        debtor: region(debtor),
        creditor: region(creditor),
        fund,
    }
}

fn row(of: (usize, usize), fund: Fund, fen: i64) -> MonthRow {
    let item = MonthItem {
        kind: LegKind::Settlement,
        belongs: Belongs::ToMonth,
        legs: 2,
        amount: Fen::new(fen).unwrap(),
    };
    MonthRow::new(pair(of, fund), vec![item]).unwrap()
}

/// A month of these rows, with nobody's word yet.
fn file(mut rows: Vec<MonthRow>) -> MonthFile {
    rows.sort_by_key(|row| row.pair);
    let table = MonthTable::new(rows).unwrap();
    let at = Timestamp::parse("2026-04-02T04:00:00.000Z").unwrap();
    let month = ClearingMonth {
        month: "2026-03".parse().unwrap(),
        first_plan: 1,
        last_plan: 2,
        after: None,
        checkpoint: sha256(b"checkpoint"),
        rows: u64::try_from(table.rows().len()).unwrap(),
        root: table.tree().root(),
        before: None,
    };
    MonthFile {
        certified: CertifiedMonth {
            month,
            at,
            algorithm: 1,
            key_id: sha256(b"key"),
            signature: Vec::new(),
            signer: Vec::new(),
        },
        table,
        words: Vec::new(),
    }
}

/// A region's word on a month, with the rows that it objects to.
fn word(of: usize, digest: huitong_core::digest::Digest, objected: &[Pair]) -> CertifiedMonthWord {
    let mut objected: Vec<_> = objected
        .iter()
        .map(|pair| ObjectedRow {
            pair: *pair,
            why: MonthObjection::BookDiffers,
        })
        .collect();
    objected.sort_by_key(|row| row.pair);
    let at = Timestamp::parse("2026-04-02T04:00:00.000Z").unwrap();
    let officer = "li.wei".parse().unwrap();
    let month = "2026-03".parse().unwrap();
    CertifiedMonthWord {
        word: MonthWord::new(region(of), month, digest, objected, officer, at).unwrap(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: Vec::new(),
        signer: Vec::new(),
    }
}

fn told(held: &MonthFile) -> Vec<(By, u64, i64, u64)> {
    let confirmed = Confirmed::of(held).unwrap();
    let sums = confirmed.0.iter();
    sums.map(|((_, by), sum)| (*by, sum.rows, sum.amount.get(), sum.objected))
        .collect()
}

#[test]
fn a_row_is_confirmed_by_those_who_did_and_an_objection_confirms_nothing() {
    let pool = Fund::ResidentPool;
    let mut held = file(vec![
        row((0, 1), pool, 100),
        row((1, 2), pool, 70),
        row((2, 1), pool, 5),
    ]);
    let digest = held.certified.month.digest();
    assert_eq!(
        told(&held),
        [
            (By::Both, 0, 0, 0),
            (By::One, 0, 0, 0),
            (By::Nobody, 3, 175, 0)
        ]
    );
    held.words = vec![word(1, digest, &[])];
    assert_eq!(
        told(&held),
        [
            (By::Both, 0, 0, 0),
            (By::One, 3, 175, 0),
            (By::Nobody, 0, 0, 0)
        ]
    );
    held.words = vec![word(1, digest, &[pair((2, 1), pool)]), word(2, digest, &[])];
    assert_eq!(
        told(&held),
        [
            (By::Both, 1, 70, 0),
            (By::One, 2, 105, 1),
            (By::Nobody, 0, 0, 0)
        ]
    );
    let words = Words::of(&held);
    assert_eq!(
        words.both(&pair((0, 1), pool)),
        [Says::Nothing, Says::Confirmed]
    );
    let objected = Says::Objected(MonthObjection::BookDiffers);
    assert_eq!(words.both(&pair((2, 1), pool)), [Says::Confirmed, objected]);
    // A word on another month of the same name is none on this.
    held.words = vec![word(1, sha256(b"another"), &[])];
    assert_eq!(told(&held)[2], (By::Nobody, 3, 175, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn by_both_one_and_nobody_is_all_of_each_fund(
        amounts in proptest::collection::btree_map((0..3_usize, 0..3_usize, any::<bool>()), 1..1_000_000_i64, 1..12),
        said in proptest::collection::vec(any::<Option<u16>>(), 3),
    ) {
        let rows = amounts.iter().filter(|((debtor, creditor, _), _)| debtor != creditor);
        let rows = rows.map(|((debtor, creditor, is_pool), fen)| {
            let fund = if *is_pool { Fund::ResidentPool } else { Fund::EmployeePool };
            row((*debtor, *creditor), fund, *fen)
        });
        let mut held = file(rows.collect());
        let digest = held.certified.month.digest();
        for (of, bits) in said.iter().enumerate() {
            let Some(bits) = bits else { continue };
            let own = held.table.rows().iter().map(|row| row.pair).filter(|pair| pair.names(region(of)));
            let objected = own.enumerate().filter(|(at, _)| bits >> (at % 16) & 1 == 1);
            let objected: Vec<_> = objected.map(|(_, pair)| pair).collect();
            held.words.push(word(of, digest, &objected));
        }
        let (words, confirmed) = (Words::of(&held), Confirmed::of(&held).unwrap());
        for fund in [Fund::ResidentPool, Fund::EmployeePool] {
            for by in By::ALL {
                let rows = held.table.rows().iter();
                let rows = rows.filter(|row| row.pair.fund == fund && words.by(&row.pair) == by);
                let expected: i64 = rows.map(|row| row.amount().get()).sum();
                let sum = confirmed.0.get(&(fund, by)).map_or(0, |sum| sum.amount.get());
                prop_assert_eq!(sum, expected);
            }
            let all: i64 = confirmed.0.iter().filter(|((of, _), _)| *of == fund).map(|(_, sum)| sum.amount.get()).sum();
            let rows = held.table.rows().iter().filter(|row| row.pair.fund == fund);
            prop_assert_eq!(all, rows.map(|row| row.amount().get()).sum::<i64>());
        }
    }
}
