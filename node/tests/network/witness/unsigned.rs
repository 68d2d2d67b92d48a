//! What is shown as the clearinghouse's and is not.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_the_clearinghouse_did_not_sign_is_an_alarm_and_nothing_is_written_down_of_it() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.settle_some(0, 1).await;
    let proofs = world.proofs();
    // A region's signing key is no clearinghouse's.
    let own = Signing::of(&world, "/region/330200/node/signing");
    proofs.show(NINGBO, world.cycle(&own, 1, None).shown(NINGBO));
    let right = Signing::of(&world, "/clearinghouse/signing");
    let mut changed = world.cycle(&right, 1, None);
    changed.checkpoint.signed.checkpoint.rows += 1;
    proofs.show(CHENGDU, changed.shown(CHENGDU));
    for (region, why) in [
        (
            NINGBO,
            "signed as /region/330200/node/signing, not as /clearinghouse/signing",
        ),
        (CHENGDU, "does not belong"),
    ] {
        let standing = world
            .witness_when(region, |standing| !standing.trouble.is_empty())
            .await;
        assert!(standing.trouble.contains(why), "{standing:?}");
        assert_eq!((standing.seen, standing.refused_count), (0, 0));
        assert_eq!(proofs.said(region).len(), 0);
    }
}
