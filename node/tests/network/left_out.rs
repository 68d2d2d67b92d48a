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

async fn leave_out(world: &World, region: &str) -> Result<(), tonic::Status> {
    let mut officer = world.officer(NINGBO).await;
    let region = region.to_owned();
    officer.leave_out(v1::LeaveOutRequest { region }).await?;
    Ok(())
}

/// What `huitong node recover` does for the stopped region.
fn collect_anew(world: &World) {
    let config = world.config(NINGBO);
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
    while world.status(NINGBO).await.legs_held < 2 {
        tokio::task::yield_now().await;
    }
    let refused = leave_out(&world, CHENGDU).await.unwrap_err();
    assert_eq!(code(&refused), "recovery.not_waited_for");
    world.kill(CHENGDU).await;
    world.lose_and_restore(NINGBO, backup.path()).await;
    while world.status(NINGBO).await.recovering_from != [CHENGDU] {
        tokio::task::yield_now().await;
    }
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
    collect_anew(&world);
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
