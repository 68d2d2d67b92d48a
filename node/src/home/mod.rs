//! The home role: what a region answers for its own people.
//!
//! | module | its question |
//! |---|---|
//! | [`standing`](mod@standing) | How does a person stand on the days of a visit? |
//! | [`commit`] | Does a settlement stand? (rule 3: id, visit, version, decision) |
//! | `anew` | May another region begin something? |
//! | [`by_hand`] | How is a bill settled that the patient paid and brought home? |
//! | [`abandon`] | What stands under an id that is given up? |
//! | [`give_up`] | What does an officer end whose receipt a restore lost? |
//! | `burial` | What is buried again whose tombstone a restore lost? |
//! | [`reverse`] | Is a settlement reversed? |
//! | [`reversing`] | What comes of it, and what stands under an id that was committed? |
//! | [`deduct`] | Does a treatment region's audit deduction stand? |
//! | [`deduction`] | What do both roles do alike with one? |
//! | [`figures`] | What does a decision come to in a receipt, in totals and in accounts? |
//! | `held` | How far does a treatment region hold them? |
//! | [`receipts`] | Which receipts and reversals went to a treatment region? |
//! | `showing`, `looks` | What is shown of a person, and to whom was it? |
//! | [`signing`] | Which snapshots are signed beforehand, and what was promised by them? (rule 22) |
//! | [`watch`] | Does somebody ask about more people than are treated? |
//! | [`refusing`] | What is recorded of a final refusal, and what stands under a decided id? |
//! | [`relation`](mod@relation) | Is this region a person's home on a day? |
//! | [`late`] | How is care of the old cover settled after the person was handed over? |
//! | [`regained`] | What follows from a word of its own that a restore brought back? |
//! | [`restored`] | What does a restore leave behind: which legs, whose gaps? |
//!
//! The functions that decide are pure; [`HomeRole`] performs them. It is called by other regions' nodes
//! through gRPC and by the own treatment role in process, with the same commands.

pub mod abandon;
mod anew;
mod burial;
pub mod by_hand;
pub mod commit;
pub mod deduct;
pub mod deduction;
mod erased;
pub mod figures;
pub mod give_up;
mod held;
pub mod late;
mod looks;
pub mod receipts;
pub mod refusing;
pub mod regained;
pub mod relation;
pub mod restored;
pub mod reverse;
pub mod reversing;
mod showing;
pub mod signing;
pub mod standing;
#[cfg(test)]
pub(crate) mod testing;
pub mod trued_up;
mod unbroken;
pub mod watch;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use huitong_adjudication::Engine;
use huitong_certs::signing::CertifiedKey;
use huitong_core::bill::{Institution, Visit};
use huitong_core::calendar::Calendar;
use huitong_core::claim::Claim;
use huitong_core::coverage::{PersonVersion, Snapshot};
use huitong_core::decision::{Decision, EngineVersion};
use huitong_core::digest::Digest;
use huitong_core::final_refusal::FinalRefusal;
use huitong_core::id::SettlementId;
use huitong_core::person::{Credential, PersonRef};
use huitong_core::provisional::Used;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::reversal::HomeWord;
use huitong_transport::Deadline;
use tokio::time::Instant;

use crate::chance::{Chance, salt};
use crate::compute::compute;
use crate::earlier::Earlier;
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::policies::PolicyBook;
use crate::store::{PolicyChanges, Rows, StoreError};
use crate::writer::{Done, Writer};

use anew::CommitOfRegion;
use commit::{Commit, CommitVerdict, Recomputed};
use looks::Looks;
use refusing::{Under, told};
use reverse::ReversalRule;
use standing::{Asked, Settling, standing};
use watch::Watch;

pub use reversing::ReverseOutcome;

/// How long a stale commit waits for a change of policies that is written to be known.
const CATCHING_UP: Duration = Duration::from_secs(2);

/// A person and a visit, as a treatment region asks about them.
#[derive(Debug, Clone)]
pub struct SnapshotAsk {
    /// The region that asks, by its certificate.
    pub treatment: RegionCode,
    /// Whom it is about.
    pub person: PersonRef,
    /// What was read at the institution.
    pub credential: Credential,
    /// The institution.
    pub institution: Institution,
    /// The visit.
    pub visit: Visit,
}

