//! AssistanceService: the region's officers assess, grant, withdraw and list assistance on a year's totals.

use std::sync::Arc;

use huitong_core::assistance::AssessedYear;
use huitong_core::date::ServiceDate;
use huitong_core::id::{ActId, RequestId, SettlementId};
use huitong_core::person::PsnNo;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_proto::common::v1 as common;
use huitong_proto::common::v1::FundAmount;
use huitong_proto::conversion::assistance::{
    assessed_to_wire, assistance_end_from_wire, assistance_end_to_wire, quoted_digest,
};
use huitong_proto::conversion::refusal::refusal_to_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::assistance_service_server::AssistanceService;
use tokio::sync::Semaphore;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::assistance_all::{entitled_part, everyone_from_wire, everyone_part, paid};
use super::calling_officer;
use super::explained::explanation;
use super::office_stream::{Sent, last, stream};
use super::status::{malformed, refused};
use crate::assistance::differences::{Difference, Pays};
use crate::assistance::seen::{Granted, PAGE, Place};
use crate::assistance::{AssistanceDesk, GrantOrder};

/// The service.
pub struct AssistanceGrpc {
    desk: Arc<AssistanceDesk>,
    everyone: Arc<Semaphore>,
}

impl AssistanceGrpc {
    /// The service of a node's desk.
    #[must_use]
    pub fn new(desk: Arc<AssistanceDesk>) -> Self {
        Self {
            desk,
            everyone: Arc::new(Semaphore::new(1)),
        }
    }

    fn year(&self, year: &AssessedYear) -> v1::AssessedYear {
        let policies = self.desk.policies();
        v1::AssessedYear {
            explanation: explanation(policies, &year.claim, &year.snapshot, &year.decision),
            ..assessed_to_wire(year)
        }
    }

    fn told(&self, granted: &Granted) -> v1::GrantedAssistance {
        let Granted {
            record, withdrawn, ..
        } = granted;
        v1::GrantedAssistance {
            grant: record.act.to_string(),
            year: Some(self.year(&record.year)),
            request_id: record.request.to_string(),
            officer: record.by.to_string(),
            at_ms: record.at.as_millis(),
            end: withdrawn.as_ref().map(|end| v1::AssistanceEnd {
                reason: assistance_end_to_wire(end.reason),
                officer: end.by.to_string(),
                at_ms: end.at.as_millis(),
            }),
        }
    }
}

impl AssistanceGrpc {
    fn difference(&self, of: Difference) -> v1::AssistanceDifference {
        let (then, then_refused) = outcome(&of.then);
        let (anew, anew_refused) = outcome(&of.anew);
        let ids = |ids: &[SettlementId]| ids.iter().map(ToString::to_string).collect();
        let version = of.granted.after.change;
        let granted = Granted {
            record: of.granted,
            withdrawn: None,
            version,
        };
        v1::AssistanceDifference {
            granted: Some(self.told(&granted)),
            then,
            then_refused,
            anew,
            anew_refused,
            gone: ids(&of.gone),
            come: ids(&of.come),
        }
    }
}

#[tonic::async_trait]
impl AssistanceService for AssistanceGrpc {
    type AssessAllStream = ReceiverStream<Result<v1::AssessAllAssistanceResponse, Status>>;

    #[tracing::instrument(name = "assistance.assess_all", skip_all)]
    async fn assess_all(
        &self,
        request: Request<v1::AssessAllAssistanceRequest>,
    ) -> Result<Response<Self::AssessAllStream>, Status> {
        let by = calling_officer(&request, self.desk.region())?;
        let read = everyone_from_wire(&request.into_inner(), by);
        let order = read.map_err(|fault| malformed(&fault))?;
        let permit = Arc::clone(&self.everyone).try_acquire_owned();
        let permit = permit.map_err(|_| refused(RefusalCode::Overloaded, "everyone"))?;
        self.desk.caught_up().await?;
        let desk = Arc::clone(&self.desk);
        Ok(Response::new(stream(permit, move |sent| {
            let mut each = Sent::of(sent, entitled_part);
            let ended = desk.everyone(&order, &mut each)?;
            Ok(last(ended, |sums| everyone_part(&sums)))
        })))
    }

