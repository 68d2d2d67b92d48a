//! What audits took off, as a clearing officer lists it: by cycle and by month, row by row with the plan.

use std::collections::BTreeMap;

use huitong_core::leg::LegKind;
use serde_json::Value;

use crate::commands::{clearing, clearing_as, json, offline};
use crate::month_paid::{DAYS, MONTH};
use crate::month_papers::{begin, deduction, of_month, rows, sums};
use crate::months::asked;
use crate::world::{CHENGDU, GUANGZHOU, NINGBO, SECOND_OFFICER, World, receivable, report};

async fn listed(world: &World, words: &[&str]) -> Value {
    json(world, &[&["deduct", "list"], words].concat()).await
}

fn fen(amount: &Value) -> i64 {
    amount.as_str().unwrap().replace('.', "").parse().unwrap()
}

/// What is listed comes to, by kind.
fn by_kind(list: &Value) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    let cycles = list["cycles"].as_array().unwrap().iter();
    for debt in cycles.flat_map(|cycle| cycle["deductions"].as_array().unwrap()) {
        let kind = debt["kind"].as_str().unwrap().to_owned();
        *sums.entry(kind).or_insert(0) += fen(&debt["amount"]);
    }
    sums
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cycles_netted_of_deductions_ties_to_their_plans_and_to_the_month() {
    let world = begin().await;
    for day in DAYS {
        let list = listed(&world, &["--day", day]).await;
        let plan = json(&world, &["net", "--day", day]).await;
        let cycle = &list["cycles"][0];
        assert_eq!(
            (&cycle["plan"], &cycle["digest"]),
            (&plan["plan"], &plan["digest"])
        );
        for row in cycle["rows"].as_array().unwrap() {
            let pairs = plan["pairs"].as_array().unwrap().iter();
            let mut pairs = pairs.filter(|pair| {
                (&pair["debtor"], &pair["creditor"]) == (&row["debtor"], &row["creditor"])
            });
            let pair = pairs.next().unwrap();
            assert_eq!(row["all"]["amount"], pair["amount"]);
            assert_eq!(row["all"]["debts"], pair["legs"]);
        }
        assert_eq!(list["waiting"], Value::Array(Vec::new()));
        // By either region, and by its member, it is the same: all rows are between these two.
        for words in [
            ["--region", NINGBO],
            ["--region", CHENGDU],
            ["--member", "330000"],
        ] {
            let own = listed(&world, &[&["--day", day], &words[..]].concat()).await;
            assert_eq!(own["cycles"], list["cycles"], "{words:?}");
        }
    }
    let early = listed(&world, &["--month", MONTH]).await;
    asked(&world, &["draw-up", MONTH]).await.unwrap();
    let list = listed(&world, &["--month", MONTH]).await;
    assert_eq!(list, early, "before it is drawn up and after");
    assert_eq!(
        list,
        listed(&world, &["--month", MONTH]).await,
        "however often"
    );
    assert_eq!(
        (
            fen(&list["deducted"]["amount"]),
            fen(&list["given_back"]["amount"])
        ),
        (86_000, 16_000)
    );
    let show = asked(&world, &["show", MONTH]).await.unwrap();
    assert_eq!(
        by_kind(&list),
        of_month(&show),
        "the month's own rows say the same"
    );
    let said = clearing(&world, &["deduct", "list", "--month", MONTH])
        .await
        .unwrap();
    assert!(
        said.contains("in all / 合计: deducted / 扣款 860.00 (2), given back / 终止 160.00 (1)"),
        "{said}"
    );
    for (whose, told) in [
        ("--region", "stream.unknown_region [440100]"),
        ("--member", "440100 stands in none of these cycles"),
    ] {
        let words = ["deduct", "list", "--day", DAYS[0], whose, GUANGZHOU];
        let nobody = clearing(&world, &words).await.unwrap_err();
        assert!(nobody.contains(told), "{nobody}");
    }
    let other = clearing(&world, &["deduct", "list", "--month", "2026-04"]).await;
    assert!(other.unwrap_err().starts_with("month.no_cycles"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tables_are_those_that_papers_writes_of_statements() {
    let world = begin().await;
    asked(&world, &["draw-up", MONTH]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    asked(&world, &["show", MONTH, "--out", &file("month")])
        .await
        .unwrap();
    for day in DAYS {
        let words = ["statement", "--day", day, "--member", "330000", "--out"];
        clearing(&world, &[&words[..], &[&file(day)]].concat())
            .await
            .unwrap();
    }
    let ([first, second], month) = (DAYS.map(file), file("month"));
    let words = ["papers", "--statement", &first, &second, "--month", &month];
    offline(&[&words[..], &["--out", &file("papers")]].concat())
        .await
        .unwrap();
    let own = file("own");
    let list = ["deduct", "list", "--month", MONTH, "--out", &own];
    let told = json(&world, &list).await;
    assert_eq!(told["files"].as_array().unwrap().len(), 6);
    let (papers, own) = (folder.path().join("papers"), folder.path().join("own"));
    let sorted = |folder| {
        let mut rows = rows(folder, "deductions");
        rows.sort_unstable();
        rows
    };
    assert_eq!(sorted(&own), sorted(&papers));
    assert_eq!(sums(&sorted(&own)), by_kind(&told));
    let of_rows = rows(&own, "deduction_rows");
    let deducted = of_rows
        .iter()
        .map(|row| row["deducted"].replace('.', "").parse::<i64>().unwrap());
    assert_eq!((of_rows.len(), deducted.sum::<i64>()), (3, 86_000));
    assert!(rows(&own, "deductions_waiting").is_empty());
    // No file is written over.
    let again = clearing(&world, &list).await.unwrap_err();
    assert!(again.contains("cannot be written"), "{again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_listed_with_why_for_whoever_may_look() {
    let mut world = begin().await;
    let mut ningbo = world.region(NINGBO).await;
    let alone = deduction(7, 3_000, LegKind::Deduction);
    report(&mut ningbo, vec![receivable(6, &alone)])
        .await
        .unwrap();
    let list = listed(&world, &[]).await;
    assert_eq!(list["cycles"], Value::Array(Vec::new()));
    let one = &list["waiting"][0];
    assert_eq!(
        (&one["reason"], &one["region"], &one["amount"], &one["kind"]),
        (
            &"counterpart_missing".into(),
            &NINGBO.into(),
            &"30.00".into(),
            &"deduction".into()
        )
    );
    assert!(one["deduction"].as_str().unwrap().starts_with("ded_"));
    assert_eq!(
        listed(&world, &["--region", CHENGDU]).await["waiting"],
        Value::Array(Vec::new())
    );
    drop(ningbo);
    world.stop().await;
    world.officers = "[[officer]]\nname = \"wang.fang\"\nroles = [\"pay\"]\n";
    world.start().await.unwrap();
    assert_eq!(listed(&world, &[]).await, list);
    let words = ["deduct", "list", "--day", DAYS[0]];
    let refused = clearing_as(&world, SECOND_OFFICER, &words)
        .await
        .unwrap_err();
    assert!(
        refused.starts_with("officer.role [zhao.min: look]"),
        "{refused}"
    );
}
