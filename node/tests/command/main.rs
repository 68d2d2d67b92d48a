//! What officers type, against a node started from its configuration file, over real TLS.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a test says what it expects by failing"
)]

mod office;
mod people;

use office::{Office, POLICY, Told, check_config};
use serde_json::json;

const MEMBERS: &str = "\
psn_no,credentials,birth_date,scheme,category,coverage
510100000000000001,social_card:CD1,1964-02-29,resident,adult,2020-01-01..
510100000000000002,social_card:CD2,1970-01-01,resident,adult,2020-01-01..2022-12-31
";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_brought_in_whole_or_refused_row_by_row() {
    let office = Office::open().await;
    let bad = MEMBERS.replace("social_card:CD2,1970-01-01", "social_card:CD1,1970-02-30");
    let refused = office.import("members", &bad, &[]).await;
    assert_eq!(refused.code, Told::BAD_FILE);
    assert!(
        refused.text.contains("members.csv: line 3, birth_date: "),
        "{}",
        refused.text
    );
    assert!(
        refused.text.contains("nothing was brought in / "),
        "{}",
        refused.text
    );
    assert_eq!(office.status().await["members"], 0);

    let tried = office
        .import("members", MEMBERS, &["--dry-run", "--json"])
        .await;
    assert_eq!((tried.code, &tried.json()["rows"]), (Told::GOOD, &json!(2)));
    assert_eq!(office.status().await["members"], 0);

    let brought_in = office.import("members", MEMBERS, &["--json"]).await;
    assert_eq!(
        (brought_in.code, &brought_in.json()["fault_count"]),
        (Told::GOOD, &json!(0))
    );
    assert_eq!(brought_in.json()["sha256"], office::sha256(MEMBERS));
    assert_eq!(office.status().await["members"], 2);
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_file_finds_its_place() {
    let office = Office::open().await;
    let catalogue = "code,from,class\n001101000010000,2020-01-01,a\n*,2020-01-01,c\n";
    let institutions = "code,name,type,grade,administration,networked,from\n\
                        H51010400001,成都市第一医院,general,three,city,yes,2020-01-01\n";
    let person = "510100000000000001";
    let files = [
        ("members", MEMBERS.to_owned()),
        ("institutions", institutions.to_owned()),
        ("catalogue", catalogue.to_owned()),
        (
            "filings",
            format!(
                "psn_no,class,area,from,filed_on\n{person},long_term,330000,2023-01-01,2023-01-01\n"
            ),
        ),
        (
            "opening-totals",
            format!("psn_no,total,stretch,amount\n{person},basic_paid,year:2023,12.34\n"),
        ),
        ("balances", format!("psn_no,own\n{person},800\n")),
    ];
    for (kind, file) in files {
        let told = office.import(kind, &file, &["--as-of", "2023-06-30"]).await;
        assert_eq!(told.code, Told::GOOD, "{kind}: {}", told.text);
    }
    let status = office.status().await;
    assert_eq!(
        (&status["members"], &status["institutions"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(status["catalogue"], office::sha256(catalogue));
    assert_eq!(status["region"], "510100");
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_said() {
    let office = Office::open().await;
    let balances = "psn_no,own\n510100000000000001,800\n";
    let without_day = office.import("balances", balances, &[]).await;
    assert_eq!(without_day.code, Told::BAD_FILE);
    assert!(without_day.text.contains("--as-of"), "{}", without_day.text);

    let missing = office
        .run(&["import", "members", "/nowhere/members.csv"])
        .await;
    assert!(
        missing
            .text
            .contains("/nowhere/members.csv: cannot be read"),
        "{}",
        missing.text
    );

    let stranger = office.run_as("330200", &["status"]).await;
    assert_eq!(stranger.code, Told::FAILED);
    assert!(
        stranger.text.contains("/region/330200/node was expected"),
        "{}",
        stranger.text
    );
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_officers_publish_and_withdraw_by_their_commands() {
    let office = Office::open().await;
    let digest = office::sha256(POLICY);
    let faulty = office.document(&POLICY.replace("510100", "330200"));
    let told = office.policy("li.wei", &["publish", &faulty]).await;
    assert_eq!(told.code, Told::FAULTS);
    assert!(
        told.text
            .contains("policy.toml:1:1 region: the policy is of region 330200")
    );
    assert!(told.text.contains("nothing was done / "), "{}", told.text);

    let file = office.document(POLICY);
    let proposed = office.policy("li.wei", &["publish", &file, "--json"]).await;
    assert_eq!(proposed.json()["state"], "proposed");
    assert_eq!(proposed.json()["digest"], digest);
    let alone = office.policy("li.wei", &["approve", &digest]).await;
    assert_eq!(alone.code, Told::FAILED);
    assert!(
        alone.text.contains("policy.same_officer: "),
        "{}",
        alone.text
    );
    let approved = office.policy("wang.fang", &["approve", &digest]).await;
    assert_eq!(approved.code, Told::GOOD, "{}", approved.text);
    assert!(
        approved.text.contains("published / 已发布"),
        "{}",
        approved.text
    );
    assert_eq!(office.status().await["policies"][0]["digest"], digest);

    let days = ["--from", "2023-01-01", "--to", "2023-12-31"];
    let replay = [&["replay", "--policy", &file, "--json"][..], &days].concat();
    let replay = office.policy("li.wei", &replay).await;
    assert_eq!(replay.code, Told::GOOD, "{}", replay.text);
    assert_eq!(replay.json()["all"]["settlements"], 0);
    assert_eq!(replay.json()["all"]["funds"]["difference"], "0.00");

    let reason = ["--reason", "a slip"];
    let asked = [&["withdraw", &digest][..], &reason].concat();
    assert_eq!(office.policy("li.wei", &asked).await.code, Told::GOOD);
    let approve = ["approve", &digest, "--withdrawal", "--json"];
    let withdrawn = office.policy("wang.fang", &approve).await.json();
    assert_eq!(withdrawn["state"], "withdrawn");
    assert_eq!(withdrawn["withdrawal"]["reason"], "a slip");
    let rejected = [&["reject", &digest][..], &reason].concat();
    let rejected = office.policy("li.wei", &rejected).await;
    assert!(
        rejected.text.contains("policy.wrong_state: "),
        "{}",
        rejected.text
    );
    let list = office.policy("li.wei", &["list", "--json"]).await.json();
    assert_eq!(list["policies"], json!([withdrawn]));
    let listed = office.policy("li.wei", &["list"]).await.text;
    assert!(listed.contains("withdrawn / 已撤回"), "{listed}");
    let differences = office
        .policy("li.wei", &["differences", &digest, "--json"])
        .await;
    assert_eq!(differences.json()["totals"]["settlements"], 0);
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_closed_once_and_again_with_the_same_answer() {
    let office = Office::open().await;
    let day = office.status().await["open_business_day"]
        .as_str()
        .unwrap()
        .to_owned();
    let closed = office.run(&["close-day", "--day", &day, "--json"]).await;
    assert_eq!(
        closed.json(),
        json!({"day": day, "up_to": 0, "acknowledged": false})
    );
    let again = office.run(&["close-day", "--day", &day, "--json"]).await;
    assert_eq!(again.json(), closed.json());
    assert_ne!(office.status().await["open_business_day"], day);
    let other = office.run(&["close-day", "--day", "2020-01-01"]).await;
    assert_eq!(other.code, Told::FAILED);
    assert!(other.text.contains("day.not_open"), "{}", other.text);
    office.close().await;
}

#[test]
fn a_configuration_is_checked_whole() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("node.toml");
    std::fs::write(&file, "region = \"5101\"\nlisten = \"here\"\nport = 1\n").unwrap();
    for command in ["check-config", "run"] {
        let told = check_config(command, &file);
        assert_eq!(told.code, Told::BAD_CONFIG, "{command}: {}", told.text);
    }
    let told = check_config("check-config", &file);
    for fault in [
        "1:10 region",
        "1:1 data",
        "2:10 listen",
        "3:1 port",
        "1:1 tls",
        "1:1 signing",
    ] {
        assert!(told.text.contains(fault), "{fault} in {}", told.text);
    }
}
