//! With which keyring a journal is opened: the one that is there, or a new one for a new journal.

use std::sync::Arc;

use huitong_core::region::RegionCode;
use huitong_journal::{Disk, Frame, OpenError, Position, ReadError, look_through};

use crate::chance::{Chance, SystemChance};
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
    Journal(#[from] OpenError),
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

impl KeysError {
    /// Whether the keyring is what is wrong, and a copy of it mends that.
    #[must_use]
    pub const fn is_of_keyring(&self) -> bool {
        matches!(
            self,
            Self::Keyring(_) | Self::Journal(OpenError::Keyring { .. })
        )
    }
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
                if is_begun && let Some(sealed) = first_sealed(journal)? {
                    return Err(KeysError::Journal(OpenError::Keyring {
                        frame: sealed.number(),
                        segment: sealed.position().segment(),
                        found: sealed.keyring(),
                        own: 0,
                    }));
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

/// The keyring that a journal was sealed under, while that one is not among these keys.
///
/// # Errors
/// [`KeysError`] when either cannot be read.
pub fn lacking(
    journal: &Arc<dyn Disk>,
    keys: Option<Arc<dyn Disk>>,
    region: RegionCode,
) -> Result<Option<u32>, KeysError> {
    let Some(sealed) = first_sealed(journal)? else {
        return Ok(None);
    };
    let here = match keys {
        Some(keys) => Keyring::open(keys, region, Arc::new(SystemChance))?,
        None => None,
    };
    let named = sealed.keyring();
    Ok(here.is_none_or(|here| here.id() != named).then_some(named))
}

/// The first frame of a journal that was sealed under a keyring.
fn first_sealed(journal: &Arc<dyn Disk>) -> Result<Option<Frame>, KeysError> {
    let (reader, _) = look_through(Arc::clone(journal))?;
    for frame in reader.frames_from(Position::START) {
        match frame {
            Ok(frame) if frame.keyring() != 0 => return Ok(Some(frame)),
            Ok(_plain) => {}
            // Whatever is wrong with it is said when it is opened.
            Err(ReadError::NotYet(_) | ReadError::Damage(_)) => return Ok(None),
            Err(error @ ReadError::Disk(_)) => return Err(error.into()),
        }
    }
    Ok(None)
}
