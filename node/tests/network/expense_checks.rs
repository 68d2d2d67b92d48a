//! Expense checks between two nodes: by their days, and with a reversal.

use huitong_core::money::Fen;
use huitong_node::checks::CheckRule;
use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::deduction_service_client::DeductionServiceClient;
use huitong_proto::settlement::v1::expense_check_service_client::ExpenseCheckServiceClient;
use huitong_proto::settlement::v1::{
    CheckReason as Reason, CheckStanding as Standing, DeductionReason, DeductionStanding,
    ReversalReason, SendBackReason,
};
use tonic::Status;
use tonic::transport::Channel;

use crate::bills::{published, settle, small};
use crate::bureau::by_officer;
use crate::patience::until;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, code};

/// What both regions go by: the published bill is large enough.
pub fn rule() -> CheckRule {
    CheckRule {
        at_least: Fen::new(1_000_000).unwrap(),
        ..CheckRule::STANDARD
    }
}

pub async fn desk(world: &World, region: &str) -> ExpenseCheckServiceClient<Channel> {
    let officer = format!("/region/{region}/officer/li.wei");
    ExpenseCheckServiceClient::new(world.caller(&officer, region).await)
}

pub async fn ask(world: &World, id: &str, settlement: &str) -> Result<v1::ExpenseCheck, Status> {
    let request = v1::AskCheckRequest {
        request_id: id.to_owned(),
        treatment_region: CHENGDU.to_owned(),
        settlement: settlement.to_owned(),
        reason: Reason::UnusualAmount.into(),
    };
    let answer = desk(world, NINGBO).await.ask(request).await?;
    Ok(answer.into_inner().check.unwrap())
}

pub async fn answer(
    world: &World,
    check: &str,
    finding: v1::CheckFinding,
) -> Result<v1::ExpenseCheck, Status> {
    let request = v1::AnswerCheckRequest {
        check: check.to_owned(),
        finding: Some(finding),
        digest: digest(world, CHENGDU, check).await,
    };
    let answer = desk(world, CHENGDU).await.answer(request).await?;
    Ok(answer.into_inner().check.unwrap())
}

/// The last word of a check in a region's book, once it is there: on a busy machine it may be sent once more.
pub async fn digest(world: &World, region: &str, check: &str) -> Vec<u8> {
    let shown = until(async || show(world, region, check).await).await;
    shown.check.unwrap().digest
}

/// Confirms what was looked at then.
pub async fn confirm_at(
    world: &World,
    region: &str,
    check: &str,
    digest: Vec<u8>,
) -> Result<v1::ExpenseCheck, Status> {
    let check = check.to_owned();
    let request = v1::ConfirmCheckRequest { check, digest };
    let answer = desk(world, region).await.confirm(request).await?;
    Ok(answer.into_inner().check.unwrap())
}

pub async fn confirm(world: &World, region: &str, check: &str) -> Result<v1::ExpenseCheck, Status> {
    let looked_at = digest(world, region, check).await;
    confirm_at(world, region, check, looked_at).await
}

pub async fn send_back(world: &World, check: &str) -> Result<v1::ExpenseCheck, Status> {
    let request = v1::SendBackCheckRequest {
        check: check.to_owned(),
        reason: SendBackReason::Incomplete.into(),
        digest: digest(world, NINGBO, check).await,
    };
    let answer = desk(world, NINGBO).await.send_back(request).await?;
    Ok(answer.into_inner().check.unwrap())
}

pub async fn show(
    world: &World,
    region: &str,
    check: &str,
) -> Result<v1::ShowCheckResponse, Status> {
    let check = check.to_owned();
    let answer = desk(world, region)
        .await
        .show(v1::ShowCheckRequest { check })
        .await?;
    Ok(answer.into_inner())
}

/// Waits until a check stands so in a region's book, with nothing left to send.
pub async fn stands(
    world: &World,
    region: &str,
    check: &str,
    standing: Standing,
) -> v1::ExpenseCheck {
    until(async || {
        let shown = show(world, region, check).await;
        let found = shown.map_err(|status| format!("{status:?}"))?;
        let found = found.check.unwrap();
        if found.standing() == standing && found.to_send == 0 {
            Ok(found)
        } else {
            Err(format!("{found:?}"))
        }
    })
    .await
}

/// Does what is refused as long as words are given back to a region.
pub async fn once_collected<T>(mut does: impl AsyncFnMut() -> Result<T, Status>) -> T {
    until(async || match does().await {
        Err(status) if code(&status) == "check.collecting" => Err(status),
        done => Ok(done.unwrap()),
    })
    .await
}

pub async fn listed(world: &World, region: &str) -> Vec<v1::ExpenseCheck> {
    page(world, region).await.checks
}

pub async fn page(world: &World, region: &str) -> v1::ListChecksResponse {
    let request = v1::ListChecksRequest::default();
    let answer = desk(world, region).await.list(request).await.unwrap();
    answer.into_inner()
}

