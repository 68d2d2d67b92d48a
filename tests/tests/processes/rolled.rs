//! Another root takes the place of the one under which a day was signed, while a region's node is down. What it missed is
//! handed to it signed anew: it looks at it, and countersigns it, with the new root alone.

use std::path::Path;

use huitong_certs::signing::of_clearinghouse;
use huitong_certs::{Identity, Trust};
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_tests::bills::inpatient;
use huitong_tests::certificates::clearing_officer;
use huitong_tests::executable::{self, texts};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::{ClearingOfficer, RegionOfficer, clearing_options};
use huitong_tests::patience;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use serde_json::Value;

use crate::restores::at_rest;

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// Runs `huitong certs …`, as the operator does.
async fn certs(words: &[&str]) {
    let words = [&["certs"], words].concat();
    let output = executable::run(&words).await;
    let (printed, said) = texts(&output);
    assert!(output.status.success(), "{words:?}: {printed}{said}");
}

/// Has a new root take the place of the old one, and gives it to everybody whom the root itself issues; nothing runs.
async fn roll(world: &World) {
    let operator = world.folder().join("certs");
    let dir = shown(&operator);
    for step in ["begin", "switch"] {
        certs(&["roll", step, "--dir", &dir]).await;
    }
    let parties = [
        Identity::Clearinghouse,
        clearing_officer(),
        Identity::RegionNode(NINGBO.region()),
        Identity::RegionNode(CHENGDU.region()),
    ];
    let folders = parties.map(|party| world.credentials(&party));
    let named = folders.each_ref().map(|folder| shown(folder));
    let renew = ["renew", "--dir", &dir].into_iter();
    let renew: Vec<_> = renew.chain(named.iter().map(String::as_str)).collect();
    certs(&renew).await;
    certs(&["roll", "finish", "--dir", &dir]).await;
    for folder in folders {
        std::fs::copy(operator.join("root.crt"), folder.join("root.crt")).unwrap();
    }
}

/// The checkpoint of a day as the clearinghouse's officer is told of it, and its file.
async fn checkpoint(world: &World, day: &str) -> (Value, CertifiedCheckpoint) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("day.htck");
    let (out, options) = (shown(&file), clearing_options(world));
    let words = [
        "clearing",
        "checkpoint",
        "--day",
        day,
        "--out",
        &out,
        "--json",
    ]
    .into_iter();
    let words: Vec<_> = words.chain(options.iter().map(String::as_str)).collect();
    let told = executable::json(&words).await;
    let bytes = std::fs::read(file).unwrap();
    (told, CertifiedCheckpoint::from_bytes(&bytes).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_was_down_across_a_roll_of_the_root_countersigns_what_it_missed() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let stay = inpatient(&NINGBO, 1, "v-1", &[(Item::Drug, 2_000_000)]);
    hospital.settle_for_sure("s-1", stay).await.unwrap();
    at_rest(&world).await;
    let (day, _) = RegionOfficer::of(&world, &NINGBO).close_day().await;
    RegionOfficer::of(&world, &CHENGDU).close_day().await;
    let [ningbo, chengdu] = [NINGBO, CHENGDU].map(|region| Party::Region(region.region()));
    world.stop(ningbo).await;
    assert!(ClearingOfficer::of(&world).net(&day).await.legs >= 1);
    let (told, before) = checkpoint(&world, &day).await;
    let has_said = |told: &Value| {
        told["countersigned"]
            .as_array()
            .unwrap()
            .contains(&NINGBO.code.into())
    };
    assert!(!has_said(&told), "{told}");
    for party in [chengdu, Party::Clearinghouse] {
        world.stop(party).await;
    }
    roll(&world).await;
    for party in [Party::Clearinghouse, chengdu, ningbo] {
        world.run(party).await;
    }
    let last = patience::until("Ningbo's node countersigned", async || {
        let (told, of) = checkpoint(&world, &day).await;
        has_said(&told).then_some(of)
    })
    .await;
    // Officers take along what was signed then, which the new root alone does not prove.
    assert_eq!(last, before);
    let root = std::fs::read(world.folder().join("certs/root.crt")).unwrap();
    let trust = Trust::from_pem(&root).unwrap();
    assert!(of_clearinghouse::checkpoint(&last, &trust).is_err());
    world.stop_all().await;
}
