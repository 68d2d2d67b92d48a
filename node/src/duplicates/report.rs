//! Reporting tags to the clearinghouse, and asking it for matches.
//!
//! No batch leaves before its record is synced: what is sent is read from the journal. The clearinghouse says how far
//! it is and what all it holds comes to; a stream that it knows otherwise than the journal does is not added to.

use std::collections::BTreeMap;
use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::canonical::Artifact;
use huitong_core::digest::Digest;
use huitong_core::duplicate::{KeyId, Reach, Tag, TagBatch, TagStream};
use huitong_core::record::NodeRecord;
use huitong_core::record::sealed::Joined;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::tag_service_client::TagServiceClient;
use huitong_proto::conversion::{Path, WireFault};
use huitong_transport::{Dialer, MAX_MESSAGE_BYTES, TransportError, call_within, refusal_code};
use tonic::Status;
use tonic::transport::Channel;

use super::records::{Says, WriteTags, is_batch};
use super::{DuplicateDesk, Passed};
use crate::error::NodeError;
use crate::store::{Rows, TagHead, incarnation};

/// The way to the clearinghouse.
pub struct TagClient {
    channel: Channel,
    within: Duration,
}

/// What the clearinghouse holds of the own tags.
struct Position {
    stream: TagStream,
    held: u64,
    chain: Digest,
    reach: Reach,
    halted_at: Option<u64>,
}

/// How far a region's tags were looked through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RegionTold {
    /// The stream that counts.
    pub(super) stream: TagStream,
    /// The number of its last batch.
    pub(super) held: u64,
    /// Whether all its people are reported.
    pub(super) reach: Reach,
}

/// A page of matches.
pub(super) struct MatchesTold {
    /// Own tags, each with another region that has it too.
    pub(super) matches: Vec<(Tag, RegionCode)>,
    /// Where the next page begins; empty with the last.
    pub(super) next: Vec<u8>,
    /// How far every region's tags were looked through.
    pub(super) regions: BTreeMap<RegionCode, RegionTold>,
}

impl TagClient {
    /// A client of the clearinghouse at an endpoint.
    ///
    /// # Errors
    /// [`TransportError::BadEndpoint`].
    pub fn new(endpoint: &str, dialer: &Dialer) -> Result<Self, TransportError> {
        let channel = dialer.connect_lazy(endpoint, Identity::Clearinghouse)?;
        let within = dialer.limits().call_deadline;
        Ok(Self { channel, within })
    }

    fn client(&self) -> TagServiceClient<Channel> {
        TagServiceClient::new(self.channel.clone()).max_decoding_message_size(MAX_MESSAGE_BYTES)
    }

    async fn position(&self, incarnation: u32) -> Result<Option<Position>, Status> {
        let request = v1::TagPositionRequest { incarnation };
        let mut client = self.client();
        let answer = call_within(self.within, request, |request| client.tag_position(request));
        let answer = answer.await?.into_inner();
        let Some(stream) = &answer.stream else {
            return Ok(None);
        };
        let read = || -> Result<Position, WireFault> {
            Ok(Position {
                stream: tag_stream(stream, Path::root("stream"))?,
                held: answer.held,
                reach: if answer.whole {
                    Reach::Whole
                } else {
                    Reach::Part
                },
                halted_at: Some(answer.halted_at).filter(|number| *number > 0),
                chain: Digest::from_bytes(exactly(&answer.chain, Path::root("chain"))?),
            })
        };
        read().map(Some).map_err(|fault| unreadable(&fault))
    }

    async fn send(&self, batch: &TagBatch) -> Result<u64, Status> {
        let request = v1::ReportTagsRequest {
            batch: batch.to_bytes(),
        };
        let mut client = self.client();
        let answer = call_within(self.within, request, |request| client.report_tags(request));
        Ok(answer.await?.into_inner().held)
    }

    /// A page of matches.
    pub(super) async fn matches(
        &self,
        incarnation: u32,
        after: Vec<u8>,
    ) -> Result<MatchesTold, NodeError> {
        let request = v1::ListMatchesRequest { incarnation, after };
        let mut client = self.client();
        let answer = call_within(self.within, request, |request| client.list_matches(request));
        let answer = answer.await.map_err(|status| untold(&status))?.into_inner();
        let read = || -> Result<MatchesTold, WireFault> {
            let matches = answer.matches.iter().enumerate().map(|(nth, found)| {
                let path = Path::root("matches");
                let path = path.item(nth);
                let tag = Tag::from_bytes(exactly(&found.tag, path.field("tag"))?);
                let region = path
                    .field("region")
                    .parse(&found.region, RegionCode::parse)?;
                Ok((tag, region))
            });
            let regions = answer.regions.iter().enumerate().map(|(nth, told)| {
                let path = Path::root("regions");
                let path = path.item(nth);
                let region = path
                    .field("region")
                    .parse(&told.region, RegionCode::parse)?;
                let path = path.field("stream");
                let stream = told.stream.as_ref();
                let stream = stream.ok_or_else(|| path.wrong("missing"))?;
                let told = RegionTold {
                    stream: tag_stream(stream, path)?,
                    held: told.held,
                    reach: if told.whole {
                        Reach::Whole
                    } else {
                        Reach::Part
                    },
                };
                Ok((region, told))
            });
            Ok(MatchesTold {
                matches: matches.collect::<Result<_, WireFault>>()?,
                next: answer.next.clone(),
                regions: regions.collect::<Result<_, WireFault>>()?,
            })
        };
        read().map_err(|fault| untold(&unreadable(&fault)))
    }
}

