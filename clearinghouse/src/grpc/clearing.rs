//! What regions' nodes call. The region is the caller's certificate; no message is asked.

use std::sync::Arc;

use huitong_certs::Identity;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::record::clearing::DeductionOf;
use huitong_core::record::recovery::RestoreMark;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::clearing_service_server::ClearingService;
use huitong_proto::conversion::leg::{deduction_of_from_wire, leg_from_wire, leg_to_wire};
use huitong_proto::conversion::{Path, WireFault};
use tonic::{Request, Response, Status};
use tracing::{error, warn};

use super::status::{malformed, refusal_to_wire, status};
use crate::decide::{self, Regain, Regained, Told};
use crate::refusal::{ClearingCode, Code, Refusal};
use crate::writer::Writer;

/// The intake of both streams of every region.
pub(super) struct ClearingGrpc(pub(super) Arc<Writer>);

#[tonic::async_trait]
impl ClearingService for ClearingGrpc {
    async fn stream_position(
        &self,
        request: Request<v1::StreamPositionRequest>,
    ) -> Result<Response<v1::StreamPositionResponse>, Status> {
        let region = region(&request)?;
        let by = Told {
            region,
            incarnation: request.into_inner().incarnation,
        };
        let found = self
            .0
            .decide(move |context| decide::position(context, by))
            .await;
        let (held, restore) = found.map_err(|refusal| status(&refusal))?;
        Ok(Response::new(v1::StreamPositionResponse {
            held,
            incarnation: restore.incarnation,
            restored_at_ms: restore.since.map_or(0, Timestamp::as_millis),
        }))
    }

    async fn report_legs(
        &self,
        request: Request<v1::ReportLegsRequest>,
    ) -> Result<Response<v1::ReportLegsResponse>, Status> {
        let region = region(&request)?;
        let report = request.into_inner();
        let incarnation = report.incarnation;
        let by = Told {
            region,
            incarnation,
        };
        let path = Path::root("legs");
        if report.legs.len() > decide::LEGS_AT_ONCE {
            let detail = format_args!("legs: at most {} in one report", decide::LEGS_AT_ONCE);
            return Err(status(&Refusal::general(RefusalCode::Malformed, detail)));
        }
        let said = said(region, &report.deductions).map_err(|refusal| status(&refusal))?;
        // As many as there are; room is made once.
        let mut legs = Vec::with_capacity(report.legs.len());
        let mut unread = None;
        for (at, leg) in report.legs.iter().enumerate() {
            match leg_from_wire(leg, path.item(at)) {
                Ok(leg) => legs.push(leg),
                // What comes before it is taken all the same.
                Err(fault) => {
                    let refusal = Refusal::general(RefusalCode::Malformed, fault);
                    unread = Some((leg.number, refusal));
                    break;
                }
            }
        }
        let read = legs.last().map(|leg| leg.number);
        let too_large = legs.iter().filter(|leg| leg.leg.is_too_large()).count();
        let decided = self
            .0
            .decide(move |context| decide::report_legs(context, by, (legs, said)));
        // What it was read from is let go of while the writer is at work.
        let (taken, ()) = tokio::join!(biased; decided, async move { drop(report) });
        let taken = taken.map_err(|refusal| {
            if refusal.code == Code::Clearing(ClearingCode::StreamConflict) {
                error!(%region, detail = refusal.detail,
                    "a stream said two things under one number and is halted: an officer must look");
            }
            status(&refusal)
        })?;
        if too_large > 0 {
            warn!(%region, too_large, "a region reported legs of more than is ever netted");
        }
        let held = taken.held;
        let unread = unread.filter(|_| read.is_none_or(|last| last <= held));
        let rejected = taken.rejected.or(unread);
        if let Some((number, refusal)) = &rejected {
            warn!(%region, number, code = refusal.code.code(), "a leg is not taken, nor what comes after it");
        }
        Ok(Response::new(v1::ReportLegsResponse {
            held,
            rejected: rejected.map(|(number, refusal)| v1::RejectedLeg {
                number,
                refusal: Some(refusal_to_wire(&refusal)),
            }),
        }))
    }

    async fn close_day(
        &self,
        request: Request<v1::CloseDayRequest>,
    ) -> Result<Response<v1::CloseDayResponse>, Status> {
        let region = region(&request)?;
        let v1::CloseDayRequest {
            business_day,
            up_to,
            incarnation,
        } = request.into_inner();
        let by = Told {
            region,
            incarnation,
        };
        let day = Path::root("business_day")
            .parse(&business_day, BusinessDay::parse)
            .map_err(|fault| malformed(&fault))?;
        let decided = self
            .0
            .decide(move |context| decide::close_day(context, by, day, up_to));
        let closed = decided.await.map_err(|refusal| status(&refusal))?;
        Ok(Response::new(v1::CloseDayResponse { closed }))
    }

    async fn regain_legs(
        &self,
        request: Request<v1::RegainLegsRequest>,
    ) -> Result<Response<v1::RegainLegsResponse>, Status> {
        let region = region(&request)?;
        let message = request.into_inner();
        let mark = RestoreMark::try_from(message.mark.as_slice());
        let mark =
            mark.map_err(|_| malformed(&Path::root("mark").wrong("16 bytes are expected")))?;
        let ask = Regain {
            region,
            incarnation: message.incarnation,
            mark,
            after: message.after,
        };
        let decided = self.0.decide(move |context| decide::regain(context, ask));
        let answer = match decided.await.map_err(|refusal| status(&refusal))? {
            Regained::Older(known) => v1::RegainLegsResponse {
                incarnation_known: known,
                ..v1::RegainLegsResponse::default()
            },
            Regained::Page { legs, held, closed } => v1::RegainLegsResponse {
                legs: legs.iter().map(leg_to_wire).collect(),
                held,
                closed: closed
                    .into_iter()
                    .map(|(day, up_to)| v1::ClosedDay {
                        business_day: day.to_string(),
                        up_to,
                    })
                    .collect(),
                incarnation_known: 0,
            },
        };
        Ok(Response::new(answer))
    }
}

/// What is said beside legs, as far as it can be read: what cannot says nothing, since no leg is to wait for it.
fn said(region: RegionCode, words: &[v1::DeductionOf]) -> Result<Vec<DeductionOf>, Refusal> {
    if words.len() > decide::LEGS_AT_ONCE {
        let detail = format_args!("deductions: at most {} in one report", decide::LEGS_AT_ONCE);
        return Err(Refusal::general(RefusalCode::Malformed, detail));
    }
    let path = Path::root("deductions");
    let read = words.iter().enumerate().filter_map(|(at, word)| {
        let read = deduction_of_from_wire(word, path.item(at));
        let told = |fault: &WireFault| {
            warn!(%region, number = word.number, %fault,
                "of which settlement a deduction is cannot be read: it is netted without it");
        };
        read.inspect_err(told).ok()
    });
    Ok(read.collect())
}

/// The caller's region. The table lets only nodes in; whoever else comes this far is refused again.
pub(super) fn region<T>(request: &Request<T>) -> Result<RegionCode, Status> {
    match huitong_transport::peer(request)? {
        Identity::RegionNode(region) => Ok(*region),
        other @ (Identity::RegionNodeSigning(_)
        | Identity::RegionCa(_)
        | Identity::Institution { .. }
        | Identity::RegionOfficer { .. }
        | Identity::Clearinghouse
        | Identity::ClearinghouseSigning
        | Identity::ClearinghouseOfficer { .. }) => {
            Err(status(&Refusal::general(RefusalCode::NotAllowed, other)))
        }
    }
}
