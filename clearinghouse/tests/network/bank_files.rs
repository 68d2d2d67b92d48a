//! The bank's own file, held against what officers typed, and entered where nobody had.

use serde_json::{Value, json as to_json};

use crate::commands::{clearing, clearing_as, json};
use crate::payments::netted;
use crate::world::{SECOND_OFFICER, World};

const DAY: &str = "2026-03-01";
const ACCOUNT: &str = "1202000000000000001";
const FILE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/data/bank-2026-03.xml"
);

/// The first day's plan, ordered to be paid.
async fn ordered() -> World {
    let world = World::begin().await;
    let digest = netted(&world).await;
    let approve = ["approve", "--day", DAY, "--digest", &digest];
    clearing(&world, &approve).await.unwrap();
    clearing_as(&world, SECOND_OFFICER, &approve).await.unwrap();
    clearing(&world, &["instruct", "--day", DAY]).await.unwrap();
    world.clock.put("2026-04-01T04:00:00.000Z");
    world
}

async fn asked(world: &World, what: &str) -> Value {
    let words = ["bank-file", what, "--file", FILE, "--account", ACCOUNT];
    json(world, &words).await
}

fn found(document: &Value) -> Vec<(&str, &str)> {
    let findings = document["findings"].as_array().unwrap().iter();
    let findings = findings.map(|of| {
        let name = of["bank_reference"].as_str().unwrap_or_default();
        (of["found"].as_str().unwrap(), name)
    });
    findings.collect()
}

/// The words of a movement that an officer types.
fn typed<'a>(first: &'a str, name: &'a str, amount: &'a str, on: &'a str) -> Vec<&'a str> {
    let words = [
        ["--bank-ref", name],
        ["--member", "510100"],
        ["--fund", "resident_pool"],
        ["--direction", "pay_out"],
        ["--amount", amount],
        ["--on", on],
    ];
    [&[first], words.as_flattened()].concat()
}

