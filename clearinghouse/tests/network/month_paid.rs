//! Money that moves by the month, with the running server: two cycles, one month, one payment each way, and both cycles final.

use std::process::ExitCode;

use huitong_core::leg::Leg;
use huitong_proto::clearing::v1::GetCheckpointRequest;
use huitong_proto::clearing::v1::proof_office_service_client::ProofOfficeServiceClient;
use serde_json::{Value, json as to_json};

use crate::commands::{clearing, clearing_as, ends, json};
use crate::months::asked;
use crate::payments::{IS_PAID, PAYS, confirm, open};
use crate::world::{
    CHENGDU, NINGBO, OFFICER, SECOND_OFFICER, World, close, cut_off, debt, net, payable,
    receivable, report,
};

pub(crate) const MONTH: &str = "2026-03";
pub(crate) const DAYS: [&str; 2] = ["2026-03-30", "2026-03-31"];
const IN: &str = "M202603-330000-resident_pool";
const OUT: &str = "M202603-510100-resident_pool";

/// A debt on each of the last two business days of March, each netted with its day.
async fn two_cycles(world: &World) {
    let legs = [debt(1, 1_316_000), debt(2, 50_000)];
    netted(world, &legs.map(|leg| vec![leg])).await;
}

/// What Ningbo and Chengdu owe each other by each of the last two business days of March, netted with its day.
pub(crate) async fn netted(world: &World, legs: &[Vec<Leg>; 2]) {
    netted_with(world, legs, async || {}).await;
}

/// The same, with something done between the two.
pub(crate) async fn netted_with(world: &World, legs: &[Vec<Leg>; 2], between: impl AsyncFn()) {
    world.clock.put("2026-04-02T04:00:00.000Z");
    let (mut ningbo, mut chengdu) = (world.region(NINGBO).await, world.region(CHENGDU).await);
    let mut officer = world.officer().await;
    let mut next = 0;
    for (day, legs) in DAYS.iter().zip(legs) {
        if *day == DAYS[1] {
            between().await;
        }
        for leg in legs {
            next += 1;
            let is_chengdus = leg.creditor.to_string() == CHENGDU;
            let (owed, owes) = (receivable(next, leg), payable(next, leg));
            let (of_chengdu, of_ningbo) = if is_chengdus {
                (owed, owes)
            } else {
                (owes, owed)
            };
            report(&mut chengdu, vec![of_chengdu]).await.unwrap();
            report(&mut ningbo, vec![of_ningbo]).await.unwrap();
        }
        close(&mut ningbo, day, next).await.unwrap();
        close(&mut chengdu, day, next).await.unwrap();
        cut_off(&mut officer, day).await.unwrap();
        net(&mut officer, day).await.unwrap();
    }
    indexed(world, DAYS[1]).await;
}

/// Waits until the plans up to a day's answer to look-ups: until then whoever asks for an earlier one is told to ask again.
async fn indexed(world: &World, day: &str) {
    let mut proofs = ProofOfficeServiceClient::new(world.connect(OFFICER).await);
    let business_day = day.to_owned();
    let request = GetCheckpointRequest { business_day };
    proofs.get_checkpoint(request).await.unwrap();
}

pub(crate) async fn start_again(world: &mut World, moves: &'static str) {
    world.stop().await;
    world.moves = moves;
    world.start().await.unwrap();
}

/// The month drawn up, and approved by two officers when no region was waited for any more; its digest.
pub(crate) async fn approved(world: &World) -> String {
    let drawn = asked(world, &["draw-up", MONTH]).await.unwrap();
    let digest = drawn["digest"].as_str().unwrap().to_owned();
    let refused = asked(world, &["instruct", MONTH, "--digest", &digest])
        .await
        .unwrap_err();
    assert!(
        refused.starts_with("month.not_approved [2026-03: 0 of 2]"),
        "{refused}"
    );
    world.clock.put("2026-05-20T04:00:00.000Z");
    let approve = ["approve", MONTH, "--digest", &digest];
    asked(world, &approve).await.unwrap();
    let second = [&["month"], &approve[..]].concat();
    clearing_as(world, SECOND_OFFICER, &second).await.unwrap();
    digest
}

