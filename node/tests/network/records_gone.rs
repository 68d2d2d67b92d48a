//! Acknowledged records that are gone and that the index does not miss: the other parties hold more than is here, and nobody
//! is served until the node has collected them.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use huitong_node::ledger::{Holder, RecordsGone};
use huitong_node::{Node, StartError};
use huitong_proto::settlement::v1;
use tonic::Status;

use crate::bills::{published, settle};
use crate::patience::until;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code, region};

fn segment(world: &World) -> PathBuf {
    world.journal(NINGBO).join("00000000000000000001.seg")
}

/// Where the journal's last frame ends.
fn end(world: &World) -> usize {
    let bytes = fs::read(segment(world)).unwrap();
    bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1
}

/// What becomes of the frames that are taken away.
enum Left {
    /// Nothing is left of them, as if they had never been.
    Nothing,
    /// The beginning of the first, as of a write that was cut off.
    Torn,
}

/// A settlement of which Chengdu holds the receipt, and Ningbo's node was killed: whatever it has written since it was
/// started is gone, and its index and the copies of that with it.
async fn gone(left: Left) -> World {
    gone_from(World::new().await, left).await
}

async fn gone_from(mut world: World, left: Left) -> World {
    world.stop(NINGBO).await;
    let kept = end(&world);
    world.start(NINGBO).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    world
        .status_when(NINGBO, |it| it.receipts_undelivered == 0)
        .await;
    if let Some(clearing) = &world.clearing {
        until(async || {
            let held = clearing.held(NINGBO);
            if held.is_empty() { Err(held) } else { Ok(()) }
        })
        .await;
    }
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    let folder = world.journal(NINGBO);
    drop(fs::remove_dir_all(folder.parent().unwrap().join("images")));
    let from = match left {
        Left::Nothing => kept,
        Left::Torn => kept + 40,
    };
    let file = OpenOptions::new()
        .write(true)
        .open(segment(&world))
        .unwrap();
    let nothing = vec![0; end(&world) - from];
    file.write_all_at(&nothing, from as u64).unwrap();
    world
}

async fn status(world: &World) -> Result<v1::NodeStatusResponse, Status> {
    let mut officer = world.officer(NINGBO).await;
    let answer = officer.node_status(v1::NodeStatusRequest {}).await;
    answer.map(tonic::Response::into_inner)
}

/// Asks until nobody is served; what is told.
async fn is_closed(world: &World) -> Status {
    until(async || match status(world).await {
        Ok(open) => Err(open),
        Err(refused) => Ok(refused),
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_torn_end_is_held_against_the_peers_before_the_port_opens() {
    let world = gone(Left::Torn).await;
    let refused = Node::start(world.config(NINGBO)).await.err().unwrap();
    let StartError::RecordsGone(gone) = &refused else {
        panic!("{refused}")
    };
    let told = RecordsGone {
        holder: Holder::Region(region(CHENGDU)),
        held: 1,
        written: 0,
    };
    assert_eq!(*gone, told);
    assert!(refused.to_string().contains("huitong node recover"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_not_reached_at_the_start_is_asked_when_they_are_back() {
    let mut world = gone(Left::Torn).await;
    world.stop(CHENGDU).await;
    world.start(NINGBO).await;
    assert_eq!(status(&world).await.unwrap().legs_written, 0);
    world.start(CHENGDU).await;
    let refused = is_closed(&world).await;
    assert_eq!(code(&refused), "node.records_gone");
    assert!(refused.message().contains("huitong node recover"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_that_holds_more_than_was_written_closes_the_node_and_nothing_is_written() {
    let mut world = gone(Left::Nothing).await;
    world.start(NINGBO).await;
    let kept = end(&world);
    let mut hospital = world.hospital(HOSPITAL).await;
    // The question says up to which number receipts are held, and nothing is told or decided on it.
    let refused = hospital.settle(settle("r-2", published("V2"))).await;
    assert_eq!(code(&refused.unwrap_err()), "node.records_gone");
    let refused = status(&world).await.unwrap_err();
    assert_eq!(code(&refused), "node.records_gone");
    world.stop(NINGBO).await;
    assert_eq!(end(&world), kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clearinghouse_that_holds_more_than_was_written_closes_the_node() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let mut world = gone_from(world, Left::Nothing).await;
    // Nobody else says it.
    world.stop(CHENGDU).await;
    world.start(NINGBO).await;
    assert_eq!(code(&is_closed(&world).await), "node.records_gone");
}
