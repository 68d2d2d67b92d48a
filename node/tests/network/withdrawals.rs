//! A mistaken document: withdrawn by two officers, with what is to be booked for each settlement under it.

use huitong_proto::policy::v1;

use crate::bills::{published, settle, small};
use crate::files::replacing;
use crate::offices::{FIRST, SECOND};
use crate::world::{HOSPITAL, NINGBO, World, code};

const WITHDRAWAL: i32 = v1::Subject::Withdrawal as i32;

pub(crate) fn withdraw(digest: &[u8], in_favour_of: &[u8]) -> v1::WithdrawRequest {
    v1::WithdrawRequest {
        digest: digest.to_vec(),
        reason: "0.80 should be 0.70".to_owned(),
        in_favour_of: in_favour_of.to_vec(),
    }
}

pub(crate) fn approve(digest: &[u8]) -> v1::ApproveRequest {
    v1::ApproveRequest {
        digest: digest.to_vec(),
        subject: WITHDRAWAL,
    }
}

/// One officer asks for the withdrawal, and another approves it.
pub(crate) async fn withdrawn(world: &World, digest: &[u8], in_favour_of: &[u8]) {
    let mut first = world.office(NINGBO, FIRST).await;
    let ask = withdraw(digest, in_favour_of);
    first.withdraw(ask).await.unwrap();
    let mut second = world.office(NINGBO, SECOND).await;
    second.approve(approve(digest)).await.unwrap();
}

/// The rows asked for, and the sums.
pub(crate) async fn differences(
    world: &World,
    digest: &[u8],
    from_row: u64,
) -> (Vec<v1::Difference>, v1::DifferenceTotals) {
    let mut office = world.office(NINGBO, FIRST).await;
    let request = v1::DifferencesRequest {
        digest: digest.to_vec(),
        from_row,
        rows: 10,
    };
    let mut parts = office.differences(request).await.unwrap().into_inner();
    let mut rows = Vec::new();
    loop {
        match parts.message().await.unwrap().unwrap().part.unwrap() {
            v1::differences_response::Part::Page(page) => rows.extend(page.rows),
            v1::differences_response::Part::Totals(totals) => return (rows, totals),
        }
    }
}

pub(crate) fn moved(amount: Option<&v1::Moved>) -> (i64, i64) {
    let amount = amount.unwrap();
    (amount.old_fen, amount.new_fen)
}

/// The one fund that pays: before and now, and what the patient bears.
fn row(difference: &v1::Difference) -> ((i64, i64), (i64, i64)) {
    assert_eq!(difference.funds.len(), 1);
    let fund = moved(difference.funds[0].amount.as_ref());
    (fund, moved(difference.patient.as_ref()))
}

/// 80 % instead of 70 %, from March on: the slip.
async fn with_a_slip(world: &World) -> (Vec<u8>, Vec<u8>) {
    let older = world.status(NINGBO).await.policies[0].digest.clone();
    let slip = replacing("0.80", "2023-03-01", &[&older]);
    let slip = world.publish(NINGBO, &slip).await;
    (older, slip)
}

