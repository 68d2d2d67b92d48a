//! A month over real processes: drawn up when its last business day is netted, held by both regions against their own days,
//! confirmed and objected to over kills, approved by two officers, and proven to who has only the root.

use std::path::Path;

use huitong_certs::Identity;
use huitong_core::date::BusinessDay;
use huitong_core::payable::Month;
use huitong_core::region::RegionCode;
use huitong_tests::bills::inpatient;
use huitong_tests::certificates::{institution, second_clearing_officer};
use huitong_tests::executable::{self, texts};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::{
    ClearingOfficer, RegionOfficer, clearing_options, clearing_options_as, options, options_as,
};
use huitong_tests::patience;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, Region};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use serde_json::{Value, json};

use crate::restores::at_rest;

/// Runs a command as somebody; the exit code, what it printed, and what was said.
async fn run(words: &[&str], options: Vec<String>) -> (Option<i32>, Value, String) {
    let words = words.iter().copied().chain(["--json"]);
    let words: Vec<&str> = words.chain(options.iter().map(String::as_str)).collect();
    let output = executable::run(&words).await;
    let (printed, said) = texts(&output);
    let printed = serde_json::from_str(&printed).unwrap_or(Value::Null);
    (output.status.code(), printed, said)
}

/// `huitong node month …` as a region's officer.
async fn node(world: &World, region: &Region, words: &[&str]) -> (Option<i32>, Value, String) {
    let words = [&["node", "month"][..], words].concat();
    run(&words, options(world, region)).await
}

/// `huitong clearing month …` as an officer of the operator.
async fn clearing(world: &World, words: &[&str]) -> (Option<i32>, Value, String) {
    let words = [&["clearing", "month"][..], words].concat();
    run(&words, clearing_options(world)).await
}

/// Closes the open day of both regions and nets it; which it was.
async fn net(world: &World) -> String {
    let mut days = Vec::new();
    for region in [&NINGBO, &CHENGDU] {
        days.push(RegionOfficer::of(world, region).close_day().await.0);
    }
    assert_eq!(
        days[0], days[1],
        "midnight in Shanghai passed: run it again"
    );
    ClearingOfficer::of(world).net(&days[0]).await;
    days.remove(0)
}

/// The month as a region sees it, once its node has looked at every day of it.
async fn seen(world: &World, region: &Region, month: &str) -> (Option<i32>, Value) {
    patience::until(
        "the region has looked at every day of the month",
        async || {
            let (code, own, said) = node(world, region, &["show", month]).await;
            let waits = said.contains("month.days_not_seen") || said.contains("overloaded");
            assert!(own != Value::Null || waits, "{said}");
            (own != Value::Null).then_some((code, own))
        },
    )
    .await
}

fn party(region: &Region) -> Party {
    Party::Region(RegionCode::parse(region.code).unwrap())
}

/// What the hospital says of its month stands beside the treatment region's row, and comes to that row's settlements.
async fn answered(world: &World, month: &str) {
    let row = async |region| {
        let (_, own) = seen(world, region, month).await;
        own["rows"][0].clone()
    };
    let before = row(&CHENGDU).await;
    let none = json!({"lines": 0, "amount": "0.00"});
    let all = json!({"lines": 1, "amount": before["signed"]["amount"]});
    let said = |confirmed, waiting| json!({"confirmed": confirmed, "waiting": waiting, "objected": none, "unlisted": none});
    assert_eq!(before["institutions"], said(&none, &all));
    let hospital = options_as(world, &CHENGDU, &institution(&CHENGDU, Desk::Three));
    let confirm = [
        "node",
        "institution-month",
        "confirm",
        "--month",
        month,
        "--all",
    ];
    let (code, _, why) = run(&confirm, hospital).await;
    assert_eq!(code, Some(0), "{why}");
    assert_eq!(row(&CHENGDU).await["institutions"], said(&all, &none));
    // The home region's institutions have no part in what it owes.
    assert_eq!(row(&NINGBO).await["institutions"], Value::Null);
}

