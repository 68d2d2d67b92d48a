//! A claim of somebody whose record was not shown for its visit: nothing is told, nothing is decided, and guesses count.
//! And a home region that has lost what it showed: the claim comes to its outcome all the same.

use std::path::Path;

use huitong_node::treatment::order::settlement_id;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::commit_response::Outcome;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;

use crate::bills::{person, published, settle};
use crate::relay::Commits;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code, region};

/// The same claim under another id, of another visit.
fn another(commit: &v1::CommitRequest, nth: u8) -> v1::CommitRequest {
    let institution = "H51010400001".parse().unwrap();
    let request = format!("guess-{nth}").parse().unwrap();
    let mut commit = commit.clone();
    commit.settlement = settlement_id(region(CHENGDU), institution, request).to_string();
    let visit = commit.claim.as_mut().unwrap().visit.as_mut().unwrap();
    visit.number = format!("GUESS{nth}");
    commit
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_of_a_visit_that_was_not_shown_is_told_nothing_and_guesses_are_counted() {
    let mut world = World::relayed().await;
    world.watch.unknown_per_institution = 2;
    world.stop(NINGBO).await;
    world.start(NINGBO).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::Lost);
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    let shown = world.relay.as_ref().unwrap().last();
    let mut home = HomeServiceClient::new(world.lazy_channel(NINGBO));

    // A version that is not the person's would have been answered with how the person stands.
    for nth in 0..5 {
        let mut commit = another(&shown, nth);
        commit.version.as_mut().unwrap().change += 7;
        let refused = home.commit(commit).await.unwrap_err();
        assert_eq!(code(&refused), "snapshot.not_shown");
    }
    // Whether the number is anybody's is not told either, and each such guess counts.
    for (nth, told) in [
        (5, "snapshot.not_shown"),
        (6, "snapshot.not_shown"),
        (7, "snapshot.too_many"),
    ] {
        let mut commit = another(&shown, nth);
        let nobody = person(&format!("33020000000090000{nth}"));
        commit.claim.as_mut().unwrap().person = Some(nobody);
        let refused = home.commit(commit).await.unwrap_err();
        assert_eq!(code(&refused), told);
    }

    // What was shown is decided, also now.
    let answer = home.commit(shown).await.unwrap().into_inner();
    assert!(matches!(answer.outcome, Some(Outcome::Receipt(_))));
}

/// What is in a stopped node's folder, put elsewhere.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// A claim whose commit is lost, and a home region that has lost all that it did since before it showed the person.
async fn forgotten() -> World {
    let mut world = World::relayed().await;
    world.stop(NINGBO).await;
    let folder = world.journal(NINGBO).parent().unwrap().to_owned();
    let kept = tempfile::tempdir().unwrap();
    copy(&folder, kept.path());
    world.start(NINGBO).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::Lost);
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    world.kill(NINGBO).await;
    std::fs::remove_dir_all(&folder).unwrap();
    copy(kept.path(), &folder);
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_that_has_lost_what_it_showed_is_shown_the_credential_again() {
    let mut world = forgotten().await;
    world.commits(Commits::Pass);
    world.start(NINGBO).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(hospital.outcome("r-1").await.state(), v1::State::Settled);
    assert_eq!(world.status(NINGBO).await.legs_written, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_credential_is_lost_as_well_the_bill_that_is_sent_again_brings_it() {
    let mut world = forgotten().await;
    world.kill(CHENGDU).await;
    world.commits(Commits::Pass);
    world.start(NINGBO).await;
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    // By itself it has no outcome before it lapses.
    let open = hospital.get("r-1").await.unwrap();
    assert_eq!(open.state(), v1::State::Prepared);
    let settled = hospital
        .until_known(async |it| it.settle(settle("r-1", published("V1"))).await)
        .await
        .unwrap();
    assert_eq!(settled.state(), v1::State::Settled);
    assert_eq!(world.status(NINGBO).await.legs_written, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_decided_is_learnt_without_the_credential_also_where_nobody_knows_that_it_was_shown()
 {
    let mut world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::AnswerLost);
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    // What was shown is written about once a second: it may be lost with the process, and the receipt is not.
    world.kill(NINGBO).await;
    world.kill(CHENGDU).await;
    world.commits(Commits::Pass);
    world.start(NINGBO).await;
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(hospital.outcome("r-1").await.state(), v1::State::Settled);
    assert_eq!(world.status(NINGBO).await.legs_written, 1);
}
