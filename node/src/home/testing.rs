//! What the tests of the home role's decisions begin with.

use huitong_core::coverage::Balances;
use huitong_core::date::Timestamp;
use huitong_core::money::Fen;
use huitong_core::record::NodeRecord;
use huitong_core::region::RegionCode;

use crate::samples::{fen, now, person, version, year_total};
use crate::store::apply::{Ground, Records, changes};
use crate::store::memory::MemoryIndex;
use crate::store::{Account, Change, Index, Key, Location, Reached, Row, StoreError};
use crate::writer::{Command, Verdict};

/// A home node of one person, whose record is at version 3.
pub(crate) struct Home {
    pub(crate) rows: MemoryIndex,
    region: RegionCode,
}

impl Records for Home {
    fn record(&self, _at: Location) -> Result<NodeRecord, StoreError> {
        Err(StoreError::Inconsistent("no record is read back"))
    }
}

impl Home {
    /// Another region's node, which knows nobody.
    pub(crate) fn at(region: RegionCode) -> Self {
        let rows = MemoryIndex::new();
        Self { rows, region }
    }

    pub(crate) fn new() -> Self {
        let home = Self::at(person().home);
        let balances = Balances {
            own: fen(600),
            family: Fen::ZERO,
        };
        let totals = [(year_total(), 1_000)].into();
        let account = Account {
            version: version(3),
            totals,
            balances,
            lacks: Balances::NONE,
            last: None,
        };
        home.put(Key::Account(person().psn_no), Row::Account(account));
        home
    }

    pub(crate) fn put(&self, key: Key, row: Row) {
        self.apply(&[Change {
            key,
            row: Some(row),
        }]);
    }

    fn apply(&self, changes: &[Change]) {
        let reached = Reached {
            frame: 1,
            records: 1,
            position: huitong_journal::Position::START,
        };
        self.rows.apply(changes, reached).unwrap();
    }

    pub(crate) fn write(&self, record: &NodeRecord) {
        let ground = Ground {
            region: self.region,
            rows: &self.rows,
            records: self,
        };
        let at = Location::at(huitong_journal::Position::START, 0);
        self.apply(&changes(record, at, &ground).unwrap());
    }

    /// Decides, and applies what is to be written.
    pub(crate) fn run<C: Command>(&self, command: C) -> (C::Answer, Vec<NodeRecord>) {
        self.run_at(command, now())
    }

    /// The same at another moment.
    pub(crate) fn run_at<C: Command>(
        &self,
        command: C,
        at: Timestamp,
    ) -> (C::Answer, Vec<NodeRecord>) {
        match command.decide(&self.rows, at).unwrap() {
            Verdict::Answer(answer) => (answer, Vec::new()),
            Verdict::Append(records, answer) => {
                records.iter().for_each(|record| self.write(record));
                (answer, records)
            }
        }
    }
}
