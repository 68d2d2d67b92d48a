//! Disputes with the clearinghouse: the region's words go there, and what stands comes back.
//!
//! What the clearinghouse refuses goes on to whoever asked, in its own words and under its own code.

use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::canonical::{Artifact, CanonicalError};
use huitong_core::dispute::history::DisputeHistory;
use huitong_core::dispute::name::DisputeName;
use huitong_core::dispute::seen::DisputeSeen;
use huitong_core::dispute::word::SignedWord;
use huitong_core::vocabulary::DisputeStage;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::dispute_service_client::DisputeServiceClient;
use huitong_proto::conversion::dispute::{dispute_from_wire, dispute_stage_to_wire};
use huitong_proto::conversion::{Path, WireFault};
use huitong_transport::{Dialer, MAX_MESSAGE_BYTES, TransportError, call_within, refusal_code};
use tonic::Status;
use tonic::transport::Channel;

use crate::clearing_answer::{told, unreadable};

/// The most bytes of an answer: a page of settled disputes comes with every word and its certificates.
const LARGEST_ANSWER_BYTES: usize = 4 * MAX_MESSAGE_BYTES;
/// The clearinghouse's code for a dispute that it does not know.
const UNKNOWN: &str = "dispute.unknown";

/// The way to the clearinghouse.
pub struct DisputeClient {
    channel: Channel,
    within: Duration,
}

/// Which disputes are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Only at this stage.
    pub stage: Option<DisputeStage>,
    /// Whether only those of which a step is overdue.
    pub lateness: Lateness,
    /// The name after which the page begins; empty for the first.
    pub after: String,
}

/// Whether only those are asked for of which a step is overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lateness {
    /// All.
    Any,
    /// Only those.
    Overdue,
}

/// A page of disputes, and after which name the next begins; empty with the last.
pub type Page = (Vec<DisputeSeen>, String);

/// A page of settled disputes.
pub(super) struct CorrectionsPage {
    /// Ascending by number.
    pub(super) histories: Vec<DisputeHistory>,
    /// Up to which number all are here.
    pub(super) up_to: u64,
    /// Whether there are more.
    pub(super) more: bool,
    /// The clearinghouse's own incarnation.
    pub(super) incarnation: u32,
}

impl DisputeClient {
    /// A client of the clearinghouse at an endpoint.
    ///
    /// # Errors
    /// [`TransportError::BadEndpoint`].
    pub fn new(endpoint: &str, dialer: &Dialer) -> Result<Self, TransportError> {
        let channel = dialer.connect_lazy(endpoint, Identity::Clearinghouse)?;
        let within = dialer.limits().call_deadline;
        Ok(Self { channel, within })
    }

    fn client(&self) -> DisputeServiceClient<Channel> {
        DisputeServiceClient::new(self.channel.clone())
            .max_decoding_message_size(LARGEST_ANSWER_BYTES)
    }

    /// Sends a word; how the dispute stands by it.
    pub(super) async fn say(&self, signed: &SignedWord) -> Result<DisputeSeen, Status> {
        let request = v1::SayRequest {
            word: signed.to_bytes(),
        };
        let mut client = self.client();
        let answer = call_within(self.within, request, |request| client.say(request)).await;
        let dispute = answer.map_err(|status| told(&status))?.into_inner().dispute;
        dispute_from_wire(dispute, Path::root("dispute")).map_err(|fault| unreadable(&fault))
    }

    /// A dispute with every word in it; none that is not known there.
    pub(super) async fn history(
        &self,
        name: DisputeName,
    ) -> Result<Option<DisputeHistory>, Status> {
        let request = v1::GetDisputeRequest {
            name: name.to_string(),
        };
        let mut client = self.client();
        let answer = call_within(self.within, request, |request| client.get_dispute(request));
        match answer.await {
            Ok(answer) => read(&answer.into_inner().history).map(Some),
            Err(status) if refusal_code(&status) == Some(UNKNOWN) => Ok(None),
            Err(status) => Err(told(&status)),
        }
    }

    /// A page of the disputes in which the region stands.
    pub(super) async fn list(&self, wanted: &Wanted) -> Result<Page, Status> {
        let request = v1::ListDisputesRequest {
            filter: Some(filter_to_wire(wanted)),
        };
        let mut client = self.client();
        let answer = call_within(self.within, request, |request| {
            client.list_disputes(request)
        });
        let page = answer.await.map_err(|status| told(&status))?.into_inner();
        let path = Path::root("disputes");
        let disputes = page.disputes.into_iter().enumerate();
        let disputes = disputes.map(|(at, it)| dispute_from_wire(Some(it), path.item(at)));
        let disputes: Result<Vec<_>, WireFault> = disputes.collect();
        Ok((disputes.map_err(|fault| unreadable(&fault))?, page.next))
    }

    /// A page of the settled disputes that concern the region, after a number.
    pub(super) async fn corrections(&self, after: u64) -> Result<CorrectionsPage, Status> {
        let request = v1::ListCorrectionsRequest { after };
        let mut client = self.client();
        let answer = call_within(self.within, request, |request| {
            client.list_corrections(request)
        });
        let page = answer.await.map_err(|status| told(&status))?.into_inner();
        let histories = page.histories.iter().map(|bytes| read(bytes));
        Ok(CorrectionsPage {
            histories: histories.collect::<Result<_, _>>()?,
            up_to: page.up_to,
            more: page.more && page.up_to > after,
            incarnation: page.incarnation,
        })
    }
}

/// The wire form of what is asked for.
#[must_use]
pub fn filter_to_wire(wanted: &Wanted) -> v1::DisputeFilter {
    v1::DisputeFilter {
        stage: wanted.stage.map_or(0, dispute_stage_to_wire),
        overdue: wanted.lateness == Lateness::Overdue,
        after: wanted.after.clone(),
    }
}

fn read(bytes: &[u8]) -> Result<DisputeHistory, Status> {
    let read = DisputeHistory::from_bytes(bytes);
    read.map_err(|fault: CanonicalError| unreadable(&fault))
}
