//! An institution's own accounts, by every command of deploy/docs/institution-accounts.md as it is typed, at real nodes, with
//! the institution's certificate and the bureau's.

use huitong_tests::bills::outpatient;
use huitong_tests::certificates::{institution, officer};
use huitong_tests::executable;
use huitong_tests::hospital::{Hospital, receipt};
use huitong_tests::officer::{options, options_as};
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_tests::typist::{folder_of, id_of, type_page};
use huitong_tests::world::World;
use serde_json::Value;

/// `huitong node WORDS --json`, with the certificate that these options name.
async fn node(words: &[&str], options: &[String]) -> Value {
    let words = ["node"].iter().chain(words).chain(&["--json"]).copied();
    let words: Vec<&str> = words.chain(options.iter().map(String::as_str)).collect();
    executable::json(&words).await
}

/// Types every command of the page, beside a file of lines that the node does not know; the folder in which it was done.
async fn type_the_page(world: &World, day: &str, month: &str) -> tempfile::TempDir {
    let hospital = institution(&CHENGDU, Desk::Three);
    let parties = [(officer(&CHENGDU), "treatment"), (hospital, "hospital")];
    let folder = folder_of(world, &parties);
    let lines = "request,of,total,funds,accounts,cash\nr-unknown,settlement,10.00,6.00,0.00,4.00\n";
    std::fs::write(folder.path().join("day.csv"), lines).unwrap();
    let meant = [
        ("https://treatment.example:7443", world.endpoint(&CHENGDU)),
        ("2026-11", month.to_owned()),
        ("2026-11-27", day.to_owned()),
    ];
    let typed = type_page(
        "institution-accounts.md",
        folder.path(),
        &meant,
        |printed| id_of(printed, "cfm_", "cfm_…"),
    );
    typed.await;
    folder
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hospital_reconciles_its_day_and_confirms_its_month_and_the_bureau_sees_it() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let bill = outpatient(&NINGBO, 1, "v-1", &[(Item::Drug, 900_000)]);
    let settled = hospital.settle_for_sure("s-1", bill).await.unwrap();
    let part = receipt(&settled).body.clearing;
    let paid: i64 = part.amounts.iter().map(|(_, paid)| paid.get()).sum();
    let day = part.business_day.to_string();
    let month = day.rsplit_once('-').unwrap().0.to_owned();
    let folder = type_the_page(&world, &day, &month).await;

    let own = options_as(&world, &CHENGDU, &institution(&CHENGDU, Desk::Three));
    let other = options_as(&world, &CHENGDU, &institution(&CHENGDU, Desk::Two));
    let bureau = options(&world, &CHENGDU);
    // The node's own figures are the hospital's now, and so is its file of lines.
    let zero = ["reconcile", "--day", &day, "--count", "0"];
    let zero = [&zero[..], &["--total", "0.00"]].concat();
    let told = node(&zero, &own).await;
    assert_eq!(told["equal"], false);
    let yuan = |figure: &str| {
        let fen = told["settled"][figure].as_i64().unwrap();
        format!("{}.{:02}", fen / 100, fen % 100)
    };
    let [total, funds, accounts, cash] =
        ["total_fen", "funds_fen", "accounts_fen", "cash_fen"].map(yuan);
    let head = "request,of,total,funds,accounts,cash";
    let file = folder.path().join("book.csv");
    let line = format!("{head}\ns-1,settlement,{total},{funds},{accounts},{cash}\n");
    std::fs::write(&file, line).unwrap();
    let file = file.to_str().unwrap();
    let equal = ["reconcile", "--day", &day, "--lines", file];
    let equal = node(&equal, &own).await;
    assert_eq!(equal["equal"], true);
    assert_eq!(equal["lines"], Value::Array(Vec::new()));
    let seen = node(&["reconciled", "--day", &day], &bureau).await;
    assert_eq!(seen["days"][0]["standing"], "equal");
    let none = node(&["reconciled", "--day", &day], &other).await;
    assert_eq!(none["days"], Value::Array(Vec::new()));

    // The file that was listed is answered in its last column.
    let listed = folder.path().join("lines.csv");
    let text = std::fs::read_to_string(&listed).unwrap();
    std::fs::write(&listed, text.replace(",,\n", ",,wrong_amount\n")).unwrap();
    let confirm = ["institution-month", "confirm", "--month", &month];
    let confirm = [&confirm[..], &["--lines", listed.to_str().unwrap()]].concat();
    let made = node(&confirm, &own).await;
    assert_eq!(made["confirmations"][0]["count"], 1);
    assert_eq!(node(&confirm, &own).await, made, "it is the same one");
    let status = ["institution-month", "status", "--month", &month];
    let status = node(&status, &bureau).await;
    let status = &status["months"][0];
    assert_eq!(
        (&status["objected"], &status["waiting"]),
        (&1.into(), &0.into())
    );
    assert_eq!(status["applied_fen"], 0);
    let id = made["confirmations"][0]["confirmation"].as_str().unwrap();
    let back = ["institution-month", "roll-back", id, "--month", &month];
    assert_eq!(node(&back, &own).await["rolled_back"], true);
    let all = ["institution-month", "confirm", "--month", &month, "--all"];
    node(&all, &own).await;
    let payables = node(&["payables", "--month", &month], &bureau).await;
    let payable = &payables["payables"][0];
    assert_eq!(payable["applied"]["fen"], paid);
    assert_eq!(payable["waiting"], 0);
    world.stop_all().await;
}
