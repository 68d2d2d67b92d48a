//! The clearinghouse loses its disk: a backup is put back by the command, the regions send again what came after it
//! without being told, and the cycle that was netted meanwhile comes back with its marks and to the same plan.

use std::path::PathBuf;

use huitong_tests::executable::{self, texts};
use huitong_tests::officer::{ClearingOfficer, RegionOfficer, clearing_options};
use huitong_tests::patience;
use huitong_tests::register::{CHENGDU, NINGBO};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use serde_json::Value;

use crate::restores::{at_rest, settle};

/// Runs a command of the clearinghouse's officer.
async fn officer(world: &World, words: &[&str]) -> Result<Value, String> {
    let options = clearing_options(world);
    let words = words.iter().copied().chain(["--json"]);
    let words: Vec<&str> = words.chain(options.iter().map(String::as_str)).collect();
    let output = executable::run(&words).await;
    let (printed, said) = texts(&output);
    if output.status.success() {
        Ok(serde_json::from_str(&printed).unwrap())
    } else {
        Err(said)
    }
}

/// The mark of each region.
fn marks(status: &Value) -> Vec<Value> {
    let regions = status["regions"].as_array().unwrap();
    regions.iter().map(|row| row["mark"].clone()).collect()
}

fn file(folder: PathBuf, name: &str) -> String {
    folder.join(name).display().to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clearinghouse_that_lost_its_disk_holds_and_nets_again_what_it_did() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let folder = tempfile::tempdir().unwrap();
    let backup = file(folder.path().to_owned(), "backup");
    let mut told = Vec::new();
    settle(&world, 1, &mut told).await;
    at_rest(&world).await;
    let taken = officer(&world, &["clearinghouse", "backup", "--to", &backup]).await;
    assert!(taken.unwrap()["frame"].as_u64().unwrap() > 0);

    // After the backup: more legs, the end of the day, its plan, and legs past its marks.
    settle(&world, 2, &mut told).await;
    at_rest(&world).await;
    let (day, _) = RegionOfficer::of(&world, &NINGBO).close_day().await;
    RegionOfficer::of(&world, &CHENGDU).close_day().await;
    let cut_off = ["clearing", "cut-off", "--day", &day];
    let paper = officer(&world, &cut_off).await.unwrap();
    let paper_file = file(folder.path().to_owned(), "cut-off.json");
    std::fs::write(&paper_file, paper.to_string()).unwrap();
    let plan = officer(&world, &["clearing", "net", "--day", &day]).await;
    let plan = plan.unwrap();
    assert!(plan["legs"].as_u64().unwrap() > 0);
    settle(&world, 3, &mut told).await;
    at_rest(&world).await;
    let held = ClearingOfficer::of(&world).status(&day).await;

    world.kill(Party::Clearinghouse).await;
    let data = world.clearinghouse_folder().join("data");
    std::fs::remove_dir_all(data).unwrap();
    let config = file(world.clearinghouse_folder(), "config.toml");
    let restore = ["restore", "--json", "--config", &config, "--from", &backup];
    let restored = executable::json(&[&["clearinghouse"], &restore[..]].concat()).await;
    assert_eq!(restored["incarnation"], 2);
    world.run(Party::Clearinghouse).await;

    // The regions find out by themselves, also about the day that they had closed.
    let clearing = ClearingOfficer::of(&world);
    patience::until("legs and closed days again", async || {
        let now = clearing.status(&day).await;
        let mut pairs = now.regions.iter().zip(&held.regions);
        let is_back = pairs.all(|(now, then)| now.held == then.held && now.closed);
        is_back.then_some(())
    })
    .await;
    let said = officer(&world, &cut_off).await.unwrap_err();
    assert!(said.contains("cycle.restored"), "{said}");
    let again = [&cut_off[..], &["--marks", &paper_file]].concat();
    let found = officer(&world, &again).await.unwrap();
    assert_eq!(marks(&found), marks(&paper));
    let digest = plan["digest"].as_str().unwrap();
    let net = ["clearing", "net", "--day", &day, "--digest", digest];
    assert_eq!(officer(&world, &net).await.unwrap(), plan);
    let resume = ["clearing", "resume", "--last-cycle", &day];
    officer(&world, &resume).await.unwrap();
    world.stop_all().await;
}
