//! What becomes of a record that was decided: it is handed to the store, and the state follows it. What cannot be followed
//! breaks the writer off.

use std::cell::RefCell;
use std::convert::Infallible;

use huitong_core::checkpoint::row::Pair;
use huitong_core::leg::Debt;
use huitong_core::record::clearing::ClearingRecord;
use huitong_core::refusal::RefusalCode;
use huitong_journal::AppendError;

use super::Desk;
use crate::decide::Fault;
use crate::refusal::Refusal;
use crate::state::{Earlier, TakenDebts};
use crate::store::{LegsWritten, Store, StoreError};

/// What plans took, as the store has it; why it cannot be read is kept, and breaks the writer off afterwards.
struct Stored<'a> {
    store: &'a dyn Store,
    unread: RefCell<Option<StoreError>>,
}

impl Stored<'_> {
    fn read<F: Default>(&self, found: Result<F, StoreError>) -> F {
        found.unwrap_or_else(|fault| {
            self.unread.replace(Some(fault));
            F::default()
        })
    }
}

impl Earlier for Stored<'_> {
    type Fault = Infallible;

    fn netted(&self, debts: &[Debt]) -> Result<TakenDebts, Infallible> {
        Ok(self.read(self.store.netted(debts)))
    }

    fn netted_between(&self, debt: Debt, pair: Pair) -> Result<Option<u64>, Infallible> {
        Ok(self.read(self.store.netted_between(debt, pair)))
    }
}

impl Desk {
    /// Hands in a record and follows it.
    pub(super) fn append(&mut self, record: ClearingRecord) -> Result<(), Refusal> {
        self.hand_in(&record, None)?;
        self.follow(record)
    }

    /// Hands a record to the store, with its legs as they are written already.
    pub(super) fn hand_in(
        &mut self,
        record: &ClearingRecord,
        written: Option<LegsWritten>,
    ) -> Result<(), Refusal> {
        self.appended = match self.store.append(record, written) {
            Ok(number) => number,
            Err(StoreError::Append(AppendError::Overloaded { .. })) => {
                return Err(Refusal::general(
                    RefusalCode::Overloaded,
                    "the journal's queue is full",
                ));
            }
            Err(StoreError::Append(AppendError::TooLarge { bytes, limit })) => {
                let detail = format_args!("a record of {bytes} bytes, the limit is {limit}");
                return Err(Refusal::general(RefusalCode::TooLarge, detail));
            }
            Err(fault) => return Err(self.break_off(&Fault::Store(fault))),
        };
        Ok(())
    }

    /// Has the state follow a record that was handed in.
    pub(super) fn follow(&mut self, record: ClearingRecord) -> Result<(), Refusal> {
        if let ClearingRecord::Netted(netted) = &record {
            self.unindexed.push_back((self.appended, netted.number));
        }
        let earlier = Stored {
            store: &*self.store,
            unread: RefCell::new(None),
        };
        let applied = self.state.apply(record, &earlier);
        // What was appended cannot be taken back, so a state that does not follow it is broken.
        let fault = match (applied, earlier.unread.into_inner()) {
            (Ok(()), None) => return Ok(()),
            (Ok(()), Some(fault)) => Fault::Store(fault),
            (Err(fault), _) => Fault::Broken(fault.to_string()),
        };
        Err(self.break_off(&fault))
    }
}
