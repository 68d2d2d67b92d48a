//! The boundary between records and what is stored of them: the one place where a record becomes bytes of the journal,
//! and where such bytes become a record again, or what remains of one.
//!
//! A record that names people is sealed under a key for each of them, which the keyring holds; who has which key is a
//! row like any other, derived from the journal. Not here: what remains of which record (`huitong_core::record::sealed`),
//! and where keys lie ([`crate::keyring`]).

mod keys;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use huitong_core::canonical::{Artifact, decode_exact};
use huitong_core::person::{PersonRef, PsnNo};
use huitong_core::record::NodeRecord;
use huitong_core::record::sealed::{
    Joined, Part, PersonKeyId, Placed, Remains, SealedRecord, Section, Split, Subject, in_order,
    join, split,
};
use huitong_core::region::RegionCode;

use crate::chance::Chance;
use crate::keyring::{Found, Keyring, KeyringError};
use crate::store::apply::SeenKey;
use crate::store::{Rows, StoreError};
use keys::Keys;

/// Whether records that name people are sealed (`[store] people`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum People {
    /// As the journal was begun: sealed in a new one, plain in one that has no keyring.
    AsBegun,
    /// Sealed from now on.
    Sealed,
    /// Plain from now on; what is sealed already is read.
    Plain,
}

/// How a node keeps what it knows of people (`[store]`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreRule {
    /// Whether it is sealed.
    pub people: People,
    /// The folder of the keyring.
    pub keyring: PathBuf,
    /// How many days after a person's last record the person may be erased.
    pub keep_days: u32,
}

impl StoreRule {
    /// Fifteen years, as medical institutions in China keep the records of outpatients; a bureau may keep longer.
    pub const KEEP_DAYS: u32 = 5_475;

    /// What holds without a word of the configuration: the keyring lies in the data folder.
    #[must_use]
    pub fn standard(data: &Path) -> Self {
        Self {
            people: People::AsBegun,
            keyring: data.join("keys"),
            keep_days: Self::KEEP_DAYS,
        }
    }
}

/// Seals records and opens them.
pub struct Sealing {
    region: RegionCode,
    keyring: Option<Keyring>,
    writes: Writes,
    nonces: Nonces,
}

/// What becomes of records that name people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writes {
    /// They are sealed.
    Sealed,
    /// They are stored as they are.
    Plain,
}

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whom it is about, when it is about one person: the next record of its submission may be about the same.
    pub about: Option<PersonRef>,
    /// Keys that were given with it, to people who had none.
    pub given: Vec<SeenKey>,
}

/// A stored record, opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unsealed {
    /// The record, or what remains of it.
    pub record: Joined,
    /// Every key that it lies under.
    pub keys: Vec<SeenKey>,
}

/// Nonces that are never drawn twice: random for each opening of the journal, then counted.
struct Nonces {
    first: [u8; 6],
    next: AtomicU64,
}

impl Nonces {
    fn new(chance: &dyn Chance) -> Self {
        let mut first = [0; 6];
        chance.fill(&mut first);
        let next = AtomicU64::new(0);
        Self { first, next }
    }

    fn draw(&self) -> [u8; 12] {
        let [_, _, count @ ..] = self.next.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let mut nonce = [0; 12];
        let bytes = self.first.iter().chain(&count);
        nonce
            .iter_mut()
            .zip(bytes)
            .for_each(|(to, from)| *to = *from);
        nonce
    }
}

impl Sealing {
    /// Seals and opens a region's records with a keyring, if there is one.
    ///
    /// # Errors
    /// [`KeyringError::None`] when records are to be sealed without one, [`KeyringError::NoRandomness`] when nonces
    /// would come again after the next start.
    pub fn new(
        region: RegionCode,
        keyring: Option<Keyring>,
        writes: Writes,
        chance: &dyn Chance,
    ) -> Result<Self, KeyringError> {
        if writes == Writes::Sealed && keyring.is_none() {
            return Err(KeyringError::None);
        }
        let nonces = Nonces::new(chance);
        if writes == Writes::Sealed && nonces.first == [0; 6] {
            return Err(KeyringError::NoRandomness);
        }
        Ok(Self {
            region,
            keyring,
            writes,
            nonces,
        })
    }

    /// The keyring, if there is one.
    #[must_use]
    pub const fn keyring(&self) -> Option<&Keyring> {
        self.keyring.as_ref()
    }

    /// A record as it is stored. `before` is whom the record before it in its submission is about, `rows` include
    /// that record.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read, or the keyring has no key to give.
    pub fn seal(
        &self,
        record: &NodeRecord,
        before: Option<PersonRef>,
        rows: &dyn Rows,
    ) -> Result<Stored, StoreError> {
        let plain = |about| Stored {
            bytes: record.to_bytes(),
            about,
            given: Vec::new(),
        };
        let (Writes::Sealed, Some(keyring)) = (self.writes, &self.keyring) else {
            return Ok(plain(None));
        };
        let Some(Split { remains, parts }) = split(record, self.region) else {
            return Ok(plain(before));
        };
        let mut people = Vec::with_capacity(parts.len());
        for (place, Part { of, bytes: part }) in (0..).zip(parts) {
            people.push((self.about(of, before, rows)?, Placed { place, part }));
        }
        let about = people.last().map(|(person, _)| *person);
        let about = about.filter(|_| !remains.of_many());
        let mut keys = Keys::of_people(keyring, rows);
        let beside = beside(&remains, people.len())?;
        let mut sections = Vec::with_capacity(people.len());
        for (key, secret, placed) in keys.ordered(people)? {
            let nonce = self.nonces.draw();
            let sealed = secret.seal(nonce, &beside, placed.into_bytes());
            let sealed = sealed.ok_or(StoreError::Range("bytes of a record"))?;
            sections.push(Section { key, nonce, sealed });
        }
        let given = keys.given();
        let stored = SealedRecord::new(remains, sections);
        let stored = stored.map_err(|_| StoreError::Inconsistent("a record of other parts"))?;
        Ok(Stored {
            bytes: stored.to_bytes(),
            about,
            given,
        })
    }

