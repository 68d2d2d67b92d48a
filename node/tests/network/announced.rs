//! Who is given back anything: a restored node that has said so, under the mark that it drew, so that the peer has journaled the
//! incarnation and takes nothing of an older one any more (PROTOCOL 15).

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::announce_response::Outcome;
use huitong_proto::settlement::v1::recovery_service_client::RecoveryServiceClient;

use crate::bills::{published, settle};
use crate::world::{HOSPITAL, NINGBO, World, code};

fn announce(incarnation: u32, mark: u8) -> v1::AnnounceRequest {
    v1::AnnounceRequest {
        incarnation,
        mark: vec![mark; 16],
        receipts_written: 0,
        receipts_held: 0,
    }
}

fn collect(incarnation: u32, mark: u8) -> v1::CollectRequest {
    v1::CollectRequest {
        incarnation,
        mark: vec![mark; 16],
        after: Vec::new(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_given_back_to_a_restore_that_was_not_announced() {
    let mut world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle("r-1", published("V1"))).await;
    settled.unwrap();
    let node = world.caller("/region/510100/node", NINGBO).await;
    let mut home = RecoveryServiceClient::new(node);
    let refused = async |home: &mut RecoveryServiceClient<_>, incarnation, mark| {
        let given = home.collect_given(collect(incarnation, mark)).await;
        assert_eq!(code(&given.unwrap_err()), "recovery.old_incarnation");
        let received = home.collect_received(collect(incarnation, mark)).await;
        assert_eq!(code(&received.unwrap_err()), "recovery.old_incarnation");
    };
    refused(&mut home, 2, 9).await;
    let outcome = home.announce(announce(2, 9)).await.unwrap().into_inner();
    assert!(matches!(outcome.outcome, Some(Outcome::ReceiptsKnown(_))));
    // Another restore, and one of before.
    refused(&mut home, 2, 8).await;
    refused(&mut home, 1, 9).await;
    let older = home.announce(announce(2, 8)).await.unwrap().into_inner();
    assert_eq!(older.outcome, Some(Outcome::IncarnationKnown(2)));

    // What was announced is in the journal: it holds after a kill and without the index.
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    let node = world.caller("/region/510100/node", NINGBO).await;
    let mut home = RecoveryServiceClient::new(node);
    refused(&mut home, 1, 9).await;
    let given = home.collect_received(collect(2, 9)).await.unwrap();
    assert_eq!(given.into_inner().returned.len(), 1);
}
