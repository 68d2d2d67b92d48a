//! A month over real TLS: drawn up, handed to regions, confirmed in words that they signed, approved, and verified offline.

use huitong_certs::Trust;
use huitong_certs::signing::of_clearinghouse;
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::MonthFile;
use huitong_core::clearing_month::part::MonthPart;
use huitong_core::clearing_month::row::MonthTable;
use huitong_core::clearing_month::word::{CertifiedMonthWord, MonthWord, ObjectedRow};
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::MonthObjection;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::month_service_client::MonthServiceClient;
use serde_json::{Value, json};
use tonic::Status;
use tonic::transport::Channel;

use crate::commands::{clearing, clearing_as, offline};
use crate::world::{
    CHENGDU, GUANGZHOU, NINGBO, SECOND_OFFICER, World, close, cut_off, debt, net, payable,
    receivable, refusal, report,
};

const MONTH: &str = "2026-03";

/// One debt, netted with the last business day of March.
async fn netted(world: &World) {
    world.clock.put("2026-04-02T04:00:00.000Z");
    let leg = debt(1, 1_316_000);
    let (mut ningbo, mut chengdu) = (world.region(NINGBO).await, world.region(CHENGDU).await);
    report(&mut chengdu, vec![receivable(1, &leg)])
        .await
        .unwrap();
    report(&mut ningbo, vec![payable(1, &leg)]).await.unwrap();
    close(&mut ningbo, "2026-03-31", 1).await.unwrap();
    close(&mut chengdu, "2026-03-31", 1).await.unwrap();
    let mut officer = world.officer().await;
    cut_off(&mut officer, "2026-03-31").await.unwrap();
    net(&mut officer, "2026-03-31").await.unwrap();
}

async fn months(world: &World, region: &str) -> MonthServiceClient<Channel> {
    MonthServiceClient::new(world.connect(&format!("/region/{region}/node")).await)
}

async fn fetch(client: &mut MonthServiceClient<Channel>) -> Result<MonthPart, Status> {
    let request = v1::FetchMonthRequest {
        month: MONTH.to_owned(),
    };
    let part = client.fetch_month(request).await?.into_inner().part;
    Ok(MonthPart::from_bytes(&part).unwrap())
}

/// A word that is said to be of a region, signed with the key of another or of the same.
fn word(
    world: &World,
    (of, key_of): (&str, &str),
    digest: Digest,
    objected: &[Pair],
) -> CertifiedMonthWord {
    let (key, certified) = world.signing(key_of);
    let objected = objected.iter().map(|pair| ObjectedRow {
        pair: *pair,
        why: MonthObjection::BookDiffers,
    });
    let word = MonthWord::new(
        RegionCode::parse(of).unwrap(),
        MONTH.parse().unwrap(),
        digest,
        objected.collect(),
        "li.wei".parse().unwrap(),
        Timestamp::parse("2026-04-02T04:00:00.000Z").unwrap(),
    );
    let word = word.unwrap();
    let signature = key.sign(&word.signed_bytes());
    CertifiedMonthWord {
        word,
        algorithm: 1,
        key_id: Digest::from_bytes(*signature.key_id().as_bytes()),
        signature: signature.bytes().to_vec(),
        signer: certified.chain().iter().map(|der| der.to_vec()).collect(),
    }
}

async fn say(
    client: &mut MonthServiceClient<Channel>,
    word: &CertifiedMonthWord,
) -> Result<v1::Month, Status> {
    let word = word.to_bytes();
    let answer = client.say_of_month(v1::SayOfMonthRequest { word }).await?;
    Ok(answer.into_inner().month.unwrap())
}

pub(crate) async fn asked(world: &World, words: &[&str]) -> Result<Value, String> {
    let words = [&["month"], words, &["--json"]].concat();
    let printed = clearing(world, &words).await?;
    Ok(serde_json::from_str(&printed).unwrap())
}

