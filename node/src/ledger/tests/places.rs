//! Places of records in rows, while those who make rows from others and those who sync go on beside each other.

use std::collections::BTreeMap;

use huitong_core::canonical::encode_to_vec;
use huitong_core::id::ReversalId;
use huitong_journal::{Committed, Position};
use proptest::prelude::*;

use super::super::overlay::{Keyed, Overlay};
use crate::samples::{id, person};
use crate::store::{Change, HomeRow, HomeState, Key, Location, Reached, ReversedRow, Row};

const ROWS: u8 = 3;

/// What may happen next.
#[derive(Debug, Clone, Copy)]
enum Step {
    /// A submission books by two of its records.
    Book { row: u8, nth: u32 },
    /// A submission takes the place of a record over from another row, and so many are synced after it read that.
    Reverse { row: u8, from: u8, synced: u8 },
    /// The next submission is synced.
    Sync,
    /// What is synced is indexed.
    Index,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => (0..ROWS, 1..4_u32).prop_map(|(row, nth)| Step::Book { row, nth }),
        4 => (0..ROWS, 0..ROWS, 0..3_u8)
            .prop_map(|(row, from, synced)| Step::Reverse { row, from, synced }),
        3 => Just(Step::Sync),
        1 => Just(Step::Index),
    ]
}

fn key(row: u8) -> Key {
    Key::HomeSettlement(person().home, id(row))
}

/// Where the nth record of a submission is written: each submission in a frame of its own, as its tenth.
fn place(submission: u64, nth: u32) -> Location {
    Location::at(position(submission), nth.saturating_add(10))
}

fn position(submission: u64) -> Position {
    let offset = u32::try_from(submission).unwrap().saturating_add(68);
    let bytes: Vec<u8> = [&1_u64.to_be_bytes()[..], &offset.to_be_bytes()].concat();
    Position::from_bytes(&bytes).unwrap()
}

fn row(settled: Location, reversed: Location) -> Row {
    let reversal = ReversalId::from_bytes([7; 16]);
    let state = HomeState::Reversed(ReversedRow {
        settled,
        reversed,
        reversal,
    });
    let row = HomeRow {
        binding: None,
        previous: None,
        state,
    };
    Row::HomeSettlement(row.into())
}

fn settled(row: &Row) -> Location {
    let Row::HomeSettlement(row) = row else {
        panic!("another row: {row:?}")
    };
    let HomeState::Reversed(state) = &row.state else {
        panic!("another state: {row:?}")
    };
    state.settled
}

#[derive(Default)]
struct Played {
    overlay: Overlay,
    /// The rows of each submission that is not synced.
    unsynced: BTreeMap<u64, Key>,
    appended: u64,
    index: BTreeMap<Vec<u8>, Row>,
    /// What every row has to name in the end.
    expected: BTreeMap<u8, (Location, Location)>,
}

impl Played {
    fn read(&self, row: u8) -> Option<Row> {
        let waiting = self.overlay.get(&key(row));
        waiting.unwrap_or_else(|| self.index.get(&encode_to_vec(&key(row))).cloned())
    }

    fn append(&mut self, of: u8, made: Row, expected: (Location, Location)) {
        self.appended = self.appended.saturating_add(1);
        let change = Change {
            key: key(of),
            row: Some(made),
        };
        self.overlay.put(vec![Keyed::of(change)], self.appended);
        self.unsynced.insert(self.appended, key(of));
        self.expected.insert(of, expected);
    }

    fn sync(&mut self) {
        let Some((submission, key)) = self.unsynced.pop_first() else {
            return;
        };
        let position = position(submission);
        let committed = Committed {
            position,
            frame: submission,
            first: 10,
            count: 4,
            seal: Vec::new().into(),
        };
        let reached = Reached {
            frame: submission,
            records: 14,
            position,
        };
        let keys = [Keyed::of(Change { key, row: None }).bytes];
        self.overlay
            .locate(&keys, submission, (&committed, reached));
    }

    fn index(&mut self) {
        let Some(batch) = self.overlay.batch() else {
            return;
        };
        for Change { key, row } in batch.changes {
            let row = row.unwrap();
            assert!(settled(&row).frame().is_some(), "indexed without a place");
            self.index.insert(encode_to_vec(&key), row);
        }
        self.overlay.retire(batch.sequence);
    }

    fn take(&mut self, step: Step) {
        let next = self.appended.saturating_add(1);
        match step {
            Step::Sync => self.sync(),
            Step::Index => self.index(),
            Step::Book { row: of, nth } => {
                let made = row(Location::pending(next, nth), Location::pending(next, 0));
                self.append(of, made, (place(next, nth), place(next, 0)));
            }
            Step::Reverse {
                row: of,
                from,
                synced,
            } => {
                let Some(read) = self.read(from) else {
                    return;
                };
                let (before, _) = self.expected[&from];
                (0..synced).for_each(|_| self.sync());
                let made = row(settled(&read), Location::pending(next, 0));
                self.append(of, made, (before, place(next, 0)));
            }
        }
    }
}

proptest! {
    /// Whoever takes a record's place over before that is written names it where it is written in the end.
    #[test]
    fn a_row_names_each_record_where_its_own_submission_was_written(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let mut played = Played::default();
        for step in steps {
            played.take(step);
        }
        while !played.unsynced.is_empty() {
            played.sync();
        }
        for (of, (settled, reversed)) in played.expected.clone() {
            prop_assert_eq!(played.read(of), Some(row(settled, reversed)));
        }
        played.index();
        prop_assert_eq!(played.overlay.len(), 0);
    }
}
