//! The index over sled. No other file names sled.
//!
//! sled's word on durability is not trusted and not needed: the journal is the truth, and an index that
//! cannot be opened is set aside and made anew from it.

use std::fs;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use tracing::warn;

use super::index::{Index, IndexError, Pair};

/// What sled says of files that somebody has.
const LOCKED: &str = "could not acquire lock";
/// How often, and how far apart, it is looked whether they are free.
const LOOKS_AT_MOST: u32 = 1_500;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

pub(crate) struct SledIndex(sled::Db);

impl SledIndex {
    /// Opens the folder, making it when it is missing; one that sled cannot read is moved aside.
    pub(crate) fn open(folder: &Path) -> Result<Self, IndexError> {
        match open_once_free(folder) {
            Ok(db) => Ok(Self(db)),
            // Held by another process, or no right to it: nothing is wrong with what lies there.
            Err(error) if !is_unreadable(&error, folder) => Err(fault(error)),
            Err(error) => {
                let aside = unused_name(folder);
                warn!(%error, folder = %folder.display(), aside = %aside.display(),
                    "the index cannot be read and is set aside; it is made anew from the journal");
                fs::rename(folder, &aside).map_err(|error| IndexError(error.to_string()))?;
                open(folder)
                    .map(Self)
                    .map_err(|error| IndexError(error.to_string()))
            }
        }
    }
}

/// Opens it once nobody has it: sled's own threads let go of the files of an index that was closed a moment later, on a busy
/// machine a long one. Other clearinghouses are kept away by the journal's lock, which is held meanwhile.
fn open_once_free(folder: &Path) -> sled::Result<sled::Db> {
    let mut opened = open(folder);
    for _ in 0..LOOKS_AT_MOST {
        match &opened {
            Err(error) if error.to_string().contains(LOCKED) => {}
            Ok(_) | Err(_) => break,
        }
        sleep(BETWEEN_LOOKS);
        opened = open(folder);
    }
    opened
}

fn open(folder: &Path) -> sled::Result<sled::Db> {
    sled::Config::new()
        .path(folder)
        .cache_capacity(64 << 20)
        .open()
}

fn is_unreadable(error: &sled::Error, folder: &Path) -> bool {
    let damaged = matches!(
        error,
        sled::Error::Corruption { .. }
            | sled::Error::Unsupported(_)
            | sled::Error::ReportableBug(_)
    );
    damaged || !folder.is_dir()
}

/// A name beside the folder that nothing bears yet.
fn unused_name(folder: &Path) -> std::path::PathBuf {
    let named = |number: u32| {
        let mut name = folder.file_name().unwrap_or_default().to_os_string();
        name.push(format!(".unreadable-{number}"));
        folder.with_file_name(name)
    };
    (1..u32::MAX)
        .map(named)
        .find(|place| !place.exists())
        .unwrap_or_else(|| named(0))
}

fn fault(error: sled::Error) -> IndexError {
    IndexError(error.to_string())
}

fn owned((key, value): (sled::IVec, sled::IVec)) -> Pair {
    (key.to_vec(), value.to_vec())
}

impl Index for SledIndex {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        Ok(self.0.get(key).map_err(fault)?.map(|value| value.to_vec()))
    }

    fn at_or_before(&self, key: &[u8]) -> Result<Option<Pair>, IndexError> {
        self.0
            .range(..=key)
            .next_back()
            .transpose()
            .map(|pair| pair.map(owned))
            .map_err(fault)
    }

    fn scan(&self, prefix: &[u8], from: &[u8], limit: usize) -> Result<Vec<Pair>, IndexError> {
        let mut found = Vec::new();
        for pair in self.0.range(from..).take(limit) {
            let pair = owned(pair.map_err(fault)?);
            if !pair.0.starts_with(prefix) {
                break;
            }
            found.push(pair);
        }
        Ok(found)
    }

    fn write(&self, pairs: Vec<Pair>) -> Result<(), IndexError> {
        let mut batch = sled::Batch::default();
        for (key, value) in pairs {
            batch.insert(key, value);
        }
        self.0.apply_batch(batch).map_err(fault)
    }

    fn flush(&self) -> Result<(), IndexError> {
        self.0.flush().map(drop).map_err(fault)
    }
}
