//! Delivering receipts and reversals to treatment regions until they are acknowledged (PROTOCOL 8, 10).
//!
//! Most are acknowledged in passing, with the treatment region's next question. What is not within a while is
//! delivered: answers that were lost, reversals that nobody there asked for, and what a restored node lacks.
//! Regions are delivered to side by side, and each for as long as it goes on taking: none waits for another.
//! The own treatment role is delivered to like any other, in process.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use huitong_core::date::Timestamp;
use huitong_core::record::{NodeRecord, ReceiptsAcknowledged};
use huitong_core::region::RegionCode;
use huitong_core::reversal::HomeWord;
use tokio_util::sync::CancellationToken;

use crate::chance::jittered;
use crate::error::NodeError;
use crate::home::HomeRole;
use crate::home::receipts::{Sent, sent_from};
use crate::peers::{HomeFault, Homes, Peer};
use crate::regions::SideBySide;
use crate::store::{Rows, StoreError, Stream, StreamHead};
use crate::treatment::TreatmentRole;
use crate::writer::{Command, Verdict};

/// Receipts and reversals of one delivery.
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

/// Whom a round delivers to.
enum Receiver {
    Own(Arc<TreatmentRole>),
    Other(Arc<Peer>),
}

impl HomeRole {
    /// Delivers until told to stop: what is not acknowledged by the time of a round, and was written before
    /// the round before. A region that is still delivered to when a round begins has its own later.
    pub async fn deliver(
        self: Arc<Self>,
        own: Arc<TreatmentRole>,
        homes: Homes,
        every: Duration,
        stop: CancellationToken,
    ) {
        let mut seen: BTreeMap<RegionCode, u64> = BTreeMap::new();
        let mut delivering = SideBySide::new();
        loop {
            let others = homes.others();
            let others = others.map(|(region, peer)| (region, Receiver::Other(peer)));
            let own = std::iter::once((self.region(), Receiver::Own(Arc::clone(&own))));
            for (region, receiver) in own.chain(others) {
                let due = seen.get(&region).copied().unwrap_or(u64::MAX);
                delivering.begin(region, || {
                    let role = Arc::clone(&self);
                    async move { role.deliver_to(region, &receiver, due, every).await }
                });
            }
            let next = tokio::time::sleep(jittered(&*self.chance, every));
            tokio::pin!(next);
            loop {
                let (region, delivered) = tokio::select! {
                    biased;
                    () = stop.cancelled() => return,
                    done = delivering.done() => done,
                    () = &mut next => break,
                };
                match delivered {
                    Some(Ok(written)) => drop(seen.insert(region, written)),
                    Some(Err(error)) => {
                        tracing::warn!(%region, %error, "receipts were not delivered");
                    }
                    None => tracing::error!(%region, "a delivery broke off"),
                }
            }
        }
    }

    /// One round for one region: how many receipts and reversals are written for it when it begins.
    async fn deliver_to(
        &self,
        region: RegionCode,
        receiver: &Receiver,
        due: u64,
        within: Duration,
    ) -> Result<u64, NodeError> {
        let head = self
            .ledger
            .stream(Stream::Receipts(region))?
            .unwrap_or(StreamHead::EMPTY);
        // Nobody tells in passing how far the own treatment role is.
        if let Receiver::Own(role) = receiver
            && self.acknowledged(region)? < head.written
        {
            let held = role.take_delivered(region, Vec::new()).await?;
            self.acknowledge(region, held)?;
        }
        let mut held = self.acknowledged(region)?;
        // At the first round everything is due: the node has just started.
        while held < head.written.min(due) {
            // What is told to a peer is synced.
            self.ledger.barrier().await?;
            let sent = sent_from(&self.ledger, region, held.saturating_add(1), BATCH)?;
            // A restored region that lacks what is erased was told so before it served.
            let words = sent.into_iter().filter_map(Sent::into_word).collect();
            match receiver.deliver(region, words, within).await {
                Ok(held) => self.acknowledge(region, held)?,
                Err(fault) => {
                    tracing::warn!(%region, %fault, "receipts were not taken");
                    break;
                }
            }
            let before = std::mem::replace(&mut held, self.acknowledged(region)?);
            if held <= before {
                break;
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

impl Receiver {
    /// Up to which number it holds the stream now, durably booked.
    async fn deliver(
        &self,
        region: RegionCode,
        sent: Vec<HomeWord>,
        within: Duration,
    ) -> Result<u64, HomeFault> {
        match self {
            Self::Own(role) => {
                let taken = role.take_delivered(region, sent).await;
                taken.map_err(|error| HomeFault::Refused(error.refusal()))
            }
            Self::Other(peer) => {
                let within = within.max(Duration::from_secs(1));
                peer.deliver(&sent, within).await
            }
        }
    }
}
