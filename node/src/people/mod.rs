//! The records of the region's people: what officers, and institutions on a patient's behalf, change of them.
//!
//! | module | its question |
//! |---|---|
//! | [`rule`] | Who may file what, and for how long? |
//! | [`person`](mod@person) | What is an act decided on? |
//! | [`filing`] | Which filings stand after one is made, amended or ended? Pure |
//! | [`change`] | What does an act change of a person's record? Pure |
//! | [`act`] | Is an act done? Pure, decided by the writer |
//! | [`review`] | Is an emergency accepted that counted as filed? Pure, decided by the writer |
//! | [`seen`] | What does an officer see of people, filings and emergencies? |
//! | [`totals`] | What do totals come to with what an act adds? Pure |
//!
//! Bringing files in belongs to [`crate::registry`]; how a record decides a visit, to [`crate::home`].

pub mod act;
pub mod change;
pub mod filing;
pub mod person;
pub mod review;
pub mod rule;
pub mod seen;
#[cfg(test)]
mod tests;
pub mod totals;

use std::sync::Arc;

use huitong_core::id::{ActId, RequestId};
use huitong_core::person::{Credential, PsnNo};
use huitong_core::record::NodeRecord;
use huitong_core::record::person::{AskedBy, EmergencyReviewed, PersonChange, PersonChanged};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use tokio::time::Instant;

use crate::clock::Clock;
use crate::error::NodeError;
use crate::home::watch::{Asker, Watch};
use crate::ledger::Ledger;
use crate::policies::PolicyBook;
use crate::store::apply::Records;
use crate::store::{Rows, StoreError};
use crate::writer::Writer;

use act::{ActVerdict, ChangePerson, act_id};
use review::Review;
use rule::FilingRule;

/// An act as it is asked for.
#[derive(Debug, Clone)]
pub struct ActAsked {
    /// Who asks, by certificate.
    pub by: AskedBy,
    /// Their own id of the request.
    pub request: RequestId,
    /// Whose record.
    pub psn_no: PsnNo,
    /// What is asked for.
    pub change: PersonChange,
    /// What was read at the counter; none for an officer.
    pub credential: Option<Credential>,
}

/// Where the records of the region's people are changed and seen.
pub struct PeopleDesk {
    region: RegionCode,
    ledger: Arc<Ledger>,
    writer: Arc<Writer>,
    policies: Arc<PolicyBook>,
    rule: Arc<FilingRule>,
    clock: Arc<dyn Clock>,
    watch: Arc<Watch>,
}

impl PeopleDesk {
    /// The desk of a node.
    #[must_use]
    pub fn new(
        region: RegionCode,
        ledger: Arc<Ledger>,
        writer: Arc<Writer>,
        policies: Arc<PolicyBook>,
        (rule, watch): (FilingRule, Arc<Watch>),
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            region,
            ledger,
            writer,
            policies,
            rule: Arc::new(rule),
            clock,
            watch,
        }
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// Changes a person's record; its record, the same when the act is repeated.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn change(&self, asked: ActAsked) -> Result<PersonChanged, NodeError> {
        let act = act_id(self.region, &asked.by, asked.request);
        let (asker, psn_no, now) = (asker(&asked.by), asked.psn_no, Instant::now());
        if let Some(asker) = asker {
            self.watch.admit(asker, psn_no, now)?;
        }
        let command = ChangePerson {
            own: self.region,
            by: asked.by,
            request: asked.request,
            psn_no: asked.psn_no,
            change: asked.change,
            credential: asked.credential,
            rule: Arc::clone(&self.rule),
        };
        let verdict = self.writer.run(command).await?.answer;
        if let (Some(asker), ActVerdict::Refused(refusal)) = (asker, &verdict)
            && matches!(
                refusal.code,
                RefusalCode::UnknownPerson | RefusalCode::CredentialMismatch
            )
        {
            self.watch.unknown(asker, now);
        }
        done(verdict, asked.request)?;
        if let NodeRecord::PersonChanged(record) = self.record_of(act)? {
            Ok(record)
        } else {
            Err(StoreError::Inconsistent("an act's place holds another record").into())
        }
    }

    /// Reviews an emergency; its record, the same when the review is repeated.
    ///
    /// # Errors
    /// A refusal, or the node's own trouble.
    pub async fn review(&self, review: Review) -> Result<EmergencyReviewed, NodeError> {
        let by = AskedBy::Officer(review.by.clone());
        let (act, request) = (act_id(self.region, &by, review.request), review.request);
        done(self.writer.run(review).await?.answer, request)?;
        if let NodeRecord::EmergencyReviewed(record) = self.record_of(act)? {
            Ok(record)
        } else {
            Err(StoreError::Inconsistent("a review's place holds another record").into())
        }
    }

    fn record_of(&self, act: ActId) -> Result<NodeRecord, StoreError> {
        let row = self.ledger.act(act)?;
        let row = row.ok_or(StoreError::Inconsistent("an act left no row"))?;
        self.ledger.record(row.at)
    }
}

/// Who is counted for asking about people; officers know their own.
const fn asker(by: &AskedBy) -> Option<Asker> {
    match by {
        AskedBy::Institution { region, code } => Some((*region, *code)),
        AskedBy::Officer(_) | AskedBy::File(_) => None,
    }
}

fn done(verdict: ActVerdict, request: RequestId) -> Result<(), NodeError> {
    match verdict {
        ActVerdict::Done => Ok(()),
        ActVerdict::Conflict => Err(NodeError::refused(RefusalCode::IdConflict, request)),
        ActVerdict::Refused(refusal) => Err(refusal.into()),
    }
}
