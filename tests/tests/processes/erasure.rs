//! People who are kept no longer are erased, by real commands on real files: no journal names anybody, who is erased is
//! gone from both roles, and everything that others have of them goes on.

use std::path::Path;

use huitong_tests::bills::inpatient;
use huitong_tests::executable::{json, run, texts};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::{RegionOfficer, options};
use huitong_tests::patience;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, Region};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use prost::Message as _;
use serde_json::Value;

use crate::restores::at_rest;

/// Whom the test erases, and who stays.
pub(crate) const GONE: u32 = 0;
pub(crate) const STAYS: u32 = 1;

/// Everything in a folder that is not zero.
fn bytes_of(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = std::fs::read(entry.unwrap().path()).unwrap();
        let written = file.chunks(4_096);
        let written = written.filter(|page| page.iter().any(|byte| *byte != 0));
        written.for_each(|page| all.extend(page));
    }
    all
}

fn contains(all: &[u8], part: &str) -> bool {
    all.windows(part.len())
        .any(|window| window == part.as_bytes())
}

/// No journal holds a number of anybody, or of a voucher or a visit.
fn journals_name_nobody(world: &World) {
    for region in [&NINGBO, &CHENGDU] {
        let journal = bytes_of(&world.data_folder(region).join("journal"));
        // The search finds what is there: the catalogue names nobody and is plain.
        assert!(contains(&journal, Item::Drug.code()));
        for person in [GONE, STAYS] {
            for home in [&NINGBO, &CHENGDU] {
                for secret in [
                    home.psn_no(person),
                    home.voucher(person),
                    format!("stay-{person}"),
                ] {
                    assert!(
                        !contains(&journal, &secret),
                        "{secret} is in the journal of {}",
                        region.code
                    );
                }
            }
        }
    }
}

pub(crate) async fn settle(world: &World, person: u32) -> (String, Vec<u8>) {
    let hospital = Hospital::of(world, &CHENGDU, Desk::Two);
    let id = format!("stay-{person}");
    let bill = inpatient(&NINGBO, person, &id, &[(Item::Drug, 900_000)]);
    let settlement = hospital.settle_for_sure(&id, bill).await.unwrap();
    (settlement.settlement.clone(), settlement.encode_to_vec())
}

/// `huitong node erase`, as an operator runs it on a node that is stopped.
async fn erase(
    world: &World,
    region: &Region,
    digest: Option<&str>,
) -> (Option<i32>, Value, String) {
    let config = world.region_folder(region).join("config.toml");
    let people = world.region_folder(region).join("people.txt");
    std::fs::write(
        &people,
        format!("{} {}\n", NINGBO.code, NINGBO.psn_no(GONE)),
    )
    .unwrap();
    let (config, people) = (config.display().to_string(), people.display().to_string());
    let mut words = vec![
        "node", "erase", "--json", "--config", &config, "--people", &people,
    ];
    words.extend(digest.iter().flat_map(|digest| ["--digest", digest]));
    let done = run(&words).await;
    let (printed, said) = texts(&done);
    (
        done.status.code(),
        serde_json::from_str(&printed).unwrap_or_default(),
        said,
    )
}

fn codes(shown: &Value) -> Vec<String> {
    let obstacles = shown["people"][0]["obstacles"].as_array().unwrap();
    obstacles
        .iter()
        .map(|obstacle| obstacle["code"].as_str().unwrap().to_owned())
        .collect()
}

/// Stops a node once what others acknowledged is in its journal, which follows a moment later; what is shown then.
async fn stopped(world: &World, region: &Region) -> Value {
    let party = Party::Region(region.region());
    patience::until("acknowledged in the journal", async || {
        world.stop(party).await;
        let (code, shown, said) = erase(world, region, None).await;
        assert_eq!(code, Some(65), "{shown}{said}");
        if codes(&shown).contains(&"not_acknowledged".to_owned()) {
            world.run(party).await;
            return None;
        }
        Some(shown)
    })
    .await
}

/// Has the region keep nobody longer than until the day is closed.
fn keep_nobody(world: &World, region: &Region) {
    let config = world.region_folder(region).join("config.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{text}\n[store]\nkeep_days = 0\n")).unwrap();
}

async fn act(world: &World, words: &[&str]) {
    let options = options(world, &NINGBO);
    let mut all = vec!["node", "person"];
    all.extend(words);
    all.extend(options.iter().map(String::as_str));
    let done = run(&all).await;
    assert!(done.status.success(), "{:?}", texts(&done));
}

/// The person's cover ends, the accounts are paid out, and the day is closed.
pub(crate) async fn leaves(world: &World) {
    let psn_no = NINGBO.psn_no(GONE);
    act(
        world,
        &["lapse", &psn_no, "--from", "2020-01-01", "--id", "L-1"],
    )
    .await;
    act(
        world,
        &[
            "set-balances",
            &psn_no,
            "--own",
            "0.00",
            "--as-of",
            "2024-01-01",
            "--source",
            "test",
            "--id",
            "B-1",
        ],
    )
    .await;
    for region in [&NINGBO, &CHENGDU] {
        RegionOfficer::of(world, region).close_day().await;
    }
    at_rest(world).await;
}

