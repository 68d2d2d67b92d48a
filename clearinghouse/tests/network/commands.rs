//! What an officer types, from the words to the answer.

use std::process::ExitCode;

use clap::Parser as _;
use huitong_clearinghouse::ClearingCommand;
use serde_json::Value;

use crate::world::{CHENGDU, NINGBO, OFFICER, World, close, debt, payable, receivable, report};

#[derive(clap::Parser)]
struct Line {
    #[command(flatten)]
    clearing: ClearingCommand,
}

/// Where the clearinghouse is, and who asks.
pub(crate) fn as_officer(world: &World) -> [String; 8] {
    speaking_as(world, OFFICER)
}

fn speaking_as(world: &World, party: &str) -> [String; 8] {
    let files = world.files(party);
    let path = |path: &std::path::Path| path.display().to_string();
    [
        "--endpoint".to_owned(),
        world.endpoint(),
        "--cert".to_owned(),
        path(&files.chain),
        "--key".to_owned(),
        path(&files.key),
        "--ca".to_owned(),
        path(&files.roots),
    ]
}

/// Runs `clearing …` as the officer; answers what it printed, or what it said instead.
pub(crate) async fn clearing(world: &World, words: &[&str]) -> Result<String, String> {
    clearing_as(world, OFFICER, words).await
}

/// Runs `clearing …` that asks no server; what it printed.
pub(crate) async fn offline(words: &[&str]) -> Result<String, String> {
    let words = words.iter().map(ToString::to_string);
    let line = Line::try_parse_from(["clearing".to_owned()].into_iter().chain(words)).unwrap();
    let ran = run(line).await;
    ran.map(|(_, said)| said)
        .map_err(|error| format!("{error:#}"))
}

/// Runs `clearing …` as one of the officers.
pub(crate) async fn clearing_as(
    world: &World,
    party: &str,
    words: &[&str],
) -> Result<String, String> {
    let ran = run(line(world, party, words)).await;
    ran.map(|(_, said)| said).map_err(|error| error.to_string())
}

/// With what `clearing …` ends as the officer, once it has printed what was asked for.
pub(crate) async fn ends(world: &World, words: &[&str]) -> ExitCode {
    run(line(world, OFFICER, words)).await.unwrap().0
}

fn line(world: &World, party: &str, words: &[&str]) -> Line {
    let words = words.iter().map(ToString::to_string);
    let line = ["clearing".to_owned()]
        .into_iter()
        .chain(words)
        .chain(speaking_as(world, party));
    Line::try_parse_from(line).unwrap()
}

