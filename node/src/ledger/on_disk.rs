//! The rows as far as they are on disk: what another party may be told at once, without waiting.
//!
//! Whatever is read here survives a loss of power, so a party that acts on it for good never acts on what this node forgets.
//! Deliberately absent: pages. Whoever needs a page reads it as it is now and waits until that is synced.

use std::sync::PoisonError;

use super::Ledger;
use crate::store::{Key, Row, Rows, StoreError};

/// The rows of a ledger as they are after the last submission that is synced.
#[derive(Clone, Copy)]
pub struct OnDisk<'a>(&'a Ledger);

impl Ledger {
    /// The rows as far as they are on disk.
    #[must_use]
    pub const fn on_disk(&self) -> OnDisk<'_> {
        OnDisk(self)
    }
}

impl Rows for OnDisk<'_> {
    fn row(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        let Self(ledger) = self;
        // The index has nothing that is not synced; the lock is held as for any row.
        let overlay = ledger
            .overlay
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        match overlay.on_disk(key) {
            Some(row) => Ok(row),
            None => ledger.index.get(key),
        }
    }
}
