//! A settlement as an institution is shown it: state, decision, lines, words.
//!
//! Lines are worked out when somebody reads them, from what the decision was made on; they are in no record.

use huitong_adjudication::{
    Case, Fault, LineShare, facts, line_shares as shares, slots, stored_totals,
};
use huitong_core::claim::Claim;
use huitong_core::coverage::Snapshot;
use huitong_core::decision::Decision;
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_proto::conversion::common::parts_to_wire;
use huitong_proto::conversion::decision::decision_to_wire;
use huitong_proto::conversion::receipt::receipt_to_wire;
use huitong_proto::conversion::refusal::refusal_to_wire;
use huitong_proto::conversion::reversal::reversal_to_wire;
use huitong_proto::settlement::v1;

use super::shown_provisional as provisional;
use crate::compute::compute;
use crate::policies::{HeldPolicy, PolicyBook};
use crate::treatment::{Replaced, ReversedView, SettledView, SettlementView, ViewState};
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
        reversal: None,
        refund: None,
        correction: None,
        provisional: None,
    };
    match &view.state {
        ViewState::Prepared => {}
        ViewState::Provisional(view) => provisional::open(view, policies, &mut shown),
        ViewState::Refused(refused) => {
            shown.state = v1::State::Refused.into();
            shown.refusal = Some(refusal_to_wire(&refused.refusal));
            if let Some(borne) = &refused.borne {
                shown.state = v1::State::Borne.into();
                provisional::borne(borne, &refused.prepared, policies, &mut shown);
            }
        }
        ViewState::Abandoned(_) => shown.state = v1::State::Abandoned.into(),
        ViewState::Settled(settled) => {
            shown.state = v1::State::Settled.into();
            shown.lines = line_shares(
                policies,
                &settled.prepared.claim,
                &settled.snapshot,
                &settled.decision,
            );
            shown.explanation = explanation(
                policies,
                &settled.prepared.claim,
                &settled.snapshot,
                &settled.decision,
            );
            decided(settled, policies, &mut shown);
            let correction = view.replaces.map(|it| correction(it, cash(settled)));
            shown.correction = correction;
        }
        ViewState::Reversed(reversed) => {
            let ReversedView { settled, reversal } = &**reversed;
            shown.state = v1::State::Reversed.into();
            decided(settled, policies, &mut shown);
            shown.reversal = Some(reversal_to_wire(reversal));
            shown.refund = Some(refund(settled));
        }
    }
    shown
}

fn decided(settled: &SettledView, policies: &PolicyBook, shown: &mut v1::Settlement) {
    shown.decision = Some(decision_to_wire(&settled.decision));
    shown.receipt = Some(receipt_to_wire(&settled.receipt));
    let visit = &settled.prepared.claim.visit;
    let trued_up = settled.trued_up.as_deref();
    shown.provisional = trued_up.map(|it| provisional::trued_up(it, visit, policies));
}

/// What a reversal gives back: every amount of the receipt, and the cash.
fn refund(settled: &SettledView) -> v1::Refund {
    let decision = &settled.decision;
    let amounts = &settled.receipt.body.clearing.amounts;
    let sum = |is_counted: fn(Fund) -> bool| {
        let counted = amounts.iter().filter(|(fund, _)| is_counted(*fund));
        // They are parts of one bill, so their sum is in range.
        Fen::sum(counted.map(|(_, amount)| *amount)).unwrap_or(Fen::MAX)
    };
    let is_fund = |fund| !matches!(fund, Fund::OwnAccount | Fund::FamilyAccount);
    v1::Refund {
        cash_fen: cash(settled).get(),
        own_account_fen: decision.own_account.get(),
        family_account_fen: decision.family_account.get(),
        funds_fen: sum(is_fund).get(),
        unpaid_fen: sum(|_| true).get(),
    }
}

/// What the patient pays: of what was provisional, the lower of the two.
fn cash(settled: &SettledView) -> Fen {
    let trued_up = settled.trued_up.as_ref();
    trued_up.map_or(settled.decision.cash, |it| it.true_up.patient)
}

/// What the patient gets back or still pays, the cash of both set against each other.
fn correction(replaced: Replaced, now: Fen) -> v1::Correction {
    let (before, now) = (replaced.cash.get(), now.get());
    v1::Correction {
        replaces: replaced.settlement.to_string(),
        cash_before_fen: before,
        cash_now_fen: now,
        refund_fen: before.saturating_sub(now).max(0),
        owed_fen: now.saturating_sub(before).max(0),
    }
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
