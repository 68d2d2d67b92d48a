//! The home region looks at how the treatment region stands too: what that begins is refused, and what it began is not.

use huitong_core::membership::{Directory, SignedDirectory, Standing};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;
use huitong_proto::settlement::v1::{ReversalReason as Reason, State};

use crate::bills::{settle, small};
use crate::directory::{listed, refusal, settles, shown, until_at, version_after};
use crate::patience::until;
use crate::provisional::{allowed, emergency, estimate, trued_up};
use crate::relay::Commits;
use crate::witness::Signing;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

const PERSON: &str = "330200000000000001";

/// The version after another one, in which Chengdu stands like this.
fn version(before: Option<&SignedDirectory>, standing: Standing) -> Directory {
    version_after(
        before,
        listed(NINGBO, Standing::Active),
        listed(CHENGDU, standing),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_region_settles_nothing_that_a_suspended_region_begins_and_all_that_it_began() {
    let mut world = World::relayed().await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    settles(&world, "V0").await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::AnswerLost);
    let lost = hospital.settle(settle("V1", small("V1"))).await;
    assert_eq!(code(&lost.unwrap_err()), "outcome.unknown");
    world.commits(Commits::Lost);
    let lost = hospital.settle(settle("V2", small("V2"))).await;
    assert_eq!(code(&lost.unwrap_err()), "outcome.unknown");
    // Chengdu's node never hears that its region is suspended.
    directories.keep_from(CHENGDU, 0);
    let first = signing.directory(version(None, Standing::Suspended));
    directories.set(std::slice::from_ref(&first));
    until_at(&world, NINGBO, |told| told.number == 1).await;
    assert_eq!(shown(&world, CHENGDU).await.number, 0);
    world.commits(Commits::Pass);
    // What was begun at home ends, is answered and is taken back.
    assert_eq!(hospital.outcome("V1").await.state(), State::Settled);
    settles(&world, "V0").await;
    let back = hospital.reverse("x-0", "V0", Reason::WrongBill).await;
    assert_eq!(back.unwrap().state(), State::Reversed);
    // What is new is not told of, and not settled.
    assert_eq!(refusal(&world, "V3").await, "directory.suspended");
    let bill = Some(small("V3"));
    let told = hospital.client.estimate(v1::EstimateRequest { bill }).await;
    assert_eq!(code(&told.unwrap_err()), "directory.suspended");
    // What was sent and never arrived has no outcome, until it is cancelled or the region is active again.
    assert_eq!(refusal(&world, "V2").await, "outcome.unknown");
    assert_eq!(hospital.get("V2").await.unwrap().state(), State::Prepared);
    let ended = hospital.cancel("V2", PERSON).await.unwrap();
    assert_eq!(ended.state(), State::Abandoned);
    let second = signing.directory(version(Some(&first), Standing::Active));
    let third = signing.directory(version(Some(&second), Standing::Left));
    directories.set(&[first.clone(), second.clone()]);
    until_at(&world, NINGBO, |told| told.number == 2).await;
    settles(&world, "V3").await;
    directories.set(&[first, second, third]);
    until_at(&world, NINGBO, |told| told.number == 3).await;
    // From the journal alone.
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    assert_eq!(refusal(&world, "V4").await, "directory.left");
    settles(&world, "V3").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_settled_on_a_snapshot_signed_before_a_suspension_is_trued_up() {
    let mut world = allowed(World::new().await).await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let mut hospital = world.hospital(HOSPITAL).await;
    estimate(&mut hospital, emergency(small("V1"))).await;
    directories.keep_from(CHENGDU, 0);
    let first = signing.directory(version(None, Standing::Suspended));
    directories.set(&[first]);
    until_at(&world, NINGBO, |told| told.number == 1).await;
    world.stop(NINGBO).await;
    let given = hospital.settle(settle("r-1", emergency(small("V1")))).await;
    assert_eq!(given.unwrap().state(), State::Provisional);
    world.start(NINGBO).await;
    let settled = trued_up(&mut hospital, "r-1").await;
    assert_eq!(settled.state(), State::Settled);
    assert_eq!(refusal(&world, "V2").await, "directory.suspended");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_settled_on_a_signed_snapshot_is_not_begun_any_more_a_week_after_that_could_be_used()
 {
    let mut world = allowed(World::relayed().await).await;
    world.clearinghouse().await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let directories = world.clearing.as_ref().unwrap().directories.clone();
    let mut hospital = world.hospital(HOSPITAL).await;
    estimate(&mut hospital, emergency(small("V1"))).await;
    directories.keep_from(CHENGDU, 0);
    let first = signing.directory(version(None, Standing::Suspended));
    directories.set(std::slice::from_ref(&first));
    until_at(&world, NINGBO, |told| told.number == 1).await;
    world.stop(NINGBO).await;
    world.commits(Commits::Lost);
    let given = hospital.settle(settle("r-1", emergency(small("V1")))).await;
    assert_eq!(given.unwrap().state(), State::Provisional);
    world.start(NINGBO).await;
    let state = std::sync::Arc::clone(&world.relay.as_ref().unwrap().state);
    let sent = until(async || {
        let last = state.lock().unwrap().last.clone();
        match last {
            Some(sent) if !sent.provisional.is_empty() => Ok(sent),
            other => Err(other),
        }
    });
    let sent = sent.await;
    // The snapshot could be used for 72 hours.
    let node = world.caller("/region/510100/node", NINGBO).await;
    let mut home = HomeServiceClient::new(node);
    world.clock.set("2023-03-20T04:00:00.001Z");
    let late = home.commit(sent).await;
    assert_eq!(code(&late.unwrap_err()), "directory.suspended");
    // That is no outcome: the claim stands open, and is decided once its region is active again.
    world.commits(Commits::Pass);
    assert_eq!(
        hospital.get("r-1").await.unwrap().state(),
        State::Provisional
    );
    let second = signing.directory(version(Some(&first), Standing::Active));
    directories.set(&[first, second]);
    until_at(&world, NINGBO, |told| told.number == 2).await;
    assert_eq!(trued_up(&mut hospital, "r-1").await.state(), State::Settled);
}
