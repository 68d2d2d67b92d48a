//! What holds up one expense check and not the others, and what nothing is said of while words are given back.

use std::path::Path;

use huitong_certs::authority::Hosts;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::CheckStanding as Standing;
use huitong_proto::settlement::v1::deduction_service_client::DeductionServiceClient;

use crate::expense_checks::{answer, ask, confirm, page, settled, show, stands, verified, wrong};
use crate::patience::until;
use crate::world::{CHENGDU, NINGBO, World, certified, code, year};

/// A region that signs with another key from its next start on.
fn new_key(world: &mut World, code: &str) {
    let by = huitong_certs::Identity::RegionNodeSigning(code.parse().unwrap());
    let signing = world.root.issue(&by, &Hosts::none(), year()).unwrap();
    let known = certified(&signing, &world.trust);
    let region = if code == NINGBO {
        &mut world.ningbo
    } else {
        &mut world.chengdu
    };
    (region.signing, region.certified) = (signing, known.into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_is_not_taken_holds_up_its_own_check_alone_and_is_shown() {
    let mut world = World::new().await;
    let (first, second) = (
        settled(&world, "r-1", "V1").await,
        settled(&world, "r-2", "V2").await,
    );
    world.stop(CHENGDU).await;
    let held = ask(&world, "k-2", &first).await.unwrap().check;
    world.stop(NINGBO).await;
    new_key(&mut world, NINGBO);
    world.start(NINGBO).await;
    // One that the round comes to after the one that is held.
    let other = ask(&world, "k-1", &second).await.unwrap().check;
    world.start(CHENGDU).await;
    stands(&world, NINGBO, &other, Standing::Waiting).await;
    let shown = until(async || {
        let shown = show(&world, NINGBO, &held).await.unwrap().check.unwrap();
        if shown.held.is_some() {
            Ok(shown)
        } else {
            Err(format!("{shown:?}"))
        }
    })
    .await;
    assert_eq!(shown.held.unwrap().code, "identity.mismatch");
    assert_eq!(shown.to_send, 1);
    assert!(held < other, "{held} is come to before {other}");
}

/// Loses a region's disk while nothing runs there, and puts a backup back at a later time.
async fn restored_at(world: &mut World, code: &str, backup: &Path, at: &str) {
    world.stop(code).await;
    world.clock.set(at);
    world.forget_journal(code);
    world.forget_index(code);
    world.restore(code, backup).unwrap();
    world.start(code).await;
    world.recovered(code).await;
}

async fn collected(world: &World, code: &str) {
    until(async || {
        let collecting = page(world, code).await.collecting;
        if collecting.is_empty() {
            Ok(())
        } else {
            Err(collecting)
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_not_said_of_a_time_in_which_nothing_could_be_said() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.clearinghouse().await;
    let settlement = settled(&world, "r-1", "V1").await;
    let second = settled(&world, "r-2", "V2").await;
    world.held(CHENGDU, 2).await;
    world.held(NINGBO, 2).await;
    let check = ask(&world, "k-2", &settlement).await.unwrap().check;
    answer(&world, &check, verified()).await.unwrap();
    let heard = stands(&world, NINGBO, &check, Standing::Answered).await;
    assert_eq!(heard.confirm_by, "2023-03-15");
    stands(&world, CHENGDU, &check, Standing::Answered).await;
    world.back_up(NINGBO, backup.path()).await;
    let at = "2023-03-20T04:00:00.000Z";
    restored_at(&mut world, NINGBO, backup.path(), at).await;
    collected(&world, NINGBO).await;
    // A round goes by, and nothing is said: one that sends a check which it comes to after this one.
    world.stop(CHENGDU).await;
    let later = ask(&world, "k-1", &second).await.unwrap();
    assert_eq!(later.to_send, 1);
    assert!(check < later.check, "{check} is come to before the other");
    world.start(CHENGDU).await;
    stands(&world, NINGBO, &later.check, Standing::Waiting).await;
    let heard = stands(&world, NINGBO, &check, Standing::Answered).await;
    assert_eq!(heard.confirm_by, "2023-03-25");
    // It may be sent back until then, and is confirmed by silence after.
    world.clock.set("2023-03-25T15:00:00.000Z");
    let back = crate::expense_checks::send_back(&world, &check).await;
    assert_eq!(back.unwrap().standing(), Standing::Waiting);
    answer(&world, &check, verified()).await.unwrap();
    stands(&world, NINGBO, &check, Standing::Answered).await;
    world.clock.set("2023-04-01T16:00:00.000Z");
    stands(&world, NINGBO, &check, Standing::ConfirmedBySilence).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_whose_words_came_back_and_are_not_accepted_is_not_collected_and_is_shown() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.clearinghouse().await;
    let settlement = settled(&world, "r-1", "V1").await;
    world.held(CHENGDU, 1).await;
    world.held(NINGBO, 1).await;
    world.back_up(NINGBO, backup.path()).await;
    let check = ask(&world, "k-1", &settlement).await.unwrap().check;
    answer(&world, &check, verified()).await.unwrap();
    stands(&world, NINGBO, &check, Standing::Answered).await;
    stands(&world, CHENGDU, &check, Standing::Answered).await;
    // Chengdu's answer was signed with a key that nobody goes by any more.
    world.stop(CHENGDU).await;
    new_key(&mut world, CHENGDU);
    world.start(CHENGDU).await;
    let at = "2023-03-10T05:00:00.000Z";
    restored_at(&mut world, NINGBO, backup.path(), at).await;
    let why = until(async || {
        let collecting = page(&world, NINGBO).await.collecting;
        assert_eq!(collecting.len(), 1);
        let why = collecting[0].clone();
        if why.check.is_empty() {
            Err(format!("{why:?}"))
        } else {
            Ok(why)
        }
    })
    .await;
    assert_eq!((&*why.region, &*why.check), (CHENGDU, &*check));
    assert_eq!(why.refusal.unwrap().code, "identity.mismatch");
    let barred = ask(&world, "k-2", &settlement).await.unwrap_err();
    assert_eq!(code(&barred), "check.collecting");
    let barred = confirm(&world, NINGBO, &check).await.unwrap_err();
    assert_eq!(code(&barred), "check.collecting");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_names_no_deduction_that_has_ended_or_is_anothers() {
    let world = World::new().await;
    let (first, second) = (
        settled(&world, "r-1", "V1").await,
        settled(&world, "r-2", "V2").await,
    );
    let check = ask(&world, "k-1", &first).await.unwrap().check;
    stands(&world, CHENGDU, &check, Standing::Waiting).await;
    let mut desk =
        DeductionServiceClient::new(world.caller("/region/510100/officer/li.wei", CHENGDU).await);
    let mut named = Vec::new();
    for (id, settlement) in [("d-1", &first), ("d-2", &second)] {
        let request = v1::OrderDeductionRequest {
            request_id: id.to_owned(),
            settlement: settlement.clone(),
            amounts: wrong(5_000).amounts,
            reason: wrong(5_000).reason,
            note: String::new(),
        };
        let deducted = desk.order(request).await.unwrap().into_inner();
        named.push(deducted.deduction.unwrap().deduction);
    }
    let request = v1::WithdrawDeductionRequest {
        deduction: named[0].clone(),
        reason: v1::DeductionEndReason::Mistaken.into(),
        note: String::new(),
    };
    desk.withdraw(request).await.unwrap();
    for (deduction, expected) in named
        .into_iter()
        .zip(["deduction.ended", "deduction.unknown"])
    {
        let finding = v1::CheckFinding {
            deduction,
            ..wrong(5_000)
        };
        let refused = answer(&world, &check, finding).await.unwrap_err();
        assert_eq!(code(&refused), expected);
    }
}
