//! People whom two regions insure, between real nodes and the clearinghouse: found by tags, judged by days, settled by
//! officers of both, over kills and a restore; and no number ever reaches the clearinghouse.

mod secrets;

use std::path::Path;

use huitong_core::duplicate::{Document, Tag, TagKey};
use huitong_proto::settlement::v1::CompareCoverRequest;
use huitong_proto::settlement::v1::duplicate_service_client::DuplicateServiceClient;
use huitong_tests::executable::{self, run_in, texts};
use huitong_tests::handbook::{Block, Exchange, blocks, exchanges, is_like, page_of, words};
use huitong_tests::officer::{self, RegionOfficer};
use huitong_tests::patience;
use huitong_tests::peer::Peer;
use huitong_tests::register::{CHENGDU, NINGBO, Region, SHANGHAI};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use serde_json::Value;

/// Two people's documents, of people born on the first day of 1980.
const ONE: &str = "110105198001010024";
const TWO: &str = "33020319800101001X";

/// The key of a region's folder.
fn key_file(world: &World, region: &Region) -> String {
    let file = world.region_folder(region).join("duplicates.key");
    file.display().to_string()
}

/// Nodes whose configuration names a key, the same one in Ningbo and Chengdu; nobody is enrolled.
async fn begin(regions: &[&'static Region]) -> World {
    let world = start::lay_out(regions);
    for region in regions {
        let config = world.region_folder(region).join("config.toml");
        // As a node in life logs, to be searched for numbers.
        let text = std::fs::read_to_string(&config).unwrap();
        let text = text.replace("filter = \"warn\"", "filter = \"info\"");
        let section = "[duplicates]\nkey = \"duplicates.key\"\nevery_ms = 100\npage_pause_ms = 1\n";
        std::fs::write(&config, format!("{text}\n{section}")).unwrap();
        let file = key_file(&world, region);
        if region.code == CHENGDU.code {
            std::fs::copy(key_file(&world, &NINGBO), file).unwrap();
        } else {
            executable::json(&["node", "duplicates", "new-key", &file, "--json"]).await;
        }
    }
    world.run(Party::Clearinghouse).await;
    for region in regions {
        world.run(Party::Region(region.region())).await;
    }
    world
}

/// `huitong node ARGS` as an officer of a region.
async fn said(world: &World, region: &Region, args: &[&str]) -> std::process::Output {
    let options = officer::options(world, region);
    let mut all = vec!["node"];
    all.extend(args);
    all.push("--json");
    all.extend(options.iter().map(String::as_str));
    executable::run(&all).await
}

async fn node(world: &World, region: &Region, args: &[&str]) -> Value {
    let output = said(world, region, args).await;
    let (printed, said) = texts(&output);
    assert!(output.status.success(), "{args:?}\n{printed}{said}");
    serde_json::from_str(&printed).unwrap()
}

/// Enrols somebody; the number there.
async fn enrol(world: &World, region: &Region, person: u32, id: &str, days: &str) -> String {
    let (number, credential) = (region.psn_no(person), format!("resident_id:{id}"));
    let scheme = if region.code == NINGBO.code {
        "resident"
    } else {
        "employee"
    };
    let act = format!("enrol-{person}");
    let mut args = vec!["person", "enrol", &number, "--credential", &credential];
    args.extend(["--birth", "1980-01-01", "--days", days, "--scheme", scheme]);
    args.extend(["--category", "adult", "--id", &act]);
    node(world, region, &args).await;
    number
}

/// Waits until a person stands in a state at a region; what is shown of them.
async fn until(world: &World, region: &Region, person: &str, state: &str) -> Value {
    let what = format!("{} of {person} in {}", state, region.code);
    patience::until(&what, async || {
        let page = node(world, region, &["duplicates", "list", "--all"]).await;
        let all = page["duplicates"].as_array().unwrap();
        let found = all.iter().find(|told| told["person"] == person)?;
        (found["state"] == state).then(|| found.clone())
    })
    .await
}

/// What is shown of a duplicate under a name, which must be there.
fn shown<'a>(told: &'a Value, name: &str) -> &'a Value {
    let shown = &told[name];
    assert!(!shown.is_null(), "{name} of {told}");
    shown
}

/// How many there is something to do with, once all are reported.
async fn open(world: &World, region: &Region) -> usize {
    let page = node(world, region, &["duplicates", "list"]).await;
    page["duplicates"].as_array().unwrap().len()
}

