//! In which incarnation of its node the clearinghouse knows each region, and what becomes of one that it forgot.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use huitong_proto::clearing::v1::{RegainLegsRequest, StreamPositionRequest};
use huitong_proto::common::v1 as common;
use huitong_transport::refusal_status;
use prost::Message as _;
use tonic::{Code, Request, Status};

use super::region;
use crate::bills::{settle, small};
use crate::world::{HOSPITAL, NINGBO, World};

/// The incarnation of each region in which its node asked for its stream.
#[derive(Clone, Default)]
pub(super) struct Incarnations(Arc<Mutex<BTreeMap<String, u32>>>);

impl Incarnations {
    /// Refuses a later incarnation than the node asked for its stream in.
    pub(super) fn counts(&self, request: &Request<StreamPositionRequest>) -> Result<(), Status> {
        if request.get_ref().incarnation > self.of(&region(request)) {
            return Err(refused("stream.not_asked_for"));
        }
        Ok(())
    }

    pub(super) fn asked_in(&self, request: &Request<RegainLegsRequest>) {
        let mut known = self.0.lock().unwrap();
        known.insert(region(request), request.get_ref().incarnation);
    }

    fn of(&self, region: &str) -> u32 {
        self.0.lock().unwrap().get(region).copied().unwrap_or(1)
    }

    /// It is restored from a backup of before all that asked.
    fn forget(&self) {
        self.0.lock().unwrap().clear();
    }
}

/// A refusal with this code.
pub(super) fn refused(code: &str) -> Status {
    let refusal = common::Refusal {
        code: code.to_owned(),
        retry: common::Retry::No.into(),
        ..common::Refusal::default()
    };
    let details = refusal.encode_to_vec();
    refusal_status(Code::FailedPrecondition, code, "", "", &details)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clearinghouse_that_forgot_a_nodes_incarnation_is_asked_for_its_stream_again() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.clearinghouse().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.settle(settle("r-1", small("V1"))).await.unwrap();
    world.held(NINGBO, 1).await;
    world.back_up(NINGBO, backup.path()).await;
    assert_eq!(world.lose_and_restore(NINGBO, backup.path()).await, 2);
    world.recovered(NINGBO).await;
    let known = world.clearing.as_ref().unwrap().incarnations.clone();
    assert_eq!(known.of(NINGBO), 2);

    // It is asked how far it is from time to time; a start asks at once.
    world.stop(NINGBO).await;
    known.forget();
    world.start(NINGBO).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    world.held(NINGBO, 2).await;
    assert_eq!(known.of(NINGBO), 2);
}
