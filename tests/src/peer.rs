//! Another region's node, or who holds its certificate: what a home region answers to it.
//!
//! Tests look with it at what a home region holds of a person and of a settlement, which it tells nobody
//! else.

use huitong_core::canonical::Artifact as _;
use huitong_core::coverage::Snapshot;
use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1 as settlement;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;
use huitong_proto::settlement::v1::treatment_service_client::TreatmentServiceClient;
use huitong_transport::{ClientLimits, connect_lazy};
use tonic::transport::Channel;

use crate::bills::outpatient;
use crate::certificates::party;
use crate::refused::Refused;
use crate::register::{Desk, Region};
use crate::world::World;

/// A region's node as it calls another one.
#[derive(Debug, Clone)]
pub struct Peer {
    own: &'static Region,
    channel: Channel,
}

impl Peer {
    /// `own`'s node, calling the node of `other`.
    #[must_use]
    pub fn of(world: &World, own: &'static Region, other: &Region) -> Self {
        let node = |region: &Region| party(&format!("/region/{}/node", region.code));
        let credentials = world.authorities().credentials(&node(own));
        let endpoint = world.endpoint(other);
        let limits = ClientLimits::standard();
        let channel = connect_lazy(&endpoint, node(other), &credentials, limits).unwrap();
        Self { own, channel }
    }

    /// The channel.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// How a person stands with the home region, for an outpatient visit.
    pub async fn snapshot(&self, home: &Region, person: u32) -> Snapshot {
        let bill = outpatient(home, person, "look", &[]);
        let request = settlement::SnapshotRequest {
            person: bill.person,
            credential: bill.credential,
            institution: Some(institution(self.own)),
            visit: bill.visit,
            receipts_held: 0,
            sign: false,
        };
        let answer = HomeServiceClient::new(self.channel())
            .snapshot(request)
            .await;
        Snapshot::from_bytes(&answer.unwrap().into_inner().snapshot).unwrap()
    }

    /// Gives an id up: the receipt that stands under it, or nothing, and then it can never stand.
    pub async fn abandon(
        &self,
        settlement: &str,
        person: common::Person,
    ) -> Option<settlement::Receipt> {
        let settlement = settlement.to_owned();
        let request = settlement::AbandonRequest {
            settlement,
            person: Some(person),
        };
        let answer = HomeServiceClient::new(self.channel())
            .abandon(request)
            .await;
        match answer.unwrap().into_inner().outcome.unwrap() {
            settlement::abandon_response::Outcome::Receipt(receipt) => Some(receipt),
            settlement::abandon_response::Outcome::Reversed(reversed) => reversed.receipt,
            settlement::abandon_response::Outcome::Ended(_) => None,
        }
    }

    /// Delivers receipts as a home region's node does.
    ///
    /// # Errors
    /// The refusal.
    pub async fn deliver(&self, receipts: Vec<settlement::Receipt>) -> Result<u64, Refused> {
        let entry = settlement::delivered::Entry::Receipt;
        let delivered = receipts.into_iter().map(|receipt| settlement::Delivered {
            entry: Some(entry(receipt)),
        });
        let delivered = delivered.collect();
        let request = settlement::DeliverReceiptsRequest { delivered };
        let answer = TreatmentServiceClient::new(self.channel())
            .deliver_receipts(request)
            .await;
        match answer {
            Ok(answer) => Ok(answer.into_inner().held),
            Err(status) => Err(Refused::of_status(&status)),
        }
    }
}

/// A tertiary hospital, as its region answers for it.
#[must_use]
pub fn institution(region: &Region) -> settlement::Institution {
    settlement::Institution {
        code: Desk::Three.code(region),
        kind: settlement::InstitutionType::General.into(),
        grade: settlement::Grade::Three.into(),
        price_grade: settlement::Grade::Three.into(),
        administration: settlement::Administration::City.into(),
        networked: true,
    }
}
