//! Audit deductions between two nodes: with the home region away, with a reversal, and over lost disks.

use huitong_proto::clearing::v1::{Leg, LegKind, Side};
use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::deduction_service_client::DeductionServiceClient;
use huitong_proto::settlement::v1::{
    DeductionEndReason as EndReason, DeductionReason as Reason, DeductionStanding as Standing,
    ReversalReason,
};
use tonic::Status;
use tonic::transport::Channel;

use crate::bills::{published, settle};
use crate::bureau::by_officer;
use crate::patience::until;
use crate::recovery::legs;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, OTHER_HOSPITAL, World, code};

const OFFICER: &str = "/region/510100/officer/li.wei";

async fn desk(world: &World, party: &str) -> DeductionServiceClient<Channel> {
    DeductionServiceClient::new(world.caller(party, CHENGDU).await)
}

pub async fn order(
    world: &World,
    id: &str,
    settlement: &str,
    fen: i64,
) -> Result<v1::Deduction, Status> {
    let request = v1::OrderDeductionRequest {
        request_id: id.to_owned(),
        settlement: settlement.to_owned(),
        amounts: vec![common::FundAmount {
            fund: common::Fund::ResidentPool.into(),
            amount_fen: fen,
        }],
        reason: Reason::DuplicatedCharge.into(),
        note: "第三行重复收费".to_owned(),
    };
    let answer = desk(world, OFFICER).await.order(request).await?;
    Ok(answer.into_inner().deduction.unwrap())
}

pub async fn withdraw(world: &World, deduction: &str) -> Result<v1::Deduction, Status> {
    let request = v1::WithdrawDeductionRequest {
        deduction: deduction.to_owned(),
        reason: EndReason::AppealUpheld.into(),
        note: String::new(),
    };
    let answer = desk(world, OFFICER).await.withdraw(request).await?;
    Ok(answer.into_inner().deduction.unwrap())
}

pub async fn listed(world: &World, party: &str) -> Vec<v1::Deduction> {
    let request = v1::ListDeductionsRequest {
        from_day: "2023-03-01".to_owned(),
        until_day: "2023-03-31".to_owned(),
        ..v1::ListDeductionsRequest::default()
    };
    let answer = desk(world, party).await.list(request).await.unwrap();
    answer.into_inner().deductions
}

/// Waits until a deduction stands so.
async fn stands(world: &World, deduction: &str, standing: Standing) -> v1::Deduction {
    until(async || {
        let all = listed(world, OFFICER).await;
        let is_so = |it: &v1::Deduction| it.deduction == deduction && it.standing() == standing;
        all.iter().find(|it| is_so(it)).cloned().ok_or(all)
    })
    .await
}

async fn settled(world: &World) -> v1::Settlement {
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle("r-1", published("V1"))).await;
    settled.unwrap()
}

