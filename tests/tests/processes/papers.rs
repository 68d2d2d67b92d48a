//! What a netted day says on paper, read by tools of others: nets computed anew from the legs, and a bank's statement held
//! against its schema.

use std::path::Path;

use huitong_tests::executable::{self, texts};
use huitong_tests::officer::clearing_options;
use huitong_tests::python;
use huitong_tests::register::{CHENGDU, NINGBO};
use huitong_tests::start;
use huitong_tests::world::World;
use serde_json::{Value, json};

use crate::clearing_proof::netted;

fn shown(path: &Path) -> String {
    path.display().to_string()
}

async fn clearing(world: &World, words: &[&str]) -> Value {
    let options = clearing_options(world);
    let words = ["clearing"].iter().chain(words).chain(&["--json"]);
    let words = words.copied().chain(options.iter().map(String::as_str));
    executable::json(&words.collect::<Vec<_>>()).await
}

/// A process of the executable, which asks no server.
async fn papers(statements: &[String], folder: &Path) -> (Option<i32>, String, String) {
    let folder = shown(folder);
    let mut words = vec![
        "clearing",
        "papers",
        "--json",
        "--out",
        &folder,
        "--statement",
    ];
    words.extend(statements.iter().map(String::as_str));
    let output = executable::run(&words).await;
    let (printed, said) = texts(&output);
    (output.status.code(), printed, said)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_tool_computes_the_same_nets_from_the_legs_on_paper() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let day = netted(&world).await;
    let folder = tempfile::tempdir().unwrap();
    let mut statements = Vec::new();
    for region in [&NINGBO, &CHENGDU] {
        let file = shown(&folder.path().join(region.code));
        let words = ["statement", "--day", &day, "--member", region.code];
        clearing(&world, &[&words[..], &["--out", &file]].concat()).await;
        statements.push(file);
    }
    world.stop_all().await;

    let out = folder.path().join("papers");
    let (code, printed, said) = papers(&statements, &out).await;
    assert_eq!(code, Some(0), "{printed}{said}");
    let written: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(written["files"].as_array().unwrap().len(), 10);
    let given = json!({ "folder": shown(&out) });
    let theirs = python::run("nets.py", &given).await;
    let count = |name: &str| theirs[name].as_u64().unwrap();
    // Both members of each fund, the row of the debts and the row of what was taken back.
    assert!(count("legs") >= 4 && count("rows") >= 2, "{theirs}");
    assert_eq!(count("nets") % 2, 0, "{theirs}");

    // One name is taken: what was written before it is taken away again, and what lay there stays.
    let taken = folder.path().join("taken");
    std::fs::create_dir(&taken).unwrap();
    std::fs::write(taken.join("nets.csv"), "mine").unwrap();
    let (code, _, said) = papers(&statements, &taken).await;
    assert!(code == Some(1) && said.contains("nets.csv"), "{said}");
    let left: Vec<_> = std::fs::read_dir(&taken).unwrap().collect();
    assert_eq!(left.len(), 1);
    assert_eq!(std::fs::read(taken.join("nets.csv")).unwrap(), b"mine");
    let (code, _, said) = papers(&statements, &out).await;
    assert_eq!(code, Some(1), "no file is written over");
    assert_eq!(std::fs::read_dir(&out).unwrap().count(), 10);
    assert!(said.contains("cannot be written"), "{said}");
    let mut bytes = std::fs::read(&statements[0]).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    std::fs::write(&statements[0], bytes).unwrap();
    let (code, _, said) = papers(&statements, &folder.path().join("other")).await;
    assert_eq!(code, Some(1));
    assert!(
        said.contains("clearing verify") || said.contains("no statement"),
        "{said}"
    );
}

/// What moved is in the books by voucher, and they stand as they were at a moment of before a correction.
async fn the_books_are_as_they_were(world: &World) {
    let cash = [
        "books",
        "--member",
        NINGBO.code,
        "--account",
        "settlement_cash",
    ];
    let before = clearing(world, &cash).await;
    assert_eq!(before["balances"], true, "{before}");
    assert_eq!(before["accounts"][0]["closing"], "-47.05");
    let last = before["entries"].as_array().unwrap().last().unwrap();
    assert_eq!(last["kind"], "payment_returned");
    let at = last["at"].as_str().unwrap();
    let words = [
        ["--bank-ref", "B-4"],
        ["--member", NINGBO.code],
        ["--fund", "resident_pool"],
        ["--direction", "pay_in"],
        ["--amount", "7.00"],
        ["--on", "2026-01-08"],
        ["--because", "entered_twice"],
    ];
    clearing(world, &[&["correct"], words.as_flattened()].concat()).await;
    let since = clearing(world, &cash).await;
    assert_eq!(since["accounts"][0]["closing"], "-40.05");
    assert_eq!(since["entries"][3]["corrected_by"], 6);
    assert_eq!(since["entries"][5]["corrects"], json!([4]));
    let then = clearing(world, &[&cash[..], &["--at", at]].concat()).await;
    assert_eq!(then, before, "as it was, whatever came later");
    let words = [
        ["--bank-ref", "B-4"],
        ["--member", NINGBO.code],
        ["--fund", "resident_pool"],
        ["--direction", "pay_in"],
        ["--amount", "7.00"],
        ["--on", "2026-01-08"],
        ["--reference", "again"],
    ];
    clearing(world, &[&["confirm"], words.as_flattened()].concat()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clearing_accounts_statement_is_what_the_schema_of_banks_allows() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let confirm = async |bank_ref: &str, direction: &str, amount: &str, on: &str| {
        let words = [
            ["--bank-ref", bank_ref],
            ["--member", NINGBO.code],
            ["--fund", "resident_pool"],
            ["--direction", direction],
            ["--amount", amount],
            ["--on", on],
            ["--reference", "三月 <清算> & 补缴"],
        ];
        clearing(&world, &[&["confirm"], words.as_flattened()].concat()).await;
    };
    confirm("B-1", "pay_in", "100.05", "2026-01-05").await;
    confirm("B-2", "pay_in", "13160.00", "2026-01-06").await;
    confirm("B-3", "pay_out", "60.00", "2026-01-06").await;
    confirm("B-4", "pay_in", "7.00", "2026-01-08").await;
    let back = ["send-back", "--bank-ref", "B-2", "--back", "B-5"];
    clearing(&world, &[&back[..], &["--on", "2026-01-07"]].concat()).await;
    the_books_are_as_they_were(&world).await;
    let folder = tempfile::tempdir().unwrap();
    let file = shown(&folder.path().join("account.xml"));
    let words = [
        "bank-statement",
        "--from",
        "2026-01-06",
        "--until",
        "2026-01-07",
    ];
    let said = clearing(&world, &[&words[..], &["--out", &file]].concat()).await;
    assert_eq!(
        (&said["opening"], &said["closing"]),
        (&json!("100.05"), &json!("40.05"))
    );
    let theirs = python::run("camt.py", &json!({ "file": file })).await;
    let expected = json!({
        "opening": "100.05",
        "closing": "40.05",
        "entries": [
            ["B-2", "13160.00", "2026-01-06"],
            ["B-3", "-60.00", "2026-01-06"],
            ["B-5", "-13160.00", "2026-01-07"],
        ],
    });
    assert_eq!(theirs, expected);
}
