//! MonthDeskService: what the region's officers see of a month of clearing, and how they confirm it.

use std::sync::Arc;

use huitong_core::clearing_month::word::{OBJECTIONS_AT_MOST, ObjectedRow};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::month_desk_service_server::MonthDeskService;
use huitong_proto::conversion::month::{
    month_digest_from_wire, month_from_wire, month_to_wire, objected_row_from_wire,
    own_month_to_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use tonic::{Request, Response, Status};

use super::calling_officer;
use super::status::malformed;
use crate::months::MonthDesk;

/// The service.
pub struct MonthDeskGrpc {
    /// The desk.
    pub desk: Arc<MonthDesk>,
}

#[tonic::async_trait]
impl MonthDeskService for MonthDeskGrpc {
    #[tracing::instrument(name = "month.show", skip_all)]
    async fn show_own_month(
        &self,
        request: Request<v1::ShowOwnMonthRequest>,
    ) -> Result<Response<v1::ShowOwnMonthResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let month = month_from_wire(&request.into_inner().month, Path::root("month"));
        let own = self
            .desk
            .show(&month.map_err(|fault| malformed(&fault))?)
            .await?;
        Ok(Response::new(own_month_to_wire(&own)))
    }

    #[tracing::instrument(name = "month.confirm", skip_all)]
    async fn confirm_own_month(
        &self,
        request: Request<v1::ConfirmOwnMonthRequest>,
    ) -> Result<Response<v1::ConfirmOwnMonthResponse>, Status> {
        let officer = calling_officer(&request, self.desk.region())?;
        let request = request.into_inner();
        let path = Path::root("month");
        let month = month_from_wire(&request.month, path).map_err(|fault| malformed(&fault))?;
        let digest = month_digest_from_wire(&request.digest, Path::root("digest"));
        let digest = digest.map_err(|fault| malformed(&fault))?;
        let objected = objected(&request.objected).map_err(|fault| malformed(&fault))?;
        let seen = self
            .desk
            .confirm((&month, digest), objected, officer)
            .await?;
        Ok(Response::new(v1::ConfirmOwnMonthResponse {
            month: Some(month_to_wire(&seen)),
        }))
    }
}

/// The rows that are objected to, ascending, as words have them.
fn objected(rows: &[v1::MonthObjectedRow]) -> Result<Vec<ObjectedRow>, WireFault> {
    let path = Path::root("objected");
    if rows.len() > OBJECTIONS_AT_MOST {
        return Err(path.wrong(format_args!("at most {OBJECTIONS_AT_MOST} rows / 行数超限")));
    }
    let rows = rows.iter().enumerate();
    let rows = rows.map(|(nth, row)| objected_row_from_wire(row, path.item(nth)));
    let mut rows: Vec<ObjectedRow> = rows.collect::<Result<_, _>>()?;
    rows.sort_by_key(|row| row.pair);
    Ok(rows)
}
