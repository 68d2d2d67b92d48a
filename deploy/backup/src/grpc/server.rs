//! What leaves a running server, and to whom: the journal, frame by frame, to the server's own officers.
//!
//! What is read is on disk; writing goes on beside it. A copy that is gone on with names its last frame, which
//! must be one of this journal.

use huitong_certs::{Identity, OfficerName};
use huitong_core::refusal::RefusalCode;
use huitong_journal::{Position, Reader, Tip};
use huitong_proto::common::v1;
use huitong_proto::common::v1::backup_service_server::{BackupService, BackupServiceServer};
use huitong_proto::common::v1::copy_journal_response::Part;
use huitong_transport::peer;
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::FRAME_BYTES_AT_MOST;
use crate::note::Owner;

/// Messages that wait for a slow reader.
const WAITING: usize = 8;

/// How a server says what it refuses, with what it is about.
pub type Refused = fn(RefusalCode, &str) -> Status;

/// What a server's journal is copied from.
pub struct Source {
    /// Whose it is.
    pub owner: Owner,
    /// The journal, up to what is on disk.
    pub reader: Reader,
    /// How refusals are said.
    pub refused: Refused,
}

/// The service.
pub struct BackupGrpc(Source);

/// The service over a journal.
#[must_use]
pub fn service(source: Source) -> BackupServiceServer<BackupGrpc> {
    BackupServiceServer::new(BackupGrpc(source)).max_encoding_message_size(FRAME_BYTES_AT_MOST)
}

#[tonic::async_trait]
impl BackupService for BackupGrpc {
    type CopyJournalStream = ReceiverStream<Result<v1::CopyJournalResponse, Status>>;

    #[tracing::instrument(name = "backup.copy_journal", skip_all)]
    async fn copy_journal(
        &self,
        request: Request<v1::CopyJournalRequest>,
    ) -> Result<Response<Self::CopyJournalStream>, Status> {
        let Source {
            owner,
            reader,
            refused,
        } = &self.0;
        let officer = officer_of(*owner, peer(&request)?).cloned();
        let officer =
            officer.ok_or_else(|| refused(RefusalCode::NotAllowed, "an officer of this server"))?;
        let tip = reader.tip();
        let asked = request.into_inner();
        let from = begins(reader, &asked)
            .ok_or_else(|| refused(RefusalCode::OtherJournal, &asked.frame.to_string()))?;
        tracing::info!(%officer, frame = tip.frame, "a backup is taken");
        let covers = v1::JournalEnd {
            owner: owner.to_string(),
            frame: tip.frame,
            chain: tip.chain.as_bytes().to_vec(),
        };
        let (to, stream) = channel(WAITING);
        let (reader, refused) = (reader.clone(), *refused);
        tokio::spawn(async move {
            // A reader that has gone needs nothing more.
            let _gone = send((&reader, refused), (from, tip), covers, &to).await;
        });
        Ok(Response::new(ReceiverStream::new(stream)))
    }
}

/// Where the copy goes on, when it is one of this journal.
fn begins(reader: &Reader, request: &v1::CopyJournalRequest) -> Option<Position> {
    if request.frame == 0 {
        return Some(Position::START);
    }
    let position = Position::from_bytes(&request.position)?;
    let frame = reader.frame_at(position).ok()?;
    let same = frame.number() == request.frame && frame.chain().as_bytes()[..] == request.chain[..];
    same.then(|| frame.next())
}

/// The name of a caller who is an officer of the server.
fn officer_of(owner: Owner, caller: &Identity) -> Option<&OfficerName> {
    match (owner, caller) {
        (Owner::Region(own), Identity::RegionOfficer { region, name }) if own == *region => {
            Some(name)
        }
        (Owner::Clearinghouse, Identity::ClearinghouseOfficer { name }) => Some(name),
        _ => None,
    }
}

struct Gone;

async fn send(
    (reader, refused): (&Reader, Refused),
    (from, tip): (Position, Tip),
    covers: v1::JournalEnd,
    to: &Sender<Result<v1::CopyJournalResponse, Status>>,
) -> Result<(), Gone> {
    let part = |part| v1::CopyJournalResponse { part: Some(part) };
    let told = to.send(Ok(part(Part::Covers(covers)))).await;
    told.map_err(|_| Gone)?;
    let mut segment = None;
    for frame in reader.frames_from(from) {
        let read = frame.and_then(|frame| {
            let number = frame.position().segment();
            let header = if segment == Some(number) {
                None
            } else {
                Some(reader.segment_header(number)?)
            };
            segment = Some(number);
            Ok((frame, header))
        });
        let (frame, header) = match read {
            Ok(read) => read,
            Err(error) => {
                let failed = Err(refused(RefusalCode::StoreBroken, &error.to_string()));
                return to.send(failed).await.map_err(|_| Gone);
            }
        };
        if frame.number() > tip.frame {
            return Ok(());
        }
        if let Some(header) = header {
            let sent = to.send(Ok(part(Part::Segment(header)))).await;
            sent.map_err(|_| Gone)?;
        }
        let frame = Part::Frame(frame.as_bytes().to_vec());
        to.send(Ok(part(frame))).await.map_err(|_| Gone)?;
    }
    Ok(())
}
