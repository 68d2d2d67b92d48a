//! What two officers type to have a netted day paid, from the words to the answer.

use std::process::ExitCode;

use serde_json::Value;

use crate::commands::{clearing, clearing_as, ends, json};
use crate::world::{
    CHENGDU, NINGBO, SECOND_OFFICER, World, close, debt, payable, receivable, report,
};

const DAY: &str = "2026-03-01";
const IN: &str = "1-330000-resident_pool";
const OUT: &str = "1-510100-resident_pool";

/// The day netted, with its plan's digest.
pub(crate) async fn netted(world: &World) -> String {
    let leg = debt(1, 1_316_000);
    let (mut ningbo, mut chengdu) = (world.region(NINGBO).await, world.region(CHENGDU).await);
    report(&mut chengdu, vec![receivable(1, &leg)])
        .await
        .unwrap();
    report(&mut ningbo, vec![payable(1, &leg)]).await.unwrap();
    for region in [&mut ningbo, &mut chengdu] {
        close(region, DAY, 1).await.unwrap();
    }
    json(world, &["cut-off", "--day", DAY]).await;
    let plan = json(world, &["net", "--day", DAY]).await;
    plan["digest"].as_str().unwrap().to_owned()
}

/// `confirm` of a movement of money on the resident pool.
pub(crate) fn confirm<'a>(
    bank_ref: &'a str,
    (member, direction): (&'a str, &'a str),
    amount: &'a str,
    bears: &'a str,
) -> Vec<&'a str> {
    let words = [
        ["--bank-ref", bank_ref],
        ["--member", member],
        ["--fund", "resident_pool"],
        ["--direction", direction],
        ["--amount", amount],
        ["--on", "2026-03-03"],
        ["--reference", bears],
    ];
    [&["confirm"], words.as_flattened()].concat()
}

pub(crate) const PAYS: (&str, &str) = ("330000", "pay_in");
pub(crate) const IS_PAID: (&str, &str) = ("510100", "pay_out");

pub(crate) fn open(payments: &Value) -> Vec<(&str, &str)> {
    let rows = payments["payments"].as_array().unwrap().iter();
    let rows = rows.map(|row| {
        (
            row["reference"].as_str().unwrap(),
            row["open"].as_str().unwrap(),
        )
    });
    rows.collect()
}