/// A claim to be committed.
#[derive(Debug, Clone)]
pub struct CommitOrder {
    /// The treatment region's id.
    pub settlement: SettlementId,
    /// What is asked for; the treatment region in it is the caller's.
    pub claim: Claim,
    /// The version that the decision was computed on.
    pub version: PersonVersion,
    /// The policy that it was computed under.
    pub policy: Digest,
    /// The engine that computed it.
    pub engine: EngineVersion,
    /// On what it was settled provisionally, if it was.
    pub used: Option<Used>,
}

/// What a commit ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "a value passed on once, never kept in numbers"
)]
pub enum CommitOutcome {
    /// It stands, or stood until it was reversed.
    Committed(HomeWord),
    /// It is finally refused, or was buried.
    Refused(FinalRefusal),
    /// No outcome: the record changed; this is how it stands now.
    Stale(Snapshot),
}

/// What giving an id up ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "a value passed on once, never kept in numbers"
)]
pub enum AbandonOutcome {
    /// It was committed after all.
    Committed(HomeWord),
    /// It can never commit: it was refused, or is buried.
    Ended(FinalRefusal),
}

/// What bounds a home role.
pub struct HomeRules {
    /// Which settlements are reversed, and by whom.
    pub reversal: ReversalRule,
    /// Counts who asks about how many people.
    pub watch: Arc<Watch>,
    /// The certificate of the key that the node signs with, to know its own word again.
    pub certified: CertifiedKey,
    /// With what it signed before.
    pub earlier: Arc<Earlier>,
}

/// The home role of a node.
pub struct HomeRole {
    region: RegionCode,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) writer: Arc<Writer>,
    policies: Arc<PolicyBook>,
    calendar: Arc<Calendar>,
    rule: ReversalRule,
    watch: Arc<Watch>,
    looks: Looks,
    certified: CertifiedKey,
    earlier: Arc<Earlier>,
    pub(crate) chance: Arc<dyn Chance>,
    acknowledged: Mutex<BTreeMap<RegionCode, u64>>,
    new_homes: OnceLock<Arc<dyn late::NewHomes>>,
}

