//! Words that are handed in: under the certificate in use, whatever else is wrong, and with what was signed instead.

use super::split::split_views;
use super::*;
use crate::world::{certified, year};

/// How a region stands, once it tells this trouble.
async fn troubled(world: &World, region: &str, why: &str) -> WitnessStanding {
    world
        .witness_when(region, |standing| standing.trouble.contains(why))
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_under_a_certificate_that_is_not_taken_is_told_and_handed_in_again_once_there_is_another()
 {
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.settle_some(0, 1).await;
    let proofs = world.proofs();
    let right = Signing::of(&world, "/clearinghouse/signing");
    let revoked = world.ningbo.certified.current().chain()[0].to_vec();
    proofs.revoke(&revoked);
    proofs.show(NINGBO, world.cycle(&right, 1, None).shown(NINGBO));
    let standing = troubled(&world, NINGBO, "does not take this region's word").await;
    assert_eq!((standing.seen, standing.witnessed), (1, 0));
    let key = world.ningbo.signing.key_pem();
    let by = Identity::RegionNodeSigning(region(NINGBO));
    let renewed = world.root.renew_signing(&by, &key, year()).unwrap();
    let renewed = certified(&renewed, &world.trust);
    world.ningbo.certified.renew(renewed).unwrap();
    assert_eq!(world.witnessed(NINGBO, 1).await.refused_count, 0);
    let said = &proofs.said(NINGBO)[0];
    assert_ne!(said.signer[0], revoked);
    assert!(is_signed(&world, said));
    world
        .witness_when(NINGBO, |standing| standing.trouble.is_empty())
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_handed_in_while_what_is_handed_out_next_is_wrong() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.settle_some(0, 2).await;
    let proofs = world.proofs();
    let right = Signing::of(&world, "/clearinghouse/signing");
    let first = world.cycle(&right, 1, None);
    let mut second = world.cycle(&right, 2, Some(&first));
    second.checkpoint.signed.checkpoint.rows += 1;
    for cycle in [&first, &second] {
        proofs.show(NINGBO, cycle.shown(NINGBO));
    }
    world.witnessed(NINGBO, 1).await;
    assert_eq!(proofs.said(NINGBO)[0].word.verdict, Verdict::Holds);
    let standing = troubled(&world, NINGBO, "does not belong").await;
    assert_eq!((standing.seen, standing.newest), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_is_refused_for_another_checkpoint_has_both_kept_and_the_trouble_told() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.settle_some(0, 2).await;
    let proofs = world.proofs();
    let right = Signing::of(&world, "/clearinghouse/signing");
    let [seen, signed] = [1, 2].map(|up_to| world.cycle(&right, up_to, None));
    proofs.sign_instead(signed.shown(NINGBO));
    proofs.show(NINGBO, seen.shown(NINGBO));
    let standing = troubled(&world, NINGBO, "signed another checkpoint").await;
    assert_eq!((standing.seen, standing.split_views), (1, 1));
    let [seen, signed] = [seen, signed].map(|cycle| cycle.checkpoint.signed.checkpoint);
    let both = [(seen, signed, NINGBO.to_owned())];
    assert_eq!(split_views(&world, NINGBO).await, both);
    // Refused again and again it is kept once.
    world.kill(NINGBO).await;
    world.start(NINGBO).await;
    troubled(&world, NINGBO, "signed another checkpoint").await;
    assert_eq!(split_views(&world, NINGBO).await, both);
}
