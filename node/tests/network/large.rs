//! A bill of which a fund would pay more than two regions owe each other as one leg.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::commit_response::Outcome;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;

use crate::bills::{published, settle};
use crate::files::replacing;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

/// Ningbo pays 70 % without a ceiling from 1 March on.
async fn world() -> World {
    let world = World::relayed().await;
    let older = world.status(NINGBO).await.policies[0].digest.clone();
    let newer = replacing("0.70", "2023-03-01", &[&older]);
    let lines = newer.lines().filter(|line| !line.starts_with("ceilings"));
    let newer: Vec<_> = lines.collect();
    world.publish(NINGBO, &newer.join("\n")).await;
    world
}

/// The published bill a thousand times over: of 20 million in scope the pool would pay nearly 14.
fn dear(visit: &str) -> v1::Bill {
    let mut bill = published(visit);
    bill.total_fen *= 1_000;
    for line in &mut bill.lines {
        line.amount_fen *= 1_000;
    }
    bill
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_much_for_one_leg_is_refused_by_both_regions_and_leaves_nothing() {
    let world = world().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let refused = hospital.settle(settle("r-1", dear("V1"))).await;
    let refused = refused.unwrap_err();
    assert_eq!(code(&refused), "decision.leg_too_large");
    let refusal = huitong_node::grpc::status::refusal_of(&refused).unwrap();
    assert_eq!(refusal.detail, "10000000.00");
    let estimate = v1::EstimateRequest {
        bill: Some(dear("V1")),
    };
    let refused = hospital.client.estimate(estimate).await.unwrap_err();
    assert_eq!(code(&refused), "decision.leg_too_large");
    assert_eq!(world.status(CHENGDU).await.prepared, 0);

    // The id is free, and settles the bill as it is.
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    // The home region looks by itself, whatever the treatment region sends of a visit that it has shown.
    crate::provisional::estimate(&mut hospital, published("V2")).await;
    let mut large = world.relay.as_ref().unwrap().last();
    let last = large.settlement.pop().unwrap();
    large.settlement.push(if last == 'a' { 'b' } else { 'a' });
    large.version.as_mut().unwrap().change += 1;
    let claim = large.claim.as_mut().unwrap();
    claim.visit.as_mut().unwrap().number = "V2".to_owned();
    for line in &mut claim.lines {
        let parts = line.parts.as_mut().unwrap();
        parts.in_scope_fen *= 1_000;
    }
    let mut home = HomeServiceClient::new(world.lazy_channel(NINGBO));
    let answer = home.commit(large).await.unwrap().into_inner();
    let Some(Outcome::Refused(refused)) = answer.outcome else {
        panic!("{answer:?}")
    };
    assert_eq!(refused.refusal.unwrap().code, "decision.leg_too_large");
    assert_eq!(world.status(NINGBO).await.legs_written, 1);
}