/// What the status says that is to be done next, where money moves by the day and where by the month.
async fn says_next(world: &World, by_day: &str) {
    let said = clearing(world, &["status", "--day", DAY]).await.unwrap();
    let by_day = format!("\nnext, where money moves by the day: {by_day}");
    let by_month = "\nnext, where it moves by the month: the cycle takes no approval of its own; \
                    once the month is over it is drawn up";
    assert!(said.contains(&by_day) && said.contains(by_month), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_officers_have_a_netted_day_paid() {
    let mut world = World::begin().await;
    let digest = netted(&world).await;
    let approve = ["approve", "--day", DAY, "--digest", &digest];
    let instruct = ["instruct", "--day", DAY];
    says_next(&world, "two different officers approve its plan").await;
    for _ in 0..2 {
        let said = json(&world, &approve).await;
        assert_eq!(said["state"], "netted");
        assert_eq!(said["approvals"].as_array().unwrap().len(), 1);
    }
    says_next(&world, "another officer has to approve it too").await;
    let said = clearing(&world, &instruct).await.unwrap_err();
    assert!(
        said.starts_with("cycle.not_approved [2026-03-01: 1 of 2]"),
        "{said}"
    );
    let said = clearing_as(&world, SECOND_OFFICER, &approve).await.unwrap();
    assert!(said.contains("cycle 2026-03-01: approved"), "{said}");
    assert!(said.contains("approved by wang.fang at"), "{said}");
    says_next(&world, "its payment is ordered (instruct)").await;
    let said = clearing(&world, &instruct).await.unwrap();
    assert!(!said.contains("next, "), "{said}");
    assert!(said.contains("payment is due by 2026-03-18"), "{said}");
    let ordered = json(&world, &["payments", "--open"]).await;
    assert_eq!(open(&ordered), [(IN, "13160.00"), (OUT, "13160.00")]);

    let part = confirm("B-1", PAYS, "13000.00", IN);
    let said = json(&world, &part).await;
    assert_eq!(said["payments"][0]["open"], "160.00");
    world.stop().await;
    world.start().await.unwrap();
    assert_eq!(json(&world, &part).await, said);
    let said = clearing(&world, &confirm("B-1", PAYS, "13000.01", IN)).await;
    assert!(
        said.clone()
            .unwrap_err()
            .starts_with("payment.bank_reference_taken [B-1: 330000 resident_pool"),
        "{said:?}"
    );
    let said = clearing(&world, &confirm("B-2", PAYS, "170.00", "三月清算"))
        .await
        .unwrap();
    assert!(said.contains("PARKED 170.00: unknown_reference"), "{said}");
    assert!(said.contains("say what it is for (apply)"), "{said}");
    let to = format!("{IN}=160.00");
    let applied = json(&world, &["apply", "--bank-ref", "B-2", "--to", &to]).await;
    assert_eq!(applied["movement"]["parked"], "10.00");
    let back = ["send-back", "--bank-ref", "B-2", "--back", "B-3"];
    let back = [&back[..], &["--on", "2026-03-03"]].concat();
    assert_eq!(json(&world, &back).await["movement"]["back"], "B-3");
    world.clock.put("2026-03-21T04:00:00.000Z");
    let delay = ["delay", "--reference", OUT, "--reason", "bank"];
    clearing(&world, &delay).await.unwrap();
    let late = clearing(&world, &["payments", "--open", "--day", DAY])
        .await
        .unwrap();
    assert!(late.contains("3 days, bank / 逾期3天"), "{late}");
    assert_eq!(ends(&world, &["payments"]).await, ExitCode::FAILURE);
    json(&world, &confirm("B-4", IS_PAID, "13160.00", OUT)).await;
    assert_eq!(ends(&world, &["payments"]).await, ExitCode::SUCCESS);
    let status = clearing(&world, &["status", "--day", DAY]).await.unwrap();
    assert!(status.contains("cycle 2026-03-01: final"), "{status}");
    assert!(status.contains("paid in full at 2026-03-21"), "{status}");
    let movements = json(&world, &["movements"]).await;
    assert_eq!(movements["movements"].as_array().unwrap().len(), 3);
    assert_eq!(
        clearing(&world, &["movements", "--parked"]).await.unwrap(),
        "no movements / 无银行流水\n"
    );
    a_statement_is_as_it_was(&world).await;
    the_books_show_it_all(&world).await;
}

/// Chengdu was paid out on the 21st, and not before.
async fn a_statement_is_as_it_was(world: &World) {
    let statement = ["statement", "--day", DAY, "--member", "510100"];
    assert_eq!(json(world, &statement).await["payments"][0]["open"], "0.00");
    let then = [&statement[..], &["--as-of", "2026-03-20"]].concat();
    assert_eq!(json(world, &then).await["payments"][0]["open"], "13160.00");
    let before = [&statement[..], &["--as-of", "2026-01-01"]].concat();
    let said = clearing(world, &before).await.unwrap_err();
    assert!(said.starts_with("cycle.not_netted"), "{said}");
}

/// Zhejiang's cash by each voucher: paid in, parked, counted in part, and the rest sent back.
async fn the_books_show_it_all(world: &World) {
    let of = [
        "books",
        "--member",
        "330000",
        "--account",
        "settlement_cash",
    ];
    let found = json(world, &of).await;
    assert_eq!(found["balances"], true);
    assert_eq!(found["trial_balances"][0]["sum"], "0.00");
    assert_eq!(found["accounts"][0]["closing"], "-13160.00");
    let entries = found["entries"].as_array().unwrap();
    let kinds: Vec<_> = entries
        .iter()
        .map(|of| of["kind"].as_str().unwrap())
        .collect();
    let expected = ["payment_confirmed", "payment_parked", "payment_returned"];
    assert_eq!(kinds, expected, "{found}");
    assert_eq!(entries[1]["balance"], "-13170.00");
    // Chengdu was paid out on the 21st.
    let paid = [
        "books",
        "--member",
        "510100",
        "--account",
        "settlement_cash",
    ];
    assert_eq!(
        json(world, &paid).await["accounts"][0]["closing"],
        "13160.00"
    );
    let then = [&paid[..], &["--at", "2026-03-20"]].concat();
    assert_eq!(
        json(world, &then).await["accounts"],
        Value::Array(Vec::new())
    );
    let since = [&paid[..], &["--from", "2026-03-22"]].concat();
    let since = json(world, &since).await;
    assert_eq!(since["accounts"][0]["opening"], "13160.00");
    assert_eq!(since["entries"], Value::Array(Vec::new()));
    let said = clearing(world, &["books", "--region", NINGBO])
        .await
        .unwrap();
    assert!(said.contains("trial balance resident_pool: 0.00"), "{said}");
    assert!(said.contains("claims_payable"), "{said}");
    let backwards = ["books", "--from", "2026-03-22", "--at", "2026-03-02"];
    // Also where nothing was posted by either.
    let before = ["books", "--from", "2020-02-01", "--at", "2020-01-01"];
    for words in [backwards, before] {
        let said = clearing(world, &words).await.unwrap_err();
        assert!(said.contains("after the moment"), "{said}");
    }
    let cut = [&of[..], &["--limit", "1"]].concat();
    assert_eq!(json(world, &cut).await["more_entries"], true);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_bank_returns_is_owed_again() {
    let world = World::begin().await;
    let digest = netted(&world).await;
    let approve = ["approve", "--day", DAY, "--digest", &digest];
    clearing(&world, &approve).await.unwrap();
    clearing_as(&world, SECOND_OFFICER, &approve).await.unwrap();
    clearing(&world, &["instruct", "--day", DAY]).await.unwrap();
    json(&world, &confirm("B-1", PAYS, "13160.00", IN)).await;
    let paid_out = confirm("B-2", IS_PAID, "13160.00", OUT);
    json(&world, &paid_out).await;
    let state = async || {
        let status = json(&world, &["status", "--day", DAY]).await;
        status["state"].as_str().unwrap().to_owned()
    };
    assert_eq!(state().await, "final");
    let line = &paid_out[1..paid_out.len() - 2];
    let correct = [&["correct", "--because", "bounced"], line].concat();
    let said = clearing(&world, &correct).await.unwrap();
    assert!(
        said.contains("TAKEN OUT AGAIN by wang.fang: bounced"),
        "{said}"
    );
    assert_eq!(state().await, "instructed");
    json(&world, &confirm("B-3", IS_PAID, "13160.00", OUT)).await;
    assert_eq!(state().await, "final");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_owed_is_shown_who_has_not_paid() {
    let world = World::begin().await;
    let digest = netted(&world).await;
    let approve = ["approve", "--day", DAY, "--digest", &digest];
    let wrong = digest.replace(|letter: char| letter.is_ascii_digit(), "e");
    let said = clearing(&world, &["approve", "--day", DAY, "--digest", &wrong]).await;
    assert!(
        said.clone()
            .unwrap_err()
            .starts_with(&format!("approval.other_plan [{digest}]")),
        "{said:?}"
    );
    clearing(&world, &approve).await.unwrap();
    clearing_as(&world, SECOND_OFFICER, &approve).await.unwrap();
    clearing(&world, &["instruct", "--day", DAY]).await.unwrap();
    let of = |member| ["statement", "--day", DAY, "--member", member];
    let said = clearing(&world, &of("510100")).await.unwrap();
    let (_, unpaid) = said.split_once("others still owe").unwrap();
    assert!(unpaid.contains(IN), "{said}");
    assert!(
        !clearing(&world, &of("330000"))
            .await
            .unwrap()
            .contains("others still owe")
    );
    let said = clearing(
        &world,
        &["apply", "--bank-ref", "B-9", "--to", &format!("{IN}=1")],
    )
    .await;
    assert!(
        said.clone()
            .unwrap_err()
            .starts_with("payment.bank_reference_unknown [B-9]"),
        "{said:?}"
    );
}
