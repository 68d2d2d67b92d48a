//! Settlements taken back over real processes: in the cycle after the one they were netted in, over kills,
//! and settled anew. What is netted in all is what stands in all.

use std::collections::BTreeMap;

use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1::NettingPlan;
use huitong_proto::settlement::v1::{ReversalReason as Reason, State};
use huitong_tests::bills::{inpatient, outpatient};
use huitong_tests::executable;
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::{self, ClearingOfficer, RegionOfficer};
use huitong_tests::patience;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, Region};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use serde_json::Value;

fn party(region: &Region) -> Party {
    Party::Region(RegionCode::parse(region.code).unwrap())
}

/// Closes the open day of both regions and nets it, once the clearinghouse holds that every leg agrees.
async fn net(world: &World) -> (String, NettingPlan) {
    let mut days = Vec::new();
    for region in [&NINGBO, &CHENGDU] {
        days.push(RegionOfficer::of(world, region).close_day().await);
    }
    let [(day, ningbo), (other, chengdu)] = &*days else {
        panic!("{days:?}")
    };
    assert_eq!(day, other, "midnight in Shanghai passed: run it again");
    assert_eq!(ningbo, chengdu, "each leg has its counterpart");
    let officer = ClearingOfficer::of(world);
    let status = officer.status(day).await;
    assert_eq!((status.waiting_legs, status.differing_legs), (0, 0));
    (day.clone(), officer.net(day).await)
}

/// What each region is owed, by fund, over several plans.
fn positions(plans: &[&NettingPlan]) -> BTreeMap<(String, i32), i64> {
    let mut sums = BTreeMap::new();
    for pair in plans.iter().flat_map(|plan| &plan.pairs) {
        *sums.entry((pair.creditor.clone(), pair.fund)).or_insert(0) += pair.amount_fen;
        *sums.entry((pair.debtor.clone(), pair.fund)).or_insert(0) -= pair.amount_fen;
    }
    sums
}

/// Ningbo's bureau takes a settlement in Chengdu back by its command, which repeated says the same.
async fn taken_back_by_the_bureau(world: &World, settlement: &str) -> Value {
    let options = officer::options(world, &NINGBO);
    let mut args = vec!["node", "reverse", settlement, "--json"];
    args.extend(["--treatment", CHENGDU.code]);
    args.extend(["--reason", "fraud", "--id", "o-1"]);
    args.extend(options.iter().map(String::as_str));
    let told = executable::json(&args).await;
    assert_eq!(told["settlement"], *settlement);
    assert_eq!(executable::json(&args).await, told);
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reversal_after_the_cycle_closed_nets_to_zero_with_it() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let stay = inpatient(&NINGBO, 1, "v-1", &[(Item::Drug, 2_000_000)]);
    let call = outpatient(&NINGBO, 2, "v-2", &[(Item::Drug, 90_000)]);
    let stays = hospital.settle_for_sure("s-1", stay.clone()).await.unwrap();
    let calls = hospital.settle_for_sure("s-2", call).await.unwrap();
    let (first_day, first) = net(&world).await;
    assert!(first.legs > 0);
    world.tomorrow().await;

    // The hospital takes one back while its node is killed; the bureau the other, by its command.
    let wish = tokio::spawn({
        let hospital = hospital.clone();
        async move {
            hospital
                .reverse_for_sure("x-1", "s-1", Reason::Correction)
                .await
                .unwrap()
        }
    });
    world.kill(party(&CHENGDU)).await;
    world.run(party(&CHENGDU)).await;
    let reversed = wish.await.unwrap();
    assert_eq!(reversed.state(), State::Reversed);
    assert_eq!(reversed.receipt, stays.receipt);
    let decision = stays.decision.as_ref().unwrap();
    let refund = reversed.refund.unwrap();
    assert_eq!(refund.cash_fen, decision.cash_fen);
    assert_eq!(refund.own_account_fen, decision.own_account_fen);

    world.kill(party(&CHENGDU)).await;
    let told = taken_back_by_the_bureau(&world, &calls.settlement).await;
    world.kill(party(&NINGBO)).await;
    world.run(party(&NINGBO)).await;
    world.run(party(&CHENGDU)).await;
    let seen = patience::until("the bureau's reversal at the hospital", async || {
        let seen = hospital.get("s-2").await.ok()?;
        (seen.state() == State::Reversed).then_some(seen)
    })
    .await;
    assert_eq!(seen.reversal.unwrap().reversal, told["reversal"]);

    let (second_day, second) = net(&world).await;
    assert!(second_day > first_day);
    assert_eq!(second.legs, first.legs);
    let sums = positions(&[&first, &second]);
    assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");

    world.tomorrow().await;

    // Settled anew under another id: what stands is what is netted in all.
    let anew = hospital.settle_for_sure("s-3", stay).await.unwrap();
    let correction = anew.correction.as_ref().unwrap();
    assert_eq!(correction.replaces, stays.settlement);
    assert_eq!((correction.refund_fen, correction.owed_fen), (0, 0));
    assert_eq!(anew.decision, stays.decision);
    let (_, third) = net(&world).await;
    let standing = anew.receipt.unwrap().amounts;
    let owed: BTreeMap<(String, i32), i64> = standing
        .iter()
        .map(|paid| ((CHENGDU.code.to_owned(), paid.fund), paid.amount_fen))
        .collect();
    let sums = positions(&[&first, &second, &third]);
    let due = sums.into_iter().filter(|(_, sum)| *sum > 0);
    assert_eq!(due.collect::<BTreeMap<_, _>>(), owed);
    world.stop_all().await;
}
