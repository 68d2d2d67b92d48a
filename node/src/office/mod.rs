//! The policies' office: what two officers do with a document, from proposal to withdrawal.
//!
//! | module | its question |
//! |---|---|
//! | [`review`](mod@review) | May a document be put forward? |
//! | [`steps`] | Which step may follow, by whom? Pure, decided by the writer |
//!
//! One step at a time: what a step changes is known to all who decide before the next begins. A step goes
//! to its end also when its caller has gone.

pub mod review;
pub mod steps;

use std::sync::Arc;

use huitong_certs::SigningKey;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::officer::OfficerName;
use huitong_core::record::policy::{Act, WithdrawalAsked};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_document::Fault;
use huitong_transport::aside;
use tokio::sync::Mutex;

use crate::clock::Clock;
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::policies::{HeldPolicy, OwnPolicies, OwnPolicy, PolicyBook, PolicyError};
use crate::store::{PolicyChanges, PolicyStanding, Rows, StoreError};
use crate::writer::{Command, Writer};

use review::review;
use steps::{
    AskWithdrawal, Propose, Publish, RejectProposal, RejectWithdrawal, Step, Withdraw, is_expired,
};

/// The most that may wait for a second officer at once.
pub const OPEN_AT_MOST: usize = 64;
/// The longest reason, in characters.
pub const REASON_AT_MOST: usize = 500;

/// What a second officer decides on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// That a proposed document is published.
    Publication,
    /// That a published document is withdrawn.
    Withdrawal,
}

/// Why a document was not put forward.
#[derive(Debug)]
pub enum ProposeError {
    /// Everything that is wrong with it.
    Faults(Vec<Fault>),
    /// A refusal, or the node's own trouble.
    Node(NodeError),
}

impl From<NodeError> for ProposeError {
    fn from(error: NodeError) -> Self {
        Self::Node(error)
    }
}

impl From<StoreError> for ProposeError {
    fn from(error: StoreError) -> Self {
        Self::Node(error.into())
    }
}

/// The office of a node.
pub struct Office {
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    policies: Arc<PolicyBook>,
    clock: Arc<dyn Clock>,
    key: Arc<SigningKey>,
    turn: Mutex<()>,
}

impl Office {
    /// The office of a node that signs with this key.
    #[must_use]
    pub fn new(
        ledger: Arc<Ledger>,
        writer: Arc<Writer>,
        policies: Arc<PolicyBook>,
        clock: Arc<dyn Clock>,
        key: Arc<SigningKey>,
    ) -> Self {
        Self {
            ledger,
            writer,
            policies,
            clock,
            key,
            turn: Mutex::new(()),
        }
    }

    /// Puts a document forward.
    ///
    /// # Errors
    /// [`ProposeError`]; nothing is put forward then.
    pub async fn propose(
        self: &Arc<Self>,
        document: Vec<u8>,
        by: OfficerName,
    ) -> Result<OwnPolicy, ProposeError> {
        let region = self.policies.region();
        let bytes = document.clone();
        let reviewed = aside(move || review(&bytes, region)).await;
        let reviewed = reviewed.map_err(|_| StoreError::Inconsistent("a review broke off"))?;
        let policy = Arc::new(reviewed.map_err(ProposeError::Faults)?);
        let office = Arc::clone(self);
        let step = async move {
            let _turn = office.turn.lock().await;
            office.admit(&policy)?;
            if !is_known(&office.policies.deciding().own, policy.digest()) {
                office.room()?;
            }
            office.take(policy, Propose { document, by }).await
        };
        Ok(finished(step).await?)
    }

