//! Showing the clearinghouse what a home region signed, of debts on which two regions do not agree, when it asks.
//!
//! It asks for nothing else, and gets no more than clearing may see. What cannot be shown (a receipt lost with a disk, an
//! unknown key) is told in the log and asked for again.

use std::sync::Arc;
use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::canonical::Artifact;
use huitong_core::id::SettlementId;
use huitong_core::leg::LegKind;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1::call_up_service_client::CallUpServiceClient;
use huitong_proto::clearing::v1::{GiveEvidenceRequest, ListWantedRequest, WantedEvidence};
use huitong_proto::conversion::leg::leg_kind_from_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_transport::{Dialer, TransportError, call_within};
use tokio_util::sync::CancellationToken;
use tonic::Status;
use tonic::transport::Channel;

use crate::chance::{Chance, jittered};
use crate::evidence::EvidenceDesk;

/// How often it is asked what is wanted: a day's differences are looked into on the next.
const ASKED_EVERY: Duration = Duration::from_secs(15);

/// The way to show evidence.
pub struct CallUp {
    desk: Arc<EvidenceDesk>,
    channel: Channel,
    chance: Arc<dyn Chance>,
    within: Duration,
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
            channel: dialer.connect_lazy(endpoint, Identity::Clearinghouse)?,
            chance,
            within: dialer.limits().call_deadline,
        })
    }

    /// Asks and shows until told to stop.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                shown = self.show() => {
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

    async fn show(&self) -> Result<(), Status> {
        let mut client = CallUpServiceClient::new(self.channel.clone());
        let asked = call_within(self.within, ListWantedRequest {}, |request| {
            client.list_wanted(request)
        });
        let wanted = asked.await?.into_inner().wanted;
        for (at, wanted) in wanted.iter().enumerate() {
            match read(wanted, &Path::root("wanted").item(at)) {
                Ok(wanted) => self.show_one(wanted).await?,
                Err(fault) => tracing::warn!(%fault, "the clearinghouse wants what cannot be read"),
            }
        }
        Ok(())
    }

    async fn show_one(&self, wanted: Wanted) -> Result<(), Status> {
        let Wanted {
            settlement,
            kind,
            home,
            treatment,
        } = wanted;
        let found = self
            .desk
            .clearing_evidence(settlement, kind, (home, treatment));
        let evidence = match found.await {
            Ok(evidence) => evidence.to_bytes(),
            Err(error) => {
                tracing::warn!(%settlement, %error, "no evidence of a debt on which the regions do not agree");
                return Ok(());
            }
        };
        let mut client = CallUpServiceClient::new(self.channel.clone());
        let given = call_within(self.within, GiveEvidenceRequest { evidence }, |request| {
            client.give_evidence(request)
        });
        given.await?;
        tracing::info!(%settlement, "evidence shown to the clearinghouse");
        Ok(())
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
