//! Reading the journal again: its records become rows, without people who were erased.
//!
//! An erasure that was cut off is finished here, and one that an older copy of the keyring would undo: keys that an order
//! names and that are there are destroyed, after everything that was derived with them is gone.

use huitong_core::canonical::Artifact;
use huitong_core::record::sealed::{Joined, PersonKeyId};
use huitong_core::record::{NodeRecord, is_erasure};
use huitong_core::region::RegionCode;
use huitong_journal::{Frame, Position, Reader};

use super::overlay::Layered;
use crate::keyring::KeyringError;
use crate::sealing::{Sealing, Unsealed};
use crate::store::apply::{Ground, Records, keys_given, opened};
use crate::store::image::Images;
use crate::store::{Index, Key, Location, Reached, Row, Rows, StoreError, Table};

/// Rows that a batch of replay gathers.
const REPLAY_ROWS: usize = 16_384;

/// What a journal is read again with.
pub(super) struct Replay<'a> {
    pub(super) region: RegionCode,
    pub(super) reader: &'a Reader,
    pub(super) index: &'a dyn Index,
    pub(super) sealing: &'a Sealing,
}

impl Replay<'_> {
    /// Brings the index up to the journal, without people who were erased; how many frames were read again.
    pub(super) fn whole(
        &self,
        from: Option<Reached>,
        images: Option<&Images>,
    ) -> Result<u64, StoreError> {
        let replayed = match self.run(from) {
            // Power may have failed in the middle of destroying it.
            Err(error @ StoreError::Keyring(KeyringError::Torn { .. })) => {
                let torn = self.torn()?;
                if torn.is_empty() {
                    return Err(error);
                }
                self.destroy(&torn, images)?;
                self.run(None)?
            }
            replayed => replayed?,
        };
        let live = self.live()?;
        let replayed = if live.is_empty() {
            replayed
        } else {
            self.destroy(&live, images)?;
            self.run(None)?
        };
        self.has_every_key()?;
        Ok(replayed)
    }

    /// Makes sure that the next key is none that somebody has: an older copy of the keyring lacks some.
    fn has_every_key(&self) -> Result<(), StoreError> {
        let given = self.keys_given()?.unwrap_or_default();
        match self.sealing.keyring() {
            Some(keyring) => Ok(keyring.holds(given)?),
            None if given == 0 => Ok(()),
            None => Err(KeyringError::None.into()),
        }
    }

    /// How many frames were read again.
    fn run(&self, from: Option<Reached>) -> Result<u64, StoreError> {
        let position = from.map_or(Position::START, |reached| reached.position);
        let mut layered = Layered::over(self);
        let mut reached = from;
        let mut replayed = 0_u64;
        for frame in self.reader.frames_from(position) {
            let frame = frame?;
            replayed = replayed.saturating_add(1);
            let done = match from {
                Some(reached) if reached.frame == frame.number() => reached.records,
                Some(_) | None => 0,
            };
            let records = self.frame(&frame, done, &mut layered)?;
            reached = Some(Reached {
                frame: frame.number(),
                records,
                position: frame.position(),
            });
            if layered.len() >= REPLAY_ROWS {
                let full = std::mem::replace(&mut layered, Layered::over(self));
                self.apply(full, reached)?;
            }
        }
        self.apply(layered, reached)?;
        Ok(replayed)
    }

    /// Applies a frame's records but the first `done`; how many it has.
    fn frame(
        &self,
        frame: &Frame,
        done: u32,
        layered: &mut Layered<'_>,
    ) -> Result<u32, StoreError> {
        let mut count = 0_u32;
        for (nth, bytes) in (0_u32..).zip(frame.records()) {
            count = nth.saturating_add(1);
            if nth < done {
                continue;
            }
            let Unsealed { record, keys } = self.sealing.open_with_keys(bytes, &*layered)?;
            let ground = Ground {
                region: self.region,
                rows: &*layered,
                records: self,
            };
            let changed = opened(&record, Location::at(frame.position(), nth), &ground)?;
            let given = keys_given(&keys, &*layered)?;
            layered.put(changed);
            layered.put(given);
        }
        Ok(count)
    }

    /// Keys whose people were erased and that are there: the erasure was cut off, or an older copy of the keyring was
    /// put back.
    fn live(&self) -> Result<Vec<PersonKeyId>, StoreError> {
        let mut live = Vec::new();
        let Some(keyring) = self.sealing.keyring() else {
            return Ok(live);
        };
        for (_, row) in self.index.scan(Table::Erasure, None, usize::MAX)? {
            if let Row::Erasure(at) = row
                && let NodeRecord::PeopleErased(order) = self.record(at)?
            {
                live.extend(keyring.live(&order.keys)?);
            }
        }
        Ok(live)
    }

    /// Keys that are ordered to be destroyed and whose slots cannot be read, whatever the index reaches.
    fn torn(&self) -> Result<Vec<PersonKeyId>, StoreError> {
        let mut torn = Vec::new();
        let Some(keyring) = self.sealing.keyring() else {
            return Ok(torn);
        };
        for frame in self.reader.frames_from(Position::START) {
            for bytes in frame?.records().filter(|bytes| is_erasure(bytes)) {
                if let NodeRecord::PeopleErased(order) = NodeRecord::from_bytes(bytes)? {
                    torn.extend(keyring.torn(&order.keys));
                }
            }
        }
        Ok(torn)
    }

    /// Destroys keys. What was derived from the journal knows their people, so it goes first, every copy of it.
    fn destroy(&self, keys: &[PersonKeyId], images: Option<&Images>) -> Result<(), StoreError> {
        tracing::warn!(
            keys = keys.len(),
            "keys of erased people were there and are destroyed: replace older copies of the keyring"
        );
        let gone = images.map_or(Ok(()), Images::take_all_away);
        gone.map_err(|error| StoreError::Backend(error.to_string()))?;
        self.index.clear()?;
        let keyring = self.sealing.keyring().ok_or(KeyringError::None)?;
        keyring.destroy(keys)?;
        Ok(())
    }

    fn apply(&self, layered: Layered<'_>, reached: Option<Reached>) -> Result<(), StoreError> {
        match reached {
            Some(reached) => self.index.apply(&layered.into_changes(), reached),
            None => Ok(()),
        }
    }
}

impl Rows for Replay<'_> {
    fn row(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        self.index.get(key)
    }
}

impl Records for Replay<'_> {
    fn record(&self, at: Location) -> Result<NodeRecord, StoreError> {
        let position = at.frame().ok_or(StoreError::NotWritten)?;
        let frame = self.reader.frame_at(position)?;
        let bytes = frame
            .record(at.record())
            .ok_or(StoreError::Inconsistent("a frame lacks a record"))?;
        match self.sealing.open(bytes)? {
            Joined::Whole(record) => Ok(record),
            Joined::Erased(_) | Joined::Tags { .. } => Err(StoreError::Erased),
        }
    }
}
