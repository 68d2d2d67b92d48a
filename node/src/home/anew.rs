//! Whether another region may begin something: not while the signed directory that this node goes by says that one of the two
//! is suspended or has left, whatever the other node goes by. It is told no snapshot then, and no claim of it is committed.
//!
//! Neither refusal is an outcome: the id stays free, a cancel buries it, and it stands once the region is active again
//! (PROTOCOL 2). What was begun is decided as ever: an id with an outcome, a claim whose legs are with the clearinghouse since
//! before a restore, one that was put to a new home, and one that was settled on a snapshot that this region signed
//! beforehand, as its policy allows, when it is here by the own clock at most a week after that could be used: when it was
//! used is the other region's word alone. Deliberately absent: policies, which tell of nobody and are needed to end what was
//! begun, and bills that a person brings home.

use huitong_core::claim::Claim;
use huitong_core::date::Timestamp;
use huitong_core::id::SettlementId;
use huitong_core::refusal::Refusal;
use huitong_core::region::RegionCode;

use super::HomeRole;
use super::commit::{Commit, CommitVerdict};
use super::relation::{Relation, relation};
use super::restored::bound;
use super::signing::Beforehand;
use crate::error::NodeError;
use crate::store::{HomeId, Rows, StoreError};
use crate::writer::{Command, Verdict};

/// A claim of a treatment region, to be committed if it was begun or may be.
pub(super) struct CommitOfRegion {
    pub(super) commit: Commit,
    pub(super) beforehand: Beforehand,
}

impl Command for CommitOfRegion {
    type Answer = Result<CommitVerdict, Refusal>;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<Self::Answer>, StoreError> {
        if let Some(refusal) = self.nothing_new(rows, now)? {
            return Ok(Verdict::Answer(Err(refusal)));
        }
        Ok(match self.commit.decide(rows, now)? {
            Verdict::Answer(verdict) => Verdict::Answer(Ok(verdict)),
            Verdict::Append(records, verdict) => Verdict::Append(records, Ok(verdict)),
        })
    }
}

impl CommitOfRegion {
    /// Why it may not be begun; nothing when it may, or was.
    fn nothing_new(&self, rows: &dyn Rows, now: Timestamp) -> Result<Option<Refusal>, StoreError> {
        let claim = &self.commit.claim;
        let between = [claim.treatment, claim.person.home];
        let head = rows.directory_head()?;
        let Some(refusal) = head.and_then(|head| head.nothing_new(between)) else {
            return Ok(None);
        };
        Ok((!self.is_begun(rows, now)?).then_some(refusal))
    }

    fn is_begun(&self, rows: &dyn Rows, now: Timestamp) -> Result<bool, StoreError> {
        Ok(self.was_promised(now) || is_known(rows, self.commit.settlement, &self.commit.claim)?)
    }

    /// Whether it was settled on a snapshot of this region, as far as that promised, and comes in time.
    fn was_promised(&self, now: Timestamp) -> bool {
        match self.beforehand {
            Beforehand::Nothing => false,
            Beforehand::OnSigned { until } => self.commit.promise.is_some() && now <= until,
        }
    }
}

/// Whether something here knows of a claim already: its outcome, its legs since before a restore, or a new home that it was
/// put to.
pub(super) fn is_known(
    rows: &dyn Rows,
    settlement: SettlementId,
    claim: &Claim,
) -> Result<bool, StoreError> {
    let treatment = claim.treatment;
    if rows.home_settlement(treatment, settlement)?.is_some() || bound(rows, settlement)?.is_some()
    {
        return Ok(true);
    }
    let id = HomeId {
        treatment,
        settlement,
    };
    Ok(
        match relation(rows, claim.person.psn_no, claim.visit.admitted)? {
            Relation::Late(leaving) => leaving.offered == Some(id),
            Relation::Here | Relation::Moving(_) | Relation::Moved(_) => false,
        },
    )
}

impl HomeRole {
    /// Whether a treatment region may be told what it needs to begin something.
    pub(super) fn may_begin(&self, treatment: RegionCode) -> Result<(), NodeError> {
        let head = self.ledger.directory_head()?;
        match head.and_then(|head| head.nothing_new([treatment, self.region])) {
            Some(refusal) => Err(refusal.into()),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
