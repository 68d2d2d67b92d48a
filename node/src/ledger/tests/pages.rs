//! A page of rows, of which some wait for the index: what is asked of that, and what comes of it.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;

use huitong_core::date::Timestamp;

use super::super::testing;
use super::*;
use crate::store::{Change, OpenRow};

/// An index that remembers for how many rows it was asked last.
#[derive(Default)]
struct Asked {
    index: MemoryIndex,
    rows: AtomicUsize,
}

impl Index for Asked {
    fn get(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        self.index.get(key)
    }

    fn scan(
        &self,
        table: Table,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Row)>, StoreError> {
        self.rows.store(limit, Ordering::Relaxed);
        self.index.scan(table, after, limit)
    }

    fn apply(&self, changes: &[Change], reached: Reached) -> Result<(), StoreError> {
        self.index.apply(changes, reached)
    }

    fn load(&self, rows: &[Change]) -> Result<(), StoreError> {
        self.index.load(rows)
    }

    fn reached(&self) -> Result<Option<Reached>, StoreError> {
        self.index.reached()
    }

    fn clear(&self) -> Result<(), StoreError> {
        self.index.clear()
    }
}

/// Rows of other tables that wait, and rows that do not leave, are no reason to ask for more.
#[test]
fn the_index_is_asked_for_no_more_than_what_may_leave_it() {
    let disk = FakeDisk::new(7);
    let asked = Arc::<Asked>::default();
    let ledger = Ledger::open(LedgerOptions {
        region: person().home,
        disk: disk.port(),
        journal: Options::standard(),
        index: Arc::<Asked>::clone(&asked),
        images: None,
        keys: keys(&disk),
        key: testing::key(),
        runner: Arc::new(Threads),
    });
    let ledger = ledger.unwrap();
    for nth in 1..=3 {
        let visit = format!("V{nth}");
        let record = NodeRecord::Prepared(prepared(nth, &visit));
        append(&ledger, record).unwrap();
    }
    let page = |after: Option<&Key>| {
        let rows = ledger.page(Table::Open, after, 2).unwrap();
        let keys = rows.into_iter().map(|(key, _)| key);
        (keys.collect(), asked.rows.load(Ordering::Relaxed))
    };
    let open = |nth| Key::Open(id(nth));
    assert_eq!(page(None), (vec![open(1), open(2)], 2));
    let settled = NodeRecord::Settled(Settled {
        settlement: id(2),
        receipt: receipt(2),
        legs_from: 1,
        at: now(),
    });
    append(&ledger, settled).unwrap();
    assert_eq!(page(None), (vec![open(1), open(3)], 3));
    assert_eq!(page(Some(&open(1))), (vec![open(3)], 3));
    assert_eq!(page(Some(&open(2))), (vec![open(3)], 2));
    ledger.close();
}

/// Of four keys each is in the index or not, and waits to be put, to be taken away or not at all.
#[test]
fn a_page_is_what_the_index_will_have() {
    const KEYS: u8 = 4;
    let key = |nth| Key::Open(id(nth));
    let row = |at| {
        let since = Timestamp::from_millis(at).unwrap();
        Row::Open(OpenRow { since })
    };
    for case in 0..6_usize.pow(KEYS.into()) {
        let (index, mut overlay) = (MemoryIndex::default(), Overlay::default());
        let (mut changes, mut expected) = (Vec::new(), BTreeMap::new());
        let mut rest = case;
        for nth in 1..=KEYS {
            let (is_indexed, waits) = (rest % 2 == 1, rest / 2 % 3);
            rest /= 6;
            if is_indexed {
                let row = Some(row(1));
                index.load(&[Change { key: key(nth), row }]).unwrap();
                expected.insert(nth, 1);
            }
            match waits {
                1 => {
                    changes.push(Change {
                        key: key(nth),
                        row: Some(row(2)),
                    });
                    expected.insert(nth, 2);
                }
                2 => {
                    changes.push(Change {
                        key: key(nth),
                        row: None,
                    });
                    expected.remove(&nth);
                }
                _ => {}
            }
        }
        // Rows of other tables lie before and after.
        let others = [
            Key::Institution(claim("V1").institution.code),
            Key::Catalogue(),
        ];
        changes.extend(others.map(|key| Change { key, row: None }));
        let changes: Vec<_> = changes.into_iter().map(Keyed::of).collect();
        overlay.put(changes, 1);
        for (after, limit) in (0..KEYS).flat_map(|after| (1..4).map(move |limit| (after, limit))) {
            let from = (after > 0).then(|| key(after));
            let more = limit + overlay.leaving(Table::Open, from.as_ref());
            let indexed = index.scan(Table::Open, from.as_ref(), more).unwrap();
            let page = overlay.merge(Table::Open, from.as_ref(), indexed, limit);
            let after = expected.range(after.saturating_add(1)..).take(limit);
            let after: Vec<_> = after.map(|(nth, at)| (key(*nth), row(*at))).collect();
            assert_eq!(page, after, "case {case}");
        }
    }
}
