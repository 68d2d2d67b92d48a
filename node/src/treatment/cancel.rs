//! Giving an id up at an institution's wish: afterwards it stands as settled, or can never be.

use std::sync::Arc;

use huitong_core::final_refusal::FinalRefusal;
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::person::PersonRef;
use huitong_core::refusal::RefusalCode;
use huitong_transport::Deadline;

use super::TreatmentRole;
use super::driving::Outcome;
use super::order::settlement_id;
use super::records::{Bury, Step};
use super::unprepared::EndBuried;
use super::view::ViewState;
use crate::error::NodeError;
use crate::home::AbandonOutcome;
use crate::peers::{Home, HomeFault};

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
    /// `outcome.unknown` or `home.unreachable` while the home region has not answered; then cancel again.
    /// `recovery.left_out` or `recovery.leg_stands` where a restore may have lost that it stands: nothing is buried then.
    pub async fn cancel(self: &Arc<Self>, cancel: Cancel, due: Deadline) -> Outcome {
        let Cancel {
            institution,
            request,
            person,
        } = cancel;
        let settlement = settlement_id(self.region, institution, request);
        let home = self.home(person.home)?;
        let bury = Bury {
            settlement,
            institution,
            request,
            home: person.home,
        };
        let buried = self.writer.run(bury).await?.answer?;
        let view = self.standing(settlement).await?;
        match (&view.state, buried) {
            (ViewState::Prepared | ViewState::Provisional(_), _) => {
                self.cancel_open(cancel, due).await
            }
            (ViewState::Settled(_) | ViewState::Reversed(_) | ViewState::Refused(_), _) => Ok(view),
            // The tombstone here is synced; the one at home is asked for, again if need be.
            (ViewState::Abandoned(_), Step::Taken | Step::NotOpen) => {
                let due = due.at_most(self.timing.commit);
                match home.abandon(settlement, person, due).await {
                    Ok(AbandonOutcome::Ended(word)) if word.body.is_tombstone() => Ok(view),
                    // A restore lost the word here, and the institution may have charged on it.
                    Ok(AbandonOutcome::Ended(word)) => {
                        self.refused_before(settlement, &home, word).await
                    }
                    Ok(AbandonOutcome::Committed(_)) => {
                        tracing::error!(%settlement, "home has a receipt for an id that is buried here");
                        Err(NodeError::refused(RefusalCode::OutcomeUnknown, settlement))
                    }
                    Err(HomeFault::Refused(refusal)) => Err(refusal.into()),
                    Err(HomeFault::Pushed { refusal, after }) => {
                        Err(NodeError::Pushed(refusal, after))
                    }
                    Err(HomeFault::Unreachable(why)) => {
                        Err(NodeError::refused(RefusalCode::HomeUnreachable, why))
                    }
                }
            }
        }
    }

    /// Ends an id that is buried here as what the home region says that it was before. Whoever cancels beside it, or
    /// again after a crash, is told the same: to whom cancels, that it is given up is told only once the home region has
    /// said so. Whoever only looks, or settles, meanwhile is shown it as given up.
    async fn refused_before(
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
                    let home = role.home(attempt.prepared.home())?;
                    role.give_up(attempt, &home, None).await
                }
            }
        })
        .await
    }
}
