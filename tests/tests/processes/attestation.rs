//! After cut-off every region's node attests by itself, and what somebody changed on the way to the clearinghouse is found.

mod between;

use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_tests::bills::outpatient;
use huitong_tests::executable;
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::{ClearingOfficer, RegionOfficer, clearing_options, fill};
use huitong_tests::patience;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use serde_json::Value;

use self::between::{Changed, stand_between};
use crate::restores::at_rest;

const PEOPLE: u32 = 3;

async fn clearing(world: &World, words: &[&str]) -> Value {
    let options = clearing_options(world);
    let words = ["clearing"].iter().chain(words).chain(&["--json"]);
    let words = words.copied().chain(options.iter().map(String::as_str));
    executable::json(&words.collect::<Vec<_>>()).await
}

/// A visit of each of Ningbo's people in Chengdu, of a day that all have closed and that is cut off.
async fn cut_off(world: &World) -> String {
    let hospital = Hospital::of(world, &CHENGDU, Desk::Three);
    for person in 0..PEOPLE {
        let id = format!("a-{person}");
        let fen = 500_000 + i64::from(person) * 10_000;
        let call = outpatient(&NINGBO, person, &id, &[(Item::Drug, fen)]);
        hospital.settle_for_sure(&id, call).await.unwrap();
    }
    at_rest(world).await;
    let (day, _) = RegionOfficer::of(world, &NINGBO).close_day().await;
    RegionOfficer::of(world, &CHENGDU).close_day().await;
    clearing(world, &["cut-off", "--day", &day]).await;
    let officer = ClearingOfficer::of(world);
    patience::until("both regions have attested", async || {
        let state = officer.status(&day).await.state();
        (state == v1::CycleState::Attested).then_some(())
    })
    .await;
    day
}

fn states<'a>(row: &'a Value, side: &str) -> &'a str {
    row[side]["state"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_regions_attest_a_day_by_themselves() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let day = cut_off(&world).await;
    let shown = clearing(&world, &["attest", "--day", &day]).await;
    let rows = shown["rows"].as_array().unwrap();
    assert!(!rows.is_empty(), "{shown}");
    for row in rows {
        assert_eq!(
            (states(row, "debtor"), states(row, "creditor")),
            ("alike", "alike")
        );
        assert!(row["held"]["root"].is_string());
    }
    let plan = ClearingOfficer::of(&world).net(&day).await;
    assert_eq!(plan.legs, u64::from(PEOPLE));
    for region in [&NINGBO, &CHENGDU] {
        let status = RegionOfficer::of(&world, region).status().await.unwrap();
        assert_eq!(
            (status.attested_day.as_str(), status.attested_otherwise),
            (day.as_str(), 0)
        );
        assert_eq!(status.attested_rows, u64::try_from(rows.len()).unwrap());
    }
}

/// Somebody between both nodes and the clearinghouse takes a yuan off one settlement, for both alike: what the two report
/// agrees, and neither book has it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_leg_that_was_changed_for_both_alike_is_found_by_both_and_not_netted() {
    let world = start::lay_out(&[&NINGBO, &CHENGDU]);
    world.run(Party::Clearinghouse).await;
    let changed = Changed::default();
    for region in [&NINGBO, &CHENGDU] {
        let endpoint = stand_between(&world, region, &changed).await;
        let file = world.region_folder(region).join("config.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let other = text.replace(&world.clearinghouse_endpoint(), &endpoint);
        assert_ne!(text, other);
        std::fs::write(&file, other).unwrap();
        world.run(Party::Region(region.region())).await;
        fill(&world, region).await;
    }
    let day = cut_off(&world).await;
    let settlement = changed.settlement().expect("a leg was changed");
    let shown = clearing(&world, &["attest", "--day", &day]).await;
    let rows = shown["rows"].as_array().unwrap();
    for side in ["debtor", "creditor"] {
        let otherwise: Vec<_> = rows
            .iter()
            .filter(|row| states(row, side) == "otherwise")
            .collect();
        let [row] = otherwise.as_slice() else {
            panic!("{shown}");
        };
        let differences = row[side]["differences"].as_array().unwrap();
        assert_eq!(differences.len(), 1, "{shown}");
        assert_eq!(differences[0]["settlement"], settlement.as_str());
        assert_eq!(
            (&differences[0]["differs"], &differences[0]["field"]),
            (&Value::from("changed"), &Value::from("amount"))
        );
    }
    let plan = ClearingOfficer::of(&world).net(&day).await;
    assert_eq!(plan.legs, u64::from(PEOPLE) - 1);
    let waiting = clearing(&world, &["exceptions", "--reason", "attested_otherwise"]).await;
    assert_eq!(waiting["exceptions"][0]["settlement"], settlement.as_str());
    // Also a clearinghouse that was killed nets it no more than before, and says the same.
    world.kill(Party::Clearinghouse).await;
    world.run(Party::Clearinghouse).await;
    let again = ClearingOfficer::of(&world).net(&day).await;
    assert_eq!(again.canonical, plan.canonical);
    let ningbo: RegionCode = NINGBO.region();
    let officer = RegionOfficer::of(&world, &NINGBO);
    let status = officer.status().await.unwrap();
    assert_eq!(
        (status.region, status.attested_otherwise),
        (ningbo.to_string(), 1)
    );
}
