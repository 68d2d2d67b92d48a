//! A hospital's system: bills in, settlements out, over its own certificate.

use std::time::Duration;

use anyhow::Context as _;
use huitong_certs::Identity;
use huitong_core::money::Fen;
use huitong_proto::common::v1 as common;
use huitong_proto::conversion::refusal::refusal_of_details;
use huitong_proto::settlement::v1 as settlement;
use huitong_proto::settlement::v1::institution_service_client::InstitutionServiceClient;
use huitong_transport::{ClientLimits, CredentialFiles, CredentialStore, connect};
use tonic::transport::Channel;

use crate::desk::Desk;
use crate::world::{Place, World};

/// How often one request is sent again when its answer says so.
const TRIES: u32 = 8;

/// One institution's connection to its node.
#[derive(Debug, Clone)]
pub struct Hospital {
    client: InstitutionServiceClient<Channel>,
}

/// What came of a bill.
#[derive(Debug)]
pub enum Outcome {
    /// It is settled.
    Settled(Box<settlement::Settlement>),
    /// It was refused: the stable code, and what it is about.
    Refused(String),
}

impl Hospital {
    /// Connects an institution to its region's node.
    ///
    /// # Errors
    /// When its certificate cannot be read or the node cannot be reached.
    pub async fn open(world: &World, place: &Place, desk: Desk) -> anyhow::Result<Self> {
        let identity = Identity::institution(place.code, desk.code(place.region.code).parse()?)?;
        let files = CredentialFiles::in_folder(&world.credentials(&identity));
        let credentials = CredentialStore::load(files)?;
        let endpoint = format!("https://{}", place.node);
        let node = Identity::RegionNode(place.code);
        let channel = connect(&endpoint, node, &credentials, ClientLimits::standard()).await?;
        Ok(Self {
            client: InstitutionServiceClient::new(channel),
        })
    }

    /// Settles a bill: sends it, and sends it again under the same id while the answer says that helps.
    ///
    /// # Errors
    /// When the node cannot be reached, or the outcome stays unknown.
    pub async fn settle(
        &self,
        request_id: &str,
        bill: settlement::Bill,
    ) -> anyhow::Result<Outcome> {
        let mut client = self.client.clone();
        let mut wait = Duration::from_millis(20);
        for _ in 0..TRIES {
            let request = settlement::SettleRequest {
                request_id: request_id.to_owned(),
                bill: Some(bill.clone()),
                not_after_ms: 0,
            };
            let status = match client.settle(request).await {
                Ok(answer) => return outcome(answer.into_inner().settlement),
                Err(status) => status,
            };
            let Some(refusal) = refusal_of_details(status.details()) else {
                return Err(status).context("the node gave no refusal that can be read");
            };
            if refusal.retry() != common::Retry::SameId {
                return Ok(Outcome::Refused(format!(
                    "{}: {}",
                    refusal.code, refusal.detail
                )));
            }
            tokio::time::sleep(wait).await;
            wait = wait.saturating_mul(2);
        }
        anyhow::bail!("request {request_id}: no outcome after {TRIES} tries")
    }
}

fn outcome(settled: Option<settlement::Settlement>) -> anyhow::Result<Outcome> {
    let settled = settled.context("an answer without a settlement")?;
    match settled.state() {
        settlement::State::Settled => Ok(Outcome::Settled(Box::new(settled))),
        settlement::State::Refused | settlement::State::Abandoned => {
            let refusal = settled.refusal.context("a refusal without its reason")?;
            Ok(Outcome::Refused(format!(
                "{}: {}",
                refusal.code, refusal.detail
            )))
        }
        settlement::State::Reversed => {
            anyhow::bail!("{}: reversed, and nobody asked for it", settled.settlement)
        }
        settlement::State::Provisional | settlement::State::Borne => {
            anyhow::bail!(
                "{}: provisional, which no policy of the demo allows",
                settled.settlement
            )
        }
        settlement::State::Prepared | settlement::State::Unspecified => {
            anyhow::bail!(
                "{}: answered while its outcome is unknown",
                settled.settlement
            )
        }
    }
}

/// What funds and accounts paid of a settlement, all of which make legs.
///
/// # Errors
/// When an amount is out of range.
pub fn paid_by_funds(settled: &settlement::Settlement) -> anyhow::Result<Fen> {
    let receipt = settled
        .receipt
        .as_ref()
        .context("a settlement without its receipt")?;
    let amounts: Result<Vec<Fen>, _> = receipt
        .amounts
        .iter()
        .map(|paid| Fen::new(paid.amount_fen))
        .collect();
    Ok(Fen::sum(amounts?)?)
}
