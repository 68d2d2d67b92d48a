//! Giving an id up at an institution's wish: afterwards it stands as settled, or can never be.
//!
//! What is not known here is buried first, so that it can never be begun; that it is given up is the home region's word,
//! which is booked. Until then its outcome is unknown, and it is put to the home region again like any that is open.

use std::sync::Arc;

use huitong_core::final_refusal::FinalRefusal;
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::person::PersonRef;
use huitong_core::refusal::RefusalCode;
use huitong_transport::Deadline;

use super::TreatmentRole;
use super::driving::Outcome;
use super::open::{not_written, own_trouble, told, unknown};
use super::order::settlement_id;
use super::records::{Bury, Step};
use super::settle::before_commit;
use super::unprepared::EndBuried;
use super::view::{SettlementView, ViewState};
use crate::error::NodeError;
use crate::home::AbandonOutcome;
use crate::peers::{Home, HomeFault};
use crate::store::{Rows as _, StoreError};

/// An id to be given up.
#[derive(Debug, Clone, Copy)]
pub struct Cancel {
    /// The institution, by its certificate.
    pub institution: InstitutionCode,
    /// Its own id.
    pub request: RequestId,
    /// Whom it was for: an id that is not known here is ended at home too.
    pub person: PersonRef,
}

impl TreatmentRole {
    /// Gives an id up.
    ///
    /// # Errors
    /// `outcome.unknown` or `home.unreachable` while the home region has not answered: it is asked again by the timer.
    /// `recovery.left_out` or `recovery.leg_stands` where a restore may have lost that it stands: nothing is buried then.
    pub async fn cancel(self: &Arc<Self>, cancel: Cancel, due: Deadline) -> Outcome {
        let Cancel {
            institution,
            request,
            person,
        } = cancel;
        let settlement = settlement_id(self.region, institution, request);
        let row = self.ledger.settlement(settlement);
        let known = row.map_err(|error| own_trouble(settlement, &error.into()))?;
        if known.is_none() {
            self.home(person.home)?;
        }
        let bury = Bury {
            settlement,
            institution,
            request,
            home: person.home,
        };
        // Whether it is buried now or was before: what stands under the id is looked at, and the home region asked.
        let buried = self.writer.run(bury).await.map_err(|error| match known {
            Some(_) => own_trouble(settlement, &error.into()),
            None => not_written(settlement, error),
        });
        let (Step::Taken | Step::NotOpen) = buried?.answer?;
        let view = told(settlement, self.standing(settlement).await)?;
        match &view.state {
            ViewState::Prepared | ViewState::Provisional(_) => self.cancel_open(cancel, due).await,
            ViewState::Settled(_)
            | ViewState::Reversed(_)
            | ViewState::Refused(_)
            | ViewState::Abandoned(_) => Ok(view),
            // The tombstone here is synced; the one at home is asked for, again if need be.
            ViewState::BeingAbandoned => {
                self.in_turn(settlement, due, async move |role: Arc<Self>| {
                    // Whoever had its turn before may have ended it.
                    let standing = role.standing(settlement).await?;
                    if !matches!(standing.state, ViewState::BeingAbandoned) {
                        return Ok(standing);
                    }
                    tokio::select! {
                        biased;
                        () = role.cut.cancelled() => {
                            Err(NodeError::refused(RefusalCode::OutcomeUnknown, settlement))
                        }
                        ended = role.end_at_home(settlement, Some(person)) => {
                            ended.unwrap_or_else(|fault| Err(before_commit(fault)))
                        }
                    }
                })
                .await
            }
        }
    }

    /// How a settlement that is not prepared any more stands. One that is buried here is put to the home region again, as
    /// the timer and whoever settles it do: its outcome is not known before.
    pub(super) async fn driven_on(&self, standing: Arc<SettlementView>) -> Outcome {
        let settlement = standing.settlement;
        match standing.state {
            ViewState::BeingAbandoned => {
                let ended = self.end_at_home(settlement, None).await;
                ended.unwrap_or_else(|fault| Err(unknown(settlement, &fault)))
            }
            ViewState::Prepared
            | ViewState::Provisional(_)
            | ViewState::Settled(_)
            | ViewState::Reversed(_)
            | ViewState::Refused(_)
            | ViewState::Abandoned(_) => Ok(standing),
        }
    }

    /// Has the home region end an id that is buried here, and books its word.
    async fn end_at_home(
        &self,
        settlement: SettlementId,
        person: Option<PersonRef>,
    ) -> Result<Outcome, HomeFault> {
        let home = match self.home_of(settlement) {
            Ok(home) => home,
            Err(error) => return Ok(Err(own_trouble(settlement, &error))),
        };
        let due = Deadline::after(self.timing.commit);
        // Another home's person has nothing to do with the id.
        let person = person.filter(|person| person.home == home.region());
        Ok(match home.abandon(settlement, person, due).await? {
            AbandonOutcome::Ended(word) => self.end_buried(settlement, &home, word).await,
            AbandonOutcome::Committed(_) => {
                tracing::error!(%settlement, "home has a receipt for an id that is buried here");
                Err(NodeError::refused(RefusalCode::OutcomeUnknown, settlement))
            }
        })
    }

    fn home_of(&self, settlement: SettlementId) -> Result<Home, NodeError> {
        let row = self.ledger.settlement(settlement)?;
        self.home(
            row.ok_or(StoreError::Inconsistent("a settlement is gone"))?
                .home,
        )
    }

    /// Ends an id that is buried here by the home region's word: given up when that is a tombstone, otherwise refused, as it
    /// was before a restore lost that here. Until this is booked nobody is told that it is given up, whether they cancel,
    /// look or settle: the institution may have charged on the refusal.
    async fn end_buried(
        &self,
        settlement: SettlementId,
        home: &Home,
        word: FinalRefusal,
    ) -> Outcome {
        let of = (self.region, settlement);
        if let Err(fault) = self
            .verified
            .check_unprepared(&word, of, (&self.homes, home))
        {
            tracing::error!(%settlement, home = %home.region(), %fault, "a refusal is not accepted");
            return Err(NodeError::refused(RefusalCode::OutcomeUnknown, settlement));
        }
        self.writer.run(EndBuried(word)).await?;
        self.standing(settlement).await
    }

    /// Gives up a settlement that is open, once nobody else drives it.
    async fn cancel_open(self: &Arc<Self>, cancel: Cancel, due: Deadline) -> Outcome {
        let settlement = settlement_id(self.region, cancel.institution, cancel.request);
        self.in_turn(settlement, due, async move |role: Arc<Self>| {
            match role.reread(settlement).await? {
                Err(standing) => Ok(standing),
                Ok(attempt) => {
                    let home = role.home_begun(settlement, attempt.prepared.home())?;
                    role.give_up(attempt, &home, None).await
                }
            }
        })
        .await
    }
}
