//! Every command of deploy/docs/external-records.md, in order, as it is typed, by the real executable at a real node,
//! and what the settlements then mean for a stay in another region, over a kill.

use huitong_tests::bills::{inpatient, visit};
use huitong_tests::certificates::officer;
use huitong_tests::executable::{self, run_in, texts};
use huitong_tests::handbook::{Block, Exchange, blocks, exchanges, is_like, page_of, words};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::{RegionOfficer, options};
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_tests::world::{Party, World};

/// The address that the page's lines are typed with.
const ENDPOINT: &str = "https://node.example:7443";
/// The page.
const PAGE: &str = "external-records.md";
/// Whose stay the page records.
const PERSON: u32 = 17;

/// Types the commands of a block in a folder.
pub(crate) async fn type_all(
    world: &World,
    folder: &std::path::Path,
    block: &Block,
    page: &str,
    exit: i32,
) -> usize {
    let all = exchanges(block);
    for Exchange { typed, shown } in &all {
        let place = format!("{page}:{}: {typed}", block.line);
        let words = words(typed);
        assert_eq!(words[..2], ["huitong", "node"], "{place}");
        let endpoint = world.endpoint(&NINGBO);
        let meant = |word: &String| match word.as_str() {
            ENDPOINT => endpoint.clone(),
            _ => word.clone(),
        };
        let args: Vec<String> = words.iter().skip(1).map(meant).collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = run_in(folder, &args).await;
        let (printed, said) = texts(&output);
        assert_eq!(output.status.code(), Some(exit), "{place}\n{said}{printed}");
        let all = format!("{said}{printed}");
        assert!(
            is_like(&all, shown),
            "{place}\nexpected:\n{shown}\nprinted:\n{all}"
        );
    }
    all.len()
}

/// What a total of a person stands at, as the command shows it, and how much of it is from outside.
async fn total(world: &World, person: u32, name: &str) -> (i64, i64) {
    let (psn_no, options) = (NINGBO.psn_no(person), options(world, &NINGBO));
    let mut args = vec!["node", "person", "show", &psn_no, "--json"];
    args.extend(options.iter().map(String::as_str));
    let shown = executable::json(&args).await;
    let totals = shown["totals"].as_array().unwrap();
    let total = totals.iter().find(|total| total["total"] == name);
    let figure = |key: &str| total.map_or(0, |total| total[key].as_i64().unwrap());
    (figure("value"), figure("outside"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_of_the_page_prints_what_stands_below_it_and_its_settlements_count() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let folder = tempfile::tempdir().unwrap();
    let from = world.credentials(&officer(&NINGBO));
    for (file, to) in [
        ("tls.crt", "first.crt"),
        ("tls.key", "first.key"),
        ("root.crt", "root.crt"),
    ] {
        std::fs::copy(from.join(file), folder.path().join(to)).unwrap();
    }
    let (page, mut run) = (page_of(PAGE), 0);
    for block in blocks(&page) {
        run += match block.info.as_str() {
            "console node" => type_all(&world, folder.path(), &block, PAGE, 0).await,
            "console node exits 65" => type_all(&world, folder.path(), &block, PAGE, 65).await,
            other => {
                let (_, name) = other.rsplit_once(' ').unwrap();
                std::fs::write(folder.path().join(name), &block.text).unwrap();
                0
            }
        };
    }
    let typed = page.lines().filter(|line| line.starts_with("$ ")).count();
    assert_eq!(run, typed, "every line that is typed was run");

    // What was recorded is on disk, and a stay in Chengdu is added to it.
    let ningbo = Party::Region(NINGBO.region());
    world.kill(ningbo).await;
    world.run(ningbo).await;
    assert_eq!(total(&world, PERSON, "paid").await, (336_000, 336_000));
    assert_eq!(
        total(&world, PERSON + 1, "outpatient").await,
        (50_000, 50_000)
    );
    let mut stay = inpatient(&NINGBO, PERSON, "v-1", &[(Item::Drug, 2_000_000)]);
    "2024-06-06".clone_into(&mut visit(&mut stay).admitted);
    "2024-06-16".clone_into(&mut visit(&mut stay).discharged);
    for line in &mut stay.lines {
        "2024-06-16".clone_into(&mut line.date);
    }
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let settled = hospital.settle_for_sure("s-1", stay).await.unwrap();
    let paid = settled.decision.unwrap().fund_total_fen;
    assert_eq!(
        total(&world, PERSON, "paid").await,
        (336_000 + paid, 336_000)
    );
    assert_eq!(total(&world, PERSON, "admissions").await, (2, 1));
    // Only the settlement makes legs, and none is owed for what was recorded.
    let legs = RegionOfficer::of(&world, &NINGBO).status().await.unwrap();
    assert_eq!(legs.legs_written, 1);
    world.stop_all().await;
}
