//! From a bill to a prepared settlement: snapshot, policy, split, decision, record.
//!
//! Until the record is written the id stays free. Refusals come in the order of precedence that `RefusalCode` defines.

use std::sync::Arc;

use huitong_adjudication::{Engine, SplitError, split_bill};
use huitong_core::bill::{Bill, BillError, Institution, SplitBill, Visit};
use huitong_core::claim::{Binding, Claim};
use huitong_core::coverage::Snapshot;
use huitong_core::decision::Decision;
use huitong_core::digest::Digest;
use huitong_core::id::SettlementId;
use huitong_core::record::treatment::Prepared;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Grade;
use huitong_transport::Deadline;

use super::TreatmentRole;
use super::attempt::Attempt;
use super::driving::Outcome;
use super::open::{not_written, own_trouble, told};
use super::order::{Order, settlement_id};
use super::proof::proven;
use super::records::{InTheWay, KeepPolicy, Prepare};
use super::view::{SettlementView, ViewState};
use crate::compute::compute;
use crate::error::NodeError;
use crate::home::SnapshotAsk;
use crate::home::figures::within_a_leg;
use crate::home::standing::fault_refusal;
use crate::peers::{FetchedPolicy, Home, HomeFault};
use crate::policies::HeldPolicy;
use crate::store::Rows;

/// What would be paid.
#[derive(Debug, Clone)]
pub struct Estimate {
    /// The bill, split.
    pub claim: Claim,
    /// What the home region says of the person.
    pub snapshot: Snapshot,
    /// What would be decided.
    pub decision: Decision,
}

