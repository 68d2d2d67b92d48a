//! Transfer of the insurance relationship between two home regions (医保关系转移接续).
//!
//! Either bureau starts it; both nodes agree before anything changes. On the first day of the new cover the old home
//! freezes the person, writes the hand-over and delivers it until the new home holds it; then the new home serves,
//! and the old one keeps late claims and reversals of its own period, telling the new home what they come to.
//!
//! | module | its question |
//! |---|---|
//! | [`agree`] | Is a transfer agreed to, or called back? |
//! | [`leave`] | What does the old home write? |
//! | [`arrive`] | What follows from it at the new home? |
//! | [`onwards`] | And if the person has gone on to the next? |
//! | [`deliver`] | How does the new home come to hold it? |
//! | `rounds` | When is it delivered again? |
//! | [`seen`] | What does an officer see of it? |

pub mod agree;
pub mod arrive;
pub mod count_in;
pub mod deliver;
pub mod leave;
pub mod onwards;
mod rounds;
pub mod seen;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use huitong_certs::signing::CertifiedKey;
use huitong_core::id::{RequestId, TransferId};
use huitong_core::officer::OfficerName;
use huitong_core::record::hand::{ProvenHand, TransferOrder};
use huitong_core::record::transfer::TransferBy;
use huitong_core::refusal::{Refusal, RefusalCode, Retry};
use huitong_core::region::RegionCode;
use tokio::sync::Notify;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::error::NodeError;
use crate::group::is_signed;
use crate::home::HomeRole;
use crate::ledger::Ledger;
use crate::peers::{HomeFault, Homes, Peer};
use crate::store::{Rows, StoreError, TransferRow, TransferState};
use crate::writer::Writer;

use agree::{Agree, Agreed, CallBack, Refuse};

/// How long the other home has for its answer.
const WITHIN: Duration = Duration::from_secs(5);

/// How often a person is looked at whose record moves meanwhile.
const LOOKS: u32 = 8;

/// Where transfers are started, called back, handed over and taken.
pub struct TransferDesk {
    region: RegionCode,
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    home: Arc<HomeRole>,
    homes: Homes,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    /// Something is to be handed over now.
    due: Notify,
}

impl TransferDesk {
    /// The desk of a node.
    #[must_use]
    pub fn new(
        (ledger, writer): (Arc<Ledger>, Arc<Writer>),
        home: Arc<HomeRole>,
        homes: Homes,
        clock: Arc<dyn Clock>,
        chance: Arc<dyn Chance>,
    ) -> Self {
        Self {
            region: home.region(),
            ledger,
            writer,
            home,
            homes,
            clock,
            chance,
            due: Notify::new(),
        }
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// Starts a transfer for an officer: both homes agree, each durably. Repeated it answers the same.
    ///
    /// # Errors
    /// A refusal of either home, or the node's own trouble.
    pub async fn start(
        &self,
        by: OfficerName,
        order: TransferOrder,
    ) -> Result<TransferRow, NodeError> {
        let other = if order.new_home == self.region {
            order.person.home
        } else {
            order.new_home
        };
        let peer = self.other(other)?;
        let transfer = order.transfer;
        // The new home expects the person before the old one agrees: what is handed over is never turned away.
        if order.new_home == self.region {
            self.agree(order.clone(), TransferBy::Officer(by)).await?;
            match peer.agree_transfer(&order, WITHIN).await {
                Ok(()) => {}
                // What is refused for now only is asked again under the same id.
                Err(HomeFault::Refused(refusal)) if refusal.code.retry() == Retry::No => {
                    let told = refusal.clone();
                    self.writer.run(Refuse { transfer, refusal }).await?;
                    return Err(told.into());
                }
                Err(fault) => return Err(untold(fault)),
            }
        } else {
            self.look(&order).await?;
            peer.agree_transfer(&order, WITHIN).await.map_err(untold)?;
            self.agree(order, TransferBy::Officer(by)).await?;
        }
        self.row(transfer)
    }

    /// Whether this home would agree, without a trace.
    async fn look(&self, order: &TransferOrder) -> Result<(), NodeError> {
        let command = self
            .agreeing(order.clone(), TransferBy::Region(order.new_home))
            .await?;
        match command.looked_at(&*self.ledger, self.clock.now())? {
            Agreed::Refused(refusal) => Err(refusal.into()),
            Agreed::Conflict => Err(NodeError::refused(RefusalCode::IdConflict, order.transfer)),
            // It is looked at again when it is agreed to.
            Agreed::Done | Agreed::Moved => Ok(()),
        }
    }

    /// Agrees to a transfer that this region has a part in.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn agree(&self, order: TransferOrder, by: TransferBy) -> Result<(), NodeError> {
        let transfer = order.transfer;
        for _ in 0..LOOKS {
            let command = self.agreeing(order.clone(), by.clone()).await?;
            match self.writer.run(command).await?.answer {
                Agreed::Done => {
                    self.due.notify_one();
                    return Ok(());
                }
                Agreed::Moved => {}
                Agreed::Conflict => {
                    return Err(NodeError::refused(RefusalCode::IdConflict, transfer));
                }
                Agreed::Refused(refusal) => return Err(refusal.into()),
            }
        }
        Err(NodeError::refused(RefusalCode::Overloaded, transfer))
    }

