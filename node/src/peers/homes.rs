//! The other regions, each with a channel to its node: those that are configured, and those that the signed directory names.
//!
//! A region comes in once the directory says where its node is and proves a key of it; none goes out again while the node
//! runs, since what was begun with it goes on. Deliberately absent: whether something new is begun with it.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use huitong_certs::Identity;
use huitong_certs::signing::CertifiedKey;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::region::RegionCode;
use tokio_util::sync::CancellationToken;

use super::{Calling, DirectoryEntry, DirectoryError, Home, Listed, Peer, REGIONS_AT_MOST};
use crate::earlier::{Earlier, is_named};
use crate::home::HomeRole;

type Others = BTreeMap<RegionCode, Arc<Peer>>;

/// The directory, with a channel to each region.
#[derive(Clone)]
pub struct Homes {
    own: Arc<HomeRole>,
    own_region: RegionCode,
    others: Arc<RwLock<Others>>,
    calling: Arc<Calling>,
    /// With what regions signed before, the own one too.
    earlier: Arc<Earlier>,
    /// Ended once it is known which regions joined. No watch channel: see `crate::recovery`.
    looked: CancellationToken,
}

impl Homes {
    /// Prepares channels to all configured regions; none is opened before it is used.
    ///
    /// # Errors
    /// [`DirectoryError`] for the first entry that cannot be used.
    pub fn new(
        own_region: RegionCode,
        own: Arc<HomeRole>,
        entries: Vec<DirectoryEntry>,
        calling: &Calling,
        earlier: Arc<Earlier>,
    ) -> Result<Self, DirectoryError> {
        let mut others = Others::new();
        for entry in entries
            .into_iter()
            .filter(|entry| entry.region != own_region)
        {
            let region = entry.region;
            is_signer(region, &entry.signing.current())?;
            let peer = Peer::configured(entry, calling);
            let peer = peer.map_err(|error| DirectoryError::Endpoint { region, error })?;
            if others.insert(region, Arc::new(peer)).is_some() {
                return Err(DirectoryError::Twice(region));
            }
        }
        Ok(Self {
            own,
            own_region,
            others: Arc::new(RwLock::new(others)),
            calling: Arc::new(calling.clone()),
            earlier,
            looked: CancellationToken::new(),
        })
    }

    /// Goes by what the signed directory says of a region: where it is called and whose signatures are its own, from the next
    /// call on. One that joined is called from now on, if the directory says where and with what it signs.
    ///
    /// # Errors
    /// [`DirectoryError`]: then it stays as it was.
    pub fn go_by(&self, listed: Listed) -> Result<(), DirectoryError> {
        let region = listed.region;
        if region == self.own_region {
            return Ok(());
        }
        for key in &listed.signing {
            is_signer(region, key)?;
        }
        let bad = |error| DirectoryError::Endpoint { region, error };
        if let Some(peer) = self.other(region) {
            let endpoint = listed.endpoint.as_deref();
            peer.ways().lead_to(endpoint).map_err(bad)?;
            peer.signers().go_by(listed.signing, &listed.revoked);
            return Ok(());
        }
        let Some(endpoint) = listed.endpoint.filter(|_| !listed.signing.is_empty()) else {
            return Ok(());
        };
        let Some(peer) =
            Peer::joined(region, endpoint, listed.signing, &self.calling).map_err(bad)?
        else {
            return Ok(());
        };
        let mut others = self.others.write().unwrap_or_else(PoisonError::into_inner);
        if others.len() >= REGIONS_AT_MOST {
            return Err(DirectoryError::TooMany(region));
        }
        // Whom an officer left out stays so, whenever it comes in again. Nobody reads the regions meanwhile: a higher
        // incarnation, which takes all in again once it is written, either shows here or comes to this one too.
        if self.own.leaves_out(region)? {
            peer.leave_out();
        }
        others.entry(region).or_insert_with(|| Arc::new(peer));
        drop(others);
        tracing::info!(%region, "a region joined and is called from now on");
        Ok(())
    }

    /// With what regions signed before.
    #[must_use]
    pub fn earlier(&self) -> &Earlier {
        &self.earlier
    }

    /// The key of another region that is named, for what says that it was signed at a moment: one that it signs with, or one
    /// that the directory listed until after that. Where there is none, one under which nothing of that name holds.
    #[must_use]
    pub fn signer(&self, peer: &Peer, key_id: Digest, at: Timestamp) -> Arc<CertifiedKey> {
        let now = peer.signing_key(key_id);
        if is_named(&now, key_id) || peer.ways().is_pinned() {
            return now;
        }
        let earlier = self.earlier.named(peer.region(), key_id, at);
        earlier.unwrap_or(now)
    }

    /// The key of the own region that is named, as [`Homes::signer`], where it signs with this one now.
    #[must_use]
    pub fn own_signer(
        &self,
        now: &CertifiedKey,
        key_id: Digest,
        at: Timestamp,
    ) -> Arc<CertifiedKey> {
        self.earlier.own(self.own_region, now, key_id, at)
    }

    /// All that the clearinghouse hands out of the signed directory was looked at and is gone by since the start.
    pub fn note_looked(&self) {
        self.looked.cancel();
    }

    /// Waits for the first look at the signed directory; forever where there is no clearinghouse.
    pub async fn looked(&self) {
        self.looked.cancelled().await;
    }

    /// The door to a home region; `None` when it is not in the directory.
    #[must_use]
    pub fn of(&self, region: RegionCode) -> Option<Home> {
        if region == self.own_region {
            return Some(Home::Own {
                role: Arc::clone(&self.own),
                region,
            });
        }
        self.other(region).map(Home::Other)
    }

    /// The node of another region; `None` for the own region and for one that is not in the directory.
    #[must_use]
    pub fn other(&self, region: RegionCode) -> Option<Arc<Peer>> {
        self.read().get(&region).map(Arc::clone)
    }

    /// The other regions, as they are now.
    pub fn others(&self) -> impl Iterator<Item = (RegionCode, Arc<Peer>)> + use<> {
        let now: Vec<_> = self
            .read()
            .iter()
            .map(|(region, peer)| (*region, Arc::clone(peer)))
            .collect();
        now.into_iter()
    }

    fn read(&self) -> RwLockReadGuard<'_, Others> {
        self.others.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Checks that a key is one that a region signs with.
fn is_signer(region: RegionCode, key: &CertifiedKey) -> Result<(), DirectoryError> {
    let found = key.identity();
    if *found == Identity::RegionNodeSigning(region) {
        return Ok(());
    }
    let found = found.clone();
    Err(DirectoryError::OtherSigner { region, found })
}
