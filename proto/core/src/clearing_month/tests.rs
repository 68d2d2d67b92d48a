//! A month's rows, a region's part of them, and what it says.

use super::part::{MonthPart, MonthPartFault};
use super::row::{Belongs, MonthItem, MonthRow, MonthRowError, MonthSums, MonthTable};
use super::word::{BadObjections, CertifiedMonthWord, MonthWord, ObjectedRow};
use super::*;
use crate::canonical::testing::{golden_file, laws};
use crate::checkpoint::row::Pair;
use crate::digest::sha256;
use crate::fund::Fund;
use crate::id::SettlementId;
use crate::leg::{Leg, LegKind};
use crate::money::Fen;
use crate::record::NodeRecord;
use crate::record::clearing::{
    ClearingRecord, MonthApproved, MonthDrawnUp, MonthRecord, MonthRows, MonthSaid,
};
use crate::record::month::MonthWordSigned;
use crate::region::RegionCode;
use crate::vocabulary::MonthObjection;

const NINGBO: &str = "330200";
const CHENGDU: &str = "510100";
const SHANGHAI: &str = "310000";

fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
}

fn fen(amount: i64) -> Fen {
    Fen::new(amount).unwrap()
}

fn day(text: &str) -> BusinessDay {
    text.parse().unwrap()
}

fn at() -> Timestamp {
    Timestamp::from_millis(1_775_000_000_000).unwrap()
}

fn leg(id: u8, kind: LegKind, (debtor, creditor): (&str, &str), amount: i64, on: &str) -> Leg {
    Leg {
        settlement: SettlementId::from_parts(1, [id; 10]),
        kind,
        debtor: region(debtor),
        creditor: region(creditor),
        fund: Fund::ResidentPool,
        amount: fen(amount),
        business_day: day(on),
        receipt: sha256(&[id]),
    }
}

/// What Ningbo's people cost in Chengdu in November 2026, what was taken back, and two of Shanghai's.
fn table() -> MonthTable {
    let home = (NINGBO, CHENGDU);
    let back = (CHENGDU, NINGBO);
    let mut sums = MonthSums::after(Some(day("2026-10-30")));
    for leg in [
        leg(1, LegKind::Settlement, home, 500, "2026-11-02"),
        leg(2, LegKind::Settlement, home, 700, "2026-10-30"),
        // A Saturday after the last cycle of October is November's.
        leg(3, LegKind::Settlement, home, 11, "2026-10-31"),
        leg(1, LegKind::Reversal, back, 500, "2026-11-03"),
        leg(4, LegKind::Deduction, back, 30, "2026-11-04"),
        leg(5, LegKind::Settlement, (SHANGHAI, CHENGDU), 9, "2026-11-04"),
        leg(6, LegKind::Correction, (NINGBO, SHANGHAI), 8, "2026-11-05"),
    ] {
        sums.add(&leg).unwrap();
    }
    MonthTable::new(sums.rows().unwrap()).unwrap()
}

