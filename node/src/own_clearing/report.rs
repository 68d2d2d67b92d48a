//! Asking the clearinghouse what of clearing concerns the region. What it refuses goes on to whoever asked, in its own words.
//! Rows of others are not believed to be meant for here.

use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::own_clearing::{
    DebtWaiting, NoticesSeen, PaymentPage, PaymentSeen, WaitingPage, WaitingPlace,
};
use huitong_core::payment::PaymentReference;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Direction;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::own_clearing_service_client::OwnClearingServiceClient;
use huitong_proto::conversion::own_clearing::{
    notices_from_wire, payment_page_from_wire, waiting_page_from_wire, waiting_place_to_wire,
};
use huitong_transport::{Dialer, MAX_MESSAGE_BYTES, TransportError, call_within};
use tonic::Status;
use tonic::transport::Channel;

use super::{OrderOf, PaymentsWanted};
use crate::clearing_answer::{told, unreadable};

/// The way to the clearinghouse.
pub struct OwnClearingClient {
    channel: Channel,
    within: Duration,
}

impl OwnClearingClient {
    /// A client of the clearinghouse at an endpoint.
    ///
    /// # Errors
    /// [`TransportError::BadEndpoint`].
    pub fn new(endpoint: &str, dialer: &Dialer) -> Result<Self, TransportError> {
        let channel = dialer.connect_lazy(endpoint, Identity::Clearinghouse)?;
        let within = dialer.limits().call_deadline;
        Ok(Self { channel, within })
    }

    /// A page of a region's debts that wait.
    pub(super) async fn waiting(
        &self,
        region: RegionCode,
        after: Option<WaitingPlace>,
    ) -> Result<WaitingPage, Status> {
        let mut client = self.client();
        let after = after.map(waiting_place_to_wire);
        let request = v1::ListOwnExceptionsRequest { after };
        let answer = call_within(self.within, request, |request| {
            client.list_own_exceptions(request)
        });
        let answer = answer.await.map_err(|status| told(&status))?.into_inner();
        let page = waiting_page_from_wire(answer).map_err(|fault| unreadable(&fault))?;
        let all = page.debts.iter();
        match all.clone().find(|debt| !is_of(region, debt)) {
            Some(debt) => Err(unreadable(&format_args!(
                "{} is not of {region}",
                debt.settlement
            ))),
            None => Ok(page),
        }
    }

    /// A page of what the member who clears for the region pays and is paid.
    pub(super) async fn payments(
        &self,
        wanted: PaymentsWanted,
        after: Option<PaymentReference>,
    ) -> Result<PaymentPage, Status> {
        let mut client = self.client();
        let request = payments_request(wanted, after);
        let answer = call_within(self.within, request, |request| {
            client.list_own_payments(request)
        });
        let answer = answer.await.map_err(|status| told(&status))?.into_inner();
        let page = payment_page_from_wire(answer).map_err(|fault| unreadable(&fault))?;
        own(page.member, page.payments.iter())?;
        Ok(page)
    }

    /// What that member is told of an order.
    pub(super) async fn notices(&self, of: &OrderOf) -> Result<NoticesSeen, Status> {
        let mut client = self.client();
        let request = notices_request(of);
        let answer = call_within(self.within, request, |request| {
            client.list_own_notices(request)
        });
        let answer = answer.await.map_err(|status| told(&status))?.into_inner();
        let seen = notices_from_wire(answer).map_err(|fault| unreadable(&fault))?;
        own(seen.member, seen.notices.iter().map(|of| &of.payment))?;
        Ok(seen)
    }

    fn client(&self) -> OwnClearingServiceClient<Channel> {
        OwnClearingServiceClient::new(self.channel.clone())
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
    }
}

/// What asks for a page of payments.
pub(crate) fn payments_request(
    wanted: PaymentsWanted,
    after: Option<PaymentReference>,
) -> v1::ListOwnPaymentsRequest {
    v1::ListOwnPaymentsRequest {
        open_only: wanted == PaymentsWanted::Open,
        after: after.map(|after| after.to_string()).unwrap_or_default(),
    }
}

/// What asks for the notices of an order.
pub(crate) fn notices_request(of: &OrderOf) -> v1::ListOwnNoticesRequest {
    let (business_day, month) = match of {
        OrderOf::Day(day) => (day.to_string(), String::new()),
        OrderOf::Month(month) => (String::new(), month.to_string()),
    };
    v1::ListOwnNoticesRequest {
        business_day,
        month,
    }
}

/// Whether all that is told of a debt is of the region's own.
fn is_of(region: RegionCode, debt: &DebtWaiting) -> bool {
    let mut words = std::iter::once(&debt.told).chain(&debt.other);
    words.all(|told| told.concerns(region))
}

/// Whether payments are of the member, and only what it is to be paid waits for others.
fn own<'a>(
    member: RegionCode,
    mut payments: impl Iterator<Item = &'a PaymentSeen>,
) -> Result<(), Status> {
    let others = payments.find(|seen| {
        let waits = !seen.unpaid_by.is_empty() && seen.direction == Direction::PayIn;
        seen.reference.member != member || waits
    });
    match others {
        Some(seen) => Err(unreadable(&format_args!(
            "payment {} is not of {member}",
            seen.reference
        ))),
        None => Ok(()),
    }
}
