//! From a prepared settlement to its outcome.
//!
//! Once Commit has left, only a receipt, a final refusal or a tombstone ends it (PROTOCOL 2); anything else
//! leaves it prepared, and whoever asks is told that the outcome is unknown. A stale version is adjudicated
//! again, a bounded number of times, and written down before it is sent. What is booked is the receipt's
//! amounts, never our own (rule 4).

use std::sync::Arc;

use huitong_core::coverage::Snapshot;
use huitong_core::date::Timestamp;
use huitong_core::final_refusal::FinalRefusal;
use huitong_core::id::{ReversalId, SettlementId};
use huitong_core::provisional::Used;
use huitong_core::record::treatment::{Prepared, Reprepared};
use huitong_core::refusal::{Refusal, RefusalCode, Retry};
use huitong_core::reversal::HomeWord;
use huitong_transport::Deadline;

use super::TreatmentRole;
use super::attempt::Attempt;
use super::driving::Outcome;
use super::open::{is_for_operators, still_open, told_of_wish, unknown};
use super::records::{Book, End, Reprepare, Step};
use super::settle::decide_on;
use super::view::{SettledView, SettlementView, ViewState};
use crate::error::NodeError;
use crate::home::{AbandonOutcome, CommitOutcome};
use crate::peers::{CommitAsk, Home, HomeFault};
use crate::store::{Rows, SettlementState, StoreError};

/// How often a stale decision is made again in one go.
const STALE_AT_MOST: usize = 16;

impl TreatmentRole {
    /// Brings a settlement to its outcome, if the home region answers. `attempt` is what is known of it in
    /// memory; without it the journal is read.
    pub(super) async fn drive(
        &self,
        settlement: SettlementId,
        attempt: Option<Attempt>,
    ) -> Outcome {
        let attempt = match attempt {
            Some(attempt) => attempt,
            None => match self.reread(settlement).await? {
                Ok(attempt) => attempt,
                Err(standing) => return self.driven_on(standing).await,
            },
        };
        let home = self.home(attempt.prepared.home())?;
        // What the patient went home with is never given up for its age.
        let may_lapse = attempt.provisional.is_none();
        if may_lapse && self.clock.now() > self.limit(&attempt.prepared) {
            return self.lapse(attempt, &home).await;
        }
        self.commit(attempt, &home).await
    }

    /// Does work on a settlement in a task of its own, so that a caller who gives up does not stop it. One task
    /// at a time drives a settlement: whoever comes while another does waits no longer than it wants to, sees
    /// at its own turn what that has come to, and leaves nothing behind when it gives up.
    pub(super) async fn in_turn<W>(
        self: &Arc<Self>,
        settlement: SettlementId,
        due: Deadline,
        work: impl FnOnce(Arc<Self>) -> W,
    ) -> Outcome
    where
        W: Future<Output = Outcome> + Send + 'static,
    {
        let outcome = async {
            loop {
                match self.driving.begin(settlement) {
                    Ok((turn, wait)) => {
                        let work = work(Arc::clone(self));
                        self.tasks.spawn(async move {
                            turn.end(told_of_wish(settlement, work.await));
                        });
                        return wait.outcome().await;
                    }
                    Err(wait) => drop(wait.outcome().await),
                }
            }
        };
        match tokio::time::timeout(due.remaining(), outcome).await {
            Ok(Some(outcome)) => outcome,
            Ok(None) | Err(_) => Err(NodeError::refused(RefusalCode::OutcomeUnknown, settlement)),
        }
    }

    /// An open settlement out of the journal, or how it stands when it is open no more.
    pub(super) async fn reread(
        &self,
        settlement: SettlementId,
    ) -> Result<Result<Attempt, Arc<SettlementView>>, NodeError> {
        self.ledger.barrier().await?;
        let row = self.ledger.settlement(settlement)?;
        match row {
            Some(row) if row.state == SettlementState::Prepared => Ok(Ok(self.attempt(&row)?)),
            Some(_) | None => {
                let view = self.view(settlement).await?;
                let view =
                    view.ok_or_else(|| NodeError::refused(RefusalCode::NotFound, settlement))?;
                Ok(Err(Arc::new(view)))
            }
        }
    }

    /// After this a settlement is given up rather than committed, but for what stood before its home region was restored:
    /// whoever wants to charge in full asks first, or cancels.
    fn limit(&self, prepared: &Prepared) -> Timestamp {
        let limit = i64::try_from(self.timing.settle_limit.as_millis()).unwrap_or(i64::MAX);
        let standard = prepared.at.plus_millis(limit).unwrap_or(prepared.at);
        prepared.not_after.unwrap_or(standard)
    }

