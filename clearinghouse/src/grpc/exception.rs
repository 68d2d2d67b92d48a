//! What clearing officers call to see which legs are not netted.

use std::sync::Arc;

use huitong_core::date::Timestamp;
use huitong_core::leg::NumberedLeg;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::exception_service_server::ExceptionService;
use huitong_proto::conversion::common::fund_to_wire;
use huitong_proto::conversion::leg::leg_kind_to_wire;
use huitong_proto::conversion::{Path, WireFault};
use tonic::{Request, Response, Status};

use super::status::{malformed, status};
use super::wire;
use crate::decide::{self, AgeGroup, Asked, Exception, ExceptionPlace, Reason};
use crate::state::Says;
use crate::writer::Writer;

/// The officers' view of exceptions.
pub(super) struct ExceptionGrpc(pub(super) Arc<Writer>);

#[tonic::async_trait]
impl ExceptionService for ExceptionGrpc {
    async fn list_exceptions(
        &self,
        request: Request<v1::ListExceptionsRequest>,
    ) -> Result<Response<v1::ListExceptionsResponse>, Status> {
        let (asked, after) = asked(&request.into_inner()).map_err(|fault| malformed(&fault))?;
        let found = self
            .0
            .decide(move |context| decide::exceptions(context, asked, after))
            .await;
        let found = found.map_err(|refusal| status(&refusal))?;
        let ageing = found.ageing.into_iter().map(|(reason, groups)| v1::Ageing {
            reason: reason_to_wire(reason).into(),
            groups: groups.iter().map(group).collect(),
        });
        Ok(Response::new(v1::ListExceptionsResponse {
            exceptions: found.rows.iter().map(exception).collect(),
            next: found.next.map(place),
            ageing: ageing.collect(),
        }))
    }
}

fn asked(
    request: &v1::ListExceptionsRequest,
) -> Result<(Asked, Option<ExceptionPlace>), WireFault> {
    let asked = Asked {
        region: Path::root("region").optional(&request.region, RegionCode::parse)?,
        reason: reason_from_wire(request.reason, &Path::root("reason"))?,
        at_least_days: request.at_least_days,
    };
    let path = Path::root("after");
    let after = request.after.as_ref().map(|after| {
        let since = Timestamp::from_millis(after.since_ms);
        let since = since.map_err(|error| path.field("since_ms").wrong(error))?;
        let region = path
            .field("region")
            .parse(&after.region, RegionCode::parse)?;
        Ok((since, region, after.number))
    });
    Ok((asked, after.transpose()?))
}

fn reason_from_wire(number: i32, path: &Path<'_>) -> Result<Option<Reason>, WireFault> {
    Ok(match v1::WaitingReason::try_from(number) {
        Ok(v1::WaitingReason::Unspecified) => None,
        Ok(v1::WaitingReason::CounterpartMissing) => Some(Reason::CounterpartMissing),
        Ok(v1::WaitingReason::Differs) => Some(Reason::Differs),
        Ok(v1::WaitingReason::Repeated) => Some(Reason::Repeated),
        Ok(v1::WaitingReason::Late) => Some(Reason::Late),
        Ok(v1::WaitingReason::AttestedOtherwise) => Some(Reason::AttestedOtherwise),
        Err(_) => return Err(path.wrong(format_args!("{number} is no value of this version"))),
    })
}

const fn reason_to_wire(reason: Reason) -> v1::WaitingReason {
    match reason {
        Reason::CounterpartMissing => v1::WaitingReason::CounterpartMissing,
        Reason::Differs => v1::WaitingReason::Differs,
        Reason::Repeated => v1::WaitingReason::Repeated,
        Reason::Late => v1::WaitingReason::Late,
        Reason::AttestedOtherwise => v1::WaitingReason::AttestedOtherwise,
    }
}

fn group(group: &AgeGroup) -> v1::AgeGroup {
    v1::AgeGroup {
        legs: group.legs,
        amount_fen: group.amount,
    }
}

fn place((since, region, number): ExceptionPlace) -> v1::ExceptionPlace {
    v1::ExceptionPlace {
        since_ms: since.as_millis(),
        region: region.to_string(),
        number,
    }
}

fn exception(exception: &Exception) -> v1::Exception {
    let numbered = &exception.leg.numbered;
    let (reason, field) = wire::reason(exception.leg.why);
    let (says, evidence_field) = evidence(exception.says);
    v1::Exception {
        place: Some(place(exception.place())),
        reason: reason.into(),
        field,
        days: u32::try_from(exception.days).unwrap_or(u32::MAX),
        settlement: numbered.leg.settlement.to_string(),
        kind: leg_kind_to_wire(numbered.leg.kind),
        fund: fund_to_wire(numbered.leg.fund),
        told: Some(reported(exception.leg.region, numbered)),
        other: exception
            .other
            .as_ref()
            .map(|(region, numbered)| reported(*region, numbered)),
        evidence: says.into(),
        evidence_field,
    }
}

fn evidence(says: Option<Says>) -> (v1::EvidenceSays, String) {
    match says {
        None => (v1::EvidenceSays::Unspecified, String::new()),
        Some(Says::AsReported) => (v1::EvidenceSays::AsReported, String::new()),
        Some(Says::Otherwise(field)) => (v1::EvidenceSays::Otherwise, field.to_string()),
        Some(Says::NotOwed) => (v1::EvidenceSays::NotOwed, String::new()),
        Some(Says::TwoWords) => (v1::EvidenceSays::TwoWords, String::new()),
    }
}

fn reported(region: RegionCode, numbered: &NumberedLeg) -> v1::ReportedLeg {
    let leg = &numbered.leg;
    v1::ReportedLeg {
        region: region.to_string(),
        number: numbered.number,
        debtor: leg.debtor.to_string(),
        creditor: leg.creditor.to_string(),
        amount_fen: leg.amount.get(),
        business_day: leg.business_day.to_string(),
        receipt: leg.receipt.as_bytes().to_vec(),
    }
}
