//! Where keys are given after a restore: from a new file on.
//!
//! A journal that was put back knows only the keys that it gave itself. The lost one had given more, and its archive may
//! still be somewhere: given again, one key would seal two people, and erasing either would leave or take the other.

use std::sync::PoisonError;

use super::slot::SLOTS;
use super::{Keyring, KeyringError};

/// The newest file that was begun for a restore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fresh {
    /// For which incarnation of the node.
    incarnation: u32,
    /// Its first slot: no key before it is given any more.
    pub(super) from: u32,
}

impl Fresh {
    /// No restore is known.
    pub(super) const NONE: Self = Self {
        incarnation: 0,
        from: 0,
    };

    /// This, or the file of a number when that was begun for a restore.
    pub(super) fn or_later(self, file: u32, begun_for: u32) -> Self {
        if begun_for == 0 {
            return self;
        }
        Self {
            incarnation: begun_for,
            from: file.saturating_mul(SLOTS),
        }
    }
}

impl Keyring {
    /// Makes sure that keys of an incarnation are given from a file on that was begun for it. Said again, it changes
    /// nothing.
    ///
    /// # Errors
    /// [`KeyringError`].
    pub fn begin_anew(&self, incarnation: u32) -> Result<(), KeyringError> {
        if self.fresh().incarnation >= incarnation {
            return Ok(());
        }
        let count = self.file_count();
        let file = u32::try_from(count).map_err(|_| KeyringError::Full)?;
        self.extend(count, incarnation)?;
        let mut fresh = self.fresh.write().unwrap_or_else(PoisonError::into_inner);
        *fresh = fresh.or_later(file, incarnation);
        tracing::warn!(
            incarnation,
            "a new file of the keyring was begun for a restore: renew its copy"
        );
        Ok(())
    }

    pub(super) fn fresh(&self) -> Fresh {
        *self.fresh.read().unwrap_or_else(PoisonError::into_inner)
    }
}
