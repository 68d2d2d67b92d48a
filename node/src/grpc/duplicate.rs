//! DuplicateService: another region's node about people whom both insure. DuplicateOfficeService: the region's
//! officers.

use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::duplicate::{CoverDays, Reach, ResolutionNote, Tag};
use huitong_core::person::PsnNo;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::DuplicateReason;
use huitong_proto::conversion::insured::scheme_to_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::duplicate_office_service_server::DuplicateOfficeService;
use huitong_proto::settlement::v1::duplicate_service_server::DuplicateService;
use tonic::{Request, Response, Status};

use super::status::malformed;
use super::{calling_officer, calling_region};
use crate::duplicates::seen::{DuplicateSeen, Named, PAGE, Stands, Which};
use crate::duplicates::{DuplicateDesk, Standing};

/// Both services.
#[derive(Clone)]
pub struct DuplicateGrpc {
    /// The desk.
    pub desk: Arc<DuplicateDesk>,
}

#[tonic::async_trait]
impl DuplicateService for DuplicateGrpc {
    #[tracing::instrument(name = "duplicates.compare_cover", skip_all)]
    async fn compare_cover(
        &self,
        request: Request<v1::CompareCoverRequest>,
    ) -> Result<Response<v1::CompareCoverResponse>, Status> {
        let peer = calling_region(&request)?;
        let v1::CompareCoverRequest { tags, incarnation } = request.into_inner();
        let path = Path::root("tags");
        let read = |(nth, bytes): (usize, &Vec<u8>)| {
            let bytes: Result<[u8; 16], _> = bytes.as_slice().try_into();
            let tag = bytes.map(Tag::from_bytes);
            tag.map_err(|_| malformed(&path.item(nth).wrong("expected 16 bytes")))
        };
        let tags: Vec<Tag> = tags
            .iter()
            .enumerate()
            .map(read)
            .collect::<Result<_, _>>()?;
        let told = self.desk.tell((peer, incarnation), &tags).await?;
        let told = told.into_iter();
        let told = told.map(|told| told.map(|told| told.to_bytes()).unwrap_or_default());
        Ok(Response::new(v1::CompareCoverResponse {
            told: told.collect(),
        }))
    }
}

#[tonic::async_trait]
impl DuplicateOfficeService for DuplicateGrpc {
    #[tracing::instrument(name = "duplicates.begin", skip_all)]
    async fn begin_tags(
        &self,
        request: Request<v1::BeginTagsRequest>,
    ) -> Result<Response<v1::BeginTagsResponse>, Status> {
        let officer = calling_officer(&request, self.desk.region())?;
        let standing = self.desk.begin(officer).await?;
        Ok(Response::new(v1::BeginTagsResponse {
            standing: Some(standing_to_wire(&standing)),
        }))
    }

    #[tracing::instrument(name = "duplicates.list", skip_all)]
    async fn list_duplicates(
        &self,
        request: Request<v1::ListDuplicatesRequest>,
    ) -> Result<Response<v1::ListDuplicatesResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let message = request.into_inner();
        let asked = || -> Result<_, WireFault> {
            let after = Path::root("after").optional(&message.after, named)?;
            let limit = match usize::try_from(message.limit) {
                Ok(0) => PAGE,
                Ok(limit) if limit <= PAGE => limit,
                Ok(_) | Err(_) => {
                    return Err(Path::root("limit").wrong(format_args!("at most {PAGE}")));
                }
            };
            Ok((after, limit))
        };
        let (after, limit) = asked().map_err(|fault| malformed(&fault))?;
        let which = if message.all { Which::All } else { Which::Open };
        let (seen, next) = self.desk.list(after, limit, which).await?;
        let standing = self.desk.standing()?;
        let next = next.map(|(psn_no, region)| format!("{}@{region}", psn_no.expose()));
        Ok(Response::new(v1::ListDuplicatesResponse {
            duplicates: seen.iter().map(shown).collect(),
            next: next.unwrap_or_default(),
            standing: Some(standing_to_wire(&standing)),
        }))
    }

    #[tracing::instrument(name = "duplicates.resolve", skip_all)]
    async fn resolve_duplicate(
        &self,
        request: Request<v1::ResolveDuplicateRequest>,
    ) -> Result<Response<v1::ResolveDuplicateResponse>, Status> {
        let officer = calling_officer(&request, self.desk.region())?;
        let message = request.into_inner();
        let asked = || -> Result<_, WireFault> {
            let psn_no = Path::root("psn_no").parse(&message.psn_no, PsnNo::parse)?;
            let region = Path::root("region").parse(&message.region, RegionCode::parse)?;
            let note = Path::root("note").optional(&message.note, ResolutionNote::parse)?;
            let reason = reason_from_wire(message.reason, Path::root("reason"))?;
            Ok(((psn_no, region), reason, note))
        };
        let (named, reason, note) = asked().map_err(|fault| malformed(&fault))?;
        let seen = self.desk.resolve(officer, named, reason, note).await?;
        Ok(Response::new(v1::ResolveDuplicateResponse {
            duplicate: Some(shown(&seen)),
        }))
    }
}

