//! An officer's client for bills that are settled by hand.

use huitong_core::fund::Fund;
use huitong_proto::conversion::by_hand::{BroughtHome, brought_home_to_wire};
use huitong_proto::conversion::receipt::receipt_from_wire;
use huitong_proto::conversion::{Path, WireFault};
use tonic::Status;

use super::officer::Officer;

/// A bill that is settled by hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandAnswer {
    /// The settlement.
    pub settlement: String,
    /// Its business day.
    pub business_day: String,
    /// What each fund and account pays, in fen.
    pub amounts: Vec<(Fund, i64)>,
    /// The bill, in fen.
    pub total_fen: i64,
    /// What the patient bears in cash, in fen: already paid to the institution.
    pub cash_fen: i64,
    /// What the region pays to the person, in fen.
    pub paid_out_fen: i64,
    /// What it means that it stands in the place of a reversed one.
    pub correction: Option<HandCorrected>,
    /// The reversal, once there is one.
    pub reversed_by: Option<String>,
    /// The decision step by step, Chinese and English.
    pub explanation: Vec<(String, String)>,
}

/// A settlement by hand set against the reversed one in whose place it stands, in fen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandCorrected {
    /// The reversed one.
    pub replaces: String,
    /// What the region had paid for that.
    pub paid_before_fen: i64,
    /// What is still to be paid to the person.
    pub due_fen: i64,
    /// What the person owes.
    pub owed_fen: i64,
}

impl Officer {
    /// Settles a bill by hand.
    ///
    /// # Errors
    /// The node's refusal, or the transport's; an answer that cannot be read is told as its internal error.
    pub async fn settle_by_hand(&mut self, bill: &BroughtHome) -> Result<HandAnswer, Status> {
        let request = brought_home_to_wire(bill);
        let answer = self.client.settle_by_hand(request).await?.into_inner();
        let unreadable = |fault: WireFault| Status::internal(fault.to_string());
        let receipt = receipt_from_wire(answer.receipt, Path::root("receipt"));
        let part = receipt.map_err(unreadable)?.body.clearing;
        let decision = Path::root("decision").required(answer.decision);
        let decision = decision.map_err(unreadable)?;
        let explanation = answer.explanation.into_iter();
        Ok(HandAnswer {
            settlement: answer.settlement,
            business_day: part.business_day.to_string(),
            amounts: part
                .amounts
                .iter()
                .map(|(fund, amount)| (*fund, amount.get()))
                .collect(),
            total_fen: decision.total_fen,
            cash_fen: decision.cash_fen,
            paid_out_fen: answer.paid_out_fen,
            correction: answer.correction.map(|it| HandCorrected {
                replaces: it.replaces,
                paid_before_fen: it.paid_before_fen,
                due_fen: it.due_fen,
                owed_fen: it.owed_fen,
            }),
            reversed_by: answer.reversal.map(|reversal| reversal.reversal),
            explanation: explanation.map(|said| (said.zh, said.en)).collect(),
        })
    }
}
