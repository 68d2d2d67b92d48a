//! Handing over what is due, and delivering words to new homes until they are acknowledged (PROTOCOL 20).
//!
//! Nothing leaves before it is synced, and what is acknowledged is durably taken. A late claim that was put to a new
//! home when the node stopped is brought to its outcome.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use huitong_core::date::Timestamp;
use huitong_core::id::{SettlementId, TransferId};
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::{Handed, LateOffer, LateStanding, ProvenHand};
use huitong_core::record::transfer::HandsAcknowledged;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_transport::Deadline;
use tokio_util::sync::CancellationToken;

use super::arrive::Take;
use super::count_in::{CountIn, standing};
use super::leave::{Freeze, WriteHandOver, change_of, standing_visits, words_from};
use super::onwards::Came;
use super::rounds::Rounds;
use super::{TransferDesk, WITHIN, is_word, untold};
use crate::chance::{jittered, salt};
use crate::error::NodeError;
use crate::home::late::{Answer, NewHomes, Offered};
use crate::ledger::WriteError;
use crate::peers::{Hands, Peer};
use crate::store::{
    HomeId, Key, Leaving, Rows, StoreError, Stream, StreamHead, Table, TransferState, incarnation,
};
use crate::writer::{Command, Verdict};

/// Words of one delivery.
pub const BATCH: usize = 64;

/// Writes down how far a new home holds the words to it.
struct Acknowledge(HandsAcknowledged);

impl Command for Acknowledge {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, _now: Timestamp) -> Result<Verdict<()>, StoreError> {
        let HandsAcknowledged { new_home, up_to } = self.0;
        let head = rows.stream(Stream::Hands(new_home))?;
        let head = head.unwrap_or(StreamHead::EMPTY);
        // More than was written cannot be held.
        let up_to = up_to.min(head.written);
        if up_to <= head.acknowledged {
            return Ok(Verdict::Answer(()));
        }
        let record = HandsAcknowledged { new_home, up_to };
        Ok(Verdict::Append(
            vec![NodeRecord::HandsAcknowledged(record)],
            (),
        ))
    }
}

/// Ends a delivery before a word that something is given up: a new home of an earlier version reads no delivery that has one in
/// it, and takes what comes before.
pub(super) fn up_to_given_up(words: &mut Vec<ProvenHand>) {
    let mut after_first = words.iter().skip(1);
    let is_given_up = |hand: &ProvenHand| matches!(hand.word.handed, Handed::GivenUp(_));
    if let Some(nth) = after_first.position(is_given_up) {
        words.truncate(nth.saturating_add(1));
    }
}

impl TransferDesk {
    /// Hands over and delivers until told to stop. New homes are delivered to side by side: none waits for another.
    pub async fn run(self: Arc<Self>, every: Duration, stop: CancellationToken) {
        let mut rounds = Rounds::new();
        loop {
            if let Err(error) = self.round(&mut rounds).await {
                tracing::warn!(%error, "transfers wait");
            }
            let wait = jittered(&*self.chance, every);
            if !rounds.next(&self.due, wait, &stop).await {
                return;
            }
        }
    }

    async fn round(self: &Arc<Self>, rounds: &mut Rounds) -> Result<(), NodeError> {
        let mut last = None;
        while let Some(key) = self.next(Table::OpenTransfer, last.as_ref())? {
            if let Key::OpenTransfer(transfer) = key
                && let Err(error) = self.hand_over(transfer).await
            {
                tracing::warn!(%transfer, %error, "a person is not handed over yet");
            }
            last = Some(key);
        }
        // Hand-overs do not wait for a late claim that cannot be read.
        let mut late = self.late_claims().unwrap_or_else(|error| {
            tracing::error!(%error, "late claims wait");
            BTreeMap::new()
        });
        for (region, peer) in self.homes.others() {
            let late = late.remove(&Some(region)).unwrap_or_default();
            rounds.begin(region, || {
                let desk = Arc::clone(self);
                async move {
                    if let Err(error) = desk.deliver_to(region, &peer).await {
                        tracing::warn!(%region, %error, "a hand-over was not taken yet");
                    }
                    desk.finish(late).await;
                }
            });
        }
        // Those that are put to nobody, or to nobody who is known.
        for late in late.into_values() {
            self.finish(late).await;
        }
        Ok(())
    }