/// A duplicate's name, as a page ends with it.
fn named(text: &str) -> Result<Named, String> {
    let parts = text.split_once('@').ok_or("expected person@region")?;
    let psn_no = PsnNo::parse(parts.0).map_err(|error| error.to_string())?;
    let region = RegionCode::parse(parts.1).map_err(|error| error.to_string())?;
    Ok((psn_no, region))
}

/// A reason of the closed list.
pub(super) const fn reason_to_wire(reason: DuplicateReason) -> v1::DuplicateReason {
    match reason {
        DuplicateReason::KeptHere => v1::DuplicateReason::KeptHere,
        DuplicateReason::EndedHere => v1::DuplicateReason::EndedHere,
        DuplicateReason::Lawful => v1::DuplicateReason::Lawful,
        DuplicateReason::OtherPerson => v1::DuplicateReason::OtherPerson,
    }
}

fn reason_from_wire(number: i32, path: Path<'_>) -> Result<DuplicateReason, WireFault> {
    match v1::DuplicateReason::try_from(number) {
        Ok(v1::DuplicateReason::KeptHere) => Ok(DuplicateReason::KeptHere),
        Ok(v1::DuplicateReason::EndedHere) => Ok(DuplicateReason::EndedHere),
        Ok(v1::DuplicateReason::Lawful) => Ok(DuplicateReason::Lawful),
        Ok(v1::DuplicateReason::OtherPerson) => Ok(DuplicateReason::OtherPerson),
        Ok(v1::DuplicateReason::Unspecified) | Err(_) => Err(path.wrong("a reason of the list")),
    }
}

fn standing_to_wire(standing: &Standing) -> v1::TagsStanding {
    let head = standing.head.as_ref();
    let others = standing.others.iter();
    v1::TagsStanding {
        configured_key: standing
            .configured
            .map(|key| key.to_string())
            .unwrap_or_default(),
        reported_key: head
            .map(|head| head.stream.key.to_string())
            .unwrap_or_default(),
        begun_by: head
            .and_then(|head| head.by.as_ref())
            .map(ToString::to_string)
            .unwrap_or_default(),
        begun_at_ms: head.map_or(0, |head| head.begun.as_millis()),
        written: head.map_or(0, |head| head.written),
        held: standing.held,
        whole: head.is_some_and(|head| head.reach == Reach::Whole),
        other_keys: others
            .map(|(region, key)| v1::OtherKey {
                region: region.to_string(),
                key_id: key.to_string(),
            })
            .collect(),
        trouble: standing.trouble.clone().unwrap_or_default(),
    }
}

fn shown(seen: &DuplicateSeen) -> v1::Duplicate {
    let row = &seen.row;
    let state = match seen.stands {
        Stands::Asking => v1::DuplicateState::Asking,
        Stands::Open => v1::DuplicateState::Open,
        Stands::Resolved => v1::DuplicateState::Resolved,
        Stands::Sequential => v1::DuplicateState::Sequential,
        Stands::Ended => v1::DuplicateState::Ended,
    };
    let none = v1::DuplicateReason::Unspecified;
    let said = row.resolution.as_ref();
    let told = row.told.as_ref();
    let said_there = told.and_then(|told| told.resolution);
    let there = told.map_or(&[][..], |told| &told.cover);
    let until = seen.overlap.and_then(|days| days.until());
    let note = said.and_then(|said| said.note.as_ref());
    v1::Duplicate {
        psn_no: seen.psn_no.expose().to_owned(),
        region: seen.region.to_string(),
        state: state.into(),
        since_ms: row.since.as_millis(),
        age_ms: row.since.millis_until(seen.now).max(0),
        here: seen.here.iter().map(cover).collect(),
        there: there.iter().map(cover).collect(),
        overlap_from: seen
            .overlap
            .map(|days| days.from().to_string())
            .unwrap_or_default(),
        overlap_until: until.map(|day| day.to_string()).unwrap_or_default(),
        reason: said.map_or(none, |said| reason_to_wire(said.reason)).into(),
        note: note
            .map(|note| note.expose().to_owned())
            .unwrap_or_default(),
        officer: said.map(|said| said.by.to_string()).unwrap_or_default(),
        resolved_at_ms: said.map_or(0, |said| said.at.as_millis()),
        reason_there: said_there
            .map_or(none, |said| reason_to_wire(said.reason))
            .into(),
        resolved_there_on: said_there
            .map(|said| said.on.to_string())
            .unwrap_or_default(),
    }
}

fn cover(stretch: &CoverDays) -> v1::DuplicateCover {
    let until = stretch.days.until();
    v1::DuplicateCover {
        scheme: scheme_to_wire(stretch.scheme),
        from_day: stretch.days.from().to_string(),
        until_day: until.map(|day| day.to_string()).unwrap_or_default(),
    }
}
