//! What is done by a version of the directory: other regions' nodes are called where it says, what they sign is checked with the
//! keys that it lists, and regions that joined come in. A key counts whose certificate led to the root when the version was
//! signed, and is the region's own: the directory chooses among what the operator certified and vouches for nothing itself.
//! That moment is the version's own word; its dates are judged by the roots and revocation lists of today, and judged again only
//! with the next version and after a start.
//! Deliberately absent: how a region stands, which is in the row.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use huitong_certs::Identity;
use huitong_certs::signing::CertifiedKey;
use huitong_core::date::Timestamp;
use huitong_core::membership::{ListedRegion, SignedDirectory};
use huitong_core::region::RegionCode;

use super::DirectoryDesk;
use crate::peers::Listed;
use crate::store::StoreError;

impl DirectoryDesk {
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
        let known = homes.others().map(|(region, _)| region);
        let regions: BTreeSet<_> = known.chain(directory.regions.keys().copied()).collect();
        for region in regions {
            let said = directory.regions.get(&region);
            let listed = Listed {
                region,
                endpoint: said.and_then(|said| said.endpoint.clone()),
                signing: said.map_or_else(Vec::new, |said| self.signing(region, said, signed.at)),
            };
            if let Err(error) = homes.go_by(listed) {
                tracing::error!(%region, %error, "what the directory says of a region cannot be used");
            }
        }
        for (region, _) in homes.others() {
            self.parts.hearing.also(region);
        }
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
