//! What the writer decides of a policy's life: each step from the rows alone, so that a repeated one is
//! answered as it stands.
//!
//! Two officers: whoever put something forward cannot approve it. Whether a document fits beside the others
//! is asked by the office, which takes one step at a time.

use std::sync::Arc;

use huitong_certs::SigningKey;
use huitong_core::date::Timestamp;
use huitong_core::digest::{Digest, sha256};
use huitong_core::officer::OfficerName;
use huitong_core::publication::PolicyStatement;
use huitong_core::record::NodeRecord;
use huitong_core::record::policy::{
    Act, PolicyProposed, PolicyPublished, PolicyRejected, PolicyWithdrawn, WithdrawalAsked,
    WithdrawalRejected,
};
use huitong_core::refusal::{Refusal, RefusalCode};

use crate::policies::HeldPolicy;
use crate::signature::sign_statement;
use crate::store::{PolicyChanges, PolicyStanding, Publication, Rows, StoreError};
use crate::writer::{Command, Verdict};

/// How long something waits for a second officer, in milliseconds: 30 days.
pub const WAITS_AT_MOST_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// What became of a step: taken now or before, or refused.
pub type Step = Result<(), Refusal>;

/// Whether something put forward has waited too long.
#[must_use]
pub fn is_expired(act: &Act, now: Timestamp) -> bool {
    act.at
        .plus_millis(WAITS_AT_MOST_MS)
        .is_ok_and(|last| now > last)
}

fn refuse(code: RefusalCode, detail: impl std::fmt::Display) -> Verdict<Step> {
    Verdict::Answer(Err(Refusal::new(code, detail)))
}

fn wrong_state(standing: Option<&PolicyStanding>, policy: Digest) -> Verdict<Step> {
    let state = match standing {
        None | Some(PolicyStanding::Fetched(_)) => {
            return refuse(RefusalCode::PolicyUnknown, policy);
        }
        Some(PolicyStanding::Proposed(_)) => "proposed",
        Some(PolicyStanding::Rejected(_)) => "rejected",
        Some(PolicyStanding::Published(_)) => "published",
        Some(PolicyStanding::Withdrawn(_)) => "withdrawn",
    };
    refuse(RefusalCode::PolicyState, format!("{policy} is {state}"))
}

fn standing(rows: &dyn Rows, policy: Digest) -> Result<Option<PolicyStanding>, StoreError> {
    Ok(rows.policy(policy)?.map(|row| row.standing))
}

/// Puts a document forward that was reviewed.
pub struct Propose {
    /// Its bytes.
    pub document: Vec<u8>,
    /// Who.
    pub by: OfficerName,
}

impl Command for Propose {
    type Answer = Step;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Step>, StoreError> {
        let policy = sha256(&self.document);
        match standing(rows, policy)? {
            Some(PolicyStanding::Published(_)) => return Ok(Verdict::Answer(Ok(()))),
            Some(PolicyStanding::Proposed(act)) if !is_expired(&act, at) => {
                return Ok(Verdict::Answer(Ok(())));
            }
            Some(ref other @ PolicyStanding::Withdrawn(_)) => {
                return Ok(wrong_state(Some(other), policy));
            }
            None
            | Some(
                PolicyStanding::Proposed(_)
                | PolicyStanding::Rejected(_)
                | PolicyStanding::Fetched(_),
            ) => {}
        }
        let record = PolicyProposed {
            document: self.document,
            proposed: Act { by: self.by, at },
        };
        Ok(append(NodeRecord::PolicyProposed(record)))
    }
}

fn append(record: NodeRecord) -> Verdict<Step> {
    Verdict::Append(vec![record], Ok(()))
}

/// Approves a proposed document.
pub struct Publish {
    /// The document.
    pub policy: Arc<HeldPolicy>,
    /// Who.
    pub by: OfficerName,
    /// What the node signs with.
    pub key: Arc<SigningKey>,
}

impl Command for Publish {
    type Answer = Step;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Step>, StoreError> {
        let policy = self.policy.digest();
        let proposed = match standing(rows, policy)? {
            Some(PolicyStanding::Proposed(proposed)) => proposed,
            Some(PolicyStanding::Published(published)) if published.proposed.by != self.by => {
                return Ok(Verdict::Answer(Ok(())));
            }
            Some(PolicyStanding::Published(_)) => {
                return Ok(refuse(RefusalCode::SameOfficer, self.by));
            }
            other @ (None
            | Some(
                PolicyStanding::Fetched(_)
                | PolicyStanding::Rejected(_)
                | PolicyStanding::Withdrawn(_),
            )) => return Ok(wrong_state(other.as_ref(), policy)),
        };
        if proposed.by == self.by {
            return Ok(refuse(RefusalCode::SameOfficer, self.by));
        }
        if is_expired(&proposed, at) {
            return Ok(refuse(RefusalCode::ProposalExpired, proposed.at));
        }
        let scope = self.policy.policy().scope();
        let statement = PolicyStatement {
            policy,
            region: scope.region,
            scheme: scope.scheme,
            settings: scope.settings.clone(),
            effective: scope.effective,
            supersedes: self.policy.policy().supersedes().to_vec(),
            proposer: proposed.by,
            approver: self.by.clone(),
            at,
        };
        let changes = rows.policy_changes()?.unwrap_or(PolicyChanges::NONE);
        let record = PolicyPublished {
            policy,
            number: changes.published.saturating_add(1),
            change: changes.changes.saturating_add(1),
            approved: Act { by: self.by, at },
            statement: sign_statement(&self.key, &statement),
        };
        Ok(append(NodeRecord::PolicyPublished(record)))
    }
}

