//! What officers type about prefunds, from the words to the answer.

use std::time::Duration;

use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::own_prefund_service_client::OwnPrefundServiceClient;
use huitong_transport::refusal_code;
use serde_json::Value;
use tonic::Status;

use crate::commands::{clearing, json};
use crate::payments::netted;
use crate::world::{CHENGDU, GUANGZHOU, NINGBO, OFFICER, World, refusal};

const PREFUND: [&str; 2] = ["--prefund", "330000-510100-resident_pool"];

fn prefund<'a>(action: &'a str, words: &[&'a str]) -> Vec<&'a str> {
    [&["prefund", action], words].concat()
}

/// `enter` or `correct` of what Zhejiang paid in at Chengdu's bank.
fn line<'a>(action: &'a str, amount: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let words = [
        PREFUND,
        ["--bank-ref", "H-1"],
        ["--direction", "pay_in"],
        ["--amount", amount],
        ["--on", "2026-03-03"],
    ];
    prefund(action, &[words.as_flattened(), more].concat())
}

fn only(answer: &Value) -> &Value {
    let rows = answer["prefunds"].as_array().unwrap();
    assert_eq!(rows.len(), 1, "{answer}");
    &rows[0]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_prefund_is_set_paid_in_used_and_topped_up() {
    let mut world = World::begin().await;
    let set = |amount| {
        let words = [PREFUND, ["--year", "2026"], ["--amount", amount]];
        prefund("set", words.as_flattened())
    };
    let said = clearing(&world, &line("enter", "14000.00", &[])).await;
    let said = said.unwrap_err();
    assert!(
        said.starts_with("prefund.unknown [330000-510100-resident_pool]"),
        "{said}"
    );
    let said = json(&world, &set("14000.00")).await;
    assert_eq!(only(&said)["missing"], "14000.00");
    json(&world, &line("enter", "1400.00", &[])).await;
    let said = clearing(&world, &line("enter", "14000.00", &[])).await;
    let said = said.unwrap_err();
    assert!(said.contains("prefund correct"), "{said}");
    let correct = line("correct", "1400.00", &["--because", "wrong_amount"]);
    json(&world, &correct).await;
    let said = json(&world, &line("enter", "14000.00", &[])).await;
    assert_eq!(only(&said)["missing"], "0.00");
    let said = clearing(&world, &prefund("movements", &[])).await.unwrap();
    assert!(said.contains("taken out again by"), "{said}");

    netted(&world).await;
    let top_up = |id, amount| {
        let words = [PREFUND, ["--amount", amount], ["--id", id]];
        prefund("top-up", words.as_flattened())
    };
    // The level is found anew from time to time, and when the clearinghouse starts.
    world.stop().await;
    world.start().await.unwrap();
    let red = prefund("list", &["--from", "red"]);
    let mut said = json(&world, &red).await;
    while said["prefunds"].as_array().unwrap().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
        said = json(&world, &red).await;
    }
    let found = only(&said);
    assert_eq!(
        (&found["used"], &found["used_percent"]),
        (&"13160.00".into(), &"94".into())
    );
    assert!(found["ask_by"].is_string(), "{found}");
    assert_eq!(found["ask_days_late"], 0);
    holder_asks(&world).await;
    let said = clearing(&world, &top_up("T-1", "5000.00")).await.unwrap();
    assert!(said.contains("5000.00 missing"), "{said}");
    let said = clearing(&world, &top_up("T-2", "6000.00"))
        .await
        .unwrap_err();
    assert!(
        said.starts_with("prefund.asked_already [5000.00]"),
        "{said}"
    );
    // What is entered is answered with the level that it comes to, however long ago one was found.
    let words = [
        PREFUND,
        ["--bank-ref", "H-2"],
        ["--direction", "pay_in"],
        ["--amount", "5000.00"],
        ["--on", "2026-03-03"],
    ];
    let said = json(&world, &prefund("enter", words.as_flattened())).await;
    let found = only(&said);
    assert_eq!(
        (&found["level"], &found["used_percent"]),
        (&"normal".into(), &"69".into())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_last_year_comes_to_is_set_from_a_file() {
    let world = World::begin().await;
    netted(&world).await;
    let of = |member| prefund("list", &["--member", member]);
    let none = clearing(&world, &of("510100")).await.unwrap();
    assert!(none.starts_with("no prefunds"), "{none}");
    let none = clearing(&world, &of("440100")).await.unwrap_err();
    assert!(
        none.starts_with("prefund.unknown_member [440100]"),
        "{none}"
    );
    let csv = clearing(&world, &prefund("propose", &["--year", "2027", "--csv"])).await;
    let csv = csv.unwrap();
    assert_eq!(
        csv,
        "payer,holder,fund,spent,months,proposed,set\n\
         330000,510100,resident_pool,13160.00,1,26320.00,0.00\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("prefunds.csv");
    std::fs::write(&file, &csv).unwrap();
    let file = file.to_str().unwrap();
    let from_file = |year| prefund("set", &["--year", year, "--file", file]);
    let said = clearing(&world, &from_file("2027")).await.unwrap_err();
    assert!(said.contains("prefund.other_year [2026]"), "{said}");
    let said = json(&world, &from_file("2026")).await;
    assert_eq!(only(&said)["set"], "26320.00");
    std::fs::write(file, csv.replace("26320.00", "viel")).unwrap();
    let said = clearing(&world, &from_file("2026")).await.unwrap_err();
    assert!(said.contains("line 2"), "{said}");
}

async fn own(world: &World, region: &str) -> Result<v1::ListOwnPrefundsResponse, Status> {
    let node = world.connect(&format!("/region/{region}/node")).await;
    let request = v1::ListOwnPrefundsRequest { after: None };
    let answer = OwnPrefundServiceClient::new(node)
        .list_own_prefunds(request)
        .await;
    Ok(answer?.into_inner())
}

fn keys(told: &v1::ListOwnPrefundsResponse) -> Vec<(&str, &str)> {
    let keys = told.prefunds.iter().filter_map(|it| it.prefund.as_ref());
    keys.map(|key| (&*key.payer, &*key.holder)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_is_told_the_prefunds_of_its_own_clearing_member_and_no_others() {
    let world = World::begin().await;
    assert_eq!(own(&world, NINGBO).await.unwrap().prefunds, []);
    for (of, amount) in [
        ("330000-510100-resident_pool", "14000.00"),
        ("510100-330000-employee_pool", "900.00"),
    ] {
        let words = [["--prefund", of], ["--year", "2026"], ["--amount", amount]];
        json(&world, &prefund("set", words.as_flattened())).await;
    }
    let both = [("330000", CHENGDU), (CHENGDU, "330000")];
    for (region, member) in [(NINGBO, "330000"), (CHENGDU, CHENGDU)] {
        let told = own(&world, region).await.unwrap();
        assert_eq!((&*told.member, told.next.clone()), (member, None));
        assert_eq!(keys(&told), both, "{region}");
        assert_eq!(told.prefunds[0].missing_fen, 1_400_000);
    }
    // A region that clears for nobody here is told nothing, and neither is an officer by this door.
    let (stranger, _) = refusal(own(&world, GUANGZHOU).await);
    assert_eq!(stranger, "stream.unknown_region");
    let officer = OwnPrefundServiceClient::new(world.connect(OFFICER).await)
        .list_own_prefunds(v1::ListOwnPrefundsRequest { after: None })
        .await
        .unwrap_err();
    assert_eq!(refusal_code(&officer), Some("transport.not_allowed"));
}

/// Asked right after the cycle that makes it red, before the level is found anew by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_holder_that_asks_is_told_the_level_as_of_now() {
    let world = World::begin().await;
    let words = [PREFUND, ["--year", "2026"], ["--amount", "14000.00"]];
    json(&world, &prefund("set", words.as_flattened())).await;
    json(&world, &line("enter", "14000.00", &[])).await;
    netted(&world).await;
    let node = format!("/region/{CHENGDU}/node");
    let mut client = OwnPrefundServiceClient::new(world.connect(&node).await);
    let request = v1::TopUpOwnPrefundRequest {
        ask: Some(v1::TopUpPrefundRequest {
            prefund: Some(v1::PrefundKey {
                payer: "330000".to_owned(),
                holder: CHENGDU.to_owned(),
                fund: huitong_proto::common::v1::Fund::ResidentPool.into(),
            }),
            amount_fen: 500_000,
            id: "T-1".to_owned(),
        }),
        officer: "li.wei".to_owned(),
    };
    let told = client.top_up_own(request).await.unwrap().into_inner();
    let standing = told.standing.unwrap();
    assert_eq!(standing.level(), v1::PrefundLevel::Red);
    assert_eq!(standing.open_top_up_fen, 500_000);
}

/// Chengdu's node asks for more of what Chengdu holds; nobody else does.
async fn holder_asks(world: &World) {
    let ask = async |party: &str, amount_fen, officer: &str| {
        let request = v1::TopUpOwnPrefundRequest {
            ask: Some(v1::TopUpPrefundRequest {
                prefund: Some(v1::PrefundKey {
                    payer: "330000".to_owned(),
                    holder: CHENGDU.to_owned(),
                    fund: huitong_proto::common::v1::Fund::ResidentPool.into(),
                }),
                amount_fen,
                id: "T-1".to_owned(),
            }),
            officer: officer.to_owned(),
        };
        let mut client = OwnPrefundServiceClient::new(world.connect(party).await);
        client.top_up_own(request).await.map(|it| it.into_inner())
    };
    let chengdu = format!("/region/{CHENGDU}/node");
    let (code, of) = refusal(ask(&format!("/region/{NINGBO}/node"), 500_000, "li.wei").await);
    assert_eq!((&*code, &*of), ("prefund.not_holder", "330000"));
    let stranger = ask(&format!("/region/{GUANGZHOU}/node"), 500_000, "li.wei").await;
    assert_eq!(refusal(stranger).0, "stream.unknown_region");
    let nobody = ask(&chengdu, 500_000, "Li Wei").await;
    assert_eq!(refusal(nobody).0, "request.malformed");
    let officer = ask(OFFICER, 500_000, "li.wei").await.unwrap_err();
    assert_eq!(refusal_code(&officer), Some("transport.not_allowed"));
    for _ in 0..2 {
        let told = ask(&chengdu, 500_000, "li.wei").await.unwrap();
        let standing = told.standing.unwrap();
        assert_eq!(
            (standing.open_top_up_fen, standing.ask_days_late),
            (500_000, 0)
        );
    }
    let other = ask(&chengdu, 500_001, "li.wei").await;
    assert_eq!(refusal(other).0, "prefund.top_up_taken");
}
