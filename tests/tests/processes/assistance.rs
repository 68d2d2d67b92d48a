//! Every command of deploy/docs/assistance.md, in order, as it is typed, by the real executable at a real node, and
//! what the grant then means at the counter, over a kill.

use huitong_tests::bills::{inpatient, visit};
use huitong_tests::certificates::{approver, officer};
use huitong_tests::executable;
use huitong_tests::handbook::{blocks, page_of};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::{RegionOfficer, options, policy};
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_tests::world::{Party, World};

use crate::external::type_all;

/// Whose year the page grants.
const PERSON: u32 = 17;
const PAGE: &str = "assistance.md";

/// Ningbo publishes a policy that helps on a year's totals, in place of the one that stands.
async fn publish(world: &World) {
    let listed = policy(world, &NINGBO, &officer(&NINGBO), &["list"]).await;
    let older = listed["policies"][0]["digest"].as_str().unwrap();
    let text = include_str!("../../data/resident.toml").replace("{region}", NINGBO.code);
    let head = format!("supersedes = [\"{older}\"]\neffective");
    let excepted = |setting: &str| {
        format!(
            "when = {{ setting = \"{setting}\", \"given.paid_this_year\" = {{ at_most = \"0\" }} }}"
        )
    };
    let guarded = |text: String, setting: &str| {
        let before = format!("when = {{ setting = \"{setting}\" }}");
        text.replace(&before, &excepted(setting))
    };
    let text = guarded(
        guarded(text.replace("effective", &head), "inpatient"),
        "outpatient",
    );
    let text = text.replacen("[[example]]", &helping(), 1);
    let path = world.region_folder(&NINGBO).join("helping.toml");
    std::fs::write(&path, text).unwrap();
    let path = path.display().to_string();
    let proposed = policy(world, &NINGBO, &officer(&NINGBO), &["publish", &path]).await;
    let newer = proposed["digest"].as_str().unwrap();
    policy(world, &NINGBO, &approver(&NINGBO), &["approve", newer]).await;
}

fn helping() -> String {
    format!("{}[[example]]", include_str!("../../data/assistance.toml"))
}

/// The command on Ningbo's node, as JSON.
async fn assistance(world: &World, args: &[&str]) -> serde_json::Value {
    let options = options(world, &NINGBO);
    let mut all = vec!["node", "assistance"];
    all.extend(args);
    all.push("--json");
    all.extend(options.iter().map(String::as_str));
    executable::json(&all).await
}

/// What the page granted is withdrawn, and granted in a run of everyone.
async fn in_a_run(world: &World) {
    let listed = assistance(world, &["list", &NINGBO.psn_no(PERSON)]).await;
    let grant = listed[0]["grant"].as_str().unwrap();
    let reason = ["withdraw", grant, "--reason", "year_changed"];
    assert_eq!(
        assistance(world, &reason).await["withdrawn"],
        "year_changed"
    );
    let on = ["--all", "--on", "2024-06-30"];
    let assessed = assistance(world, &[&["assess"], &on[..]].concat()).await;
    let everyone = &assessed["everyone"];
    assert_eq!(everyone["pays"]["medical_assistance"], "2304.00");
    let digest = everyone["digest"].as_str().unwrap();
    let run = ["--id", "run-2024", "--digest", digest];
    for (now, before) in [(1, 0), (0, 1)] {
        let done = assistance(world, &[&["grant"], &on[..], &run[..]].concat()).await;
        assert_eq!(done["granted_now"], now);
        assert_eq!(done["everyone"]["granted"], before);
        assert_eq!(done["everyone"]["digest"], digest);
    }
}

async fn total(world: &World, name: &str) -> i64 {
    let (psn_no, options) = (NINGBO.psn_no(PERSON), options(world, &NINGBO));
    let mut args = vec!["node", "person", "show", &psn_no, "--json"];
    args.extend(options.iter().map(String::as_str));
    let shown = executable::json(&args).await;
    let totals = shown["totals"].as_array().unwrap();
    let total = totals.iter().find(|total| total["total"] == name);
    total.map_or(0, |total| total["value"].as_i64().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_command_of_the_page_prints_what_stands_below_it_and_the_grant_counts() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    publish(&world).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    // 22,000, of which 20,000 are in scope: 13,160 are paid and 6,840 borne.
    let items = [
        (Item::Drug, 1_550_000),
        (Item::DearDrug, 500_000),
        (Item::Comfort, 150_000),
    ];
    let stay = inpatient(&NINGBO, PERSON, "v-1", &items);
    hospital.settle_for_sure("s-1", stay).await.unwrap();
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
        if block.info == "console node" {
            run += type_all(&world, folder.path(), &block, PAGE, 0).await;
        }
    }
    let typed = page.lines().filter(|line| line.starts_with("$ ")).count();
    assert_eq!(run, typed, "every line that is typed was run");

    in_a_run(&world).await;
    let ningbo = Party::Region(NINGBO.region());
    world.kill(ningbo).await;
    world.run(ningbo).await;
    assert_eq!(total(&world, "assisted").await, 684_000);
    assert_eq!(total(&world, "assistance_paid").await, 230_400);
    // The start of the year is borne: of 3,000 the person bears 1,740, and 60 % of that are paid at once.
    let mut next = inpatient(&NINGBO, PERSON, "v-2", &[(Item::Drug, 300_000)]);
    "2024-06-30".clone_into(&mut visit(&mut next).admitted);
    "2024-07-02".clone_into(&mut visit(&mut next).discharged);
    for line in &mut next.lines {
        "2024-07-01".clone_into(&mut line.date);
    }
    let settled = hospital.settle_for_sure("s-2", next).await.unwrap();
    assert_eq!(settled.decision.unwrap().fund_total_fen, 126_000 + 104_400);
    assert_eq!(total(&world, "assistance_paid").await, 230_400 + 104_400);
    // The two stays have legs; the grant has none.
    let legs = RegionOfficer::of(&world, &NINGBO).status().await.unwrap();
    assert_eq!(legs.legs_written, 1 + 2);
    world.stop_all().await;
}
