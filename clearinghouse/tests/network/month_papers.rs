//! Notices and lists of deductions, read back from both of their forms and added up against the plans.

use std::collections::BTreeMap;
use std::path::Path;

use huitong_core::leg::{Leg, LegKind};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use serde_json::{Value, json as to_json};

use crate::commands::{clearing, clearing_as, json, offline};
use crate::month_paid::{DAYS, MONTH, approved, netted, netted_with, start_again};
use crate::months::asked;
use crate::world::{CHENGDU, NINGBO, OFFICER, SECOND_OFFICER, World, debt};

/// A row by the names of its columns.
pub(crate) type Row = BTreeMap<String, String>;

/// The rows of a table, as a spreadsheet has them and as Parquet does, which say the same.
pub(crate) fn rows(folder: &Path, name: &str) -> Vec<Row> {
    let csv = std::fs::read_to_string(folder.join(name).with_extension("csv")).unwrap();
    let mut lines = csv.lines().map(|line| line.split(','));
    let columns: Vec<_> = lines.next().unwrap().map(str::to_owned).collect();
    let rows: Vec<Row> = lines
        .map(|cells| {
            columns
                .iter()
                .cloned()
                .zip(cells.map(str::to_owned))
                .collect()
        })
        .collect();
    let bytes = std::fs::read(folder.join(name).with_extension("parquet")).unwrap();
    let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
    let read: Vec<Row> = reader
        .get_row_iter(None)
        .unwrap()
        .map(|row| {
            let row = row.unwrap();
            let cells = row.get_column_iter();
            cells
                .map(|(name, cell)| (name.clone(), cell.to_string().trim_matches('"').to_owned()))
                .collect()
        })
        .collect();
    assert_eq!(read, rows, "{name}");
    rows
}

/// Yuan, as fen.
fn fen(row: &Row, column: &str) -> i64 {
    row[column].replace('.', "").parse().unwrap()
}

/// Ningbo's deduction from what it owes Chengdu, or the end of one.
pub(crate) fn deduction(id: u8, amount: i64, kind: LegKind) -> Leg {
    let leg = debt(id, amount);
    let (debtor, creditor) = if kind == LegKind::Deduction {
        (leg.creditor, leg.debtor)
    } else {
        (leg.debtor, leg.creditor)
    };
    Leg {
        kind,
        debtor,
        creditor,
        ..leg
    }
}

/// Two cycles with settlements, a deduction on each, and the end of the first.
pub(crate) async fn begin() -> World {
    let mut world = World::begin().await;
    start_again(&mut world, "monthly").await;
    netted(&world, &legs()).await;
    world
}

fn legs() -> [Vec<Leg>; 2] {
    let first = vec![debt(1, 1_316_000), deduction(9, 16_000, LegKind::Deduction)];
    let second = vec![
        debt(2, 50_000),
        deduction(9, 16_000, LegKind::DeductionEnd),
        deduction(8, 70_000, LegKind::Deduction),
    ];
    [first, second]
}

