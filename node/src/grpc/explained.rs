//! A decision looked at again: the share of each line, and every step in words.
//!
//! Both are worked out when somebody reads them, from what the decision was made on; they are in no record.

use huitong_adjudication::{
    Case, Fault, LineShare, facts, line_shares as shares, slots, stored_totals,
};
use huitong_core::claim::Claim;
use huitong_core::coverage::Snapshot;
use huitong_core::decision::Decision;
use huitong_core::money::Fen;
use huitong_explanation::{Sentence, explain};
use huitong_proto::conversion::common::parts_to_wire;
use huitong_proto::settlement::v1;

use crate::compute::compute;
use crate::policies::{HeldPolicy, PolicyBook};

/// What is told of a decision beside its figures.
#[derive(Debug, Default)]
pub(super) struct Explained {
    /// The share of each line.
    pub(super) lines: Vec<v1::LineShare>,
    /// Every step, in words.
    pub(super) steps: Vec<v1::Sentence>,
}

/// The share of each line and every step; none when the policy is not at hand any more.
#[must_use]
pub(super) fn explained(
    policies: &PolicyBook,
    claim: &Claim,
    snapshot: &Snapshot,
    decision: &Decision,
) -> Explained {
    let found = again(policies, claim, snapshot, decision, |policy, case| {
        let bill = claim.bill.lines();
        let shares = compute(bill.len(), || shares(&policy.compiled, case, decision))?;
        let lines = bill.iter().zip(&shares);
        Ok(Explained {
            lines: lines.map(|(line, share)| line_share(line, share)).collect(),
            steps: steps(policy, case, decision),
        })
    });
    found.unwrap_or_default()
}

/// Looks at a decision again, with its policy and the case that it was made on; nothing when the policy is
/// not at hand any more.
fn again<T>(
    policies: &PolicyBook,
    claim: &Claim,
    snapshot: &Snapshot,
    decision: &Decision,
    look: impl FnOnce(&HeldPolicy, &Case<'_>) -> Result<T, Fault>,
) -> Option<T> {
    let policy = policies.get(&decision.policy)?;
    let looked = facts(policy.policy(), claim, &snapshot.coverage).and_then(|facts| {
        let totals = stored_totals(slots(policy.policy(), &facts, claim), &snapshot.totals);
        let case = Case {
            bill: &claim.bill,
            facts: &facts,
            totals: &totals,
            balances: snapshot.balances,
            given: &claim.given,
            catalogue: claim.catalogue,
        };
        look(&policy, &case)
    });
    match looked {
        Ok(found) => Some(found),
        Err(fault) => {
            tracing::error!(%fault, "a decision cannot be looked at again");
            None
        }
    }
}

fn line_share(line: &huitong_core::bill::SplitLine, share: &LineShare) -> v1::LineShare {
    v1::LineShare {
        number: share.number,
        parts: Some(parts_to_wire(&line.parts)),
        layers_fen: share.paid.iter().map(|paid: &Fen| paid.get()).collect(),
        patient_fen: share.cash.get(),
    }
}

/// A decision step by step in words; none when the policy is not at hand any more.
#[must_use]
pub(super) fn explanation(
    policies: &PolicyBook,
    claim: &Claim,
    snapshot: &Snapshot,
    decision: &Decision,
) -> Vec<v1::Sentence> {
    let told = again(policies, claim, snapshot, decision, |policy, case| {
        Ok(steps(policy, case, decision))
    });
    told.unwrap_or_default()
}

fn steps(policy: &HeldPolicy, case: &Case<'_>, decision: &Decision) -> Vec<v1::Sentence> {
    let sentences = explain(policy.policy(), case, decision).into_iter();
    sentences
        .map(|Sentence { zh, en }| v1::Sentence { zh, en })
        .collect()
}
