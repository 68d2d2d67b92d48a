//! The other regions' nodes: where each is, who it must prove to be, and the key it signs with.
//!
//! It begins with the list in the configuration and follows the signed directory (`crate::directory`): where a node is, with
//! what it signs, and which regions joined. A region of neither is refused, and a home region is asked through one door
//! ([`Home`]) whether it is another node or this one.

pub mod breaker;
pub mod budget;
mod configured;
pub mod guard;
mod homes;
mod remote;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use huitong_certs::Identity;
use huitong_certs::signing::CertifiedKey;
use huitong_core::claim::Claim;
use huitong_core::coverage::{PersonVersion, Snapshot};
use huitong_core::decision::Decision;
use huitong_core::deduction::{DeductionWord, SignedDeduction};
use huitong_core::digest::Digest;
use huitong_core::id::{ReversalId, SettlementId};
use huitong_core::person::PersonRef;
use huitong_core::provisional::Used;
use huitong_core::publication::SignedStatement;
use huitong_core::refusal::Refusal;
use huitong_core::region::RegionCode;
use huitong_core::reversal::ReversalOrder;
use huitong_transport::{Certified, Deadline, Dialer, Remarks, TransportError};

use crate::chance::Chance;
use crate::error::NodeError;
use crate::home::{
    AbandonOutcome, CommitOrder, CommitOutcome, HomeRole, ReverseOutcome, SnapshotAsk,
};
use crate::measures::Measures;
use crate::store::StoreError;

pub use breaker::BreakerRule;
pub use budget::BudgetRule;
pub use configured::Configured;
pub use guard::PeerLimits;
pub use homes::Homes;
pub use remote::{Announced, Collect, Collected, Hands, Peer, Signers, Ways};

/// The most regions that are called; the country has about 400.
pub const REGIONS_AT_MOST: usize = 1_000;

/// One region of the configured directory.
#[derive(Debug, Clone)]
pub struct DirectoryEntry {
    /// The region.
    pub region: RegionCode,
    /// Its node, `https://host:port`.
    pub endpoint: String,
    /// The key it signs with, proven by its certificate, which is renewed as its file is.
    pub signing: Certified,
    /// Whether endpoint and key stand whatever the signed directory says.
    pub pinned: bool,
}

/// What the signed directory says of a region.
#[derive(Debug, Clone)]
pub struct Listed {
    /// The region.
    pub region: RegionCode,
    /// Its node; none where the directory does not say it.
    pub endpoint: Option<String>,
    /// The keys it signs with, proven by their certificates; none where the directory does not say it.
    pub signing: Vec<CertifiedKey>,
    /// The names of keys of which any certificate is revoked: they count under no other, wherever that comes from.
    pub revoked: BTreeSet<Digest>,
}

/// Why an entry of the directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The signing certificate is another party's.
    #[error("region {region}: the signing certificate is {found}'s")]
    OtherSigner {
        /// The entry.
        region: RegionCode,
        /// Whose certificate it is.
        found: Identity,
    },
    /// The region has two entries.
    #[error("region {0} is in the directory twice")]
    Twice(RegionCode),
    /// There are more regions than are called.
    #[error("region {0}: nodes of at most {REGIONS_AT_MOST} regions are called")]
    TooMany(RegionCode),
    /// The endpoint cannot be used.
    #[error("region {region}: {error}")]
    Endpoint {
        /// The entry.
        region: RegionCode,
        /// What is wrong.
        error: TransportError,
    },
    /// Whether a region was left out cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A policy as another region's node sent it.
#[derive(Debug, Clone)]
pub struct FetchedPolicy {
    /// The document.
    pub document: Vec<u8>,
    /// What the region signed of it.
    pub statement: SignedStatement,
}

/// Why a home region gave no answer.
#[derive(Debug, Clone, thiserror::Error)]
pub enum HomeFault {
    /// It refused, without an outcome for the id.
    #[error(transparent)]
    Refused(Refusal),
    /// It was not asked, or has no room now: it may be asked again after so long.
    #[error("{refusal}")]
    Pushed {
        /// What whoever asked is told.
        refusal: Refusal,
        /// How long to wait.
        after: Duration,
    },
    /// It was not reached, or did not answer, or not in a way that can be read.
    #[error("{0}")]
    Unreachable(String),
}

/// How a visit stands where the person was treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitStanding {
    /// Nothing of it is settled or open.
    Free,
    /// It is settled under this id.
    Settled(SettlementId),
    /// The outcome of this id is not known yet.
    InProgress(SettlementId),
    /// It is settled provisionally under this id, and waits for the own region.
    Provisional(SettlementId),
}

/// A settlement that is asked to stand.
#[derive(Debug, Clone, Copy)]
pub struct CommitAsk<'a> {
    /// The treatment region's id.
    pub settlement: SettlementId,
    /// What is asked for.
    pub claim: &'a Claim,
    /// What was decided.
    pub decision: &'a Decision,
    /// The version that it was decided on.
    pub version: PersonVersion,
    /// On what it was settled provisionally, if it was.
    pub used: Option<&'a Used>,
    /// Receipts of this home held without a gap.
    pub held: u64,
}

/// With what other regions' nodes are called.
#[derive(Clone)]
pub struct Calling {
    /// Network, credentials and their limits.
    pub dialer: Dialer,
    /// Bounds on calling one of them.
    pub limits: PeerLimits,
    /// For the jitter of retries.
    pub chance: Arc<dyn Chance>,
    /// What is counted.
    pub measures: Arc<Measures>,
    /// What is remarked to other regions' nodes, and what becomes of their remarks.
    pub remarks: Option<Arc<dyn Remarks>>,
}

