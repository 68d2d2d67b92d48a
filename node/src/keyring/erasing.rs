//! Destroying keys, and which keys of those that are to be destroyed are there.

use std::collections::BTreeMap;

use huitong_core::record::sealed::PersonKeyId;

use super::slot::Slot;
use super::{Found, Keyring, KeyringError, PREFIX, place, refused};

impl Keyring {
    /// Which of these keys are not destroyed, a torn one among them.
    ///
    /// # Errors
    /// [`KeyringError`] for a key that the keyring does not know.
    pub fn live(&self, keys: &[PersonKeyId]) -> Result<Vec<PersonKeyId>, KeyringError> {
        let mut live = Vec::new();
        for key in keys {
            match self.find(*key) {
                Ok(Found::Destroyed) => {}
                Ok(Found::Key(_)) | Err(KeyringError::Torn { .. }) => live.push(*key),
                Err(error) => return Err(error),
            }
        }
        Ok(live)
    }

    /// Which of these keys lie in slots that cannot be read.
    #[must_use]
    pub fn torn(&self, keys: &[PersonKeyId]) -> Vec<PersonKeyId> {
        let torn = keys.iter().copied();
        torn.filter(|key| matches!(self.find(*key), Err(KeyringError::Torn { .. })))
            .collect()
    }

    /// Destroys keys, durably, whatever stands in their slots; how many of them were there.
    ///
    /// # Errors
    /// [`KeyringError`]; some may be destroyed then, and it is done again.
    pub fn destroy(&self, keys: &[PersonKeyId]) -> Result<usize, KeyringError> {
        // One slot of each file that is written to.
        let mut touched = BTreeMap::new();
        let mut live = 0_usize;
        for key in keys {
            match self.find(*key) {
                Ok(Found::Destroyed) => continue,
                // A crash in the middle of destroying it may have torn the slot.
                Ok(Found::Key(_)) | Err(KeyringError::Torn { .. }) => {}
                Err(error) => return Err(error),
            }
            live = live.saturating_add(1);
            let (file, offset) = place(key.slot);
            let bytes = Slot::Destroyed(key.mark).to_bytes(key.slot);
            let written = self.file(key.slot)?.write_at(offset, &bytes);
            written.map_err(refused(PREFIX))?;
            touched.insert(file, key.slot);
        }
        for slot in touched.values() {
            self.file(*slot)?.sync().map_err(refused(PREFIX))?;
        }
        Ok(live)
    }
}
