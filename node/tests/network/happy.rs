//! Claims that are settled: to the fen, with both legs, at home and away.

use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1;

use crate::bills::{at_home, line, published, settle};
use crate::files::CLASS_A;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

#[tokio::test(flavor = "multi_thread")]
async fn the_published_case_of_ningbo_in_chengdu_is_settled_to_the_fen() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let estimate = v1::EstimateRequest {
        bill: Some(published("V1")),
    };
    let estimate = hospital
        .client
        .estimate(estimate)
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        estimate.decision.as_ref().unwrap().fund_total_fen,
        1_316_000
    );

    let settled = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    assert_eq!(settled.state(), v1::State::Settled);
    let decision = settled.decision.unwrap();
    assert_eq!(
        (decision.fund_total_fen, decision.patient_total_fen),
        (1_316_000, 884_000)
    );
    assert_eq!(Some(&decision), estimate.decision.as_ref());
    let receipt = settled.receipt.unwrap();
    assert_eq!(receipt.business_day, "2023-03-10");
    let amount = common::FundAmount {
        fund: common::Fund::ResidentPool.into(),
        amount_fen: 1_316_000,
    };
    assert_eq!(receipt.amounts, vec![amount]);
    let paid: i64 = settled.lines.iter().map(|line| line.layers_fen[0]).sum();
    let cash: i64 = settled.lines.iter().map(|line| line.patient_fen).sum();
    assert_eq!((settled.lines.len(), paid, cash), (3, 1_316_000, 884_000));
    assert!(!settled.explanation.is_empty());

    let (home, treatment) = (world.status(NINGBO).await, world.status(CHENGDU).await);
    assert_eq!((home.legs_written, treatment.legs_written), (1, 1));
    assert_eq!(
        (home.members, treatment.institutions, treatment.prepared),
        (3, 4, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_of_the_own_region_is_settled_by_the_same_path_without_legs() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle("r-1", at_home("V1"))).await.unwrap();
    assert_eq!(settled.state(), v1::State::Settled);
    assert_eq!(settled.decision.unwrap().fund_total_fen, 1_316_000);
    let status = world.status(CHENGDU).await;
    assert_eq!((status.legs_written, status.prepared), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_of_ten_thousand_lines_is_settled() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let mut bill = published("V1");
    bill.lines = (1..=10_000)
        .map(|number| line(number, CLASS_A, 220))
        .collect();
    let settled = hospital.settle(settle("r-1", bill)).await.unwrap();
    let decision = settled.decision.unwrap();
    assert_eq!(
        (decision.total_fen, decision.fund_total_fen),
        (2_200_000, 1_456_000)
    );
    assert_eq!(settled.lines.len(), 10_000);
    assert_eq!(
        settled
            .lines
            .iter()
            .map(|line| line.layers_fen[0])
            .sum::<i64>(),
        1_456_000
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_year_goes_on_where_the_last_bill_left_it() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let second = hospital
        .settle(settle("r-2", published("V2")))
        .await
        .unwrap();
    // The start of the year is met: 20,000 × 0.7.
    assert_eq!(second.decision.unwrap().fund_total_fen, 1_400_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_day_takes_nothing_more() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let close = |day: &str| v1::CloseBusinessDayRequest {
        business_day: day.to_owned(),
    };
    let mut officer = world.officer(NINGBO).await;
    let refused = officer.close_day(close("2023-03-11")).await.unwrap_err();
    assert_eq!(code(&refused), "day.not_begun");
    assert!(refused.message().contains("2023-03-10"), "{refused}");
    for _ in 0..2 {
        let closed = officer
            .close_day(close("2023-03-10"))
            .await
            .unwrap()
            .into_inner();
        assert_eq!((closed.up_to, closed.acknowledged), (1, false));
    }
    // It is open now, and is not closed before it has begun.
    let early = officer.close_day(close("2023-03-11")).await.unwrap_err();
    assert_eq!(code(&early), "day.not_begun");
    let passed = officer.close_day(close("2023-03-09")).await.unwrap_err();
    assert_eq!(code(&passed), "day.not_open");
    let settled = hospital
        .settle(settle("r-2", published("V2")))
        .await
        .unwrap();
    assert_eq!(settled.receipt.unwrap().business_day, "2023-03-11");
}
