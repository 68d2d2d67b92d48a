//! Messages that arrive a second time, long after: whatever a treatment region ever put to a home region is
//! put to it again, under the same id and with the same version, in the treatment region's name.

use std::sync::Arc;
use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::canonical::Artifact as _;
use huitong_core::provisional::{Provisional, Used};
use huitong_core::record::treatment::Prepared;
use huitong_proto::conversion::claim::claim_to_wire;
use huitong_proto::conversion::decision::decision_to_wire;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::commit_response::Outcome;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;
use huitong_transport::call_within;

use crate::books;
use crate::callers::code;
use crate::certificates::Certificates;
use crate::party::{Party, endpoint};
use crate::platform::{EventLog, SimulatedClock};
use crate::register::{REGIONS, region};

/// How long an echo waits for its answer, which nobody needs.
const PATIENCE: Duration = Duration::from_secs(1);

/// The wire's memory: what is on the disks of treatment regions.
#[derive(Clone)]
pub struct Echo {
    nodes: Arc<Vec<Arc<Party>>>,
    log: EventLog,
}

impl Echo {
    pub fn of(nodes: Vec<Arc<Party>>, log: EventLog) -> Self {
        let nodes = Arc::new(nodes);
        Self { nodes, log }
    }

    /// Everything that a region put to another one under an id of a hospital, or under any id.
    pub async fn again(&self, treatment: usize, request_id: Option<&str>) {
        // Damage is the auditor's business.
        let read = books::of_node(&self.nodes[treatment].disk().copy(), region(treatment));
        let read = read.unwrap_or_default();
        for prepared in read.prepared.into_values() {
            let is_asked = request_id.is_none_or(|asked| asked == prepared.request.as_str());
            if is_asked && prepared.home() != region(treatment) {
                let given = read.provisional.get(&prepared.settlement);
                self.commit(treatment, &prepared, given).await;
            }
        }
    }

    async fn commit(&self, treatment: usize, prepared: &Prepared, given: Option<&Provisional>) {
        let code_of_home = prepared.home().to_string();
        let home = REGIONS
            .iter()
            .position(|code| *code == code_of_home)
            .unwrap();
        let clock = Arc::new(SimulatedClock::off_by(0));
        let dialer = Certificates::issued().peer(treatment, clock);
        let expected = Identity::RegionNode(region(home));
        let channel = dialer.connect_lazy(&endpoint(home), expected).unwrap();
        let version = prepared.snapshot.version;
        let request = v1::CommitRequest {
            settlement: prepared.settlement.to_string(),
            claim: Some(claim_to_wire(&prepared.claim)),
            version: Some(v1::Version {
                incarnation: version.incarnation,
                change: version.change,
            }),
            decision: Some(decision_to_wire(&prepared.decision)),
            receipts_held: 0,
            provisional: given.map(used).unwrap_or_default(),
        };
        let mut client = HomeServiceClient::new(channel);
        let answer = call_within(PATIENCE, request, |request| client.commit(request)).await;
        let told = match answer.map(|answer| answer.into_inner().outcome) {
            Ok(Some(Outcome::Receipt(_))) => "a receipt".to_owned(),
            Ok(Some(Outcome::Reversed(_))) => "a reversal".to_owned(),
            Ok(Some(Outcome::Refused(refusal))) => refusal.refusal.unwrap().code,
            Ok(Some(Outcome::Stale(_))) => "stale".to_owned(),
            Ok(None) => panic!("an answer without an outcome"),
            Err(status) => code(&status),
        };
        self.log
            .note("echo", format_args!("{}: {told}", prepared.request));
    }
}

/// What the home region is told of a settlement that was given while it could not be reached.
fn used(given: &Provisional) -> Vec<u8> {
    let signed = given.signed.clone();
    let used = Used {
        signed,
        at: given.at,
    };
    used.to_bytes()
}
