//! What is not on disk yet is neither shown of expense checks nor given back: whoever is told of a word finds it again.

use std::sync::Arc;
use std::time::Duration;

use huitong_journal::DirDisk;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::CheckStanding as Standing;
use huitong_proto::settlement::v1::expense_check_service_client::ExpenseCheckServiceClient;
use tokio::time::timeout;

use crate::expense_checks::{answer, ask, listed, settled, show, stands, verified, words};
use crate::gated::{Gate, Gated, GoesOn};
use crate::patience::until;
use crate::world::{CHENGDU, NINGBO, World};

/// In this time an answer comes that waits for nothing; one that waits comes when the disk goes on, and never before.
const AT_ONCE: Duration = Duration::from_secs(2);

/// The words that Chengdu gives back to Ningbo.
async fn given_back(world: &World) -> usize {
    let node = world.caller("/region/330200/node", CHENGDU).await;
    let request = v1::CollectCheckWordsRequest::default();
    let mut client = ExpenseCheckServiceClient::new(node);
    let given = client.collect_words(request).await.unwrap();
    given.into_inner().words.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_word_that_is_not_on_disk_is_neither_shown_nor_left_out_of_what_is_given_back() {
    let mut world = World::new().await;
    let settlement = settled(&world, "r-1", "V1").await;
    world.stop(CHENGDU).await;
    let gate = Arc::new(Gate::default());
    let disk = DirDisk::at(world.journal(CHENGDU)).unwrap();
    let gated = Gated::of(disk, &gate);
    world.start_on(CHENGDU, gated).await;
    let _goes_on = GoesOn(Arc::clone(&gate));
    let check = ask(&world, "k-1", &settlement).await.unwrap().check;
    stands(&world, CHENGDU, &check, Standing::Waiting).await;
    assert_eq!(given_back(&world).await, 1);
    gate.close();
    let answering = answer(&world, &check, verified());
    let looking = async {
        until(async || {
            let shown = timeout(AT_ONCE, show(&world, CHENGDU, &check)).await;
            let Ok(shown) = shown else {
                // On a slow machine a look takes as long though it waits for nothing: it is looked again.
                return if gate.is_waited() { Ok(()) } else { Err(None) };
            };
            let shown = shown.unwrap();
            let standing = shown.check.clone().unwrap().standing();
            match (standing, &*words(&shown.said)) {
                (Standing::Waiting, ["ask"]) => Err(Some(shown)),
                other => panic!("shown before it is on disk: {other:?}"),
            }
        })
        .await;
        // What is given back waits too, and is whole.
        if let Ok(given) = timeout(AT_ONCE, given_back(&world)).await {
            assert_eq!(given, 2, "a word is left out");
        }
        assert!(timeout(AT_ONCE, listed(&world, CHENGDU)).await.is_err());
        gate.open();
    };
    let (answered, ()) = tokio::join!(answering, looking);
    assert_eq!(answered.unwrap().standing(), Standing::Answered);
    stands(&world, NINGBO, &check, Standing::Answered).await;
    let shown = show(&world, CHENGDU, &check).await.unwrap();
    assert_eq!(words(&shown.said), ["ask", "answer"]);
    assert_eq!(given_back(&world).await, 2);
}