impl HomeRole {
    /// The home role of a region.
    #[must_use]
    pub fn new(
        region: RegionCode,
        ledger: Arc<Ledger>,
        writer: Arc<Writer>,
        policies: Arc<PolicyBook>,
        calendar: Arc<Calendar>,
        rules: HomeRules,
        chance: Arc<dyn Chance>,
    ) -> Self {
        Self {
            region,
            ledger,
            writer,
            policies,
            calendar,
            rule: rules.reversal,
            watch: rules.watch,
            looks: Looks::default(),
            certified: rules.certified,
            earlier: rules.earlier,
            chance,
            acknowledged: Mutex::default(),
            new_homes: OnceLock::new(),
        }
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// Whether a person can be served: after a restore, whoever's record has a gap cannot (PROTOCOL 18).
    fn is_not_held(&self, person: PersonRef) -> Result<(), NodeError> {
        match restored::missing(&*self.ledger, person.psn_no)? {
            0 => Ok(()),
            missing => Err(NodeError::refused(RefusalCode::PersonHeld, missing)),
        }
    }

    /// Adjudicates again, compares, and commits. Idempotent by (treatment region, settlement). `difference`
    /// names the first thing in which the decision received differs from the one computed here. Nobody else is waited
    /// for longer than until `due`.
    ///
    /// # Errors
    /// A refusal that is no outcome (`id.conflict`, `directory.suspended`), or the node's own trouble.
    pub async fn commit(
        &self,
        order: CommitOrder,
        difference: impl FnOnce(&Decision) -> Option<String> + Send,
        due: Deadline,
    ) -> Result<CommitOutcome, NodeError> {
        let (settlement, treatment) = (order.settlement, order.claim.treatment);
        let (psn_no, admitted) = (order.claim.person.psn_no, order.claim.visit.admitted);
        self.is_not_erased(settlement)?;
        let beforehand = self.beforehand_of(&order);
        self.was_shown(settlement, &order.claim, beforehand)?;
        // What was decided before is repeated, whoever can be reached and however the person's record stands since.
        if self
            .ledger
            .home_settlement(treatment, settlement)?
            .is_none()
        {
            self.is_not_held(order.claim.person)?;
            self.mirror_if_late(psn_no, admitted, due).await?;
        }
        let recomputed = self.recompute(&order, difference)?;
        let claim = order.claim.clone();
        let used = order.used.as_ref();
        let promise = used.and_then(|used| self.promised(&claim, used));
        let commit = Commit {
            settlement,
            claim: order.claim,
            version: order.version,
            policy: order.policy,
            recomputed,
            promise,
            calendar: Arc::clone(&self.calendar),
            salt: salt(&*self.chance),
        };
        let command = CommitOfRegion { commit, beforehand };
        let Done { answer, written } = self.writer.run(command).await?;
        match answer? {
            CommitVerdict::Committed { body, salt } => {
                let receipt = written.and_then(|written| {
                    let group = written.group?;
                    group.receipt(written.first.record(), body, salt)
                });
                let receipt =
                    receipt.ok_or(StoreError::Inconsistent("a commit without its group"))?;
                let asker = (treatment, claim.institution.code);
                self.watch
                    .settled(asker, claim.person.psn_no, Instant::now());
                Ok(CommitOutcome::Committed(HomeWord {
                    receipt,
                    reversal: None,
                }))
            }
            CommitVerdict::Repeated => Ok(match self.under(treatment, settlement).await? {
                Under::Committed(word) => CommitOutcome::Committed(word),
                Under::Refused(refusal) => CommitOutcome::Refused(refusal),
            }),
            CommitVerdict::Refused(record) => Ok(CommitOutcome::Refused(told(&record, written)?)),
            CommitVerdict::Conflict(field) => {
                Err(NodeError::refused(RefusalCode::IdConflict, field))
            }
            CommitVerdict::LegStands => Err(NodeError::refused(RefusalCode::LegStands, settlement)),
            CommitVerdict::Moving(to) => Err(NodeError::refused(RefusalCode::MemberMoving, to)),
            CommitVerdict::Offered => self.late(&claim, settlement, due).await,
            CommitVerdict::Stale => {
                let changes = self.ledger.policy_changes()?;
                let changes = changes.unwrap_or(PolicyChanges::NONE);
                let within = due.at_most(CATCHING_UP).remaining();
                self.policies.reached(changes.changes, within).await;
                self.fresh(&claim).map(CommitOutcome::Stale)
            }
        }
    }

    /// The home region's own word on a claim, and the version it was computed on. The writer uses it only
    /// if that version still stands: this keeps the arithmetic out of its turn.
    fn recompute(
        &self,
        order: &CommitOrder,
        difference: impl FnOnce(&Decision) -> Option<String> + Send,
    ) -> Result<Recomputed, StoreError> {
        let claim = &order.claim;
        let asked = Asked {
            treatment: claim.treatment,
            person: claim.person,
            institution: &claim.institution,
            visit: &claim.visit,
            settling: Settling::Direct,
            credential: None,
        };
        let deciding = self.policies.deciding();
        let change = deciding.change;
        let standing = match standing(&*self.ledger, &deciding.own, self.region, &asked)? {
            Ok(standing) => standing,
            Err(refusal) => {
                return Ok(Recomputed {
                    snapshot: None,
                    outcome: Err(refusal),
                    change,
                });
            }
        };
        let snapshot = Some(standing.snapshot(&asked));
        let Ok(engine) = Engine::of(order.engine) else {
            let refusal = Refusal::new(RefusalCode::EngineNotAccepted, order.engine.0);
            return Ok(Recomputed {
                snapshot,
                outcome: Err(refusal),
                change,
            });
        };
        let decided = compute(claim.bill.lines().len(), || standing.decide(engine, claim));
        let decided = decided.and_then(|decision| figures::within_a_leg(claim, decision));
        let outcome = decided.and_then(|decision| match difference(&decision) {
            None => Ok(decision),
            Some(first) => Err(Refusal::new(RefusalCode::DecisionDiffers, first)),
        });
        Ok(Recomputed {
            snapshot,
            outcome,
            change,
        })
    }
}
