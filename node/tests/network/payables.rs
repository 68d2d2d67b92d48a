//! What an institution is owed for a month: settled, reversed, deducted, paid, and how late.

use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::deduction_service_client::DeductionServiceClient;
use huitong_proto::settlement::v1::payable_service_client::PayableServiceClient;
use huitong_proto::settlement::v1::{
    DeductionEndReason, DeductionReason, PayoutCorrectionReason as Why, ReversalReason,
};
use tonic::Status;
use tonic::transport::Channel;

use crate::bills::{published, settle, small};
use crate::world::{CHENGDU, HOSPITAL, OTHER_HOSPITAL, World, code};

const OFFICER: &str = "/region/510100/officer/li.wei";
const INSTITUTION: &str = "H51010400001";

async fn desk(world: &World, party: &str) -> PayableServiceClient<Channel> {
    PayableServiceClient::new(world.caller(party, CHENGDU).await)
}

async fn payables(world: &World, party: &str) -> Vec<v1::Payable> {
    let request = v1::ListPayablesRequest {
        month: "2023-03".to_owned(),
        ..v1::ListPayablesRequest::default()
    };
    let answer = desk(world, party).await.list(request).await.unwrap();
    answer.into_inner().payables
}

fn payout(reference: &str, fen: i64) -> v1::Payout {
    v1::Payout {
        reference: reference.to_owned(),
        institution: INSTITUTION.to_owned(),
        month: "2023-03".to_owned(),
        paid_on: "2023-04-20".to_owned(),
        amount_fen: fen,
    }
}

async fn pay(world: &World, payout: v1::Payout) -> Result<v1::Payable, Status> {
    let payout = Some(payout);
    let above_due = false;
    enter(world, v1::PayInstitutionRequest { payout, above_due }).await
}

async fn enter(world: &World, request: v1::PayInstitutionRequest) -> Result<v1::Payable, Status> {
    let answer = desk(world, OFFICER).await.pay(request).await?;
    Ok(answer.into_inner().payable.unwrap())
}

async fn correct(world: &World, payout: v1::Payout, why: Why) -> Result<v1::Payable, Status> {
    let request = v1::CorrectPayoutRequest {
        payout: Some(payout),
        reason: why.into(),
    };
    let answer = desk(world, OFFICER).await.correct(request).await?;
    Ok(answer.into_inner().payable.unwrap())
}

