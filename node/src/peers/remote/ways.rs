//! Where a peer is called: as the signed directory says, or as it is configured, over a few connections that are made anew
//! when that changes. Calls under way end where they began. Deliberately absent: whom to trust there, which the
//! certificate says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use huitong_certs::Identity;
use huitong_core::region::RegionCode;
use huitong_transport::{Dialer, Remarked, Remarks, TransportError};
use tonic::Status;

use crate::peers::{Calling, DirectoryEntry};

/// Connections kept to one peer.
const CONNECTIONS: usize = 4;

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

    /// The next of the channels; there is always one.
    pub(super) fn channel(&self) -> Result<Remarked, Status> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        let way = self.now();
        let channel = turn
            .checked_rem(way.channels.len())
            .and_then(|at| way.channels.get(at));
        channel
            .cloned()
            .ok_or_else(|| Status::internal("no channel"))
    }
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
