//! Settlements taken back by the hospital, over lost answers and killed nodes; and settled anew.

use huitong_core::digest::sha256;
use huitong_node::home::reverse::{Order, ReversalRule};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::{ReversalReason as Reason, State};
use tokio::task::JoinSet;

use crate::bills::{published, settle, small};
use crate::bureau::by_officer;
use crate::files::{policy, replacing};
use crate::relay::Commits;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, OTHER_HOSPITAL, World, code};

pub async fn legs(world: &World) -> (u64, u64) {
    (
        world.status(NINGBO).await.legs_written,
        world.status(CHENGDU).await.legs_written,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hospital_takes_its_settlement_back_and_is_told_what_goes_where() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let reversed = hospital
        .reverse("x-1", "r-1", Reason::WrongBill)
        .await
        .unwrap();
    assert_eq!(reversed.state(), State::Reversed);
    // What is repeated for the id is the receipt and the reversal.
    assert_eq!(reversed.receipt, settled.receipt);
    assert_eq!(reversed.decision, settled.decision);
    let word = reversed.reversal.clone().unwrap();
    assert_eq!(word.settlement, settled.settlement);
    assert_eq!(word.reason(), Reason::WrongBill);
    assert_eq!(word.amounts, settled.receipt.unwrap().amounts);
    let refund = reversed.refund.unwrap();
    assert_eq!(
        refund,
        v1::Refund {
            cash_fen: 884_000,
            own_account_fen: 0,
            family_account_fen: 0,
            funds_fen: 1_316_000,
            unpaid_fen: 1_316_000,
        }
    );
    for again in [
        hospital.reverse("x-1", "r-1", Reason::WrongBill).await,
        hospital.get("r-1").await,
        hospital.settle(settle("r-1", published("V1"))).await,
        hospital.cancel("r-1", "330200000000000001").await,
    ] {
        assert_eq!(again.unwrap(), reversed);
    }
    assert_eq!(legs(&world).await, (2, 2));
    assert!(hospital.notices().await.is_empty(), "it began this itself");
    assert_eq!(world.status(CHENGDU).await.reversals_open, 0);
    // Totals are as before: the deductible is charged anew.
    let next = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    assert_eq!(next.decision.unwrap().layers[0].start_fen, 120_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visit_settled_anew_keeps_its_ordinal_and_says_what_the_patient_gets_back() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let first = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    hospital
        .reverse("x-1", "r-1", Reason::Correction)
        .await
        .unwrap();
    let refused = hospital
        .settle(settle("r-2", published("V1")))
        .await
        .unwrap_err();
    assert_eq!(code(&refused), "id.conflict");
    let corrected = hospital.settle(settle("r-3", small("V1"))).await.unwrap();
    assert_eq!(corrected.state(), State::Settled);
    // 3,000 in scope, the deductible charged: 1,260 paid, 1,740 left.
    assert_eq!(
        corrected.correction,
        Some(v1::Correction {
            replaces: first.settlement.clone(),
            cash_before_fen: 884_000,
            cash_now_fen: 174_000,
            refund_fen: 710_000,
            owed_fen: 0,
        })
    );
    assert_eq!(hospital.get("r-3").await.unwrap(), corrected);
    assert_eq!(hospital.get("r-1").await.unwrap().state(), State::Reversed);
    // The next admission of the year is the third: the corrected one kept its place.
    let told = |settlement: &v1::Settlement| {
        settlement
            .explanation
            .iter()
            .map(|sentence| sentence.en.clone())
            .collect::<Vec<_>>()
    };
    assert!(!told(&corrected).is_empty());
    // Corrected once more, upwards: now the patient owes.
    hospital
        .reverse("x-2", "r-3", Reason::Correction)
        .await
        .unwrap();
    let dearer = hospital
        .settle(settle("r-4", published("V1")))
        .await
        .unwrap();
    let correction = dearer.correction.unwrap();
    assert_eq!((correction.refund_fen, correction.owed_fen), (0, 710_000));
    assert_eq!(legs(&world).await, (6, 6));
}

/// Replacing a document for days that were settled says that it was wrong: settled anew, a visit is decided by the newer one.
#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_bill_is_decided_by_the_document_that_decides_now() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let first = hospital.settle(settle("r-1", small("V1"))).await.unwrap();
    assert_eq!(first.decision.unwrap().fund_total_fen, 126_000);
    let before = sha256(policy(NINGBO).as_bytes());
    let newer = replacing("0.80", "2023-01-01", &[before.as_bytes()]);
    let newer = world.publish(NINGBO, &newer).await;
    hospital
        .reverse("x-1", "r-1", Reason::Correction)
        .await
        .unwrap();
    let corrected = hospital.settle(settle("r-2", small("V1"))).await.unwrap();
    let decision = corrected.decision.unwrap();
    assert_eq!(decision.policy, newer);
    assert_eq!(decision.fund_total_fen, 144_000);
    let correction = corrected.correction.unwrap();
    assert_eq!((correction.refund_fen, correction.owed_fen), (18_000, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_reverse_and_why_is_told_in_order() {
    let mut world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let mut other = world.hospital(OTHER_HOSPITAL).await;
    let settled = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let cases = [
        (
            hospital.reverse("x", "r-9", Reason::Duplicate).await,
            "settlement.not_found",
        ),
        (
            other.reverse("x", "r-1", Reason::Duplicate).await,
            "settlement.not_found",
        ),
        (
            hospital.reverse("x", "r-1", Reason::Fraud).await,
            "reversal.reason_not_allowed",
        ),
        (
            hospital.reverse("x", "r-1", Reason::Unspecified).await,
            "request.malformed",
        ),
        (
            hospital.reverse("", "r-1", Reason::Duplicate).await,
            "request.malformed",
        ),
    ];
    for (answer, expected) in cases {
        assert_eq!(code(&answer.unwrap_err()), expected);
    }
    hospital.cancel("r-8", "330200000000000001").await.unwrap();
    let refused = hospital.reverse("x", "r-8", Reason::Duplicate).await;
    assert_eq!(code(&refused.unwrap_err()), "reversal.nothing_stands");
    // The bureau of the treatment region is not the person's.
    let id = &settled.settlement;
    let refused = by_officer(&world, CHENGDU, "x", id, Reason::Fraud).await;
    assert_eq!(code(&refused.unwrap_err()), "settlement.not_found");

    world.rule = ReversalRule {
        order: Order::LatestFirst,
        institution_days: 30,
    };
    world.stop(NINGBO).await;
    world.start(NINGBO).await;
    let later = hospital.settle(settle("r-2", small("V2"))).await.unwrap();
    world.clock.set("2023-04-10T04:00:00.000Z");
    let refused = hospital.reverse("x-1", "r-1", Reason::Duplicate).await;
    assert_eq!(code(&refused.unwrap_err()), "reversal.term_passed");
    world.clock.set("2023-04-09T04:00:00.000Z");
    // What was refused stays refused under its id.
    let refused = hospital.reverse("x-1", "r-1", Reason::Duplicate).await;
    assert_eq!(code(&refused.unwrap_err()), "reversal.term_passed");
    let refused = hospital.reverse("x-2", "r-1", Reason::Duplicate).await;
    let refused = refused.unwrap_err();
    assert_eq!(code(&refused), "reversal.later_stands");
    assert!(refused.message().contains(&later.settlement), "{refused}");
    world.clock.set("2023-06-09T04:00:00.000Z");
    let id = &later.settlement;
    by_officer(&world, NINGBO, "o-1", id, Reason::Ordered)
        .await
        .unwrap();
    let id = &settled.settlement;
    by_officer(&world, NINGBO, "o-2", id, Reason::Fraud)
        .await
        .unwrap();
    hospital.reversed("r-1").await;
    assert_eq!(legs(&world).await, (4, 4));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_asked_for_again_after_a_kill() {
    let mut world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let relay = |world: &World, commits| world.relay.as_ref().unwrap().set_reversals(commits);
    relay(&world, Commits::Lost);
    let unknown = hospital.reverse("x-1", "r-1", Reason::Duplicate).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    assert_eq!(hospital.get("r-1").await.unwrap().state(), State::Settled);
    assert_eq!(world.status(CHENGDU).await.reversals_open, 1);
    world.kill(CHENGDU).await;
    world.kill(NINGBO).await;
    relay(&world, Commits::Pass);
    world.start(NINGBO).await;
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    // Nobody asks again: the wish is resolved by itself.
    let reversed = hospital.reversed("r-1").await;
    let again = hospital.reverse("x-1", "r-1", Reason::Duplicate).await;
    assert_eq!(again.unwrap(), reversed);
    assert_eq!(legs(&world).await, (2, 2));
    assert_eq!(world.status(CHENGDU).await.reversals_open, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_always_lost_is_delivered_by_the_home_region() {
    let world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let relay = world.relay.as_ref().unwrap();
    relay.set_reversals(Commits::AnswerLost);
    let unknown = hospital.reverse("x-1", "r-1", Reason::Duplicate).await;
    assert_eq!(code(&unknown.unwrap_err()), "outcome.unknown");
    let reversed = hospital.reversed("r-1").await;
    assert!(hospital.notices().await.is_empty());
    let again = hospital.reverse("x-1", "r-1", Reason::Duplicate).await;
    assert_eq!(again.unwrap(), reversed);
    assert_eq!(legs(&world).await, (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_whose_answer_was_lost_is_booked_with_its_reversal() {
    let mut world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    world.commits(Commits::AnswerLost);
    hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap_err();
    let settlement = hospital.get("r-1").await.unwrap().settlement;
    world.kill(CHENGDU).await;
    by_officer(&world, NINGBO, "o-1", &settlement, Reason::Ordered)
        .await
        .unwrap();
    world.commits(Commits::Pass);
    world.start(CHENGDU).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let reversed = hospital.reversed("r-1").await;
    assert_eq!(reversed.refund.unwrap().cash_fen, 884_000);
    assert_eq!(
        hospital.notices().await,
        [hospital.get("r-1").await.unwrap()]
    );
    assert_eq!(legs(&world).await, (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_reverse_at_once_one_stands_and_the_others_are_told_by_which() {
    let world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital
        .settle(settle("r-1", published("V1")))
        .await
        .unwrap();
    let mut tries = JoinSet::new();
    for nth in 0..6 {
        let mut hospital = hospital.clone();
        tries.spawn(async move {
            let id = format!("x-{nth}");
            let reversed = hospital.reverse(&id, "r-1", Reason::Duplicate).await;
            reversed.map(|settlement| settlement.reversal.unwrap().reversal)
        });
    }
    let id = &settled.settlement;
    let officer = by_officer(&world, NINGBO, "o-1", id, Reason::Fraud).await;
    let mut outcomes = tries.join_all().await;
    outcomes.push(officer.map(|answer| answer.reversal.unwrap().reversal));
    let reversal = hospital.reversed("r-1").await.reversal.unwrap().reversal;
    let mut stood = 0;
    for outcome in outcomes {
        match outcome {
            Ok(by) => {
                assert_eq!(by, reversal);
                stood += 1;
            }
            Err(refused) => {
                assert_eq!(code(&refused), "reversal.already_reversed");
                assert!(refused.message().contains(&reversal), "{refused}");
            }
        }
    }
    assert_eq!(stood, 1);
    assert_eq!(legs(&world).await, (2, 2));
}