/// What was said in a check, the same in both books.
pub async fn said(world: &World, check: &str) -> Vec<v1::CheckSaid> {
    let at_home = show(world, NINGBO, check).await.unwrap().said;
    let at_treatment = show(world, CHENGDU, check).await.unwrap().said;
    assert_eq!(at_home, at_treatment);
    at_home
}

pub fn words(said: &[v1::CheckSaid]) -> Vec<&str> {
    said.iter().map(|word| &*word.says).collect()
}

pub fn verified() -> v1::CheckFinding {
    v1::CheckFinding::default()
}

pub fn wrong(fen: i64) -> v1::CheckFinding {
    v1::CheckFinding {
        reason: DeductionReason::DuplicatedCharge.into(),
        amounts: vec![common::FundAmount {
            fund: common::Fund::ResidentPool.into(),
            amount_fen: fen,
        }],
        deduction: String::new(),
    }
}

pub async fn settled(world: &World, request: &str, visit: &str) -> String {
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle(request, published(visit))).await;
    settled.unwrap().settlement
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_is_asked_answered_sent_back_once_and_confirmed_and_both_books_say_so() {
    let world = World::new().await;
    let settlement = settled(&world, "r-1", "V1").await;
    let asked = ask(&world, "k-1", &settlement).await.unwrap();
    assert_eq!((asked.standing(), asked.to_send), (Standing::Waiting, 0));
    assert_eq!(asked.bill_fen, 2_200_000);
    assert_eq!(asked.paid[0].amount_fen, 1_316_000);
    let days = (&*asked.asked_on, &*asked.take_up_on, &*asked.answer_by);
    assert_eq!(days, ("2023-03-10", "2023-03-26", "2023-04-26"));
    // Sent again it is the same one; of the same settlement there is no other while it is open.
    assert_eq!(ask(&world, "k-1", &settlement).await.unwrap(), asked);
    let other = ask(&world, "k-2", &settlement).await.unwrap_err();
    assert_eq!(code(&other), "check.stands");
    let check = &*asked.check;
    world.clock.set("2023-03-26T04:00:00.000Z");
    stands(&world, CHENGDU, check, Standing::TakenUp).await;
    // The treatment region answers, and nobody else; at most what was paid.
    let early = confirm(&world, NINGBO, check).await.unwrap_err();
    assert_eq!(code(&early), "check.not_now");
    let over = answer(&world, check, wrong(1_316_001)).await.unwrap_err();
    assert_eq!(code(&over), "check.too_large");
    let answered = answer(&world, check, verified()).await.unwrap();
    assert_eq!(answered.standing(), Standing::Answered);
    assert_eq!(answer(&world, check, verified()).await.unwrap(), answered);
    let not_theirs = confirm(&world, CHENGDU, check).await.unwrap_err();
    assert_eq!(code(&not_theirs), "check.not_now");
    // The calendar of this network knows no day off.
    let heard = stands(&world, NINGBO, check, Standing::Answered).await;
    assert_eq!(heard.confirm_by, "2023-03-31");
    let looked_at = heard.digest;
    let back = send_back(&world, check).await.unwrap();
    assert_eq!(back.standing(), Standing::TakenUp);
    assert_eq!(back.answer_by, "2023-04-26");
    assert_eq!(send_back(&world, check).await.unwrap(), back);
    // Answered anew, with the deduction that gives it back, ordered for itself.
    let mut desk =
        DeductionServiceClient::new(world.caller("/region/510100/officer/li.wei", CHENGDU).await);
    let request = v1::OrderDeductionRequest {
        request_id: "d-1".to_owned(),
        settlement: settlement.clone(),
        amounts: wrong(120_000).amounts,
        reason: DeductionReason::DuplicatedCharge.into(),
        note: String::new(),
    };
    let deducted = desk.order(request).await.unwrap().into_inner();
    let named = v1::CheckFinding {
        deduction: deducted.deduction.unwrap().deduction,
        ..wrong(120_000)
    };
    let unknown = v1::CheckFinding {
        deduction: "ded_00000000000000000000000000".to_owned(),
        ..wrong(120_000)
    };
    let refused = answer(&world, check, unknown).await.unwrap_err();
    assert_eq!(code(&refused), "deduction.unknown");
    let answered = answer(&world, check, named.clone()).await.unwrap();
    assert_eq!(answered.finding, Some(named));
    let heard = stands(&world, NINGBO, check, Standing::Answered).await;
    assert_eq!(heard.deduction_standing(), DeductionStanding::Stands);
    // Nobody confirms another answer than the one that was looked at.
    let stale = confirm_at(&world, NINGBO, check, looked_at).await;
    assert_eq!(code(&stale.unwrap_err()), "check.not_now");
    let twice = send_back(&world, check).await.unwrap_err();
    assert_eq!(code(&twice), "check.not_now");
    let over = confirm(&world, NINGBO, check).await.unwrap();
    assert_eq!((over.standing(), over.late), (Standing::Confirmed, 0));
    assert_eq!(confirm(&world, NINGBO, check).await.unwrap(), over);
    stands(&world, CHENGDU, check, Standing::Confirmed).await;
    let said = said(&world, check).await;
    let expected = ["ask", "answer", "send_back", "answer", "confirm"];
    assert_eq!(words(&said), expected);
    // Over, another may be asked.
    let again = ask(&world, "k-3", &settlement).await.unwrap();
    assert_ne!(again.check, asked.check);
    assert_eq!(listed(&world, CHENGDU).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_late_rolls_over_and_is_counted_and_silence_counts_as_confirmed() {
    let world = World::new().await;
    let settlement = settled(&world, "r-1", "V1").await;
    let asked = ask(&world, "k-1", &settlement).await.unwrap();
    let check = &*asked.check;
    world.clock.set("2023-05-27T04:00:00.000Z");
    for region in [NINGBO, CHENGDU] {
        let late = stands(&world, region, check, Standing::Overdue).await;
        assert_eq!(late.late, 2);
    }
    answer(&world, check, wrong(5_000)).await.unwrap();
    let heard = stands(&world, NINGBO, check, Standing::Answered).await;
    assert_eq!((heard.late, &*heard.confirm_by), (2, "2023-06-01"));
    world.clock.set("2023-06-01T15:00:00.000Z");
    let back_in_time = stands(&world, NINGBO, check, Standing::Answered).await;
    assert_eq!(back_in_time.standing(), Standing::Answered);
    world.clock.set("2023-06-01T16:00:00.000Z");
    let silent = Standing::ConfirmedBySilence;
    for region in [NINGBO, CHENGDU] {
        assert_eq!(stands(&world, region, check, silent).await.late, 2);
    }
    let said = said(&world, check).await;
    assert_eq!(words(&said), ["ask", "answer", "silent"]);
    assert_eq!(said[2].officer, "");
    let late = send_back(&world, check).await.unwrap_err();
    assert_eq!(code(&late), "check.not_now");
    // What an officer says now changes nothing any more, and is shown as it is.
    let confirmed = confirm(&world, NINGBO, check).await.unwrap();
    assert_eq!(confirmed.standing(), silent);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_large_bills_of_inpatients_that_stand_are_checked_and_a_reversal_ends_a_check() {
    let world = World::new().await;
    let first = settled(&world, "r-1", "V1").await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let little = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    let too_small = ask(&world, "k-2", &little.settlement).await.unwrap_err();
    assert_eq!(code(&too_small), "check.too_small");
    let nothing = ask(&world, "k-3", "stl_00000000000000000000000000").await;
    assert_eq!(code(&nothing.unwrap_err()), "settlement.not_found");
    let own = v1::AskCheckRequest {
        request_id: "k-4".to_owned(),
        treatment_region: NINGBO.to_owned(),
        settlement: first.clone(),
        reason: Reason::Other.into(),
    };
    let own = desk(&world, NINGBO).await.ask(own).await.unwrap_err();
    assert_eq!(code(&own), "directory.unknown_region");
    let asked = ask(&world, "k-1", &first).await.unwrap();
    // The settlement before it is reversed first, as the home region's rule says.
    let later = by_officer(
        &world,
        NINGBO,
        "o-1",
        &little.settlement,
        ReversalReason::Fraud,
    );
    later.await.unwrap();
    let reversed = by_officer(&world, NINGBO, "o-2", &first, ReversalReason::Fraud);
    reversed.await.unwrap();
    hospital.reversed("r-1").await;
    for region in [NINGBO, CHENGDU] {
        stands(&world, region, &asked.check, Standing::Reversed).await;
    }
    let late = answer(&world, &asked.check, verified()).await.unwrap_err();
    assert_eq!(code(&late), "reversal.already_reversed");
    let anew = ask(&world, "k-5", &first).await.unwrap_err();
    assert_eq!(code(&anew), "reversal.already_reversed");
    let unknown = show(&world, NINGBO, "chk_00000000000000000000000000").await;
    assert_eq!(code(&unknown.unwrap_err()), "check.unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_treatment_region_does_not_take_ends_at_home_with_its_reason() {
    let mut world = World::new().await;
    let settlement = settled(&world, "r-1", "V1").await;
    // Its own bound is higher than the home region's.
    world.stop(CHENGDU).await;
    world.checks = CheckRule::STANDARD;
    world.start(CHENGDU).await;
    let asked = ask(&world, "k-1", &settlement).await.unwrap();
    assert_eq!(asked.standing(), Standing::Refused);
    assert_eq!(asked.refusal.unwrap().code, "check.too_small");
    assert_eq!(asked.to_send, 0);
    assert!(listed(&world, CHENGDU).await.is_empty());
    // It is over: when they agree, another may be asked.
    world.stop(CHENGDU).await;
    world.checks.at_least = Fen::new(2_200_000).unwrap();
    world.start(CHENGDU).await;
    let again = ask(&world, "k-2", &settlement).await.unwrap();
    assert_eq!(again.standing(), Standing::Waiting);
}