impl TreatmentRole {
    /// What would be paid. Changes nothing but that a signed snapshot may be kept, where the policy allows to
    /// settle the visit provisionally.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn estimate(&self, order: &Order, due: Deadline) -> Result<Estimate, NodeError> {
        let home = self.home_anew(order.bill.person.home)?;
        let institution = self.institution(order)?;
        check_dates(&order.bill.bill, &order.bill.visit)?;
        let found = self
            .adjudicate(order, institution, home.clone(), due)
            .await?;
        if let Err(error) = self.ask_signed(order, &home, &found, due).await {
            // An estimate does not hang on what it may be good for later.
            tracing::warn!(%error, "no signed snapshot is kept");
        }
        Ok(found)
    }

    /// Settles a bill, and waits no longer than that for the outcome. Repeated under the same id it answers the
    /// same.
    ///
    /// # Errors
    /// A refusal; after the claim has left for the home region only `outcome.unknown`.
    pub async fn settle(
        self: &Arc<Self>,
        order: Order,
        due: Deadline,
    ) -> Result<Arc<SettlementView>, NodeError> {
        let settlement = settlement_id(self.region, order.institution, order.request);
        let binding = order.binding();
        // Where it cannot be read whether the id is known, its claim may have left.
        let found = self.in_the_way_of(settlement, &order, &binding);
        if let Some(found) = found.map_err(|error| own_trouble(settlement, &error.into()))? {
            return self.answer_standing(settlement, found, due).await;
        }
        if order
            .not_after
            .is_some_and(|limit| self.clock.now() > limit)
        {
            return Err(NodeError::refused(
                RefusalCode::NotAfterPassed,
                order.request,
            ));
        }
        let home = self.home_anew(order.bill.person.home)?;
        let institution = self.institution(&order)?;
        check_dates(&order.bill.bill, &order.bill.visit)?;
        let found = match self.adjudicate(&order, institution, home, due).await {
            Ok(found) if !due.remaining().is_zero() => found,
            other => {
                let passed = || NodeError::refused(RefusalCode::DeadlinePassed, "");
                let failed = other.err().unwrap_or_else(passed);
                return self.provisionally(settlement, order, failed, due).await;
            }
        };
        let credential = order.bill.credential.clone();
        let attempt = self.prepared(settlement, order, binding, found);
        let prepared = self.writer.run(Prepare(attempt.prepared.clone())).await;
        match prepared
            .map_err(|error| not_written(settlement, error))?
            .answer
        {
            Some(found) => self.answer_standing(settlement, found, due).await,
            None => {
                self.credentials.keep(settlement, credential);
                self.drive_and_wait(settlement, Some(attempt), due).await
            }
        }
    }

    /// How the settlement of an id that is known already stands; an open one is driven on.
    pub(super) async fn answer_standing(
        self: &Arc<Self>,
        settlement: SettlementId,
        found: InTheWay,
        due: Deadline,
    ) -> Result<Arc<SettlementView>, NodeError> {
        match found {
            InTheWay::Conflict(field) => Err(NodeError::refused(RefusalCode::IdConflict, field)),
            InTheWay::Visit(refusal) => Err(refusal.into()),
            InTheWay::Known => {
                let view = told(settlement, self.standing(settlement).await)?;
                match view.state {
                    // It is put to the home region by the timer: who asks again is told the same at once.
                    ViewState::Provisional(_) => Ok(view),
                    ViewState::Prepared | ViewState::BeingAbandoned => {
                        self.drive_and_wait(settlement, None, due).await
                    }
                    ViewState::Settled(_)
                    | ViewState::Reversed(_)
                    | ViewState::Refused(_)
                    | ViewState::Abandoned(_) => Ok(view),
                }
            }
        }
    }

    /// Drives a settlement in a task of its own, so that a caller who gives up does not stop it.
    pub(super) async fn drive_and_wait(
        self: &Arc<Self>,
        settlement: SettlementId,
        attempt: Option<Attempt>,
        due: Deadline,
    ) -> Outcome {
        let wait = match self.driving.begin(settlement) {
            Err(wait) => wait,
            Ok((turn, wait)) => {
                let role = Arc::clone(self);
                self.tasks.spawn(async move {
                    tokio::select! {
                        biased;
                        () = role.cut.cancelled() => {}
                        outcome = role.drive(settlement, attempt) => {
                            if outcome.is_ok() {
                                role.credentials.forget(settlement);
                            }
                            turn.end(told(settlement, outcome));
                        }
                    }
                });
                wait
            }
        };
        match tokio::time::timeout(due.remaining(), wait.outcome()).await {
            Ok(Some(outcome)) => outcome,
            Ok(None) | Err(_) => Err(NodeError::refused(RefusalCode::OutcomeUnknown, settlement)),
        }
    }

    pub(super) fn home(&self, region: RegionCode) -> Result<Home, NodeError> {
        let home = self.homes.of(region);
        home.ok_or_else(|| NodeError::refused(RefusalCode::UnknownRegion, region))
    }

    /// The institution, when its agreement holds on the day of admission.
    pub(super) fn institution(&self, order: &Order) -> Result<Institution, NodeError> {
        let row = self.ledger.institution(order.institution)?;
        let row = row.ok_or_else(|| {
            NodeError::refused(RefusalCode::UnknownInstitution, order.institution)
        })?;
        let away = order.bill.person.home != self.region;
        let admitted = order.bill.visit.admitted;
        if row.agreement.contains(admitted) && (row.institution.networked || !away) {
            Ok(row.institution)
        } else {
            let detail = format!("{}, {admitted}", order.institution);
            Err(NodeError::refused(
                RefusalCode::InstitutionNotNetworked,
                detail,
            ))
        }
    }

    async fn adjudicate(
        &self,
        order: &Order,
        institution: Institution,
        home: Home,
        due: Deadline,
    ) -> Result<Estimate, NodeError> {
        let bill = &order.bill;
        let ask = self.snapshot_ask(order, institution.clone());
        let held = self.receipts_held(bill.person.home)?;
        // One bound for all that is asked: what the snapshot takes is not there for the policy.
        let due = due.at_most(self.timing.ask);
        let snapshot = home
            .snapshot(&ask, held, due)
            .await
            .map_err(before_commit)?;
        let policy = self.policy(&home, &snapshot, due).await?;
        let (split, catalogue) = self.split(&bill.bill, institution.price_grade)?;
        let claim = Claim {
            treatment: self.region,
            institution,
            person: bill.person,
            visit: bill.visit.clone(),
            bill: split,
            catalogue,
            given: bill.given.clone(),
        };
        let decision = decide_on(&policy, &claim, &snapshot)?;
        Ok(Estimate {
            claim,
            snapshot,
            decision,
        })
    }

    pub(super) fn snapshot_ask(&self, order: &Order, institution: Institution) -> SnapshotAsk {
        let bill = &order.bill;
        SnapshotAsk {
            treatment: self.region,
            person: bill.person,
            credential: bill.credential.clone(),
            institution,
            visit: bill.visit.clone(),
        }
    }

    /// A bill split by the catalogue in use, at the grade that sets price limits.
    ///
    /// # Errors
    /// A refusal of the first line that cannot be split.
    pub fn split(&self, bill: &Bill, grade: Grade) -> Result<(SplitBill, Digest), NodeError> {
        let Some(catalogue) = self.catalogue() else {
            return Err(NodeError::refused(
                RefusalCode::UnknownCatalogueCode,
                "no catalogue is in use",
            ));
        };
        let split = compute(bill.lines().len(), || {
            split_bill(bill, grade, |code, day| catalogue.lookup(code, day))
        });
        let split = split.map_err(|error| {
            let code = match &error {
                SplitError::UnknownCode { .. } => RefusalCode::UnknownCatalogueCode,
                SplitError::Line { .. } | SplitError::Bill(_) => RefusalCode::BadBill,
            };
            NodeError::refused(code, error)
        })?;
        Ok((split, catalogue.digest()))
    }

    /// The policy that a snapshot names: at hand, or fetched, proven to be its region's, and kept.
    pub(super) async fn policy(
        &self,
        home: &Home,
        snapshot: &Snapshot,
        due: Deadline,
    ) -> Result<Arc<HeldPolicy>, NodeError> {
        engine_for(snapshot)?;
        let digest = snapshot.policy;
        if let Some(policy) = self.policies.get(&digest) {
            return Ok(policy);
        }
        let fetched = home
            .fetch_policy(digest, due)
            .await
            .map_err(before_commit)?;
        let region = home.region();
        let FetchedPolicy {
            document,
            statement,
        } = fetched.clone();
        let policy = proven(fetched, digest, home, due).await;
        let policy = policy.map_err(|fault| {
            tracing::error!(%region, %digest, %fault, "a policy was sent that is not accepted");
            NodeError::refused(RefusalCode::PolicyUnproven, format!("{digest}: {fault}"))
        })?;
        self.policies
            .room()
            .map_err(|error| NodeError::refused(RefusalCode::PolicyFault, error))?;
        let keep = KeepPolicy {
            region,
            digest,
            document,
            statement,
        };
        self.writer.run(keep).await?;
        let policy = Arc::new(policy);
        self.policies.keep_fetched(Arc::clone(&policy));
        Ok(policy)
    }

    fn prepared(
        &self,
        settlement: SettlementId,
        order: Order,
        binding: Binding,
        found: Estimate,
    ) -> Attempt {
        let Estimate {
            claim,
            snapshot,
            decision,
        } = found;
        let prepared = Prepared {
            settlement,
            institution: order.institution,
            request: order.request,
            binding,
            bill: Some(order.bill.bill),
            claim,
            decision: decision.clone(),
            snapshot: snapshot.clone(),
            not_after: order.not_after,
            at: self.clock.now(),
        };
        Attempt {
            prepared,
            snapshot,
            decision,
            provisional: None,
        }
    }
}

