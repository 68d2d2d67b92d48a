//! Bills that patients paid and brought home: read, settled, shown.

use std::sync::Arc;

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
use crate::hand::{HandBill, HandDesk};

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
        Ok(v1::SettleByHandResponse {
            settlement: record.body().clearing.settlement.to_string(),
            decision: Some(decision_to_wire(decision)),
            receipt: Some(receipt_to_wire(&settled.word.receipt)),
            reversal: settled.word.reversal.as_ref().map(reversal_to_wire),
            lines: told.lines,
            explanation: told.steps,
        })
    }
}
