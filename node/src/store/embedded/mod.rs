//! The rows in sled, as an index that may be thrown away.
//!
//! sled's flush is no fsync, so nothing here is trusted beyond "either as it was, or unreadable": what it
//! lost is derived again from the journal. Only this file names sled. Rows are small: a value past a quarter
//! of a sled segment would become a blob, which sled never syncs; that, too, would only cost a rebuild.

mod filled;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::Duration;

use huitong_core::canonical::{decode_exact, encode_to_vec};
use huitong_journal::Position;

use super::{Change, Index, Key, ROW_FORM, Reached, Row, StoreError, Table};
use filled::Filled;

/// The key of the place reached: before every table's tag.
const REACHED: [u8; 1] = [0];
/// Memory for sled's cache.
const CACHE_BYTES: u64 = 64 << 20;
/// How often sled writes out what it buffers, in milliseconds. What a killed process had not written is derived
/// again from the journal.
const FLUSH_EVERY: u64 = 5_000;

/// What sled says of files that somebody has.
const LOCKED: &str = "could not acquire lock";
/// How often, and how far apart, it is looked whether they are free.
const LOOKS_AT_MOST: u32 = 200;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// An index in a folder.
pub struct SledIndex {
    db: sled::Db,
    filled: Filled,
}

impl SledIndex {
    /// Opens the index, or begins an empty one when what is there cannot be read.
    ///
    /// # Errors
    /// [`StoreError::Backend`] when somebody has it, or not even an empty one can be made.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let opened = Self::let_go_of(folder).and_then(|index| {
            index.reached()?;
            Ok(index)
        });
        match opened {
            Ok(index) => Ok(index),
            // It can be read, by whoever has it.
            Err(StoreError::Backend(why)) if why.contains(LOCKED) => Err(StoreError::Backend(why)),
            Err(error) => {
                tracing::warn!(%error, "the index cannot be read and will be derived again");
                set_aside(folder)?;
                Self::try_open(folder)
            }
        }
    }

    /// Opens it once nobody else has it: sled's own threads let go of the files of an index that was closed a
    /// moment later. Two nodes are kept apart by the journal's lock.
    fn let_go_of(folder: &Path) -> Result<Self, StoreError> {
        let mut opened = Self::try_open(folder);
        for _ in 0..LOOKS_AT_MOST {
            match &opened {
                Err(StoreError::Backend(why)) if why.contains(LOCKED) => {}
                Ok(_) | Err(_) => break,
            }
            std::thread::sleep(BETWEEN_LOOKS);
            opened = Self::try_open(folder);
        }
        opened
    }

    fn of(db: sled::Db) -> Result<Self, StoreError> {
        let filled = Filled::default();
        for table in Table::ALL {
            let first = db.scan_prefix([table.tag()]).next();
            if first.transpose().map_err(backend)?.is_some() {
                filled.fill(table.tag());
            }
        }
        Ok(Self { db, filled })
    }

    /// Its rows as a batch; from now on their tables count as filled.
    fn batch_of(&self, changes: &[Change]) -> sled::Batch {
        let mut batch = sled::Batch::default();
        for change in changes {
            let key = encode_to_vec(&change.key);
            match &change.row {
                Some(row) => {
                    self.filled.fill(key.first().copied().unwrap_or_default());
                    batch.insert(key, encode_to_vec(row));
                }
                None => batch.remove(key),
            }
        }
        batch
    }

    fn try_open(folder: &Path) -> Result<Self, StoreError> {
        let config = sled::Config::new()
            .path(folder)
            .cache_capacity(CACHE_BYTES)
            .flush_every_ms(Some(FLUSH_EVERY));
        // sled panics on some files that a power cut leaves behind.
        let open = || config.open().map_err(backend).and_then(Self::of);
        match catch_unwind(AssertUnwindSafe(open)) {
            Ok(opened) => opened,
            Err(_panic) => Err(StoreError::Backend(
                "sled panicked while opening".to_owned(),
            )),
        }
    }
}

/// Moves an unreadable index out of the way; one such folder is kept, for whoever wants to look.
fn set_aside(folder: &Path) -> Result<(), StoreError> {
    let aside = PathBuf::from(format!("{}.unreadable", folder.display()));
    let io = |error: std::io::Error| StoreError::Backend(error.to_string());
    if aside.exists() {
        std::fs::remove_dir_all(&aside).map_err(io)?;
    }
    if folder.exists() {
        std::fs::rename(folder, &aside).map_err(io)?;
    }
    Ok(())
}

fn backend(error: sled::Error) -> StoreError {
    StoreError::Backend(error.to_string())
}

impl Drop for SledIndex {
    /// What is not written out here is derived again at the next start, which then takes longer.
    fn drop(&mut self) {
        if let Err(error) = self.db.flush() {
            tracing::warn!(%error, "the index was not written out");
        }
    }
}

impl Index for SledIndex {
    fn get(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        let key = encode_to_vec(key);
        if key.first().is_some_and(|tag| !self.filled.may_hold(*tag)) {
            return Ok(None);
        }
        let found = self.db.get(key).map_err(backend)?;
        found
            .map(|bytes| decode_exact(&bytes))
            .transpose()
            .map_err(StoreError::Form)
    }

    fn scan(
        &self,
        table: Table,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Row)>, StoreError> {
        let begin = after.map_or_else(|| vec![table.tag()], encode_to_vec);
        let mut rows = Vec::new();
        for found in self.db.range(begin.clone()..) {
            let (key, row) = found.map_err(backend)?;
            if key.first() != Some(&table.tag()) || rows.len() >= limit {
                break;
            }
            if after.is_none() || key.as_ref() != begin.as_slice() {
                rows.push((decode_exact(&key)?, decode_exact(&row)?));
            }
        }
        Ok(rows)
    }

    fn apply(&self, changes: &[Change], reached: Reached) -> Result<(), StoreError> {
        let mut batch = self.batch_of(changes);
        batch.insert(REACHED.as_slice(), reached_bytes(reached));
        self.db.apply_batch(batch).map_err(backend)
    }

    fn load(&self, rows: &[Change]) -> Result<(), StoreError> {
        self.db.apply_batch(self.batch_of(rows)).map_err(backend)
    }

    fn reached(&self) -> Result<Option<Reached>, StoreError> {
        let found = self.db.get(REACHED).map_err(backend)?;
        found
            .map(|bytes| {
                read_reached(&bytes)
                    .ok_or_else(|| StoreError::Backend("the index has another form".to_owned()))
            })
            .transpose()
    }

    fn clear(&self) -> Result<(), StoreError> {
        self.db.clear().map_err(backend)?;
        self.filled.empty();
        Ok(())
    }
}

fn reached_bytes(reached: Reached) -> Vec<u8> {
    let mut bytes = vec![ROW_FORM];
    bytes.extend_from_slice(&reached.frame.to_be_bytes());
    bytes.extend_from_slice(&reached.records.to_be_bytes());
    bytes.extend_from_slice(&reached.position.to_bytes());
    bytes
}

fn read_reached(bytes: &[u8]) -> Option<Reached> {
    let (form, rest) = bytes.split_first()?;
    let (frame, rest) = rest.split_first_chunk::<8>()?;
    let (records, position) = rest.split_first_chunk::<4>()?;
    (*form == ROW_FORM).then_some(Reached {
        frame: u64::from_be_bytes(*frame),
        records: u32::from_be_bytes(*records),
        position: Position::from_bytes(position)?,
    })
}