async fn nets(world: &World, member: &str) -> BTreeMap<String, i64> {
    let mut nets = BTreeMap::new();
    for day in DAYS {
        let said = json(world, &["statement", "--day", day, "--member", member]).await;
        let net = said["nets"][0]["amount"].as_str().unwrap();
        nets.insert(day.to_owned(), net.replace('.', "").parse().unwrap());
    }
    nets
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_members_notices_add_up_to_its_nets_in_both_forms() {
    let world = begin().await;
    let asking = |member| ["notices", "--month", MONTH, "--member", member];
    let refused = clearing(&world, &asking("330000")).await.unwrap_err();
    assert!(
        refused.starts_with("payment.not_ordered [2026-03]"),
        "{refused}"
    );
    let digest = approved(&world).await;
    asked(&world, &["instruct", MONTH, "--digest", &digest])
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (member, notice, sign) in [("330000", "payment", -1), ("510100", "receipt", 1)] {
        let out = folder.path().join(member);
        let shown = out.display().to_string();
        let words = [&asking(member)[..], &["--out", &shown]].concat();
        let told = json(&world, &words).await;
        let reference = format!("M202603-{member}-resident_pool");
        let heads = rows(&out, "notices");
        assert_eq!(heads.len(), 1);
        assert_eq!(
            (
                &heads[0]["reference"],
                &heads[0]["notice"],
                &heads[0]["approved_by"]
            ),
            (
                &reference,
                &notice.to_owned(),
                &"wang.fang zhao.min".to_owned()
            )
        );
        assert_eq!((&*heads[0]["debts"], &*heads[0]["cycles"]), ("5", "2"));
        let parts = rows(&out, "notice_parts");
        let found = parts.iter().map(|row| {
            assert_eq!(row["reference"], reference);
            assert_eq!(
                fen(row, "net"),
                fen(row, "receivable") - fen(row, "payable")
            );
            (row["cycle"].clone(), fen(row, "net"))
        });
        let found: BTreeMap<_, _> = found.collect();
        assert_eq!(found, nets(&world, member).await);
        assert_eq!(found.values().sum::<i64>(), sign * fen(&heads[0], "amount"));
        assert_eq!(told["notices"][0]["amount"], heads[0]["amount"]);
        assert_eq!(told["notices"][0]["due"], heads[0]["due"]);
        // A cycle's notices are those of the order that it is part of.
        let of_day = json(&world, &["notices", "--day", DAYS[1], "--member", member]).await;
        assert_eq!(of_day["notices"], told["notices"]);
        let refused = clearing(&world, &words).await.unwrap_err();
        assert!(refused.contains("cannot be written"), "{refused}");
        let page = clearing(&world, &asking(member)).await.unwrap();
        assert!(
            page.contains(&reference) && page.contains("5 debts in all"),
            "{page}"
        );
    }
    let refused = clearing(&world, &asking("440000")).await.unwrap_err();
    assert!(
        refused.starts_with("cycle.unknown_member [440000]"),
        "{refused}"
    );
}

/// What a list comes to, by kind.
pub(crate) fn sums(listed: &[Row]) -> BTreeMap<String, i64> {
    let mut sums = BTreeMap::new();
    for row in listed {
        *sums.entry(row["kind"].clone()).or_insert(0) += fen(row, "amount");
    }
    sums
}

/// What the rows of a month that is shown come to, by kind, but for settlements.
pub(crate) fn of_month(show: &Value) -> BTreeMap<String, i64> {
    let items = show["table"].as_array().unwrap().iter();
    let items = items.flat_map(|row| row["items"].as_array().unwrap());
    items
        .filter(|item| item["kind"] != "settlement")
        .map(|item| {
            let amount = item["amount"].as_str().unwrap().replace('.', "");
            let kind = item["kind"].as_str().unwrap().to_owned();
            (kind, amount.parse().unwrap())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_list_of_a_months_deductions_is_whole_or_is_not_written() {
    let world = begin().await;
    asked(&world, &["draw-up", MONTH]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let month = file("month");
    let show = asked(&world, &["show", MONTH, "--out", &month])
        .await
        .unwrap();
    for day in DAYS {
        let words = ["statement", "--day", day, "--member", "330000", "--out"];
        clearing(&world, &[&words[..], &[&file(day)]].concat())
            .await
            .unwrap();
    }
    let half = [
        "papers",
        "--statement",
        &file(DAYS[0]),
        "--month",
        &month,
        "--out",
    ];
    let refused = offline(&[&half[..], &[&file("half")]].concat()).await;
    let refused = refused.unwrap_err();
    assert!(!folder.path().join("half").exists());
    assert!(
        refused.contains("month") && refused.contains("no statement of plan 2"),
        "{refused}"
    );

    let ([first, second], papers) = (DAYS.map(file), file("papers"));
    let whole = ["papers", "--statement", &first, &second];
    let whole = [&whole[..], &["--month", &month, "--out", &papers]].concat();
    offline(&whole).await.unwrap();
    let listed = rows(&folder.path().join("papers"), "deductions");
    let found: Vec<_> = listed
        .iter()
        .map(|row| {
            (
                &*row["cycle"],
                &*row["kind"],
                &*row["debtor"],
                fen(row, "amount"),
            )
        })
        .collect();
    let mut expected = [
        (DAYS[0], "deduction", "510100", 16_000),
        (DAYS[1], "deduction_end", NINGBO, 16_000),
        (DAYS[1], "deduction", "510100", 70_000),
    ];
    let mut found_sorted = found.clone();
    found_sorted.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found_sorted, expected);
    let ids: Vec<_> = listed.iter().map(|row| &row["deduction"]).collect();
    assert!(ids.iter().all(|id| id.starts_with("ded_")), "{ids:?}");
    assert_eq!(
        sums(&listed),
        of_month(&show),
        "the month's own rows say the same"
    );
    let all: Value = to_json!(rows(&folder.path().join("papers"), "legs").len());
    assert_eq!(all, 5, "the other tables are written too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_region_that_changed_its_member_is_held_against_the_whole_month_by_both_members_statements()
 {
    let mut world = World::begin().await;
    start_again(&mut world, "monthly").await;
    // From the second cycle on Ningbo clears for itself.
    netted_with(&world, &legs(), async || {
        for officer in [OFFICER, SECOND_OFFICER] {
            let words = ["members", "change", NINGBO, "--member", NINGBO];
            clearing_as(&world, officer, &words).await.unwrap();
        }
    })
    .await;
    asked(&world, &["draw-up", MONTH]).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).display().to_string();
    let month = file("month");
    let show = asked(&world, &["show", MONTH, "--out", &month])
        .await
        .unwrap();
    for (day, member) in [(DAYS[0], "330000"), (DAYS[1], NINGBO)] {
        let words = ["statement", "--day", day, "--member", member, "--out"];
        clearing(&world, &[&words[..], &[&file(day)]].concat())
            .await
            .unwrap();
    }
    let [first, second] = DAYS.map(file);
    let papers = async |statements: &[&str], region: &str, out: &str| {
        let out = file(out);
        let words = ["--month", &month, "--region", region, "--out", &out];
        offline(&[&["papers", "--statement"], statements, &words].concat()).await
    };
    papers(&[&first, &second], NINGBO, "whole").await.unwrap();
    let listed = rows(&folder.path().join("whole"), "deductions");
    assert_eq!(sums(&listed), of_month(&show));
    // Without the first day's it is refused.
    let refused = papers(&[&second], NINGBO, "half").await.unwrap_err();
    assert!(
        refused.contains("are not those of its rows") && !folder.path().join("half").exists(),
        "{refused}"
    );
    let none = papers(&[&first, &second], CHENGDU, "none").await;
    let none = none.unwrap_err();
    assert!(none.contains("510100 stands in none of these"), "{none}");
}
