//! What regions' nodes call about prefunds: how those stand that the member pays or holds who clears for them, and asking for more
//! of one that it holds. Whose they are says the caller's certificate alone. Deliberately absent: what moved, which the two banks
//! say, and any other change.

use std::sync::Arc;

use huitong_core::officer::OfficerName;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::own_prefund_service_server::OwnPrefundService;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::prefund::{prefund_from_wire, prefund_to_wire, top_up_from_wire};
use tonic::{Request, Response, Status};
use tracing::info;

use super::clearing::region;
use super::prefund::{standing, stands_now};
use super::status::{malformed, status};
use crate::decide::prefund as decide;
use crate::prefunds::Rules;
use crate::writer::Writer;

/// The regions' side of prefunds.
pub(super) struct OwnPrefundGrpc {
    pub(super) writer: Arc<Writer>,
    pub(super) rules: Rules,
}

#[tonic::async_trait]
impl OwnPrefundService for OwnPrefundGrpc {
    async fn list_own_prefunds(
        &self,
        request: Request<v1::ListOwnPrefundsRequest>,
    ) -> Result<Response<v1::ListOwnPrefundsResponse>, Status> {
        let region = region(&request)?;
        let after = request.into_inner().after;
        let after = after.map(|after| prefund_from_wire(Some(after), Path::root("after")));
        let after = after.transpose().map_err(|fault| malformed(&fault))?;
        let rules = self.rules;
        let found = self
            .writer
            .decide(move |context| decide::own(context, region, after, &rules))
            .await;
        let (member, rows, next) = found.map_err(|refusal| status(&refusal))?;
        Ok(Response::new(v1::ListOwnPrefundsResponse {
            member: member.to_string(),
            prefunds: rows.iter().map(standing).collect(),
            next: next.map(prefund_to_wire),
        }))
    }

    async fn top_up_own(
        &self,
        request: Request<v1::TopUpOwnPrefundRequest>,
    ) -> Result<Response<v1::TopUpPrefundResponse>, Status> {
        let region = region(&request)?;
        let v1::TopUpOwnPrefundRequest { ask, officer } = request.into_inner();
        let read = top_up_from_wire(ask, Path::root("ask"));
        let by = Path::root("officer").parse(&officer, OfficerName::parse);
        let (which, amount, by) = read
            .and_then(|(which, amount)| Ok((which, amount, by?)))
            .map_err(|fault| malformed(&fault))?;
        let (rules, (prefund, id)) = (self.rules, which);
        let decided = self.writer.decide(move |context| {
            decide::top_up_of_holder(context, which, amount, &rules, (region, by))
        });
        decided.await.map_err(|refusal| status(&refusal))?;
        info!(%prefund, %id, %amount, %region, %officer, "prefund topped up by its holder");
        let standing = Some(stands_now(&self.writer, prefund, rules).await?);
        Ok(Response::new(v1::TopUpPrefundResponse { standing }))
    }
}
