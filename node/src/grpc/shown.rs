//! A settlement as an institution is shown it: state, decision, lines, words.

use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_proto::conversion::decision::decision_to_wire;
use huitong_proto::conversion::receipt::receipt_to_wire;
use huitong_proto::conversion::refusal::refusal_to_wire;
use huitong_proto::conversion::reversal::reversal_to_wire;
use huitong_proto::settlement::v1;

use super::explained::explained;
use super::shown_provisional as provisional;
use crate::policies::PolicyBook;
use crate::treatment::{Replaced, ReversedView, SettledView, SettlementView, ViewState};

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
        ViewState::Prepared | ViewState::BeingAbandoned => {}
        ViewState::Provisional(view) => provisional::open(view, policies, &mut shown),
        ViewState::Refused(refused) => {
            shown.state = v1::State::Refused.into();
            shown.refusal = Some(refusal_to_wire(&refused.refusal));
            if let (Some(borne), Some(prepared)) = (&refused.borne, &refused.prepared) {
                shown.state = v1::State::Borne.into();
                provisional::borne(borne, prepared, policies, &mut shown);
            }
        }
        ViewState::Abandoned(_) => shown.state = v1::State::Abandoned.into(),
        ViewState::Settled(settled) => {
            shown.state = v1::State::Settled.into();
            let (claim, snapshot) = (&settled.prepared.claim, &settled.snapshot);
            let told = explained(policies, claim, snapshot, &settled.decision);
            (shown.lines, shown.explanation) = (told.lines, told.steps);
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
