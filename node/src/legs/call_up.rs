//! Showing the clearinghouse what a home region signed, of debts on which two regions do not agree, when it asks.
//!
//! It asks for nothing else, and gets no more than clearing may see. What cannot be shown (a receipt lost with a disk, an
//! unknown key) or is refused is told in the log and asked for again, and keeps nothing else from being shown.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::canonical::Artifact;
use huitong_core::id::SettlementId;
use huitong_core::leg::LegKind;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1::call_up_service_client::CallUpServiceClient;
use huitong_proto::clearing::v1::{
    GiveEvidenceRequest, ListWantedRequest, ListWantedResponse, WantedEvidence,
};
use huitong_proto::conversion::leg::leg_kind_from_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_transport::{Dialer, TransportError, call_within};
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::transport::Channel;

use crate::chance::{Chance, jittered};
use crate::error::NodeError;
use crate::evidence::EvidenceDesk;

/// How often it is asked what is wanted: a day's differences are looked into on the next.
const ASKED_EVERY: Duration = Duration::from_secs(15);

/// The way to show evidence.
pub struct CallUp {
    desk: Arc<EvidenceDesk>,
    way: Way,
    chance: Arc<dyn Chance>,
}

/// Whoever calls evidence up.
trait Asks {
    /// A page of what is wanted, after a number of the own stream.
    fn wanted(&self, after: u64)
    -> impl Future<Output = Result<ListWantedResponse, Status>> + Send;

    /// Takes what is shown.
    fn take(&self, evidence: Vec<u8>) -> impl Future<Output = Result<(), Status>> + Send;
}

/// Whoever has what was signed.
trait Shows {
    /// What is shown of a debt.
    fn evidence(&self, wanted: &Wanted) -> impl Future<Output = Result<Vec<u8>, NodeError>> + Send;
}

/// The clearinghouse over a channel; each call has so long.
struct Way {
    channel: Channel,
    within: Duration,
}

impl Asks for Way {
    async fn wanted(&self, after: u64) -> Result<ListWantedResponse, Status> {
        let mut client = CallUpServiceClient::new(self.channel.clone());
        let asked = call_within(self.within, ListWantedRequest { after }, |request| {
            client.list_wanted(request)
        });
        Ok(asked.await?.into_inner())
    }

    async fn take(&self, evidence: Vec<u8>) -> Result<(), Status> {
        let mut client = CallUpServiceClient::new(self.channel.clone());
        let given = call_within(self.within, GiveEvidenceRequest { evidence }, |request| {
            client.give_evidence(request)
        });
        given.await.map(drop)
    }
}

impl Shows for EvidenceDesk {
    async fn evidence(&self, wanted: &Wanted) -> Result<Vec<u8>, NodeError> {
        let ends = (wanted.home, wanted.treatment);
        let evidence = self.clearing_evidence(wanted.settlement, wanted.kind, ends);
        Ok(evidence.await?.to_bytes())
    }
}

/// A debt of which evidence is wanted.
struct Wanted {
    settlement: SettlementId,
    kind: LegKind,
    /// The region that signed.
    home: RegionCode,
    /// The region where the person was treated.
    treatment: RegionCode,
}

impl CallUp {
    /// The way to the clearinghouse at an endpoint.
    ///
    /// # Errors
    /// [`TransportError::BadEndpoint`].
    pub fn new(
        desk: Arc<EvidenceDesk>,
        endpoint: &str,
        dialer: &Dialer,
        chance: Arc<dyn Chance>,
    ) -> Result<Self, TransportError> {
        Ok(Self {
            desk,
            way: Way {
                channel: dialer.connect_lazy(endpoint, Identity::Clearinghouse)?,
                within: dialer.limits().call_deadline,
            },
            chance,
        })
    }

    /// Asks and shows until told to stop.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                shown = show(&self.way, &*self.desk) => {
                    if let Err(status) = shown {
                        tracing::debug!(%status, "the clearinghouse was not asked which evidence it wants");
                    }
                }
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = tokio::time::sleep(jittered(&*self.chance, ASKED_EVERY)) => {}
            }
        }
    }
}

/// Shows what is wanted, page by page.
async fn show(to: &impl Asks, from: &impl Shows) -> Result<(), Status> {
    let mut after = 0;
    loop {
        let page = to.wanted(after).await?;
        for (at, wanted) in page.wanted.iter().enumerate() {
            match read(wanted, &Path::root("wanted").item(at)) {
                Ok(wanted) => show_one(&wanted, to, from).await?,
                Err(fault) => tracing::warn!(%fault, "the clearinghouse wants what cannot be read"),
            }
        }
        // Zero is the last; whoever does not go on is not asked again.
        if page.next <= after {
            return Ok(());
        }
        after = page.next;
    }
}

/// Shows one. Only when the clearinghouse is not reached the others are not tried.
async fn show_one(wanted: &Wanted, to: &impl Asks, from: &impl Shows) -> Result<(), Status> {
    let settlement = wanted.settlement;
    let evidence = match from.evidence(wanted).await {
        Ok(evidence) => evidence,
        Err(error) => {
            tracing::warn!(%settlement, %error, "no evidence of a debt on which the regions do not agree");
            return Ok(());
        }
    };
    let Err(status) = to.take(evidence).await else {
        tracing::info!(%settlement, "evidence shown to the clearinghouse");
        return Ok(());
    };
    match TransportError::of(&status) {
        None | Some(TransportError::TooLarge) => {
            tracing::warn!(%settlement, %status, "the clearinghouse does not take the evidence that it wants");
            Ok(())
        }
        Some(_) => Err(status),
    }
}

fn read(wanted: &WantedEvidence, path: &Path<'_>) -> Result<Wanted, WireFault> {
    let kind = leg_kind_from_wire(wanted.kind, path.field("kind"))?;
    let region = |name, text| path.field(name).parse(text, RegionCode::parse);
    let debtor = region("debtor", &wanted.debtor)?;
    let creditor = region("creditor", &wanted.creditor)?;
    // A reversal and a deduction are owed the other way round.
    let (home, treatment) = match kind {
        LegKind::Settlement | LegKind::DeductionEnd | LegKind::Correction => (debtor, creditor),
        LegKind::Reversal | LegKind::Deduction => (creditor, debtor),
    };
    Ok(Wanted {
        settlement: path
            .field("settlement")
            .parse(&wanted.settlement, SettlementId::parse)?,
        kind,
        home,
        treatment,
    })
}

#[cfg(test)]
mod tests;