    async fn commit(&self, mut attempt: Attempt, home: &Home) -> Outcome {
        let settlement = attempt.prepared.settlement;
        for _ in 0..STALE_AT_MOST {
            let held = self.receipts_held(home.region())?;
            let Attempt {
                prepared,
                snapshot,
                decision,
                provisional,
            } = &attempt;
            let used = provisional.as_ref().map(|given| Used {
                signed: given.signed.clone(),
                at: given.at,
            });
            let ask = CommitAsk {
                settlement,
                claim: &prepared.claim,
                decision,
                version: snapshot.version,
                used: used.as_ref(),
                held,
            };
            let fresh = match home.commit(&ask, Deadline::after(self.timing.commit)).await {
                Ok(CommitOutcome::Committed(word)) => {
                    return self.book(attempt, home, word).await;
                }
                Ok(CommitOutcome::Refused(word)) => {
                    return self.end(attempt, home, word, None).await;
                }
                Ok(CommitOutcome::Stale(fresh)) => fresh,
                // What the patient went home with is never given up for what its home region has lost.
                Err(HomeFault::Refused(refusal))
                    if used.is_none() && refusal.code == RefusalCode::NotShown =>
                {
                    match self.shown_again(prepared, home).await? {
                        Ok(fresh) => fresh,
                        Err(reason) => return self.give_up(attempt, home, Some(reason)).await,
                    }
                }
                // A late claim of whoever has moved on from the new home is never decided, and is no word of an
                // outcome: buried, it is borne here like one that is refused.
                Err(HomeFault::Refused(refusal))
                    if used.is_some() && refusal.code == RefusalCode::MemberMoved =>
                {
                    return self.give_up(attempt, home, Some(refusal)).await;
                }
                Err(fault) => return Err(unknown(settlement, &fault)),
            };
            match self.again(&attempt, home, fresh).await {
                Err(error) => return Err(still_open(settlement, &error)),
                Ok(Ok(newer)) => attempt = newer,
                Ok(Err(refusal)) if used.is_some() && is_for_operators(&refusal) => {
                    return Err(unknown(settlement, &HomeFault::Refused(refusal)));
                }
                Ok(Err(refusal)) => return self.give_up(attempt, home, Some(refusal)).await,
            }
        }
        // Home wrote nothing, and the claim is prepared all the same: whoever looks at it next commits it.
        let stale = NodeError::refused(RefusalCode::StaleVersion, settlement);
        Err(still_open(settlement, &stale))
    }

