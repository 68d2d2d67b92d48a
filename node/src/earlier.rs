//! With what regions signed before: the keys that the signed directory listed of each, and since when it lists one no more.
//!
//! Such a key counts for what says that it was signed before the version that leaves it out was, and when its certificate
//! leads to the root at that moment, by the roots and revocation lists of today: so one that was revoked counts for nothing. A
//! key has several certificates once one of them was renewed; it counts for nothing when any that was listed is revoked.
//! When something was signed is its signer's own word, and that of whoever has got the key; that is why what is stolen is
//! revoked and not only left out. Deliberately absent: what another region signs with now (`peers::remote`).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use huitong_certs::signing::{CertifiedKey, CertifiedKeyError};
use huitong_certs::{Certificate, Identity, IdentityError, Trust};
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
    #[must_use]
    pub const fn new(credentials: CredentialStore) -> Self {
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
        let all = all.get(&region)?;
        let trust = credentials.trust();
        if all
            .iter()
            .any(|key| is_revoked(&key.chain, key_id, moment, trust))
        {
            return None;
        }
        let then = all.iter();
        let then = then.filter(|key| key.left_out.is_none_or(|left_out| at <= left_out));
        let mut proven =
            then.filter_map(|key| CertifiedKey::from_der(&key.chain, trust, moment).ok());
        let found = proven.find(|key| {
            is_named(key, key_id) && *key.identity() == Identity::RegionNodeSigning(region)
        });
        found.map(Arc::new)
    }

    /// The names of a region's keys of which a certificate is revoked: one that was listed, or one of `others`.
    #[must_use]
    pub fn revoked(&self, region: RegionCode, others: &[Chain], at: Timestamp) -> BTreeSet<Digest> {
        let Ok(moment) = jiff::Timestamp::from_millisecond(at.as_millis()) else {
            return BTreeSet::new();
        };
        let credentials = self.credentials.credentials();
        let trust = credentials.trust();
        let all = self.listed.read().unwrap_or_else(PoisonError::into_inner);
        let listed = all.get(&region).map_or(&[][..], Vec::as_slice);
        let chains = listed.iter().map(|key| &key.chain).chain(others);
        let revoked = chains.filter_map(|chain| {
            let name = name_of(chain)?;
            is_revoked(chain, name, moment, trust).then_some(name)
        });
        revoked.collect()
    }

    /// The key of the own region that is named, for what says that it was signed at a moment, where it signs with this one
    /// now. Where there is none, the one of now, under which nothing of that name holds. Nor does it when that is revoked: the
    /// node runs on with it until it is given another, and what comes to it as its own word may be whose who stole it. That
    /// its certificate has ended, or its root is gone, is not asked: what was signed by it stays the own word.
    #[must_use]
    pub fn own(
        &self,
        region: RegionCode,
        now: &CertifiedKey,
        key_id: Digest,
        at: Timestamp,
    ) -> Arc<CertifiedKey> {
        if is_named(now, key_id) {
            let chain: Chain = now.chain().iter().map(|der| der.to_vec()).collect();
            let revoked = self.revoked(region, &[chain], at);
            let now = now.clone();
            return Arc::new(if revoked.contains(&key_id) {
                now.revoked()
            } else {
                now
            });
        }
        let earlier = self.named(region, key_id, at);
        earlier.unwrap_or_else(|| Arc::new(now.clone()))
    }
}

/// The certificate itself, if it can be read.
fn leaf_of(chain: &[Vec<u8>]) -> Option<Certificate> {
    Certificate::read(&chain.first()?.as_slice().into()).ok()
}

/// The name of a certificate's key.
fn name_of(chain: &[Vec<u8>]) -> Option<Digest> {
    let leaf = leaf_of(chain)?;
    Some(Digest::from_bytes(*leaf.key_id.as_bytes()))
}

/// Whether a certificate is one of the key that is named, and revoked.
fn is_revoked(chain: &[Vec<u8>], key_id: Digest, moment: jiff::Timestamp, trust: &Trust) -> bool {
    let Some(leaf) = leaf_of(chain) else {
        return false;
    };
    // A certificate of another time than the moment says nothing of being revoked: it is looked at within its own.
    let within = moment.max(leaf.not_before).min(leaf.not_after);
    // A list is looked at first: proving a certificate costs more than all else that is done for a word.
    leaf.key_id.as_bytes() == key_id.as_bytes()
        && trust.may_have_revoked(&leaf)
        && matches!(
            CertifiedKey::from_der(chain, trust, within),
            Err(CertifiedKeyError::Identity(IdentityError::Revoked))
        )
}

/// Whether a key has this name.
pub(crate) fn is_named(key: &CertifiedKey, key_id: Digest) -> bool {
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
