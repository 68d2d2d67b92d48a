//! Where a peer is called: as the signed directory says, or as it is configured, over a few connections that are made anew
//! when that changes. Calls under way end where they began. Deliberately absent: whom to trust there, which the
//! certificate says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use huitong_certs::Identity;
use huitong_core::region::RegionCode;
use huitong_transport::{Dialer, Remarked, Remarks, TransportError};
use tonic::Status;

use crate::peers::guard::Load;
use crate::peers::{Calling, DirectoryEntry};

/// Connections kept to one peer.
const CONNECTIONS: usize = 4;
/// Calls under way that share a connection before the next one is used as well. What is sent at the same time over one goes out
/// together, with fewer wakings and writes at both ends; it is more than one only where one is no longer enough.
const SHARING: usize = 64;

/// Where a peer is called.
pub struct Ways {
    region: RegionCode,
    /// None for a region that joined.
    configured: Option<String>,
    pinned: bool,
    now: RwLock<Arc<Way>>,
    dialer: Dialer,
    remarks: Option<Arc<dyn Remarks>>,
    next: AtomicUsize,
}

/// An endpoint, and the channels there.
struct Way {
    endpoint: String,
    channels: Vec<Remarked>,
}

impl Ways {
    /// To a configured region.
    pub(super) fn configured_at(
        entry: &DirectoryEntry,
        calling: &Calling,
    ) -> Result<Self, TransportError> {
        Self::new(entry.region, &entry.endpoint, calling).map(|ways| Self {
            configured: Some(entry.endpoint.clone()),
            pinned: entry.pinned,
            ..ways
        })
    }

    /// To a region that joined.
    pub(super) fn listed_at(
        region: RegionCode,
        endpoint: String,
        calling: &Calling,
    ) -> Result<Self, TransportError> {
        Self::new(region, &endpoint, calling)
    }

    fn new(region: RegionCode, endpoint: &str, calling: &Calling) -> Result<Self, TransportError> {
        let (dialer, remarks) = (calling.dialer.clone(), calling.remarks.clone());
        let way = way(region, endpoint, &dialer, remarks.as_ref())?;
        Ok(Self {
            region,
            configured: None,
            pinned: false,
            now: RwLock::new(Arc::new(way)),
            dialer,
            remarks,
            next: AtomicUsize::new(0),
        })
    }

    /// Where it is called now.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.now().endpoint.clone()
    }

    /// Where the configuration says that it is; none for a region that joined.
    #[must_use]
    pub fn configured(&self) -> Option<&str> {
        self.configured.as_deref()
    }

    /// Whether that stands whatever the signed directory says.
    #[must_use]
    pub const fn is_pinned(&self) -> bool {
        self.pinned
    }

    /// Calls it from now on where the signed directory says that it is, or where it is configured when that says nothing.
    ///
    /// # Errors
    /// [`TransportError::BadEndpoint`]: then it is called where it was.
    pub fn lead_to(&self, listed: Option<&str>) -> Result<(), TransportError> {
        let listed = listed.filter(|_| !self.pinned);
        let Some(endpoint) = listed.or(self.configured.as_deref()) else {
            return Ok(());
        };
        if self.now().endpoint == endpoint {
            return Ok(());
        }
        let way = way(self.region, endpoint, &self.dialer, self.remarks.as_ref())?;
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(way);
        let region = self.region;
        tracing::info!(%region, endpoint, "a region's node is called elsewhere from now on");
        Ok(())
    }

    fn now(&self) -> Arc<Way> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The channel for one more call beside those under way; there is always one. Each call that was lost moves on to the
    /// next, so that a connection which nobody answers any more is not called again and again.
    pub(super) fn channel(&self, load: Load) -> Result<Remarked, Status> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let way = self.now();
        let channel = chosen(load, turn, way.channels.len()).and_then(|nth| way.channels.get(nth));
        channel
            .cloned()
            .ok_or_else(|| Status::internal("no channel"))
    }
}

/// Which of so many channels the call takes: the first that are enough for those under way, in turn, counted on from the last
/// that lost a call.
fn chosen(load: Load, turn: usize, channels: usize) -> Option<usize> {
    let full = load.under_way.checked_div(SHARING).unwrap_or_default();
    let nth = turn.checked_rem(full.saturating_add(1)).unwrap_or_default();
    load.lost.wrapping_add(nth).checked_rem(channels)
}

fn way(
    region: RegionCode,
    endpoint: &str,
    dialer: &Dialer,
    remarks: Option<&Arc<dyn Remarks>>,
) -> Result<Way, TransportError> {
    let open = |_| {
        let party = Identity::RegionNode(region);
        let channel = dialer.connect_lazy(endpoint, party.clone())?;
        Ok(Remarked::new(channel, party, remarks.cloned()))
    };
    Ok(Way {
        endpoint: endpoint.to_owned(),
        channels: (0..CONNECTIONS).map(open).collect::<Result<_, _>>()?,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn all_chosen(under_way: usize, lost: usize) -> BTreeSet<usize> {
        let load = Load { under_way, lost };
        let chosen = |turn| chosen(load, turn, CONNECTIONS).unwrap();
        (0..100).map(chosen).collect()
    }

    #[test]
    fn calls_share_a_connection_until_there_are_too_many_for_it() {
        assert_eq!(all_chosen(0, 0), BTreeSet::from([0]));
        assert_eq!(all_chosen(SHARING - 1, 0), BTreeSet::from([0]));
        assert_eq!(all_chosen(SHARING, 0), BTreeSet::from([0, 1]));
        assert_eq!(all_chosen(SHARING * 3, 0), BTreeSet::from([0, 1, 2, 3]));
        assert_eq!(all_chosen(SHARING * 100, 0), BTreeSet::from([0, 1, 2, 3]));
    }

    #[test]
    fn a_call_that_was_lost_moves_the_next_one_to_another_connection() {
        assert_eq!(all_chosen(1, 1), BTreeSet::from([1]));
        assert_eq!(all_chosen(1, CONNECTIONS), BTreeSet::from([0]));
        assert_eq!(all_chosen(SHARING, 3), BTreeSet::from([3, 0]));
        let load = Load {
            under_way: 1,
            lost: 1,
        };
        assert_eq!(chosen(load, 0, 0), None, "there is none");
    }
}
