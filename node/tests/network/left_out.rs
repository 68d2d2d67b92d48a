//! A restored home whose peer does not answer serves without it once an officer says so; nothing passes between the two
//! until the node collects anew, and then everything is there, and whoever may have been served wrongly is held.

use huitong_backup::restore::recover;
use huitong_node::backup::Anew;
use huitong_node::clock::Clock as _;
use huitong_proto::settlement::v1::{self, ReversalReason as Reason};

use crate::bills::{published, settle, small};
use crate::bureau::by_officer;
use crate::by_hand::{bill, by_hand, with_catalogue};
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

/// An officer of a region has its node serve without another.
pub async fn leaves_out(world: &World, own: &str, region: &str) -> Result<(), tonic::Status> {
    let mut officer = world.officer(own).await;
    let region = region.to_owned();
    officer
        .leave_out(v1::LeaveOutRequest {
            region,
            ..v1::LeaveOutRequest::default()
        })
        .await?;
    Ok(())
}

async fn leave_out(world: &World, region: &str) -> Result<(), tonic::Status> {
    leaves_out(world, NINGBO, region).await
}

/// What `huitong node recover` does for a stopped region.
fn collect_anew(world: &World, own: &str) {
    let config = world.config(own);
    let mut anew = Anew::new([9; 16], world.clock.now());
    recover(&config.data, config.journal, &mut anew).unwrap();
    assert_eq!(anew.incarnation(), 3);
}

/// The region's own people are served, who may be charged the deductible once more; whom another region treated are not.
async fn serves_at_home(world: &World) {
    with_catalogue(world).await;
    let mut at_home = bill("h-1", "W1");
    at_home.treatment = NINGBO.to_owned();
    at_home.institution.as_mut().unwrap().code = "H33020400001".to_owned();
    by_hand(world, at_home).await.unwrap();
    let elsewhere = by_hand(world, bill("h-2", "W2")).await;
    assert_eq!(code(&elsewhere.unwrap_err()), "recovery.left_out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_does_not_answer_is_left_out_and_collected_later() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.clearinghouse().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let before = hospital.settle(settle("r-0", small("V0"))).await.unwrap();
    world.back_up(NINGBO, backup.path()).await;
    // After the backup: the deductible is charged in Chengdu.
    let away = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    world.status_when(NINGBO, |it| it.legs_held >= 2).await;
    let refused = leave_out(&world, CHENGDU).await.unwrap_err();
    assert_eq!(code(&refused), "recovery.not_waited_for");
    world.kill(CHENGDU).await;
    world.lose_and_restore(NINGBO, backup.path()).await;
    world
        .status_when(NINGBO, |it| it.recovering_from == [CHENGDU])
        .await;
    let refused = leave_out(&world, "440100").await.unwrap_err();
    assert_eq!(code(&refused), "recovery.not_waited_for");
    leave_out(&world, CHENGDU).await.unwrap();
    leave_out(&world, CHENGDU).await.unwrap();
    let status = world.recovered(NINGBO).await;
    assert_eq!(
        (status.left_out, status.incarnation),
        (vec![CHENGDU.to_owned()], 2)
    );

    serves_at_home(&world).await;
    // Nothing is numbered to Chengdu: the numbers may be there already.
    let reversed = by_officer(&world, NINGBO, "o-1", &before.settlement, Reason::Fraud).await;
    assert_eq!(code(&reversed.unwrap_err()), "recovery.left_out");
    // Chengdu is back, and gets nothing and gives nothing.
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let asked = hospital
        .settle(settle("r-2", small("V2")))
        .await
        .unwrap_err();
    assert_eq!(code(&asked), "recovery.left_out");
    // Also after a restart.
    world.stop(NINGBO).await;
    world.start(NINGBO).await;
    assert_eq!(world.status(NINGBO).await.left_out, [CHENGDU]);
    let asked = hospital
        .settle(settle("r-2", small("V2")))
        .await
        .unwrap_err();
    assert_eq!(code(&asked), "recovery.left_out");

    world.stop(NINGBO).await;
    collect_anew(&world, NINGBO);
    world.start(NINGBO).await;
    let status = world.recovered(NINGBO).await;
    assert_eq!((status.left_out.len(), status.legs_without_receipt), (0, 0));
    // Both stand; the person's record says two things of one change, so the bureau must look.
    assert_eq!(status.held_count, 1);
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(hospital.get("r-1").await.unwrap(), away);
    let asked = hospital
        .settle(settle("r-2", small("V2")))
        .await
        .unwrap_err();
    assert_eq!(code(&asked), "person.held");
    let mut officer = world.officer(NINGBO).await;
    let psn_no = status.held[0].psn_no.clone();
    let released = v1::ReleasePersonRequest { psn_no };
    officer.release_person(released).await.unwrap();
    let next = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    assert_eq!(next.decision.unwrap().layers[0].start_fen, 0);
    // And what waited is done: the reversal reaches Chengdu under a number that is free.
    let reversed = by_officer(&world, NINGBO, "o-1", &before.settlement, Reason::Fraud).await;
    reversed.unwrap();
    hospital.reversed("r-0").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_treatment_region_serves_without_a_home_region_and_has_its_receipts_again_later() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.back_up(CHENGDU, backup.path()).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let away = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    world.status_when(CHENGDU, |it| it.legs_held >= 1).await;
    world.kill(NINGBO).await;
    world.lose_and_restore(CHENGDU, backup.path()).await;
    world
        .status_when(CHENGDU, |it| it.recovering_from == [NINGBO])
        .await;
    leaves_out(&world, CHENGDU, NINGBO).await.unwrap();
    // Its legs are there, and what they are for is not.
    let status = world.recovered(CHENGDU).await;
    assert_eq!((status.legs_written, status.legs_without_receipt), (1, 1));
    world.start(NINGBO).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    // Neither the visit of before, nor another one: the home region may have given an answer already.
    for (id, visit) in [("r-1", published("V1")), ("r-2", small("V2"))] {
        let refused = hospital.settle(settle(id, visit)).await.unwrap_err();
        assert_eq!(code(&refused), "recovery.left_out", "{id}");
        // Nor is either given up: it may stand, and is as unknown as before.
        let cancelled = hospital.cancel(id, "330200000000000001").await;
        assert_eq!(code(&cancelled.unwrap_err()), "recovery.left_out", "{id}");
        let unknown = hospital.get(id).await.unwrap_err();
        assert_eq!(code(&unknown), "settlement.not_found", "{id}");
    }
    // Nor is it told what the home region's own officer wants.
    let ordered = by_officer(&world, NINGBO, "o-1", &away.settlement, Reason::Fraud).await;
    ordered.unwrap();
    assert!(world.status(NINGBO).await.receipts_undelivered > 0);

    world.stop(CHENGDU).await;
    collect_anew(&world, CHENGDU);
    world.start(CHENGDU).await;
    let status = world.recovered(CHENGDU).await;
    assert_eq!((status.left_out.len(), status.legs_without_receipt), (0, 0));
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.reversed("r-1").await;
    let now = hospital.get("r-1").await.unwrap();
    assert_eq!(now.receipt, away.receipt);
    let next = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    assert_eq!(next.decision.unwrap().layers[0].start_fen, 120_000);
}
