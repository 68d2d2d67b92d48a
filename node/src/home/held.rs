//! How far treatment regions hold their receipts and reversals, as they say in passing.

use std::sync::PoisonError;

use huitong_core::region::RegionCode;

use super::HomeRole;
use crate::error::NodeError;
use crate::ledger::Holder;
use crate::store::{Rows, StoreError, Stream, StreamHead};

impl HomeRole {
    /// A treatment region says that it holds its receipts and reversals up to a number.
    ///
    /// # Errors
    /// `node.records_gone` when that was never written here, so that it was lost; the node's own trouble.
    pub fn acknowledge(&self, treatment: RegionCode, held: u64) -> Result<(), NodeError> {
        let head = self
            .ledger
            .stream(Stream::Receipts(treatment))?
            .unwrap_or(StreamHead::EMPTY);
        let holder = Holder::Region(treatment);
        self.ledger.others_hold(holder, held, head.written)?;
        let mut acknowledged = self
            .acknowledged
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let known = acknowledged.entry(treatment).or_insert(head.acknowledged);
        *known = (*known).max(held);
        Ok(())
    }

    /// A treatment region was restored: what it held beyond is not held any more, and is delivered again.
    pub fn is_held_no_more(&self, treatment: RegionCode, beyond: u64) {
        let mut acknowledged = self
            .acknowledged
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = acknowledged.get_mut(&treatment) {
            *known = (*known).min(beyond);
        }
    }

    /// Up to which number a treatment region holds its receipts, as far as it said.
    ///
    /// # Errors
    /// [`StoreError`] when the stream's head cannot be read.
    pub fn acknowledged(&self, treatment: RegionCode) -> Result<u64, StoreError> {
        let head = self
            .ledger
            .stream(Stream::Receipts(treatment))?
            .unwrap_or(StreamHead::EMPTY);
        let acknowledged = self
            .acknowledged
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        Ok(acknowledged
            .get(&treatment)
            .copied()
            .unwrap_or_default()
            .max(head.acknowledged))
    }
}
