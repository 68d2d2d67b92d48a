//! Erasing people: who may be erased, what it would take, and the record that orders it.
//!
//! A person is erased when nothing is owed any more, to or by them: no cover, no money, nothing open, nothing that
//! another party has not acknowledged, and as many days since the last record as the bureau keeps people for. The
//! whole journal is read for it, while no node runs; so it is seen which keys the person has, and whether anything was
//! written before people were sealed, which no key erases. Not here: the destruction itself
//! ([`crate::keyring::Keyring::destroy`]), and what remains of the records (`huitong_core::record::sealed`).

mod file;
mod numbers;
mod obstacle;
mod survey;

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::canonical::encode_to_vec;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::{Digest, sha256_parts};
use huitong_core::person::PersonRef;
use huitong_core::record::erasure::PeopleErased;
use huitong_core::record::import::ImportKind;
use huitong_core::record::sealed::PersonKeyId;

pub use file::{FileError, Listed, people_of};
pub use obstacle::Obstacle;

use crate::ledger::Ledger;
use crate::store::{Rows, StoreError, Table};
use numbers::Numbers;
use survey::{Seen, survey};

/// Who may be erased, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// How many days after a person's last record.
    pub keep_days: u32,
    /// Today.
    pub today: BusinessDay,
}

/// A person, looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// Who, and on which line.
    pub listed: Listed,
    /// How many records are about the person.
    pub records: u64,
    /// The first day that was closed after the last of them.
    pub last: Option<BusinessDay>,
    /// What stands in the way.
    pub obstacles: Vec<Obstacle>,
}

/// What erasing people would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Each of them, in the order of the file.
    pub people: Vec<Looked>,
    /// The keys that would be destroyed, ascending.
    pub keys: Vec<PersonKeyId>,
    /// How many members the region would hold afterwards.
    pub members: u64,
    /// Names the people and their keys: what is shown and what is done are one.
    pub digest: Digest,
}

impl Plan {
    /// Whether nothing stands in the way of anybody.
    #[must_use]
    pub fn is_clear(&self) -> bool {
        self.people.iter().all(|looked| looked.obstacles.is_empty())
    }

    /// The record that orders it.
    ///
    /// # Errors
    /// [`StoreError`] when the erasures before cannot be counted.
    pub fn order(&self, ledger: &Ledger, at: Timestamp) -> Result<PeopleErased, StoreError> {
        let before = ledger.scan(Table::Erasure, usize::MAX)?.len();
        let before = u64::try_from(before).map_err(|_| StoreError::Range("erasures"))?;
        Ok(PeopleErased {
            number: before.saturating_add(1),
            keys: self.keys.clone(),
            members: self.members,
            at,
        })
    }
}

/// Looks at people: reads the journal through and judges each.
///
/// # Errors
/// [`StoreError`] when journal or rows cannot be read.
pub fn plan(ledger: &Ledger, people: &[Listed], rule: Rule) -> Result<Plan, StoreError> {
    let wanted: BTreeSet<PersonRef> = people.iter().map(|listed| listed.person).collect();
    let numbers = Numbers::known(ledger)?;
    let mut of_all = wanted.clone();
    of_all.extend(wanted.iter().flat_map(|person| numbers.others(*person)));
    let seen = survey(ledger, &of_all)?;
    let mut looked = Vec::with_capacity(people.len());
    let mut keys = BTreeSet::new();
    let mut members = ledger.count(ImportKind::Members)?.unwrap_or_default();
    for listed in people {
        let nothing = Seen::default();
        let found = seen.get(&listed.person).unwrap_or(&nothing);
        keys.extend(&found.keys);
        let own = listed.person.home == ledger.region();
        if own && ledger.member(listed.person.psn_no)?.is_some() {
            members = members.saturating_sub(1);
        }
        let mut obstacles = obstacle::of(ledger, listed.person, found, rule)?;
        let others = numbers.others(listed.person);
        let others = others.difference(&wanted);
        let left: BTreeSet<_> = others
            .filter(|other| seen.get(*other).is_some_and(|found| !found.is_nothing()))
            .map(|other| Obstacle::AlsoAt(other.home))
            .collect();
        obstacles.extend(left);
        looked.push(Looked {
            listed: *listed,
            records: found.records,
            last: found.last,
            obstacles,
        });
    }
    let keys: Vec<PersonKeyId> = keys.into_iter().collect();
    let named: Vec<PersonRef> = wanted.into_iter().collect();
    let digest = sha256_parts(&[b"HTPE\x00\x01", &encode_to_vec(&(named, keys.clone()))]);
    Ok(Plan {
        people: looked,
        keys,
        members,
        digest,
    })
}

/// What was seen of each person.
type SeenOf = BTreeMap<PersonRef, Seen>;

#[cfg(test)]
mod tests;