    /// What was put to new homes and has no outcome, by new home.
    fn late_claims(&self) -> Result<BTreeMap<Option<RegionCode>, Vec<HomeId>>, StoreError> {
        let mut late = BTreeMap::<_, Vec<_>>::new();
        let mut last = None;
        while let Some(key) = self.next(Table::LateClaim, last.as_ref())? {
            if let Key::LateClaim(treatment, settlement) = key {
                let of = HomeId {
                    treatment,
                    settlement,
                };
                let new_home = self.asked(treatment, settlement)?;
                late.entry(new_home).or_default().push(of);
            }
            last = Some(key);
        }
        Ok(late)
    }

    /// Brings what was put to a new home to its outcome. One that does not answer is asked once in a round.
    async fn finish(&self, late: Vec<HomeId>) {
        for of in late {
            let HomeId {
                treatment,
                settlement,
            } = of;
            let due = Deadline::after(WITHIN);
            if let Err(error) = self.home.finish_late(treatment, settlement, due).await {
                tracing::warn!(%settlement, %error, "a late claim waits for the new home");
                if is_unreachable(&error) {
                    return;
                }
            }
        }
    }

    /// The new home that a late claim is put to.
    fn asked(
        &self,
        treatment: RegionCode,
        settlement: SettlementId,
    ) -> Result<Option<RegionCode>, StoreError> {
        let Some(row) = self.ledger.late_claim(treatment, settlement)? else {
            return Ok(None);
        };
        let relation = self.ledger.relation(row.psn_no)?;
        Ok(relation.and_then(|row| Some(row.leaving?.new_home)))
    }

    /// The key after another, or the first: however many there are, each has its turn.
    fn next(&self, table: Table, last: Option<&Key>) -> Result<Option<Key>, StoreError> {
        let rows = match last {
            None => self.ledger.scan(table, 1)?,
            Some(last) => self.ledger.scan_after(table, last, 1)?,
        };
        Ok(rows.into_iter().next().map(|(key, _)| key))
    }

    /// Writes the hand-over of a transfer, if its day has come.
    async fn hand_over(&self, transfer: TransferId) -> Result<(), NodeError> {
        self.writer.run(Freeze(transfer)).await?;
        let Some(row) = self.ledger.transfer(transfer)? else {
            return Ok(());
        };
        if row.state != TransferState::Frozen {
            return Ok(());
        }
        let (psn_no, from) = (row.order.person.psn_no, row.order.cover.days.from());
        let read_at = change_of(&self.ledger, psn_no)?;
        self.ledger.barrier().await?;
        let command = WriteHandOver {
            own: self.region,
            transfer,
            visits: standing_visits(&self.ledger, self.region, psn_no, from)?,
            read_at,
            salt: salt(&*self.chance),
        };
        self.writer.run(command).await?;
        Ok(())
    }

    async fn deliver_to(&self, region: RegionCode, peer: &Peer) -> Result<(), NodeError> {
        loop {
            let head = self.ledger.stream(Stream::Hands(region))?;
            let head = head.unwrap_or(StreamHead::EMPTY);
            if head.acknowledged >= head.written {
                return Ok(());
            }
            // What is told to a peer is synced.
            self.ledger.barrier().await?;
            let from = head.acknowledged.saturating_add(1);
            let mut words = words_from(&self.ledger, region, from, BATCH)?.proven;
            up_to_given_up(&mut words);
            let held = peer
                .deliver_hands(&words, incarnation(&*self.ledger)?, WITHIN)
                .await
                .map_err(untold)?;
            if held <= head.acknowledged {
                let why = format!("{region} holds {held} of {}", head.written);
                return Err(NodeError::refused(RefusalCode::OutcomeUnknown, why));
            }
            let new_home = region;
            let acknowledged = HandsAcknowledged {
                new_home,
                up_to: held,
            };
            self.writer.run(Acknowledge(acknowledged)).await?;
        }
    }