/// Turns a proposed document down.
pub struct RejectProposal {
    /// The document.
    pub policy: Digest,
    /// Who.
    pub by: OfficerName,
    /// Why.
    pub reason: String,
}

impl Command for RejectProposal {
    type Answer = Step;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Step>, StoreError> {
        let Self { policy, by, reason } = self;
        match standing(rows, policy)? {
            Some(PolicyStanding::Proposed(_)) => {
                let record = PolicyRejected {
                    policy,
                    rejected: Act { by, at },
                    reason,
                };
                Ok(append(NodeRecord::PolicyRejected(record)))
            }
            Some(PolicyStanding::Rejected(before))
                if before.rejected.by == by && before.reason == reason =>
            {
                Ok(Verdict::Answer(Ok(())))
            }
            other @ (None
            | Some(
                PolicyStanding::Fetched(_)
                | PolicyStanding::Rejected(_)
                | PolicyStanding::Published(_)
                | PolicyStanding::Withdrawn(_),
            )) => Ok(wrong_state(other.as_ref(), policy)),
        }
    }
}

/// Asks for a published document to be withdrawn.
pub struct AskWithdrawal {
    /// What is asked; when is the writer's to say.
    pub asked: WithdrawalAsked,
}

impl Command for AskWithdrawal {
    type Answer = Step;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Step>, StoreError> {
        let Self { mut asked } = self;
        let policy = asked.policy;
        let same = |before: &WithdrawalAsked| {
            before.reason == asked.reason && before.in_favour_of == asked.in_favour_of
        };
        match standing(rows, policy)? {
            Some(PolicyStanding::Published(Publication {
                asked: Some(ref before),
                ..
            })) if !is_expired(&before.asked, at) => Ok(if same(before) {
                Verdict::Answer(Ok(()))
            } else {
                let by = &before.asked.by;
                let detail = format!("{by} asked for another withdrawal of {policy}");
                refuse(RefusalCode::PolicyState, detail)
            }),
            Some(PolicyStanding::Published(_)) => {
                asked.asked.at = at;
                Ok(append(NodeRecord::WithdrawalAsked(asked)))
            }
            Some(PolicyStanding::Withdrawn(ref withdrawn)) if same(&withdrawn.asked) => {
                Ok(Verdict::Answer(Ok(())))
            }
            other @ (None
            | Some(
                PolicyStanding::Fetched(_)
                | PolicyStanding::Proposed(_)
                | PolicyStanding::Rejected(_)
                | PolicyStanding::Withdrawn(_),
            )) => Ok(wrong_state(other.as_ref(), policy)),
        }
    }
}

/// Approves a withdrawal.
pub struct Withdraw {
    /// The document.
    pub policy: Digest,
    /// Who.
    pub by: OfficerName,
}

impl Command for Withdraw {
    type Answer = Step;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Step>, StoreError> {
        let Self { policy, by } = self;
        let asked = match standing(rows, policy)? {
            Some(PolicyStanding::Published(Publication {
                asked: Some(asked), ..
            })) => asked,
            Some(PolicyStanding::Withdrawn(withdrawn)) if withdrawn.asked.asked.by != by => {
                return Ok(Verdict::Answer(Ok(())));
            }
            Some(PolicyStanding::Withdrawn(_)) => {
                return Ok(refuse(RefusalCode::SameOfficer, by));
            }
            other @ (None
            | Some(
                PolicyStanding::Fetched(_)
                | PolicyStanding::Proposed(_)
                | PolicyStanding::Rejected(_)
                | PolicyStanding::Published(_),
            )) => return Ok(wrong_state(other.as_ref(), policy)),
        };
        if asked.asked.by == by {
            return Ok(refuse(RefusalCode::SameOfficer, by));
        }
        if is_expired(&asked.asked, at) {
            return Ok(refuse(RefusalCode::ProposalExpired, asked.asked.at));
        }
        let changes = rows.policy_changes()?.unwrap_or(PolicyChanges::NONE);
        let record = PolicyWithdrawn {
            policy,
            change: changes.changes.saturating_add(1),
            approved: Act { by, at },
        };
        Ok(append(NodeRecord::PolicyWithdrawn(record)))
    }
}

/// Turns a withdrawal down.
pub struct RejectWithdrawal {
    /// The document.
    pub policy: Digest,
    /// Who.
    pub by: OfficerName,
    /// Why.
    pub reason: String,
}

impl Command for RejectWithdrawal {
    type Answer = Step;

    fn decide(self, rows: &dyn Rows, at: Timestamp) -> Result<Verdict<Step>, StoreError> {
        let Self { policy, by, reason } = self;
        let found = standing(rows, policy)?;
        let repeated = |publication: &Publication| {
            publication
                .declined
                .as_ref()
                .is_some_and(|before| before.rejected.by == by && before.reason == reason)
        };
        match found {
            Some(PolicyStanding::Published(Publication { asked: Some(_), .. })) => {
                let record = WithdrawalRejected {
                    policy,
                    rejected: Act { by, at },
                    reason,
                };
                Ok(append(NodeRecord::WithdrawalRejected(record)))
            }
            Some(PolicyStanding::Published(ref publication)) if repeated(publication) => {
                Ok(Verdict::Answer(Ok(())))
            }
            other @ (None
            | Some(
                PolicyStanding::Fetched(_)
                | PolicyStanding::Proposed(_)
                | PolicyStanding::Rejected(_)
                | PolicyStanding::Published(_)
                | PolicyStanding::Withdrawn(_),
            )) => Ok(wrong_state(other.as_ref(), policy)),
        }
    }
}

#[cfg(test)]
mod tests;
