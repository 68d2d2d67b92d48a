//! What a restored node asks of another region's node: to take note of it, and to give back.

use std::time::Duration;

use huitong_core::canonical::Artifact;
use huitong_core::record::hand::ProvenHand;
use huitong_core::recovery::Returned;
use huitong_proto::conversion::Path;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::recovery_service_client::RecoveryServiceClient;
use huitong_transport::{MAX_MESSAGE_BYTES, call_within};

use super::super::guard::{LeftOut, Purpose};
use super::{HomeFault, Peer, unreadable};
use crate::store::Restored;

/// What a restored node is told when it announces itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Announced {
    /// It is on the peer's disk.
    Written,
    /// The peer knows an incarnation as high, of another restore.
    Older {
        /// That incarnation.
        known: u32,
    },
}

/// What a restored node asks a peer for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Collect {
    /// What it had given there.
    Given,
    /// What it had been given from there.
    Received,
}

/// A page of what a peer gives back, and where the next begins; empty after the last.
#[derive(Debug)]
pub struct Collected {
    /// What is given back.
    pub returned: Vec<Returned>,
    /// Where the next page begins.
    pub next: Vec<u8>,
}

/// A page of what an old home gives back to a new one: its words, by numbers.
#[derive(Debug, Default)]
pub struct Hands {
    /// The words, ascending.
    pub proven: Vec<ProvenHand>,
    /// Numbers under which nothing comes any more, because the old home has erased their people; ascending.
    pub erased: Vec<u64>,
}

impl Peer {
    /// Calls it no more, because an officer has the restored node serve without it.
    pub fn leave_out(&self) {
        self.guard.leave_out(LeftOut::Yes);
    }

    /// Calls it again.
    pub fn take_in(&self) {
        self.guard.leave_out(LeftOut::No);
    }

    /// Whether it is not called.
    #[must_use]
    pub fn is_left_out(&self) -> bool {
        self.guard.is_left_out()
    }

    /// Says that the own node was restored: its numbers are how far the own stream to the peer is written,
    /// and the peer's stream held.
    ///
    /// # Errors
    /// [`HomeFault`].
    pub async fn announce(
        &self,
        own: &Restored,
        written: u64,
        held: u64,
        within: Duration,
    ) -> Result<Announced, HomeFault> {
        use v1::announce_response::Outcome;
        let attempt = |left| async move {
            let request = v1::AnnounceRequest {
                incarnation: own.incarnation,
                mark: own.mark.to_vec(),
                receipts_written: written,
                receipts_held: held,
            };
            let mut client = RecoveryServiceClient::new(self.channel()?);
            call_within(left, request, |request| client.announce(request)).await
        };
        let answer = self.guard.call(Purpose::Ask, within, attempt).await?;
        match answer.outcome {
            Some(Outcome::ReceiptsKnown(_)) => Ok(Announced::Written),
            Some(Outcome::IncarnationKnown(known)) => Ok(Announced::Older { known }),
            None => Err(unreadable(Path::root("response").missing())),
        }
    }

    /// Asks for a page of what the own node lacks since it was restored.
    ///
    /// # Errors
    /// [`HomeFault`].
    pub async fn collect(
        &self,
        own: &Restored,
        what: Collect,
        after: Vec<u8>,
        within: Duration,
    ) -> Result<Collected, HomeFault> {
        let after = &after;
        let attempt = |left| async move {
            let request = v1::CollectRequest {
                incarnation: own.incarnation,
                mark: own.mark.to_vec(),
                after: after.clone(),
            };
            let client = RecoveryServiceClient::new(self.channel()?);
            let mut client = client.max_decoding_message_size(MAX_MESSAGE_BYTES);
            match what {
                Collect::Given => {
                    call_within(left, request, |request| client.collect_given(request)).await
                }
                Collect::Received => {
                    call_within(left, request, |request| client.collect_received(request)).await
                }
            }
        };
        let answer = self.guard.call(Purpose::Ask, within, attempt).await?;
        let path = Path::root("returned");
        let read = |bytes: &Vec<u8>| Returned::from_bytes(bytes).map_err(|error| path.wrong(error));
        let returned = answer.returned.iter().map(read);
        Ok(Collected {
            returned: returned.collect::<Result<_, _>>().map_err(unreadable)?,
            next: answer.next,
        })
    }
}
