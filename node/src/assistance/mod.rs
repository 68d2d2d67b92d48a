//! Medical assistance on a year's totals (依申请救助): assessed, granted to a person, withdrawn.
//!
//! | module | its question |
//! |---|---|
//! | `year` | Which settlements of the year stand, and what was paid of them? |
//! | `assess` | What does the region's policy pay on the year? |
//! | `helped` | What does that add to totals, and may it stand? Pure |
//! | `grant` | Is it granted, does it stand no more? Pure, decided by the writer |
//! | [`differences`] | Which grants would come out differently? |
//! | [`all`] | What would be granted to whom of everyone? |
//! | [`seen`] | What does an officer see of grants? |
//!
//! A grant makes no receipt and no legs: the region pays the person. It is a version of the person's record, so
//! that of a grant and a settlement decided at once one is decided again.

pub mod all;
mod assess;
pub mod differences;
mod grant;
mod helped;
pub mod seen;
mod year;

use std::sync::Arc;
use std::time::Duration;

use huitong_core::assistance::AssessedYear;
use huitong_core::date::ServiceDate;
use huitong_core::digest::Digest;
use huitong_core::id::{ActId, RequestId};
use huitong_core::officer::OfficerName;
use huitong_core::person::PsnNo;
use huitong_core::record::person::AskedBy;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::AssistanceEndReason;

use crate::compute::long;
use crate::error::NodeError;
use crate::ledger::Ledger;
use crate::people::act::act_id;
use crate::policies::PolicyBook;
use crate::store::{PolicyChanges, Rows};
use crate::writer::Writer;

use assess::Assessing;
use grant::{Grant, GrantVerdict, Withdraw, bars, known};
use seen::Granted;

/// How often a year is assessed again when the record or what decides changed meanwhile.
const ATTEMPTS_AT_MOST: usize = 8;
/// How long a change of policies that is written is waited for.
const CATCHING_UP: Duration = Duration::from_secs(2);

/// Where years are assessed and granted.
pub struct AssistanceDesk {
    region: RegionCode,
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    policies: Arc<PolicyBook>,
}

/// A grant that is asked for.
#[derive(Debug, Clone)]
pub struct GrantOrder {
    /// Who asks.
    pub by: OfficerName,
    /// Their own id.
    pub request: RequestId,
    /// To whom.
    pub psn_no: PsnNo,
    /// The day on which need was found; its year is the year.
    pub on: ServiceDate,
    /// What was assessed, when only that may be granted.
    pub digest: Option<Digest>,
}

impl AssistanceDesk {
    /// The desk of a node.
    #[must_use]
    pub const fn new(
        region: RegionCode,
        ledger: Arc<Ledger>,
        writer: Arc<Writer>,
        policies: Arc<PolicyBook>,
    ) -> Self {
        Self {
            region,
            ledger,
            writer,
            policies,
        }
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// The policies at hand.
    #[must_use]
    pub const fn policies(&self) -> &Arc<PolicyBook> {
        &self.policies
    }

    /// Waits until all that was decided can be read.
    ///
    /// # Errors
    /// The node's own trouble.
    pub async fn caught_up(&self) -> Result<(), NodeError> {
        Ok(self.ledger.barrier().await?)
    }

    /// What a person's year comes to, as it stands; nothing is written.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn assess(&self, psn_no: PsnNo, on: ServiceDate) -> Result<AssessedYear, NodeError> {
        for _ in 0..ATTEMPTS_AT_MOST {
            self.ledger.barrier().await?;
            if let Some(refusal) = bars(&*self.ledger, psn_no, on.year())? {
                return Err(refusal.into());
            }
            if let Some((year, _)) = self.assessed(psn_no, on)? {
                return Ok(year);
            }
        }
        Err(NodeError::refused(RefusalCode::StaleVersion, ""))
    }

    /// Grants a year. Idempotent by (officer, request).
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn grant(&self, order: GrantOrder) -> Result<Granted, NodeError> {
        let asked = (order.psn_no, order.on);
        let by = AskedBy::Officer(order.by.clone());
        let act = act_id(self.region, &by, order.request);
        for _ in 0..ATTEMPTS_AT_MOST {
            self.ledger.barrier().await?;
            if let Some(known) = known(&*self.ledger, act, asked)? {
                return self.answer(known, act).await;
            }
            if let Some(refusal) = bars(&*self.ledger, order.psn_no, order.on.year())? {
                return Err(refusal.into());
            }
            let Some((year, change)) = self.assessed(order.psn_no, order.on)? else {
                continue;
            };
            let digest = year.digest();
            if order.digest.is_some_and(|quoted| quoted != digest) {
                return Err(NodeError::refused(RefusalCode::AssistanceMoved, digest));
            }
            let command = Grant {
                act,
                by: order.by.clone(),
                request: order.request,
                year,
                change,
            };
            match self.writer.run(command).await?.answer {
                GrantVerdict::Stale => self.catch_up().await?,
                decided @ (GrantVerdict::Done | GrantVerdict::Refused(_)) => {
                    return self.answer(decided, act).await;
                }
            }
        }
        Err(NodeError::refused(RefusalCode::StaleVersion, act))
    }

    /// Withdraws a grant. Repeated with its reason, it answers the same.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn withdraw(
        &self,
        by: OfficerName,
        act: ActId,
        reason: AssistanceEndReason,
    ) -> Result<Granted, NodeError> {
        let Granted { record, .. } = self.granted(act).await?;
        let command = Withdraw {
            granted: record,
            reason,
            by,
        };
        let decided = self.writer.run(command).await?.answer;
        let granted = self.answer(decided, act).await?;
        match &granted.withdrawn {
            Some(record) if record.reason != reason => {
                Err(NodeError::refused(RefusalCode::IdConflict, "reason"))
            }
            Some(_) | None => Ok(granted),
        }
    }

    async fn answer(&self, decided: GrantVerdict, act: ActId) -> Result<Granted, NodeError> {
        match decided {
            GrantVerdict::Done => self.granted(act).await,
            GrantVerdict::Refused(refusal) => Err(refusal.into()),
            GrantVerdict::Stale => Err(NodeError::refused(RefusalCode::StaleVersion, act)),
        }
    }

    /// A year as it stands, and the change of policies that it was assessed after; none when it moved meanwhile.
    fn assessed(
        &self,
        psn_no: PsnNo,
        on: ServiceDate,
    ) -> Result<Option<(AssessedYear, u64)>, NodeError> {
        let deciding = self.policies.deciding();
        let assessing = Assessing {
            region: self.region,
            ledger: &self.ledger,
            rows: &*self.ledger,
            policies: &self.policies,
            deciding: &deciding,
        };
        match long(|| assessing.assess(psn_no, on)) {
            Ok(year) => Ok(Some((year, deciding.change))),
            Err(NodeError::Refused(refusal))
                if matches!(
                    refusal.code,
                    RefusalCode::StaleVersion | RefusalCode::Overloaded
                ) =>
            {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn catch_up(&self) -> Result<(), NodeError> {
        let changes = self.ledger.policy_changes()?;
        let changes = changes.unwrap_or(PolicyChanges::NONE);
        self.policies.reached(changes.changes, CATCHING_UP).await;
        Ok(())
    }
}
