//! What regions' nodes are told of clearing: their own, as the certificate says, and nothing of others.

use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::own_clearing_service_client::OwnClearingServiceClient;
use huitong_transport::refusal_code;
use tonic::transport::Channel;

use crate::commands::{clearing, clearing_as, json};
use crate::payments::netted;
use crate::world::{
    CHENGDU, GUANGZHOU, NINGBO, OFFICER, SECOND_OFFICER, World, close, debt, receivable, refusal,
    report,
};

const DAY: &str = "2026-03-01";

async fn node(world: &World, region: &str) -> OwnClearingServiceClient<Channel> {
    OwnClearingServiceClient::new(world.connect(&format!("/region/{region}/node")).await)
}

fn all() -> v1::ListOwnPaymentsRequest {
    v1::ListOwnPaymentsRequest::default()
}

fn of_day() -> v1::ListOwnNoticesRequest {
    v1::ListOwnNoticesRequest {
        business_day: DAY.to_owned(),
        month: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_is_told_which_of_its_debts_wait_whoever_told_of_them() {
    let world = World::begin().await;
    let mut chengdu = world.region(CHENGDU).await;
    report(&mut chengdu, vec![receivable(1, &debt(1, 700))])
        .await
        .unwrap();
    close(&mut chengdu, DAY, 1).await.unwrap();
    let mut ningbo = world.region(NINGBO).await;
    close(&mut ningbo, DAY, 0).await.unwrap();
    json(&world, &["cut-off", "--day", DAY]).await;
    let officers = json(&world, &["exceptions"]).await;
    let first = v1::ListOwnExceptionsRequest { after: None };
    for region in [NINGBO, CHENGDU] {
        let mut client = node(&world, region).await;
        let told = client.list_own_exceptions(first.clone()).await.unwrap();
        let told = told.into_inner();
        assert_eq!((told.exceptions.len(), told.left_off), (1, 0), "{region}");
        let row = &told.exceptions[0];
        assert_eq!(row.reason(), v1::WaitingReason::CounterpartMissing);
        assert_eq!(row.settlement, officers["exceptions"][0]["settlement"]);
        assert_eq!(row.told.as_ref().unwrap().region, CHENGDU);
        assert_eq!(told.ageing.len(), 1);
        // Read on from where it ended there is nothing more.
        let after = v1::ListOwnExceptionsRequest {
            after: row.place.clone(),
        };
        let rest = client.list_own_exceptions(after).await.unwrap();
        assert_eq!(rest.into_inner().exceptions, []);
    }
    let mut stranger = node(&world, GUANGZHOU).await;
    let refused = stranger.list_own_exceptions(first.clone()).await;
    assert_eq!(refusal(refused).0, "stream.unknown_region");
    let mut officer = OwnClearingServiceClient::new(world.connect(OFFICER).await);
    let refused = officer.list_own_exceptions(first).await.unwrap_err();
    assert_eq!(refusal_code(&refused), Some("transport.not_allowed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_is_told_its_own_members_payments_and_notices_and_who_has_not_paid() {
    let world = World::begin().await;
    let digest = netted(&world).await;
    let approve = ["approve", "--day", DAY, "--digest", &digest];
    clearing(&world, &approve).await.unwrap();
    clearing_as(&world, SECOND_OFFICER, &approve).await.unwrap();
    let mut chengdu = node(&world, CHENGDU).await;
    let refused = refusal(chengdu.list_own_notices(of_day()).await);
    assert_eq!(refused.0, "payment.not_ordered");
    clearing(&world, &["instruct", "--day", DAY]).await.unwrap();
    world.clock.put("2026-03-21T04:00:00.000Z");
    let paying = "1-330000-resident_pool";
    let delay = ["delay", "--reference", paying, "--reason", "budget"];
    clearing(&world, &delay).await.unwrap();

    let told = chengdu.list_own_payments(all()).await.unwrap().into_inner();
    assert_eq!((&*told.member, &*told.next), (CHENGDU, ""));
    let row = &told.payments[0];
    let payment = row.payment.as_ref().unwrap();
    assert_eq!(payment.reference, "1-510100-resident_pool");
    assert_eq!((payment.days_late, told.payments.len()), (3, 1));
    let unpaid = v1::UnpaidBy {
        member: "330000".to_owned(),
        open_fen: 1_316_000,
        delay: v1::DelayReason::Budget.into(),
    };
    assert_eq!(row.unpaid_by, [unpaid]);
    let notices = chengdu.list_own_notices(of_day()).await.unwrap();
    let notices = notices.into_inner();
    let told = notices.told.unwrap();
    assert_eq!((&*notices.member, told.notices.len()), (CHENGDU, 1));
    assert_eq!(told.notices[0].parts[0].receivable_fen, 1_316_000);
    assert_eq!(told.approvals.len(), 2);

    let mut ningbo = node(&world, NINGBO).await;
    let told = ningbo.list_own_payments(all()).await.unwrap().into_inner();
    assert_eq!(told.member, "330000");
    let payment = told.payments[0].payment.as_ref().unwrap();
    assert_eq!((&*payment.reference, payment.days_late), (paying, 3));
    assert_eq!(payment.delay(), v1::DelayReason::Budget);
    assert_eq!(
        (told.payments.len(), told.payments[0].unpaid_by.len()),
        (1, 0)
    );
    let both = v1::ListOwnNoticesRequest {
        month: "2026-03".to_owned(),
        ..of_day()
    };
    assert_eq!(
        refusal(ningbo.list_own_notices(both).await).0,
        "request.malformed"
    );
    let mut stranger = node(&world, GUANGZHOU).await;
    let refused = refusal(stranger.list_own_payments(all()).await);
    assert_eq!(refused.0, "stream.unknown_region");
    let refused = refusal(stranger.list_own_notices(of_day()).await);
    assert_eq!(refused.0, "stream.unknown_region");
}
