//! An officer's reversal: what is asked, and what is answered of it and of the settlements after it. And what an officer
//! gives up, because a restore lost its receipt.

use std::sync::Arc;

use huitong_core::id::{RequestId, SettlementId};
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_core::person::PsnNo;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::reversal::{BegunBy, Reversal, ReversalOrder};
use huitong_core::vocabulary::ReversalReason;
use huitong_proto::conversion::common::fund_to_wire;
use huitong_proto::conversion::refusal::refusal_to_wire;
use huitong_proto::conversion::reversal::{reason_from_wire, reversal_to_wire};
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_transport::{Deadline, aside};
use tonic::Status;

use super::registry::RegistryGrpc;
use super::shown_provisional::to_wire as true_up_to_wire;
use super::status::{malformed, refused};
use crate::home::ReverseOutcome;
use crate::home::reversing::officer_reversal_id;
use crate::replay::differences::Difference;
use crate::replay::later::{Later, later};
use crate::store::StoreError;

impl RegistryGrpc {
    /// Reverses, and says what that means for the person's later settlements. Repeated, it answers the same,
    /// as far as these have not moved on.
    pub(super) async fn reversed(
        &self,
        message: v1::OfficerReverseRequest,
        officer: OfficerName,
    ) -> Result<v1::OfficerReverseResponse, Status> {
        let asked = asked(&message, officer.clone()).map_err(|fault| malformed(&fault))?;
        let (request, order) = asked;
        let own = self.home.region();
        let reversal = officer_reversal_id(own, &officer, request);
        let (treatment, settlement) = (order.treatment, order.settlement);
        let outcome = self.home.reverse(reversal, own, order).await?;
        let reversal = match outcome {
            ReverseOutcome::Refused(refusal) => {
                return Err(super::status::status(&refusal.body.refusal));
            }
            ReverseOutcome::Reversed(word) => word.reversal,
        };
        let lost = StoreError::Inconsistent("a reversal without its record");
        let reversal = reversal.ok_or(lost)?;
        let (ledger, policies) = (Arc::clone(&self.ledger), Arc::clone(&self.policies));
        let reading = move || later(&ledger, &policies, treatment, settlement);
        let read = aside(reading).await;
        let later = read.map_err(|_| refused(RefusalCode::Overloaded, settlement))??;
        Ok(answer(&reversal, later))
    }

    /// Gives up what lost its receipt.
    pub(super) async fn given_up(
        &self,
        message: &v1::GiveUpRequest,
        officer: OfficerName,
        due: Deadline,
    ) -> Result<(), Status> {
        let (of, person, reason) = to_give_up(message).map_err(|fault| malformed(&fault))?;
        let home = &self.home;
        home.give_up(of, person, officer, reason, due).await?;
        Ok(())
    }
}

/// What is given up, whose it is if that is said, and why.
type ToGiveUp = ((RegionCode, SettlementId), Option<PsnNo>, ReversalReason);

fn to_give_up(message: &v1::GiveUpRequest) -> Result<ToGiveUp, WireFault> {
    let treatment = Path::root("treatment").parse(&message.treatment, RegionCode::parse)?;
    let settlement = Path::root("settlement").parse(&message.settlement, SettlementId::parse)?;
    let reason = reason_from_wire(message.reason, Path::root("reason"))?;
    let person = Path::root("psn_no").optional(&message.psn_no, PsnNo::parse)?;
    Ok(((treatment, settlement), person, reason))
}

fn asked(
    message: &v1::OfficerReverseRequest,
    officer: OfficerName,
) -> Result<(RequestId, ReversalOrder), WireFault> {
    let request = Path::root("request_id").parse(&message.request_id, RequestId::parse)?;
    let order = ReversalOrder {
        settlement: Path::root("settlement").parse(&message.settlement, SettlementId::parse)?,
        treatment: Path::root("treatment").parse(&message.treatment, RegionCode::parse)?,
        reason: reason_from_wire(message.reason, Path::root("reason"))?,
        begun_by: BegunBy::Officer(officer),
    };
    Ok((request, order))
}

fn answer(reversal: &Reversal, later: Later) -> v1::OfficerReverseResponse {
    v1::OfficerReverseResponse {
        reversal: Some(reversal_to_wire(reversal)),
        cash_fen: later.back.cash.get(),
        later: later.rows.iter().map(row).collect(),
        later_standing: later.standing,
        later_examined: later.examined,
        paid_out_fen: later.back.paid_out.get(),
        true_up: later.back.true_up.map(true_up_to_wire),
    }
}

fn row(difference: &Difference) -> v1::LaterSettlement {
    let amounts = difference
        .funds
        .iter()
        .map(|(fund, moved)| v1::LaterAmount {
            fund: fund_to_wire(*fund),
            before_fen: moved.old.get(),
            now_fen: moved.new.get(),
        });
    let undecided = difference.now.as_ref().err();
    let patient_now = if undecided.is_some() {
        Fen::ZERO
    } else {
        difference.patient.new
    };
    v1::LaterSettlement {
        treatment: difference.treatment.to_string(),
        settlement: difference.settlement.to_string(),
        business_day: difference.business_day.to_string(),
        amounts: amounts.collect(),
        patient_before_fen: difference.patient.old.get(),
        patient_now_fen: patient_now.get(),
        undecided: undecided.map(refusal_to_wire),
        true_up: difference.true_up.map(true_up_to_wire),
    }
}
