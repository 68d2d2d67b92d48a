//! With what a peer signs: the keys that the signed directory names, or the configured one where it names none, by the
//! certificate that lies in its file now. Deliberately absent: whether a certificate leads to the root, which is checked before.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

use huitong_certs::signing::CertifiedKey;
use huitong_core::digest::Digest;
use huitong_transport::Certified;

use crate::peers::DirectoryEntry;

/// The keys of a peer.
pub struct Signers {
    /// The configured one; none for a region that joined.
    configured: Option<Certified>,
    pinned: bool,
    now: RwLock<Arc<Keys>>,
}

/// Some keys; there is always one.
enum Keys {
    /// The configured one, as it is renewed, and what is revoked.
    Configured {
        key: Certified,
        revoked: BTreeSet<Digest>,
    },
    Listed {
        first: Arc<CertifiedKey>,
        others: Vec<Arc<CertifiedKey>>,
    },
}

impl Keys {
    fn of(keys: Vec<CertifiedKey>) -> Option<Self> {
        let mut keys = keys.into_iter().map(Arc::new);
        let first = keys.next()?;
        let others = keys.collect();
        Some(Self::Listed { first, others })
    }

    /// The same, where some are revoked.
    fn without(&self, revoked: &BTreeSet<Digest>) -> Self {
        match self {
            Self::Configured { key, .. } => Self::Configured {
                key: key.clone(),
                revoked: revoked.clone(),
            },
            Self::Listed { first, others } => Self::Listed {
                first: counting(first, revoked),
                others: others.iter().map(|key| counting(key, revoked)).collect(),
            },
        }
    }
}

/// A key as it counts, where some are revoked.
fn counting(key: &Arc<CertifiedKey>, revoked: &BTreeSet<Digest>) -> Arc<CertifiedKey> {
    let name = Digest::from_bytes(*key.key().key_id().as_bytes());
    if revoked.contains(&name) {
        Arc::new(CertifiedKey::clone(key).revoked())
    } else {
        Arc::clone(key)
    }
}

impl Signers {
    /// Of a configured region.
    pub(crate) fn configured_as(entry: DirectoryEntry) -> Self {
        let (key, pinned) = (entry.signing, entry.pinned);
        let now = Keys::Configured {
            key: key.clone(),
            revoked: BTreeSet::new(),
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
            let (key, revoked) = (self.configured.clone()?, BTreeSet::new());
            Some(Keys::Configured { key, revoked })
        };
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        // What joined and is named without a key that can be used stays as it was.
        let keys = listed.or_else(configured).map(Arc::new);
        let keys = keys.unwrap_or_else(|| Arc::clone(&now));
        *now = Arc::new(keys.without(revoked));
    }

    /// The key that is named; where the peer has no such key, its first, under which nothing of that name holds.
    #[must_use]
    pub fn named(&self, key_id: Digest) -> Arc<CertifiedKey> {
        let now = Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner));
        match &*now {
            Keys::Configured { key, revoked } => counting(&Arc::new(key.current()), revoked),
            Keys::Listed { first, others } => {
                let is_named =
                    |key: &&Arc<CertifiedKey>| key.key().key_id().as_bytes() == key_id.as_bytes();
                Arc::clone(others.iter().find(is_named).unwrap_or(first))
            }
        }
    }

    /// The configured one; none for a region that joined.
    #[must_use]
    pub fn configured(&self) -> Option<CertifiedKey> {
        self.configured.as_ref().map(Certified::current)
    }
}

#[cfg(test)]
mod tests;