async fn run(line: Line) -> anyhow::Result<(ExitCode, String)> {
    // The command has a runtime of its own.
    let run = move || {
        let mut out = Vec::new();
        let ran = line.clearing.run_to(&mut out);
        ran.map(|code| (code, String::from_utf8(out).unwrap()))
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

pub(crate) async fn json(world: &World, words: &[&str]) -> Value {
    let words: Vec<_> = words.iter().copied().chain(["--json"]).collect();
    serde_json::from_str(&clearing(world, &words).await.unwrap()).unwrap()
}

async fn one_leg_is_not_netted(world: &World) {
    let found = json(world, &["exceptions"]).await;
    let one = &found["exceptions"][0];
    assert_eq!(one["reason"], "counterpart_missing");
    assert_eq!(one["told"]["amount"], "0.05");
    assert_eq!(one["other"], Value::Null);
    assert_eq!(found["ageing"][0]["groups"][0]["legs"], 1);
    let differing = json(world, &["exceptions", "--reason", "differs"]).await;
    assert_eq!(differing["exceptions"], Value::Array(Vec::new()));
    let words = ["what-if", "--day", "2026-03-01", "--without", "510100"];
    let supposed = json(world, &words).await;
    assert_eq!(supposed["nets"][0]["planned"], "-13160.00");
    assert_eq!(supposed["nets"][0]["supposed"], "0.00");
    let said = clearing(world, &words).await.unwrap();
    assert!(said.starts_with("member  fund"), "{said}");
}

/// The first of March is netted, and two officers are to approve it by the day after the cut-off.
async fn what_waits_is_told_and_ends_with_1_once_it_is_late(world: &World) {
    let status = json(world, &["status"]).await;
    assert_eq!(status["business_day"], "2026-03-01");
    let cycle = &status["cycles"][0];
    assert_eq!(cycle["business_day"], "2026-03-01");
    assert_eq!(cycle["waits_for"], "approval");
    assert_eq!(cycle["cut_off_at"], "2026-03-03T04:00:00.000Z");
    assert_eq!(
        (&cycle["due"], &cycle["days_late"]),
        (&"2026-03-04".into(), &0.into())
    );
    assert_eq!(ends(world, &["status"]).await, ExitCode::SUCCESS);
    assert_eq!(ends(world, &["exceptions"]).await, ExitCode::SUCCESS);
    world.clock.put("2026-03-06T04:00:00.000Z");
    let said = clearing(world, &["status"]).await.unwrap();
    assert!(said.contains("by 2026-03-04, 2 d overdue"), "{said}");
    assert_eq!(ends(world, &["status"]).await, ExitCode::FAILURE);
    let of_day = ["status", "--day", "2026-03-01"];
    assert_eq!(ends(world, &of_day).await, ExitCode::SUCCESS);
    world.clock.put("2026-04-04T04:00:00.000Z");
    assert_eq!(ends(world, &["exceptions"]).await, ExitCode::FAILURE);
    let others = ["exceptions", "--reason", "differs"];
    assert_eq!(ends(world, &others).await, ExitCode::SUCCESS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_officer_clears_a_day() {
    let world = World::begin().await;
    let leg = debt(1, 1_316_000);
    let (mut ningbo, mut chengdu) = (world.region(NINGBO).await, world.region(CHENGDU).await);
    report(
        &mut chengdu,
        vec![receivable(1, &leg), receivable(2, &debt(2, 5))],
    )
    .await
    .unwrap();
    report(&mut ningbo, vec![payable(1, &leg)]).await.unwrap();
    let day = ["--day", "2026-03-01"];
    let with = |first: &'static str, more: &[&'static str]| -> Vec<&'static str> {
        [&[first], &day[..], more].concat()
    };

    let status = json(&world, &["status"]).await;
    assert_eq!(
        (status["business_day"].as_str(), status["state"].as_str()),
        (Some("2026-03-01"), Some("open"))
    );
    assert_eq!(status["oldest_waiting"][0]["reason"], "counterpart_missing");
    let said = clearing(&world, &with("cut-off", &[])).await.unwrap_err();
    assert!(
        said.starts_with("cycle.regions_open [330200, 510100]: "),
        "{said}"
    );
    let said = clearing(&world, &with("net", &[])).await.unwrap_err();
    assert!(said.starts_with("cycle.not_cut_off"), "{said}");

    close(&mut ningbo, "2026-03-01", 1).await.unwrap();
    close(&mut chengdu, "2026-03-01", 2).await.unwrap();
    assert_eq!(
        json(&world, &with("cut-off", &[])).await["state"],
        "cut_off"
    );
    let plan = json(&world, &with("net", &[])).await;
    assert_eq!(plan["pairs"][0]["amount"], "13160.00");
    assert_eq!(plan["nets"][0]["amount"], "-13160.00");
    assert_eq!(
        (plan["legs"].as_u64(), plan["legs_total"].as_str()),
        (Some(1), Some("13160.00"))
    );
    assert_eq!(json(&world, &with("net", &[])).await, plan);
    let statement = json(&world, &with("statement", &["--member", "330000"])).await;
    assert_eq!(statement["regions"][0]["region"], NINGBO);
    assert_eq!(statement["nets"][0]["member"], "330000");
    one_leg_is_not_netted(&world).await;

    for (words, expected) in [
        (with("status", &[]), "cycle 2026-03-01: netted"),
        (
            with("cut-off", &["--at-deadline"]),
            "cycle 2026-03-01: netted",
        ),
        (
            with("net", &[]),
            "plan 1 of 2026-03-01: 1 legs, 13160.00 yuan",
        ),
        (
            with("statement", &["--member", "510100"]),
            "statement of 510100 for 2026-03-01, plan 1",
        ),
        (vec!["exceptions", "--region", "510100"], "stl"),
        (
            vec!["release", "--region", "510100"],
            "the stream of 510100 is not halted: nothing was changed, it goes on after 2",
        ),
    ] {
        let said = clearing(&world, &words).await.unwrap();
        assert!(said.starts_with(expected), "{said}");
    }
    what_waits_is_told_and_ends_with_1_once_it_is_late(&world).await;
}
