//! ClearingDeskService: what the region's officers see of clearing. Deliberately absent: any change.

use std::sync::Arc;

use huitong_core::date::BusinessDay;
use huitong_core::payable::Month;
use huitong_core::payment::PaymentReference;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::clearing_desk_service_server::ClearingDeskService;
use huitong_proto::conversion::own_clearing::{
    notices_to_wire, payment_page_to_wire, waiting_page_to_wire, waiting_place_from_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use tonic::{Request, Response, Status};

use super::calling_officer;
use super::status::malformed;
use crate::own_clearing::{ClearingDesk, OrderOf, PaymentsWanted};

/// The service.
pub struct ClearingDeskGrpc {
    /// The desk.
    pub desk: Arc<ClearingDesk>,
}

#[tonic::async_trait]
impl ClearingDeskService for ClearingDeskGrpc {
    #[tracing::instrument(name = "clearing.exceptions", skip_all)]
    async fn show_own_exceptions(
        &self,
        request: Request<v1::ListOwnExceptionsRequest>,
    ) -> Result<Response<v1::ListOwnExceptionsResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let after = request.into_inner().after;
        let after = after.map(|after| waiting_place_from_wire(&after, Path::root("after")));
        let after = after.transpose().map_err(|fault| malformed(&fault))?;
        let page = self.desk.waiting(after).await?;
        Ok(Response::new(waiting_page_to_wire(&page)))
    }

    #[tracing::instrument(name = "clearing.payments", skip_all)]
    async fn show_own_payments(
        &self,
        request: Request<v1::ListOwnPaymentsRequest>,
    ) -> Result<Response<v1::ListOwnPaymentsResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let v1::ListOwnPaymentsRequest { open_only, after } = request.into_inner();
        let wanted = if open_only {
            PaymentsWanted::Open
        } else {
            PaymentsWanted::All
        };
        let after = Path::root("after").optional(&after, str::parse::<PaymentReference>);
        let after = after.map_err(|fault| malformed(&fault))?;
        let page = self.desk.payments(wanted, after).await?;
        Ok(Response::new(payment_page_to_wire(&page)))
    }

    #[tracing::instrument(name = "clearing.notices", skip_all)]
    async fn show_own_notices(
        &self,
        request: Request<v1::ListOwnNoticesRequest>,
    ) -> Result<Response<v1::ListOwnNoticesResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let of = order(&request.into_inner()).map_err(|fault| malformed(&fault))?;
        let seen = self.desk.notices(&of).await?;
        Ok(Response::new(notices_to_wire(&seen)))
    }
}

fn order(request: &v1::ListOwnNoticesRequest) -> Result<OrderOf, WireFault> {
    let day = Path::root("business_day");
    let month = Path::root("month").optional(&request.month, Month::parse)?;
    match month {
        None => Ok(OrderOf::Day(
            day.parse(&request.business_day, BusinessDay::parse)?,
        )),
        Some(month) if request.business_day.is_empty() => Ok(OrderOf::Month(month)),
        Some(_) => Err(day.wrong("give the cycle or the month, one of them")),
    }
}
