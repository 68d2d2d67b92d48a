//! What is printed beside a receipt: written by either region's node once the day is proven, and checked without a server.

use huitong_core::checkpoint::receipt::text::{read, texts as codes_of};
use huitong_core::leg::LegKind;
use huitong_tests::patience;

use super::*;

/// What proves a settlement, by a region's node, once it has looked at the day; with the drawing of its code.
async fn proof(world: &World, region: &Region, settlement: &str, svg: &Path) -> Value {
    let (svg, options) = (shown(svg), options(world, region));
    let words = [
        "node",
        "receipt-proof",
        "--settlement",
        settlement,
        "--out",
        &svg,
        "--json",
    ];
    let words = words.into_iter().chain(options.iter().map(String::as_str));
    let words: Vec<&str> = words.collect();
    patience::until("the node has looked at the day", async || {
        let output = executable::run(&words).await;
        let (printed, said) = texts(&output);
        if output.status.success() {
            return Some(serde_json::from_str(&printed).unwrap());
        }
        assert!(said.contains("receipt.not_proven"), "{said}");
        None
    })
    .await
}

/// Checks codes against a checkpoint; how it ended, and what was found.
async fn verify(
    checkpoint: &Path,
    roots: &Path,
    codes: &[&str],
    more: &[&str],
) -> (Option<i32>, Value) {
    let [checkpoint, roots] = [checkpoint, roots].map(shown);
    let mut words = vec!["clearing", "verify-receipt"];
    words.extend(codes);
    words.extend(["--checkpoint", &checkpoint, "--roots", &roots, "--json"]);
    words.extend(more);
    let output = executable::run(&words).await;
    let (printed, said) = texts(&output);
    let found = serde_json::from_str(&printed).unwrap_or_else(|_| panic!("{printed}{said}"));
    (output.status.code(), found)
}

fn found_codes(found: &Value) -> Vec<&str> {
    codes(found["faults"].as_array().unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receipt_is_proven_by_its_code_against_the_day_and_not_when_anything_is_changed() {
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let day = netted(&world).await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let (checkpoint, roots) = (file("checkpoint.htck"), file("root.crt"));
    write_checkpoint(&world, &day, &checkpoint).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    let call = outpatient(&NINGBO, 2, "v-3", &[(Item::Drug, 90_000)]);
    // Asked again it is what it was: the id of the visit that was taken back.
    let settled = hospital.settle_for_sure("s-3", call).await.unwrap();
    let settlement = settled.settlement;
    let svg = file("code.svg");
    let told = proof(&world, &CHENGDU, &settlement, &svg).await;
    let other = proof(&world, &NINGBO, &settlement, &file("other.svg")).await;
    assert_eq!(told["codes"][0]["payload"], other["codes"][0]["payload"]);
    assert_eq!(told["reversed"], true);
    assert_eq!(told["codes"][0]["business_day"], day);
    let drawn = std::fs::read_to_string(&svg).unwrap();
    assert!(drawn.starts_with("<svg ") && drawn.ends_with("</svg>\n"));
    let of_operator = world.credentials(&Identity::Clearinghouse);
    std::fs::copy(of_operator.join("root.crt"), &roots).unwrap();
    world.stop_all().await;

    // From here on there is no server.
    let code = told["codes"][0]["payload"].as_str().unwrap();
    let (ended, found) = verify(&checkpoint, &roots, &[code], &[]).await;
    assert_eq!(
        (ended, &found["holds"]),
        (Some(0), &Value::Bool(true)),
        "{found}"
    );
    let legs = found["legs"].as_array().unwrap();
    let owed = legs.iter().find(|leg| leg["kind"] == "settlement").unwrap();
    let back = legs.iter().find(|leg| leg["kind"] == "reversal").unwrap();
    assert_eq!(owed["debtor"], NINGBO.code);
    assert_eq!(
        (&back["creditor"], &back["amount"]),
        (&owed["debtor"], &owed["amount"])
    );
    assert_eq!(found["checkpoints"][0]["business_day"], day);
    on_paper(&checkpoint, &roots, code, (&settlement, owed)).await;
    meddled(&checkpoint, &roots, code).await;
}

/// What the receipt says funds paid, of a settlement that was taken back in the same cycle.
async fn on_paper(checkpoint: &Path, roots: &Path, code: &str, (settlement, owed): (&str, &Value)) {
    let says = |amount: &str| format!("{}={amount}", owed["fund"].as_str().unwrap());
    let right = says(owed["amount"].as_str().unwrap());
    let wrong = says("9999.99");
    let paper = ["--settlement", settlement, "--receipt"];
    let right = [&paper[..], &[&right]].concat();
    let wrong = [&paper[..], &[&wrong]].concat();
    let proof = read(code).unwrap();
    let alone = proof.each().next().unwrap();
    assert_eq!(alone.legs()[0].kind, LegKind::Settlement);
    let alone = codes_of(&alone).remove(0);
    let alone = alone.as_str();
    let cases: [(&[&str], &[&str], &[&str]); 5] = [
        (&[code], &right, &["receipt.reversed"]),
        (&[code], &wrong, &["receipt.reversed", "receipt.amount"]),
        // Whoever holds a code can leave the reversal out.
        (&[alone], &right, &[]),
        (&[alone], &wrong, &["receipt.amount"]),
        (&[alone, alone], &right, &["receipt.repeated"]),
    ];
    for (codes, more, expected) in cases {
        let (ended, found) = verify(checkpoint, roots, codes, more).await;
        let code = i32::from(!expected.is_empty());
        assert_eq!((ended, &*found_codes(&found)), (Some(code), expected));
    }
    let other = "stl_00000000000000000000000000";
    let (ended, found) = verify(checkpoint, roots, &[code], &["--settlement", other]).await;
    assert_eq!(
        (ended, found_codes(&found)),
        (Some(1), vec!["receipt.other_settlement"])
    );
}

/// Some letters of the code, another root, and what is no checkpoint.
async fn meddled(checkpoint: &Path, roots: &Path, code: &str) {
    let letters: Vec<char> = code.chars().collect();
    for at in (0..letters.len()).step_by(letters.len() / 12) {
        let mut changed = letters.clone();
        changed[at] = if letters[at] == '0' { '1' } else { '0' };
        let changed: String = changed.into_iter().collect();
        let (ended, found) = verify(checkpoint, roots, &[&changed], &[]).await;
        assert_eq!(ended, Some(1), "letter {at}: {found}");
        let said = found_codes(&found);
        assert!(
            said.iter().all(|said| said.starts_with("receipt.")),
            "{said:?}"
        );
    }
    let root = Authority::new_root(&TRUST_DOMAIN.parse().unwrap(), hours(-99, 99)).unwrap();
    let other = roots.with_file_name("other.crt");
    std::fs::write(&other, root.certificate_pem()).unwrap();
    let (ended, found) = verify(checkpoint, &other, &[code], &[]).await;
    assert_eq!(
        (ended, found_codes(&found)),
        (Some(1), vec!["checkpoint.signature"])
    );
    let (ended, found) = verify(&other, roots, &[code], &[]).await;
    assert_eq!(
        (ended, found_codes(&found)),
        (Some(1), vec!["checkpoint.unreadable"])
    );
    let words = ["clearing", "verify-receipt", code, "--checkpoint"];
    let [checkpoint, roots] = [checkpoint, roots].map(shown);
    let words = [&words[..], &[&checkpoint, "--roots", &roots]].concat();
    let said = texts(&executable::run(&words).await).0;
    assert!(
        said.contains("holds / 核验无误") && said.contains("only what was netted"),
        "{said}"
    );
}
