//! What officers type about people, filings and bills that were brought home.

use serde_json::json;

use crate::office::{Office, POLICY, Told};

const PERSON: &str = "510100000000000001";

/// The example, of a person of Chengdu treated in a region that is not on the network.
fn bill() -> String {
    include_str!("../../../deploy/examples/bill_by_hand.toml")
        .replace("330200000000000001", PERSON)
        .replace("treatment = \"510100\"", "treatment = \"440100\"")
}

async fn enrolled() -> Office {
    let office = Office::open().await;
    let enrol = office
        .run(&[
            "person",
            "enrol",
            PERSON,
            "--credential",
            "social_card:CD1",
            "--birth",
            "1964-02-29",
            "--days",
            "2020-01-01..",
            "--scheme",
            "resident",
            "--category",
            "adult",
            "--id",
            "m-1",
        ])
        .await;
    assert_eq!(enrol.code, Told::GOOD, "{}", enrol.text);
    assert!(enrol.text.contains("已办理"), "{}", enrol.text);
    office
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_files_amends_ends_and_lists() {
    let office = enrolled().await;
    let of = ["--person", PERSON];
    let file = [
        "filing",
        "file",
        "--class",
        "temporary",
        "--area",
        "all",
        "--json",
        "--id",
        "f-1",
    ];
    let made = office.run(&[&file[..], &of].concat()).await;
    assert_eq!(made.code, Told::GOOD, "{}", made.text);
    let filing = made.json()["filing"].clone();
    assert_eq!(
        (&filing["class"], &filing["area"]),
        (&json!("temporary"), &json!("all"))
    );
    let again = office.run(&[&file[..], &of].concat()).await;
    assert_eq!(again.json(), made.json());
    let id = filing["filing"].as_str().unwrap();
    let amend = [
        "filing",
        "amend",
        id,
        "--class",
        "long_term",
        "--area",
        "440000",
        "--id",
        "f-2",
    ];
    let amended = office.run(&[&amend[..], &of].concat()).await;
    assert!(
        amended.text.contains(&format!("替代 {id}")),
        "{}",
        amended.text
    );
    let cancel = ["filing", "cancel", id, "--reason", "moved", "--id", "f-3"];
    let ended = office.run(&[&cancel[..], &of].concat()).await;
    assert_eq!(ended.code, Told::FAILED);
    assert!(ended.text.contains("filing.ended: "), "{}", ended.text);
    let list = office.run(&["filing", "list", "--json"]).await.json();
    assert_eq!(list["people"][0]["filings"].as_array().unwrap().len(), 2);
    let soon = ["filing", "list", "--expiring-by", "2020-01-01", "--json"];
    assert_eq!(office.run(&soon).await.json()["people"], json!([]));
    let none = office.run(&["filing", "emergencies"]).await;
    assert!(none.text.contains("暂无待复核急诊"), "{}", none.text);
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_keeps_a_record_and_sees_it() {
    let office = enrolled().await;
    for act in [
        "lapse --from 2023-01-01 --id m-2",
        "resume --days 2023-03-01.. --scheme employee --category in_service --id m-3",
        "hold-identity --identity fringe --days 2023-01-01.. --id m-4",
        "set-total --total basic_paid --stretch year:2023 --amount 12.34 --as-of 2023-03-01 --source core --id m-5",
        "set-balances --own 800 --as-of 2023-03-01 --source core --id m-6",
    ] {
        let words: Vec<&str> = act.split(' ').collect();
        let typed = [&["person"], &words[..], &[PERSON]].concat();
        let told = office.run(&typed).await;
        assert_eq!(told.code, Told::GOOD, "{act}: {}", told.text);
    }
    let shown = office
        .run(&["person", "show", PERSON, "--json"])
        .await
        .json();
    assert_eq!(shown["cover"][0]["until"], "2022-12-31");
    assert_eq!(shown["cover"][1]["scheme"], "employee");
    assert_eq!(shown["totals"][0]["value"], 1_234);
    assert_eq!(
        (&shown["own"], &shown["died"]),
        (&json!("800.00"), &json!(null))
    );
    let shown = office.run(&["person", "show", PERSON]).await.text;
    assert!(shown.contains("fringe"), "{shown}");
    office.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bill_brought_home_is_checked_whole_and_settled() {
    let office = enrolled().await;
    let catalogue = "code,from,class\n001101000010000,2020-01-01,a\n";
    office.import("catalogue", catalogue, &[]).await;
    let policy = office.document(POLICY);
    office.policy("li.wei", &["publish", &policy]).await;
    let digest = crate::office::sha256(POLICY);
    office.policy("wang.fang", &["approve", &digest]).await;
    let bad = bill()
        .replace("\"V1\"", "\"V 1\"")
        .replace("\ngrade = \"three\"", "\ngrade = \"four\"")
        .replace("total = \"3000.00\"", "total = \"x\"");
    let file = office.document(&bad);
    let told = office.run(&["settle-by-hand", &file, "--id", "h-1"]).await;
    assert_eq!(told.code, Told::BAD_FILE, "{}", told.text);
    for field in ["visit.number", "institution.grade", "total"] {
        assert!(told.text.contains(field), "{field} in {}", told.text);
    }
    let file = office.document(&bill());
    let settled = office
        .run(&["settle-by-hand", &file, "--id", "h-1", "--json"])
        .await;
    assert_eq!(settled.code, Told::GOOD, "{}", settled.text);
    let settled = settled.json();
    assert_eq!(
        (&settled["amounts"]["resident_pool"], &settled["cash"]),
        (&json!("1260.00"), &json!("1740.00"))
    );
    assert_eq!(settled["paid_out"], "1260.00");
    assert!(settled["correction"].is_null(), "{settled}");
    let told = office.run(&["settle-by-hand", &file, "--id", "h-1"]).await;
    assert!(told.text.contains("手工报销已结算"), "{}", told.text);
    let id = settled["settlement"].as_str().unwrap();
    let reverse = [
        "reverse",
        id,
        "--treatment",
        "510100",
        "--reason",
        "wrong_bill",
        "--id",
        "o-1",
    ];
    let reversed = office.run(&reverse).await;
    assert_eq!(reversed.code, Told::GOOD, "{}", reversed.text);
    let owed = ["owed by the person 参保人应退", "1260.00"];
    let line = reversed.text.lines().find(|line| line.contains(owed[0]));
    assert!(line.unwrap().ends_with(owed[1]), "{}", reversed.text);
    assert!(!reversed.text.contains("应退现金"), "{}", reversed.text);
    let again = office
        .run(&["settle-by-hand", &file, "--id", "h-1", "--json"])
        .await
        .json();
    assert!(again["reversed_by"].is_string(), "{again}");
    office.close().await;
}
