//! Taking a settlement back at an institution's wish.
//!
//! The wish is journaled before the home region is asked, and ends only with the home region's word: its
//! reversal or its final refusal. Whatever was lost on the way is asked for again under the same id, by
//! whoever asks and by the timer (`resolve`).

use std::sync::Arc;

use huitong_core::canonical::encode_to_vec;
use huitong_core::digest::sha256_parts;
use huitong_core::id::{RequestId, ReversalId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::record::reversal::ReversalIntended;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::reversal::{BegunBy, ReversalOrder};
use huitong_core::vocabulary::ReversalReason;
use huitong_transport::Deadline;

use super::TreatmentRole;
use super::driving::Outcome;
use super::open::{not_written, told, unknown};
use super::records::Step;
use super::reversals::{EndReversal, Intend, Intent};
use super::view::{SettlementView, ViewState};
use crate::error::NodeError;
use crate::home::{AbandonOutcome, ReverseOutcome};
use crate::peers::{Home, HomeFault};
use crate::store::{Key, ReversalState, Rows, StoreError, Table};

/// A settlement to be taken back.
#[derive(Debug, Clone, Copy)]
pub struct ReverseWish {
    /// The institution, by its certificate.
    pub institution: InstitutionCode,
    /// Its own id of the request.
    pub request: RequestId,
    /// Which settlement.
    pub settlement: SettlementId,
    /// Why.
    pub reason: ReversalReason,
}

/// The id of the reversal that an institution asks for.
#[must_use]
pub fn reversal_id(
    region: RegionCode,
    institution: InstitutionCode,
    request: RequestId,
) -> ReversalId {
    let digest = sha256_parts(&[
        b"HTRI\x00\x01",
        &encode_to_vec(&(region, institution, request)),
    ]);
    let (first, _) = digest
        .as_bytes()
        .split_first_chunk::<16>()
        .unwrap_or((&[0; 16], &[]));
    ReversalId::from_bytes(*first)
}

impl TreatmentRole {
    /// Takes a settlement of an institution back, and waits at most so long for the outcome. Repeated under
    /// the same id it answers the same.
    ///
    /// # Errors
    /// A refusal; after the home region may have been asked, `outcome.unknown` or its final refusal.
    pub async fn reverse(self: &Arc<Self>, wish: ReverseWish, due: Deadline) -> Outcome {
        let reversal = reversal_id(self.region, wish.institution, wish.request);
        let ReverseWish {
            institution,
            request,
            settlement,
            reason,
        } = wish;
        let intend = Intend(ReversalIntended {
            reversal,
            settlement,
            institution,
            request,
            reason,
            at: self.clock.now(),
        });
        let written = self.writer.run(intend).await;
        match written
            .map_err(|error| not_written(settlement, error))?
            .answer
        {
            Intent::Refused(refusal) => Err(refusal.into()),
            Intent::Booked => told(settlement, self.standing(settlement).await),
            Intent::Open => self.reverse_and_wait(reversal, settlement, due).await,
        }
    }

    /// Asks the home region, and waits at most so long for the outcome.
    pub(super) async fn reverse_and_wait(
        self: &Arc<Self>,
        reversal: ReversalId,
        settlement: SettlementId,
        due: Deadline,
    ) -> Outcome {
        self.in_turn(settlement, due, async move |role| {
            tokio::select! {
                biased;
                () = role.cut.cancelled() => {
                    Err(NodeError::refused(RefusalCode::OutcomeUnknown, settlement))
                }
                outcome = role.ask_home(reversal) => outcome,
            }
        })
        .await
    }

    /// Brings a wish to its outcome, if the home region answers.
    async fn ask_home(&self, reversal: ReversalId) -> Outcome {
        // What the home region is asked for is synced.
        self.ledger.barrier().await?;
        let wish = self.ledger.reversal(reversal)?;
        let wish = wish.ok_or_else(|| NodeError::refused(RefusalCode::NotFound, reversal))?;
        let settlement = wish.settlement;
        match wish.state {
            ReversalState::Booked => return self.standing(settlement).await,
            ReversalState::Refused(row) => return Err(row.refusal.into()),
            ReversalState::Intended => {}
        }
        let row = self.ledger.settlement(settlement)?;
        let row = row.ok_or(StoreError::Inconsistent("a wish names no settlement"))?;
        let home = self.home_begun(settlement, row.home)?;
        if let Some(view) = self.taken_back(reversal, settlement, &home).await? {
            return Ok(view);
        }
        let order = ReversalOrder {
            settlement,
            treatment: self.region,
            reason: wish.reason,
            begun_by: BegunBy::Institution(wish.institution),
        };
        let asked = order.clone();
        let held = self.receipts_held(row.home)?;
        let (refusal, word) = match home
            .reverse(reversal, order, held, self.timing.commit)
            .await
        {
            Ok(ReverseOutcome::Reversed(word)) => {
                let answered = word.reversal.as_ref().map(|said| said.body.reversal);
                if answered != Some(reversal) {
                    tracing::error!(%settlement, %reversal, "another reversal was answered");
                    return Err(NodeError::refused(RefusalCode::OutcomeUnknown, settlement));
                }
                return if self.book_word(*word, &home).await? {
                    self.standing(settlement).await
                } else {
                    Err(NodeError::refused(RefusalCode::OutcomeUnknown, settlement))
                };
            }
            Ok(ReverseOutcome::Refused(word)) => {
                let by = (&self.homes, &home);
                let checked = self
                    .verified
                    .check_refused_reversal(&word, reversal, &asked, by);
                if let Err(fault) = checked {
                    tracing::error!(%settlement, %reversal, %fault, "a refusal is not accepted");
                    return Err(NodeError::refused(RefusalCode::OutcomeUnknown, settlement));
                }
                (word.body.refusal.clone(), Some(*word))
            }
            // These two are said only after the id was looked up: nothing was, or can be, done under it.
            Err(HomeFault::Refused(refusal))
                if matches!(
                    refusal.code,
                    RefusalCode::NotFound | RefusalCode::IdConflict
                ) =>
            {
                tracing::error!(%settlement, %reversal, %refusal, "home does not know what is settled here");
                (refusal, None)
            }
            Err(fault) => return Err(unknown(settlement, &fault)),
        };
        let end = EndReversal {
            reversal,
            refusal: refusal.clone(),
            word,
        };
        self.writer.run(end).await?;
        Err(refusal.into())
    }

    /// Takes a provisional settlement back that the home region has not booked: its tombstone ends the wish too.
    /// Nothing is answered for what is booked, now or before: that is reversed like any other. A wish to reverse
    /// what has ended otherwise meanwhile ends here: the home region knows nothing that it could reverse.
    async fn taken_back(
        &self,
        reversal: ReversalId,
        settlement: SettlementId,
        home: &Home,
    ) -> Result<Option<Arc<SettlementView>>, NodeError> {
        let view = match self.reread(settlement).await? {
            Err(standing) => standing,
            Ok(attempt) => {
                let person = attempt.prepared.claim.person;
                let answer = home
                    .abandon(
                        settlement,
                        Some(person),
                        Deadline::after(self.timing.commit),
                    )
                    .await;
                match answer.map_err(|fault| unknown(settlement, &fault))? {
                    AbandonOutcome::Committed(word) => self.book(attempt, home, word).await?,
                    AbandonOutcome::Ended(word) => {
                        self.end_by(attempt, home, word, Some(reversal)).await?
                    }
                }
            }
        };
        match view.state {
            ViewState::Settled(_) | ViewState::Reversed(_) => Ok(None),
            ViewState::Prepared | ViewState::Provisional(_) | ViewState::BeingAbandoned => {
                Ok(Some(view))
            }
            ViewState::Refused(_) | ViewState::Abandoned(_) => {
                let refusal = Refusal::new(RefusalCode::NothingStands, settlement);
                let end = EndReversal {
                    reversal,
                    refusal: refusal.clone(),
                    word: None,
                };
                match self.writer.run(end).await?.answer {
                    Step::Taken => Err(refusal.into()),
                    // The tombstone has ended it.
                    Step::NotOpen => Ok(Some(view)),
                }
            }
        }
    }

    /// The reversals whose outcome is not known, with their settlements, at most so many.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub fn open_reversals(
        &self,
        at_most: usize,
    ) -> Result<Vec<(ReversalId, SettlementId)>, StoreError> {
        let mut open = Vec::new();
        for (key, _) in self.ledger.scan(Table::OpenReversal, at_most)? {
            if let Key::OpenReversal(reversal) = key
                && let Some(wish) = self.ledger.reversal(reversal)?
            {
                open.push((reversal, wish.settlement));
            }
        }
        Ok(open)
    }
}

#[cfg(test)]
mod tests {
    use super::super::order::settlement_id;
    use super::*;

    #[test]
    fn a_reversals_id_follows_from_region_institution_and_request() {
        let id = |institution: &str, request: &str| {
            reversal_id(
                "510100".parse().unwrap(),
                institution.parse().unwrap(),
                request.parse().unwrap(),
            )
        };
        let one = id("H51010400001", "r-1");
        assert_eq!(one, id("H51010400001", "r-1"));
        assert_ne!(one, id("H51010400001", "r-2"));
        assert_ne!(one, id("H51010400002", "r-1"));
        // The settlement of the same request is another thing under another id.
        let settled = settlement_id(
            "510100".parse().unwrap(),
            "H51010400001".parse().unwrap(),
            "r-1".parse().unwrap(),
        );
        assert_ne!(one.to_bytes(), settled.to_bytes());
    }
}
