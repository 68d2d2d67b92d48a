//! Rows that the index does not hold yet, newest first asked.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Bound;
use std::sync::Arc;

use huitong_core::canonical::encode_to_vec;
use huitong_journal::Committed;

use super::places::Found;
use crate::store::{Change, Key, Reached, Row, Rows, StoreError, Table};

/// A change with its key in bytes, which are shared by all who look it up.
#[derive(Debug)]
pub(super) struct Keyed {
    pub(super) bytes: Arc<[u8]>,
    change: Change,
}

impl Keyed {
    pub(super) fn of(change: Change) -> Self {
        let bytes = encode_to_vec(&change.key).into();
        Self { bytes, change }
    }
}

/// Rows in memory, as the submissions made them that are not indexed yet.
#[derive(Debug, Default)]
pub(super) struct Overlay {
    rows: BTreeMap<Arc<[u8]>, Waiting>,
    /// The last submission that is synced, and how far it reaches.
    synced: Option<(u64, Reached)>,
    /// The last submission of all.
    appended: u64,
    found: Found,
    /// How many rows are to be indexed: synced, and not in the index as they were then.
    due: usize,
}

#[derive(Debug)]
struct Waiting {
    key: Key,
    /// What is read.
    newest: Version,
    /// Those before it that may still be indexed, oldest first: at most one that is synced, and all that are not.
    before: Vec<Version>,
    /// Whether it is to be indexed.
    is_due: bool,
}

/// A row as one submission made it.
#[derive(Debug)]
struct Version {
    sequence: u64,
    row: Option<Row>,
}

impl Waiting {
    /// The row as it was after a submission, if it waits for the index.
    fn at(&self, sequence: u64) -> Option<&Version> {
        let versions = self.before.iter().chain([&self.newest]);
        versions.take_while(|it| it.sequence <= sequence).last()
    }
}

/// What is to be indexed at once.
pub(super) struct Batch {
    pub(super) changes: Vec<Change>,
    /// The last submission in it, and how far it reaches.
    pub(super) sequence: u64,
    pub(super) reached: Reached,
}

impl Overlay {
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// How many rows are to be indexed.
    pub(super) const fn due(&self) -> usize {
        self.due
    }

    /// Takes what a submission changed, in the order of submissions, and while none is decided on.
    pub(super) fn put(&mut self, changes: Vec<Keyed>, sequence: u64) {
        self.appended = sequence;
        for Keyed { bytes, change } in changes {
            let Change { key, row } = change;
            // Rows that it was made from may have been read before their records were written.
            let row = row.map(|row| self.found.written(row));
            let version = Version { sequence, row };
            match self.rows.entry(bytes) {
                Entry::Vacant(place) => {
                    place.insert(Waiting {
                        key,
                        newest: version,
                        before: Vec::new(),
                        is_due: false,
                    });
                }
                Entry::Occupied(mut place) => {
                    let waiting = place.get_mut();
                    let last = std::mem::replace(&mut waiting.newest, version);
                    // A submission that changes a row twice has its last word.
                    if last.sequence < sequence {
                        waiting.before.push(last);
                    }
                }
            }
        }
        self.found.forget();
    }

    /// A submission is synced: the places in its rows are completed, and what was synced of them before is forgotten.
    pub(super) fn locate(
        &mut self,
        keys: &[Arc<[u8]>],
        sequence: u64,
        (committed, reached): (&Committed, Reached),
    ) {
        self.found.add(sequence, committed, self.appended);
        for key in keys {
            let Some(waiting) = self.rows.get_mut(key) else {
                continue;
            };
            waiting.before.retain(|it| it.sequence >= sequence);
            if !std::mem::replace(&mut waiting.is_due, true) {
                self.due = self.due.saturating_add(1);
            }
            let mut versions = waiting.before.iter_mut().chain([&mut waiting.newest]);
            if let Some(version) = versions.find(|it| it.sequence == sequence) {
                version.row = version.row.take().map(|row| self.found.written(row));
            }
        }
        self.synced = Some((sequence, reached));
    }

