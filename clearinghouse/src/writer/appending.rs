//! What becomes of a record that was decided: it is handed to the store, and the state follows it. What cannot be followed
//! breaks the writer off.

use std::cell::RefCell;

use huitong_core::record::clearing::ClearingRecord;
use huitong_core::refusal::RefusalCode;
use huitong_journal::AppendError;

use super::Desk;
use crate::decide::Fault;
use crate::refusal::Refusal;
use crate::store::StoreError;

impl Desk {
    /// Hands in a record and follows it.
    pub(super) fn append(&mut self, record: &ClearingRecord) -> Result<(), Refusal> {
        self.hand_in(record)?;
        self.follow(record)
    }

    /// Hands a record to the store.
    pub(super) fn hand_in(&mut self, record: &ClearingRecord) -> Result<(), Refusal> {
        self.appended = match self.store.append(record) {
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
    pub(super) fn follow(&mut self, record: &ClearingRecord) -> Result<(), Refusal> {
        if let ClearingRecord::Netted(netted) = record {
            self.unindexed.push_back((self.appended, netted.number));
        }
        let unread = RefCell::new(None);
        let store = &*self.store;
        let netted = |debt| match store.netted(debt) {
            Ok(plan) => plan,
            Err(fault) => {
                unread.replace(Some(fault));
                None
            }
        };
        let applied = self.state.apply(record, &netted);
        // What was appended cannot be taken back, so a state that does not follow it is broken.
        let fault = match (applied, unread.into_inner()) {
            (Ok(()), None) => return Ok(()),
            (Ok(()), Some(fault)) => Fault::Store(fault),
            (Err(fault), _) => Fault::Broken(fault.to_string()),
        };
        Err(self.break_off(&fault))
    }
}
