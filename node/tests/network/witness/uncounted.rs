//! Checkpoints that say of no region how many rows it has: those of before are looked at, and none comes after one that does.

use super::*;

impl Cycle {
    /// As it was signed before checkpoints had counts.
    fn uncounted(mut self, signing: &Signing) -> Self {
        let mut checkpoint = self.checkpoint.signed.checkpoint.clone();
        checkpoint.counts = None;
        self.checkpoint = signing.sign(checkpoint);
        for part in self.parts.values_mut() {
            let mut statement = part.statement().clone();
            statement.checkpoint = self.checkpoint.clone();
            *part = RegionPart::new(statement).unwrap();
        }
        self
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_has_seen_a_checkpoint_with_counts_refuses_the_next_without_also_after_a_kill()
{
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.settle_some(0, 2).await;
    let signing = Signing::of(&world, "/clearinghouse/signing");
    // Ningbo is shown one with counts and then one without, Chengdu none with any.
    let first = world.cycle(&signing, 1, None);
    let before = world.cycle(&signing, 1, None).uncounted(&signing);
    let proofs = world.proofs();
    for (region, of_first) in [(NINGBO, &first), (CHENGDU, &before)] {
        proofs.show(region, of_first.shown(region));
        assert_eq!(world.witnessed(region, 1).await.refused_count, 0);
    }
    // What the one before had is known from the journal alone.
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    for (region, of_first) in [(NINGBO, &first), (CHENGDU, &before)] {
        let second = world.cycle(&signing, 2, Some(of_first));
        proofs.show(region, second.uncounted(&signing).shown(region));
    }
    let standing = world.witnessed(NINGBO, 2).await;
    assert_eq!((standing.seen, standing.refused_count), (2, 1));
    let refused = &standing.refused[0];
    let [finding] = &*refused.findings else {
        panic!("{refused:?}");
    };
    assert!(finding.starts_with("checkpoint.uncounted"), "{finding}");
    assert_eq!(refused.plan, 2);
    let standing = world.witnessed(CHENGDU, 2).await;
    assert_eq!((standing.seen, standing.refused_count), (2, 0));
}