fn tag_stream(stream: &v1::TagStream, path: Path<'_>) -> Result<TagStream, WireFault> {
    Ok(TagStream {
        incarnation: stream.incarnation,
        generation: stream.generation,
        key: KeyId::from_bytes(exactly(&stream.key_id, path.field("key_id"))?),
    })
}

/// Bytes of one length.
fn exactly<const N: usize>(bytes: &[u8], path: Path<'_>) -> Result<[u8; N], WireFault> {
    bytes
        .try_into()
        .map_err(|_| path.wrong(format_args!("expected {N} bytes")))
}

fn unreadable(fault: &WireFault) -> Status {
    Status::internal(format!(
        "the clearinghouse answers what cannot be read: {fault}"
    ))
}

/// What the clearinghouse said when it gave no answer.
fn untold(status: &Status) -> NodeError {
    let said = TransportError::of(status)
        .map_or_else(|| status.message().to_owned(), |error| error.to_string());
    NodeError::refused(
        RefusalCode::Overloaded,
        format_args!("clearinghouse: {said}"),
    )
}

impl DuplicateDesk {
    /// Reports all that is written and not held.
    pub(super) async fn report(&self, client: &TagClient) -> Result<(), NodeError> {
        let Some(head) = self.ledger.tag_head()? else {
            return Ok(());
        };
        // Asked again after each pass: a clearinghouse that was restored holds less than it said.
        let known = self.known();
        let is_due = known.passed == Passed::Yes;
        let known = known
            .held
            .filter(|(stream, _)| *stream == head.stream && !is_due);
        let mut held = match known {
            Some((_, held)) => held,
            None => match self.held(client, &head).await? {
                Some(held) => held,
                None => return Ok(()),
            },
        };
        self.note(|known| known.held = Some((head.stream, held)));
        while held < head.written {
            let number = held.saturating_add(1);
            let Some(batch) = self.batch(head.stream, number)? else {
                // Appended and not synced yet, or of a stream that begins now: the next round has it.
                break;
            };
            match client.send(&batch).await {
                Ok(now) if now >= number => held = now,
                Ok(now) => {
                    return Err(self.stands_still(&format!("it stays at {now}")));
                }
                Err(status) => {
                    self.note(|known| known.held = None);
                    if refusal_code(&status).is_some_and(|code| code.starts_with("tags.")) {
                        return Err(self.stands_still(status.message()));
                    }
                    return Err(untold(&status));
                }
            }
            self.note(|known| known.held = Some((head.stream, held)));
        }
        let mut passed = Passed::No;
        self.note(|known| {
            known.trouble = None;
            // One that ended meanwhile is told of by the next round, which asks again first.
            if is_due && held == head.written {
                passed = std::mem::take(&mut known.passed);
            }
        });
        if passed == Passed::Yes {
            self.reported.notify_one();
        }
        Ok(())
    }

    /// How far the clearinghouse holds the stream; none when it must not be added to.
    async fn held(&self, client: &TagClient, head: &TagHead) -> Result<Option<u64>, NodeError> {
        let incarnation = incarnation(&*self.ledger)?;
        let position = client.position(incarnation).await;
        let Some(position) = position.map_err(|status| untold(&status))? else {
            return Ok(Some(0));
        };
        if position.stream != head.stream {
            if head.stream.succeeds(&position.stream) {
                return Ok(Some(0));
            }
            self.note(|known| known.newest = Some(position.stream));
            return Err(self.stands_still("it holds a newer stream than this node has"));
        }
        if let Some(number) = position.halted_at {
            let why = format!("it was told two things under number {number}");
            return Err(self.stands_still(&why));
        }
        let is_known = match position.held {
            0 => true,
            held if held > head.written => false,
            held => match self.batch(head.stream, held)? {
                Some(batch) => is_batch(&batch, position.chain),
                None => return Ok(None),
            },
        };
        if is_known {
            let is_level = position.held == head.written && head.reach == Reach::Whole;
            if is_level && position.reach == Reach::Part {
                self.say_whole_again(head.stream).await?;
            }
            Ok(Some(position.held))
        } else {
            Err(self.stands_still("it holds other tags than this node has written"))
        }
    }

    /// Says once more that all people are reported, to a clearinghouse that was restored since it heard so.
    async fn say_whole_again(&self, stream: TagStream) -> Result<(), NodeError> {
        let command = WriteTags {
            stream,
            changes: Vec::new(),
            says: Says::WholeAgain,
        };
        self.writer.run(command).await?;
        Ok(())
    }

    /// Notes that nothing more is taken: an officer must begin anew.
    fn stands_still(&self, why: &str) -> NodeError {
        let is_new = self.known().trouble.as_deref() != Some(why);
        if is_new {
            tracing::error!(why, "the clearinghouse takes no more tags: begin them anew");
        }
        self.note(|known| {
            known.trouble = Some(why.to_owned());
            known.held = None;
        });
        NodeError::refused(
            RefusalCode::Overloaded,
            format_args!("clearinghouse: {why}"),
        )
    }

    /// A batch of a stream, once it is on disk.
    fn batch(&self, stream: TagStream, number: u64) -> Result<Option<TagBatch>, NodeError> {
        let Some(at) = self
            .ledger
            .tag_batch(number)?
            .filter(|at| at.frame().is_some())
        else {
            return Ok(None);
        };
        let frame = self.ledger.frame(at)?;
        let Some(bytes) = frame.record(at.record()) else {
            return Ok(None);
        };
        let batch = match self.ledger.unsealed(bytes)? {
            Joined::Whole(NodeRecord::TagsWritten(written)) => written.batch,
            Joined::Tags { batch, .. } => batch,
            Joined::Whole(_) | Joined::Erased(_) => return Ok(None),
        };
        Ok(Some(batch).filter(|batch| batch.stream == stream))
    }
}