/// What a leg says, whichever side says it.
fn said(leg: &Leg) -> Leg {
    Leg {
        number: 0,
        side: 0,
        ..leg.clone()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deducted_is_owed_back_by_legs_of_both_sides_and_shown_to_the_institution() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let settlement = settled(&world).await.settlement;
    let deducted = order(&world, "d-1", &settlement, 120_000).await.unwrap();
    assert_eq!(deducted.standing(), Standing::Stands);
    assert_eq!(deducted.business_day, "2023-03-10");
    // Sent again it is the same one; with other content it is refused.
    let again = order(&world, "d-1", &settlement, 120_000).await.unwrap();
    assert_eq!(again, deducted);
    let other = order(&world, "d-1", &settlement, 1).await.unwrap_err();
    assert_eq!(code(&other), "id.conflict");
    let too_much = order(&world, "d-2", &settlement, 1_196_001).await;
    assert_eq!(code(&too_much.unwrap_err()), "deduction.too_large");
    let account = v1::OrderDeductionRequest {
        request_id: "d-3".to_owned(),
        settlement: settlement.clone(),
        amounts: vec![common::FundAmount {
            fund: common::Fund::OwnAccount.into(),
            amount_fen: 1,
        }],
        reason: Reason::Overcharged.into(),
        note: String::new(),
    };
    let refused = desk(&world, OFFICER).await.order(account).await;
    assert_eq!(code(&refused.unwrap_err()), "request.malformed");
    // The institution sees its own, another one does not.
    assert_eq!(
        listed(&world, HOSPITAL).await,
        std::slice::from_ref(&deducted)
    );
    assert_eq!(listed(&world, OTHER_HOSPITAL).await, []);

    let withdrawn = withdraw(&world, &deducted.deduction).await.unwrap();
    assert_eq!(withdrawn.standing(), Standing::Withdrawn);
    let again = withdraw(&world, &deducted.deduction).await.unwrap();
    assert_eq!(again, withdrawn);
    let (ningbo, chengdu) = (world.held(NINGBO, 3).await, world.held(CHENGDU, 3).await);
    let same = |legs: &[Leg]| legs.iter().map(said).collect::<Vec<_>>();
    assert_eq!(same(&ningbo), same(&chengdu));
    let kinds: Vec<_> = ningbo.iter().map(Leg::kind).collect();
    let expected = [
        LegKind::Settlement,
        LegKind::Deduction,
        LegKind::DeductionEnd,
    ];
    assert_eq!(kinds, expected);
    // Who owes the deduction says of which settlement it is; who owes its end, or is owed, does not.
    let own = chengdu.iter().find(|leg| leg.kind() == LegKind::Deduction);
    assert_eq!(
        world.said(CHENGDU),
        [(own.unwrap().number, settlement.clone())]
    );
    assert_eq!(world.said(NINGBO), []);
    let [_, back, end] = &ningbo[..] else {
        panic!("{ningbo:?}")
    };
    assert_eq!((&*back.debtor, &*back.creditor), (CHENGDU, NINGBO));
    assert_eq!((&*end.debtor, &*end.creditor), (NINGBO, CHENGDU));
    assert_eq!((back.side(), end.side()), (Side::Receivable, Side::Payable));
    assert_eq!((back.amount_fen, end.amount_fen), (120_000, 120_000));
    // The patient's year is as it was: what the fund paid at the counter counts.
    let mut hospital = world.hospital(HOSPITAL).await;
    let next = hospital.settle(settle("r-2", published("V2"))).await;
    assert_eq!(next.unwrap().decision.unwrap().layers[0].start_fen, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_home_region_is_away_no_money_moves_and_then_it_does_once() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let settlement = settled(&world).await.settlement;
    world.held(CHENGDU, 1).await;
    world.stop(NINGBO).await;
    let asked = order(&world, "d-1", &settlement, 120_000).await.unwrap();
    assert_eq!(asked.standing(), Standing::Asked);
    assert_eq!(world.status(CHENGDU).await.legs_written, 1);
    // Killed while it waits, it asks again.
    world.kill(CHENGDU).await;
    world.start(NINGBO).await;
    world.start(CHENGDU).await;
    stands(&world, &asked.deduction, Standing::Stands).await;
    assert_eq!(world.held(CHENGDU, 2).await.len(), 2);
    assert_eq!(world.held(NINGBO, 2).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_takes_back_what_is_left_and_ends_the_deduction() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let settlement = settled(&world).await.settlement;
    let deducted = order(&world, "d-1", &settlement, 120_000).await.unwrap();
    let by_bureau = by_officer(&world, NINGBO, "o-1", &settlement, ReversalReason::Fraud);
    by_bureau.await.unwrap();
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.reversed("r-1").await;
    let ended = stands(&world, &deducted.deduction, Standing::Lifted).await;
    assert_eq!(ended.ended_on, "2023-03-10");
    let late = order(&world, "d-2", &settlement, 1).await.unwrap_err();
    assert_eq!(code(&late), "reversal.already_reversed");
    let gone = withdraw(&world, &deducted.deduction).await.unwrap_err();
    assert_eq!(code(&gone), "deduction.ended");
    let (ningbo, chengdu) = (world.held(NINGBO, 4).await, world.held(CHENGDU, 4).await);
    assert_eq!(
        ningbo.iter().map(said).collect::<Vec<_>>(),
        chengdu.iter().map(said).collect::<Vec<_>>()
    );
    // What goes back by the reversal is what the fund owes less what was deducted: in all, nothing is left.
    let owed: i64 = ningbo
        .iter()
        .map(|leg| {
            if leg.creditor == CHENGDU {
                leg.amount_fen
            } else {
                -leg.amount_fen
            }
        })
        .sum();
    assert_eq!(owed, 0);
    assert_eq!(
        ningbo[2].amount_fen - ningbo[3].amount_fen,
        1_316_000 - 120_000
    );
}

/// Three deductions after a backup: one stands, one is withdrawn, and one ended with the reversal. And what the pool had
/// paid of the settlement whose deduction stands.
async fn a_month(world: &World) -> (Vec<v1::Deduction>, i64) {
    let mut hospital = world.hospital(HOSPITAL).await;
    let other = hospital.settle(settle("r-2", published("V2"))).await;
    let other = other.unwrap().settlement;
    let first = settled(world).await;
    let paid = first.receipt.unwrap().amounts[0].amount_fen;
    let first = first.settlement;
    order(world, "d-1", &first, 120_000).await.unwrap();
    let second = order(world, "d-2", &first, 50_000).await.unwrap();
    withdraw(world, &second.deduction).await.unwrap();
    order(world, "d-3", &other, 70_000).await.unwrap();
    hospital
        .reverse("x-1", "r-2", ReversalReason::WrongBill)
        .await
        .unwrap();
    let all = listed(world, OFFICER).await;
    let count = |standing| all.iter().filter(|it| it.standing() == standing).count();
    assert_eq!(count(Standing::Stands), 1);
    assert_eq!(count(Standing::Withdrawn), 1);
    assert_eq!(count(Standing::Lifted), 1);
    for region in [NINGBO, CHENGDU] {
        world.status_when(region, |it| it.legs_held >= 8).await;
    }
    (all, paid)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_treatment_region_that_lost_its_disk_has_its_deductions_again() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.back_up(CHENGDU, backup.path()).await;
    let (before, _) = a_month(&world).await;
    let told = legs(&world, CHENGDU);
    world.lose_and_restore(CHENGDU, backup.path()).await;
    let status = world.recovered(CHENGDU).await;
    assert_eq!((status.legs_written, status.legs_without_receipt), (8, 0));
    let after = listed(&world, OFFICER).await;
    // The note beside the order is lost with the disk; all else is with the home region.
    let known = |of: &v1::Deduction| v1::Deduction {
        note: String::new(),
        ..of.clone()
    };
    assert_eq!(
        after.iter().map(known).collect::<Vec<_>>(),
        before.iter().map(known).collect::<Vec<_>>()
    );
    assert_eq!(legs(&world, CHENGDU), told);
    // What was withdrawn is, also when the officer says so again.
    let ended = before
        .iter()
        .find(|it| it.standing() == Standing::Withdrawn);
    let again = withdraw(&world, &ended.unwrap().deduction).await;
    assert_eq!(again.unwrap().standing(), Standing::Withdrawn);
    // The officer who sends it again finds it.
    let first = before.iter().find(|it| it.standing() == Standing::Stands);
    let first = first.unwrap();
    let again = order(&world, "d-1", &first.settlement, 120_000).await;
    assert_eq!(again.unwrap().deduction, first.deduction);
    let withdrawn = withdraw(&world, &first.deduction).await.unwrap();
    assert_eq!(withdrawn.standing(), Standing::Withdrawn);
    assert_eq!(world.held(CHENGDU, 9).await.len(), 9);
    assert_eq!(world.held(NINGBO, 9).await.len(), 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_region_that_lost_its_disk_has_the_deductions_again() {
    let backup = tempfile::tempdir().unwrap();
    let mut world = World::new().await;
    world.clearinghouse().await;
    world.back_up(NINGBO, backup.path()).await;
    let (before, paid) = a_month(&world).await;
    let told = legs(&world, NINGBO);
    world.lose_and_restore(NINGBO, backup.path()).await;
    let status = world.recovered(NINGBO).await;
    assert_eq!((status.legs_written, status.legs_without_receipt), (8, 0));
    assert_eq!(legs(&world, NINGBO), told);
    // It knows what stands: no more can be deducted than is left, and what ended has ended.
    let first = before.iter().find(|it| it.standing() == Standing::Stands);
    let first = first.unwrap();
    let rest = paid - 120_000;
    let more = order(&world, "d-8", &first.settlement, rest + 1).await;
    assert_eq!(code(&more.unwrap_err()), "deduction.too_large");
    let more = order(&world, "d-9", &first.settlement, rest).await.unwrap();
    assert_eq!(more.standing(), Standing::Stands);
    let withdrawn = withdraw(&world, &first.deduction).await.unwrap();
    assert_eq!(withdrawn.standing(), Standing::Withdrawn);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_call_about_deductions_is_heard_from_those_in_the_table_alone() {
    let world = World::new().await;
    let (node, foreign) = ("/region/330200/node", "/region/330200/officer/li.wei");
    let heard = async |party: &str, call: &str| {
        let mut client = desk(&world, party).await;
        let answer = match call {
            "decide" => {
                let request = v1::DecideDeductionRequest::default();
                client.decide(request).await.map(drop)
            }
            "order" => {
                let request = v1::OrderDeductionRequest::default();
                client.order(request).await.map(drop)
            }
            "withdraw" => {
                let request = v1::WithdrawDeductionRequest::default();
                client.withdraw(request).await.map(drop)
            }
            _ => {
                let request = v1::ListDeductionsRequest::default();
                client.list(request).await.map(drop)
            }
        };
        !matches!(answer, Err(status) if code(&status) == "transport.not_allowed")
    };
    for party in [node, HOSPITAL, OFFICER, foreign] {
        assert_eq!(heard(party, "decide").await, party == node, "{party}");
        assert_eq!(heard(party, "order").await, party == OFFICER, "{party}");
        assert_eq!(heard(party, "withdraw").await, party == OFFICER, "{party}");
        let own = party == OFFICER || party == HOSPITAL;
        assert_eq!(heard(party, "list").await, own, "{party}");
    }
    // An institution does not ask for another's.
    let request = v1::ListDeductionsRequest {
        from_day: "2023-03-01".to_owned(),
        until_day: "2023-03-31".to_owned(),
        institution: "H51010400002".to_owned(),
        ..v1::ListDeductionsRequest::default()
    };
    let other = desk(&world, HOSPITAL).await.list(request).await;
    assert_eq!(code(&other.unwrap_err()), "identity.mismatch");
}
