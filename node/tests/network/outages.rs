//! Lost messages, killed nodes, cancelled ids: nothing is lost, nothing is doubled.

use huitong_node::ledger::OpenError;
use huitong_node::treatment::order::settlement_id;
use huitong_node::{Node, StartError};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::commit_response::Outcome;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;

use crate::bills::{published, settle, small};
use crate::relay::{Commits, Policies};
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code, region};

const PERSON: &str = "330200000000000001";

async fn legs(world: &World) -> (u64, u64) {
    (
        world.status(NINGBO).await.legs_written,
        world.status(CHENGDU).await.legs_written,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_home_leaves_the_id_free() {
    let mut world = World::new().await;
    world.stop(NINGBO).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let refused = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap_err();
    assert_eq!(code(&refused), "home.unreachable");
    assert_eq!(
        hospital.get("r-1").await.unwrap_err().code(),
        tonic::Code::NotFound
    );
    world.start(NINGBO).await;
    let settled = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    assert_eq!(settled.state(), v1::State::Settled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_asked_for_again_after_a_kill() {
    let mut world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::AnswerLost);
    let unknown = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap_err();
    assert_eq!(code(&unknown), "outcome.unknown");
    world.kill(CHENGDU).await;
    assert_eq!(world.status(NINGBO).await.legs_written, 1);
    world.kill(NINGBO).await;
    world.commits(Commits::Pass);
    world.start(NINGBO).await;
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.outcome("r-1").await;
    assert_eq!(settled.state(), v1::State::Settled);
    assert_eq!(settled.decision.as_ref().unwrap().fund_total_fen, 1_316_000);
    assert_eq!(
        hospital
            .settle(settle("r-1", published("V1")))
            .await
            .unwrap(),
        settled
    );
    assert_eq!(legs(&world).await, (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_never_arrived_is_sent_again_after_a_kill() {
    let mut world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::Lost);
    let unknown = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap_err();
    assert_eq!(code(&unknown), "outcome.unknown");
    assert_eq!(
        hospital.get("r-1").await.unwrap().state(),
        v1::State::Prepared
    );
    let occupied = hospital
        .settle(settle("r-2", published("V1")))
        .await
        .unwrap_err();
    assert_eq!(code(&occupied), "visit.in_progress");
    world.kill(CHENGDU).await;
    world.commits(Commits::Pass);
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(hospital.outcome("r-1").await.state(), v1::State::Settled);
    assert_eq!(legs(&world).await, (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_always_lost_is_delivered_by_the_home_region() {
    let world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::AnswerLost);
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap_err();
    let settled = hospital.outcome("r-1").await;
    assert_eq!(settled.receipt.unwrap().amounts[0].amount_fen, 1_316_000);
    assert_eq!(legs(&world).await, (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_settlement_that_is_cancelled_can_never_be() {
    let world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::Lost);
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap_err();
    let sent = world.relay.as_ref().unwrap().last();
    let cancelled = hospital.cancel("r-1", PERSON).await.unwrap();
    assert_eq!(cancelled.state(), v1::State::Abandoned);
    // The lost commit turns up after all.
    let mut home = HomeServiceClient::new(world.lazy_channel(NINGBO));
    let late = home
        .commit(sent)
        .await
        .unwrap()
        .into_inner()
        .outcome
        .unwrap();
    let Outcome::Refused(refused) = late else {
        panic!("{late:?}")
    };
    let shown = refused.refusal.unwrap();
    assert_eq!(shown.code, "id.abandoned");
    world.commits(Commits::Pass);
    assert_eq!(
        hospital
            .settle(settle("r-1", published("V1")))
            .await
            .unwrap()
            .state(),
        v1::State::Abandoned
    );
    let settled = hospital
        .settle(settle("r-2", published("V1")))
        .await
        .unwrap();
    assert_eq!(settled.state(), v1::State::Settled);
    assert_eq!(legs(&world).await, (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_that_comes_too_late_tells_that_it_stands() {
    let world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::AnswerLost);
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap_err();
    let cancelled = hospital.cancel("r-1", PERSON).await.unwrap();
    assert_eq!(cancelled.state(), v1::State::Settled);
    assert_eq!(legs(&world).await, (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_never_arrived_is_buried_at_both_nodes() {
    let mut world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    for _ in 0..2 {
        let buried = hospital.cancel("r-1", PERSON).await.unwrap();
        assert_eq!(buried.state(), v1::State::Abandoned);
    }
    world.kill(CHENGDU).await;
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let late = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    assert_eq!(late.state(), v1::State::Abandoned);
    assert_eq!(legs(&world).await, (0, 0));
}

/// The home region had refused the id, which is not known here any more, and is silent when it is cancelled: that it is given
/// up is told to nobody, so that nothing that is told changes. It is asked again by itself.
#[tokio::test(flavor = "multi_thread")]
async fn while_home_is_silent_a_cancelled_id_has_no_outcome_and_gets_it_by_itself() {
    let mut world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::Lost);
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    let institution = "H51010400001".parse().unwrap();
    let id = settlement_id(region(CHENGDU), institution, "r-9".parse().unwrap());
    let mut commit = world.relay.as_ref().unwrap().last();
    commit.settlement = id.to_string();
    commit.decision.as_mut().unwrap().cash_fen += 1;
    let mut home = HomeServiceClient::new(world.lazy_channel(NINGBO));
    let outcome = home.commit(commit).await.unwrap().into_inner().outcome;
    assert!(matches!(outcome, Some(Outcome::Refused(_))), "{outcome:?}");

    world.stop(NINGBO).await;
    for request in ["r-9", "r-10"] {
        hospital.cancel(request, PERSON).await.unwrap_err();
        let looked = hospital.get(request).await.unwrap_err();
        assert_eq!(code(&looked), "outcome.unknown");
        let again = hospital.settle(settle(request, published("V2"))).await;
        assert_eq!(code(&again.unwrap_err()), "outcome.unknown");
    }
    // Nor after a restart.
    world.kill(CHENGDU).await;
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let looked = hospital.get("r-9").await.unwrap_err();
    assert_eq!(code(&looked), "outcome.unknown");

    world.start(NINGBO).await;
    for (request, state) in [("r-9", v1::State::Refused), ("r-10", v1::State::Abandoned)] {
        let told = hospital.until_known(async |it| it.get(request).await);
        let told = told.await.unwrap();
        assert_eq!(told.state(), state);
        let cancelled = hospital.cancel(request, PERSON).await.unwrap();
        assert_eq!(cancelled.state(), state);
    }
}

/// It is buried here while the home region has a receipt for it: whoever cancels must not charge in full.
#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_stands_at_home_and_is_unknown_here_is_not_told_as_given_up() {
    let world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::Lost);
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    let institution = "H51010400001".parse().unwrap();
    let id = settlement_id(region(CHENGDU), institution, "r-9".parse().unwrap());
    let mut commit = world.relay.as_ref().unwrap().last();
    commit.settlement = id.to_string();
    let mut home = HomeServiceClient::new(world.lazy_channel(NINGBO));
    let outcome = home.commit(commit).await.unwrap().into_inner().outcome;
    assert!(matches!(outcome, Some(Outcome::Receipt(_))), "{outcome:?}");
    for _ in 0..2 {
        let cancelled = hospital.cancel("r-9", PERSON).await.unwrap_err();
        assert_eq!(code(&cancelled), "outcome.unknown");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn past_its_limit_an_open_settlement_is_given_up() {
    let world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::Lost);
    let not_after_ms = 1_678_420_800_000 + 60_000;
    let request = v1::SettleRequest {
        not_after_ms,
        ..settle("r-1", published("V1"))
    };
    hospital.settle(request.clone()).await.unwrap_err();
    world.clock.set("2023-03-10T04:02:00.000Z");
    assert_eq!(hospital.outcome("r-1").await.state(), v1::State::Abandoned);
    let request = v1::SettleRequest {
        request_id: "r-2".to_owned(),
        ..request
    };
    let refused = hospital.settle(request).await.unwrap_err();
    assert_eq!(code(&refused), "request.not_after_passed");
    assert_eq!(legs(&world).await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_derived_again_gives_the_same_answers() {
    let mut world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    for nth in 0..70 {
        let visit = format!("V{nth}");
        hospital
            .settle(settle(&visit, small(&visit)))
            .await
            .unwrap();
    }
    let told = hospital.get("V7").await.unwrap();
    let before = (world.status(NINGBO).await, world.status(CHENGDU).await);
    for region in [NINGBO, CHENGDU] {
        world.stop(region).await;
        world.forget_index(region);
        world.start(region).await;
    }
    let mut hospital = world.hospital(HOSPITAL).await;
    assert_eq!(hospital.get("V7").await.unwrap(), told);
    assert_eq!(
        hospital.settle(settle("V7", small("V7"))).await.unwrap(),
        told
    );
    let after = (world.status(NINGBO).await, world.status(CHENGDU).await);
    assert_eq!((after.0.legs_written, after.1.legs_written), (70, 70));
    assert_eq!(
        (after.0.members, after.1.institutions),
        (before.0.members, before.1.institutions)
    );
    assert_eq!(after.1.catalogue, before.1.catalogue);
    assert_eq!(after.0.policies, before.0.policies);
    let next = hospital.settle(settle("V70", small("V70"))).await.unwrap();
    assert_eq!(next.decision.unwrap().layers[0].start_fen, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_ahead_of_the_journal_keeps_the_node_from_serving() {
    let mut world = World::new().await;
    world.stop(NINGBO).await;
    world.forget_journal(NINGBO);
    let refused = Node::start(world.config(NINGBO)).await.err().unwrap();
    assert!(
        matches!(refused, StartError::Ledger(OpenError::Ahead { .. })),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_is_always_stale_stays_open_and_its_outcome_is_not_known_until_it_has_one() {
    let world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::Stale);
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    // It stays prepared and is put to the home region again: nobody may charge in full on this answer.
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    let open = hospital.get("r-1").await.unwrap();
    assert_eq!(open.state(), v1::State::Prepared);
    let occupied = hospital.settle(settle("r-2", published("V1"))).await;
    assert_eq!(code(&occupied.unwrap_err()), "visit.in_progress");
    world.commits(Commits::Pass);
    let settled = hospital.outcome("r-1").await;
    assert_eq!(settled.state(), v1::State::Settled);
    let again = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(again.unwrap(), settled);
    assert_eq!(legs(&world).await, (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_claim_whose_newer_policy_cannot_be_fetched_has_no_known_outcome_either() {
    let world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::Lost);
    let unknown = hospital.settle(settle("r-1", published("V1"))).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    let older = world.status(NINGBO).await.policies[0].digest.clone();
    let newer = crate::files::replacing("0.60", "2023-03-01", &[&older]);
    world.publish(NINGBO, &newer).await;
    let relay = world.relay.as_ref().unwrap();
    relay.state.lock().unwrap().policies = Policies::Lost;
    world.commits(Commits::Pass);
    for _ in 0..3 {
        let unknown = hospital.settle(settle("r-1", published("V1"))).await;
        assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    }
    relay.state.lock().unwrap().policies = Policies::Pass;
    assert_eq!(hospital.outcome("r-1").await.state(), v1::State::Settled);
}