    /// `None` when the index knows best.
    pub(super) fn get(&self, key: &Key) -> Option<Option<Row>> {
        let waiting = self.rows.get(encode_to_vec(key).as_slice())?;
        Some(waiting.newest.row.clone())
    }

    /// The row as it is after what is synced. `None` when the index knows best.
    pub(super) fn on_disk(&self, key: &Key) -> Option<Option<Row>> {
        let waiting = self.rows.get(encode_to_vec(key).as_slice())?;
        let (synced, _) = self.synced?;
        Some(waiting.at(synced)?.row.clone())
    }

    /// What is synced and not indexed, each row as it was after the last submission that is synced.
    pub(super) fn batch(&self) -> Option<Batch> {
        let (sequence, reached) = self.synced?;
        let changes = self.rows.values().filter_map(|waiting| {
            let version = waiting.at(sequence)?;
            Some(Change {
                key: waiting.key.clone(),
                row: version.row.clone(),
            })
        });
        Some(Batch {
            changes: changes.collect(),
            sequence,
            reached,
        })
    }

    /// Drops what the index holds now.
    pub(super) fn retire(&mut self, sequence: u64) {
        let synced = self.synced.map_or(0, |(synced, _)| synced);
        let mut due = 0_usize;
        self.rows.retain(|_, waiting| {
            waiting.before.retain(|it| it.sequence > sequence);
            if waiting.newest.sequence <= sequence {
                return false;
            }
            waiting.is_due = waiting.at(synced).is_some();
            due = due.saturating_add(usize::from(waiting.is_due));
            true
        });
        self.due = due;
        self.synced = self.synced.filter(|(synced, _)| *synced > sequence);
    }

    /// What waits of a table after a key, ascending.
    fn of_table<'a>(
        &'a self,
        table: Table,
        after: Option<&[u8]>,
    ) -> impl Iterator<Item = (&'a [u8], &'a Waiting)> + use<'a> {
        let tag = [table.tag()];
        let from = after.map_or(Bound::Included(&tag[..]), Bound::Excluded);
        let rows = self.rows.range::<[u8], _>((from, Bound::Unbounded));
        rows.map(|(bytes, waiting)| (&**bytes, waiting))
            .take_while(move |(bytes, _)| bytes.first() == Some(&table.tag()))
    }

    /// How many rows of a table after a key wait to be taken away: the index may have them still.
    pub(super) fn leaving(&self, table: Table, after: Option<&Key>) -> usize {
        let after = after.map(encode_to_vec);
        let waiting = self.of_table(table, after.as_deref());
        waiting
            .filter(|(_, waiting)| waiting.newest.row.is_none())
            .count()
    }

    /// Rows of a table after a key as the index has them, with what waits laid over them.
    pub(super) fn merge(
        &self,
        table: Table,
        after: Option<&Key>,
        indexed: Vec<(Key, Row)>,
        limit: usize,
    ) -> Vec<(Key, Row)> {
        let after = after.map(encode_to_vec);
        let mut waiting = self.of_table(table, after.as_deref()).peekable();
        let indexed = indexed.into_iter();
        let mut indexed = indexed
            .map(|found| (encode_to_vec(&found.0), found))
            .peekable();
        let mut page = Vec::new();
        while page.len() < limit {
            let next = waiting.next_if(|(bytes, _)| {
                let of_index = indexed.peek();
                of_index.is_none_or(|(of_index, _)| *bytes <= &**of_index)
            });
            if let Some((bytes, waiting)) = next {
                // It stands for what the index has under its key.
                indexed.next_if(|(of_index, _)| **of_index == *bytes);
                let row = waiting.newest.row.clone();
                page.extend(row.map(|row| (waiting.key.clone(), row)));
            } else if let Some((_, found)) = indexed.next() {
                page.push(found);
            } else {
                break;
            }
        }
        page
    }
}

/// Changes laid over rows, for records that build on one another before any of them is appended.
pub(crate) struct Layered<'a> {
    under: &'a dyn Rows,
    changes: BTreeMap<Vec<u8>, Change>,
}

