//! Asking the clearinghouse how prefunds stand, page after page, and for more of one. What it refuses goes on to whoever asked, in its own words.
//! Rows of others are not believed to be meant for here.

use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::id::RequestId;
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_core::prefund::{OwnPrefunds, Prefund, PrefundSeen};
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::own_prefund_service_client::OwnPrefundServiceClient;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::prefund::{
    prefund_seen_from_wire, top_up_answer_from_wire, top_up_to_wire,
};
use huitong_transport::{Dialer, MAX_MESSAGE_BYTES, TransportError, call_within};
use tonic::Status;
use tonic::transport::Channel;

use crate::clearing_answer::{told, unreadable};

/// The most pages that are read.
const PAGES_AT_MOST: usize = 64;

/// The way to the clearinghouse.
pub struct PrefundClient {
    channel: Channel,
    within: Duration,
}

impl PrefundClient {
    /// A client of the clearinghouse at an endpoint.
    ///
    /// # Errors
    /// [`TransportError::BadEndpoint`].
    pub fn new(endpoint: &str, dialer: &Dialer) -> Result<Self, TransportError> {
        let channel = dialer.connect_lazy(endpoint, Identity::Clearinghouse)?;
        let within = dialer.limits().call_deadline;
        Ok(Self { channel, within })
    }

    /// All that are the region's to see.
    pub(super) async fn all(&self) -> Result<OwnPrefunds, Status> {
        let (mut prefunds, mut after) = (Vec::new(), None);
        for _ in 0..PAGES_AT_MOST {
            let page = self.page(after).await?;
            let path = Path::root("member");
            let member = path.parse(&page.member, RegionCode::parse);
            let member = member.map_err(|fault| unreadable(&fault))?;
            let rows = page.prefunds.into_iter().enumerate();
            for (nth, row) in rows {
                prefunds.push(own(member, row, Path::root("prefunds").item(nth))?);
            }
            after = page.next;
            if after.is_none() {
                return Ok(OwnPrefunds { member, prefunds });
            }
        }
        let why = format!("more than {PAGES_AT_MOST} pages of prefunds");
        Err(unreadable(&why))
    }

    /// Asks for more of one that the member holds.
    pub(super) async fn top_up(
        &self,
        which: (Prefund, RequestId),
        amount: Fen,
        by: &OfficerName,
    ) -> Result<PrefundSeen, Status> {
        let mut client = OwnPrefundServiceClient::new(self.channel.clone())
            .max_decoding_message_size(MAX_MESSAGE_BYTES);
        let request = v1::TopUpOwnPrefundRequest {
            ask: Some(top_up_to_wire(which, amount)),
            officer: by.to_string(),
        };
        let answer = call_within(self.within, request, |request| client.top_up_own(request));
        let answer = answer.await.map_err(|status| told(&status))?.into_inner();
        let seen = top_up_answer_from_wire(answer).map_err(|fault| unreadable(&fault))?;
        if seen.prefund == which.0 {
            Ok(seen)
        } else {
            Err(unreadable(&format_args!("it is of {}", seen.prefund)))
        }
    }

    async fn page(
        &self,
        after: Option<v1::PrefundKey>,
    ) -> Result<v1::ListOwnPrefundsResponse, Status> {
        let mut client = OwnPrefundServiceClient::new(self.channel.clone())
            .max_decoding_message_size(MAX_MESSAGE_BYTES);
        let request = v1::ListOwnPrefundsRequest { after };
        let answer = call_within(self.within, request, |request| {
            client.list_own_prefunds(request)
        });
        Ok(answer.await.map_err(|status| told(&status))?.into_inner())
    }
}

/// A row that the member pays or holds.
fn own(
    member: RegionCode,
    row: v1::PrefundStanding,
    path: Path<'_>,
) -> Result<PrefundSeen, Status> {
    let seen = prefund_seen_from_wire(row, path).map_err(|fault| unreadable(&fault))?;
    let prefund = seen.prefund;
    if prefund.payer != member && prefund.holder != member {
        let why = format!("prefund {prefund} is not of {member}");
        return Err(unreadable(&why));
    }
    Ok(seen)
}