/// The newest engine that both regions have.
fn engine_for(snapshot: &Snapshot) -> Result<Engine, Refusal> {
    Engine::newest_among(&snapshot.engines).ok_or_else(|| {
        let newest = Engine::ALL.last().map_or(0, |engine| engine.version().0);
        Refusal::new(RefusalCode::EngineNotAccepted, newest)
    })
}

/// The decision on a claim, as the treatment region computes it.
pub(super) fn decide_on(
    policy: &HeldPolicy,
    claim: &Claim,
    snapshot: &Snapshot,
) -> Result<Decision, Refusal> {
    let Snapshot {
        coverage,
        totals,
        balances,
        ..
    } = snapshot;
    let engine = engine_for(snapshot)?;
    let decided = compute(claim.bill.lines().len(), || {
        engine.decide(&policy.compiled, claim, coverage, totals, *balances)
    });
    let decision = decided.map_err(|fault| fault_refusal(&fault))?;
    within_a_leg(claim, decision)
}

/// What a failed question to the home region means while nothing was committed.
pub(super) fn before_commit(fault: HomeFault) -> NodeError {
    match fault {
        HomeFault::Refused(refusal) => NodeError::Refused(refusal),
        HomeFault::Pushed { refusal, after } => NodeError::Pushed(refusal, after),
        HomeFault::Unreachable(why) => NodeError::refused(RefusalCode::HomeUnreachable, why),
    }
}

/// Whether every line lies within the days that a bill covers.
///
/// # Errors
/// A refusal that names the first line outside.
pub fn check_dates(bill: &Bill, visit: &Visit) -> Result<(), NodeError> {
    let outside = bill
        .lines()
        .iter()
        .find(|line| line.date < visit.billed_from || line.date > visit.discharged);
    match outside {
        None => Ok(()),
        Some(line) => Err(NodeError::refused(
            RefusalCode::BadBill,
            BillError::LineDate(line.number),
        )),
    }
}
