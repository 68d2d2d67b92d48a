//! Audit deductions from settlements of the region's institutions: ordered by an officer, and withdrawn.
//!
//! An order is journaled and signed before the home region is asked, and ends only with the home region's word. Whatever
//! was lost on the way is asked for again under the same id, by whoever asks and by the timer. No leg leaves before the
//! home region has accepted. An order has no number in a stream: it is one question under one id, nothing rests on the
//! order in which two of them arrive, and whoever lost it asks, or is given back, each by its id.
//!
//! | module | its question |
//! |---|---|
//! | [`records`] | What is written? |
//! | [`seen`] | How do deductions stand? |

pub mod records;
pub mod seen;

use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::deduction::{
    DeductionAmounts, DeductionBody, DeductionNote, DeductionWord, SignedDeduction,
};
use huitong_core::id::{DeductionId, RequestId, SettlementId};
use huitong_core::officer::OfficerName;
use huitong_core::record::NodeRecord;
use huitong_core::refusal::RefusalCode;
use huitong_core::reversal::ReversalBody;
use huitong_core::vocabulary::{DeductionEndReason, DeductionReason};
use huitong_transport::Deadline;

use self::records::{BookDeduction, Booking, Deduct, Ordered, Receipted, Withdraw};
use self::seen::DeductionSeen;
use super::TreatmentRole;
use crate::error::NodeError;
use crate::home::deduction::check::{Keys, check_word};
use crate::home::deduction::deduction_id;
use crate::home::deduction::words::order_at;
use crate::peers::Home;
use crate::store::apply::Records;
use crate::store::{
    DeductionRow, DeductionState, Key, Location, Restored, Rows, SettlementState, StoreError, Table,
};

/// How often a word is booked anew when its settlement is reversed in between.
const TRIES: usize = 3;

/// What an officer takes off.
#[derive(Debug, Clone)]
pub struct DeductWish {
    /// The officer, by the certificate.
    pub officer: OfficerName,
    /// The officer's own id of the request.
    pub request: RequestId,
    /// Which settlement.
    pub settlement: SettlementId,
    /// What is taken off.
    pub amounts: DeductionAmounts,
    /// Why.
    pub reason: DeductionReason,
    /// What the institution is told.
    pub note: Option<DeductionNote>,
}

/// A deduction that an officer withdraws.
#[derive(Debug, Clone)]
pub struct WithdrawWish {
    /// The officer, by the certificate.
    pub officer: OfficerName,
    /// Which deduction.
    pub deduction: DeductionId,
    /// Why.
    pub reason: DeductionEndReason,
    /// What the institution is told.
    pub note: Option<DeductionNote>,
}

impl TreatmentRole {
    /// Orders a deduction, and waits at most so long for the home region's word. Without one it stands as asked, and is
    /// asked for again. Repeated under the same id it answers how it stands.
    ///
    /// # Errors
    /// A refusal: nothing was ordered then; the node's own trouble.
    pub async fn deduct(
        self: &Arc<Self>,
        wish: DeductWish,
        due: Deadline,
    ) -> Result<DeductionSeen, NodeError> {
        let deduction = deduction_id(self.region, &wish.officer, wish.request);
        // The receipt's place is known once it is synced.
        self.ledger.barrier().await?;
        let command = Deduct {
            deduction,
            treatment: self.region,
            settlement: wish.settlement,
            amounts: wish.amounts,
            reason: wish.reason,
            note: wish.note,
            officer: wish.officer,
            receipted: self.receipted(wish.settlement)?,
        };
        let ordered = self.writer.run(command).await?.answer;
        self.asked(deduction, ordered, due).await
    }

    /// Withdraws a deduction in full, and waits as [`TreatmentRole::deduct`] does.
    ///
    /// # Errors
    /// As [`TreatmentRole::deduct`].
    pub async fn withdraw_deduction(
        self: &Arc<Self>,
        wish: WithdrawWish,
        due: Deadline,
    ) -> Result<DeductionSeen, NodeError> {
        self.ledger.barrier().await?;
        let row = self.ledger.deduction(wish.deduction)?;
        let before = row.map(|row| self.end_reason(&row)).transpose()?.flatten();
        let command = Withdraw {
            deduction: wish.deduction,
            treatment: self.region,
            reason: wish.reason,
            note: wish.note,
            officer: wish.officer,
            before,
        };
        let ordered = self.writer.run(command).await?.answer;
        self.asked(wish.deduction, ordered, due).await
    }

    async fn asked(
        self: &Arc<Self>,
        deduction: DeductionId,
        ordered: Ordered,
        due: Deadline,
    ) -> Result<DeductionSeen, NodeError> {
        if let Ordered::Refused(refusal) = ordered {
            return Err(refusal.into());
        }
        // What has no outcome by then stays open, and is shown as it stands.
        if let Ok(Err(error)) = tokio::time::timeout(due.remaining(), self.ask_for(deduction)).await
        {
            tracing::warn!(%deduction, %error, "the home region has not answered a deduction");
        }
        self.ledger.barrier().await?;
        let seen = self.deduction(deduction)?;
        Ok(seen.ok_or(StoreError::Inconsistent("an ordered deduction is gone"))?)
    }

