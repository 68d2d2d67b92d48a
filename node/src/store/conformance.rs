//! What any backend must pass, run on each of them: a backend is added to `on_each` and nowhere else.

mod rows;

mod assistance;
mod deductions;
mod disputes;
mod duplicates;
mod erased;
mod expense_checks;
mod institution_accounts;
mod months;
mod payables;
mod people;
mod provisional;
mod restores;
mod transfers;
mod witness;

use huitong_core::canonical::encode_to_vec;
use huitong_core::coverage::{Balances, PersonVersion};
use huitong_core::id::SettlementId;
use huitong_core::person::PsnNo;
use huitong_journal::Position;
use proptest::prelude::*;

use super::embedded::SledIndex;
use super::memory::MemoryIndex;
use super::{
    Account, Change, Index, Key, Location, OpenRow, Reached, Row, Stream, StreamHead, Table,
};

fn reached(frame: u64, records: u32) -> Reached {
    Reached {
        frame,
        records,
        position: Position::START,
    }
}

fn person(nth: u64) -> Key {
    Key::Account(PsnNo::parse(&format!("3302000000000{nth:05}")).unwrap())
}

fn account(change: u64) -> Row {
    let version = PersonVersion {
        incarnation: 1,
        change,
    };
    Row::Account(Account {
        version,
        totals: [].into(),
        balances: Balances::NONE,
        lacks: Balances::NONE,
        last: None,
    })
}

fn put(key: Key, row: Row) -> Change {
    Change {
        key,
        row: Some(row),
    }
}

/// A fresh index of every backend.
fn on_each(check: impl Fn(&dyn Index)) {
    check(&MemoryIndex::new());
    let folder = tempfile::tempdir().unwrap();
    check(&SledIndex::open(folder.path()).unwrap());
}

#[test]
fn a_batch_changes_rows_and_the_place_reached_together() {
    on_each(|index| {
        assert_eq!(index.reached().unwrap(), None);
        assert_eq!(index.get(&person(1)).unwrap(), None);
        index
            .apply(
                &[put(person(1), account(1)), put(person(2), account(2))],
                reached(3, 2),
            )
            .unwrap();
        assert_eq!(index.get(&person(1)).unwrap(), Some(account(1)));
        assert_eq!(index.reached().unwrap(), Some(reached(3, 2)));
        let taken = Change {
            key: person(1),
            row: None,
        };
        index
            .apply(&[taken, put(person(2), account(7))], reached(4, 1))
            .unwrap();
        assert_eq!(index.get(&person(1)).unwrap(), None);
        assert_eq!(index.get(&person(2)).unwrap(), Some(account(7)));
        assert_eq!(index.reached().unwrap(), Some(reached(4, 1)));
    });
}

#[test]
fn the_last_change_of_a_row_in_a_batch_stands() {
    on_each(|index| {
        let taken = Change {
            key: person(1),
            row: None,
        };
        index
            .apply(
                &[
                    put(person(1), account(1)),
                    taken,
                    put(person(1), account(2)),
                ],
                reached(1, 1),
            )
            .unwrap();
        assert_eq!(index.get(&person(1)).unwrap(), Some(account(2)));
    });
}

#[test]
fn a_scan_gives_one_table_in_order_after_a_key_and_no_more_than_asked() {
    on_each(|index| {
        let head = StreamHead {
            written: 1,
            acknowledged: 0,
        };
        let mut changes: Vec<Change> = [3, 1, 2].map(|nth| put(person(nth), account(nth))).into();
        changes.push(put(Key::Stream(Stream::Legs), Row::Stream(head)));
        changes.push(put(
            Key::Block(Stream::Legs, 0),
            Row::Block(Location::at(Position::START, 0)),
        ));
        index.apply(&changes, reached(1, 5)).unwrap();
        let keys = |after: Option<&Key>, limit| {
            let rows = index.scan(Table::Account, after, limit).unwrap();
            rows.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        };
        assert_eq!(keys(None, 9), [person(1), person(2), person(3)]);
        assert_eq!(keys(None, 2), [person(1), person(2)]);
        assert_eq!(keys(Some(&person(1)), 9), [person(2), person(3)]);
        assert_eq!(keys(Some(&person(3)), 9), []);
        assert_eq!(index.scan(Table::Stream, None, 9).unwrap().len(), 1);
        assert_eq!(index.scan(Table::Catalogue, None, 9).unwrap(), []);
    });
}

