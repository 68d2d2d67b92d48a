//! Bills that patients paid and brought home: read, settled, shown.

use std::sync::Arc;

use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_proto::conversion::by_hand::{BroughtHome, brought_home_from_wire};
use huitong_proto::conversion::decision::decision_to_wire;
use huitong_proto::conversion::receipt::receipt_to_wire;
use huitong_proto::conversion::reversal::reversal_to_wire;
use huitong_proto::settlement::v1;
use huitong_transport::Deadline;
use tonic::Status;

use super::explained::explained;
use super::registry::RegistryGrpc;
use super::status::malformed;
use crate::error::NodeError;
use crate::hand::{HandBill, HandDesk};
use crate::home::by_hand::ReplacedHand;
use crate::home::figures::paid_out;
use crate::store::StoreError;

impl RegistryGrpc {
    pub(super) async fn by_hand(
        &self,
        message: v1::SettleByHandRequest,
        officer: OfficerName,
        due: Deadline,
    ) -> Result<v1::SettleByHandResponse, Status> {
        let read = brought_home_from_wire(message).map_err(|fault| malformed(&fault))?;
        let BroughtHome {
            request,
            psn_no,
            treatment,
            institution,
            visit,
            bill,
            given,
        } = read;
        let bill = HandBill {
            by: officer,
            request,
            psn_no,
            treatment,
            institution,
            visit,
            bill,
            given,
        };
        let desk = HandDesk {
            home: Arc::clone(&self.home),
            treatment: Arc::clone(&self.treatment),
            homes: self.homes.clone(),
        };
        let settled = desk.settle(bill, due).await?;
        let record = &settled.record;
        let (claim, snapshot, decision) = (&record.claim, &record.snapshot, &record.decision);
        let told = explained(&self.policies, claim, snapshot, decision);
        let paid = paid_out(record.body()).map_err(|_| out_of_range())?;
        Ok(v1::SettleByHandResponse {
            settlement: record.body().clearing.settlement.to_string(),
            decision: Some(decision_to_wire(decision)),
            receipt: Some(receipt_to_wire(&settled.word.receipt)),
            reversal: settled.word.reversal.as_ref().map(reversal_to_wire),
            lines: told.lines,
            explanation: told.steps,
            paid_out_fen: paid.get(),
            correction: settled.replaces.map(|before| correction(before, paid)),
        })
    }
}

/// What the person is still paid or owes, both set against each other.
fn correction(replaced: ReplacedHand, now: Fen) -> v1::HandCorrection {
    let (before, now) = (replaced.paid_out.get(), now.get());
    v1::HandCorrection {
        replaces: replaced.settlement.to_string(),
        paid_before_fen: before,
        paid_now_fen: now,
        due_fen: now.saturating_sub(before).max(0),
        owed_fen: before.saturating_sub(now).max(0),
    }
}

fn out_of_range() -> NodeError {
    StoreError::Range("what a bill comes to").into()
}
