//! The same id again, the same visit again, and two hospitals at once.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::get_settlement_request::By;
use huitong_proto::settlement::v1::institution_service_client::InstitutionServiceClient;
use tokio::task::JoinSet;

use crate::bills::{at_home, published, settle};
use crate::world::{CHENGDU, HOSPITAL, NINGBO, OTHER_HOSPITAL, World, code};

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_id_gets_the_same_answer() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let first = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let again = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    assert_eq!(first, again);
    assert_eq!(hospital.get("r-1").await.unwrap(), first);
    assert_eq!(
        (
            world.status(NINGBO).await.legs_written,
            world.status(CHENGDU).await.legs_written
        ),
        (1, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_is_bound_to_its_request_and_names_what_differs() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let mut other_bill = published("V1");
    other_bill.lines[0].amount_fen += 100;
    other_bill.total_fen += 100;
    for (bill, differs) in [
        (published("V2"), "visit"),
        (at_home("V1"), "person"),
        (other_bill, "bill"),
    ] {
        let refused = hospital.settle(settle("r-1", bill)).await.unwrap_err();
        assert_eq!(code(&refused), "id.conflict", "{refused}");
        assert!(
            refused.message().contains(&format!("[{differs}]")),
            "{refused}"
        );
    }
    // The same id of another institution is another id.
    let mut other = world.hospital(OTHER_HOSPITAL).await;
    assert_eq!(
        other.get("r-1").await.unwrap_err().code(),
        tonic::Code::NotFound
    );
    let settled = other.settle(settle("r-1", published("V1"))).await.unwrap();
    assert_eq!(settled.state(), v1::State::Settled);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_is_settled_once_whatever_id_is_used() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let first = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let refused = hospital
        .settle(settle("r-2", published("V1")))
        .await
        .unwrap_err();
    assert_eq!(code(&refused), "visit.already_settled");
    assert!(refused.message().contains(&first.settlement), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_ids_for_one_visit_at_once_one_is_settled() {
    let world = World::new().await;
    let hospital = world.hospital(HOSPITAL).await;
    let mut tries = JoinSet::new();
    for nth in 0..8 {
        let mut hospital = hospital.clone();
        tries.spawn(async move {
            hospital
                .settle(settle(&format!("r-{nth}"), published("V1")))
                .await
        });
    }
    let mut settled = 0;
    for outcome in tries.join_all().await {
        match outcome {
            Ok(settlement) => {
                assert_eq!(settlement.state(), v1::State::Settled);
                settled += 1;
            }
            Err(refused) => {
                let code = code(&refused);
                assert!(
                    ["visit.in_progress", "visit.already_settled"].contains(&&*code),
                    "{refused}"
                );
            }
        }
    }
    assert_eq!(settled, 1);
    assert_eq!(world.status(CHENGDU).await.legs_written, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_one_id_sent_many_times_at_once_all_get_the_one_answer() {
    let world = World::new().await;
    let hospital = world.hospital(HOSPITAL).await;
    let mut tries = JoinSet::new();
    for _ in 0..8 {
        let mut hospital = hospital.clone();
        tries.spawn(async move {
            hospital
                .settle(settle("r-1", published("V1")))
                .await
                .unwrap()
        });
    }
    let answers = tries.join_all().await;
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(world.status(NINGBO).await.legs_written, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hospitals_at_once_use_one_deductible() {
    let world = World::new().await;
    let mut tries = JoinSet::new();
    for (who, path) in [(0, HOSPITAL), (1, OTHER_HOSPITAL)] {
        let hospital = world.hospital(path).await;
        for nth in 0..6 {
            let mut hospital = hospital.clone();
            let visit = format!("V{who}-{nth}");
            tries.spawn(async move {
                hospital
                    .settle(settle(&visit, published(&visit)))
                    .await
                    .unwrap()
            });
        }
    }
    let settled = tries.join_all().await;
    let decisions: Vec<_> = settled
        .into_iter()
        .map(|one| one.decision.unwrap())
        .collect();
    let started: i64 = decisions.iter().map(|one| one.layers[0].start_fen).sum();
    let paid: i64 = decisions.iter().map(|one| one.fund_total_fen).sum();
    assert_eq!(
        (started, paid),
        (120_000, (12 * 2_000_000 - 120_000) * 7 / 10)
    );
    assert_eq!(
        (
            world.status(NINGBO).await.legs_written,
            world.status(CHENGDU).await.legs_written
        ),
        (12, 12)
    );
}

/// An id may become known to others; what it stands for is the institution's and its region's to see.
#[tokio::test(flavor = "multi_thread")]
async fn by_its_id_a_settlement_is_told_to_its_institution_and_its_regions_officers_alone() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle("r-1", published("V1"))).await;
    let settled = settled.unwrap();
    let officer = "/region/510100/officer/li.wei";
    let get = async |party: &str, by: By| {
        let mut desk = InstitutionServiceClient::new(world.caller(party, CHENGDU).await);
        let request = v1::GetSettlementRequest { by: Some(by) };
        let answer = desk.get_settlement(request).await;
        answer.map(|answer| answer.into_inner().settlement.unwrap())
    };
    let id = || By::Settlement(settled.settlement.clone());
    for party in [HOSPITAL, officer] {
        assert_eq!(get(party, id()).await.unwrap(), settled, "{party}");
    }
    let other = get(OTHER_HOSPITAL, id()).await.unwrap_err();
    assert_eq!(code(&other), "settlement.not_found");
    // An officer has no request ids of their own.
    let by_request = get(officer, By::RequestId("r-1".to_owned())).await;
    assert_eq!(code(&by_request.unwrap_err()), "request.malformed");
}