/// Types the commands of some blocks of deploy/docs/duplicates.md.
async fn type_blocks(world: &World, folder: &Path, blocks: &[&Block]) {
    let options = officer::options(world, &NINGBO);
    for Exchange { typed, shown } in blocks.iter().flat_map(|block| exchanges(block)) {
        let meant = |word: String| match word.as_str() {
            "https://node.example:7443" => options[1].clone(),
            "officer.crt" => options[3].clone(),
            "officer.key" => options[5].clone(),
            "root.crt" => options[7].clone(),
            _ => word,
        };
        let args: Vec<String> = words(&typed).into_iter().skip(1).map(meant).collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let (printed, said) = texts(&run_in(folder, &args).await);
        assert!(
            is_like(&printed, &shown),
            "{typed}\n{shown}\n{printed}{said}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_two_regions_insure_is_found_and_settled_and_the_clearinghouse_learns_no_number() {
    let world = begin(&[&NINGBO, &CHENGDU, &SHANGHAI]).await;
    let here = enrol(&world, &NINGBO, 701, ONE, "2024-01-01..").await;
    let there = enrol(&world, &CHENGDU, 801, ONE, "2025-01-01..").await;
    enrol(&world, &SHANGHAI, 601, ONE, "2025-01-01..").await;
    enrol(&world, &CHENGDU, 802, TWO, "2025-01-01..2025-06-30").await;
    let page = page_of("duplicates.md");
    let page = blocks(&page);
    let typed: Vec<&Block> = page
        .iter()
        .filter(|block| block.info.starts_with("console"))
        .collect();
    let [keys, beginning, listing] = typed.as_slice() else {
        panic!("{typed:?}")
    };
    let folder = tempfile::tempdir().unwrap();
    type_blocks(&world, folder.path(), &[keys, beginning]).await;
    node(&world, &CHENGDU, &["duplicates", "begin"]).await;
    node(&world, &SHANGHAI, &["duplicates", "begin"]).await;

    until(&world, &NINGBO, &here, "open").await;
    patience::until("Shanghai's other key", async || {
        let page = node(&world, &NINGBO, &["duplicates", "list"]).await;
        let standing = &page["standing"];
        let others = standing["other_keys"].as_array().unwrap();
        (standing["whole"] == true && others.iter().any(|key| key["region"] == "310000"))
            .then_some(())
    })
    .await;
    let seen = until(&world, &CHENGDU, &there, "open").await;
    assert_eq!(
        (&seen["region"], &seen["overlap_from"]),
        (&"330200".into(), &"2025-01-01".into())
    );
    assert_eq!(seen["there"][0]["scheme"], "resident");
    let unknown = said(
        &world,
        &CHENGDU,
        &[
            "duplicates",
            "resolve",
            &there,
            "310000",
            "--reason",
            "kept_here",
        ],
    )
    .await;
    assert!(
        texts(&unknown).1.contains("duplicates.unknown")
            || texts(&unknown).1.contains("重复参保记录")
    );
    assert_eq!(
        open(&world, &SHANGHAI).await,
        0,
        "under another key nobody is compared"
    );

    ask_at_random(&world).await;
    settle_between(&world, (&here, &there), listing).await;
    over_kills(&world).await;

    secrets::holds_no_number(&world, &[ONE, TWO, &here, &there]);
    world.stop_all().await;
}

/// Shanghai, which had the key, asks Ningbo about people at random: it is told the same of whoever is insured there and
/// of whoever is not, and Chengdu is told of the one whom both have.
async fn ask_at_random(world: &World) {
    let text = std::fs::read_to_string(key_file(world, &NINGBO)).unwrap();
    let key = TagKey::parse(&text).unwrap();
    let tags = [ONE, "110105194912310038"].map(|id| Tag::of(&key, Document::ResidentId, id));
    let ask = async |region: &'static Region| {
        let tags = tags.iter().map(|tag| tag.expose().to_vec()).collect();
        let peer = Peer::of(world, region, &NINGBO);
        let mut client = DuplicateServiceClient::new(peer.channel());
        let request = CompareCoverRequest {
            tags,
            incarnation: 1,
        };
        let told = client.compare_cover(request).await.unwrap().into_inner();
        told.told
            .iter()
            .map(|told| !told.is_empty())
            .collect::<Vec<_>>()
    };
    assert_eq!(ask(&SHANGHAI).await, [false, false]);
    assert_eq!(ask(&CHENGDU).await, [true, false]);
}

/// One region keeps the person, the other ends its cover, and the match is gone in both.
async fn settle_between(world: &World, (here, there): (&str, &str), listing: &Block) {
    let folder = tempfile::tempdir().unwrap();
    type_blocks(world, folder.path(), &[listing]).await;
    // The same again changes nothing; what was said there is seen here.
    let kept = [
        "duplicates",
        "resolve",
        here,
        "510100",
        "--reason",
        "kept_here",
    ];
    let first = node(world, &NINGBO, &kept).await;
    let again = node(world, &NINGBO, &kept).await;
    assert_eq!(
        (shown(&first, "state"), shown(&first, "officer")),
        (shown(&again, "state"), shown(&again, "officer"))
    );
    patience::until("what Ningbo said", async || {
        let seen = until(world, &CHENGDU, there, "open").await;
        (seen["reason_there"] == "kept_here").then_some(())
    })
    .await;
    let ended = [
        "duplicates",
        "resolve",
        there,
        "330200",
        "--reason",
        "ended_here",
    ];
    let early = said(world, &CHENGDU, &ended).await;
    assert!(texts(&early).1.contains("31 days"), "{:?}", texts(&early));
    let unnamed = [
        "duplicates",
        "resolve",
        there,
        "330200",
        "--reason",
        "lawful",
    ];
    assert!(
        !said(world, &CHENGDU, &unnamed).await.status.success(),
        "the rule must be named"
    );
    let lapse = [
        "person",
        "lapse",
        there,
        "--from",
        "2025-02-01",
        "--id",
        "lapse-1",
    ];
    node(world, &CHENGDU, &lapse).await;
    node(world, &CHENGDU, &ended).await;
    until(world, &CHENGDU, there, "ended").await;
    until(world, &NINGBO, here, "ended").await;
    assert_eq!(
        (open(world, &NINGBO).await, open(world, &CHENGDU).await),
        (0, 0)
    );
}

/// Both servers are killed; what comes later is found all the same, and what was said is still there.
async fn over_kills(world: &World) {
    for party in [Party::Clearinghouse, Party::Region(NINGBO.region())] {
        world.kill(party).await;
        world.run(party).await;
    }
    let here = enrol(world, &NINGBO, 702, TWO, "2024-01-01..").await;
    let resume = [
        "person",
        "resume",
        &CHENGDU.psn_no(802),
        "--days",
        "2026-01-01..",
    ];
    let mut args = resume.to_vec();
    args.extend([
        "--scheme",
        "employee",
        "--category",
        "adult",
        "--id",
        "resume-1",
    ]);
    node(world, &CHENGDU, &args).await;
    let seen = until(world, &NINGBO, &here, "open").await;
    assert_eq!(seen["overlap_from"], "2026-01-01");
    let before = until(world, &NINGBO, &NINGBO.psn_no(701), "ended").await;
    assert_eq!(before["reason"], "kept_here");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_node_begins_anew_by_itself_and_nothing_is_lost_or_kept_that_ended() {
    let world = begin(&[&NINGBO, &CHENGDU]).await;
    let here = enrol(&world, &NINGBO, 701, ONE, "2024-01-01..").await;
    let there = enrol(&world, &CHENGDU, 801, ONE, "2025-01-01..").await;
    for region in [&NINGBO, &CHENGDU] {
        node(&world, region, &["duplicates", "begin"]).await;
    }
    let before = until(&world, &NINGBO, &here, "open").await;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup").display().to_string();
    node(&world, &NINGBO, &["backup", "--to", &backup]).await;
    enrol(&world, &NINGBO, 702, TWO, "2024-01-01..").await;
    let later = enrol(&world, &CHENGDU, 802, TWO, "2025-01-01..").await;
    until(&world, &CHENGDU, &later, "open").await;

    let party = Party::Region(NINGBO.region());
    world.kill(party).await;
    world.lose_disk(&NINGBO);
    let config = world.region_folder(&NINGBO).join("config.toml");
    let config = config.display().to_string();
    let restored =
        executable::run(&["node", "restore", "--config", &config, "--from", &backup]).await;
    assert!(restored.status.success(), "{:?}", texts(&restored));
    world.run(party).await;
    let bureau = RegionOfficer::of(&world, &NINGBO);
    patience::until("recovery", async || {
        let status = bureau.status().await.ok()?;
        status.recovering_from.is_empty().then_some(())
    })
    .await;
    // Whom the backup does not know is not insured there any more, until the bureau enrols them again.
    until(&world, &CHENGDU, &later, "ended").await;
    let after = until(&world, &NINGBO, &here, "open").await;
    assert_eq!(shown(&after, "since"), shown(&before, "since"));
    until(&world, &CHENGDU, &there, "open").await;
    let page = node(&world, &NINGBO, &["duplicates", "list"]).await;
    assert_eq!(page["standing"]["begun_by"], "", "nobody had to begin");
    world.stop_all().await;
}
