//! What a hospital is told of a claim that has left for its home region, while the own node has trouble of its own: that the
//! outcome is not known, and nothing that it could take for a refusal.

use std::sync::Arc;
use std::time::Duration;

use huitong_journal::DirDisk;
use huitong_proto::settlement::v1;
use tokio::time::timeout;

use crate::bills::{published, settle};
use crate::gated::{Gate, Gated};
use crate::relay::Commits;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

const PERSON: &str = "330200000000000001";
const WITHIN: Duration = Duration::from_secs(60);

/// Chengdu's node upon a disk whose power can be lost, with a claim in the air.
async fn in_the_air(commits: Commits) -> (World, Arc<Gate>) {
    let mut world = World::relayed().await;
    world.stop(CHENGDU).await;
    let gate = Arc::new(Gate::default());
    let disk = DirDisk::at(world.journal(CHENGDU)).unwrap();
    world.start_on(CHENGDU, Gated::of(disk, &gate)).await;
    world.commits(commits);
    (world, gate)
}

async fn sent(world: &World) {
    let relay = world.relay.as_ref().unwrap();
    let seen = async {
        while relay.seen().commits == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(WITHIN, seen).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_after_a_claim_has_left_is_no_answer_to_it() {
    let (mut world, gate) = in_the_air(Commits::Held).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let mut settling = hospital.clone();
    let settling =
        tokio::spawn(async move { settling.settle(settle("r-1", published("V1"))).await });
    sent(&world).await;
    gate.lose_power();
    world.commits(Commits::Pass);
    let told = settling.await.unwrap().unwrap_err();
    assert_eq!(code(&told), "outcome.unknown");
    // Nor is it when it is asked for again or given up. Whoever only looks is told what is wrong with the node.
    let told = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&told.unwrap_err()), "outcome.unknown");
    let told = hospital.get("r-1").await;
    assert_eq!(code(&told.unwrap_err()), "node.store_broken");
    let told = hospital.cancel("r-1", PERSON).await;
    assert_eq!(code(&told.unwrap_err()), "outcome.unknown");
    // It stands where the person is insured, and is told as soon as this can be written.
    assert_eq!(world.status(NINGBO).await.legs_written, 1);
    world.kill(CHENGDU).await;
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(hospital.outcome("r-1").await.state(), v1::State::Settled);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_prepared_on_a_disk_that_fails_counts_as_sent() {
    let (mut world, gate) = in_the_air(Commits::Pass).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    // From here on the policy is known: nothing else is to be written before the claim is.
    let first = hospital.settle(settle("r-0", published("V0"))).await;
    assert_eq!(first.unwrap().state(), v1::State::Settled);
    gate.lose_power();
    let told = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&told.unwrap_err()), "outcome.unknown");
    // So does what may be written down as taken back or given up.
    let mistake = v1::ReversalReason::WrongBill;
    let told = hospital.reverse("r-2", "r-0", mistake).await;
    assert_eq!(code(&told.unwrap_err()), "outcome.unknown");
    let told = hospital.cancel("r-3", PERSON).await;
    assert_eq!(code(&told.unwrap_err()), "outcome.unknown");
    world.kill(CHENGDU).await;
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(settled.unwrap().state(), v1::State::Settled);
    assert_eq!(world.status(NINGBO).await.legs_written, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_has_left_for_a_region_that_is_configured_no_more_is_not_refused() {
    let (mut world, _gate) = in_the_air(Commits::AnswerLost).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let told = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&told.unwrap_err()), "outcome.unknown");
    world.kill(CHENGDU).await;
    let mut config = world.config(CHENGDU);
    config
        .directory
        .retain(|entry| entry.region != world.ningbo.code);
    world.chengdu.node = Some(huitong_node::Node::start(config).await.unwrap());
    let mut hospital = world.hospital(HOSPITAL).await;
    let told = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&told.unwrap_err()), "outcome.unknown");
    // Neither is it when it is given up; an id that nobody knows is.
    let told = hospital.cancel("r-1", PERSON).await;
    assert_eq!(code(&told.unwrap_err()), "outcome.unknown");
    let told = hospital.cancel("r-2", PERSON).await;
    assert_eq!(code(&told.unwrap_err()), "directory.unknown_region");
    assert_eq!(world.status(NINGBO).await.legs_written, 1);
}
