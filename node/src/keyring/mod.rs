//! The keyring: a random key for each person whom the journal names, and what is left of those that were destroyed.
//!
//! It holds no person. Who has which key follows from the journal, as everything does that the node knows by key; the
//! keyring is only what must never be derived. So keys are made ahead, a file of them at a time, synced and named
//! before any is used: a new person costs no sync. A key that is destroyed leaves its mark, so that an erased record
//! is never taken for one whose key was lost, nor the other way round. After a restore keys are given from a new file
//! on: which of the others the lost journal had given, nobody knows.
//!
//! Deliberately absent: a key over the keys. Whoever can read the keyring and the journal can read the people; it lies
//! beside other secrets of the node, mode 0600, and a backup of the journal does not have it.

mod anew;
mod cipher;
mod erasing;
mod slot;

use std::sync::{Arc, PoisonError, RwLock};

use huitong_core::record::sealed::PersonKeyId;
use huitong_core::region::RegionCode;
use huitong_journal::{Disk, DiskFile};

pub use cipher::Secret;

use crate::chance::Chance;
use anew::Fresh;
use slot::{Head, SLOT_BYTES, SLOTS, Slot};

/// What a file is called while it is written.
const DRAFT: &str = "keys.new";
/// How files are called, with their number behind it.
const PREFIX: &str = "keys-";

/// A keyring on its disk.
pub struct Keyring {
    id: u32,
    region: RegionCode,
    disk: Arc<dyn Disk>,
    files: RwLock<Vec<Arc<dyn DiskFile>>>,
    fresh: RwLock<Fresh>,
    chance: Arc<dyn Chance>,
}

/// Why a keyring cannot be used, or has no such key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyringError {
    /// The disk refused.
    #[error("keyring: {file}: {message} (密钥环文件无法读写)")]
    Disk {
        /// The file.
        file: String,
        /// What the system said.
        message: String,
    },
    /// A file is not what was written, or one before it is missing.
    #[error(
        "keyring: {file} is missing or damaged: put a copy of the keyring back (密钥环文件缺失或损坏，请放回副本)"
    )]
    Damaged {
        /// The file.
        file: String,
    },
    /// A file is of another keyring than the first.
    #[error(
        "keyring: {file} is of the keyring {found:08x}, the others are of {own:08x} (密钥环文件不属于同一密钥环)"
    )]
    Mixed {
        /// The file.
        file: String,
        /// Of which it is.
        found: u32,
        /// Of which the first is.
        own: u32,
    },
    /// It was begun for another region.
    #[error(
        "the keyring is of the region {found}, not of {own} (密钥环属于统筹区 {found}，而非 {own})"
    )]
    Region {
        /// For which it was begun.
        found: u32,
        /// For which it is opened.
        own: RegionCode,
    },
    /// The keyring ends before this slot: it is an older copy.
    #[error(
        "the keyring {own:08x} has no slot {slot}: it is an older copy than the journal needs, put the newest one \
         back (密钥环副本过旧，缺少所需密钥，请放回最新副本)"
    )]
    Missing {
        /// The keyring.
        own: u32,
        /// The slot.
        slot: u32,
    },
    /// The slot's bytes are not those written.
    #[error(
        "the keyring {own:08x} is damaged in slot {slot}: put a copy of it back (密钥环损坏，请放回副本)"
    )]
    Torn {
        /// The keyring.
        own: u32,
        /// The slot.
        slot: u32,
    },
    /// The slot holds another key than the record names.
    #[error(
        "the keyring {own:08x} holds another key in slot {slot} than the record names (密钥环中的密钥与记录不符)"
    )]
    Other {
        /// The keyring.
        own: u32,
        /// The slot.
        slot: u32,
    },
    /// There is no keyring, and a record is sealed.
    #[error(
        "a record is sealed and there is no keyring: put a copy of it back (缺少密钥环，请放回副本)"
    )]
    None,
    /// The key is there, and what is sealed under it is not what was sealed.
    #[error(
        "a sealed record does not open under the key in slot {slot}: it was altered (加密记录校验失败，已被改动)"
    )]
    Altered {
        /// The slot.
        slot: u32,
    },
    /// The system gives no randomness.
    #[error("the system gives no randomness, no key is made (系统随机数不可用，无法生成密钥)")]
    NoRandomness,
    /// All numbers of slots are taken.
    #[error("the keyring is full (密钥环已满)")]
    Full,
}

