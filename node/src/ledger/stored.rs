//! Records on their way into the journal and out of it: sealed with the keys that the rows before them know.

use std::sync::Arc;

use huitong_core::record::NodeRecord;
use huitong_core::record::sealed::Joined;
use huitong_core::region::RegionCode;

use super::Ledger;
use super::overlay::Layered;
use crate::sealing::{Sealing, Unsealed};
use crate::store::apply::{changes, keys_given};
use crate::store::{Change, Location, StoreError};

impl Ledger {
    /// Records of a submission as they are stored, and the rows that they change, each applied after the one before it.
    pub(super) fn stored(
        &self,
        records: &[NodeRecord],
        submission: u64,
    ) -> Result<(Vec<Vec<u8>>, Vec<Change>), StoreError> {
        if let [record] = records {
            let stored = self.sealing.seal(record, None, self)?;
            let mut changed =
                changes(record, Location::pending(submission, 0), &self.ground(self))?;
            changed.extend(keys_given(&stored.given, self)?);
            return Ok((vec![stored.bytes], changed));
        }
        let mut layered = Layered::over(self);
        let (mut bytes, mut before) = (Vec::with_capacity(records.len()), None);
        for (nth, record) in (0_u32..).zip(records) {
            let stored = self.sealing.seal(record, before, &layered)?;
            let changed = changes(
                record,
                Location::pending(submission, nth),
                &self.ground(&layered),
            )?;
            let given = keys_given(&stored.given, &layered)?;
            layered.put(changed);
            layered.put(given);
            bytes.push(stored.bytes);
            before = stored.about;
        }
        Ok((bytes, layered.into_changes()))
    }

    /// A record of a frame, or what remains of it.
    ///
    /// # Errors
    /// [`StoreError`] when it is none, or does not open.
    pub fn unsealed(&self, bytes: &[u8]) -> Result<Joined, StoreError> {
        self.sealing.open(bytes)
    }

    /// The same with its keys.
    ///
    /// # Errors
    /// As [`Ledger::unsealed`].
    pub fn unsealed_with_keys(&self, bytes: &[u8]) -> Result<Unsealed, StoreError> {
        self.sealing.open_with_keys(bytes, self)
    }

    /// What seals its records.
    #[must_use]
    pub fn sealing(&self) -> Arc<Sealing> {
        Arc::clone(&self.sealing)
    }

    /// Whose it is.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }
}