/// Both regions' words, over kills of both sides.
async fn confirmed(world: &World, month: &str, digest: &str) {
    let objects = format!("{}:{}:resident_pool:under_check", NINGBO.code, CHENGDU.code);
    let unknown = format!("{}:{}:resident_pool:under_check", CHENGDU.code, NINGBO.code);
    for (region, objection) in [(&NINGBO, None), (&CHENGDU, Some(&objects))] {
        let (code, own) = seen(world, region, month).await;
        assert_eq!(code, Some(0), "{own}");
        assert_eq!(
            (&own["digest"], &own["rows"][0]["holds"]),
            (&json!(digest), &json!(true))
        );
        assert_eq!(own["rows"][0]["signed"], own["rows"][0]["days"]);
        let mut words = vec!["confirm", month, "--digest", digest];
        words.extend(objection.iter().flat_map(|row| ["--object", row.as_str()]));
        let strange = [&words[..], &["--object", &unknown]].concat();
        let (_, _, said) = node(world, region, &strange).await;
        assert!(said.contains("month.no_such_row"), "{said}");
        world.kill(Party::Clearinghouse).await;
        let (_, _, said) = node(world, region, &words).await;
        assert!(said.contains("clearinghouse"), "{said}");
        world.kill(party(region)).await;
        world.run(party(region)).await;
        world.run(Party::Clearinghouse).await;
        let taken = patience::until("the word is taken", async || {
            let (code, taken, _) = node(world, region, &words).await;
            (code == Some(0)).then_some(taken)
        });
        let taken = taken.await;
        assert_eq!(taken["objected"], json!(u64::from(objection.is_some())));
        let (_, again, _) = node(world, region, &words).await;
        assert_eq!(again, taken);
    }
    let (_, own) = seen(world, &CHENGDU, month).await;
    assert_eq!(own["rows"][0]["objected"], "under_check");
    let other = ["confirm", month, "--digest", &"0".repeat(64)];
    let (_, _, said) = node(world, &CHENGDU, &other).await;
    assert!(said.contains("month.changed"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_month_is_what_its_days_come_to_confirmed_by_regions_and_approved_by_two_officers() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let stay = inpatient(&NINGBO, 1, "v-1", &[(Item::Drug, 2_000_000)]);
    hospital.settle_for_sure("s-1", stay).await.unwrap();
    at_rest(&world).await;
    let day = BusinessDay::parse(&net(&world).await).unwrap();
    let month = Month::of(day);
    let next = month.in_next(1).unwrap();
    let name = month.to_string();
    if month.last().unwrap() > day {
        let (_, _, said) = clearing(&world, &["draw-up", &name]).await;
        assert!(said.contains("month.not_over"), "{said}");
    }

    // In the next month the one before is over, once the first day of it is netted.
    world
        .later(u32::try_from(day.days_until(next)).unwrap())
        .await;
    let stay = inpatient(&NINGBO, 2, "v-2", &[(Item::Drug, 500_000)]);
    hospital.settle_for_sure("s-2", stay).await.unwrap();
    at_rest(&world).await;
    net(&world).await;
    let (code, drawn, said) = clearing(&world, &["draw-up", &name]).await;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(
        (&drawn["stage"], &drawn["rows"]),
        (&json!("signed"), &json!(1))
    );
    let digest = drawn["digest"].as_str().unwrap().to_owned();
    answered(&world, &name).await;
    confirmed(&world, &name, &digest).await;

    let approve = ["approve", &name, "--digest", &digest];
    let (_, first, _) = clearing(&world, &approve).await;
    assert_eq!(first["stage"], "answered");
    let words = [&["clearing", "month"][..], &approve].concat();
    let second = clearing_options_as(&world, &second_clearing_officer());
    let (_, approved, _) = run(&words, second).await;
    assert_eq!(approved["stage"], "approved");
    let late = ["confirm", &name, "--digest", &digest];
    let (_, _, said) = node(&world, &CHENGDU, &late).await;
    assert!(said.contains("month.closed"), "{said}");
    proven(&world, &name).await;
    world.stop_all().await;
}

/// The month's file holds with no server.
async fn proven(world: &World, month: &str) {
    let folder = tempfile::tempdir().unwrap();
    let shown = |path: &Path| path.display().to_string();
    let file = shown(&folder.path().join("month"));
    let (code, show, _) = clearing(world, &["show", month, "--out", &file]).await;
    assert_eq!(code, Some(0));
    let row = &show["table"][0];
    assert_eq!(
        (&row["debtor"], &row["legs"]),
        (&json!(NINGBO.code), &json!(1))
    );
    assert_eq!(row["objections"][0]["why"], "under_check");
    let roots = shown(&world.credentials(&Identity::Clearinghouse).join("root.crt"));
    let verify = ["clearing", "month", "verify", &file, "--roots", &roots];
    let (code, found, _) = run(&verify, vec![]).await;
    assert_eq!((code, &found["faults"]), (Some(0), &json!([])));
    let mut bytes = std::fs::read(&file).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let (code, _, _) = run(&verify, vec![]).await;
    assert_eq!(code, Some(1));
}