    #[tracing::instrument(name = "assistance.assess", skip_all)]
    async fn assess(
        &self,
        request: Request<v1::AssessAssistanceRequest>,
    ) -> Result<Response<v1::AssessAssistanceResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let message = request.into_inner();
        let read = asked(&message.psn_no, &message.on);
        let (psn_no, on) = read.map_err(|fault| malformed(&fault))?;
        let year = self.desk.assess(psn_no, on).await?;
        Ok(Response::new(v1::AssessAssistanceResponse {
            year: Some(self.year(&year)),
            version: year.snapshot.version.change,
        }))
    }

    #[tracing::instrument(name = "assistance.grant", skip_all)]
    async fn grant(
        &self,
        request: Request<v1::GrantAssistanceRequest>,
    ) -> Result<Response<v1::GrantAssistanceResponse>, Status> {
        let by = calling_officer(&request, self.desk.region())?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let request = Path::root("request_id").parse(&message.request_id, RequestId::parse)?;
            let (psn_no, on) = asked(&message.psn_no, &message.on)?;
            Ok(GrantOrder {
                by,
                request,
                psn_no,
                on,
                digest: quoted_digest(&message.digest, Path::root("digest"))?,
            })
        };
        let order = read().map_err(|fault| malformed(&fault))?;
        let granted = self.desk.grant(order).await?;
        Ok(Response::new(v1::GrantAssistanceResponse {
            granted: Some(self.told(&granted)),
            version: granted.version,
        }))
    }

    #[tracing::instrument(name = "assistance.withdraw", skip_all)]
    async fn withdraw(
        &self,
        request: Request<v1::WithdrawAssistanceRequest>,
    ) -> Result<Response<v1::WithdrawAssistanceResponse>, Status> {
        let by = calling_officer(&request, self.desk.region())?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let act = Path::root("grant").parse(&message.grant, ActId::parse)?;
            let reason = assistance_end_from_wire(message.reason, Path::root("reason"))?;
            Ok((act, reason))
        };
        let (act, reason) = read().map_err(|fault| malformed(&fault))?;
        let granted = self.desk.withdraw(by, act, reason).await?;
        Ok(Response::new(v1::WithdrawAssistanceResponse {
            granted: Some(self.told(&granted)),
            version: granted.version,
        }))
    }

    #[tracing::instrument(name = "assistance.list", skip_all)]
    async fn list(
        &self,
        request: Request<v1::ListAssistanceRequest>,
    ) -> Result<Response<v1::ListAssistanceResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let of = Path::root("psn_no").optional(&message.psn_no, PsnNo::parse)?;
            Ok((of, place(message.after)?, limit(message.limit)?))
        };
        let (of, after, limit) = read().map_err(|fault| malformed(&fault))?;
        let page = self.desk.list(of, after, limit).await?;
        Ok(Response::new(v1::ListAssistanceResponse {
            granted: page.granted.iter().map(|it| self.told(it)).collect(),
            next: page.next.map(place_to_wire),
        }))
    }

    #[tracing::instrument(name = "assistance.differences", skip_all)]
    async fn differences(
        &self,
        request: Request<v1::AssistanceDifferencesRequest>,
    ) -> Result<Response<v1::AssistanceDifferencesResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let of = Path::root("psn_no").optional(&message.psn_no, PsnNo::parse)?;
            Ok((of, place(message.after)?))
        };
        let (of, after) = read().map_err(|fault| malformed(&fault))?;
        let page = self.desk.differences(of, after).await?;
        let differences = page.differences.into_iter();
        Ok(Response::new(v1::AssistanceDifferencesResponse {
            differences: differences.map(|it| self.difference(it)).collect(),
            examined: page.examined,
            next: page.next.map(place_to_wire),
        }))
    }
}

/// What is paid, or why nothing is.
fn outcome(of: &Result<Pays, Refusal>) -> (Vec<FundAmount>, Option<common::Refusal>) {
    match of {
        Ok(pays) => (paid(pays), None),
        Err(refusal) => (Vec::new(), Some(refusal_to_wire(refusal))),
    }
}

fn asked(psn_no: &str, on: &str) -> Result<(PsnNo, ServiceDate), WireFault> {
    let psn_no = Path::root("psn_no").parse(psn_no, PsnNo::parse)?;
    Ok((psn_no, Path::root("on").parse(on, ServiceDate::parse)?))
}

fn place(sent: Option<v1::AssistancePlace>) -> Result<Option<Place>, WireFault> {
    let read = |place: v1::AssistancePlace| {
        let path = Path::root("after");
        let psn_no = path.field("psn_no").parse(&place.psn_no, PsnNo::parse)?;
        Ok((psn_no, place.version))
    };
    sent.map(read).transpose()
}

fn place_to_wire((psn_no, version): Place) -> v1::AssistancePlace {
    let psn_no = psn_no.expose().to_owned();
    v1::AssistancePlace { psn_no, version }
}

fn limit(number: u32) -> Result<usize, WireFault> {
    match usize::try_from(number) {
        Ok(0) => Ok(PAGE),
        Ok(limit) if limit <= PAGE => Ok(limit),
        Ok(_) | Err(_) => Err(Path::root("limit").wrong(format_args!("at most {PAGE}"))),
    }
}
