//! What proves one settlement: from either region's node, against the checkpoint of the day that took it.

use huitong_core::checkpoint::receipt::ReceiptProof;
use huitong_core::checkpoint::receipt::text::{LETTERS_AT_MOST, read as read_text, texts};
use huitong_core::leg::LegKind;
use huitong_proto::settlement::v1::ReversalReason;
use tonic::Status;

use super::*;
use crate::bills::at_home;
use crate::provisional::{allowed, emergency, estimate};
use crate::world::code;

/// What a region's officer is told of a settlement: the proofs, what waits, and whether it is reversed.
async fn proven(
    world: &World,
    region: &str,
    settlement: &str,
) -> Result<(Vec<ReceiptProof>, u64, bool), Status> {
    let party = format!("/region/{region}/officer/li.wei");
    let officer = world.caller(&party, region);
    let mut client = WitnessOfficeServiceClient::new(officer.await);
    let request = v1::ProveReceiptRequest {
        settlement: settlement.to_owned(),
    };
    let told = client.prove_receipt(request).await?.into_inner();
    let proofs = told.proofs.iter();
    let proofs = proofs.map(|bytes| ReceiptProof::from_bytes(bytes).unwrap());
    Ok((proofs.collect(), told.waiting, told.reversed))
}

async fn refused(world: &World, region: &str, settlement: &str) -> String {
    code(&proven(world, region, settlement).await.unwrap_err())
}

/// Shows a cycle to both regions, and waits until both have looked at it.
async fn shown(world: &World, cycle: &Cycle) {
    let proofs = world.proofs();
    for region in [NINGBO, CHENGDU] {
        proofs.show(region, cycle.shown(region));
    }
    let plan = cycle.checkpoint.signed.checkpoint.plan;
    for region in [NINGBO, CHENGDU] {
        world.witnessed(region, plan).await;
    }
}

/// The settlements of the legs that a region reported, in order.
fn settlements(world: &World) -> Vec<String> {
    let clearing = world.clearing.as_ref().unwrap();
    let legs = read(&clearing.held(CHENGDU));
    legs.iter()
        .map(|leg| leg.leg.settlement.to_string())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_is_proven_by_either_node_once_its_day_is() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.settle_some(0, 4).await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let settlements = settlements(&world);
    let all: Vec<&str> = settlements.iter().map(String::as_str).collect();
    // Netted, and not looked at yet.
    let first = world.cycle(&signing, 3, None);
    assert_eq!(refused(&world, NINGBO, all[0]).await, "receipt.not_proven");
    shown(&world, &first).await;
    let checkpoint = &first.checkpoint.signed.checkpoint;
    for settlement in &all[..3] {
        let (proofs, waiting, reversed) = proven(&world, NINGBO, settlement).await.unwrap();
        assert_eq!((proofs.len(), waiting, reversed), (1, 0, false));
        let proof = &proofs[0];
        assert_eq!(proof.settlement().to_string(), *settlement);
        assert_eq!(proof.check(checkpoint), []);
        // The other side says the same, byte for byte, and it fits one code.
        let (others, ..) = proven(&world, CHENGDU, settlement).await.unwrap();
        assert_eq!(others, proofs);
        let [text] = texts(proof).try_into().unwrap();
        assert!(text.len() <= LETTERS_AT_MOST);
        assert_eq!(read_text(&text).as_ref(), Ok(proof));
    }
    // The fourth is in no cycle yet, then in the next; the first keeps its proof, also after a kill.
    let (of_first, ..) = proven(&world, NINGBO, all[0]).await.unwrap();
    assert_eq!(refused(&world, NINGBO, all[3]).await, "receipt.not_proven");
    let second = world.cycle(&signing, 4, Some(&first));
    shown(&world, &second).await;
    let (proofs, ..) = proven(&world, CHENGDU, all[3]).await.unwrap();
    assert_eq!(proofs[0].check(&second.checkpoint.signed.checkpoint), []);
    assert_eq!(proofs[0].check(checkpoint).len(), 1, "another day's");
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    assert_eq!(proven(&world, NINGBO, all[0]).await.unwrap().0, of_first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_that_is_reversed_is_proven_as_it_was_netted_and_its_reversal_in_its_own_day()
{
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.settle_some(0, 2).await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let settled = settlements(&world)[0].clone();
    let first = world.cycle(&signing, 2, None);
    shown(&world, &first).await;
    let before = proven(&world, NINGBO, &settled).await.unwrap();
    let mut hospital = world.hospital(HOSPITAL).await;
    let reason = ReversalReason::WrongBill;
    hospital.reverse("x-1", "V0", reason).await.unwrap();
    for region in [NINGBO, CHENGDU] {
        world.held(region, 3).await;
    }
    let (proofs, waiting, reversed) = proven(&world, NINGBO, &settled).await.unwrap();
    assert_eq!((&proofs, waiting, reversed), (&before.0, 1, true));
    let second = world.cycle(&signing, 3, Some(&first));
    shown(&world, &second).await;
    for region in [NINGBO, CHENGDU] {
        let (proofs, waiting, reversed) = proven(&world, region, &settled).await.unwrap();
        assert_eq!((proofs.len(), waiting, reversed), (2, 0, true));
        assert_eq!(proofs[0], before.0[0]);
        assert_eq!(proofs[1].legs()[0].kind, LegKind::Reversal);
        assert_eq!(proofs[1].check(&second.checkpoint.signed.checkpoint), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_is_not_what_was_looked_at_proves_nothing() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.settle_some(0, 3).await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let settlements = settlements(&world);
    let first = world.cycle(&signing, 3, None);
    let proofs = world.proofs();
    // The checkpoint is right, and what is handed out of it lacks a leg.
    proofs.show(CHENGDU, first.shown(CHENGDU));
    let dropped = first.shown_with(NINGBO, |part| {
        part.rows[0].legs.remove(0);
    });
    proofs.show(NINGBO, dropped);
    for region in [NINGBO, CHENGDU] {
        world.witnessed(region, 1).await;
    }
    for settlement in &settlements {
        assert_eq!(refused(&world, NINGBO, settlement).await, "receipt.differs");
        assert_eq!(
            proven(&world, CHENGDU, settlement).await.unwrap().0.len(),
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_checkpoint_can_prove_is_refused_by_its_reason() {
    let mut world = allowed(World::new().await).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    // Without a clearinghouse there is none.
    let local = hospital
        .settle(settle("r-home", at_home("H1")))
        .await
        .unwrap();
    assert_eq!(
        refused(&world, CHENGDU, &local.settlement).await,
        "receipt.off"
    );
    world.clearinghouse().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let local = local.settlement;
    assert_eq!(refused(&world, CHENGDU, &local).await, "receipt.no_legs");
    let unknown = "stl_0000000000000000000000000e";
    for region in [NINGBO, CHENGDU] {
        assert_eq!(
            refused(&world, region, unknown).await,
            "settlement.not_found"
        );
        assert_eq!(refused(&world, region, "x").await, "request.malformed");
    }
    // Provisional: nobody at home has said anything of it.
    estimate(&mut hospital, emergency(small("V1"))).await;
    world.stop(NINGBO).await;
    let given = hospital.settle(settle("r-1", emergency(small("V1")))).await;
    let given = given.unwrap().settlement;
    assert_eq!(
        refused(&world, CHENGDU, &given).await,
        "receipt.provisional"
    );
}