    /// What the receipt of a settlement says that is settled, as far as it is written.
    fn receipted(&self, settlement: SettlementId) -> Result<Option<Receipted>, StoreError> {
        let row = self.ledger.settlement(settlement)?;
        let Some(SettlementState::Settled(at)) = row.map(|row| row.state) else {
            return Ok(None);
        };
        if at.frame().is_none() {
            return Ok(None);
        }
        let body = self.receipt_booked_at(at)?.body;
        Ok(Some(Receipted {
            receipt: body.digest(),
            amounts: body.clearing.amounts,
        }))
    }

    /// Brings an order to its outcome, if the home region answers.
    pub(super) async fn ask_for(&self, deduction: DeductionId) -> Result<(), NodeError> {
        // What the home region is asked for is synced.
        self.ledger.barrier().await?;
        let row = self.ledger.deduction(deduction)?;
        let Some((row, at)) = row.and_then(|row| open_order(&row).map(|at| (row, at))) else {
            return Ok(());
        };
        let (order, _) = order_at(&self.ledger, at)?;
        let home = self.home(row.home)?;
        let answer = home
            .deduct(&order, self.incarnation()?, self.timing.commit)
            .await;
        let (word, said_in) =
            answer.map_err(|fault| NodeError::refused(RefusalCode::OutcomeUnknown, fault))?;
        if !self.is_on(&word, &order, &home) {
            return Err(NodeError::refused(RefusalCode::OutcomeUnknown, deduction));
        }
        for _ in 0..TRIES {
            let command = BookDeduction {
                word: word.clone(),
                reversal: self.reversal_of(row.settlement).await?,
                said_in,
            };
            if let Booking::Done(_) = self.writer.run(command).await?.answer {
                return Ok(());
            }
        }
        Err(NodeError::refused(RefusalCode::OutcomeUnknown, deduction))
    }

    /// Whether a word is the home region's, and on this order: it may name an earlier one of the same content, which this
    /// node signed before a restore.
    fn is_on(&self, word: &DeductionWord, order: &SignedDeduction, home: &Home) -> bool {
        let signer = home.signing_key(word.answer.group.key_id);
        let keys = Keys {
            treatment: None,
            home: signer.as_deref(),
        };
        let checked = check_word(word, (self.region, home.region()), keys);
        let deduction = order.body.deduction;
        if let Err(fault) = checked {
            tracing::error!(%deduction, %fault, "a word on a deduction is not accepted");
            return false;
        }
        let restored = self.ledger.restored().ok().flatten();
        let is_own = is_own_order(&word.order.body, &order.body, restored.as_ref());
        if !is_own {
            tracing::error!(%deduction, "another deduction was answered");
        }
        is_own
    }

    fn incarnation(&self) -> Result<u32, StoreError> {
        crate::store::incarnation(&*self.ledger)
    }

    /// The reversal of a settlement that is reversed.
    pub(crate) async fn reversal_of(
        &self,
        settlement: SettlementId,
    ) -> Result<Option<ReversalBody>, NodeError> {
        self.ledger.barrier().await?;
        let row = self.ledger.settlement(settlement)?;
        let Some(SettlementState::Reversed(places)) = row.map(|row| row.state) else {
            return Ok(None);
        };
        let NodeRecord::ReversalBooked(booked) = self.ledger.record(places.reversed)? else {
            let wrong = "a reversal's place holds another record";
            return Err(StoreError::Inconsistent(wrong).into());
        };
        Ok(Some(booked.reversal.body))
    }

    /// The deductions and withdrawals without an outcome, at most so many.
    ///
    /// # Errors
    /// [`StoreError`] when rows cannot be read.
    pub fn open_deductions(&self, at_most: usize) -> Result<Vec<DeductionId>, StoreError> {
        let rows = self.ledger.scan(Table::OpenDeduction, at_most)?;
        let id = |key: Key| {
            if let Key::OpenDeduction(deduction) = key {
                Some(deduction)
            } else {
                None
            }
        };
        Ok(rows.into_iter().filter_map(|(key, _)| id(key)).collect())
    }
}

/// Whether an order that was answered is the one that was put: just that, or, after a restore, one of the same content that
/// was lost with the disk. Its officer and moment are the lost order's then.
fn is_own_order(
    answered: &DeductionBody,
    put: &DeductionBody,
    restored: Option<&Restored>,
) -> bool {
    let is_alike = answered.deduction == put.deduction && answered.first_difference(put).is_none();
    answered == put || (restored.is_some() && is_alike)
}

/// The record of the order that waits for an outcome.
const fn open_order(row: &DeductionRow) -> Option<Location> {
    match row.state {
        DeductionState::Asked => row.ordered,
        DeductionState::Withdrawing => row.withdrawal,
        DeductionState::Stands
        | DeductionState::Refused
        | DeductionState::Withdrawn
        | DeductionState::Lifted => None,
    }
}

#[cfg(test)]
mod tests;