/// One settlement stands, with a deduction that stands and one that was withdrawn; another is reversed.
async fn a_month(world: &World) {
    let mut hospital = world.hospital(HOSPITAL).await;
    let stands = hospital.settle(settle("r-1", published("V1"))).await;
    let stands = stands.unwrap().settlement;
    hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    hospital
        .reverse("x-1", "r-2", ReversalReason::WrongBill)
        .await
        .unwrap();
    let officer = world.caller(OFFICER, CHENGDU).await;
    let mut audit = DeductionServiceClient::new(officer);
    let mut deduction = String::new();
    for (id, fen) in [("d-1", 120_000), ("d-2", 50_000)] {
        let request = v1::OrderDeductionRequest {
            request_id: id.to_owned(),
            settlement: stands.clone(),
            amounts: vec![common::FundAmount {
                fund: common::Fund::ResidentPool.into(),
                amount_fen: fen,
            }],
            reason: DeductionReason::Overcharged.into(),
            note: String::new(),
        };
        let answer = audit.order(request).await.unwrap().into_inner();
        deduction = answer.deduction.unwrap().deduction;
    }
    let request = v1::WithdrawDeductionRequest {
        deduction,
        reason: DeductionEndReason::AppealUpheld.into(),
        note: String::new(),
    };
    audit.withdraw(request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_months_payable_is_what_was_settled_less_what_went_back_and_what_was_paid() {
    let mut world = World::new().await;
    assert_eq!(payables(&world, OFFICER).await, []);
    a_month(&world).await;
    let all = payables(&world, OFFICER).await;
    let [one] = &all[..] else { panic!("{all:?}") };
    assert_eq!(one.institution, INSTITUTION);
    assert_eq!((one.settled, one.reversed), (2, 1));
    assert_eq!(one.settled_fen - one.reversed_fen, 1_316_000);
    assert_eq!((one.deducted, one.deducted_fen), (2, 170_000));
    assert_eq!((one.ended, one.ended_fen), (1, 50_000));
    assert_eq!(one.due_fen, 1_316_000 - 120_000);
    assert_eq!((one.paid_fen, one.remains_fen), (0, one.due_fen));
    // An institution sees itself and nobody else.
    assert_eq!(payables(&world, HOSPITAL).await, all);
    assert_eq!(payables(&world, OTHER_HOSPITAL).await, []);

    let paid = pay(&world, payout("B-1", 1_000_000)).await.unwrap();
    assert_eq!((paid.paid_fen, paid.remains_fen), (1_000_000, 196_000));
    let again = pay(&world, payout("B-1", 1_000_000)).await.unwrap();
    assert_eq!(again, paid);
    let other = pay(&world, payout("B-1", 1)).await.unwrap_err();
    assert_eq!(code(&other), "id.conflict");
    let unknown = correct(&world, payout("B-9", 1), Why::Bounced).await;
    assert_eq!(code(&unknown.unwrap_err()), "payout.unknown");
    let back = correct(&world, payout("B-1", 1_000_000), Why::WrongAmount).await;
    assert_eq!(back.unwrap().remains_fen, one.due_fen);
    let whole = pay(&world, payout("B-1", one.due_fen)).await.unwrap();
    assert_eq!((whole.remains_fen, whole.payouts.len()), (0, 1));
    // What was paid is all there is: another reference is another payment, and most likely the same one twice.
    let twice = pay(&world, payout("B-2", one.due_fen)).await.unwrap_err();
    assert_eq!(code(&twice), "payout.exceeds");
    let again = pay(&world, payout("B-1", one.due_fen)).await;
    assert_eq!(again.unwrap(), whole, "said again it is none of more");
    let meant = v1::PayInstitutionRequest {
        payout: Some(payout("B-2", 1)),
        above_due: true,
    };
    let meant = enter(&world, meant).await.unwrap();
    assert_eq!((meant.remains_fen, meant.payouts.len()), (-1, 2));
    let back = correct(&world, payout("B-2", 1), Why::EnteredTwice).await;
    assert_eq!(back.unwrap(), whole);
    let stranger = v1::Payout {
        institution: "H51010499999".to_owned(),
        ..payout("B-2", 1)
    };
    let stranger = pay(&world, stranger).await.unwrap_err();
    assert_eq!(code(&stranger), "institution.unknown");

    // It is all there again from the journal alone.
    world.kill(CHENGDU).await;
    world.forget_index(CHENGDU);
    world.start(CHENGDU).await;
    assert_eq!(payables(&world, OFFICER).await, [whole]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_paid_by_its_day_is_so_many_days_late() {
    let world = World::new().await;
    a_month(&world).await;
    let [one] = &payables(&world, OFFICER).await[..] else {
        panic!("one institution")
    };
    // The tenth of April, and twenty business days after it; the world's calendar works every day.
    assert_eq!((&*one.due_by, one.days_late), ("2023-04-30", 0));
    world.clock.set("2023-05-03T04:00:00.000Z");
    let [late] = &payables(&world, OFFICER).await[..] else {
        panic!("one institution")
    };
    assert_eq!(late.days_late, 3);
    let paid = pay(&world, payout("B-1", late.remains_fen)).await.unwrap();
    assert_eq!(paid.days_late, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_about_payables_is_heard_from_those_in_the_table_alone() {
    let world = World::new().await;
    let node = "/region/330200/node";
    for party in [node, HOSPITAL, OFFICER] {
        let mut client = desk(&world, party).await;
        let is_heard = |answer: Result<(), Status>| !matches!(answer, Err(status) if code(&status) == "transport.not_allowed");
        let list = client.list(v1::ListPayablesRequest::default()).await;
        assert_eq!(is_heard(list.map(drop)), party != node, "{party}");
        let pay = client.pay(v1::PayInstitutionRequest::default()).await;
        assert_eq!(is_heard(pay.map(drop)), party == OFFICER, "{party}");
        let correct = client.correct(v1::CorrectPayoutRequest::default()).await;
        assert_eq!(is_heard(correct.map(drop)), party == OFFICER, "{party}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restored_node_says_that_payments_may_be_missing() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    a_month(&world).await;
    world.back_up(CHENGDU, backup.path()).await;
    let paid = pay(&world, payout("B-1", 1_000)).await.unwrap();
    assert_eq!(paid.paid_fen, 1_000);
    let request = || v1::ListPayablesRequest {
        month: "2023-03".to_owned(),
        ..v1::ListPayablesRequest::default()
    };
    let before = desk(&world, OFFICER).await.list(request()).await;
    assert_eq!(before.unwrap().into_inner().restored_ms, 0);
    world.lose_and_restore(CHENGDU, backup.path()).await;
    world.recovered(CHENGDU).await;
    let after = desk(&world, OFFICER).await.list(request()).await;
    let after = after.unwrap().into_inner();
    assert!(after.restored_ms > 0);
    assert_eq!(after.payables[0].paid_fen, 0, "nobody can give it back");
    // Entered again from the bank's list it is what it was.
    let again = pay(&world, payout("B-1", 1_000)).await.unwrap();
    assert_eq!(again, paid);
}
