//! When a version of the directory says that it was signed: not far ahead of the node's clock, and not before the one before it.

use huitong_core::canonical::Artifact;
use huitong_core::date::Timestamp;
use huitong_core::membership::{Directory, SignedDirectory, Standing};

use crate::branches::accept_at;
use crate::directory::{listed, refusal, settles, shown, until, until_at, version_after};
use crate::witness::Signing;
use crate::world::{CHENGDU, NINGBO, World, code};

const OFFICER: (&str, &str) = ("/region/510100/officer/li.wei", CHENGDU);

/// The version after another one, in which Ningbo stands like this.
fn version(before: Option<&SignedDirectory>, standing: Standing) -> Directory {
    version_after(
        before,
        listed(NINGBO, standing),
        listed(CHENGDU, Standing::Active),
    )
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_dated_too_far_ahead_is_gone_by_once_the_clock_is_right_and_not_before() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let ahead = at("2023-03-11T04:00:00.001Z");
    let first = signing.dated(version(None, Standing::Suspended), ahead);
    directories.set(std::slice::from_ref(&first));
    until(&world, |told| {
        told.trouble.contains("more than a day ahead")
    })
    .await;
    let told = shown(&world, CHENGDU).await;
    assert_eq!((told.number, told.contradictions), (0, 0));
    settles(&world, "V0").await;
    // It was the node's clock that was wrong.
    world.clock.set("2023-03-10T04:00:00.001Z");
    until(&world, |told| told.number == 1 && told.trouble.is_empty()).await;
    assert_eq!(refusal(&world, "V1").await, "directory.suspended");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_dated_before_the_one_before_it_is_kept_and_gone_by_when_an_officer_says_so() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let first = signing.directory(version(None, Standing::Active));
    let back = version(Some(&first), Standing::Suspended);
    let back = signing.dated(back, at("2023-03-10T03:59:59.999Z"));
    directories.set(&[first.clone(), back.clone()]);
    until(&world, |told| {
        told.trouble.contains("before the one before it") && told.contradictions == 1
    })
    .await;
    assert_eq!(shown(&world, CHENGDU).await.number, 1);
    settles(&world, "V0").await;
    // From the journal alone: it is not taken at a start either.
    world.kill(CHENGDU).await;
    world.forget_index(CHENGDU);
    world.start(CHENGDU).await;
    let told = shown(&world, CHENGDU).await;
    assert_eq!((told.number, told.contradictions), (1, 1));
    let digest = back.directory.digest().to_string();
    assert_eq!(accept_at(&world, OFFICER, &digest).await.unwrap(), 2);
    assert_eq!(refusal(&world, "V1").await, "directory.suspended");
    // What follows is held against that one.
    let same = version(Some(&back), Standing::Active);
    let same = signing.dated(same, back.at);
    directories.set(&[first, back, same]);
    until_at(&world, CHENGDU, |told| {
        told.number == 3 && told.contradictions == 0 && told.trouble.is_empty()
    })
    .await;
    settles(&world, "V1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_dated_too_far_ahead_is_accepted_once_the_clock_is_right_and_not_before() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let first = signing.directory(version(None, Standing::Active));
    directories.set(&[first]);
    until(&world, |told| told.number == 1).await;
    let ahead = at("2023-03-11T04:00:00.001Z");
    let anew = signing.dated(version(None, Standing::Suspended), ahead);
    directories.set(std::slice::from_ref(&anew));
    until(&world, |told| told.contradictions == 1).await;
    let digest = anew.directory.digest().to_string();
    let refused = accept_at(&world, OFFICER, &digest).await.unwrap_err();
    assert_eq!(code(&refused), "directory.no_branch");
    assert_eq!(shown(&world, CHENGDU).await.contradictions, 1);
    world.clock.set("2023-03-10T04:00:00.001Z");
    assert_eq!(accept_at(&world, OFFICER, &digest).await.unwrap(), 1);
    assert_eq!(refusal(&world, "V1").await, "directory.suspended");
}
