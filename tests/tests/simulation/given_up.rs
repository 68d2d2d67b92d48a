//! Settlements whose receipt a home region lost with its disk, and that come to other amounts than their legs now: nothing of
//! its own ends them, so an officer gives them up, late, when whoever put them has had time to put them again.
//!
//! Left out: whoever has moved since, whom the officer would have to name, and what was put to a new home.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::registry_service_client::RegistryServiceClient;
use huitong_transport::call_within;

use crate::callers::{Officers, PATIENCE, clock, code, to_node};
use crate::certificates::Certificates;
use crate::platform::EventLog;
use crate::register::region;
use crate::workload::Asked;

/// What is listed of a settlement that is neither committed again nor ended.
const OPEN: &str = "open";

/// Has an officer of a home region give up what is listed there as open between it and where these were asked for, none of
/// which has an outcome there.
pub async fn at_home(home: usize, officers: &mut Officers, open: &[Asked], log: &EventLog) {
    // What cannot be said now is said when they look again.
    let Ok(status) = officers.status().await else {
        return;
    };
    let mut registry = {
        let certificate = Certificates::issued().officer(home, 0, clock());
        RegistryServiceClient::new(to_node(&certificate, home))
    };
    let waits_there = |creditor: &str| {
        let mut asked = open.iter().filter(|asked| asked.of.home == home);
        asked.any(|asked| region(asked.treatment).to_string() == creditor)
    };
    for legs in status.without_receipt {
        if legs.standing != OPEN || !waits_there(&legs.creditor) {
            continue;
        }
        let request = v1::GiveUpRequest {
            treatment: legs.creditor,
            settlement: legs.settlement.clone(),
            reason: v1::ReversalReason::Correction.into(),
            psn_no: String::new(),
        };
        let call = call_within(PATIENCE, request, |request| registry.give_up(request));
        let told = call.await.map(drop).map_err(|status| code(&status));
        let what = format_args!("{} is given up: {told:?}", legs.settlement);
        log.note("officer", what);
    }
}
