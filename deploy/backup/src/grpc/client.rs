//! How a copy is written down: an officer's client of a running server.

use huitong_core::digest::Digest;
use huitong_proto::common::v1;
use huitong_proto::common::v1::backup_service_client::BackupServiceClient;
use huitong_proto::common::v1::copy_journal_response::Part;
use tonic::Status;
use tonic::transport::Channel;

use super::FRAME_BYTES_AT_MOST;
use crate::note::Note;
use crate::taking::{Taking, TakingError};

/// Why no backup was taken.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The server refused, or the connection broke.
    #[error("{}", .0.message())]
    Server(Box<Status>),
    /// What came cannot be written.
    #[error(transparent)]
    Taking(#[from] TakingError),
    /// The server answered with what is no backup.
    #[error("the server's answer cannot be read: {0}")]
    Answer(&'static str),
}

impl From<Status> for BackupError {
    fn from(status: Status) -> Self {
        Self::Server(Box::new(status))
    }
}

/// Takes a backup, or goes on with one: how far it reaches now.
///
/// # Errors
/// [`BackupError`]; what was there before stands.
pub async fn back_up(channel: Channel, mut taking: Taking) -> Result<Note, BackupError> {
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
        owner: end
            .owner
            .parse()
            .map_err(|_| BackupError::Answer("owner"))?,
        frame: end.frame,
        chain: Digest::from_bytes(chain.map_err(|_| BackupError::Answer("chain"))?),
    })
}