async fn states(world: &World) -> [Value; 2] {
    let mut states = [Value::Null, Value::Null];
    for (state, day) in states.iter_mut().zip(DAYS) {
        let status = json(world, &["status", "--day", day]).await;
        *state = to_json!([status["state"], status["month"]]);
    }
    states
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_cycles_are_paid_as_one_month_and_final_together() {
    let mut world = World::begin().await;
    start_again(&mut world, "monthly").await;
    two_cycles(&world).await;
    let by_day = ["instruct", "--day", DAYS[0]];
    let refused = clearing(&world, &by_day).await.unwrap_err();
    assert!(
        refused.starts_with("payment.by_month [2026-03]"),
        "{refused}"
    );
    let digest = approved(&world).await;
    let order = ["instruct", MONTH, "--digest", &digest];
    start_again(&mut world, "daily").await;
    let refused = asked(&world, &order).await.unwrap_err();
    assert!(refused.starts_with("payment.by_day [2026-03]"), "{refused}");
    start_again(&mut world, "monthly").await;
    let listed = asked(&world, &["list"]).await.unwrap();
    let due = |of: &str| listed["months"][0][of].clone();
    assert_eq!(due("order_by"), "2026-04-30");
    assert_eq!(due("order_days_late"), 20);
    assert_eq!(
        (due("clear_by"), due("clear_days_late")),
        ("2026-06-30".into(), 0.into())
    );
    assert_eq!(ends(&world, &["month", "list"]).await, ExitCode::FAILURE);
    let ordered = asked(&world, &order).await.unwrap();
    assert_eq!(ordered["ordered"]["business_days"], to_json!(DAYS));
    assert_eq!(
        (&ordered["ordered"]["payments"], &ordered["ordered"]["by"]),
        (&to_json!(2), &to_json!("wang.fang"))
    );
    start_again(&mut world, "daily").await;
    assert_eq!(asked(&world, &order).await.unwrap(), ordered);
    let both = |state: &str| [(); 2].map(|()| to_json!([state, MONTH]));
    assert_eq!(states(&world).await, both("instructed"));

    moved(&mut world).await;
    assert_eq!(states(&world).await, both("final"));
    let listed = asked(&world, &["list"]).await.unwrap();
    let order = &listed["months"][0]["ordered"];
    assert_eq!(order["final_at"], "2026-05-20T04:00:00.000Z");
    let said = clearing(&world, &["month", "list"]).await.unwrap();
    assert_eq!(ends(&world, &["month", "list"]).await, ExitCode::SUCCESS);
    for part in ["2 payments of 2 cycles", "all of it moved"] {
        assert!(said.contains(part), "{said} lacks {part}");
    }
}

/// The same on the day of the order, before which nothing moves for it.
fn in_may(confirm: Vec<&str>) -> Vec<&str> {
    let words = confirm.into_iter();
    let on = |word| {
        if word == "2026-03-03" {
            "2026-05-20"
        } else {
            word
        }
    };
    words.map(on).collect()
}

/// What is ordered moves: a part, then too much, then the rest of it, and out again.
async fn moved(world: &mut World) {
    let payments = ["payments", "--month", MONTH, "--open"];
    json(world, &in_may(confirm("B-1", PAYS, "10000.00", IN))).await;
    let wrong = json(world, &in_may(confirm("B-2", PAYS, "3660.01", IN))).await;
    assert_eq!(wrong["movement"]["why_parked"], "exceeds");
    let early = json(world, &in_may(confirm("B-3", IS_PAID, "13660.00", OUT))).await;
    assert_eq!(early["movement"]["why_parked"], "not_covered");
    start_again(world, "monthly").await;
    let left = json(world, &payments).await;
    assert_eq!(open(&left), [(IN, "3660.00"), (OUT, "13660.00")]);
    assert_eq!(
        (
            &left["payments"][0]["month"],
            &left["payments"][0]["business_day"]
        ),
        (&to_json!(MONTH), &to_json!(DAYS[0]))
    );
    json(world, &in_may(confirm("B-4", PAYS, "3660.00", IN))).await;
    json(
        world,
        &[
            "apply",
            "--bank-ref",
            "B-3",
            "--to",
            &format!("{OUT}=13660.00"),
        ],
    )
    .await;
    assert!(open(&json(world, &payments).await).is_empty());
}
