//! Fetching checkpoints and the own part of each from the clearinghouse, and handing the region's words in.
//!
//! What comes is bytes: they are read and checked where they are looked at. A part has an end, and each piece of it comes
//! within a time.

use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::date::BusinessDay;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::proof_service_client::ProofServiceClient;
use huitong_transport::{Dialer, TransportError, call_within, refusal_code};
use tokio::time::timeout;
use tonic::Status;
use tonic::transport::Channel;

use super::Trouble;

/// Words of one call.
pub(super) const AT_ONCE: usize = 64;
/// The bytes of a part, at most: of four million legs.
const PART_BYTES_AT_MOST: usize = 256 << 20;
/// How long the next piece of a part may take: legs are read before the first.
const PIECE_WITHIN: Duration = Duration::from_secs(120);
/// What the clearinghouse refuses a word with that it does not take for the region's.
const WORD_REFUSED: &str = "witness.invalid";
/// And one on another checkpoint than it signed.
const OTHER_SIGNED: &str = "witness.other_checkpoint";

/// The way to the clearinghouse.
pub struct ProofClient {
    channel: Channel,
    within: Duration,
}

/// Checkpoints as they were handed out.
pub(super) struct Told {
    /// The files of those that are new, ascending.
    pub(super) files: Vec<Vec<u8>>,
    /// The plan of the newest.
    pub(super) newest: u64,
    /// The plan of the last own word that is held.
    pub(super) witnessed: u64,
}

impl ProofClient {
    /// A client of the clearinghouse at an endpoint.
    ///
    /// # Errors
    /// [`TransportError::BadEndpoint`].
    pub fn new(endpoint: &str, dialer: &Dialer) -> Result<Self, TransportError> {
        let channel = dialer.connect_lazy(endpoint, Identity::Clearinghouse)?;
        let within = dialer.limits().call_deadline;
        Ok(Self { channel, within })
    }

    fn client(&self) -> ProofServiceClient<Channel> {
        ProofServiceClient::new(self.channel.clone())
    }

    /// The checkpoints after a plan, a page of them.
    pub(super) async fn checkpoints(&self, after: u64) -> Result<Told, Trouble> {
        let request = v1::ListCheckpointsRequest { after };
        let mut client = self.client();
        let answer = call_within(self.within, request, |request| {
            client.list_checkpoints(request)
        });
        let answer = answer.await.map_err(|status| untold(&status))?.into_inner();
        Ok(Told {
            files: answer.files,
            newest: answer.newest,
            witnessed: answer.witnessed,
        })
    }

    /// The own part of a cycle; empty when the region has no window in it.
    pub(super) async fn part(&self, day: BusinessDay) -> Result<Vec<u8>, Trouble> {
        let request = v1::FetchPartRequest {
            business_day: day.to_string(),
        };
        let mut client = self.client();
        let answer = call_within(self.within, request, |request| client.fetch_part(request));
        let mut pieces = answer.await.map_err(|status| untold(&status))?.into_inner();
        let mut part = Vec::new();
        loop {
            let piece = timeout(PIECE_WITHIN, pieces.message()).await;
            let piece = piece.map_err(|_| Trouble::Call("the part stands still".to_owned()))?;
            let Some(piece) = piece.map_err(|status| untold(&status))? else {
                return Ok(part);
            };
            part.extend(piece.part);
            if part.len() > PART_BYTES_AT_MOST {
                let why = format!("the part of {day} has more than {PART_BYTES_AT_MOST} bytes");
                return Err(Trouble::NotItsWord(why));
            }
        }
    }

    /// Hands words in; the plan of the last that is held then.
    pub(super) async fn witness(&self, words: Vec<Vec<u8>>) -> Result<u64, Trouble> {
        let request = v1::WitnessRequest { words };
        let mut client = self.client();
        let answer = call_within(self.within, request, |request| client.witness(request));
        let answer = answer.await.map_err(|status| {
            let said = || status.message().to_owned();
            match refusal_code(&status) {
                Some(WORD_REFUSED) => Trouble::WordRefused(said()),
                Some(OTHER_SIGNED) => Trouble::OtherSigned(said()),
                Some(_) | None => untold(&status),
            }
        })?;
        Ok(answer.into_inner().witnessed)
    }
}

/// What the clearinghouse said when it gave no answer.
fn untold(status: &Status) -> Trouble {
    let said = TransportError::of(status)
        .map_or_else(|| status.message().to_owned(), |error| error.to_string());
    Trouble::Call(format!("clearinghouse: {said}"))
}