async fn whoever_may_only_look_enters_nothing(world: &mut World) {
    world.stop().await;
    world.officers = "[[officer]]\nname = \"wang.fang\"\nroles = [\"look\"]\n";
    world.start().await.unwrap();
    let enter = ["bank-file", "enter", "--file", FILE, "--account", ACCOUNT];
    let refused = clearing(world, &enter).await.unwrap_err();
    assert!(refused.starts_with("B-1: officer.role"), "{refused}");
    asked(world, "compare").await;
    world.stop().await;
    world.officers = "";
    world.start().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_typed_is_entered_from_the_banks_file_once() {
    let mut world = ordered().await;
    whoever_may_only_look_enters_nothing(&mut world).await;
    let first = asked(&world, "compare").await;
    let expected = [
        ("not_entered", "B-1"),
        ("not_entered", "B-5"),
        ("closing", ""),
    ];
    assert_eq!(
        found(&first),
        expected,
        "what the bank took back itself is nobody's to enter"
    );
    assert_eq!(
        (&first["to_enter"], &first["not_booked"]),
        (&to_json!(1), &to_json!(1))
    );
    assert_eq!(
        json(&world, &["movements"]).await["movements"],
        Value::Array(Vec::new())
    );

    let entered = asked(&world, "enter").await;
    assert_eq!(
        entered["entered"],
        to_json!([{ "bank_reference": "B-1", "parked": false }])
    );
    let left = [("not_entered", "B-5"), ("closing", "")];
    assert_eq!(
        found(&entered),
        left,
        "it bears no payment's reference: an officer enters it"
    );
    let movements = json(&world, &["movements"]).await;
    let again = asked(&world, "enter").await;
    assert_eq!(
        (&again["entered"], found(&again)),
        (&to_json!([]), left.to_vec())
    );
    assert_eq!(json(&world, &["movements"]).await, movements);
    let open = json(&world, &["payments", "--open"]).await;
    assert_eq!(
        open["payments"].as_array().unwrap().len(),
        1,
        "what was paid in counts for what was ordered"
    );

    let by_hand = typed("confirm", "B-5", "13159.95", "2026-03-23");
    let by_hand = [&by_hand[..], &["--reference", "1-510100-resident_pool"]].concat();
    clearing(&world, &by_hand).await.unwrap();
    let all = asked(&world, "compare").await;
    assert_eq!((found(&all), &all["alike"]), (Vec::new(), &to_json!(3)));
    let said = clearing(
        &world,
        &["bank-file", "compare", "--file", FILE, "--account", ACCOUNT],
    );
    let said = said.await.unwrap();
    assert!(
        said.contains("the bank and the books say the same / 银行与登记一致"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_line_that_is_refused_keeps_no_other_out_and_what_is_parked_is_told_each_time() {
    let world = ordered().await;
    let changed = |text: &str, what: &str, other: &str| {
        assert!(text.contains(what), "{what}");
        text.replacen(what, other, 1)
    };
    let text = std::fs::read_to_string(FILE).unwrap();
    // Whoever paid in wrote a member that there is not; what is paid out is covered by nothing then.
    let text = changed(&text, "1-330000-resident_pool", "1-339999-resident_pool");
    let bears = "<NtryDtls><TxDtls><Refs><EndToEndId>1-510100-resident_pool</EndToEndId></Refs></TxDtls></NtryDtls>";
    let code =
        "<AcctSvcrRef>B-5</AcctSvcrRef>\n        <BkTxCd><Prtry><Cd>HVPS</Cd></Prtry></BkTxCd>";
    let text = changed(&text, code, &format!("{code}{bears}"));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("march.xml").display().to_string();
    std::fs::write(&file, text).unwrap();
    let words = |what| ["bank-file", what, "--file", &file, "--account", ACCOUNT];
    let told = json(&world, &words("enter")).await;
    let entered = told["entered"].as_array().unwrap();
    let refused = entered[0]["refused"].as_str().unwrap();
    assert!(refused.starts_with("payment.unknown_member"), "{told}");
    let parked = to_json!({ "bank_reference": "B-5", "parked": true });
    assert_eq!((entered.len(), &entered[1]), (2, &parked));
    for what in ["compare", "enter"] {
        let again = json(&world, &words(what)).await;
        assert_eq!(again["parked"], to_json!(["B-5"]), "{again}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_typed_otherwise_is_named_and_nothing_is_corrected_by_a_file() {
    let world = ordered().await;
    clearing(&world, &typed("confirm", "B-1", "13160.00", "2026-03-20"))
        .await
        .unwrap();
    let told = asked(&world, "enter").await;
    assert_eq!(
        found(&told)[..2],
        [("direction", "B-1"), ("not_entered", "B-5")]
    );
    assert_eq!(told["entered"], to_json!([]));
    let wrong = typed("correct", "B-1", "13160.00", "2026-03-20");
    let wrong = [&wrong[..], &["--because", "wrong_purpose"]].concat();
    clearing(&world, &wrong).await.unwrap();
    // Once it is taken out it can be entered as it moved; what bounced, as the bank says, cannot.
    let told = asked(&world, "compare").await;
    assert_eq!(
        (found(&told)[0], &told["to_enter"]),
        (("not_entered", "B-1"), &to_json!(1))
    );
    // What the bank took back itself stands until somebody takes it out.
    clearing(&world, &typed("confirm", "B-4", "13160.00", "2026-03-21"))
        .await
        .unwrap();
    let told = asked(&world, "compare").await;
    assert!(found(&told).contains(&("taken_back", "B-4")), "{told}");
    let other = ["bank-file", "compare", "--file", FILE, "--account", "999"];
    let refused = clearing(&world, &other).await.unwrap_err();
    assert!(refused.contains("bank_file.account"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_statement_is_what_was_entered_also_after_a_way_back_and_a_correction() {
    let world = ordered().await;
    let paid_in = [
        "confirm",
        "--bank-ref",
        "B-1",
        "--member",
        "330000",
        "--fund",
        "resident_pool",
        "--direction",
        "pay_in",
        "--amount",
        "13170.00",
        "--on",
        "2026-03-20",
        "--reference",
        "1-330000-resident_pool",
    ];
    clearing(&world, &paid_in).await.unwrap();
    let to = "1-330000-resident_pool=13160.00";
    clearing(&world, &["apply", "--bank-ref", "B-1", "--to", to])
        .await
        .unwrap();
    let back = [
        "send-back",
        "--bank-ref",
        "B-1",
        "--back",
        "B-2",
        "--on",
        "2026-03-22",
    ];
    clearing(&world, &back).await.unwrap();
    let bounced = typed("confirm", "B-3", "1.00", "2026-03-21");
    clearing(&world, &bounced).await.unwrap();
    let out = [
        &typed("correct", "B-3", "1.00", "2026-03-21")[..],
        &["--because", "bounced"],
    ]
    .concat();
    clearing(&world, &out).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.xml").display().to_string();
    let days = ["--from", "2026-03-01", "--until", "2026-03-31"];
    let write = [&["bank-statement"], &days[..], &["--out", &file]].concat();
    clearing(&world, &write).await.unwrap();
    let compare = [
        "bank-file",
        "compare",
        "--file",
        &file,
        "--account",
        "clearing",
    ];
    let same = json(&world, &compare).await;
    assert_eq!((found(&same), &same["alike"]), (Vec::new(), &to_json!(2)));
    let enter = [
        "bank-file",
        "enter",
        "--file",
        &file,
        "--account",
        "clearing",
    ];
    assert_eq!(
        json(&world, &enter).await,
        same,
        "there is nothing to enter"
    );
}
