//! An institution's month of settlements for other regions: listed, confirmed as listed, taken back, closed.

use huitong_core::digest::sha256;
use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::deduction_service_client::DeductionServiceClient;
use huitong_proto::settlement::v1::payable_service_client::PayableServiceClient;
use huitong_proto::settlement::v1::{DeductionReason, ReversalReason};
use tonic::Status;

use crate::institution_accounts::{MONTH, OFFICER, a_day, desk};
use crate::world::{CHENGDU, HOSPITAL, NINGBO, OTHER_HOSPITAL, World, code};

const INSTITUTION: &str = "H51010400001";

async fn lines(world: &World, party: &str) -> Vec<v1::MonthLine> {
    let request = v1::ListMonthRequest {
        month: MONTH.to_owned(),
        institution: if party == OFFICER {
            INSTITUTION.to_owned()
        } else {
            String::new()
        },
        after: None,
    };
    let answer = desk(world, party).await.list_month(request).await.unwrap();
    let answer = answer.into_inner();
    assert_eq!(answer.next, None);
    answer.lines
}

fn confirmed() -> v1::MonthVerdict {
    let says = v1::month_verdict::Says::Confirmed(v1::MonthConfirmedLine {});
    v1::MonthVerdict { says: Some(says) }
}

fn objected(reason: v1::ObjectionReason) -> v1::MonthVerdict {
    let says = v1::month_verdict::Says::Objected(reason.into());
    v1::MonthVerdict { says: Some(says) }
}

/// What a hospital's own system would send: SHA-256 over the listed digests, and sums.
fn confirm(lines: &[(v1::MonthLine, v1::MonthVerdict)]) -> v1::ConfirmMonthRequest {
    let digests: Vec<u8> = lines
        .iter()
        .flat_map(|(line, _)| line.digest.clone())
        .collect();
    v1::ConfirmMonthRequest {
        month: MONTH.to_owned(),
        lines: lines
            .iter()
            .map(|(line, verdict)| v1::AnsweredLine {
                business_day: line.business_day.clone(),
                settlement: line.settlement.clone(),
                digest: line.digest.clone(),
                verdict: Some(*verdict),
            })
            .collect(),
        count: lines.len() as u64,
        sum_fen: lines.iter().map(|(line, _)| line.pays_fen).sum(),
        digest: sha256(&digests).as_bytes().to_vec(),
    }
}

async fn send(world: &World, request: v1::ConfirmMonthRequest) -> Result<String, Status> {
    let answer = desk(world, HOSPITAL).await.confirm_month(request).await?;
    Ok(answer.into_inner().confirmation)
}

async fn roll_back(world: &World, confirmation: &str) -> Result<(), Status> {
    let request = v1::RollBackMonthRequest {
        month: MONTH.to_owned(),
        confirmation: confirmation.to_owned(),
    };
    let answer = desk(world, HOSPITAL).await.roll_back_month(request).await;
    answer.map(drop)
}

async fn status(world: &World, party: &str) -> Vec<v1::InstitutionMonth> {
    let request = v1::MonthStatusRequest {
        month: MONTH.to_owned(),
        ..v1::MonthStatusRequest::default()
    };
    let answer = desk(world, party).await.month_status(request).await;
    answer.unwrap().into_inner().months
}

async fn set(world: &World, standing: v1::MonthStanding) -> v1::InstitutionMonth {
    let request = v1::SetMonthRequest {
        month: MONTH.to_owned(),
        institution: INSTITUTION.to_owned(),
        standing: standing.into(),
    };
    let answer = desk(world, OFFICER).await.set_month(request).await;
    answer.unwrap().into_inner().month.unwrap()
}

