//! In which incarnation of its node the clearinghouse knows each region, what becomes of one that it forgot, and of one to
//! which it gives nothing back.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use huitong_proto::clearing::v1::{RegainLegsRequest, StreamPositionRequest};
use huitong_proto::common::v1 as common;
use huitong_transport::refusal_status;
use prost::Message as _;
use tonic::{Code, Request, Status};

use super::region;
use crate::bills::{settle, small};
use crate::world::{HOSPITAL, NINGBO, World};

/// Legs of one page.
const PAGE: usize = 3;

/// The incarnation of each region in which its node asked for its stream, and the pages that were asked for.
#[derive(Clone, Default)]
pub(super) struct Incarnations(Arc<Mutex<BTreeMap<String, u32>>>, Arc<Mutex<Pages>>);

#[derive(Default)]
struct Pages {
    /// So many more bring nothing, whatever is held.
    empty: usize,
    /// When each was asked for.
    asked: Vec<Instant>,
}

impl Incarnations {
    /// Refuses a later incarnation than the node asked for its stream in.
    pub(super) fn counts(&self, request: &Request<StreamPositionRequest>) -> Result<(), Status> {
        if request.get_ref().incarnation > self.of(&region(request)) {
            return Err(refused("stream.not_asked_for"));
        }
        Ok(())
    }

    /// How many legs are given back at once.
    pub(super) fn asked_in(&self, request: &Request<RegainLegsRequest>) -> usize {
        let mut known = self.0.lock().unwrap();
        known.insert(region(request), request.get_ref().incarnation);
        let mut pages = self.1.lock().unwrap();
        pages.asked.push(Instant::now());
        if pages.empty == 0 {
            return PAGE;
        }
        pages.empty -= 1;
        0
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

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_brings_nothing_is_asked_for_again_later_and_later() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.back_up(NINGBO, backup.path()).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.settle(settle("r-1", small("V1"))).await.unwrap();
    world.held(NINGBO, 1).await;
    let pages = world.clearing.as_ref().unwrap().incarnations.1.clone();
    pages.lock().unwrap().empty = 4;
    world.lose_and_restore(NINGBO, backup.path()).await;
    assert_eq!(world.recovered(NINGBO).await.legs_written, 1);
    let asked = pages.lock().unwrap().asked.clone();
    let waited = asked[4] - asked[0];
    // Half of 50, 100, 200 and 400 at least.
    assert!(waited >= Duration::from_millis(375), "{waited:?}");
}
