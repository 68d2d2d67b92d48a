//! An officer's client for people whom another region insures too: what is asked and what is answered, as values.

use huitong_core::date::Timestamp;
use huitong_core::person::PsnNo;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::DuplicateReason;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::insured::scheme_from_wire;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::duplicate_office_service_client::DuplicateOfficeServiceClient;
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

use super::duplicate::reason_to_wire;
use crate::duplicates::seen::Which;

/// An officer connected to the node of the own region.
#[derive(Debug)]
pub struct DuplicateClient {
    client: DuplicateOfficeServiceClient<Channel>,
}

/// How far the reporting of tags is, as the node tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingTold {
    /// The fingerprint of the configured key; empty without one.
    pub configured_key: String,
    /// The one that is reported under; empty before the first beginning.
    pub reported_key: String,
    /// Who began; empty for the node itself.
    pub begun_by: String,
    /// When; the epoch before the first beginning.
    pub begun_at: Timestamp,
    /// Batches written and held.
    pub batches: (u64, u64),
    /// Whether all people were reported once.
    pub whole: bool,
    /// Regions under another key.
    pub other_keys: Vec<(String, String)>,
    /// Why the clearinghouse takes nothing more, or why matches are not compared; empty when all is well.
    pub trouble: String,
}

/// A stretch of cover: scheme, first day, last day or nothing.
pub type CoverTold = (String, String, String);

/// A duplicate as the node tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateTold {
    /// Who.
    pub person: String,
    /// The other region.
    pub region: String,
    /// asking, open, resolved, sequential or ended.
    pub state: &'static str,
    /// When the match was seen first.
    pub since: Timestamp,
    /// How long ago that is.
    pub age_ms: i64,
    /// Cover here.
    pub here: Vec<CoverTold>,
    /// Cover there.
    pub there: Vec<CoverTold>,
    /// The first days that both cover; empty where there is none, or no end.
    pub overlap: (String, String),
    /// What was said here; empty for nothing.
    pub reason: &'static str,
    /// In the bureau's words.
    pub note: String,
    /// By whom.
    pub officer: String,
    /// What was said there; empty for nothing.
    pub reason_there: &'static str,
    /// On which day.
    pub resolved_there_on: String,
}

/// A page of duplicates: the page, where the next begins, and how far the reporting is.
pub type Page = (Vec<DuplicateTold>, String, StandingTold);

impl DuplicateClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (_, channel) = options.own_node().await?;
        let client =
            DuplicateOfficeServiceClient::new(channel).max_decoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { client })
    }

    /// Begins the stream of tags anew.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn begin(&mut self) -> Result<StandingTold, Status> {
        let answer = self.client.begin_tags(v1::BeginTagsRequest {}).await?;
        standing(answer.into_inner().standing)
    }

    /// A page of duplicates after one.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn page(&mut self, after: &str, limit: u32, which: Which) -> Result<Page, Status> {
        let request = v1::ListDuplicatesRequest {
            all: which == Which::All,
            after: after.to_owned(),
            limit,
        };
        let answer = self.client.list_duplicates(request).await?.into_inner();
        let told = answer.duplicates.into_iter().map(told);
        let told = told.collect::<Result<Vec<_>, _>>()?;
        Ok((told, answer.next, standing(answer.standing)?))
    }

    /// Says what becomes of one.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn resolve(
        &mut self,
        (psn_no, region): (PsnNo, RegionCode),
        reason: DuplicateReason,
        note: &str,
    ) -> Result<DuplicateTold, Status> {
        let request = v1::ResolveDuplicateRequest {
            psn_no: psn_no.expose().to_owned(),
            region: region.to_string(),
            reason: reason_to_wire(reason).into(),
            note: note.to_owned(),
        };
        let answer = self.client.resolve_duplicate(request).await?.into_inner();
        told(answer.duplicate.unwrap_or_default())
    }
}

fn at(ms: i64) -> Result<Timestamp, Status> {
    Timestamp::from_millis(ms).map_err(|error| Status::internal(error.to_string()))
}

fn standing(told: Option<v1::TagsStanding>) -> Result<StandingTold, Status> {
    let told = told.unwrap_or_default();
    let others = told.other_keys.into_iter();
    Ok(StandingTold {
        configured_key: told.configured_key,
        reported_key: told.reported_key,
        begun_by: told.begun_by,
        begun_at: at(told.begun_at_ms)?,
        batches: (told.written, told.held),
        whole: told.whole,
        other_keys: others.map(|other| (other.region, other.key_id)).collect(),
        trouble: told.trouble,
    })
}

fn told(told: v1::Duplicate) -> Result<DuplicateTold, Status> {
    let state = match told.state() {
        v1::DuplicateState::Asking => "asking",
        v1::DuplicateState::Open => "open",
        v1::DuplicateState::Resolved => "resolved",
        v1::DuplicateState::Sequential => "sequential",
        v1::DuplicateState::Ended => "ended",
        v1::DuplicateState::Unspecified => {
            return Err(Status::internal("a duplicate without a state"));
        }
    };
    let (reason, reason_there) = (word(told.reason()), word(told.reason_there()));
    let covers = |stretches: Vec<v1::DuplicateCover>| -> Result<Vec<CoverTold>, Status> {
        stretches.into_iter().map(cover).collect()
    };
    Ok(DuplicateTold {
        state,
        since: at(told.since_ms)?,
        age_ms: told.age_ms,
        here: covers(told.here)?,
        there: covers(told.there)?,
        overlap: (told.overlap_from, told.overlap_until),
        reason,
        note: told.note,
        officer: told.officer,
        reason_there,
        resolved_there_on: told.resolved_there_on,
        person: told.psn_no,
        region: told.region,
    })
}

fn cover(stretch: v1::DuplicateCover) -> Result<CoverTold, Status> {
    let scheme = scheme_from_wire(stretch.scheme, Path::root("scheme"));
    let scheme = scheme.map_err(|fault| Status::internal(fault.to_string()))?;
    Ok((scheme.to_string(), stretch.from_day, stretch.until_day))
}

const fn word(reason: v1::DuplicateReason) -> &'static str {
    match reason {
        v1::DuplicateReason::Unspecified => "",
        v1::DuplicateReason::KeptHere => DuplicateReason::KeptHere.word(),
        v1::DuplicateReason::EndedHere => DuplicateReason::EndedHere.word(),
        v1::DuplicateReason::Lawful => DuplicateReason::Lawful.word(),
        v1::DuplicateReason::OtherPerson => DuplicateReason::OtherPerson.word(),
    }
}