async fn payable(world: &World) -> v1::Payable {
    let officer = world.caller(OFFICER, CHENGDU).await;
    let request = v1::ListPayablesRequest {
        month: MONTH.to_owned(),
        ..v1::ListPayablesRequest::default()
    };
    let answer = PayableServiceClient::new(officer).list(request).await;
    answer.unwrap().into_inner().payables.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_is_confirmed_as_it_was_listed_and_taken_back_until_its_day() {
    let mut world = World::new().await;
    let stands = a_day(&world).await;
    // What was settled for the own region is no line of it.
    let listed = lines(&world, HOSPITAL).await;
    assert_eq!(listed, lines(&world, OFFICER).await);
    assert_eq!(lines(&world, OTHER_HOSPITAL).await, []);
    assert_eq!(listed.len(), 2);
    let one = listed
        .iter()
        .find(|line| line.settlement == stands)
        .unwrap();
    let back = listed
        .iter()
        .find(|line| line.settlement != stands)
        .unwrap();
    assert_eq!(
        (one.home_region.as_str(), one.total_fen),
        (NINGBO, 2_200_000)
    );
    assert_eq!((one.pays_fen, one.reversed_fen), (1_316_000, 0));
    assert_eq!(back.reversed_fen, back.pays_fen);
    let before = payable(&world).await;
    assert_eq!((before.applied, before.waiting), (0, 2));

    let first = confirm(&[(one.clone(), confirmed())]);
    let id = send(&world, first.clone()).await.unwrap();
    assert!(id.starts_with("cfm_"));
    assert_eq!(send(&world, first.clone()).await.unwrap(), id);
    let reason = v1::ObjectionReason::TakenBack;
    let second = confirm(&[(back.clone(), objected(reason))]);
    let second = send(&world, second).await.unwrap();
    assert_ne!(second, id);
    let twice = confirm(&[(one.clone(), objected(reason))]);
    let twice = send(&world, twice).await.unwrap_err();
    assert_eq!(code(&twice), "institution_month.line_confirmed");
    let after = payable(&world).await;
    assert_eq!((after.applied, after.applied_fen), (1, 1_316_000));
    assert_eq!((after.waiting, after.due_fen), (0, before.due_fen));
    let [month] = &status(&world, OFFICER).await[..] else {
        panic!("one institution")
    };
    assert_eq!((month.lines, month.waiting, month.objected), (2, 0, 1));
    assert_eq!(month.confirm_by, "2023-04-20");
    assert_eq!(status(&world, HOSPITAL).await[0], *month);

    roll_back(&world, &id).await.unwrap();
    roll_back(&world, &id).await.unwrap();
    assert_eq!(payable(&world).await.applied, 0);
    let again = send(&world, first).await.unwrap();
    assert_ne!(again, id);
    let closed = set(&world, v1::MonthStanding::Closed).await;
    assert_eq!(closed.closed_by, "li.wei");
    let refused = roll_back(&world, &again).await.unwrap_err();
    assert_eq!(code(&refused), "institution_month.closed");
    set(&world, v1::MonthStanding::Open).await;
    world.clock.set("2023-04-21T04:00:00.000Z");
    let late = roll_back(&world, &again).await.unwrap_err();
    assert_eq!(code(&late), "institution_month.too_late");

    // It is all there again from the journal alone.
    let told = status(&world, OFFICER).await;
    world.kill(CHENGDU).await;
    world.forget_index(CHENGDU);
    world.start(CHENGDU).await;
    assert_eq!(status(&world, OFFICER).await, told);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_after_it_was_listed_is_not_confirmed_and_after_it_was_confirmed_is_shown() {
    let world = World::new().await;
    let stands = a_day(&world).await;
    let listed = lines(&world, HOSPITAL).await;
    let one = listed
        .iter()
        .find(|line| line.settlement == stands)
        .unwrap();
    let officer = world.caller(OFFICER, CHENGDU).await;
    let deduct = |id: &str| v1::OrderDeductionRequest {
        request_id: id.to_owned(),
        settlement: stands.clone(),
        amounts: vec![common::FundAmount {
            fund: common::Fund::ResidentPool.into(),
            amount_fen: 100,
        }],
        reason: DeductionReason::Overcharged.into(),
        note: String::new(),
    };
    let mut audit = DeductionServiceClient::new(officer);
    audit.order(deduct("d-1")).await.unwrap();
    let stale = send(&world, confirm(&[(one.clone(), confirmed())])).await;
    assert_eq!(code(&stale.unwrap_err()), "institution_month.line_changed");
    let listed = lines(&world, HOSPITAL).await;
    let one = listed
        .iter()
        .find(|line| line.settlement == stands)
        .unwrap();
    assert_eq!(one.deducted_fen, 100);
    let mut wrong = confirm(&[(one.clone(), confirmed())]);
    wrong.sum_fen += 1;
    let wrong = send(&world, wrong).await.unwrap_err();
    assert_eq!(code(&wrong), "institution_month.sums");
    send(&world, confirm(&[(one.clone(), confirmed())]))
        .await
        .unwrap();
    assert_eq!(payable(&world).await.applied_fen, 1_315_900);

    audit.order(deduct("d-2")).await.unwrap();
    let listed = lines(&world, HOSPITAL).await;
    let one = listed
        .iter()
        .find(|line| line.settlement == stands)
        .unwrap();
    assert!(one.changed_since);
    assert_eq!(status(&world, OFFICER).await[0].changed_since, 1);
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital
        .reverse("x-9", "r-1", ReversalReason::WrongBill)
        .await
        .unwrap();
    let listed = lines(&world, HOSPITAL).await;
    let one = listed
        .iter()
        .find(|line| line.settlement == stands)
        .unwrap();
    assert_eq!((one.deducted_fen, one.reversed_fen), (0, 1_316_000));
    assert!(one.changed_since);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_without_a_next_one_is_malformed_and_holds_up_nothing() {
    let world = World::new().await;
    let set = v1::SetMonthRequest {
        month: "2199-12".to_owned(),
        institution: INSTITUTION.to_owned(),
        standing: v1::MonthStanding::Closed.into(),
    };
    let last = desk(&world, OFFICER).await.set_month(set).await;
    assert_eq!(code(&last.unwrap_err()), "request.malformed");
    let request = v1::MonthStatusRequest {
        month: "2199-12".to_owned(),
        ..v1::MonthStatusRequest::default()
    };
    let last = desk(&world, OFFICER).await.month_status(request).await;
    assert_eq!(code(&last.unwrap_err()), "request.malformed");
    assert_eq!(status(&world, OFFICER).await, []);
}