    /// Approves what another officer put forward.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn approve(
        self: &Arc<Self>,
        policy: Digest,
        subject: Subject,
        by: OfficerName,
    ) -> Result<OwnPolicy, NodeError> {
        let office = Arc::clone(self);
        let step = async move {
            let _turn = office.turn.lock().await;
            let own = office.own(policy)?;
            match subject {
                Subject::Publication => {
                    if let PolicyStanding::Proposed(_) = own.standing {
                        office.admit(&own.policy)?;
                    }
                    let publish = Publish {
                        policy: Arc::clone(&own.policy),
                        by,
                        key: Arc::clone(&office.key),
                    };
                    office.take(own.policy, publish).await
                }
                Subject::Withdrawal => {
                    if let Some(asked) = own.publication().and_then(|it| it.asked.as_ref()) {
                        office.replaced(asked)?;
                    }
                    office.take(own.policy, Withdraw { policy, by }).await
                }
            }
        };
        finished(step).await
    }

    /// Turns down what was put forward; whoever put it forward may do so too.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn reject(
        self: &Arc<Self>,
        policy: Digest,
        subject: Subject,
        by: OfficerName,
        reason: String,
    ) -> Result<OwnPolicy, NodeError> {
        let office = Arc::clone(self);
        let step = async move {
            let _turn = office.turn.lock().await;
            let own = office.own(policy)?.policy;
            match subject {
                Subject::Publication => {
                    office
                        .take(own, RejectProposal { policy, by, reason })
                        .await
                }
                Subject::Withdrawal => {
                    office
                        .take(own, RejectWithdrawal { policy, by, reason })
                        .await
                }
            }
        };
        finished(step).await
    }

    /// Asks for a published document to be withdrawn.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn withdraw(
        self: &Arc<Self>,
        policy: Digest,
        by: OfficerName,
        reason: String,
        in_favour_of: Option<Digest>,
    ) -> Result<OwnPolicy, NodeError> {
        let office = Arc::clone(self);
        let step = async move {
            let _turn = office.turn.lock().await;
            let own = office.own(policy)?;
            let asked = WithdrawalAsked {
                policy,
                asked: Act {
                    by,
                    at: office.clock.now(),
                },
                reason,
                in_favour_of,
            };
            if let Some(publication) = own.publication() {
                office.replaced(&asked)?;
                if publication.asked.is_none() {
                    office.room()?;
                }
            }
            office.take(own.policy, AskWithdrawal { asked }).await
        };
        finished(step).await
    }

    /// Every document of the region, those of one scheme together, by their first day.
    #[must_use]
    pub fn list(&self) -> Vec<OwnPolicy> {
        let deciding = self.policies.deciding();
        let mut list: Vec<OwnPolicy> = deciding.own.iter().map(|(_, own)| own.clone()).collect();
        list.sort_by_key(|own| {
            let scope = own.policy.policy().scope();
            (scope.scheme, scope.effective, own.policy.digest())
        });
        list
    }

    /// One document of the region, as it stands.
    ///
    /// # Errors
    /// `policy.unknown`.
    pub fn own(&self, policy: Digest) -> Result<OwnPolicy, NodeError> {
        let deciding = self.policies.deciding();
        let own = deciding.own.get(&policy).cloned();
        own.ok_or_else(|| NodeError::refused(RefusalCode::PolicyUnknown, policy))
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Has the writer take a step, and lets everyone know how the document stands after it.
    async fn take(
        &self,
        policy: Arc<HeldPolicy>,
        step: impl Command<Answer = Step>,
    ) -> Result<OwnPolicy, NodeError> {
        self.writer.run(step).await?.answer?;
        let digest = policy.digest();
        let row = self.ledger.policy(digest)?;
        let row = row.ok_or(StoreError::Inconsistent("a step left no row of its policy"))?;
        let changes = self.ledger.policy_changes()?;
        let changes = changes.unwrap_or(PolicyChanges::NONE);
        self.policies
            .put_own(vec![(policy, row.standing)], changes.changes);
        self.own(digest)
    }

    /// Whether a document fits beside those that stand; one that was withdrawn never does again.
    fn admit(&self, policy: &HeldPolicy) -> Result<(), NodeError> {
        let deciding = self.policies.deciding();
        let known = deciding.own.get(&policy.digest());
        if known.is_some_and(|own| own.publication().is_some()) {
            return Ok(());
        }
        deciding.own.admit(policy).map_err(|error| {
            let code = match &error {
                PolicyError::Overlap { .. } => RefusalCode::PolicyOverlaps,
                PolicyError::Supersedes(_) => RefusalCode::SupersededUnknown,
                PolicyError::Document(_)
                | PolicyError::Rules(_)
                | PolicyError::Region { .. }
                | PolicyError::TooMany => RefusalCode::Malformed,
            };
            NodeError::refused(code, error)
        })
    }

    /// Whether the document that a withdrawal names would decide all days of the withdrawn one.
    fn replaced(&self, asked: &WithdrawalAsked) -> Result<(), Refusal> {
        match self.policies.deciding().own.not_replaced(asked) {
            None => Ok(()),
            Some((setting, day)) => Err(Refusal::new(
                RefusalCode::NotReplaced,
                format!("{setting}, {day}"),
            )),
        }
    }

    /// Whether one more may wait, or be kept.
    fn room(&self) -> Result<(), NodeError> {
        if waiting(&self.policies.deciding().own, self.clock.now()) >= OPEN_AT_MOST {
            return Err(NodeError::refused(
                RefusalCode::TooManyProposals,
                OPEN_AT_MOST,
            ));
        }
        let room = self.policies.room();
        room.map_err(|error| NodeError::refused(RefusalCode::TooManyProposals, error))
    }
}

/// Whether a document waits or is published: putting it forward again adds nothing.
fn is_known(own: &OwnPolicies, digest: Digest) -> bool {
    own.get(&digest).is_some_and(|own| match own.standing {
        PolicyStanding::Proposed(_) | PolicyStanding::Published(_) => true,
        PolicyStanding::Fetched(_) | PolicyStanding::Rejected(_) | PolicyStanding::Withdrawn(_) => {
            false
        }
    })
}

/// How many documents and withdrawals wait for a second officer.
fn waiting(own: &OwnPolicies, now: Timestamp) -> usize {
    let waits = |own: &OwnPolicy| match &own.standing {
        PolicyStanding::Proposed(act) => !is_expired(act, now),
        PolicyStanding::Published(publication) => publication
            .asked
            .as_ref()
            .is_some_and(|asked| !is_expired(&asked.asked, now)),
        PolicyStanding::Fetched(_) | PolicyStanding::Rejected(_) | PolicyStanding::Withdrawn(_) => {
            false
        }
    };
    own.iter().filter(|(_, own)| waits(own)).count()
}

/// Runs a step to its end, whatever becomes of whoever waits for it.
async fn finished(
    step: impl Future<Output = Result<OwnPolicy, NodeError>> + Send + 'static,
) -> Result<OwnPolicy, NodeError> {
    match tokio::spawn(step).await {
        Ok(done) => done,
        Err(_lost) => Err(StoreError::Inconsistent("a step of a policy broke off").into()),
    }
}