impl<'a> Layered<'a> {
    pub(crate) fn over(under: &'a dyn Rows) -> Self {
        Self {
            under,
            changes: BTreeMap::new(),
        }
    }

    pub(crate) fn put(&mut self, changes: Vec<Change>) {
        for change in changes {
            self.changes.insert(encode_to_vec(&change.key), change);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.changes.len()
    }

    pub(super) fn into_changes(self) -> Vec<Change> {
        self.changes.into_values().collect()
    }
}

impl Rows for Layered<'_> {
    fn row(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        match self.changes.get(&encode_to_vec(key)) {
            Some(change) => Ok(change.row.clone()),
            None => self.under.row(key),
        }
    }
}

#[cfg(test)]
mod tests {
    use huitong_journal::Position;

    use super::*;

    const KEY: Key = Key::LooksWritten();

    fn change(count: u64) -> Change {
        Change {
            key: KEY,
            row: Some(Row::LooksWritten(count)),
        }
    }

    /// Synced in a frame of its own.
    fn sync(overlay: &mut Overlay, sequence: u64) {
        let committed = Committed {
            position: Position::START,
            frame: sequence,
            first: 0,
            count: 1,
            seal: Vec::new().into(),
        };
        let reached = reached(sequence);
        let keys = [Keyed::of(change(0)).bytes];
        overlay.locate(&keys, sequence, (&committed, reached));
    }

    const fn reached(frame: u64) -> Reached {
        Reached {
            frame,
            records: 1,
            position: Position::START,
        }
    }

    #[test]
    fn a_row_is_indexed_as_it_was_after_what_is_synced_and_read_as_it_is_now() {
        let mut overlay = Overlay::default();
        let indexed = |overlay: &Overlay| overlay.batch().map(|batch| batch.changes);
        for sequence in 1..=3 {
            overlay.put(vec![Keyed::of(change(sequence))], sequence);
        }
        assert_eq!((indexed(&overlay), overlay.due()), (None, 0));
        assert_eq!(overlay.on_disk(&KEY), None);
        sync(&mut overlay, 1);
        sync(&mut overlay, 2);
        assert_eq!(overlay.due(), 1);
        assert_eq!(overlay.on_disk(&KEY), Some(change(2).row));
        let batch = overlay.batch().unwrap();
        assert_eq!((batch.sequence, batch.reached), (2, reached(2)));
        assert_eq!(batch.changes, [change(2)]);
        // Synced while that is being indexed: it is still to be.
        sync(&mut overlay, 3);
        overlay.retire(2);
        assert_eq!(
            (indexed(&overlay), overlay.due()),
            (Some(vec![change(3)]), 1)
        );
        assert_eq!(overlay.on_disk(&KEY), Some(change(3).row));
        // What is appended after what is indexed is not on disk: the index has the row as it is there.
        overlay.put(vec![Keyed::of(change(4))], 4);
        overlay.retire(3);
        assert_eq!(overlay.get(&KEY), Some(change(4).row));
        assert_eq!(overlay.on_disk(&KEY), None);
        sync(&mut overlay, 4);
        overlay.retire(4);
    }

    #[test]
    fn a_row_is_gone_once_the_index_has_its_last_version() {
        let mut overlay = Overlay::default();
        let indexed = |overlay: &Overlay| overlay.batch().map(|batch| batch.changes);
        overlay.put(vec![Keyed::of(change(3))], 3);
        sync(&mut overlay, 3);
        assert_eq!(overlay.get(&KEY), Some(change(3).row));
        overlay.retire(3);
        assert_eq!(
            (indexed(&overlay), overlay.due(), overlay.len()),
            (None, 0, 0)
        );
    }

    #[test]
    fn a_submission_that_changes_a_row_twice_has_its_last_word() {
        let mut overlay = Overlay::default();
        let twice = vec![Keyed::of(change(1)), Keyed::of(change(2))];
        overlay.put(twice, 1);
        sync(&mut overlay, 1);
        sync(&mut overlay, 1);
        assert_eq!(overlay.due(), 1);
        assert_eq!(overlay.batch().unwrap().changes, [change(2)]);
    }
}
