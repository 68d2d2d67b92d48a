//! An officer's client of the own region's node: a backup of its journal.

use huitong_core::digest::Digest;
use huitong_core::region::RegionCode;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::backup_service_client::BackupServiceClient;
use huitong_proto::settlement::v1::copy_journal_response::Part;
use huitong_transport::{ClientError, ClientOptions};
use tonic::Status;
use tonic::transport::Channel;

use super::backup::FRAME_BYTES_AT_MOST;
use crate::backup::note::Note;
use crate::backup::taking::{Taking, TakingError};

/// Why no backup was taken.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The node was not reached.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The node refused, or the connection broke.
    #[error("{}", .0.message())]
    Node(Box<Status>),
    /// What came cannot be written.
    #[error(transparent)]
    Taking(#[from] TakingError),
    /// The node answered with what is no backup.
    #[error("the node's answer cannot be read: {0}")]
    Answer(&'static str),
}

impl From<Status> for BackupError {
    fn from(status: Status) -> Self {
        Self::Node(Box::new(status))
    }
}

/// Takes a backup, or goes on with one: how far it reaches now.
///
/// # Errors
/// [`BackupError`]; what was there before stands.
pub(crate) async fn back_up(options: &ClientOptions, taking: Taking) -> Result<Note, BackupError> {
    let (_, channel) = options.own_node().await?;
    back_up_from(channel, taking).await
}

/// As the command does, over a channel that is open.
///
/// # Errors
/// [`BackupError`]; what was there before stands.
pub async fn back_up_from(channel: Channel, mut taking: Taking) -> Result<Note, BackupError> {
    let client = BackupServiceClient::new(channel);
    let mut client = client.max_decoding_message_size(FRAME_BYTES_AT_MOST);
    let tip = taking.tip();
    let request = v1::CopyJournalRequest {
        frame: tip.frame,
        position: tip
            .last
            .map(|at| at.to_bytes().to_vec())
            .unwrap_or_default(),
        chain: tip.chain.as_bytes().to_vec(),
    };
    let mut parts = client.copy_journal(request).await?.into_inner();
    while let Some(message) = parts.message().await? {
        match message.part {
            Some(Part::Covers(end)) => taking.covers(note(&end)?)?,
            Some(Part::Segment(header)) => taking.segment(&header)?,
            Some(Part::Frame(frame)) => taking.frame(&frame)?,
            None => return Err(BackupError::Answer("an empty part")),
        }
    }
    Ok(taking.finish()?)
}

fn note(end: &v1::JournalEnd) -> Result<Note, BackupError> {
    let chain = <[u8; 32]>::try_from(end.chain.as_slice());
    Ok(Note {
        region: RegionCode::parse(&end.region).map_err(|_| BackupError::Answer("region"))?,
        frame: end.frame,
        chain: Digest::from_bytes(chain.map_err(|_| BackupError::Answer("chain"))?),
    })
}