#[test]
fn the_notices_of_an_institution_lie_together_in_the_order_of_their_ids() {
    on_each(|index| {
        let notice = |institution: &str, nth| {
            let id = SettlementId::from_bytes([nth; 16]);
            Key::Notice(institution.parse().unwrap(), id)
        };
        let since = huitong_core::date::Timestamp::EPOCH;
        let row = || Row::Notice(OpenRow { since });
        let (first, second) = ("H51010400001", "H51010400002");
        let keys = [
            notice(second, 1),
            notice(first, 7),
            notice(second, 9),
            notice(first, 2),
        ];
        let changes: Vec<Change> = keys.into_iter().map(|key| put(key, row())).collect();
        index.apply(&changes, reached(1, 4)).unwrap();
        let after = |key: &Key| {
            let rows = index.scan(Table::Notice, Some(key), 9).unwrap();
            rows.into_iter().map(|(key, _)| key).collect::<Vec<_>>()
        };
        assert_eq!(
            after(&notice(first, 0)),
            [
                notice(first, 2),
                notice(first, 7),
                notice(second, 1),
                notice(second, 9)
            ]
        );
        assert_eq!(
            after(&notice(second, 0)),
            [notice(second, 1), notice(second, 9)]
        );
        assert_eq!(after(&notice(second, 9)), []);
    });
}

#[test]
fn a_table_of_one_row_is_found_by_its_bare_tag() {
    on_each(|index| {
        let row = Row::LastClosedDay(super::LastClosedDay {
            day: "2023-03-10".parse().unwrap(),
        });
        index
            .apply(&[put(Key::LastClosedDay(), row.clone())], reached(1, 1))
            .unwrap();
        assert_eq!(index.get(&Key::LastClosedDay()).unwrap(), Some(row.clone()));
        let rows = index.scan(Table::LastClosedDay, None, 9).unwrap();
        assert_eq!(rows, [(Key::LastClosedDay(), row)]);
    });
}

#[test]
fn a_cleared_index_knows_nothing() {
    on_each(|index| {
        index
            .apply(&[put(person(1), account(1))], reached(1, 1))
            .unwrap();
        index.clear().unwrap();
        assert_eq!(index.get(&person(1)).unwrap(), None);
        assert_eq!(index.reached().unwrap(), None);
    });
}

#[test]
fn an_embedded_index_is_there_again_and_an_unreadable_one_is_begun_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index");
    let index = SledIndex::open(&path).unwrap();
    index
        .apply(&[put(person(1), account(1))], reached(1, 1))
        .unwrap();
    drop(index);
    let index = SledIndex::open(&path).unwrap();
    assert_eq!(index.get(&person(1)).unwrap(), Some(account(1)));
    drop(index);
    std::fs::write(path.join("conf"), b"not a configuration").unwrap();
    let index = SledIndex::open(&path).unwrap();
    assert_eq!(index.reached().unwrap(), None);
    assert_eq!(index.get(&person(1)).unwrap(), None);
    assert!(folder.path().join("index.unreadable").exists());
}

#[test]
fn an_embedded_index_that_is_being_let_go_of_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let index = SledIndex::open(folder.path()).unwrap();
    index
        .apply(&[put(person(1), account(1))], reached(1, 1))
        .unwrap();
    let letting_go = std::thread::spawn(move || drop(index));
    let index = SledIndex::open(folder.path()).unwrap();
    letting_go.join().unwrap();
    assert_eq!(index.reached().unwrap(), Some(reached(1, 1)));
    assert_eq!(index.get(&person(1)).unwrap(), Some(account(1)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Whatever is put and taken, both backends hold the same rows.
    #[test]
    fn backends_agree(steps in prop::collection::vec((0_u64..12, prop::option::of(0_u64..9)), 1..60)) {
        let memory = MemoryIndex::new();
        let folder = tempfile::tempdir().unwrap();
        let sled = SledIndex::open(folder.path()).unwrap();
        for (frame, (nth, change)) in (1_u64..).zip(steps) {
            let change = Change { key: person(nth), row: change.map(account) };
            memory.apply(std::slice::from_ref(&change), reached(frame, 1)).unwrap();
            sled.apply(&[change], reached(frame, 1)).unwrap();
        }
        let all = |index: &dyn Index| {
            let rows = index.scan(Table::Account, None, usize::MAX).unwrap();
            rows.into_iter().map(|(key, row)| (encode_to_vec(&key), row)).collect::<Vec<_>>()
        };
        prop_assert_eq!(all(&memory), all(&sled));
        prop_assert_eq!(memory.reached().unwrap(), sled.reached().unwrap());
    }
}
