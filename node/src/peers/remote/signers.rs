//! With what a peer signs: the keys that the signed directory names, or the configured one where it names none. Deliberately
//! absent: whether a certificate leads to the root, which is checked before.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use huitong_certs::signing::CertifiedKey;
use huitong_core::digest::Digest;

use crate::peers::DirectoryEntry;

/// The keys of a peer.
pub struct Signers {
    /// The configured one; none for a region that joined.
    configured: Option<Arc<CertifiedKey>>,
    pinned: bool,
    now: RwLock<Arc<Keys>>,
}

/// Some keys; there is always one.
struct Keys {
    first: Arc<CertifiedKey>,
    others: Vec<Arc<CertifiedKey>>,
}

impl Keys {
    fn of(keys: Vec<CertifiedKey>) -> Option<Self> {
        let mut keys = keys.into_iter().map(Arc::new);
        let first = keys.next()?;
        let others = keys.collect();
        Some(Self { first, others })
    }

    /// The same, where some are revoked.
    fn without(&self, revoked: &BTreeSet<Digest>) -> Self {
        let counts = |key: &Arc<CertifiedKey>| {
            let name = Digest::from_bytes(*key.key().key_id().as_bytes());
            if revoked.contains(&name) {
                Arc::new(CertifiedKey::clone(key).revoked())
            } else {
                Arc::clone(key)
            }
        };
        Self {
            first: counts(&self.first),
            others: self.others.iter().map(counts).collect(),
        }
    }
}

impl Signers {
    /// Of a configured region.
    pub(super) fn configured_as(entry: DirectoryEntry) -> Self {
        let (key, pinned) = (Arc::new(entry.signing), entry.pinned);
        let now = Keys {
            first: Arc::clone(&key),
            others: Vec::new(),
        };
        Self {
            configured: Some(key),
            pinned,
            now: RwLock::new(Arc::new(now)),
        }
    }

    /// Of a region that joined; nothing without a key.
    pub(super) fn listed(keys: Vec<CertifiedKey>) -> Option<Self> {
        Some(Self {
            configured: None,
            pinned: false,
            now: RwLock::new(Arc::new(Keys::of(keys)?)),
        })
    }

    /// Goes by the keys that the signed directory names; by the configured one where it names none, or that is pinned.
    /// Those that are revoked count for nothing, whichever of them that are.
    pub fn go_by(&self, listed: Vec<CertifiedKey>, revoked: &BTreeSet<Digest>) {
        let listed = Keys::of(listed).filter(|_| !self.pinned);
        let configured = || {
            let first = Arc::clone(self.configured.as_ref()?);
            let others = Vec::new();
            Some(Arc::new(Keys { first, others }))
        };
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        // What joined and is named without a key that can be used stays as it was.
        let keys = listed.map(Arc::new).or_else(configured);
        let keys = keys.unwrap_or_else(|| Arc::clone(&now));
        *now = Arc::new(keys.without(revoked));
    }

    /// The key that is named; where the peer has no such key, its first, under which nothing of that name holds.
    #[must_use]
    pub fn named(&self, key_id: Digest) -> Arc<CertifiedKey> {
        let now = Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner));
        let is_named =
            |key: &&Arc<CertifiedKey>| key.key().key_id().as_bytes() == key_id.as_bytes();
        let named = now.others.iter().find(is_named);
        Arc::clone(named.unwrap_or(&now.first))
    }

    /// The configured one; none for a region that joined.
    #[must_use]
    pub fn configured(&self) -> Option<&CertifiedKey> {
        self.configured.as_deref()
    }
}

#[cfg(test)]
mod tests;
