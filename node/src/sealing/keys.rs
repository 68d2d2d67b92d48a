//! Keys of the people of one record, given where there are none.
//!
//! They are given in the order of people and used in the order of keys, never in that of the record's parts: neither
//! places in the keyring nor nonces tell which part is whose.

use std::collections::BTreeMap;

use huitong_core::person::PersonRef;
use huitong_core::record::sealed::{PersonKeyId, Placed};

use crate::keyring::{Found, Keyring, Secret};
use crate::store::apply::SeenKey;
use crate::store::{Rows, StoreError};

/// A part with the key that it is sealed under.
type UnderKey = (PersonKeyId, Secret, Placed);

/// The keys.
pub(super) struct Keys<'a> {
    keyring: &'a Keyring,
    rows: &'a dyn Rows,
    given: BTreeMap<PersonRef, PersonKeyId>,
    /// The slot after the last that was given.
    next: Option<u32>,
}

impl<'a> Keys<'a> {
    /// Of people whom the rows know, or do not know yet.
    pub(super) const fn of_people(keyring: &'a Keyring, rows: &'a dyn Rows) -> Self {
        Self {
            keyring,
            rows,
            given: BTreeMap::new(),
            next: None,
        }
    }

    /// Each part with its person's key, ascending by key.
    pub(super) fn ordered(
        &mut self,
        mut people: Vec<(PersonRef, Placed)>,
    ) -> Result<Vec<UnderKey>, StoreError> {
        people.sort_by_key(|(person, placed)| (*person, placed.place));
        let mut parts = Vec::with_capacity(people.len());
        let mut last = None;
        for (person, placed) in people {
            let (key, secret) = match last {
                Some((known, key, secret)) if known == person => (key, secret),
                Some(_) | None => self.find(person)?,
            };
            last = Some((person, key, secret));
            parts.push((key, secret, placed));
        }
        parts.sort_by_key(|(key, _, _)| *key);
        Ok(parts)
    }

    /// Those that were given to people who had none.
    pub(super) fn given(self) -> Vec<SeenKey> {
        let given = self.given.into_iter();
        given.map(|(person, key)| (key, Some(person))).collect()
    }

    fn find(&mut self, person: PersonRef) -> Result<(PersonKeyId, Secret), StoreError> {
        if let Some(key) = self.rows.person_key(person.home, person.psn_no)? {
            return match self.keyring.find(key)? {
                Found::Key(secret) => Ok((key, secret)),
                Found::Destroyed => Err(StoreError::Inconsistent(
                    "a person whose key was destroyed is still known",
                )),
            };
        }
        let from = match self.next {
            Some(next) => next,
            None => self.rows.keys_given()?.unwrap_or_default(),
        };
        let (key, secret) = self.keyring.unused(from)?;
        self.given.insert(person, key);
        self.next = Some(key.slot.saturating_add(1));
        Ok((key, secret))
    }
}