/// A home region: another node, or this one.
#[derive(Clone)]
pub enum Home {
    /// The node's own home role, called in process.
    Own {
        /// The role.
        role: Arc<HomeRole>,
        /// The region.
        region: RegionCode,
    },
    /// Another region's node.
    Other(Arc<Peer>),
}

impl fmt::Debug for Home {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Home({})", self.region())
    }
}

impl Home {
    /// The region.
    #[must_use]
    pub fn region(&self) -> RegionCode {
        match self {
            Self::Own { region, .. } => *region,
            Self::Other(peer) => peer.region(),
        }
    }

    /// The key that its receipts are signed with, of those it has the one that is named; none for the own region, whose
    /// receipts did not travel.
    #[must_use]
    pub fn signing_key(&self, key_id: Digest) -> Option<Arc<CertifiedKey>> {
        match self {
            Self::Own { .. } => None,
            Self::Other(peer) => Some(peer.signing_key(key_id)),
        }
    }

    /// Coverage, totals and policy for a visit. `held`: receipts of this home held without a gap.
    ///
    /// # Errors
    /// [`HomeFault`].
    pub async fn snapshot(
        &self,
        ask: &SnapshotAsk,
        held: u64,
        due: Deadline,
    ) -> Result<Snapshot, HomeFault> {
        match self {
            Self::Own { role, .. } => role.snapshot(ask, due).await.map_err(own_fault),
            Self::Other(peer) => peer.snapshot(ask, held, due.remaining()).await,
        }
    }

    /// Asks for a settlement to stand.
    ///
    /// # Errors
    /// [`HomeFault`]: whether it stands is not known then.
    pub async fn commit(
        &self,
        ask: &CommitAsk<'_>,
        due: Deadline,
    ) -> Result<CommitOutcome, HomeFault> {
        match self {
            Self::Own { role, .. } => {
                let decision = ask.decision;
                let order = CommitOrder {
                    settlement: ask.settlement,
                    claim: ask.claim.clone(),
                    version: ask.version,
                    policy: decision.policy,
                    engine: decision.engine,
                    used: ask.used.cloned(),
                };
                let difference = |own: &Decision| (own != decision).then(|| "decision".to_owned());
                role.commit(order, difference, due).await.map_err(own_fault)
            }
            Self::Other(peer) => peer.commit(ask, due.remaining()).await,
        }
    }

    /// Gives an id up. Whom it was for is said where it is known: of an id that was buried here nothing is kept but its home.
    ///
    /// # Errors
    /// [`HomeFault`]: what stands under the id is not known then.
    pub async fn abandon(
        &self,
        settlement: SettlementId,
        person: Option<PersonRef>,
        due: Deadline,
    ) -> Result<AbandonOutcome, HomeFault> {
        match self {
            Self::Own { role, region } => {
                let whose = person.map(|person| person.psn_no);
                let ended = role.abandon(*region, (settlement, whose), due).await;
                ended.map_err(own_fault)
            }
            Self::Other(peer) => peer.abandon(settlement, person, due.remaining()).await,
        }
    }

    /// Asks for a settlement to be taken back.
    ///
    /// # Errors
    /// [`HomeFault`]: whether it stands is not known then.
    pub async fn reverse(
        &self,
        reversal: ReversalId,
        order: ReversalOrder,
        held: u64,
        within: Duration,
    ) -> Result<ReverseOutcome, HomeFault> {
        match self {
            Self::Own { role, region } => {
                let asked_by = *region;
                let reversed = role.reverse(reversal, asked_by, order).await;
                reversed.map_err(own_fault)
            }
            Self::Other(peer) => peer.reverse(reversal, order, held, within).await,
        }
    }

    /// Asks for a deduction or its withdrawal: the word, and the incarnation in which it was said, if it travelled.
    ///
    /// # Errors
    /// [`HomeFault`]: whether money moves is not known then.
    pub async fn deduct(
        &self,
        order: &SignedDeduction,
        incarnation: u32,
        within: Duration,
    ) -> Result<(DeductionWord, Option<u32>), HomeFault> {
        match self {
            Self::Own { role, .. } => {
                let word = role.deduct(order.clone(), None).await;
                Ok((word.map_err(own_fault)?, None))
            }
            Self::Other(peer) => {
                let (word, said_in) = peer.deduct(order, incarnation, within).await?;
                Ok((word, Some(said_in)))
            }
        }
    }

    /// The bytes of a policy and what its region signed of it, neither checked yet.
    ///
    /// # Errors
    /// [`HomeFault`].
    pub async fn fetch_policy(
        &self,
        digest: Digest,
        due: Deadline,
    ) -> Result<FetchedPolicy, HomeFault> {
        match self {
            Self::Own { .. } => Err(HomeFault::Unreachable(format!(
                "the own policy {digest} is not at hand"
            ))),
            Self::Other(peer) => peer.fetch_policy(digest, due.remaining()).await,
        }
    }
}

fn own_fault(error: NodeError) -> HomeFault {
    if let NodeError::Pushed(refusal, after) = error {
        return HomeFault::Pushed { refusal, after };
    }
    if let NodeError::Write(_) | NodeError::Store(_) = &error {
        tracing::error!(%error, "the own home role cannot answer");
    }
    HomeFault::Refused(error.refusal())
}
