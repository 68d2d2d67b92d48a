//! With which keyring a journal is opened: the one that is there, or a new one for a new journal.

use std::sync::Arc;

use huitong_core::region::RegionCode;
use huitong_journal::{Disk, Position, ReadError, look_through};

use crate::chance::Chance;
use crate::keyring::{Keyring, KeyringError};
use crate::sealing::{People, Sealing, Writes};

/// Why a journal has no keyring to be opened with.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The keyring.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The journal, or which keyring it names.
    #[error(transparent)]
    Journal(#[from] huitong_journal::OpenError),
    /// A frame cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The journal's folder cannot be looked at.
    #[error("the journal cannot be listed: {0}")]
    List(std::io::Error),
}

/// Where the keys of people lie, and whether they are used.
#[derive(Clone)]
pub struct KeyOptions {
    /// The disk of the keyring.
    pub disk: Arc<dyn Disk>,
    /// What is sealed.
    pub people: People,
    /// What keys are drawn from.
    pub chance: Arc<dyn Chance>,
}

impl KeyOptions {
    /// What seals and opens the records of a journal. A journal whose keyring is missing is given no other.
    pub(super) fn sealing(
        self,
        region: RegionCode,
        journal: &Arc<dyn Disk>,
    ) -> Result<Sealing, KeysError> {
        let Self {
            disk,
            people,
            chance,
        } = self;
        let keyring = Keyring::open(Arc::clone(&disk), region, Arc::clone(&chance))?;
        let names = journal.list().map_err(KeysError::List)?;
        let is_begun = names.iter().any(|name| name.ends_with(".seg"));
        let writes = match people {
            People::Plain => Writes::Plain,
            People::Sealed => Writes::Sealed,
            People::AsBegun if keyring.is_some() || !is_begun => Writes::Sealed,
            People::AsBegun => Writes::Plain,
        };
        let keyring = match (keyring, writes) {
            (None, Writes::Sealed) => {
                if is_begun {
                    names_no_keyring(journal)?;
                }
                let keyring = Keyring::begin(disk, region, Arc::clone(&chance))?;
                let id = format!("{:08x}", keyring.id());
                tracing::warn!(keyring = %id, "a keyring was begun: keep a copy of it, no journal is read without it");
                Some(keyring)
            }
            (keyring, Writes::Sealed | Writes::Plain) => keyring,
        };
        Ok(Sealing::new(region, keyring, writes, &*chance)?)
    }
}

/// Makes sure that no frame of a journal was sealed under a keyring, which would be missing.
fn names_no_keyring(journal: &Arc<dyn Disk>) -> Result<(), KeysError> {
    let (reader, _) = look_through(Arc::clone(journal))?;
    for frame in reader.frames_from(Position::START) {
        let frame = match frame {
            Ok(frame) => frame,
            // Whatever is wrong with it is said when it is opened.
            Err(ReadError::NotYet(_) | ReadError::Damage(_)) => return Ok(()),
            Err(error @ ReadError::Disk(_)) => return Err(error.into()),
        };
        if frame.keyring() != 0 {
            return Err(KeysError::Journal(huitong_journal::OpenError::Keyring {
                frame: frame.number(),
                segment: frame.position().segment(),
                found: frame.keyring(),
                own: 0,
            }));
        }
    }
    Ok(())
}