/// What a keyring knows of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// The key.
    Key(Secret),
    /// It was destroyed.
    Destroyed,
}

fn name(file: u32) -> String {
    format!("{PREFIX}{file:010}")
}

fn refused(file: &str) -> impl Fn(std::io::Error) -> KeyringError + '_ {
    move |error| KeyringError::Disk {
        file: file.to_owned(),
        message: error.to_string(),
    }
}

/// Where a slot lies: in which file, and where in it.
fn place(slot: u32) -> (usize, u64) {
    let file = slot.checked_div(SLOTS).unwrap_or_default();
    let nth = slot.checked_rem(SLOTS).unwrap_or_default();
    let bytes = u64::try_from(SLOT_BYTES).unwrap_or_default();
    let offset = u64::from(nth).saturating_add(1).saturating_mul(bytes);
    (usize::try_from(file).unwrap_or(usize::MAX), offset)
}

impl Keyring {
    /// Opens the keyring on a disk; `None` when there is none.
    ///
    /// # Errors
    /// [`KeyringError`].
    pub fn open(
        disk: Arc<dyn Disk>,
        region: RegionCode,
        chance: Arc<dyn Chance>,
    ) -> Result<Option<Self>, KeyringError> {
        let names = disk.list().map_err(refused("."))?;
        let count = names.iter().filter(|name| name.starts_with(PREFIX)).count();
        let count = u32::try_from(count).map_err(|_| KeyringError::Full)?;
        let mut files = Vec::new();
        let (mut own, mut fresh) = (None, Fresh::NONE);
        for number in 0..count {
            let name = name(number);
            let damaged = || KeyringError::Damaged { file: name.clone() };
            if !names.contains(&name) {
                return Err(damaged());
            }
            let file = disk.open(&name).map_err(refused(&name))?;
            let mut bytes = [0; SLOT_BYTES];
            let (_, end) = place(SLOTS.saturating_sub(1));
            let end = end.saturating_add(u64::try_from(SLOT_BYTES).unwrap_or_default());
            if file.size().map_err(refused(&name))? < end {
                return Err(damaged());
            }
            file.read_at(0, &mut bytes).map_err(refused(&name))?;
            let head = Head::read(number, &bytes).ok_or_else(damaged)?;
            let found = head.keyring;
            if head.region != region.number() {
                return Err(KeyringError::Region {
                    found: head.region,
                    own: region,
                });
            }
            fresh = fresh.or_later(number, head.begun_for);
            let own = *own.get_or_insert(found);
            if found != own {
                return Err(KeyringError::Mixed {
                    file: name,
                    found,
                    own,
                });
            }
            files.push(file);
        }
        Ok(own.map(|id| Self {
            id,
            region,
            disk,
            files: RwLock::new(files),
            fresh: RwLock::new(fresh),
            chance,
        }))
    }

