//! A policy's life across processes: by the commands of two officers, with the node killed in between.

use std::path::PathBuf;

use huitong_tests::bills::inpatient;
use huitong_tests::certificates::{approver, officer};
use huitong_tests::executable::{run, texts};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::{options, policy};
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use serde_json::Value;

/// The resident document with 80 % instead of 70 %, from May 2024 on in place of the one that stands.
fn mended(world: &World, superseded: &str) -> PathBuf {
    let text = include_str!("../../data/resident.toml").replace("{region}", NINGBO.code);
    let text = text
        .replace("three = \"0.70\"", "three = \"0.80\"")
        .replace("inpatient = \"13160\"", "inpatient = \"15040\"")
        .replace("patient_total = \"8840\"", "patient_total = \"6960\"")
        .replace(
            "effective = { from = 2023-01-01 }",
            &format!("supersedes = [\"{superseded}\"]\neffective = {{ from = 2024-05-01 }}"),
        );
    let path = world.region_folder(&NINGBO).join("mended.toml");
    std::fs::write(&path, text).unwrap();
    path
}

/// Kills Ningbo's node and starts it again.
async fn kill(world: &World) {
    let ningbo = Party::Region(NINGBO.region());
    world.kill(ningbo).await;
    world.run(ningbo).await;
}

async fn listed(world: &World) -> Vec<Value> {
    let list = policy(world, &NINGBO, &officer(&NINGBO), &["list"]).await;
    list["policies"].as_array().unwrap().clone()
}

fn state<'a>(list: &'a [Value], digest: &str) -> &'a str {
    let found = list.iter().find(|it| it["digest"] == digest).unwrap();
    found["state"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_published_superseding_withdrawn_and_reckoned_back_across_kills() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let older = listed(&world).await[0]["digest"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = mended(&world, &older).display().to_string();
    let proposed = policy(&world, &NINGBO, &officer(&NINGBO), &["publish", &path]).await;
    let newer = proposed["digest"].as_str().unwrap().to_owned();
    kill(&world).await;
    assert_eq!(state(&listed(&world).await, &newer), "proposed");

    // The officer who put it forward cannot approve it.
    let mut alone = vec!["policy", "approve", &newer];
    let options = options(&world, &NINGBO);
    alone.extend(options.iter().map(String::as_str));
    let alone = run(&alone).await;
    assert_eq!(alone.status.code(), Some(1));
    assert!(
        texts(&alone).1.contains("policy.same_officer: "),
        "{alone:?}"
    );

    policy(&world, &NINGBO, &approver(&NINGBO), &["approve", &newer]).await;
    kill(&world).await;
    let list = listed(&world).await;
    assert_eq!(
        (state(&list, &older), state(&list, &newer)),
        ("superseded", "published")
    );

    // 20,000 in scope: (20,000 − 1,200) × 0.80.
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let stay = inpatient(&NINGBO, 1, "V1", &[(Item::Drug, 2_000_000)]);
    let settled = hospital.settle("r-1", stay).await.unwrap();
    assert_eq!(settled.decision.unwrap().fund_total_fen, 1_504_000);

    let days = ["--from", "2024-05-01", "--to", "2024-05-31"];
    let document = world.region_folder(&NINGBO).join("policy.toml");
    let document = document.display().to_string();
    let replay = [&["replay", "--policy", &document][..], &days].concat();
    let replay = policy(&world, &NINGBO, &officer(&NINGBO), &replay).await;
    assert_eq!(replay["all"]["funds"]["old"], "15040.00");
    assert_eq!(replay["all"]["funds"]["new"], "13160.00");

    let withdraw = [
        "withdraw",
        &newer,
        "--reason",
        "a slip",
        "--in-favour-of",
        &older,
    ];
    policy(&world, &NINGBO, &officer(&NINGBO), &withdraw).await;
    kill(&world).await;
    let approve = ["approve", &newer, "--withdrawal"];
    policy(&world, &NINGBO, &approver(&NINGBO), &approve).await;
    world.kill(Party::Region(NINGBO.region())).await;
    world.remove_index(&NINGBO).await;
    world.run(Party::Region(NINGBO.region())).await;
    let list = listed(&world).await;
    assert_eq!(
        (state(&list, &older), state(&list, &newer)),
        ("published", "withdrawn")
    );
    let booked = policy(&world, &NINGBO, &officer(&NINGBO), &["differences", &newer]).await;
    assert_eq!(
        booked["rows"][0]["funds"]["resident_pool"]["difference"],
        "-1880.00"
    );
    assert_eq!(booked["totals"]["patient"]["difference"], "1880.00");
    let stay = inpatient(&NINGBO, 2, "V2", &[(Item::Drug, 2_000_000)]);
    let settled = hospital.settle("r-2", stay).await.unwrap();
    assert_eq!(settled.decision.unwrap().fund_total_fen, 1_316_000);
    world.stop_all().await;
}