#[tokio::test]
async fn regions_are_handed_their_rows_and_only_their_own_word_on_them_is_taken() {
    let world = World::begin().await;
    let mut ningbo = months(&world, NINGBO).await;
    assert_eq!(refusal(fetch(&mut ningbo).await).0, "month.unknown");
    netted(&world).await;
    let drawn = asked(&world, &["draw-up", MONTH]).await.unwrap();
    assert_eq!(
        (&drawn["stage"], &drawn["rows"]),
        (&json!("signed"), &json!(1))
    );
    assert_eq!(asked(&world, &["draw-up", MONTH]).await.unwrap(), drawn);
    let refused = asked(&world, &["draw-up", "2026-04"]).await.unwrap_err();
    assert!(refused.contains("month.no_cycles"), "{refused}");

    let part = fetch(&mut ningbo).await.unwrap();
    assert_eq!(part.check(RegionCode::parse(NINGBO).unwrap()), Ok(()));
    let digest = part.certified.month.digest();
    assert_eq!(digest.to_string(), drawn["digest"]);
    let pair = part.rows[0].row.pair;
    assert_eq!(part.rows[0].row.amount().get(), 1_316_000);

    let by_another = word(&world, (NINGBO, CHENGDU), digest, &[]);
    let mut forged = word(&world, (NINGBO, NINGBO), digest, &[pair]);
    forged.word = word(&world, (NINGBO, NINGBO), digest, &[]).word;
    for wrong in [by_another, forged] {
        let refused = refusal(say(&mut ningbo, &wrong).await);
        assert_eq!(refused.0, "month.word_invalid", "{}", refused.1);
    }
    let right = word(&world, (NINGBO, NINGBO), digest, &[]);
    let mut chengdu = months(&world, CHENGDU).await;
    assert_eq!(
        refusal(say(&mut chengdu, &right).await).0,
        "month.word_invalid"
    );
    let other = Pair {
        creditor: pair.debtor,
        debtor: pair.creditor,
        ..pair
    };
    let no_row = word(&world, (NINGBO, NINGBO), digest, &[other]);
    assert_eq!(
        refusal(say(&mut ningbo, &no_row).await).0,
        "month.row_unknown"
    );
    for _ in 0..2 {
        let month = say(&mut ningbo, &right).await.unwrap();
        assert_eq!(month.regions.iter().filter(|region| region.said).count(), 1);
    }
    let mut stranger = months(&world, GUANGZHOU).await;
    assert_eq!(
        refusal(fetch(&mut stranger).await).0,
        "stream.unknown_region"
    );
}

#[tokio::test]
async fn two_officers_approve_what_they_looked_at_and_the_file_proves_it_offline() {
    let mut world = World::begin().await;
    netted(&world).await;
    let drawn = asked(&world, &["draw-up", MONTH]).await.unwrap();
    let digest = drawn["digest"].as_str().unwrap().to_owned();
    let silent = asked(&world, &["show", MONTH]).await.unwrap();
    assert_eq!(silent["table"][0]["confirmed_by"], "nobody");
    let mut chengdu = months(&world, CHENGDU).await;
    let part = fetch(&mut chengdu).await.unwrap();
    let (signed, pair) = (part.certified.month.digest(), part.rows[0].row.pair);
    say(
        &mut chengdu,
        &word(&world, (CHENGDU, CHENGDU), signed, &[pair]),
    )
    .await
    .unwrap();
    let approve = ["approve", MONTH, "--digest", &digest];
    let refused = asked(&world, &approve).await.unwrap_err();
    assert!(
        refused.contains("month.not_confirmed") && refused.contains(NINGBO),
        "{refused}"
    );
    let mut ningbo = months(&world, NINGBO).await;
    say(&mut ningbo, &word(&world, (NINGBO, NINGBO), signed, &[]))
        .await
        .unwrap();
    world.stop().await;
    world.start().await.unwrap();
    let first = asked(&world, &approve).await.unwrap();
    assert_eq!(
        (&first["stage"], &first["approvals"][0]["officer"]),
        (&json!("answered"), &json!("wang.fang"))
    );
    let second = [&["month"], &approve[..], &["--json"]].concat();
    let second = clearing_as(&world, SECOND_OFFICER, &second).await.unwrap();
    let mut second: Value = serde_json::from_str(&second).unwrap();
    assert_eq!(second["stage"], "approved");
    // The list says of each month whether payment of it is ordered, too, and what is still to be done of it by when.
    for (key, said) in [
        ("ordered", Value::Null),
        ("order_by", Value::Null),
        ("order_days_late", json!(0)),
        ("clear_by", json!("2026-06-30")),
        ("clear_days_late", json!(0)),
    ] {
        second[key] = said;
    }
    let listed = asked(&world, &["list"]).await.unwrap();
    assert_eq!(listed["months"], json!([second]));

    proven(&world).await;
}

