//! The desk of a bureau's officers for people whom another region insures too, and for the end of somebody's cover. Every
//! fault is the code of why not.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::duplicate_office_service_client::DuplicateOfficeServiceClient;
use huitong_proto::settlement::v1::people_service_client::PeopleServiceClient;
use huitong_transport::call_within;
use tonic::transport::Channel;

use crate::callers::{PATIENCE, clock, code, to_node};
use crate::certificates::Certificates;

pub use v1::{DuplicateReason as Reason, DuplicateState as State};

/// What is shown of somebody whom another region insures too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    pub psn_no: String,
    pub other: String,
    pub state: State,
    /// The first day that both cover; empty for none.
    pub overlap_from: String,
    /// What was said of them here, and there.
    pub here: Reason,
    pub there: Reason,
}

/// What a bureau is shown at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub shown: Vec<Shown>,
    /// Whether anybody has begun to report.
    pub is_begun: bool,
    /// Whether all people are reported, and the clearinghouse has it.
    pub is_level: bool,
    /// Why people are not compared.
    pub trouble: String,
}

impl Page {
    fn of(told: v1::ListDuplicatesResponse) -> Self {
        let standing = told.standing.expect("a page without a standing");
        let shown = told.duplicates.into_iter().map(|told| Shown {
            state: told.state(),
            here: told.reason(),
            there: told.reason_there(),
            psn_no: told.psn_no,
            other: told.region,
            overlap_from: told.overlap_from,
        });
        Self {
            shown: shown.collect(),
            is_begun: !standing.reported_key.is_empty(),
            is_level: standing.whole && standing.held == standing.written,
            trouble: standing.trouble,
        }
    }
}

/// A bureau's desk.
pub struct TwinDesk {
    office: DuplicateOfficeServiceClient<Channel>,
    people: PeopleServiceClient<Channel>,
}

impl TwinDesk {
    pub fn of(number: usize) -> Self {
        let dialer = Certificates::issued().officer(number, 0, clock());
        let channel = to_node(&dialer, number);
        Self {
            office: DuplicateOfficeServiceClient::new(channel.clone()),
            people: PeopleServiceClient::new(channel),
        }
    }

    /// Begins to report, or to report anew.
    pub async fn begin(&mut self) -> Result<(), String> {
        let client = &mut self.office;
        let call = call_within(PATIENCE, v1::BeginTagsRequest {}, |request| {
            client.begin_tags(request)
        });
        call.await.map(drop).map_err(|status| code(&status))
    }

    /// All who are insured elsewhere too, or ever were: fewer than a page holds.
    pub async fn list(&mut self) -> Result<Page, String> {
        let request = v1::ListDuplicatesRequest {
            all: true,
            after: String::new(),
            limit: 0,
        };
        let client = &mut self.office;
        let call = call_within(PATIENCE, request, |request| client.list_duplicates(request));
        let told = call.await.map_err(|status| code(&status))?;
        Ok(Page::of(told.into_inner()))
    }

    /// Says what becomes of somebody whom another region insures too.
    pub async fn resolve(
        &mut self,
        (psn_no, other): (&str, &str),
        reason: Reason,
    ) -> Result<(), String> {
        let request = v1::ResolveDuplicateRequest {
            psn_no: psn_no.to_owned(),
            region: other.to_owned(),
            reason: reason.into(),
            note: String::new(),
        };
        let client = &mut self.office;
        let call = call_within(PATIENCE, request, |request| {
            client.resolve_duplicate(request)
        });
        call.await.map(drop).map_err(|status| code(&status))
    }

    /// Ends somebody's cover from a day on.
    pub async fn lapse(&mut self, psn_no: &str, from: &str) -> Result<(), String> {
        let change = v1::change_person_request::Change::Lapse(v1::EndCover {
            from: from.to_owned(),
        });
        let request = v1::ChangePersonRequest {
            request_id: format!("lapse-{psn_no}"),
            psn_no: psn_no.to_owned(),
            change: Some(change),
        };
        let client = &mut self.people;
        let call = call_within(PATIENCE, request, |request| client.change(request));
        call.await.map(drop).map_err(|status| code(&status))
    }
}
