//! The clearinghouse comes back as it was, in every state of a cycle, with its index or without.

use huitong_clearinghouse::{Clearinghouse, StartError, StoreError};
use huitong_proto::clearing::v1;

use crate::world::{
    CHENGDU, NINGBO, World, close, cut_off, debt, held, net, payable, receivable, report, status,
};

const DAY: &str = "2026-03-01";

/// Stops, perhaps loses the index, and starts again.
async fn come_back(world: &mut World, with_index: Option<()>) {
    world.stop().await;
    if with_index.is_none() {
        world.lose(&["index"]);
    }
    world.start().await.unwrap();
}

#[tokio::test]
async fn every_state_survives_a_restart_and_the_loss_of_the_index() {
    for with_index in [Some(()), None] {
        let mut world = World::begin().await;
        let leg = debt(1, 1_316_000);
        report(&mut world.region(CHENGDU).await, vec![receivable(1, &leg)])
            .await
            .unwrap();
        come_back(&mut world, with_index).await;

        // Open: the stream goes on where it was, and a resend is known.
        let mut chengdu = world.region(CHENGDU).await;
        assert_eq!(held(&mut chengdu).await, 1);
        let resent = vec![receivable(1, &leg), receivable(2, &debt(2, 5))];
        assert_eq!(report(&mut chengdu, resent).await.unwrap(), 2);
        report(&mut world.region(NINGBO).await, vec![payable(1, &leg)])
            .await
            .unwrap();
        for (region, up_to) in [(NINGBO, 1), (CHENGDU, 2)] {
            assert!(
                close(&mut world.region(region).await, DAY, up_to)
                    .await
                    .unwrap()
            );
        }
        come_back(&mut world, with_index).await;

        // Closed: the words of both still stand.
        let cut = cut_off(&mut world.officer().await, DAY).await.unwrap();
        come_back(&mut world, with_index).await;

        // Cut off: the same marks, and what waits still waits since it came.
        let mut officer = world.officer().await;
        assert_eq!(status(&mut officer, DAY).await, cut);
        let plan = net(&mut officer, DAY).await.unwrap();
        let request = || v1::StatementRequest {
            business_day: DAY.to_owned(),
            member: CHENGDU.to_owned(),
            as_of_ms: 0,
        };
        let told = officer.statement(request()).await.unwrap().into_inner();
        come_back(&mut world, with_index).await;

        // Netted: the same bytes, the same statement, and the debt is not netted again.
        let mut officer = world.officer().await;
        assert_eq!(net(&mut officer, DAY).await.unwrap(), plan);
        assert_eq!(
            officer.statement(request()).await.unwrap().into_inner(),
            told
        );
        let mut ningbo = world.region(NINGBO).await;
        report(&mut ningbo, vec![payable(2, &leg)]).await.unwrap();
        report(&mut world.region(CHENGDU).await, vec![receivable(3, &leg)])
            .await
            .unwrap();
        let open = status(&mut officer, "2026-03-02").await;
        assert_eq!((open.agreed_legs, open.waiting_legs), (0, 3));
        world.stop().await;
    }
}

#[tokio::test]
async fn a_journal_that_lost_what_the_index_knows_is_not_served() {
    let mut world = World::begin().await;
    report(
        &mut world.region(CHENGDU).await,
        vec![receivable(1, &debt(1, 5))],
    )
    .await
    .unwrap();
    world.stop().await;
    world.lose(&["journal"]);
    let refused = world.start().await.unwrap_err();
    assert!(
        matches!(refused, StartError::Store(StoreError::IndexAhead)),
        "{refused}"
    );
}

#[tokio::test]
async fn a_second_clearinghouse_on_the_same_data_or_with_anothers_certificate_does_not_start() {
    let world = World::begin().await;
    let refused = Clearinghouse::start(world.config("/clearinghouse"))
        .await
        .unwrap_err();
    assert!(
        matches!(refused, StartError::Store(StoreError::Open(_))),
        "{refused}"
    );
    let node = world.config(&format!("/region/{CHENGDU}/node"));
    let refused = Clearinghouse::start(node).await.unwrap_err();
    assert!(
        matches!(refused, StartError::NotTheClearinghouse(_)),
        "{refused}"
    );
    // The one that runs is not disturbed.
    assert_eq!(held(&mut world.region(CHENGDU).await).await, 0);
}
