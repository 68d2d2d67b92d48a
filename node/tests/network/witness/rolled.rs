//! A node that was down while another root took the place of the one under which checkpoints were signed.

use std::sync::Arc;

use huitong_certs::authority::Hosts;
use huitong_certs::{Authority, Trust, Validity};
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::witness::Verdict;

use super::Signing;
use crate::world::{CHENGDU, World, year};

/// A root that is not trusted any more, and with what the clearinghouse signed under it.
fn old_root(world: &World) -> (Authority, Signing) {
    let valid = Validity::days(jiff::Timestamp::now(), 999).unwrap();
    let old = Authority::new_root(&"huitong.example".parse().unwrap(), valid).unwrap();
    let party = "/clearinghouse/signing".parse().unwrap();
    let issued = old.issue(&party, &Hosts::none(), year()).unwrap();
    let signing = Signing::from(&issued, world);
    (old, signing)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_down_across_a_roll_of_the_root_countersigns_once_it_is_given_both() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.settle_some(0, 3).await;
    let (old, before) = old_root(&world);
    let after = Signing::of(&world, "/clearinghouse/signing");
    let first = world.cycle(&before, 1, None);
    let second = world.cycle(&after, 2, Some(&first));
    let third = world.cycle(&after, 3, Some(&second));
    world.stop(CHENGDU).await;
    let proofs = world.proofs();
    for cycle in [&first, &second] {
        proofs.show(CHENGDU, cycle.shown(CHENGDU));
    }
    // The old root is gone while it was down: it says that it stands still, and countersigns nothing.
    world.start(CHENGDU).await;
    let standing = world
        .witness_when(CHENGDU, |standing| !standing.trouble.is_empty())
        .await;
    assert_eq!((standing.seen, standing.witnessed), (0, 0));
    world.stop(CHENGDU).await;
    let new = Arc::clone(&world.trust);
    let roots = [&world.root, &old].map(|root| root.certificate().clone());
    world.trust = Arc::new(Trust::from_roots(&roots).unwrap());
    world.start(CHENGDU).await;
    let standing = world.witnessed(CHENGDU, 2).await;
    assert_eq!((standing.seen, standing.refused_count), (2, 0));
    // What it has seen stands without the old root.
    world.stop(CHENGDU).await;
    world.trust = new;
    proofs.show(CHENGDU, third.shown(CHENGDU));
    world.start(CHENGDU).await;
    let standing = world.witnessed(CHENGDU, 3).await;
    assert_eq!((standing.seen, standing.refused_count), (3, 0));
    assert_eq!(standing.trouble, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_down_across_a_roll_of_the_root_countersigns_what_is_signed_anew() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.settle_some(0, 2).await;
    let (_, before) = old_root(&world);
    let after = Signing::of(&world, "/clearinghouse/signing");
    let first = world.cycle(&before, 1, None);
    let second = world.cycle(&after, 2, Some(&first));
    world.stop(CHENGDU).await;
    // The checkpoint is signed anew when it is handed out; the part, which nobody signs, carries it as it was.
    let mut anew = first.shown(CHENGDU);
    let checkpoint = &first.checkpoint.signed.checkpoint;
    anew.file = after.sign(checkpoint.clone()).to_bytes();
    let proofs = world.proofs();
    for shown in [anew, second.shown(CHENGDU)] {
        proofs.show(CHENGDU, shown);
    }
    world.start(CHENGDU).await;
    let standing = world.witnessed(CHENGDU, 2).await;
    assert_eq!((standing.seen, standing.refused_count), (2, 0));
    assert_eq!(standing.trouble, "");
    let said = &proofs.said(CHENGDU)[0].word;
    assert_eq!(
        (said.checkpoint, &said.verdict),
        (checkpoint.digest(), &Verdict::Holds)
    );
}
