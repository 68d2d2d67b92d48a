//! Parts of cycles on their way to regions: read a few at a time, at most one for a region, and given up once nobody reads
//! or reads on.
//!
//! After netting every region asks. Nothing of a cycle is read, and nothing of it held, before there is a place. A place
//! is given back when the last piece has left, when the reader is gone, or when it takes no piece for too long.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tonic::Status;

use super::reading::{Untold, read};
use crate::refusal::{ClearingCode, Refusal};

/// The bytes of one piece.
const PIECE_BYTES: usize = 1 << 20;
/// Pieces that wait for a slow reader.
const WAITING: usize = 4;
/// Parts that are read and sent at the same time, at most.
const AT_ONCE: usize = 4;
/// How long a reader may take for one piece.
const TAKEN_WITHIN: Duration = Duration::from_secs(30);

type Piece = Result<v1::FetchPartResponse, Status>;

/// Where parts are written.
#[derive(Clone)]
pub(super) struct Parts {
    places: Arc<Semaphore>,
    regions: Arc<Mutex<BTreeSet<RegionCode>>>,
    taken_within: Duration,
}

impl Parts {
    /// Nothing is written yet.
    pub(super) fn new() -> Self {
        Self::within(TAKEN_WITHIN)
    }

    fn within(taken_within: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE)),
            regions: Arc::default(),
            taken_within,
        }
    }

    /// The pieces of a region's part, which `file` reads once there is a place. The answer begins before that.
    ///
    /// # Errors
    /// [`ClearingCode::WitnessPartUnderWay`] while an earlier one of the region is on its way.
    pub(super) fn write(
        &self,
        region: RegionCode,
        file: impl FnOnce() -> Result<Vec<u8>, Untold> + Send + 'static,
    ) -> Result<Receiver<Piece>, Refusal> {
        let one = self.one_of(region)?;
        let (to, pieces) = channel(WAITING);
        let (places, within) = (Arc::clone(&self.places), self.taken_within);
        tokio::spawn(async move {
            let place = tokio::select! {
                biased;
                () = to.closed() => return,
                place = places.acquire_owned() => place,
            };
            let Ok(place) = place else {
                return;
            };
            // Reading cannot be cut short: place and turn stay with it, also when nobody waits any more.
            let held = (place, one);
            match read(move || Ok((file()?, held))).await {
                Ok((bytes, held)) => send(&bytes, &to, within, held).await,
                // A reader that has gone needs nothing more.
                Err(refused) => drop(timeout(within, to.send(Err(refused))).await),
            }
        });
        Ok(pieces)
    }

    fn one_of(&self, region: RegionCode) -> Result<One, Refusal> {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        if !regions.insert(region) {
            return Err(Refusal::new(ClearingCode::WitnessPartUnderWay, region));
        }
        Ok(One {
            regions: Arc::clone(&self.regions),
            region,
        })
    }
}

/// The turn of a region, until it is dropped.
struct One {
    regions: Arc<Mutex<BTreeSet<RegionCode>>>,
    region: RegionCode,
}

impl Drop for One {
    fn drop(&mut self) {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        regions.remove(&self.region);
    }
}

/// Sends a file in pieces, as long as it is read, and gives the place back.
async fn send(
    bytes: &[u8],
    to: &Sender<Piece>,
    within: Duration,
    _held: (OwnedSemaphorePermit, One),
) {
    for piece in bytes.chunks(PIECE_BYTES) {
        let part = piece.to_vec();
        let sent = timeout(within, to.send(Ok(v1::FetchPartResponse { part }))).await;
        if !matches!(sent, Ok(Ok(()))) {
            return;
        }
    }
}

#[cfg(test)]
mod tests;
