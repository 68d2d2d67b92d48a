//! BackupService: the journal, frame by frame, to an officer who takes a backup.
//!
//! What is read is on disk; writing goes on beside it. A copy that is gone on with names its last frame, which
//! must be one of this journal.

use std::sync::Arc;

use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_journal::{Position, Reader, Tip};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::backup_service_server::BackupService;
use huitong_proto::settlement::v1::copy_journal_response::Part;
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use super::calling_officer;
use super::status::refused;
use crate::clock::Clock;
use crate::ledger::Ledger;
use crate::store::StoreError;

/// The largest message: one frame with what gRPC puts around it.
pub const FRAME_BYTES_AT_MOST: usize = 65 << 20;
/// Messages that wait for a slow reader.
const WAITING: usize = 8;

/// The service.
pub struct BackupGrpc {
    region: RegionCode,
    ledger: Arc<Ledger>,
    clock: Arc<dyn Clock>,
}

impl BackupGrpc {
    /// The service over a journal.
    #[must_use]
    pub fn new(region: RegionCode, ledger: Arc<Ledger>, clock: Arc<dyn Clock>) -> Self {
        Self {
            region,
            ledger,
            clock,
        }
    }
}

#[tonic::async_trait]
impl BackupService for BackupGrpc {
    type CopyJournalStream = ReceiverStream<Result<v1::CopyJournalResponse, Status>>;

    #[tracing::instrument(name = "backup.copy_journal", skip_all)]
    async fn copy_journal(
        &self,
        request: Request<v1::CopyJournalRequest>,
    ) -> Result<Response<Self::CopyJournalStream>, Status> {
        let officer = calling_officer(&request, self.region)?;
        let reader = self.ledger.reader();
        let tip = reader.tip();
        let from = begins(&reader, &request.into_inner())?;
        tracing::info!(%officer, frame = tip.frame, "a backup is taken");
        let covers = v1::JournalEnd {
            region: self.region.to_string(),
            frame: tip.frame,
            chain: tip.chain.as_bytes().to_vec(),
            at_ms: self.clock.now().as_millis(),
        };
        let (to, stream) = channel(WAITING);
        tokio::spawn(async move {
            // A reader that has gone needs nothing more.
            let _gone = send(&reader, from, tip, covers, &to).await;
        });
        Ok(Response::new(ReceiverStream::new(stream)))
    }
}

/// Where the copy goes on, when it is one of this journal.
fn begins(reader: &Reader, request: &v1::CopyJournalRequest) -> Result<Position, Status> {
    if request.frame == 0 {
        return Ok(Position::START);
    }
    let other = || refused(RefusalCode::OtherJournal, request.frame);
    let position = Position::from_bytes(&request.position).ok_or_else(other)?;
    let frame = reader.frame_at(position).map_err(|_| other())?;
    let same = frame.number() == request.frame && frame.chain().as_bytes()[..] == request.chain[..];
    if same { Ok(frame.next()) } else { Err(other()) }
}

struct Gone;

async fn send(
    reader: &Reader,
    from: Position,
    tip: Tip,
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
                let failed = Err(StoreError::Journal(error).into());
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
