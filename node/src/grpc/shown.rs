//! A settlement as an institution is shown it: state, decision, lines, words.
//!
//! Lines are worked out when somebody reads them, from what the decision was made on; they are in no record.

use huitong_adjudication::{
    Case, Fault, LineShare, facts, line_shares as shares, slots, stored_totals,
};
use huitong_core::claim::Claim;
use huitong_core::coverage::Snapshot;
use huitong_core::decision::Decision;
use huitong_core::money::Fen;
use huitong_proto::conversion::common::parts_to_wire;
use huitong_proto::conversion::decision::decision_to_wire;
use huitong_proto::conversion::receipt::receipt_to_wire;
use huitong_proto::conversion::refusal::refusal_to_wire;
use huitong_proto::settlement::v1;

use crate::compute::compute;
use crate::policies::{HeldPolicy, PolicyBook};
use crate::treatment::{SettledView, SettlementView, ViewState};
use huitong_explanation::{Sentence, explain};

/// The wire form of a settlement.
#[must_use]
pub fn settlement(view: &SettlementView, policies: &PolicyBook) -> v1::Settlement {
    let mut shown = v1::Settlement {
        settlement: view.settlement.to_string(),
        request_id: view.request.to_string(),
        state: v1::State::Prepared.into(),
        decision: None,
        receipt: None,
        refusal: None,
        lines: Vec::new(),
        explanation: Vec::new(),
    };
    match &view.state {
        ViewState::Prepared => {}
        ViewState::Refused(refusal) => {
            shown.state = v1::State::Refused.into();
            shown.refusal = Some(refusal_to_wire(refusal));
        }
        ViewState::Abandoned => shown.state = v1::State::Abandoned.into(),
        ViewState::Settled(settled) => {
            let SettledView {
                prepared,
                snapshot,
                decision,
                receipt,
            } = &**settled;
            shown.state = v1::State::Settled.into();
            shown.lines = line_shares(policies, &prepared.claim, snapshot, decision);
            shown.explanation = explanation(policies, &prepared.claim, snapshot, decision);
            shown.decision = Some(decision_to_wire(decision));
            shown.receipt = Some(receipt_to_wire(receipt));
        }
    }
    shown
}

/// The shares of each line; empty when the policy is not at hand any more.
#[must_use]
pub fn line_shares(
    policies: &PolicyBook,
    claim: &Claim,
    snapshot: &Snapshot,
    decision: &Decision,
) -> Vec<v1::LineShare> {
    let found = again(policies, claim, snapshot, decision, |policy, case| {
        compute(claim.bill.lines().len(), || {
            shares(&policy.compiled, case, decision)
        })
    });
    claim
        .bill
        .lines()
        .iter()
        .zip(found.unwrap_or_default())
        .map(|(line, share)| line_share(line, &share))
        .collect()
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
pub fn explanation(
    policies: &PolicyBook,
    claim: &Claim,
    snapshot: &Snapshot,
    decision: &Decision,
) -> Vec<v1::Sentence> {
    let told = again(policies, claim, snapshot, decision, |policy, case| {
        Ok(explain(policy.policy(), case, decision))
    });
    let sentences = told.unwrap_or_default().into_iter();
    sentences
        .map(|Sentence { zh, en }| v1::Sentence { zh, en })
        .collect()
}
