//! What the home bureau is shown of a settlement that was provisional: what the patient paid, not what was decided.

use huitong_core::digest::sha256;
use huitong_proto::common::v1::Fund;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::{ReversalReason as Reason, State};

use crate::bills::{settle, small};
use crate::bureau::by_officer;
use crate::files::policy;
use crate::filings::people;
use crate::provisional::{allowed, emergency, estimate, trued_up};
use crate::withdrawals::{differences, moved, withdrawn};
use crate::world::{HOSPITAL, NINGBO, World};

/// A visit of which 900 was told, once Ningbo is back and has decided; without the first settlement 1,740 is decided.
pub async fn told_900(world: &mut World, taken_back: Option<&str>) -> (String, v1::Settlement) {
    let mut hospital = world.hospital(HOSPITAL).await;
    let first = hospital.settle(settle("r-0", small("V0"))).await.unwrap();
    estimate(&mut hospital, emergency(small("V1"))).await;
    if let Some(wish) = taken_back {
        let back = hospital.reverse(wish, "r-0", Reason::WrongBill).await;
        back.unwrap();
    }
    world.stop(NINGBO).await;
    let given = hospital.settle(settle("r-1", emergency(small("V1")))).await;
    assert_eq!(given.unwrap().state(), State::Provisional);
    world.start(NINGBO).await;
    let settled = trued_up(&mut hospital, "r-1").await;
    assert_eq!(settled.state(), State::Settled);
    (first.settlement, settled)
}

async fn emergencies(world: &World) -> Vec<v1::Emergency> {
    let request = v1::ListEmergenciesRequest::default();
    let answer = people(world).await.list_emergencies(request).await;
    answer.unwrap().into_inner().emergencies
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bureau_is_told_what_the_patient_paid_and_what_is_given_back() {
    let mut world = allowed(World::new().await).await;
    let (_, settled) = told_900(&mut world, Some("x-0")).await;
    let true_up = settled.provisional.unwrap().true_up.unwrap();
    assert_eq!(
        (true_up.cash_decided_fen, true_up.patient_fen),
        (174_000, 90_000)
    );
    let [waiting] = &*emergencies(&world).await else {
        panic!("one emergency waits for a review")
    };
    assert_eq!(waiting.patient_fen, 90_000);
    assert_eq!(waiting.true_up, Some(true_up));

    // Under the document before, which decides the same, the patient bears the same, and so does the region.
    let older = sha256(policy(NINGBO).as_bytes()).as_bytes().to_vec();
    let held = world.status(NINGBO).await.policies;
    let decides = held.iter().find(|it| it.digest != older).unwrap();
    withdrawn(&world, &decides.digest, &older).await;
    let (rows, totals) = differences(&world, &decides.digest, 0).await;
    let [row] = &*rows else { panic!("{rows:?}") };
    assert!(row.provisional);
    assert_eq!(moved(row.patient.as_ref()), (90_000, 90_000));
    let loss = row.funds.iter();
    let loss = loss.filter(|it| it.fund() == Fund::ProvisionalLoss);
    let loss: Vec<_> = loss.map(|it| moved(it.amount.as_ref())).collect();
    assert_eq!(loss, [(50_000, 50_000)]);
    assert_eq!(totals.changed, 0);

    let id = &settled.settlement;
    let back = by_officer(&world, NINGBO, "o-1", id, Reason::WrongBill).await;
    let back = back.unwrap();
    assert_eq!((back.cash_fen, back.paid_out_fen), (90_000, 0));
    assert_eq!(back.true_up, Some(true_up));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_later_one_would_come_to_asks_the_patient_for_no_more_than_was_told() {
    let mut world = allowed(World::new().await).await;
    let (first, settled) = told_900(&mut world, None).await;
    let answer = by_officer(&world, NINGBO, "o-1", &first, Reason::Duplicate).await;
    let [differs] = &*answer.unwrap().later else {
        panic!("one would differ")
    };
    assert_eq!(differs.settlement, settled.settlement);
    assert_eq!(
        (differs.patient_before_fen, differs.patient_now_fen),
        (90_000, 90_000)
    );
    let amounts = differs.amounts.iter();
    let amounts: Vec<_> = amounts
        .map(|it| (it.fund(), it.before_fen, it.now_fen))
        .collect();
    assert_eq!(
        amounts,
        [
            (Fund::ResidentPool, 210_000, 126_000),
            (Fund::ProvisionalLoss, 0, 50_000)
        ]
    );
    assert_eq!(
        differs.true_up,
        settled.provisional.and_then(|it| it.true_up)
    );
}