    /// Takes words that an old home delivers; the highest number that is held then.
    ///
    /// # Errors
    /// A refusal when one is not that region's word to this one, or the node's own trouble.
    pub async fn take(
        &self,
        (peer, incarnation): (RegionCode, u32),
        hands: Vec<ProvenHand>,
    ) -> Result<u64, NodeError> {
        let old_home = self.other(peer)?;
        // Where nothing is taken, what is taken elsewhere at this moment counts once it is on disk.
        let mut held = self.ledger.on_disk().hands_held(peer)?.unwrap_or_default();
        for hand in hands {
            let word = &hand.word;
            let key_id = hand.proof.group.key_id;
            let signer = self.homes.signer(&old_home, key_id, word.at);
            if !is_word(&hand, peer, self.region, &signer) {
                tracing::error!(region = %peer, number = word.number, "a hand-over is not its region's word");
                let why = format!("hands: number {} is not signed by {peer}", word.number);
                return Err(NodeError::refused(RefusalCode::Malformed, why));
            }
            let command = Take {
                own: self.region,
                came: Came::Sent(incarnation),
                hand,
                salt: salt(&*self.chance),
            };
            held = self
                .writer
                .run(command)
                .await?
                .answer
                .map_err(NodeError::from)?;
        }
        Ok(held)
    }

    /// How a person stands who came from an old home.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn late_standing(
        &self,
        old_home: RegionCode,
        transfer: TransferId,
    ) -> Result<LateStanding, NodeError> {
        let row = self.arrived_from(old_home, transfer)?;
        let told = standing(&*self.ledger, &row)?;
        self.ledger.barrier().await?;
        Ok(told)
    }

    /// Counts a late claim of an old home in.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn count_in(
        &self,
        (old_home, sent_in): (RegionCode, u32),
        offer: LateOffer,
    ) -> Result<Offered, NodeError> {
        let row = self.arrived_from(old_home, offer.supplement.transfer)?;
        if row.order.number != offer.supplement.number {
            return Err(NodeError::refused(RefusalCode::UnknownPerson, self.region));
        }
        let command = CountIn {
            old_home,
            sent_in,
            offer,
        };
        self.writer
            .run(command)
            .await?
            .answer
            .map_err(NodeError::from)
    }

    /// Words to a new home that was restored, from the number after `held` on.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn words_after(&self, new_home: RegionCode, held: u64) -> Result<Hands, NodeError> {
        self.ledger.barrier().await?;
        Ok(words_from(
            &self.ledger,
            new_home,
            held.saturating_add(1),
            BATCH,
        )?)
    }
}

fn is_unreachable(error: &NodeError) -> bool {
    matches!(error, NodeError::Refused(refusal) if refusal.code == RefusalCode::HomeUnreachable)
}

/// The home role's way to new homes. It ends with the desk.
pub struct WayThere(Weak<TransferDesk>);

impl WayThere {
    /// By way of a desk.
    #[must_use]
    pub fn of(desk: &Arc<TransferDesk>) -> Arc<Self> {
        Arc::new(Self(Arc::downgrade(desk)))
    }

    fn desk(&self) -> Result<Arc<TransferDesk>, NodeError> {
        self.0.upgrade().ok_or_else(|| WriteError::Closed.into())
    }
}

impl NewHomes for WayThere {
    fn standing(&self, leaving: Leaving, due: Deadline) -> Answer<'_, LateStanding> {
        Box::pin(async move {
            let desk = self.desk()?;
            let peer = desk.other(leaving.new_home)?;
            let within = due.at_most(WITHIN).remaining();
            let told = peer.late_standing(leaving.transfer, within).await;
            told.map_err(untold)
        })
    }

    fn offer(&self, new_home: RegionCode, offer: LateOffer, due: Deadline) -> Answer<'_, Offered> {
        Box::pin(async move {
            let desk = self.desk()?;
            let peer = desk.other(new_home)?;
            let sent_in = incarnation(&*desk.ledger)?;
            let within = due.at_most(WITHIN).remaining();
            let told = peer.offer_supplement(&offer, sent_in, within).await;
            told.map_err(untold)
        })
    }
}