async fn legs(world: &World, region: &Region) -> u64 {
    RegionOfficer::of(world, region)
        .status()
        .await
        .unwrap()
        .legs_written
}

/// Looks, looks again once nobody is kept any longer, does it, and finds nobody when it is done again.
pub(crate) async fn erase_there(world: &World, region: &Region) {
    let party = Party::Region(region.region());
    let shown = stopped(world, region).await;
    assert_eq!(codes(&shown), ["recent"], "{shown}");
    keep_nobody(world, region);
    let (code, shown, _) = erase(world, region, None).await;
    assert_eq!(
        (code, &shown["erased"]),
        (Some(0), &Value::Bool(false)),
        "{shown}"
    );
    let digest = shown["digest"].as_str().unwrap().to_owned();
    let wrong = huitong_core::digest::sha256(b"another list").to_string();
    assert_eq!(erase(world, region, Some(&wrong)).await.0, Some(65));
    let (code, shown, said) = erase(world, region, Some(&digest)).await;
    assert_eq!(
        (code, &shown["erased"]),
        (Some(0), &Value::Bool(true)),
        "{shown}{said}"
    );
    // Done again, nobody is known any more.
    let (code, shown, _) = erase(world, region, Some(&digest)).await;
    assert_eq!(
        (code, codes(&shown)),
        (Some(65), vec!["unknown".to_owned()])
    );
    world.run(party).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_kept_no_longer_is_erased_at_both_regions_and_the_rest_goes_on() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let (gone, _) = settle(&world, GONE).await;
    let (_, stays) = settle(&world, STAYS).await;
    at_rest(&world).await;
    journals_name_nobody(&world);
    let written = [legs(&world, &NINGBO).await, legs(&world, &CHENGDU).await];
    assert_eq!(
        erase(&world, &CHENGDU, None).await.0,
        Some(1),
        "a node runs"
    );

    // At the home region the person is insured, and today is not closed.
    let ningbo = Party::Region(NINGBO.region());
    world.stop(ningbo).await;
    let (code, shown, _) = erase(&world, &NINGBO, None).await;
    assert_eq!(code, Some(65));
    assert!(codes(&shown).contains(&"covered".to_owned()), "{shown}");
    world.run(ningbo).await;
    leaves(&world).await;

    for region in [&NINGBO, &CHENGDU] {
        erase_there(&world, region).await;
    }
    at_rest(&world).await;
    goes_on(&world, &gone, &stays, written).await;
    world.stop_all().await;
}

/// What others have of the person stands, the person is gone, and nobody else is touched.
async fn goes_on(world: &World, gone: &str, stays: &[u8], written: [u64; 2]) {
    assert_eq!(
        [legs(world, &NINGBO).await, legs(world, &CHENGDU).await],
        written
    );
    let hospital = Hospital::of(world, &CHENGDU, Desk::Two);
    let refused = hospital.get(&format!("stay-{GONE}")).await.unwrap_err();
    assert_eq!(refused.code, "id.erased");
    let bill = inpatient(
        &NINGBO,
        GONE,
        &format!("stay-{GONE}"),
        &[(Item::Drug, 900_000)],
    );
    let refused = hospital
        .settle(&format!("stay-{GONE}"), bill)
        .await
        .unwrap_err();
    assert_eq!(refused.code, "id.erased");
    let shown = hospital.get(&format!("stay-{STAYS}")).await.unwrap();
    assert_eq!(shown.encode_to_vec(), stays);
    // At home nobody has the number, and no evidence is left.
    let bill = inpatient(&NINGBO, GONE, "new", &[(Item::Drug, 900_000)]);
    let refused = hospital.settle("new", bill).await.unwrap_err();
    assert_eq!(refused.code, "person.unknown");
    let out = world.folder().join("gone.htev").display().to_string();
    for (region, more) in [
        (&NINGBO, vec!["--treatment", CHENGDU.code]),
        (&CHENGDU, Vec::new()),
    ] {
        let options = options(world, region);
        let mut words = vec!["node", "evidence", "--settlement", gone, "--out", &out];
        words.extend(more);
        words.extend(options.iter().map(String::as_str));
        let (_, said) = texts(&run(&words).await);
        assert!(said.contains("id.erased"), "{said}");
    }
    // Who stays goes on.
    let bill = inpatient(&NINGBO, STAYS, "later", &[(Item::Drug, 500_000)]);
    hospital.settle_for_sure("later", bill).await.unwrap();
    let options = options(world, &NINGBO);
    let mut words = vec!["node", "status", "--json"];
    words.extend(options.iter().map(String::as_str));
    json(&words).await;
}
