//! An officer's client for what of clearing concerns the region: what is answered, as values.

use huitong_core::own_clearing::{
    NoticesSeen, PaymentPage, PaymentSeen, WaitingPage, WaitingPlace,
};
use huitong_core::payment::PaymentReference;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::clearing_desk_service_client::ClearingDeskServiceClient;
use huitong_proto::conversion::WireFault;
use huitong_proto::conversion::own_clearing::{
    notices_from_wire, payment_page_from_wire, waiting_page_from_wire, waiting_place_to_wire,
};
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

use crate::own_clearing::report::{notices_request, payments_request};
use crate::own_clearing::{OrderOf, PaymentsWanted};

/// The most pages that are read: more than a list has.
const PAGES_AT_MOST: usize = 1_024;

/// An officer connected to the node of the own region.
#[derive(Debug)]
pub struct ClearingDeskClient(ClearingDeskServiceClient<Channel>);

impl ClearingDeskClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (_, channel) = options.own_node().await?;
        let client = ClearingDeskServiceClient::new(channel);
        Ok(Self(client.max_decoding_message_size(MAX_MESSAGE_BYTES)))
    }

    /// The region's debts that wait, all pages as one.
    ///
    /// # Errors
    /// The clearinghouse's or the node's refusal, or the transport's.
    pub async fn waiting(&mut self) -> Result<WaitingPage, Status> {
        let mut all: Option<WaitingPage> = None;
        let mut after: Option<WaitingPlace> = None;
        for _ in 0..PAGES_AT_MOST {
            let request = v1::ListOwnExceptionsRequest {
                after: after.map(waiting_place_to_wire),
            };
            let answer = self.0.show_own_exceptions(request).await?.into_inner();
            let mut page = waiting_page_from_wire(answer).map_err(|fault| unreadable(&fault))?;
            after = page.next.take();
            all = Some(match all {
                None => page,
                Some(mut all) => {
                    all.debts.append(&mut page.debts);
                    all
                }
            });
            if after.is_none() {
                break;
            }
        }
        all.filter(|_| after.is_none()).ok_or_else(too_many)
    }

    /// What the member who clears for the region pays and is paid, all pages as one.
    ///
    /// # Errors
    /// As [`Self::waiting`].
    pub async fn payments(
        &mut self,
        wanted: PaymentsWanted,
    ) -> Result<(RegionCode, Vec<PaymentSeen>), Status> {
        let mut payments = Vec::new();
        let mut after: Option<PaymentReference> = None;
        for _ in 0..PAGES_AT_MOST {
            let request = payments_request(wanted, after);
            let answer = self.0.show_own_payments(request).await?.into_inner();
            let page = payment_page_from_wire(answer).map_err(|fault| unreadable(&fault))?;
            let PaymentPage {
                member,
                payments: mut rows,
                next,
            } = page;
            payments.append(&mut rows);
            after = next;
            if after.is_none() {
                return Ok((member, payments));
            }
        }
        Err(too_many())
    }

    /// What that member is told of an order to pay.
    ///
    /// # Errors
    /// As [`Self::waiting`].
    pub async fn notices(&mut self, of: &OrderOf) -> Result<NoticesSeen, Status> {
        let answer = self
            .0
            .show_own_notices(notices_request(of))
            .await?
            .into_inner();
        notices_from_wire(answer).map_err(|fault| unreadable(&fault))
    }
}

fn unreadable(fault: &WireFault) -> Status {
    Status::internal(fault.to_string())
}

fn too_many() -> Status {
    Status::internal(format!("more than {PAGES_AT_MOST} pages"))
}
