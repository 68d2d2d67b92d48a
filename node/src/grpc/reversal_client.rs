//! An officer's client for reversals: what is asked, and what is answered of it and of the settlements after it.

use huitong_core::fund::Fund;
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::provisional::TrueUp;
use huitong_core::region::RegionCode;
use huitong_core::reversal::Reversal;
use huitong_core::vocabulary::ReversalReason;
use huitong_proto::conversion::common::fund_from_wire;
use huitong_proto::conversion::reversal::{reason_to_wire, reversal_from_wire};
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use tonic::Status;

use super::officer::Officer;
use super::provisional_client::true_up_from_wire;

/// What an officer asks to be reversed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReverseAsked {
    /// The officer's own id of the request.
    pub request: RequestId,
    /// Where the person was treated.
    pub treatment: RegionCode,
    /// The settlement.
    pub settlement: SettlementId,
    /// Why.
    pub reason: ReversalReason,
}

/// A settlement that is reversed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReverseAnswer {
    /// The home region's word.
    pub reversal: Reversal,
    /// Cash that the institution gives back, in fen.
    pub cash_fen: i64,
    /// What the region had paid to the person for a bill settled by hand, in fen.
    pub paid_out_fen: i64,
    /// What had become of it, when it was provisional.
    pub true_up: Option<TrueUp>,
    /// Later settlements that would come out differently.
    pub later: Vec<LaterAnswer>,
    /// How many later settlements stand.
    pub later_standing: u64,
    /// How many of them were looked at.
    pub later_examined: u64,
}

/// A later settlement of the same person, and what it would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaterAnswer {
    /// Where the person was treated.
    pub treatment: String,
    /// The settlement.
    pub settlement: String,
    /// Its business day.
    pub business_day: String,
    /// What each fund and account paid, and would, in fen.
    pub amounts: Vec<(Fund, i64, i64)>,
    /// What the patient bears, and would, in fen.
    pub patient_fen: (i64, i64),
    /// Why nothing would be decided.
    pub undecided: Option<String>,
    /// What became of it, when it was provisional.
    pub true_up: Option<TrueUp>,
}

impl Officer {
    /// Reverses a settlement of an insured person of the region.
    ///
    /// # Errors
    /// The node's refusal, or the transport's; an answer that cannot be read is told as its internal error.
    pub async fn reverse(&mut self, asked: ReverseAsked) -> Result<ReverseAnswer, Status> {
        let request = v1::OfficerReverseRequest {
            request_id: asked.request.to_string(),
            treatment: asked.treatment.to_string(),
            settlement: asked.settlement.to_string(),
            reason: reason_to_wire(asked.reason),
        };
        let answer = self.client.reverse(request).await?.into_inner();
        let unreadable = |fault: WireFault| Status::internal(fault.to_string());
        let reversal = reversal_from_wire(answer.reversal, Path::root("reversal"));
        let later = answer.later.into_iter().map(later_from_wire);
        Ok(ReverseAnswer {
            reversal: reversal.map_err(unreadable)?,
            cash_fen: answer.cash_fen,
            paid_out_fen: answer.paid_out_fen,
            true_up: true_up_from_wire(answer.true_up, Path::root("true_up"))
                .map_err(unreadable)?,
            later: later.collect::<Result<_, _>>().map_err(unreadable)?,
            later_standing: answer.later_standing,
            later_examined: answer.later_examined,
        })
    }
}

fn later_from_wire(later: v1::LaterSettlement) -> Result<LaterAnswer, WireFault> {
    let path = Path::root("later");
    let amounts = later.amounts.into_iter().map(|amount| {
        let fund = fund_from_wire(amount.fund, path.field("fund"))?;
        Ok((fund, amount.before_fen, amount.now_fen))
    });
    Ok(LaterAnswer {
        treatment: later.treatment,
        settlement: later.settlement,
        business_day: later.business_day,
        amounts: amounts.collect::<Result<_, WireFault>>()?,
        patient_fen: (later.patient_before_fen, later.patient_now_fen),
        undecided: later.undecided.map(|refusal| refusal.code),
        true_up: true_up_from_wire(later.true_up, path)?,
    })
}