    /// Adjudicates on a fresh snapshot and writes it down, or says why there is no decision on it.
    async fn again(
        &self,
        attempt: &Attempt,
        home: &Home,
        snapshot: Snapshot,
    ) -> Result<Result<Attempt, Refusal>, NodeError> {
        let prepared = attempt.prepared.clone();
        let policy = match self
            .policy(home, &snapshot, Deadline::after(self.timing.ask))
            .await
        {
            Ok(policy) => policy,
            // What may pass by itself is no reason to give up.
            Err(NodeError::Refused(refusal) | NodeError::Pushed(refusal, _)) => {
                return match refusal.code.retry() {
                    Retry::No => Ok(Err(refusal)),
                    Retry::SameId => Err(NodeError::Refused(refusal)),
                };
            }
            Err(error) => return Err(error),
        };
        let decision = match decide_on(&policy, &prepared.claim, &snapshot) {
            Ok(decision) => decision,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let record = Reprepared {
            settlement: prepared.settlement,
            decision: decision.clone(),
            snapshot: snapshot.clone(),
            at: self.clock.now(),
        };
        match self.writer.run(Reprepare(record)).await?.answer {
            Step::Taken => Ok(Ok(Attempt {
                prepared,
                snapshot,
                decision,
                provisional: attempt.provisional.clone(),
            })),
            Step::NotOpen => Err(NodeError::refused(
                RefusalCode::OutcomeUnknown,
                prepared.settlement,
            )),
        }
    }

    /// Ends an id at home: what stands there is booked, otherwise it is buried there and ended here, as
    /// refused when there is a reason.
    pub(super) async fn give_up(
        &self,
        attempt: Attempt,
        home: &Home,
        reason: Option<Refusal>,
    ) -> Outcome {
        let answer = self.abandon(&attempt, home).await;
        self.given_up(attempt, home, reason, answer).await
    }

    /// Gives up what has become too old, unless it has legs with the clearinghouse since before a restore of its home
    /// region. It stood then: it is committed again for their amounts, however late, and never voided (PROTOCOL 17). What
    /// legs say was taken back as well is given up.
    async fn lapse(&self, attempt: Attempt, home: &Home) -> Outcome {
        match self.abandon(&attempt, home).await {
            Err(HomeFault::Refused(refusal)) if refusal.code == RefusalCode::LegStands => {
                self.commit(attempt, home).await
            }
            answer => self.given_up(attempt, home, None, answer).await,
        }
    }

    async fn abandon(&self, attempt: &Attempt, home: &Home) -> Result<AbandonOutcome, HomeFault> {
        let Prepared {
            settlement, claim, ..
        } = &attempt.prepared;
        let answer = home.abandon(
            *settlement,
            Some(claim.person),
            Deadline::after(self.timing.commit),
        );
        answer.await
    }

    async fn given_up(
        &self,
        attempt: Attempt,
        home: &Home,
        reason: Option<Refusal>,
        answer: Result<AbandonOutcome, HomeFault>,
    ) -> Outcome {
        match answer {
            Ok(AbandonOutcome::Committed(word)) => self.book(attempt, home, word).await,
            Ok(AbandonOutcome::Ended(word)) => self.end(attempt, home, word, reason).await,
            Err(fault) => Err(unknown(attempt.prepared.settlement, &fault)),
        }
    }

    pub(super) async fn book(&self, attempt: Attempt, home: &Home, word: HomeWord) -> Outcome {
        let settlement = attempt.prepared.settlement;
        if word.reversal.is_some() {
            // It was reversed before it was known here: both are booked, as a delivery would.
            return if self.book_word(word, home).await? {
                self.standing(settlement).await
            } else {
                Err(NodeError::refused(RefusalCode::OutcomeUnknown, settlement))
            };
        }
        let HomeWord { receipt, .. } = word.clone();
        if let Err(fault) = self.verified.check(&receipt, &attempt, home) {
            // Nothing is booked on a word that is not the home region's; a person must look.
            tracing::error!(%settlement, home = %home.region(), %fault, "a receipt is not accepted");
            return Err(NodeError::refused(RefusalCode::OutcomeUnknown, settlement));
        }
        let cash = attempt.decision.cash;
        match self.writer.run(Book { word, cash }).await?.answer {
            Step::NotOpen => self.standing(settlement).await,
            // What takes a reversed settlement's place is told together with it.
            Step::Taken if attempt.provisional.is_some() || self.replaces(settlement)? => {
                self.standing(settlement).await
            }
            Step::Taken => {
                let Attempt {
                    prepared,
                    snapshot,
                    decision,
                    provisional: _,
                } = attempt;
                let (institution, request) = (prepared.institution, prepared.request);
                let settled = SettledView {
                    prepared,
                    snapshot,
                    decision,
                    receipt,
                    trued_up: None,
                };
                let state = ViewState::Settled(Box::new(settled));
                Ok(Arc::new(SettlementView {
                    settlement,
                    institution,
                    request,
                    replaces: None,
                    state,
                }))
            }
        }
    }

    /// Whether it takes the place of a settlement that was reversed.
    fn replaces(&self, settlement: SettlementId) -> Result<bool, StoreError> {
        let row = self.ledger.settlement(settlement)?;
        Ok(row.is_some_and(|row| row.replaces.is_some()))
    }

    /// Ends a settlement by the home region's word that nothing can stand under its id: for the reason it
    /// gives, or, when it only buried the id, for the own one.
    async fn end(
        &self,
        attempt: Attempt,
        home: &Home,
        word: FinalRefusal,
        reason: Option<Refusal>,
    ) -> Outcome {
        self.end_for(attempt, home, word, (reason, None)).await
    }

    /// Ends a provisional settlement that its institution takes back by a reversal.
    pub(super) async fn end_by(
        &self,
        attempt: Attempt,
        home: &Home,
        word: FinalRefusal,
        reversal: Option<ReversalId>,
    ) -> Outcome {
        self.end_for(attempt, home, word, (None, reversal)).await
    }

    async fn end_for(
        &self,
        attempt: Attempt,
        home: &Home,
        word: FinalRefusal,
        (reason, taken_back_by): (Option<Refusal>, Option<ReversalId>),
    ) -> Outcome {
        let settlement = attempt.prepared.settlement;
        if let Err(fault) = self
            .verified
            .check_refusal(&word, &attempt, (&self.homes, home))
        {
            tracing::error!(%settlement, home = %home.region(), %fault, "a refusal is not accepted");
            return Err(NodeError::refused(RefusalCode::OutcomeUnknown, settlement));
        }
        let refusal = if word.body.is_tombstone() {
            reason
        } else {
            Some(word.body.refusal.clone())
        };
        let end = End {
            settlement,
            refusal,
            word,
            taken_back_by,
        };
        self.writer.run(end).await?;
        self.standing(settlement).await
    }

    pub(super) async fn standing(&self, settlement: SettlementId) -> Outcome {
        let view = self.view(settlement).await?;
        view.map(Arc::new)
            .ok_or_else(|| NodeError::refused(RefusalCode::NotFound, settlement))
    }
}
