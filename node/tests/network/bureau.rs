//! Settlements taken back by the bureau: delivered, shown, listed with what came after, and owed back.

use huitong_proto::clearing::v1 as clearing;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::ReversalReason as Reason;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;
use huitong_proto::settlement::v1::institution_service_client::InstitutionServiceClient;
use huitong_proto::settlement::v1::registry_service_client::RegistryServiceClient;
use tonic::Status;

use crate::bills::{at_home, dated, published, settle, small};
use crate::reversals::legs;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, OTHER_HOSPITAL, World, code};

/// The bureau of a region reverses.
pub async fn by_officer(
    world: &World,
    region: &str,
    request_id: &str,
    settlement: &str,
    reason: Reason,
) -> Result<v1::OfficerReverseResponse, Status> {
    let request = v1::OfficerReverseRequest {
        request_id: request_id.to_owned(),
        treatment: CHENGDU.to_owned(),
        settlement: settlement.to_owned(),
        reason: reason.into(),
    };
    let answer = world.officer(region).await.reverse(request).await?;
    Ok(answer.into_inner())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_bureau_reverses_reaches_the_hospital_and_stays_until_it_is_acknowledged() {
    let mut world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    // The treatment region is away.
    world.kill(CHENGDU).await;
    let id = settled.settlement.clone();
    let answer = by_officer(&world, NINGBO, "o-1", &id, Reason::WrongPerson)
        .await
        .unwrap();
    assert_eq!(answer.cash_fen, 884_000);
    let again = by_officer(&world, NINGBO, "o-1", &id, Reason::WrongPerson).await;
    assert_eq!(again.unwrap(), answer);
    world.kill(NINGBO).await;
    world.start(NINGBO).await;
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let reversed = hospital.reversed("r-1").await;
    assert_eq!(reversed.reversal, answer.reversal);
    let begun_by = reversed.reversal.clone().unwrap().begun_by;
    let officer = v1::reversal::BegunBy::Officer("li.wei".to_owned());
    assert_eq!(begun_by, Some(officer));
    assert_eq!(hospital.notices().await, std::slice::from_ref(&reversed));
    let mut other = world.hospital(OTHER_HOSPITAL).await;
    assert!(other.notices().await.is_empty());
    let refused = other.acknowledge(&id).await.unwrap_err();
    assert_eq!(code(&refused), "settlement.not_found");
    for _ in 0..2 {
        hospital.acknowledge(&id).await.unwrap();
        assert!(hospital.notices().await.is_empty());
    }
    world.kill(CHENGDU).await;
    world.forget_index(CHENGDU);
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    assert!(hospital.notices().await.is_empty());
    assert_eq!(hospital.get("r-1").await.unwrap(), reversed);
    world
        .status_when(NINGBO, |it| it.receipts_undelivered == 0)
        .await;
    assert_eq!(legs(&world).await, (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_settled_at_home_is_reversed_without_legs_and_shown_too() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.settle(settle("r-1", at_home("V1"))).await.unwrap();
    hospital
        .reverse("x-1", "r-1", Reason::WrongBill)
        .await
        .unwrap();
    let settled = hospital.settle(settle("r-2", at_home("V1"))).await.unwrap();
    let correction = settled.correction.clone().unwrap();
    assert_eq!((correction.refund_fen, correction.owed_fen), (0, 0));
    let id = &settled.settlement;
    by_officer(&world, CHENGDU, "o-1", id, Reason::Ordered)
        .await
        .unwrap();
    let reversed = hospital.reversed("r-2").await;
    assert_eq!(hospital.notices().await, [reversed]);
    assert_eq!(legs(&world).await, (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn later_settlements_are_not_reopened_and_those_that_would_differ_are_listed() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let first = hospital.settle(settle("r-1", small("V1"))).await.unwrap();
    // The second is charged no deductible, because the first was; the third would be after the second.
    let second = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    let third = hospital.settle(settle("r-3", small("V3"))).await.unwrap();
    let id = &first.settlement;
    let answer = by_officer(&world, NINGBO, "o-1", id, Reason::Duplicate)
        .await
        .unwrap();
    assert_eq!((answer.later_standing, answer.later_examined), (2, 2));
    let [differs] = &*answer.later else {
        panic!("{:?}", answer.later)
    };
    assert_eq!(differs.settlement, second.settlement);
    assert_eq!(
        (differs.patient_before_fen, differs.patient_now_fen),
        (90_000, 174_000)
    );
    assert_eq!(differs.amounts[0].before_fen, 210_000);
    assert_eq!(differs.amounts[0].now_fen, 126_000);
    hospital.reversed("r-1").await;
    for stands in [second, third] {
        assert_eq!(hospital.get(&stands.request_id).await.unwrap(), stands);
    }
    // One of another year rests on other totals and comes out the same.
    let other_year = dated(small("V4"), "2023-12-30", "2023-12-31");
    hospital.settle(settle("r-4", other_year)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_legs_of_a_reversal_reach_the_clearinghouse_from_both_sides_and_owe_the_other_way() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let request = v1::CloseBusinessDayRequest {
        business_day: "2023-03-10".to_owned(),
    };
    for region in [NINGBO, CHENGDU] {
        let mut officer = world.officer(region).await;
        officer.close_day(request.clone()).await.unwrap();
    }
    hospital
        .reverse("x-1", "r-1", Reason::WrongBill)
        .await
        .unwrap();
    let (ningbo, chengdu) = (world.held(NINGBO, 2).await, world.held(CHENGDU, 2).await);
    let [owed, back] = &*ningbo else {
        panic!("{ningbo:?}")
    };
    assert_eq!(
        (owed.kind(), back.kind()),
        (clearing::LegKind::Settlement, clearing::LegKind::Reversal)
    );
    assert_eq!(back.side(), clearing::Side::Receivable);
    assert_eq!(
        (&back.debtor, &back.creditor, back.amount_fen),
        (&owed.creditor, &owed.debtor, owed.amount_fen)
    );
    // The day of the settlement is closed; the reversal falls on the next.
    assert_eq!(
        (&*owed.business_day, &*back.business_day),
        ("2023-03-10", "2023-03-11")
    );
    let same = clearing::Leg {
        side: back.side,
        ..chengdu[1].clone()
    };
    assert_eq!(*back, same);
    assert_eq!(chengdu[1].side(), clearing::Side::Payable);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_about_reversals_is_heard_from_those_in_the_table_alone() {
    let world = World::new().await;
    let (node, officer) = ("/region/330200/node", "/region/510100/officer/li.wei");
    let foreign = "/region/330200/officer/li.wei";
    let heard = async |party: &str, call: &str| {
        let channel = world.caller(party, CHENGDU).await;
        let answer = match call {
            "home" => {
                let request = v1::HomeReverseRequest::default();
                let mut client = HomeServiceClient::new(channel);
                client.reverse(request).await.map(drop)
            }
            "institution" => {
                let request = v1::ReverseRequest::default();
                let mut client = InstitutionServiceClient::new(channel);
                client.reverse(request).await.map(drop)
            }
            "list" => {
                let request = v1::ListReversalsRequest::default();
                let mut client = InstitutionServiceClient::new(channel);
                client.list_reversals(request).await.map(drop)
            }
            "acknowledge" => {
                let request = v1::AcknowledgeReversalRequest::default();
                let mut client = InstitutionServiceClient::new(channel);
                client.acknowledge_reversal(request).await.map(drop)
            }
            "officer" => {
                let request = v1::OfficerReverseRequest::default();
                let mut client = RegistryServiceClient::new(channel);
                client.reverse(request).await.map(drop)
            }
            other => panic!("{other}"),
        };
        // Whoever is heard is told what is wrong with an empty message, or has nothing to be shown.
        !matches!(answer, Err(status) if code(&status) == "transport.not_allowed")
    };
    for (call, allowed) in [
        ("home", node),
        ("institution", HOSPITAL),
        ("list", HOSPITAL),
        ("acknowledge", HOSPITAL),
        ("officer", officer),
    ] {
        for party in [node, HOSPITAL, officer, foreign] {
            assert_eq!(heard(party, call).await, party == allowed, "{party} {call}");
        }
    }
}
