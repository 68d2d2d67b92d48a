//! A client for audit deductions: what is asked and what is answered, as values.

use huitong_core::date::BusinessDay;
use huitong_core::deduction::{DeductionAmounts, DeductionNote};
use huitong_core::fund::Fund;
use huitong_core::id::{DeductionId, RequestId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{DeductionEndReason, DeductionReason};
use huitong_proto::conversion::common::amounts_to_wire;
use huitong_proto::conversion::deduction::{
    deduction_amounts_from_wire, deduction_end_reason_from_wire, deduction_end_reason_to_wire,
    deduction_reason_from_wire, deduction_reason_to_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::deduction_service_client::DeductionServiceClient;
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

/// Connected to the node of the own region.
#[derive(Debug)]
pub struct DeductionClient {
    client: DeductionServiceClient<Channel>,
}

/// How a deduction stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The home region has not answered yet.
    Asked,
    /// It is deducted.
    Stands,
    /// The home region finally refused it.
    Refused,
    /// It is deducted, and the home region is asked to withdraw it.
    Withdrawing,
    /// It was withdrawn.
    Withdrawn,
    /// It ended with the reversal of its settlement.
    Lifted,
}

/// A deduction as it is told.
#[derive(Debug, Clone)]
pub struct DeductionTold {
    /// Its id.
    pub deduction: DeductionId,
    /// The settlement.
    pub settlement: SettlementId,
    /// The institution.
    pub institution: InstitutionCode,
    /// The home region.
    pub home: RegionCode,
    /// What is taken off.
    pub amounts: Vec<(Fund, Fen)>,
    /// Why.
    pub reason: DeductionReason,
    /// How it stands.
    pub standing: Standing,
    /// When it was ordered.
    pub ordered_on: BusinessDay,
    /// Who ordered it.
    pub officer: String,
    /// What the institution is told.
    pub note: String,
    /// The business day of its legs.
    pub business_day: Option<BusinessDay>,
    /// Why it, or its withdrawal, was refused: the code, and what to do in English and Chinese.
    pub refusal: Option<(String, String, String)>,
    /// Why it is or was to be withdrawn.
    pub end_reason: Option<DeductionEndReason>,
    /// The business day on which it ended.
    pub ended_on: Option<BusinessDay>,
}

/// What is ordered.
#[derive(Debug, Clone)]
pub struct Order {
    /// The officer's own id.
    pub request: RequestId,
    /// The settlement.
    pub settlement: SettlementId,
    /// What is taken off.
    pub amounts: DeductionAmounts,
    /// Why.
    pub reason: DeductionReason,
    /// What the institution is told.
    pub note: Option<DeductionNote>,
}

impl DeductionClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (_, channel) = options.own_node().await?;
        let client =
            DeductionServiceClient::new(channel).max_decoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { client })
    }

    /// Deducts.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn order(&mut self, order: &Order) -> Result<DeductionTold, Status> {
        let request = v1::OrderDeductionRequest {
            request_id: order.request.to_string(),
            settlement: order.settlement.to_string(),
            amounts: amounts_to_wire(order.amounts.as_slice()),
            reason: deduction_reason_to_wire(order.reason),
            note: text(order.note.as_ref()),
        };
        let answer = self.client.order(request).await?.into_inner();
        required(answer.deduction)
    }

    /// Withdraws.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn withdraw(
        &mut self,
        deduction: DeductionId,
        reason: DeductionEndReason,
        note: Option<&DeductionNote>,
    ) -> Result<DeductionTold, Status> {
        let request = v1::WithdrawDeductionRequest {
            deduction: deduction.to_string(),
            reason: deduction_end_reason_to_wire(reason),
            note: text(note),
        };
        let answer = self.client.withdraw(request).await?.into_inner();
        required(answer.deduction)
    }

    /// Every deduction ordered on these days, of one institution or of all.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn all(
        &mut self,
        (from, until): (BusinessDay, BusinessDay),
        institution: Option<InstitutionCode>,
    ) -> Result<Vec<DeductionTold>, Status> {
        let (mut all, mut after) = (Vec::new(), (String::new(), String::new()));
        loop {
            let request = v1::ListDeductionsRequest {
                from_day: from.to_string(),
                until_day: until.to_string(),
                institution: institution.map(|it| it.to_string()).unwrap_or_default(),
                after_day: after.0.clone(),
                after_deduction: after.1.clone(),
                limit: 0,
            };
            let page = self.client.list(request).await?.into_inner();
            for told in page.deductions {
                all.push(required(Some(told))?);
            }
            let next = (page.next_day, page.next_deduction);
            // A next page begins later than this one, or the list would never end.
            if next <= after {
                return Ok(all);
            }
            after = next;
        }
    }
}

fn text(note: Option<&DeductionNote>) -> String {
    note.map(|note| note.as_str().to_owned())
        .unwrap_or_default()
}

fn required(told: Option<v1::Deduction>) -> Result<DeductionTold, Status> {
    let path = Path::root("deduction");
    let told = path.required(told).and_then(|told| read(told, path));
    told.map_err(|fault| Status::internal(fault.to_string()))
}

fn read(told: v1::Deduction, path: Path<'_>) -> Result<DeductionTold, WireFault> {
    let day = |text: &str| path.field("day").optional(text, BusinessDay::parse);
    let amounts = deduction_amounts_from_wire(&told.amounts, path.field("amounts"))?;
    let end_reason = match told.end_reason {
        0 => None,
        reason => Some(deduction_end_reason_from_wire(reason, path)?),
    };
    let refusal = told
        .refusal
        .map(|refusal| (refusal.code, refusal.advice_en, refusal.advice_zh));
    Ok(DeductionTold {
        deduction: path.parse(&told.deduction, DeductionId::parse)?,
        settlement: path.parse(&told.settlement, SettlementId::parse)?,
        institution: path.parse(&told.institution, InstitutionCode::parse)?,
        home: path.parse(&told.home_region, RegionCode::parse)?,
        amounts: amounts.as_slice().to_vec(),
        reason: deduction_reason_from_wire(told.reason, path)?,
        standing: standing(told.standing, path)?,
        ordered_on: path.parse(&told.ordered_on, BusinessDay::parse)?,
        officer: told.officer,
        note: told.note,
        business_day: day(&told.business_day)?,
        refusal,
        end_reason,
        ended_on: day(&told.ended_on)?,
    })
}

/// Reads how a deduction stands.
pub(super) fn standing(number: i32, path: Path<'_>) -> Result<Standing, WireFault> {
    use v1::DeductionStanding as Wire;
    match Wire::try_from(number) {
        Ok(Wire::Asked) => Ok(Standing::Asked),
        Ok(Wire::Stands) => Ok(Standing::Stands),
        Ok(Wire::Refused) => Ok(Standing::Refused),
        Ok(Wire::Withdrawing) => Ok(Standing::Withdrawing),
        Ok(Wire::Withdrawn) => Ok(Standing::Withdrawn),
        Ok(Wire::Lifted) => Ok(Standing::Lifted),
        Ok(Wire::Unspecified) | Err(_) => Err(path.wrong("a standing of this version")),
    }
}
