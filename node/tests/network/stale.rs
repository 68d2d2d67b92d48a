//! What becomes of a settlement whose decision is stale: it is made again, so often and no more, and nothing that passes,
//! and of what a patient went home with nothing that an operator mends, gives it up.

use huitong_proto::settlement::v1::{ReversalReason as Reason, State};

use crate::bills::{settle, small};
use crate::files::replacing;
use crate::hospital::Hospital;
use crate::patience::until;
use crate::provisional::{SECTION, allowed, emergency, estimate, trued_up};
use crate::relay::{Commits, Policies, Seen};
use crate::world::{HOSPITAL, NINGBO, World, code};

/// How often a decision is made again in one go.
const STALE_AT_MOST: u64 = 16;

fn seen(world: &World) -> Seen {
    world.relay.as_ref().unwrap().seen()
}

fn policies(world: &World, policies: Policies) {
    world.relay.as_ref().unwrap().set_policies(policies);
}

/// A policy takes the place of the present one, so that whatever was decided by that is stale.
async fn replace(world: &World, rest: &str) -> Vec<u8> {
    let present = world.status(NINGBO).await.policies;
    let present: Vec<&[u8]> = present.iter().map(|it| it.digest.as_slice()).collect();
    let newer = replacing("0.80", "2023-01-01", &present);
    world.publish(NINGBO, &format!("{newer}{rest}")).await
}

/// The outcome is not known, however often it is asked for, and it stays open.
async fn stays_open(hospital: &mut Hospital) {
    let unknown = hospital.settle(settle("r-1", small("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    assert_eq!(hospital.get("r-1").await.unwrap().state(), State::Prepared);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_does_not_arrive_for_a_while_gives_nothing_up() {
    let world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::Lost);
    stays_open(&mut hospital).await;
    let newer = replace(&world, "").await;
    policies(&world, Policies::Lost);
    let before = seen(&world).policies;
    world.commits(Commits::Pass);
    until(async || {
        stays_open(&mut hospital).await;
        let asked = seen(&world).policies;
        if asked == before { Err(asked) } else { Ok(()) }
    })
    .await;
    // What was asked for has ended by now.
    stays_open(&mut hospital).await;
    policies(&world, Policies::Pass);
    let settled = hospital.outcome("r-1").await;
    assert_eq!(settled.state(), State::Settled);
    assert_eq!(settled.decision.unwrap().policy, newer);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_made_again_so_often_in_one_go_and_no_more() {
    let world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let relay = world.relay.as_ref().unwrap();
    relay.state.lock().unwrap().aged = STALE_AT_MOST;
    let unknown = hospital.settle(settle("r-1", small("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    // Gone on with by the timer.
    let settled = hospital.outcome("r-1").await;
    assert_eq!(settled.state(), State::Settled);
    let Seen { commits, stale, .. } = relay.seen();
    assert_eq!((commits, stale), (STALE_AT_MOST + 1, STALE_AT_MOST));
    // With one less it comes out in one go.
    relay.state.lock().unwrap().aged = STALE_AT_MOST - 1;
    let settled = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    assert_eq!(settled.state(), State::Settled);
}

/// A provisional settlement whose commits arrive nowhere yet.
async fn given() -> (World, Hospital) {
    let mut world = allowed(World::relayed().await).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    estimate(&mut hospital, emergency(small("V1"))).await;
    // From here on: one that waits at the relay for Ningbo's node to be back would arrive after all.
    world.commits(Commits::Lost);
    world.stop(NINGBO).await;
    let given = hospital.settle(settle("r-1", emergency(small("V1")))).await;
    assert_eq!(given.unwrap().state(), State::Provisional);
    world.start(NINGBO).await;
    replace(&world, SECTION).await;
    (world, hospital)
}

/// It is provisional until something was met so often: the first that met it has ended by then.
async fn stands_until(hospital: &mut Hospital, met: impl Fn() -> u64) {
    let before = met();
    until(async || {
        let settlement = hospital.get("r-1").await.unwrap();
        assert_eq!(settlement.state(), State::Provisional);
        let met = met();
        if met >= before + 2 { Ok(()) } else { Err(met) }
    })
    .await;
    let settlement = hospital.get("r-1").await.unwrap();
    assert_eq!(settlement.state(), State::Provisional);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_provisional_is_not_given_up_for_a_policy_that_is_not_proven() {
    let (world, mut hospital) = given().await;
    policies(&world, Policies::OtherDocument);
    world.commits(Commits::Pass);
    stands_until(&mut hospital, || seen(&world).policies).await;
    policies(&world, Policies::Pass);
    assert_eq!(trued_up(&mut hospital, "r-1").await.state(), State::Settled);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_provisional_is_not_given_up_for_an_engine_that_this_node_has_not() {
    let (world, mut hospital) = given().await;
    let relay = world.relay.as_ref().unwrap();
    relay.state.lock().unwrap().engine = Some(u16::MAX);
    world.commits(Commits::Pass);
    stands_until(&mut hospital, || relay.seen().stale).await;
    relay.state.lock().unwrap().engine = None;
    assert_eq!(trued_up(&mut hospital, "r-1").await.state(), State::Settled);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_reversal_than_was_asked_for_is_no_answer() {
    let world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.settle(settle("r-1", small("V1"))).await.unwrap();
    let relay = world.relay.as_ref().unwrap();
    relay.state.lock().unwrap().other_reversal = true;
    let answer = hospital.reverse("x-1", "r-1", Reason::WrongBill).await;
    assert_eq!(code(&answer.unwrap_err()), "outcome.unknown");
    relay.state.lock().unwrap().other_reversal = false;
    // The home region delivers what it did, as what this hospital had not begun; the wish ends by that.
    let reversed = hospital.reversed("r-1").await;
    assert_eq!(hospital.notices().await, [reversed]);
    let answer = crate::provisional::outcome(&mut hospital, "x-1").await;
    assert_eq!(answer.unwrap_err(), "reversal.already_reversed");
}