/// Ningbo confirmed the row that Chengdu objects to; what that comes to by the document.
fn one_confirmed_it(show: &Value) -> Value {
    let row = &show["table"][0];
    assert_eq!(
        [
            &row["confirmed_by"],
            &row["debtor_says"],
            &row["creditor_says"]
        ],
        ["one", "confirmed", "objected"]
    );
    let sum = |by, rows, amount, objected| {
        json!({
            "fund": "resident_pool", "confirmed_by": by, "rows": rows, "legs": rows, "amount": amount,
            "objected_rows": objected,
        })
    };
    let expected = [
        sum("both", 0, "0.00", 0),
        sum("one", 1, "13160.00", 1),
        sum("nobody", 0, "0.00", 0),
    ];
    assert_eq!(show["confirmed"], json!(expected));
    json!(expected)
}

/// The month's file shows what was said, and whatever is changed in it is found with no server.
async fn proven(world: &World) {
    let path = world.place("/papers").with_file_name("month");
    let shown = path.display().to_string();
    let show = asked(world, &["show", MONTH, "--out", &shown])
        .await
        .unwrap();
    let row = &show["table"][0];
    assert_eq!(
        (&row["amount"], &row["legs"]),
        (&json!("13160.00"), &json!(1))
    );
    assert_eq!(row["items"][0]["kind"], "settlement");
    assert_eq!(
        row["objections"],
        json!([{ "region": CHENGDU, "why": "book_differs" }])
    );
    let confirmed = one_confirmed_it(&show);
    let text = clearing(world, &["month", "show", MONTH]).await.unwrap();
    for part in [
        "confirmed by one alone / 仅一方确认: 13160.00 in 1 rows, 1 legs / 笔, 1 objected to / 有异议",
        "confirmed by nobody / 双方均未确认: 0.00 in 0 rows",
        "confirmed but for 1 rows",
        "330200: confirmed",
        "approved / 审批",
        "510100 objects",
    ] {
        assert!(text.contains(part), "{text} lacks {part}");
    }

    let roots = world.files("/clearinghouse").roots.display().to_string();
    let verify = ["month", "verify", &shown, "--roots", &roots, "--json"];
    let verified =
        async || -> Value { serde_json::from_str(&offline(&verify).await.unwrap()).unwrap() };
    let sound = verified().await;
    assert_eq!(
        (&sound["faults"], &sound["confirmed"]),
        (&json!([]), &confirmed)
    );
    let sound = MonthFile::from_bytes(&std::fs::read(&path).unwrap()).unwrap();
    let mut more = sound.clone();
    more.certified.month.rows += 1;
    let mut unsigned = sound.clone();
    unsigned.certified.signature[3] ^= 1;
    let mut changed = sound.clone();
    changed.words[0].word = sound.words[1].word.clone();
    let mut dropped = sound.clone();
    dropped.table = MonthTable::new(vec![]).unwrap();
    // An earlier word of a region beside its last, each rightly signed.
    let mut twice = sound.clone();
    twice.words.push(sound.words[0].clone());
    for (what, meddled) in [
        ("twice", twice),
        ("more", more),
        ("unsigned", unsigned),
        ("changed", changed),
        ("dropped", dropped),
    ] {
        std::fs::write(&path, meddled.to_bytes()).unwrap();
        let found = verified().await;
        let faults = found["faults"].as_array().unwrap().len();
        assert!(faults > 0, "{what}");
        assert_eq!(
            found["confirmed"],
            Value::Null,
            "{what}: of words that do not hold nothing is told"
        );
    }
}

#[tokio::test]
async fn a_month_that_was_signed_under_a_root_that_is_gone_is_signed_under_the_one_in_force() {
    let mut world = World::begin().await;
    netted(&world).await;
    asked(&world, &["draw-up", MONTH]).await.unwrap();
    let before = fetch(&mut months(&world, NINGBO).await).await.unwrap();
    world.stop().await;
    world.change_root();
    world.start().await.unwrap();
    let after = fetch(&mut months(&world, NINGBO).await).await.unwrap();
    let trust = Trust::from_pem(world.root.certificate_pem().as_bytes()).unwrap();
    let holds = |of: &MonthPart| of_clearinghouse::month(&of.certified, &trust).is_ok();
    assert_eq!((holds(&before), holds(&after)), (false, true));
    assert_eq!(before.certified.month, after.certified.month);
    assert_eq!(after.check(RegionCode::parse(NINGBO).unwrap()), Ok(()));
}