/// 18,800 × 0.80 = 15,040 and × 0.70 = 13,160 of 22,000; then 3,000 × 0.80 and × 0.70.
async fn differ_to_the_fen(world: &World, slip: &[u8], older: &[u8]) {
    let (rows, totals) = differences(world, slip, 0).await;
    let figures: Vec<_> = rows.iter().map(row).collect();
    assert_eq!(
        figures,
        [
            ((1_504_000, 1_316_000), (696_000, 884_000)),
            ((240_000, 210_000), (60_000, 90_000))
        ]
    );
    assert!(rows.iter().all(|row| row.decided_by == older));
    assert_eq!(
        (totals.settlements, totals.changed, totals.undecided),
        (2, 2, 0)
    );
    let fund = moved(totals.funds[0].amount.as_ref());
    assert_eq!(fund, (1_744_000, 1_526_000));
    assert_eq!(moved(totals.patient.as_ref()), (756_000, 974_000));
    let (rest, same) = differences(world, slip, 1).await;
    assert_eq!((rest.len(), same), (1, totals));
    assert_eq!(rest[0], rows[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_document_leaves_a_list_of_differences_to_the_fen() {
    let mut world = World::new().await;
    let (older, slip) = with_a_slip(&world).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    for (request, bill) in [("r-1", published("V1")), ("r-2", small("V2"))] {
        let decision = hospital
            .settle(settle(request, bill))
            .await
            .unwrap()
            .decision;
        assert_eq!(decision.unwrap().policy, slip);
    }

    let mut first = world.office(NINGBO, FIRST).await;
    let asked = first.withdraw(withdraw(&slip, &older)).await.unwrap();
    let again = first.withdraw(withdraw(&slip, &older)).await.unwrap();
    assert_eq!(asked.into_inner(), again.into_inner());
    let alone = first.approve(approve(&slip)).await.unwrap_err();
    assert_eq!(code(&alone), "policy.same_officer");
    let other = first.withdraw(withdraw(&slip, &[])).await.unwrap_err();
    assert_eq!(code(&other), "policy.wrong_state");
    let request = v1::DifferencesRequest {
        digest: slip.clone(),
        from_row: 0,
        rows: 1,
    };
    let mut early = first.differences(request).await.unwrap().into_inner();
    assert_eq!(
        code(&early.message().await.unwrap_err()),
        "policy.wrong_state"
    );

    world.kill(NINGBO).await;
    world.start(NINGBO).await;
    let mut second = world.office(NINGBO, SECOND).await;
    let done = second.approve(approve(&slip)).await.unwrap().into_inner();
    assert_eq!(done.policy.unwrap().standing(), v1::Standing::Withdrawn);
    let propose = v1::ProposeRequest {
        document: replacing("0.80", "2023-03-01", &[&older]).into_bytes(),
    };
    let back = second.propose(propose).await.unwrap_err();
    assert_eq!(code(&back), "policy.wrong_state");

    differ_to_the_fen(&world, &slip, &older).await;
    world.kill(NINGBO).await;
    world.forget_index(NINGBO);
    world.start(NINGBO).await;
    differ_to_the_fen(&world, &slip, &older).await;

    // Nothing was booked: a new claim follows the older document and the totals as they stand.
    let settled = hospital.settle(settle("r-3", small("V3"))).await.unwrap();
    let decision = settled.decision.unwrap();
    assert_eq!((decision.policy, decision.fund_total_fen), (older, 210_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_document_in_its_place_new_claims_have_none() {
    let world = World::new().await;
    let only = world.status(NINGBO).await.policies[0].digest.clone();
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let mut first = world.office(NINGBO, FIRST).await;
    let unpublished = first.withdraw(withdraw(&only, &[9; 32])).await.unwrap_err();
    assert_eq!(code(&unpublished), "policy.not_replaced");
    withdrawn(&world, &only, &[]).await;

    let refused = hospital
        .settle(settle("r-2", small("V2")))
        .await
        .unwrap_err();
    assert_eq!(code(&refused), "policy.missing");
    let (rows, totals) = differences(&world, &only, 0).await;
    assert!(rows[0].undecided.starts_with("policy.missing"), "{rows:?}");
    assert_eq!((totals.settlements, totals.undecided), (1, 1));
    assert_eq!(totals.funds, []);
    // What was settled stays as it is, and its explanation too.
    let settled = hospital.get("r-1").await.unwrap();
    assert!(!settled.explanation.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_can_be_turned_down() {
    let world = World::new().await;
    let (_, slip) = with_a_slip(&world).await;
    let mut first = world.office(NINGBO, FIRST).await;
    first.withdraw(withdraw(&slip, &[])).await.unwrap();
    let mut second = world.office(NINGBO, SECOND).await;
    let reject = v1::RejectRequest {
        digest: slip.clone(),
        subject: WITHDRAWAL,
        reason: "0.80 is right".to_owned(),
    };
    let kept = second.reject(reject.clone()).await.unwrap().into_inner();
    assert_eq!(second.reject(reject).await.unwrap().into_inner(), kept);
    let kept = kept.policy.unwrap();
    assert_eq!(
        (kept.standing(), kept.withdrawal),
        (v1::Standing::Published, None)
    );
    let nothing = second.approve(approve(&slip)).await.unwrap_err();
    assert_eq!(code(&nothing), "policy.wrong_state");
}

#[tokio::test(flavor = "multi_thread")]
async fn for_a_settlement_that_was_reversed_nothing_is_to_be_booked() {
    let world = World::new().await;
    let (older, slip) = with_a_slip(&world).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    for (request, bill) in [("r-1", published("V1")), ("r-2", small("V2"))] {
        hospital.settle(settle(request, bill)).await.unwrap();
    }
    let reason = huitong_proto::settlement::v1::ReversalReason::WrongBill;
    hospital.reverse("x-1", "r-2", reason).await.unwrap();
    withdrawn(&world, &slip, &older).await;
    let (rows, totals) = differences(&world, &slip, 0).await;
    let figures: Vec<_> = rows.iter().map(row).collect();
    assert_eq!(figures, [((1_504_000, 1_316_000), (696_000, 884_000))]);
    assert_eq!((totals.settlements, totals.changed), (1, 1));
}
