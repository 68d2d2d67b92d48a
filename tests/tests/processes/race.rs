//! Two hospitals in two regions race for one person's deductible and account: each is used once.

use huitong_tests::audit::{self, Told};
use huitong_tests::bills::outpatient;
use huitong_tests::hospital::Hospital;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, Region, SHANGHAI};
use huitong_tests::start;
use tokio::task::JoinSet;

/// Whose deductible it is; the account holds 70 yuan.
const PERSON: u32 = 7;
/// Bills in each of both regions, of 50 yuan each: the deductible of 200 ends in the middle of the race.
const BILLS: u32 = 8;

#[tokio::test]
async fn one_deductible_is_used_once_by_two_regions() {
    let world = start::start(&[&CHENGDU, &NINGBO, &SHANGHAI]).await;
    let hospital = |region: &Region| Hospital::of(&world, region, Desk::Two);
    let mut racing = JoinSet::new();
    for number in 0..BILLS {
        for treatment in [&NINGBO, &SHANGHAI] {
            let hospital = hospital(treatment);
            racing.spawn(async move {
                let id = format!("{}-{number}", treatment.code);
                let bill = outpatient(&CHENGDU, PERSON, &id, &[(Item::Drug, 5_000)]);
                let settlement = hospital.settle_for_sure(&id, bill).await.unwrap();
                Told {
                    treatment,
                    home: &CHENGDU,
                    person: PERSON,
                    request_id: id,
                    settlement,
                }
            });
        }
    }
    let told = racing.join_all().await;

    let sum = |what: fn(&huitong_proto::settlement::v1::Decision) -> i64| -> i64 {
        told.iter()
            .map(|told| what(told.settlement.decision.as_ref().unwrap()))
            .sum()
    };
    let total = i64::from(2 * BILLS) * 5_000;
    let start = |decision: &huitong_proto::settlement::v1::Decision| {
        decision
            .layers
            .iter()
            .find(|layer| layer.id == "outpatient")
            .unwrap()
            .left_start_fen
    };
    assert_eq!(sum(|decision| decision.total_fen), total);
    assert_eq!(
        told.iter()
            .map(|told| start(told.settlement.decision.as_ref().unwrap()))
            .sum::<i64>(),
        20_000
    );
    assert_eq!(
        sum(|decision| decision.fund_total_fen),
        (total - 20_000) * 6 / 10
    );
    assert_eq!(sum(|decision| decision.own_account_fen), 7_000);

    let held = audit::both_sides_hold_once(&world, &told, Desk::Two).await;
    assert_eq!(held, told.len());
    audit::the_day_nets_to_what_was_told(&world, &told).await;
    world.stop_all().await;
}
