//! Delivering receipts to treatment regions until they are acknowledged (PROTOCOL 8).
//!
//! Most receipts are acknowledged in passing, with the treatment region's next question. What is not within
//! a while is delivered: answers that were lost, and receipts that a restored node lacks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use huitong_core::date::Timestamp;
use huitong_core::record::{NodeRecord, ReceiptsAcknowledged};
use huitong_core::region::RegionCode;
use tokio_util::sync::CancellationToken;

use crate::chance::jittered;
use crate::error::NodeError;
use crate::home::HomeRole;
use crate::home::receipts::receipts_from;
use crate::peers::{Homes, Peer};
use crate::store::{Rows, StoreError, Stream, StreamHead};
use crate::writer::{Command, Verdict};

/// Receipts of one delivery.
const BATCH: usize = 256;

/// Writes down how far a treatment region holds its receipts.
struct Acknowledge {
    treatment: RegionCode,
    up_to: u64,
}

impl Command for Acknowledge {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, _now: Timestamp) -> Result<Verdict<()>, StoreError> {
        let Self { treatment, up_to } = self;
        let head = rows
            .stream(Stream::Receipts(treatment))?
            .unwrap_or(StreamHead::EMPTY);
        if up_to <= head.acknowledged {
            return Ok(Verdict::Answer(()));
        }
        let record = ReceiptsAcknowledged { treatment, up_to };
        Ok(Verdict::Append(
            vec![NodeRecord::ReceiptsAcknowledged(record)],
            (),
        ))
    }
}

impl HomeRole {
    /// Delivers until told to stop: what is not acknowledged by the time of a round, and was written before
    /// the round before.
    pub async fn deliver(self: Arc<Self>, homes: Homes, every: Duration, stop: CancellationToken) {
        let mut seen: BTreeMap<RegionCode, u64> = BTreeMap::new();
        loop {
            for (region, peer) in homes.others() {
                let due = seen.get(&region).copied().unwrap_or(u64::MAX);
                match self.deliver_to(region, peer, due, every).await {
                    Ok(written) => drop(seen.insert(region, written)),
                    Err(error) => tracing::warn!(%region, %error, "receipts were not delivered"),
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(jittered(every)) => {}
            }
        }
    }

    /// One round for one region: how many receipts are written for it.
    async fn deliver_to(
        &self,
        region: RegionCode,
        peer: &Peer,
        due: u64,
        within: Duration,
    ) -> Result<u64, NodeError> {
        let head = self
            .ledger
            .stream(Stream::Receipts(region))?
            .unwrap_or(StreamHead::EMPTY);
        let held = self.acknowledged(region)?;
        // At the first round everything is due: the node has just started.
        if held < head.written.min(due) {
            // What is told to a peer is synced.
            self.ledger.barrier().await?;
            let receipts = receipts_from(&self.ledger, region, held.saturating_add(1), BATCH)?;
            match peer
                .deliver(&receipts, within.max(Duration::from_secs(1)))
                .await
            {
                Ok(held) => self.acknowledge(region, held)?,
                Err(fault) => tracing::warn!(%region, %fault, "receipts were not taken"),
            }
        }
        let up_to = self.acknowledged(region)?;
        if up_to > head.acknowledged {
            self.writer
                .run(Acknowledge {
                    treatment: region,
                    up_to,
                })
                .await?;
        }
        Ok(head.written)
    }
}
