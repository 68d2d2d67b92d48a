//! What an officer sees of the directory: which version the node goes by, since when, what differs from the configuration, and
//! what contradicts it.

use std::collections::BTreeSet;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::Digest;
use huitong_core::membership::Standing;
use huitong_core::region::RegionCode;

use super::DirectoryDesk;
use super::branches::Branch;
use crate::store::StoreError;

/// The version that is gone by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Its number.
    pub number: u64,
    /// Its digest.
    pub digest: Digest,
    /// When the clearinghouse signed it.
    pub signed: Timestamp,
    /// When it was taken.
    pub taken: Timestamp,
}

/// A region, as the directory and the configuration have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenRegion {
    /// The region.
    pub region: RegionCode,
    /// How it stands, and since when; none when the directory does not name it.
    pub standing: Option<(Standing, Option<BusinessDay>)>,
    /// Where the directory says that its node is.
    pub listed: Option<String>,
    /// Where the configuration says so; none when it does not name the region.
    pub configured: Option<String>,
    /// Where it is called.
    pub called: Option<String>,
    /// Whether the configuration stands whatever the directory says.
    pub pinned: bool,
    /// Whether the directory names signing certificates, and the configured one is not among them.
    pub other_signer: bool,
}

/// How the node stands to the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What is gone by; none when the configuration alone is.
    pub version: Option<Version>,
    /// Every region of either.
    pub regions: Vec<SeenRegion>,
    /// Signed versions that contradict, and that nobody accepted.
    pub contradictions: usize,
    /// The last that contradicted.
    pub branches: Vec<Branch>,
    /// Why it is not followed, when a person must look; that no look was completed for too long among it.
    pub trouble: Option<String>,
    /// When a look was last completed; none when none was since the start.
    pub looked: Option<Timestamp>,
}

impl DirectoryDesk {
    /// How the node stands to the directory.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn seen(&self) -> Result<Seen, StoreError> {
        let taken = self.taken()?;
        let homes = &self.parts.homes;
        let directory = taken.as_ref().map(|(_, signed)| &signed.directory);
        let listed = directory
            .iter()
            .flat_map(|directory| directory.regions.keys());
        let mut all: BTreeSet<RegionCode> = listed.copied().collect();
        all.extend(homes.others().map(|(region, _)| region));
        let regions = all.into_iter().map(|region| {
            let listed = directory.and_then(|directory| directory.regions.get(&region));
            let peer = homes.other(region);
            let own = peer.as_ref();
            let own = own.and_then(|peer| peer.signers().configured());
            let own = own.and_then(|key| key.chain().first().cloned());
            let named = listed.map_or(&[][..], |listed| &listed.signers);
            let is_named = own.as_ref().is_some_and(|own| {
                let leaf = |chain: &Vec<Vec<u8>>| chain.first().is_some_and(|leaf| **leaf == **own);
                named.iter().any(leaf)
            });
            SeenRegion {
                region,
                standing: listed.map(|listed| (listed.standing, listed.since)),
                listed: listed.and_then(|listed| listed.endpoint.clone()),
                configured: peer
                    .as_ref()
                    .and_then(|peer| peer.ways().configured().map(str::to_owned)),
                called: peer.as_ref().map(|peer| peer.ways().endpoint()),
                pinned: peer.as_ref().is_some_and(|peer| peer.ways().is_pinned()),
                other_signer: own.is_some() && !named.is_empty() && !is_named,
            }
        });
        let regions = regions.collect();
        let branches = self.branches(directory)?;
        Ok(Seen {
            regions,
            version: taken.as_ref().map(|(head, signed)| Version {
                number: head.number,
                digest: head.digest,
                signed: signed.at,
                taken: head.taken,
            }),
            contradictions: branches.open,
            branches: branches.last,
            trouble: self.trouble().or_else(|| self.overdue()),
            looked: self.watch().looked(),
        })
    }
    /// That no look was completed for too long, where there is a clearinghouse to look at.
    fn overdue(&self) -> Option<String> {
        self.parts.client.as_ref()?;
        self.watch().overdue(self.parts.clock.now())
    }
}
