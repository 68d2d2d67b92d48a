//! Two checkpoints of one day, found out by an ordinary call between nodes.

use super::*;

/// The plans of which a region's officer is shown two checkpoints: own, other and from whom.
pub async fn split_views(world: &World, region: &str) -> Vec<(Checkpoint, Checkpoint, String)> {
    let party = format!("/region/{region}/officer/li.wei");
    let officer = world.caller(&party, region);
    let mut client = WitnessOfficeServiceClient::new(officer.await);
    let request = v1::ListSplitViewsRequest::default();
    let answer = client.list_split_views(request).await.unwrap().into_inner();
    let read = |file: &[u8]| {
        let certified = CertifiedCheckpoint::from_bytes(file).unwrap();
        let trust = &world.trust;
        let now = jiff::Timestamp::now();
        let key = CertifiedKey::from_der(&certified.signer, trust, now).unwrap();
        assert_eq!(*key.identity(), Identity::ClearinghouseSigning);
        certified.signed.checkpoint
    };
    let views = answer.views.iter();
    views
        .map(|view| (read(&view.own), read(&view.other), view.from.clone()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clearinghouse_that_signs_two_checkpoints_for_a_day_is_found_out_by_an_ordinary_call() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.settle_some(0, 2).await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let proofs = world.proofs();
    // Either holds in itself and against the book of whom it is shown to.
    let (one, two) = (
        world.cycle(&signing, 1, None),
        world.cycle(&signing, 2, None),
    );
    let [of_one, of_two] = [&one, &two].map(|cycle| cycle.checkpoint.signed.checkpoint.clone());
    assert_eq!((of_one.plan, of_one.day), (of_two.plan, of_two.day));
    proofs.show(NINGBO, one.shown(NINGBO));
    proofs.show(CHENGDU, two.shown(CHENGDU));
    for region in [NINGBO, CHENGDU] {
        let standing = world.witnessed(region, 1).await;
        assert_eq!((standing.refused_count, standing.split_views), (0, 0));
    }
    // Nothing but a bill that is settled.
    world.settle_some(2, 3).await;
    for (region, other) in [(NINGBO, CHENGDU), (CHENGDU, NINGBO)] {
        world
            .witness_when(region, |standing| standing.split_views > 0)
            .await;
        let found = split_views(&world, region).await;
        let expected = if region == NINGBO {
            (of_one.clone(), of_two.clone(), other.to_owned())
        } else {
            (of_two.clone(), of_one.clone(), other.to_owned())
        };
        assert_eq!(found, [expected]);
    }
    // It is kept, and once: also after a kill, from the journal alone.
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    world.settle_some(3, 4).await;
    assert_eq!(split_views(&world, NINGBO).await.len(), 1);
    assert_eq!(world.witness(CHENGDU).await.split_views, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_that_nobody_can_show_signed_is_no_evidence_and_disturbs_no_call() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.settle_some(0, 2).await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    let proofs = world.proofs();
    let first = world.cycle(&signing, 1, None);
    for region in [NINGBO, CHENGDU] {
        proofs.show(region, first.shown(region));
        world.witnessed(region, 1).await;
    }
    let as_chengdu = world.caller("/region/510100/node", NINGBO).await;
    let mut client = WitnessServiceClient::new(as_chengdu);
    for nth in 0..200_u8 {
        let lie = format!("checkpoint 1 2023-03-10 {}", sha256(&[nth]));
        for said in [lie, format!("checkpoint {nth} nonsense"), "x".repeat(4_000)] {
            let mut request = Request::new(v1::GetSeenCheckpointRequest { plan: 1 });
            let said = said.parse().unwrap();
            request.metadata_mut().insert("huitong-remark", said);
            let answer = client.get_seen_checkpoint(request).await.unwrap();
            assert_eq!(answer.into_inner().file, first.checkpoint.to_bytes());
        }
    }
    let second = world.cycle(&signing, 2, Some(&first));
    for region in [NINGBO, CHENGDU] {
        proofs.show(region, second.shown(region));
        let standing = world.witnessed(region, 2).await;
        assert_eq!((standing.split_views, standing.refused_count), (0, 0));
        assert_eq!(standing.trouble, "");
    }
    assert_eq!(split_views(&world, NINGBO).await, []);
    world.settle_some(2, 3).await;
}
