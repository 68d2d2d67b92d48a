//! With what regions signed before: the keys that the signed directory listed of each, and since when it lists one no more.
//!
//! Such a key counts for what says that it was signed before the version that leaves it out was, and when its certificate
//! leads to the root at that moment, by the roots and revocation lists of today: so one that was revoked counts for nothing.
//! When something was signed is its signer's own word, and that of whoever has got the key; that is why what is stolen is
//! revoked and not only left out. Deliberately absent: what a region signs with now (`remote::signers`).

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use huitong_certs::Identity;
use huitong_certs::signing::CertifiedKey;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::evidence::Chain;
use huitong_core::membership::SignedDirectory;
use huitong_core::region::RegionCode;
use huitong_transport::CredentialStore;

/// Keys of one region that are remembered; of more, those that were left out first are forgotten.
const KEYS_AT_MOST: usize = 64;

/// The keys that were listed.
pub struct Earlier {
    credentials: CredentialStore,
    listed: RwLock<BTreeMap<RegionCode, Vec<Listed>>>,
}

/// A certificate that the directory lists, or listed.
struct Listed {
    chain: Chain,
    /// When the version that leaves it out was signed; none while it is listed.
    left_out: Option<Timestamp>,
}

impl Earlier {
    /// None are known yet.
    pub(super) const fn new(credentials: CredentialStore) -> Self {
        Self {
            credentials,
            listed: RwLock::new(BTreeMap::new()),
        }
    }

    /// Goes on to a version that is gone by. The same one again changes nothing.
    pub fn go_by(&self, signed: &SignedDirectory) {
        let regions = &signed.directory.regions;
        let mut all = self.listed.write().unwrap_or_else(PoisonError::into_inner);
        for (region, known) in &mut *all {
            let now = regions.get(region).map_or(&[][..], |it| &it.signers);
            for key in known {
                let is_listed = now.contains(&key.chain);
                let left_out = key.left_out.unwrap_or(signed.at);
                key.left_out = (!is_listed).then_some(left_out);
            }
        }
        for (region, said) in regions {
            let known = all.entry(*region).or_default();
            for chain in &said.signers {
                if known.iter().any(|key| key.chain == *chain) {
                    continue;
                }
                if known.len() >= KEYS_AT_MOST {
                    forget_one(known);
                }
                known.push(Listed {
                    chain: chain.clone(),
                    left_out: None,
                });
            }
        }
    }

    /// The key of a region that is named, for what says that it was signed at a moment; none when no such key was listed
    /// until then.
    #[must_use]
    pub fn named(
        &self,
        region: RegionCode,
        key_id: Digest,
        at: Timestamp,
    ) -> Option<Arc<CertifiedKey>> {
        let moment = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
        let credentials = self.credentials.credentials();
        let all = self.listed.read().unwrap_or_else(PoisonError::into_inner);
        let then = all.get(&region)?.iter();
        let then = then.filter(|key| key.left_out.is_none_or(|left_out| at <= left_out));
        let mut proven = then
            .filter_map(|key| CertifiedKey::from_der(&key.chain, credentials.trust(), moment).ok());
        let found = proven.find(|key| {
            is_named(key, key_id) && *key.identity() == Identity::RegionNodeSigning(region)
        });
        found.map(Arc::new)
    }
}

/// Whether a key has this name.
pub(super) fn is_named(key: &CertifiedKey, key_id: Digest) -> bool {
    key.key().key_id().as_bytes() == key_id.as_bytes()
}

/// Forgets the key that was left out first; the first that came where none was.
fn forget_one(known: &mut Vec<Listed>) {
    let left = known.iter().enumerate();
    let left = left.filter_map(|(nth, key)| Some((key.left_out?, nth)));
    let first = left.min().map_or(0, |(_, nth)| nth);
    if first < known.len() {
        known.remove(first);
    }
}

#[cfg(test)]
mod tests;
