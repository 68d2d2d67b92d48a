//! A restored home region whose backup is older than its last publication or withdrawal does not decide by the older document.

use huitong_core::digest::sha256;
use huitong_proto::settlement::v1::{self, ReversalReason as Reason, State};

use crate::bills::{settle, small};
use crate::bureau::by_officer;
use crate::files::{policy, replacing};
use crate::final_refusals::{OFFICER_AT_HOME, ask, of_settlement};
use crate::withdrawals::withdrawn;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

/// 80 % in place of 70.
fn newer() -> String {
    let before = sha256(policy(NINGBO).as_bytes());
    replacing("0.80", "2023-01-01", &[before.as_bytes()])
}

/// What is told of a document that did not come back.
fn lost(document: &str) -> Vec<v1::LostPolicy> {
    let digest = sha256(document.as_bytes()).as_bytes().to_vec();
    let is_here = false;
    vec![v1::LostPolicy { digest, is_here }]
}

/// What is told of a document that is here, and that another one decides instead of.
fn superseded(document: &str) -> Vec<v1::LostPolicy> {
    let mut told = lost(document);
    told[0].is_here = true;
    told
}

/// A restored Ningbo that waits for a document, and the hospital that settled under it.
async fn waits(world: &World, expected: &[v1::LostPolicy]) {
    let told = |it: &v1::NodeStatusResponse| it.policies_lost == expected;
    let status = world.status_when(NINGBO, told).await;
    assert!(!status.recovering_from.is_empty());
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.until_recovering(settle("r-9", small("V9"))).await;
}

async fn serves_without(world: &World, policy: &[u8]) -> Result<(), tonic::Status> {
    let request = v1::LeaveOutRequest {
        region: String::new(),
        policy: policy.to_vec(),
    };
    let mut officer = world.officer(NINGBO).await;
    officer.leave_out(request).await.map(drop)
}

/// What a fund pays of the next visit, of which everything is above the start: 80 % or 70 % of 3,000 yuan.
async fn next(world: &World) -> i64 {
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    assert_eq!(settled.state(), State::Settled);
    settled.decision.unwrap().fund_total_fen
}

/// Two settlements under a document that is published after the backup; the disk is lost, and the node restored.
async fn restored(backup: &std::path::Path) -> (World, Vec<v1::Settlement>) {
    let mut world = World::new().await;
    world.back_up(NINGBO, backup).await;
    world.publish(NINGBO, &newer()).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let mut settled = Vec::new();
    for (request_id, visit) in [("r-0", "V0"), ("r-1", "V1")] {
        let answer = hospital.settle(settle(request_id, small(visit))).await;
        settled.push(answer.unwrap());
    }
    world
        .status_when(NINGBO, |it| it.receipts_undelivered == 0)
        .await;
    world.lose_and_restore(NINGBO, backup).await;
    (world, settled)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_that_the_backup_lacks_is_named_and_waited_for_and_decides_again() {
    let backup = tempfile::tempdir().unwrap();
    let (mut world, _) = restored(backup.path()).await;
    waits(&world, &lost(&newer())).await;
    // It is named again after a restart, which nothing comes back in.
    world.stop(NINGBO).await;
    world.start(NINGBO).await;
    waits(&world, &lost(&newer())).await;
    let other = serves_without(&world, &[7; 32]).await.unwrap_err();
    assert_eq!(code(&other), "recovery.not_waited_for");
    world.publish(NINGBO, &newer()).await;
    let status = world.recovered(NINGBO).await;
    assert_eq!(status.policies_lost, []);
    assert_eq!(next(&world).await, 240_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_may_have_the_node_serve_without_a_document() {
    let backup = tempfile::tempdir().unwrap();
    let (world, settled) = restored(backup.path()).await;
    let missing = lost(&newer());
    waits(&world, &missing).await;
    let both = v1::LeaveOutRequest {
        region: CHENGDU.to_owned(),
        policy: missing[0].digest.clone(),
    };
    let mut officer = world.officer(NINGBO).await;
    let both = officer.leave_out(both).await.unwrap_err();
    assert_eq!(code(&both), "request.malformed");
    serves_without(&world, &missing[0].digest).await.unwrap();
    world.recovered(NINGBO).await;
    assert_eq!(next(&world).await, 210_000);
    let own = of_settlement(&settled[1].settlement, CHENGDU);
    let evidence = ask(&world, OFFICER_AT_HOME, NINGBO, own).await.unwrap_err();
    assert_eq!(code(&evidence), "policy.missing");
    // What it reverses is answered all the same: the later one is listed as decided by nothing.
    for _ in 0..2 {
        let first = &settled[0].settlement;
        let reversed = by_officer(&world, NINGBO, "o-1", first, Reason::WrongBill).await;
        let later = reversed.unwrap().later;
        let undecided = later[0].undecided.as_ref().unwrap();
        assert_eq!(later[0].settlement, settled[1].settlement);
        assert_eq!(undecided.code, "policy.missing");
        assert!(
            undecided
                .detail
                .contains(&sha256(newer().as_bytes()).to_string())
        );
    }
    let late = serves_without(&world, &missing[0].digest).await;
    assert_eq!(code(&late.unwrap_err()), "recovery.not_waited_for");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_that_the_backup_lacks_is_waited_for() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.publish(NINGBO, &newer()).await;
    world.back_up(NINGBO, backup.path()).await;
    world.clock.set("2023-03-10T04:00:01.000Z");
    withdraw(&world).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.settle(settle("r-1", small("V1"))).await.unwrap();
    world
        .status_when(NINGBO, |it| it.receipts_undelivered == 0)
        .await;
    world.lose_and_restore(NINGBO, backup.path()).await;
    waits(&world, &superseded(&policy(NINGBO))).await;
    withdraw(&world).await;
    world.recovered(NINGBO).await;
    assert_eq!(next(&world).await, 210_000);
}

/// Ningbo withdraws the newer document in favour of the older.
async fn withdraw(world: &World) {
    let digest = sha256(newer().as_bytes());
    let before = sha256(policy(NINGBO).as_bytes());
    withdrawn(world, digest.as_bytes(), before.as_bytes()).await;
}