    /// Begins a keyring on a disk that has none.
    ///
    /// # Errors
    /// [`KeyringError`].
    pub fn begin(
        disk: Arc<dyn Disk>,
        region: RegionCode,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, KeyringError> {
        let mut id = [0; 4];
        chance.fill(&mut id);
        let id = u32::from_be_bytes(id);
        if id == 0 {
            return Err(KeyringError::NoRandomness);
        }
        let keyring = Self {
            id,
            region,
            disk,
            files: RwLock::new(Vec::new()),
            fresh: RwLock::new(Fresh::NONE),
            chance,
        };
        keyring.extend(0, 0)?;
        Ok(keyring)
    }

    /// Its id, which every frame names.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// What it knows of a key.
    ///
    /// # Errors
    /// [`KeyringError`] when it does not know the key, which is never the same as a destroyed one.
    pub fn find(&self, key: PersonKeyId) -> Result<Found, KeyringError> {
        let (own, slot) = (self.id, key.slot);
        let found = self.slot(slot)?;
        let read = found.ok_or(KeyringError::Torn { own, slot })?;
        match read {
            Slot::Live(mark, secret) if mark == key.mark => Ok(Found::Key(Secret::new(secret))),
            Slot::Destroyed(mark) if mark == key.mark => Ok(Found::Destroyed),
            Slot::Live(..) | Slot::Destroyed(_) => Err(KeyringError::Other { own, slot }),
        }
    }

    /// The first key from a slot on that is there, made now when there is none left; none of a file that may have been
    /// given from before the last restore.
    ///
    /// # Errors
    /// [`KeyringError`].
    pub fn unused(&self, from: u32) -> Result<(PersonKeyId, Secret), KeyringError> {
        for slot in from.max(self.fresh().from)..=u32::MAX {
            let (file, _) = place(slot);
            if file >= self.file_count() {
                self.holds(slot)?;
                self.extend(file, 0)?;
            }
            // One that is destroyed, or torn by a crash in the middle of that, is passed over.
            if let Some(Slot::Live(mark, secret)) = self.slot(slot)? {
                return Ok((PersonKeyId { slot, mark }, Secret::new(secret)));
            }
        }
        Err(KeyringError::Full)
    }

    /// Makes sure that all slots before one are there: keys were given up to it, and a copy that ends before is an older one.
    ///
    /// # Errors
    /// [`KeyringError::Missing`].
    pub fn holds(&self, given: u32) -> Result<(), KeyringError> {
        match given.checked_sub(1) {
            Some(last) if place(last).0 >= self.file_count() => Err(KeyringError::Missing {
                own: self.id,
                slot: last,
            }),
            Some(_) | None => Ok(()),
        }
    }

    fn slot(&self, slot: u32) -> Result<Option<Slot>, KeyringError> {
        let (_, offset) = place(slot);
        let mut bytes = [0; SLOT_BYTES];
        let read = self.file(slot)?.read_at(offset, &mut bytes);
        read.map_err(refused(PREFIX))?;
        Ok(Slot::read(slot, &bytes))
    }

    fn file(&self, slot: u32) -> Result<Arc<dyn DiskFile>, KeyringError> {
        let own = self.id;
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        let file = files.get(place(slot).0).cloned();
        file.ok_or(KeyringError::Missing { own, slot })
    }

    fn file_count(&self) -> usize {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files.len()
    }

    /// Makes the file of this number, for an incarnation or because the last one is full: it has its name once all of it
    /// is on disk.
    fn extend(&self, number: usize, begun_for: u32) -> Result<(), KeyringError> {
        let file_number = u32::try_from(number).map_err(|_| KeyringError::Full)?;
        let first = file_number.checked_mul(SLOTS).ok_or(KeyringError::Full)?;
        let last = first
            .checked_add(SLOTS.saturating_sub(1))
            .ok_or(KeyringError::Full)?;
        let head = Head {
            keyring: self.id,
            region: self.region.number(),
            begun_for,
        };
        let mut bytes = head.to_bytes(file_number).to_vec();
        for slot in first..=last {
            let (mut mark, mut key) = ([0; 12], [0; 32]);
            self.chance.fill(&mut mark);
            self.chance.fill(&mut key);
            if key == [0; 32] {
                return Err(KeyringError::NoRandomness);
            }
            bytes.extend_from_slice(&Slot::Live(mark, key).to_bytes(slot));
        }
        let size = u64::try_from(bytes.len()).map_err(|_| KeyringError::Full)?;
        let name = name(file_number);
        if self.disk.list().map_err(refused("."))?.contains(&name) {
            return Err(KeyringError::Damaged { file: name });
        }
        let made = || {
            let file = self.disk.create(DRAFT, size)?;
            file.write_at(0, &bytes)?;
            file.sync()?;
            self.disk.rename(DRAFT, &name)?;
            self.disk.sync_names()?;
            Ok(file)
        };
        let file = made().map_err(refused(&name))?;
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        if files.len() == number {
            files.push(file);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
