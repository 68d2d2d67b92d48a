//! What the tests of the treatment role's decisions begin with.

use std::cell::RefCell;

use huitong_core::id::RequestId;
use huitong_core::record::NodeRecord;
use huitong_core::record::treatment::Prepared;
use huitong_core::recovery::ReturnedWord;
use huitong_core::reversal::HomeWord;

use super::regained::Rebook;
use crate::samples::{claim, now, prepared, receipt};
use crate::store::apply::{Ground, Records, changes};
use crate::store::memory::MemoryIndex;
use crate::store::{Change, Index, Location, Reached, StoreError};
use crate::writer::{Command, Verdict};

/// The receipt of what is prepared first, as the home region gives it back after a restore.
pub(super) fn rebook(request: RequestId) -> Rebook {
    let Prepared {
        claim,
        decision,
        snapshot,
        ..
    } = prepared(1, "V1");
    Rebook {
        returned: ReturnedWord {
            word: HomeWord {
                receipt: receipt(1),
                reversal: None,
            },
            claim,
            decision,
            snapshot,
            trued_up: None,
        },
        request,
    }
}

/// The rows of a treatment node.
pub(super) struct Treatment {
    pub(super) rows: MemoryIndex,
    /// All records, each at its own place of one frame.
    written: RefCell<Vec<NodeRecord>>,
}

impl Records for Treatment {
    fn record(&self, at: Location) -> Result<NodeRecord, StoreError> {
        let written = self.written.borrow();
        let record = written.get(usize::try_from(at.record()).unwrap());
        record
            .cloned()
            .ok_or(StoreError::Inconsistent("no record has this place"))
    }
}

impl Treatment {
    pub(super) fn new() -> Self {
        Self {
            rows: MemoryIndex::new(),
            written: RefCell::default(),
        }
    }

    pub(super) fn write(&self, record: &NodeRecord) {
        let ground = Ground {
            region: claim("V1").treatment,
            rows: &self.rows,
            records: self,
        };
        let nth = u32::try_from(self.written.borrow().len()).unwrap();
        let at = Location::at(huitong_journal::Position::START, nth);
        self.apply(&changes(record, at, &ground).unwrap());
        self.written.borrow_mut().push(record.clone());
    }

    pub(super) fn apply(&self, changes: &[Change]) {
        let reached = Reached {
            frame: 1,
            records: 1,
            position: huitong_journal::Position::START,
        };
        self.rows.apply(changes, reached).unwrap();
    }

    pub(super) fn run<C: Command>(&self, command: C) -> (C::Answer, usize) {
        match command.decide(&self.rows, now()).unwrap() {
            Verdict::Answer(answer) => (answer, 0),
            Verdict::Append(records, answer) => {
                records.iter().for_each(|record| self.write(record));
                (answer, records.len())
            }
        }
    }
}
