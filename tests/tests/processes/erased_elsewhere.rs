//! A region loses its disk and is put back from a backup of before a settlement, whose person the home region has erased
//! since: it is told that nothing comes of that one, and holds what came after it without a gap.

use huitong_proto::settlement::v1::State;
use huitong_tests::bills::outpatient;
use huitong_tests::executable::texts;
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::RegionOfficer;
use huitong_tests::patience;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_tests::world::{Party, World};

use crate::erasure::{GONE, STAYS, erase_there, leaves, settle};
use crate::restores::{at_rest, back_up, restore};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_region_does_not_wait_for_whom_the_home_region_has_erased() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup").display().to_string();
    back_up(&world, &CHENGDU, &backup).await;
    settle(&world, GONE).await;
    settle(&world, STAYS).await;
    at_rest(&world).await;
    // Who was shown whose standing is written down when the node stops, at the latest: before the day is closed.
    let ningbo = Party::Region(NINGBO.region());
    world.stop(ningbo).await;
    world.run(ningbo).await;
    leaves(&world).await;
    erase_there(&world, &NINGBO).await;
    at_rest(&world).await;

    // Of the erased one the legs alone come back, of the other everything.
    assert_eq!(put_back(&world, &backup).await, 1);
    // What the home region gave first is erased, and nothing of it is missed: it has no receipt that is not held.
    at_rest(&world).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Two);
    let visit = outpatient(&NINGBO, STAYS, "later", &[(Item::Drug, 25_003)]);
    let later = hospital.settle_for_sure("later", visit).await.unwrap();
    assert_eq!(later.state(), State::Settled);
    at_rest(&world).await;
    world.stop_all().await;
}

/// Chengdu loses its disk, and collects what it lacks; of how many settlements it has legs and no receipt then.
async fn put_back(world: &World, backup: &str) -> u64 {
    let party = Party::Region(CHENGDU.region());
    world.kill(party).await;
    world.lose_disk(&CHENGDU);
    let restored = restore(world, &CHENGDU, backup).await;
    assert!(restored.status.success(), "{:?}", texts(&restored));
    world.run(party).await;
    let officer = RegionOfficer::of(world, &CHENGDU);
    patience::until("recovery", async || {
        let status = officer.status().await.ok()?;
        let is_over = status.recovering_from.is_empty();
        is_over.then_some(status.legs_without_receipt)
    })
    .await
}
