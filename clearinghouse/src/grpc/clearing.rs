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
use huitong_proto::conversion::leg::{LegReader, deduction_of_from_wire, leg_to_wire};
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
        let said = Said::read(&report.deductions).map_err(|refusal| status(&refusal))?;
        let said = said.warned(region);
        // As many as there are; room is made once.
        let mut legs = Vec::with_capacity(report.legs.len());
        let (mut reader, mut unread) = (LegReader::default(), None);
        for (at, leg) in report.legs.iter().enumerate() {
            match reader.read(leg, path.item(at)) {
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
        let read_report = decide::Report::new(by, (legs, said));
        let too_large = read_report.too_large;
        let decided = self
            .0
            .decide(move |context| decide::report_legs(context, read_report));
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
struct Said {
    words: Vec<DeductionOf>,
    /// How many cannot be read.
    unread: usize,
    /// The number and the fault of the first of them.
    first_unread: Option<(u64, WireFault)>,
}

impl Said {
    fn read(words: &[v1::DeductionOf]) -> Result<Self, Refusal> {
        if words.len() > decide::LEGS_AT_ONCE {
            let detail = format_args!("deductions: at most {} in one report", decide::LEGS_AT_ONCE);
            return Err(Refusal::general(RefusalCode::Malformed, detail));
        }
        let path = Path::root("deductions");
        let mut said = Self {
            words: Vec::new(),
            unread: 0,
            first_unread: None,
        };
        for (at, word) in words.iter().enumerate() {
            match deduction_of_from_wire(word, path.item(at)) {
                Ok(read) => said.words.push(read),
                Err(fault) => {
                    said.unread = said.unread.saturating_add(1);
                    said.first_unread.get_or_insert((word.number, fault));
                }
            }
        }
        Ok(said)
    }

    /// The words. Of those that cannot be read the log says once how many: a region sends thousands in a report.
    fn warned(self, region: RegionCode) -> Vec<DeductionOf> {
        if let Some((number, fault)) = &self.first_unread {
            warn!(%region, unread = self.unread, number, %fault,
                "of which settlements deductions are cannot be read: they are netted without it; the first is named");
        }
        self.words
    }
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

#[cfg(test)]
mod tests {
    use huitong_core::id::SettlementId;

    use super::*;

    #[test]
    fn words_that_cannot_be_read_are_counted_and_the_first_is_named() {
        let word = |number, settlement: &str| v1::DeductionOf {
            number,
            settlement: settlement.to_owned(),
        };
        let known = SettlementId::from_parts(1, [1; 10]);
        let mut words = vec![word(1, &known.to_string())];
        words.extend((2..=9).map(|number| word(number, "none")));
        let said = Said::read(&words).unwrap();
        assert_eq!((said.words.len(), said.unread), (1, 8));
        let (number, fault) = said.first_unread.unwrap();
        assert_eq!(number, 2);
        assert!(fault.to_string().starts_with("deductions[1].settlement"));
        let too_many = vec![word(1, "none"); decide::LEGS_AT_ONCE + 1];
        assert!(Said::read(&too_many).is_err());
    }
}
