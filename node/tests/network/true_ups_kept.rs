//! What was trued up outlives a lost disk, in either role: the bureau of the home region lists it as before, and the
//! hospital is shown it.

use huitong_proto::settlement::v1::provisional_service_client::ProvisionalServiceClient;
use huitong_proto::settlement::v1::{self, ReversalReason as Reason};

use crate::bills::{settle, small};
use crate::provisional::{allowed, emergency, estimate, trued_up};
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World};

/// What the home region's bureau is shown.
async fn listed(world: &World) -> Vec<v1::TruedUpHere> {
    let channel = world.caller("/region/330200/officer/li.wei", NINGBO).await;
    let request = v1::ListTruedUpRequest {
        after_region: String::new(),
        after_settlement: String::new(),
        limit: 0,
    };
    let mut client = ProvisionalServiceClient::new(channel);
    let answer = client.list_trued_up(request).await.unwrap().into_inner();
    assert_eq!(answer.next_settlement, "");
    answer.trued_up
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_region_that_lost_its_disk_lists_what_it_trued_up_as_before() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = allowed(World::new().await).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.settle(settle("r-0", small("V0"))).await.unwrap();
    estimate(&mut hospital, emergency(small("V1"))).await;
    hospital
        .reverse("x-0", "r-0", Reason::WrongBill)
        .await
        .unwrap();
    world.back_up(NINGBO, backup.path()).await;
    world.stop(NINGBO).await;
    hospital
        .settle(settle("r-1", emergency(small("V1"))))
        .await
        .unwrap();
    world.start(NINGBO).await;
    let settled = trued_up(&mut hospital, "r-1").await;
    let before = listed(&world).await;
    let [one] = &*before else {
        panic!("{before:?}");
    };
    let figures = one.true_up.as_ref().unwrap();
    assert_eq!(
        (figures.home_bears_fen, figures.treatment_bears_fen),
        (50_000, 34_000)
    );

    world.lose_and_restore(NINGBO, backup.path()).await;
    let status = world.recovered(NINGBO).await;
    assert_eq!(status.held_count, 0);
    assert_eq!(listed(&world).await, before);
    assert_eq!(hospital.get("r-1").await.unwrap(), settled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_treatment_region_whose_backup_has_it_as_provisional_is_told_how_it_was_trued_up() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = allowed(World::new().await).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    estimate(&mut hospital, emergency(small("V1"))).await;
    hospital.settle(settle("r-0", small("V0"))).await.unwrap();
    world.stop(NINGBO).await;
    hospital
        .settle(settle("r-1", emergency(small("V1"))))
        .await
        .unwrap();
    world.back_up(CHENGDU, backup.path()).await;
    world.start(NINGBO).await;
    let settled = trued_up(&mut hospital, "r-1").await;
    let figures = settled.provisional.clone().unwrap().true_up.unwrap();
    assert!(figures.refund_fen > 0, "{figures:?}");

    world.lose_and_restore(CHENGDU, backup.path()).await;
    world.recovered(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(hospital.get("r-1").await.unwrap(), settled);
    assert_eq!(listed(&world).await.len(), 1);
}
