//! Tags over the wire, and over a lost disk of the clearinghouse: what a region told is held once, what came after the
//! backup is told again, and nobody counts as reported before they say so again.

use huitong_core::canonical::Artifact as _;
use huitong_core::duplicate::{KeyId, Reach, Tag, TagBatch, TagChange, TagStanding, TagStream};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::tag_service_client::TagServiceClient;
use tonic::Status;
use tonic::transport::Channel;

use crate::backup::{house, words};
use crate::commands::as_officer;
use crate::world::{CHENGDU, NINGBO, World, refusal};

/// A region's node that reports tags.
struct Node {
    client: TagServiceClient<Channel>,
    next: TagBatch,
}

impl Node {
    async fn of(world: &World, region: &str) -> Self {
        let channel = world.connect(&format!("/region/{region}/node")).await;
        let stream = TagStream {
            incarnation: 1,
            generation: 1,
            key: KeyId::from_bytes([5; 8]),
        };
        Self {
            client: TagServiceClient::new(channel),
            next: TagBatch {
                stream,
                number: 1,
                before: TagBatch::BEGINNING,
                changes: Vec::new(),
                reach: Reach::Part,
            },
        }
    }

    /// The next batch: these people are covered.
    fn batch(&mut self, covered: &[u8], reach: Reach) -> TagBatch {
        let covered = covered.iter().map(|nth| TagChange {
            tag: Tag::from_bytes([*nth; 16]),
            standing: TagStanding::Covered,
        });
        let batch = TagBatch {
            changes: covered.collect(),
            reach,
            ..self.next.clone()
        };
        self.next.before = batch.digest();
        self.next.number += 1;
        batch
    }

    async fn report(&mut self, batch: &TagBatch) -> Result<u64, Status> {
        let batch = batch.to_bytes();
        let request = v1::ReportTagsRequest { batch };
        let answer = self.client.report_tags(request).await?;
        Ok(answer.into_inner().held)
    }

    async fn position(&mut self) -> v1::TagPositionResponse {
        let request = v1::TagPositionRequest { incarnation: 1 };
        let answer = self.client.tag_position(request).await;
        answer.unwrap().into_inner()
    }

    /// The tags that it shares, once there are so many, and which regions count as wholly reported.
    async fn matches(&mut self, shared: usize) -> (Vec<Vec<u8>>, Vec<bool>) {
        loop {
            let request = v1::ListMatchesRequest {
                incarnation: 1,
                after: Vec::new(),
            };
            let answer = self.client.list_matches(request).await;
            let answer = answer.unwrap().into_inner();
            if answer.matches.len() == shared {
                let tags = answer.matches.into_iter().map(|shared| shared.tag);
                let whole = answer.regions.iter().map(|region| region.whole);
                return (tags.collect(), whole.collect());
            }
            tokio::task::yield_now().await;
        }
    }

    /// The same once both regions count as wholly reported: one that is indexed further while it is asked counts in part.
    async fn matches_of_all(&mut self, shared: usize) -> Vec<Vec<u8>> {
        loop {
            let (tags, whole) = self.matches(shared).await;
            if whole == [true, true] {
                return tags;
            }
            tokio::task::yield_now().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tags_are_told_again_to_a_restored_clearinghouse_and_nobody_is_whole_before() {
    let mut world = World::begin().await;
    let backups = tempfile::tempdir().unwrap();
    let backup = backups.path().join("backup").display().to_string();
    let config = world.config_file().display().to_string();
    let (mut ningbo, mut chengdu) = (
        Node::of(&world, NINGBO).await,
        Node::of(&world, CHENGDU).await,
    );
    let first = ningbo.batch(&[1, 2], Reach::Part);
    assert_eq!(ningbo.report(&first).await.unwrap(), 1);
    let others = chengdu.batch(&[2, 3], Reach::Whole);
    assert_eq!(chengdu.report(&others).await.unwrap(), 1);
    assert_eq!(ningbo.matches(1).await.0, [[2; 16]]);
    let take = words(&["backup", "--to", &backup], as_officer(&world));
    house(take).await.unwrap();
    // After the backup: somebody more, and with that all of Ningbo's people.
    let second = ningbo.batch(&[3], Reach::Whole);
    assert_eq!(ningbo.report(&second).await.unwrap(), 2);
    let shared = ningbo.matches_of_all(2).await;
    assert_eq!(shared, [[2; 16], [3; 16]]);

    world.stop().await;
    world.lose(&["journal", "index"]);
    let restore = words(&["restore", "--config", &config, "--from", &backup], []);
    house(restore).await.unwrap();
    world.start().await.unwrap();
    let (mut ningbo, mut chengdu) = (
        Node {
            next: ningbo.next,
            ..Node::of(&world, NINGBO).await
        },
        Node {
            next: chengdu.next,
            ..Node::of(&world, CHENGDU).await
        },
    );
    for (node, held) in [(&mut ningbo, 1), (&mut chengdu, 1)] {
        let position = node.position().await;
        assert_eq!((position.held, position.whole), (held, false));
        assert_eq!(position.halted_at, 0);
    }
    assert_eq!(
        ningbo.matches(1).await,
        (vec![vec![2; 16]], vec![false, false])
    );
    // What is not the next on what is held is not taken; what was lost is, as it was.
    let third = ningbo.batch(&[], Reach::Whole);
    let gap = refusal(ningbo.report(&third).await);
    assert_eq!(gap.0, "stream.gap");
    assert_eq!(ningbo.report(&second).await.unwrap(), 2);
    let (shared, _) = chengdu.matches(2).await;
    assert_eq!(shared, [[2; 16], [3; 16]]);
    assert_eq!(ningbo.report(&third).await.unwrap(), 3);
    let again = chengdu.batch(&[], Reach::Whole);
    assert_eq!(chengdu.report(&again).await.unwrap(), 2);
    for node in [&mut ningbo, &mut chengdu] {
        assert!(node.position().await.whole);
        node.matches_of_all(2).await;
    }
}
