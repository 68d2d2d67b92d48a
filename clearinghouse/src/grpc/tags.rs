//! TagService: what regions' nodes call about people whom several insure. The region is the caller's certificate.
//!
//! No tag is logged: whoever reads the log of a node beside it could tell who is meant.

use std::sync::Arc;

use huitong_core::canonical::{Artifact, decode_exact, encode_to_vec};
use huitong_core::duplicate::{Reach, Tag, TagBatch};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::tag_service_server::TagService;
use huitong_proto::conversion::Path;
use huitong_transport::aside;
use tonic::{Request, Response, Status};
use tracing::error;

use super::clearing::region;
use super::status::{malformed, status};
use crate::decide::{self, Told};
use crate::refusal::{ClearingCode, Code, Refusal};
use crate::state::TagsHeld;
use crate::writer::Writer;

/// The intake of every region's tags.
pub(super) struct TagGrpc(pub(super) Arc<Writer>);

#[tonic::async_trait]
impl TagService for TagGrpc {
    async fn tag_position(
        &self,
        request: Request<v1::TagPositionRequest>,
    ) -> Result<Response<v1::TagPositionResponse>, Status> {
        let region = region(&request)?;
        let by = Told {
            region,
            incarnation: request.into_inner().incarnation,
        };
        let held = self
            .0
            .decide(move |context| decide::tag_position(context, by))
            .await
            .map_err(|refusal| status(&refusal))?;
        Ok(Response::new(position(held.as_ref())))
    }

    async fn report_tags(
        &self,
        request: Request<v1::ReportTagsRequest>,
    ) -> Result<Response<v1::ReportTagsResponse>, Status> {
        let region = region(&request)?;
        let batch = TagBatch::from_bytes(&request.into_inner().batch);
        let batch = batch.map_err(|fault| malformed(&Path::root("batch").wrong(fault)))?;
        let number = batch.number;
        let held = self
            .0
            .decide(move |context| decide::report_tags(context, region, batch))
            .await;
        let held = held.map_err(|refusal| {
            if refusal.code == Code::Clearing(ClearingCode::TagsConflict) {
                error!(%region, number, "a region's tags do not go on from what it had said: nothing more of them is taken");
            }
            status(&refusal)
        })?;
        Ok(Response::new(v1::ReportTagsResponse { held }))
    }

    async fn list_matches(
        &self,
        request: Request<v1::ListMatchesRequest>,
    ) -> Result<Response<v1::ListMatchesResponse>, Status> {
        let region = region(&request)?;
        let v1::ListMatchesRequest { incarnation, after } = request.into_inner();
        let by = Told {
            region,
            incarnation,
        };
        let after = match after.as_slice() {
            [] => None,
            bytes => {
                let read = decode_exact::<(Tag, RegionCode)>(bytes);
                Some(read.map_err(|fault| malformed(&Path::root("after").wrong(fault)))?)
            }
        };
        let directory = self.0.decide(move |context| decide::may_match(context, by));
        let directory = directory.await.map_err(|refusal| status(&refusal))?;
        // Beside the writer: a page may be hundreds of reads, and legs do not wait for them.
        let rows = self.0.tag_rows();
        let looked = aside(move || rows.matches(region, after, decide::PAIRS_AT_ONCE, &directory));
        let found = looked
            .await
            .map_err(|lost| Status::internal(format!("a task was lost: {lost}")))?
            .map_err(|fault| status(&Refusal::general(RefusalCode::StoreBroken, fault)))?;
        let matches = found.matches.iter().map(|(tag, region)| v1::TagMatch {
            tag: tag.expose().to_vec(),
            region: region.to_string(),
        });
        let regions = found.regions.iter().map(|(region, held)| v1::TagRegion {
            region: region.to_string(),
            key_id: held.stream.key.as_bytes().to_vec(),
            whole: held.reach == Reach::Whole,
            stream: Some(stream(held)),
            held: held.held,
        });
        let next = found.next.map(|next| encode_to_vec(&next));
        Ok(Response::new(v1::ListMatchesResponse {
            matches: matches.collect(),
            next: next.unwrap_or_default(),
            regions: regions.collect(),
        }))
    }
}

fn position(held: Option<&TagsHeld>) -> v1::TagPositionResponse {
    let Some(held) = held else {
        return v1::TagPositionResponse::default();
    };
    v1::TagPositionResponse {
        stream: Some(stream(held)),
        held: held.held,
        chain: held.chain.as_bytes().to_vec(),
        whole: held.reach == Reach::Whole,
        halted_at: held.halted_at.unwrap_or(0),
    }
}

fn stream(held: &TagsHeld) -> v1::TagStream {
    v1::TagStream {
        incarnation: held.stream.incarnation,
        generation: held.stream.generation,
        key_id: held.stream.key.as_bytes().to_vec(),
    }
}
