//! ExternalService: the region's officers record settlements of their own core system, withdraw and see them.

use std::sync::Arc;

use huitong_core::external::CoreId;
use huitong_core::person::PsnNo;
use huitong_core::record::person::AskedBy;
use huitong_proto::conversion::external::{
    end_reason_from_wire, end_reason_to_wire, external_from_wire, external_to_wire,
};
use huitong_proto::conversion::total::stretch_text;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::external_service_server::ExternalService;
use tonic::{Request, Response, Status};

use super::calling_officer;
use super::status::malformed;
use crate::error::NodeError;
use crate::external::ExternalDesk;
use crate::external::seen::{PAGE, Recorded};
use crate::store::StoreError;

/// The service.
pub struct ExternalGrpc {
    desk: Arc<ExternalDesk>,
}

impl ExternalGrpc {
    /// The service of a node's desk.
    #[must_use]
    pub const fn new(desk: Arc<ExternalDesk>) -> Self {
        Self { desk }
    }

    fn told(&self, recorded: &Recorded) -> Result<v1::RecordedExternal, NodeError> {
        use v1::recorded_external::By;
        let Recorded {
            noted,
            withdrawn,
            corrected_by,
            ..
        } = recorded;
        let by = match &noted.by {
            AskedBy::Officer(name) => By::Officer(name.to_string()),
            AskedBy::File(digest) => By::File(digest.as_bytes().to_vec()),
            AskedBy::Institution { .. } => {
                return Err(
                    StoreError::Inconsistent("an institution records no settlement").into(),
                );
            }
        };
        let changes = noted.changes.iter().map(|change| v1::StandingChange {
            total: change.slot.name.to_string(),
            stretch: stretch_text(&change.slot.stretch),
            key: change.slot.key.clone().unwrap_or_default(),
            adds: change.adds,
        });
        let stands_as = noted.settlement.core_id.stands_as(self.desk.region());
        Ok(v1::RecordedExternal {
            settlement: Some(external_to_wire(&noted.settlement)),
            stands_as: stands_as.to_string(),
            changes: changes.collect(),
            by: Some(by),
            at_ms: noted.at.as_millis(),
            end: withdrawn.as_ref().map(|end| v1::ExternalEnd {
                reason: end_reason_to_wire(end.reason),
                officer: end.by.to_string(),
                at_ms: end.at.as_millis(),
            }),
            corrected_by: corrected_by
                .as_ref()
                .map(CoreId::to_string)
                .unwrap_or_default(),
        })
    }
}

#[tonic::async_trait]
impl ExternalService for ExternalGrpc {
    #[tracing::instrument(name = "external.record", skip_all)]
    async fn record(
        &self,
        request: Request<v1::RecordExternalRequest>,
    ) -> Result<Response<v1::RecordExternalResponse>, Status> {
        let officer = calling_officer(&request, self.desk.region())?;
        let sent = request.into_inner().settlement;
        let settlement = external_from_wire(sent, Path::root("settlement"));
        let settlement = settlement.map_err(|fault| malformed(&fault))?;
        let recorded = self.desk.note(officer, settlement).await?;
        Ok(Response::new(v1::RecordExternalResponse {
            recorded: Some(self.told(&recorded)?),
            version: recorded.version,
        }))
    }

    #[tracing::instrument(name = "external.withdraw", skip_all)]
    async fn withdraw(
        &self,
        request: Request<v1::WithdrawExternalRequest>,
    ) -> Result<Response<v1::WithdrawExternalResponse>, Status> {
        let officer = calling_officer(&request, self.desk.region())?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let core_id = Path::root("core_id").parse(&message.core_id, CoreId::parse)?;
            let reason = end_reason_from_wire(message.reason, Path::root("reason"))?;
            Ok((core_id, reason))
        };
        let (core_id, reason) = read().map_err(|fault| malformed(&fault))?;
        let recorded = self.desk.withdraw(officer, &core_id, reason).await?;
        Ok(Response::new(v1::WithdrawExternalResponse {
            recorded: Some(self.told(&recorded)?),
            version: recorded.version,
        }))
    }

    #[tracing::instrument(name = "external.list", skip_all)]
    async fn list(
        &self,
        request: Request<v1::ListExternalsRequest>,
    ) -> Result<Response<v1::ListExternalsResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let psn_no = Path::root("psn_no").parse(&message.psn_no, PsnNo::parse)?;
            Ok((psn_no, limit(message.limit)?))
        };
        let (psn_no, limit) = read().map_err(|fault| malformed(&fault))?;
        let page = self.desk.of_person(psn_no, message.after, limit).await?;
        let recorded = page.recorded.iter().map(|recorded| self.told(recorded));
        Ok(Response::new(v1::ListExternalsResponse {
            recorded: recorded.collect::<Result<_, _>>()?,
            next: page.next.unwrap_or_default(),
        }))
    }
}

fn limit(number: u32) -> Result<usize, WireFault> {
    match usize::try_from(number) {
        Ok(0) => Ok(PAGE),
        Ok(limit) if limit <= PAGE => Ok(limit),
        Ok(_) | Err(_) => Err(Path::root("limit").wrong(format_args!("at most {PAGE}"))),
    }
}