fn certified(table: &MonthTable) -> CertifiedMonth {
    CertifiedMonth {
        month: ClearingMonth {
            month: Month::parse("2026-11").unwrap(),
            first_plan: 20,
            last_plan: 40,
            after: Some(day("2026-10-30")),
            checkpoint: sha256(b"checkpoint"),
            rows: u64::try_from(table.rows().len()).unwrap(),
            root: table.tree().root(),
            before: Some(sha256(b"before")),
        },
        at: at(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![7; 64],
        signer: vec![vec![1, 2]],
    }
}

#[test]
fn debts_are_told_apart_by_kind_and_by_whose_days_they_belong_to() {
    let table = table();
    let [shanghai, ningbo_shanghai, ningbo_chengdu, back] = table.rows() else {
        panic!("{table:?}");
    };
    assert_eq!(shanghai.pair.debtor, region(SHANGHAI));
    assert_eq!(
        ningbo_shanghai.of(LegKind::Correction, Belongs::ToMonth),
        fen(8)
    );
    assert_eq!(
        ningbo_chengdu.of(LegKind::Settlement, Belongs::ToMonth),
        fen(511)
    );
    assert_eq!(
        ningbo_chengdu.of(LegKind::Settlement, Belongs::ToEarlier),
        fen(700)
    );
    assert_eq!(
        (ningbo_chengdu.legs(), ningbo_chengdu.amount()),
        (3, fen(1_211))
    );
    assert_eq!(back.of(LegKind::Reversal, Belongs::ToMonth), fen(500));
    assert_eq!(back.of(LegKind::Deduction, Belongs::ToMonth), fen(30));
    assert_eq!(back.of(LegKind::Settlement, Belongs::ToMonth), Fen::ZERO);
    assert_eq!(back.amount(), fen(530));
    let regions: Vec<_> = table.regions().iter().map(ToString::to_string).collect();
    assert_eq!(regions, [SHANGHAI, NINGBO, CHENGDU]);
    let joined = table
        .pieces(3)
        .into_iter()
        .flat_map(|piece| piece.rows().to_vec());
    assert_eq!(MonthTable::new(joined.collect()).unwrap(), table);
    let first = MonthSums::after(None);
    assert_eq!(first.rows().unwrap(), []);
    assert_eq!(Belongs::of(day("2020-01-01"), None), Belongs::ToMonth);
}

#[test]
fn rows_that_do_not_ascend_or_hold_nothing_are_none() {
    let pair = table().rows()[0].pair;
    let item = MonthItem {
        kind: LegKind::Settlement,
        belongs: Belongs::ToMonth,
        legs: 1,
        amount: fen(1),
    };
    let none = MonthItem { legs: 0, ..item };
    for items in [vec![], vec![item, item], vec![none]] {
        assert_eq!(MonthRow::new(pair, items), Err(MonthRowError::Items));
    }
    let largest = MonthItem {
        amount: fen(Fen::MAX.get()),
        ..item
    };
    let earlier = MonthItem {
        belongs: Belongs::ToEarlier,
        ..largest
    };
    let sum = MonthRow::new(pair, vec![largest, earlier]);
    assert!(matches!(sum, Err(MonthRowError::Sum(_))), "{sum:?}");
    let mut rows = table().rows().to_vec();
    rows.swap(0, 1);
    assert!(MonthTable::new(rows).is_err());
}

#[test]
fn a_part_holds_the_own_rows_and_whatever_is_changed_in_it_is_found() {
    let table = table();
    let of = |code: &str| MonthPart::of(region(code), certified(&table), (&table, &table.tree()));
    let part = of(SHANGHAI);
    assert_eq!(part.rows.len(), 2);
    assert_eq!(part.check(region(SHANGHAI)), Ok(()));
    let foreign = part.check(region(NINGBO));
    assert_eq!(foreign, Err(MonthPartFault::Foreign(region(SHANGHAI))));
    laws(&of(CHENGDU));

    let mut changed = of(NINGBO);
    let row = &changed.rows[0].row;
    let mut items = row.items().to_vec();
    items[0].amount = fen(9);
    changed.rows[0].row = MonthRow::new(row.pair, items).unwrap();
    assert_eq!(changed.check(region(NINGBO)), Err(MonthPartFault::Path(1)));

    let mut swapped = of(NINGBO);
    swapped.rows.swap(0, 1);
    assert_eq!(swapped.check(region(NINGBO)), Err(MonthPartFault::Place(1)));

    let mut other = of(SHANGHAI);
    other
        .rows
        .extend(of(CHENGDU).rows.into_iter().rev().take(1));
    assert_eq!(other.check(region(SHANGHAI)), Err(MonthPartFault::Place(3)));
}

#[test]
fn a_word_objects_to_own_rows_once_each() {
    let own = table().rows()[1].pair;
    let month = certified(&table()).month;
    let word = |objected: Vec<ObjectedRow>| {
        let officer = "li.wei".parse().unwrap();
        let of = month.month.clone();
        MonthWord::new(region(NINGBO), of, month.digest(), objected, officer, at())
    };
    let objected = |pair: Pair| ObjectedRow {
        pair,
        why: MonthObjection::BookDiffers,
    };
    let one = word(vec![objected(own)]).unwrap();
    assert_eq!(one.objected(), [objected(own)]);
    assert_eq!(word(vec![objected(own), objected(own)]), Err(BadObjections));
    let foreign = table().rows()[0].pair;
    assert_eq!(word(vec![objected(foreign)]), Err(BadObjections));
    assert!(one.says_as(&one) && !one.says_as(&word(vec![]).unwrap()));
    laws(&CertifiedMonthWord {
        word: one,
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![7; 64],
        signer: vec![vec![1, 2]],
    });
}

#[test]
fn golden_bytes_of_months() {
    let table = table();
    let certified = certified(&table);
    golden_file("clearing_month", &certified.month);
    golden_file("clearing_month_table", &table);
    let officer = "li.wei".parse().unwrap();
    let [piece, _] = table.pieces(3).try_into().unwrap();
    let rows = MonthRows {
        month: certified.month.month.clone(),
        piece: 1,
        rows: piece,
    };
    let drawn = MonthDrawnUp {
        month: certified.month.clone(),
        pieces: 2,
        regions: table.regions(),
        by: officer,
        at: at(),
    };
    let month = certified.month.month.clone();
    let approved = MonthApproved {
        month: month.clone(),
        digest: certified.month.digest(),
        by: drawn.by.clone(),
        at: at(),
    };
    let row = ObjectedRow {
        pair: table.rows()[1].pair,
        why: MonthObjection::InDispute,
    };
    let digest = approved.digest;
    let word = MonthWord::new(
        region(NINGBO),
        month,
        digest,
        vec![row],
        drawn.by.clone(),
        at(),
    );
    let word = CertifiedMonthWord {
        word: word.unwrap(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![7; 64],
        signer: vec![vec![1, 2]],
    };
    for (name, record) in [
        ("clearing_month_rows", MonthRecord::Rows(rows)),
        ("clearing_month_drawn_up", MonthRecord::DrawnUp(drawn)),
        (
            "clearing_month_signed",
            MonthRecord::Signed(certified.clone()),
        ),
        (
            "clearing_month_said",
            MonthRecord::Said(MonthSaid {
                word: word.clone(),
                at: at(),
            }),
        ),
        ("clearing_month_approved", MonthRecord::Approved(approved)),
    ] {
        golden_file(name, &ClearingRecord::Month(record));
    }
    let kept = MonthWordSigned { word: word.clone() };
    golden_file("record_month_word", &NodeRecord::MonthWordSigned(kept));
    laws(&MonthFile {
        certified,
        table,
        words: vec![word],
    });
}