    async fn agreeing(&self, order: TransferOrder, by: TransferBy) -> Result<Agree, NodeError> {
        let psn_no = order.person.psn_no;
        let (read_at, settled_since) = if order.person.home == self.region {
            let read_at = leave::change_of(&self.ledger, psn_no)?;
            self.ledger.barrier().await?;
            let from = order.cover.days.from();
            let since = leave::settled_since(&self.ledger, self.region, psn_no, from)?;
            (read_at, since)
        } else {
            (0, None)
        };
        Ok(Agree {
            own: self.region,
            order,
            by,
            settled_since,
            read_at,
        })
    }

    /// Calls a transfer back for an officer. The old home decides; the new one follows.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn call_back(
        &self,
        by: OfficerName,
        transfer: TransferId,
    ) -> Result<TransferRow, NodeError> {
        let order = self.row(transfer)?.order;
        let is_new = order.new_home == self.region;
        let other = if is_new {
            order.person.home
        } else {
            order.new_home
        };
        let peer = self.other(other)?;
        if is_new {
            match peer.cancel_transfer(&order, WITHIN).await {
                Ok(()) => {}
                // The old home never agreed to it.
                Err(HomeFault::Refused(refusal))
                    if refusal.code == RefusalCode::TransferUnknown => {}
                Err(fault) => return Err(untold(fault)),
            }
        }
        self.cancel(transfer, TransferBy::Officer(by)).await?;
        if !is_new && let Err(fault) = peer.cancel_transfer(&order, WITHIN).await {
            // It expects somebody who does not come: its own officer calls that back.
            tracing::warn!(%transfer, %other, %fault, "the new home was not told that a transfer is called back");
        }
        self.row(transfer)
    }

    /// Calls a transfer back here.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn cancel(&self, transfer: TransferId, by: TransferBy) -> Result<(), NodeError> {
        let order = None;
        let command = CallBack {
            transfer,
            by,
            order,
        };
        match self.writer.run(command).await?.answer {
            None => Ok(()),
            Some(refusal) => Err(refusal.into()),
        }
    }

    /// Whether anything is known here of a transfer.
    ///
    /// # Errors
    /// [`StoreError`] when a row cannot be read.
    pub fn knows(&self, transfer: TransferId) -> Result<bool, StoreError> {
        Ok(self.ledger.transfer(transfer)?.is_some())
    }

    /// Old home: calls back what it has not agreed to yet. The agreement may be on its way still, and finds that.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn never_agree(&self, order: TransferOrder, by: TransferBy) -> Result<(), NodeError> {
        let transfer = order.transfer;
        let order = Some(order).filter(|order| order.person.home == self.region);
        let command = CallBack {
            transfer,
            by,
            order,
        };
        match self.writer.run(command).await?.answer {
            None => Ok(()),
            Some(refusal) => Err(refusal.into()),
        }
    }

    /// The two homes of a transfer.
    ///
    /// # Errors
    /// `transfer.unknown`, or the node's own trouble.
    pub fn row(&self, transfer: TransferId) -> Result<TransferRow, NodeError> {
        let row = self.ledger.transfer(transfer)?;
        row.ok_or_else(|| NodeError::refused(RefusalCode::TransferUnknown, transfer))
    }

    /// The transfer by which a person came here from a region whose node asks.
    ///
    /// # Errors
    /// As [`TransferDesk::row`].
    pub fn arrived_from(
        &self,
        old_home: RegionCode,
        transfer: TransferId,
    ) -> Result<TransferRow, NodeError> {
        let row = self.row(transfer)?;
        let has_arrived = matches!(row.state, TransferState::Arrived(_));
        if has_arrived && row.order.person.home == old_home {
            Ok(row)
        } else {
            Err(NodeError::refused(RefusalCode::TransferUnknown, transfer))
        }
    }

    fn other(&self, region: RegionCode) -> Result<Arc<Peer>, NodeError> {
        let peer = self.homes.other(region);
        peer.ok_or_else(|| NodeError::refused(RefusalCode::UnknownRegion, region))
    }
}

/// The id of a transfer: it follows from the region and the officer who starts it, and their own id.
#[must_use]
pub fn transfer_id(region: RegionCode, by: &OfficerName, request: RequestId) -> TransferId {
    use huitong_core::canonical::encode_to_vec;
    use huitong_core::digest::sha256_parts;
    let digest = sha256_parts(&[
        b"HTTR\x00\x01",
        &encode_to_vec(&(region, by.clone(), request)),
    ]);
    let (first, _) = digest
        .as_bytes()
        .split_first_chunk::<16>()
        .unwrap_or((&[0; 16], &[]));
    TransferId::from_bytes(*first)
}

/// What whoever asked is told when the other home gave no answer.
fn untold(fault: HomeFault) -> NodeError {
    match fault {
        HomeFault::Refused(refusal) => NodeError::Refused(refusal),
        HomeFault::Pushed { refusal, after } => NodeError::Pushed(refusal, after),
        HomeFault::Unreachable(why) => {
            NodeError::Refused(Refusal::new(RefusalCode::HomeUnreachable, why))
        }
    }
}

/// Whether this is an old home's word to a new one, signed with the old home's key.
#[must_use]
pub fn is_word(
    hand: &ProvenHand,
    old_home: RegionCode,
    new_home: RegionCode,
    signer: &CertifiedKey,
) -> bool {
    let word = &hand.word;
    let is_between = word.old_home == old_home && word.new_home == new_home;
    is_between && hand.is_in_group() && is_signed(&hand.proof.group, signer)
}

/// A row that must be there.
fn there<T>(row: Option<T>, what: &'static str) -> Result<T, StoreError> {
    row.ok_or(StoreError::Inconsistent(what))
}
