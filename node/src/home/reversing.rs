//! Performing a reversal at home, and reading what stands under a committed id.

use huitong_core::canonical::encode_to_vec;
use huitong_core::digest::sha256_parts;
use huitong_core::final_refusal::FinalRefusal;
use huitong_core::id::{RequestId, ReversalId, SettlementId};
use huitong_core::officer::OfficerName;
use huitong_core::record::home::Committed;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::reversal::{HomeWord, ReversalOrder};

use super::HomeRole;
use super::receipts::{receipt_at, refusal_at};
use super::refusing::told;
use super::reverse::{Reverse, ReverseVerdict};
use crate::chance::salt;
use crate::error::NodeError;
use crate::store::apply::Records;
use crate::store::{HomeState, Location, Rows, StoreError};
use crate::writer::Done;

/// What asking for a reversal ends with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReverseOutcome {
    /// The settlement stands no more.
    Reversed(Box<HomeWord>),
    /// The id of the reversal is finally refused; the settlement stands as it stood.
    Refused(Box<FinalRefusal>),
}

/// The id of the reversal that an officer of the bureau asks for.
#[must_use]
pub fn officer_reversal_id(
    region: RegionCode,
    officer: &OfficerName,
    request: RequestId,
) -> ReversalId {
    let digest = sha256_parts(&[
        b"HTRO\x00\x01",
        &encode_to_vec(&(region, officer.clone(), request)),
    ]);
    let (first, _) = digest
        .as_bytes()
        .split_first_chunk::<16>()
        .unwrap_or((&[0; 16], &[]));
    ReversalId::from_bytes(*first)
}

impl HomeRole {
    /// Takes a settlement back, in full. Idempotent by (region that asks, reversal).
    ///
    /// # Errors
    /// A refusal that is no outcome (`id.conflict`, `settlement.not_found`), or the node's own trouble.
    pub async fn reverse(
        &self,
        reversal: ReversalId,
        asked_by: RegionCode,
        order: ReversalOrder,
    ) -> Result<ReverseOutcome, NodeError> {
        let (treatment, settlement) = (order.treatment, order.settlement);
        self.is_not_erased(settlement)?;
        let original = self.original(treatment, settlement).await?;
        let committed = original.as_ref().map(|(at, _)| *at);
        let command = Reverse {
            reversal,
            home: self.region,
            asked_by,
            order,
            original: original.map(|(_, record)| record),
            rule: self.rule,
            calendar: std::sync::Arc::clone(&self.calendar),
            salt: salt(&*self.chance),
        };
        let Done { answer, written } = self.writer.run(command).await?;
        match answer {
            ReverseVerdict::Reversed { body, person, salt } => {
                let reversal = written.and_then(|written| {
                    let group = written.group?;
                    group.reversal(written.first.record(), body, person, salt)
                });
                let lost = StoreError::Inconsistent("a reversal without its group");
                let reversal = Some(reversal.ok_or(lost)?);
                let at = committed.ok_or(StoreError::Inconsistent("a reversal of nothing"))?;
                let receipt = receipt_at(&self.ledger, at)?;
                Ok(ReverseOutcome::Reversed(Box::new(HomeWord {
                    receipt,
                    reversal,
                })))
            }
            ReverseVerdict::Repeated => {
                let word = self.word(treatment, settlement).await?;
                Ok(ReverseOutcome::Reversed(Box::new(word)))
            }
            ReverseVerdict::Refused(record) => {
                let refusal = told(&record, written)?;
                Ok(ReverseOutcome::Refused(Box::new(refusal)))
            }
            ReverseVerdict::RefusedBefore => {
                let at = self.refused_at(asked_by, reversal)?;
                let refusal = refusal_at(&self.ledger, at)?;
                Ok(ReverseOutcome::Refused(Box::new(refusal)))
            }
            ReverseVerdict::Conflict(field) => {
                Err(NodeError::refused(RefusalCode::IdConflict, field))
            }
            ReverseVerdict::Moving(to) => Err(NodeError::refused(RefusalCode::MemberMoving, to)),
            ReverseVerdict::LeftOut(region) => {
                Err(NodeError::refused(RefusalCode::LeftOut, region))
            }
            ReverseVerdict::Unknown => Err(NodeError::refused(RefusalCode::NotFound, settlement)),
        }
    }

    /// The record that refused the id of a reversal.
    fn refused_at(
        &self,
        asked_by: RegionCode,
        reversal: ReversalId,
    ) -> Result<Location, StoreError> {
        let row = self.ledger.home_reversal(asked_by, reversal)?;
        row.and_then(|row| row.refused)
            .ok_or(StoreError::Inconsistent(
                "a refused reversal without its row",
            ))
    }

    /// What was committed under an id, and where, whether or not it is reversed; none when nothing was.
    pub(super) async fn original(
        &self,
        treatment: RegionCode,
        settlement: SettlementId,
    ) -> Result<Option<(Location, Committed)>, NodeError> {
        // What is appended and not synced has no place yet.
        self.ledger.barrier().await?;
        let row = self.ledger.home_settlement(treatment, settlement)?;
        let at = match row.map(|row| row.state) {
            Some(HomeState::Committed(at)) => at,
            Some(HomeState::Reversed(row)) => row.settled,
            Some(HomeState::Refused(_) | HomeState::Tombstone(_)) | None => return Ok(None),
        };
        if at.frame().is_none() {
            return Err(NodeError::refused(RefusalCode::Overloaded, settlement));
        }
        let Some(record) = self.ledger.record(at)?.into_committed() else {
            return Err(StoreError::Inconsistent("a commit's place holds another record").into());
        };
        Ok(Some((at, record)))
    }
}
