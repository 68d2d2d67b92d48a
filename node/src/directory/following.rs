//! What is done by a version of the directory: other regions' nodes are called where it says, what they sign is checked with the
//! keys that it lists, and regions that joined come in. A key counts whose certificate led to the root when the version was
//! signed, and is the region's own: the directory chooses among what the operator certified and vouches for nothing itself.
//! That moment is the version's own word, within bounds (`moment`); its dates are judged by the roots and revocation lists of
//! today, and judged again only with the next version and after a start. What a version lists no more is remembered for what
//! was signed before (`crate::earlier`).
//! Deliberately absent: how a region stands, which is in the row.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use huitong_certs::Identity;
use huitong_certs::signing::CertifiedKey;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::evidence::Chain;
use huitong_core::membership::{ListedRegion, SignedDirectory};
use huitong_core::region::RegionCode;

use super::DirectoryDesk;
use crate::earlier::is_named;
use crate::peers::Listed;
use crate::store::{Row, StoreError, Table};

/// Versions that are looked back through at a start: those that were gone by last.
const LOOKED_BACK_AT_MOST: usize = 500;
/// Rows of versions that are read for that.
const ROWS_AT_MOST: usize = 100_000;

impl DirectoryDesk {
    /// Learns from the versions that were gone by with what regions signed before.
    pub(super) fn look_back(&self) -> Result<(), StoreError> {
        let ledger = &self.parts.ledger;
        let rows = ledger.scan(Table::DirectoryBranch, ROWS_AT_MOST)?;
        let place = |(_, row)| {
            let Row::DirectoryBranch(at) = row else {
                return None;
            };
            at.frame().is_some().then_some(at)
        };
        let mut places: Vec<_> = rows.into_iter().filter_map(place).collect();
        // In the order in which they came to be gone by.
        places.sort_unstable();
        let skipped = places.len().saturating_sub(LOOKED_BACK_AT_MOST);
        for at in places.into_iter().skip(skipped) {
            self.parts.homes.earlier().go_by(&self.version_at(at)?);
        }
        Ok(())
    }

    /// Goes by the version that was taken last.
    pub(super) fn follow_head(&self) -> Result<(), StoreError> {
        let _last = self
            .following
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some((_, signed)) = self.taken()? {
            self.follow(&signed);
        }
        Ok(())
    }

    /// Goes by what a version says of the other regions, those that joined among them.
    fn follow(&self, signed: &SignedDirectory) {
        let directory = &signed.directory;
        let homes = &self.parts.homes;
        homes.earlier().go_by(signed);
        let known = homes.others().map(|(region, _)| region);
        let regions: BTreeSet<_> = known.chain(directory.regions.keys().copied()).collect();
        for region in regions {
            let said = directory.regions.get(&region);
            let revoked = self.revoked(region, signed.at);
            let mut signing =
                said.map_or_else(Vec::new, |said| self.signing(region, said, signed.at));
            signing.retain(|key| {
                let is_revoked = revoked.iter().any(|name| is_named(key, *name));
                if is_revoked {
                    tracing::error!(%region, key = %key.key().key_id(), "a certificate of this signing key is revoked: it counts under none");
                }
                !is_revoked
            });
            let listed = Listed {
                region,
                endpoint: said.and_then(|said| said.endpoint.clone()),
                signing,
                revoked,
            };
            if let Err(error) = homes.go_by(listed) {
                tracing::error!(%region, %error, "what the directory says of a region cannot be used");
            }
        }
        for (region, _) in homes.others() {
            self.parts.hearing.also(region);
        }
    }

    /// The names of a region's keys of which a certificate is revoked: one that is or was listed, or the configured one.
    fn revoked(&self, region: RegionCode, at: Timestamp) -> BTreeSet<Digest> {
        let homes = &self.parts.homes;
        let peer = homes.other(region);
        let configured = peer.as_ref().and_then(|peer| peer.signers().configured());
        let configured = configured.map(|key| key.chain().iter().map(|der| der.to_vec()).collect());
        let configured: Option<Chain> = configured;
        homes.earlier().revoked(region, configured.as_slice(), at)
    }

    /// The keys that a region is listed with: those whose certificates led to the root when the version was signed, and are
    /// the region's own.
    fn signing(&self, region: RegionCode, said: &ListedRegion, at: Timestamp) -> Vec<CertifiedKey> {
        let credentials = self.parts.credentials.credentials();
        let Ok(at) = jiff::Timestamp::from_millisecond(at.as_millis()) else {
            return Vec::new();
        };
        let proven = said.signers.iter().filter_map(|chain| {
            let key = CertifiedKey::from_der(chain, credentials.trust(), at);
            let fault = match key {
                Ok(key) if *key.identity() == Identity::RegionNodeSigning(region) => {
                    return Some(key);
                }
                Ok(key) => key.identity().to_string(),
                Err(fault) => fault.to_string(),
            };
            tracing::error!(%region, fault, "the directory names a signing certificate that is not the region's");
            None
        });
        proven.collect()
    }
}
