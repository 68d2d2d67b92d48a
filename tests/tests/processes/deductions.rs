//! What an audit takes off and what institutions are owed, by every command of deploy/docs/deductions.md and payables.md as it
//! is typed, at real nodes and a real clearinghouse: both regions' legs agree, the day's nets are what stands, and the
//! institution sees its own.

use huitong_core::fund::Fund;
use huitong_proto::clearing::v1::NettingPlan;
use huitong_tests::bills::outpatient;
use huitong_tests::certificates::{institution, officer};
use huitong_tests::executable;
use huitong_tests::hospital::{Hospital, receipt};
use huitong_tests::officer::{ClearingOfficer, RegionOfficer, options, options_as};
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_tests::typist::{folder_of, id_of, type_page};
use huitong_tests::world::World;
use serde_json::Value;

use crate::restores::at_rest;

/// `huitong node WORDS --json`, with the certificate that these options name.
async fn node(words: &[&str], options: &[String]) -> Value {
    let words = ["node"].iter().chain(words).chain(&["--json"]).copied();
    let words: Vec<&str> = words.chain(options.iter().map(String::as_str)).collect();
    executable::json(&words).await
}

/// Types every command of a page; the id of the deduction that it is about, if it is about one.
async fn type_the_page(world: &World, page: &str, settlement: &str, month: &str) -> String {
    let folder = folder_of(world, &[(officer(&CHENGDU), "treatment")]);
    let meant = [
        ("https://treatment.example:7443", world.endpoint(&CHENGDU)),
        ("stl_…", settlement.to_owned()),
        ("2026-11", month.to_owned()),
    ];
    let meant = type_page(page, folder.path(), &meant, |printed| {
        id_of(printed, "ded_", "ded_…")
    });
    meant.await.get("ded_…").cloned().unwrap_or_default()
}

/// What the net of a day says that a member is to be paid by a fund; below zero what it pays.
fn net_of(plan: &NettingPlan, member: &str, fund: Fund) -> i64 {
    let wire = huitong_proto::conversion::common::fund_to_wire(fund);
    let nets = plan.nets.iter();
    let of_it = nets.filter(|net| net.member == member && net.fund == wire);
    of_it.map(|net| net.amount_fen).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_days_net_is_less_what_was_deducted_and_the_institution_sees_why() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let bill = outpatient(&NINGBO, 1, "v-1", &[(Item::Drug, 900_000)]);
    let settled = hospital.settle_for_sure("s-1", bill).await.unwrap();
    let paid = receipt(&settled).body.clearing.amounts;
    let pool = paid.iter().find(|(fund, _)| *fund == Fund::ResidentPool);
    let (fund, paid) = *pool.expect("the pool pays");
    let chengdu = options(&world, &CHENGDU);
    let month = |day: &str| day.rsplit_once('-').unwrap().0.to_owned();
    let today = huitong_node::clock::Clock::now(&huitong_node::clock::SystemClock);
    let month = month(&today.business_day_shanghai().to_string());

    let of = &settled.settlement;
    let first = type_the_page(&world, "deductions.md", of, &month).await;
    let amount = format!("{fund}=50.00");
    let words = ["deduct", &settled.settlement, "--fund", &amount];
    let words = [&words[..], &["--reason", "overcharged", "--request", "d-2"]].concat();
    let second = node(&words, &chengdu).await;
    assert_eq!(second["state"], "stands");
    assert_eq!(node(&words, &chengdu).await, second, "it is the same one");

    // The institution lists its own with its own certificate, another one has none.
    let listed = async |desk: Desk| {
        let own = options_as(&world, &CHENGDU, &institution(&CHENGDU, desk));
        node(&["deductions", "--month", &month], &own).await
    };
    let own = listed(Desk::Three).await;
    let ids: Vec<&str> = own["deductions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["deduction"].as_str().unwrap())
        .collect();
    assert!(ids.contains(&&*first) && ids.contains(&second["deduction"].as_str().unwrap()));
    assert_eq!(own["deducted_fen"], 5_000);
    assert_eq!(
        listed(Desk::Two).await["deductions"],
        Value::Array(Vec::new())
    );

    let all = node(&["payables", "--month", &month], &chengdu).await;
    let payable = &all["payables"][0];
    let due = receipt(&settled)
        .body
        .clearing
        .amounts
        .iter()
        .map(|(_, paid)| paid.get())
        .sum::<i64>()
        - 5_000;
    assert_eq!(payable["due_fen"], due);
    assert_eq!(
        (&payable["deducted"]["count"], &payable["ended"]["count"]),
        (&2.into(), &1.into())
    );
    type_the_page(&world, "payables.md", of, &month).await;
    let after = node(&["payables", "--month", &month], &chengdu).await;
    assert_eq!(after, all, "what was paid is taken out again");

    at_rest(&world).await;
    let (day, legs) = RegionOfficer::of(&world, &NINGBO).close_day().await;
    let other = RegionOfficer::of(&world, &CHENGDU).close_day().await;
    assert_eq!(
        (&day, legs),
        (&other.0, other.1),
        "each leg has its counterpart"
    );
    let clearing = ClearingOfficer::of(&world);
    let status = clearing.status(&day).await;
    assert_eq!((status.waiting_legs, status.differing_legs), (0, 0));
    let plan = clearing.net(&day).await;
    let expected = paid.get() - 5_000;
    assert_eq!(net_of(&plan, CHENGDU.code, fund), expected);
    assert_eq!(net_of(&plan, NINGBO.code, fund), -expected);
    world.stop_all().await;
}