    /// Whom a part of a new record is about.
    fn about(
        &self,
        of: Subject,
        before: Option<PersonRef>,
        rows: &dyn Rows,
    ) -> Result<PersonRef, StoreError> {
        let person = match of {
            Subject::Before => before,
            Subject::Person(_) | Subject::OfTransfer(_) => subject(of, self.region, rows)?,
        };
        person.ok_or(StoreError::Inconsistent("a record about nobody"))
    }

    /// A stored record, opened.
    ///
    /// # Errors
    /// [`StoreError`]: bytes that are no record, a key that the keyring does not know, or a record that was altered.
    pub fn open(&self, bytes: &[u8]) -> Result<Joined, StoreError> {
        if !SealedRecord::is_form_of(bytes) {
            return Ok(Joined::Whole(NodeRecord::from_bytes(bytes)?));
        }
        let (remains, sections) = SealedRecord::from_bytes(bytes)?.into_parts();
        let parts = self.parts(&remains, sections)?;
        let parts = parts.into_iter().map(|(_, part)| part).collect();
        Ok(join(remains, &in_order(parts)?)?)
    }

    /// A stored record, opened, with its keys. `rows` are those before it, or later ones.
    ///
    /// # Errors
    /// As [`Sealing::open`], and when rows cannot be read.
    pub fn open_with_keys(&self, bytes: &[u8], rows: &dyn Rows) -> Result<Unsealed, StoreError> {
        if !SealedRecord::is_form_of(bytes) {
            let (record, keys) = (self.open(bytes)?, Vec::new());
            return Ok(Unsealed { record, keys });
        }
        let (remains, sections) = SealedRecord::from_bytes(bytes)?.into_parts();
        let parts = self.parts(&remains, sections)?;
        let mut keys = Vec::with_capacity(parts.len());
        for (key, part) in &parts {
            let person = match part {
                Some(placed) => self.named(&remains, &placed.part, rows)?,
                None => None,
            };
            keys.push((*key, person));
        }
        let parts = parts.into_iter().map(|(_, part)| part).collect();
        let record = join(remains, &in_order(parts)?)?;
        Ok(Unsealed { record, keys })
    }

    /// Whom a part is about, as it says itself or as the rows know.
    fn named(
        &self,
        remains: &Remains,
        part: &[u8],
        rows: &dyn Rows,
    ) -> Result<Option<PersonRef>, StoreError> {
        if let Remains::TagsWritten(_) = remains {
            let home = self.region;
            let psn_no = decode_exact::<PsnNo>(part)?;
            return Ok(Some(PersonRef { home, psn_no }));
        }
        let Joined::Whole(record) = join(remains.clone(), &[Some(part.to_vec())])? else {
            return Ok(None);
        };
        let parts = split(&record, self.region).map_or_else(Vec::new, |split| split.parts);
        match parts.first() {
            Some(part) => subject(part.of, self.region, rows),
            None => Ok(None),
        }
    }

    /// Every section with its key; none for one whose key was destroyed.
    fn parts(&self, remains: &Remains, sections: Vec<Section>) -> Result<Vec<OfKey>, StoreError> {
        let keyring = self.keyring.as_ref().ok_or(KeyringError::None)?;
        let beside = beside(remains, sections.len())?;
        let mut parts = Vec::with_capacity(sections.len());
        for Section { key, nonce, sealed } in sections {
            let part = match keyring.find(key)? {
                Found::Destroyed => None,
                Found::Key(secret) => {
                    let opened = secret.open(nonce, &beside, sealed);
                    let altered = KeyringError::Altered { slot: key.slot };
                    Some(Placed::from_bytes(opened.ok_or(altered)?)?)
                }
            };
            parts.push((key, part));
        }
        Ok(parts)
    }
}

/// Whom a part is about, for a node of the region `own`; nobody that it says when that is whoever the record before
/// it is about, or when the transfer is an erased person's.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub fn subject(
    of: Subject,
    own: RegionCode,
    rows: &dyn Rows,
) -> Result<Option<PersonRef>, StoreError> {
    match of {
        Subject::Person(person) => Ok(Some(person)),
        Subject::Before => Ok(None),
        Subject::OfTransfer(transfer) => {
            let row = rows.transfer(transfer)?;
            Ok(row.map(|row| row.order.person_at(own)))
        }
    }
}

/// A part under its key; none when the key was destroyed.
type OfKey = (PersonKeyId, Option<Placed>);

/// What is authenticated beside each section: the clear part, and how many sections there are.
fn beside(remains: &Remains, sections: usize) -> Result<Vec<u8>, StoreError> {
    let sections = u32::try_from(sections).map_err(|_| StoreError::Range("sections"))?;
    Ok([remains.clear_part(), sections.to_be_bytes().to_vec()].concat())
}
