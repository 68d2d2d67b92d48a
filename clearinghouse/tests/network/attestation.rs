//! Attestation over the network: two regions whose books are not what the clearinghouse holds.

use std::collections::BTreeMap;

use huitong_core::checkpoint::search::{RowLegs, Search};
use huitong_core::leg::Leg;
use huitong_core::money::Fen;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::attestation_office_service_client::AttestationOfficeServiceClient;
use huitong_proto::clearing::v1::attestation_service_client::AttestationServiceClient;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::attestation::{
    body_to_wire, looked_from_wire, place_to_wire, row_to_wire, span_to_wire,
};
use tonic::transport::Channel;

use crate::commands::json;
use crate::world::{
    CHENGDU, NINGBO, OFFICER, World, close, cut_off, debt, net, payable, receivable, refusal,
    report, status,
};

const DAY: &str = "2026-03-01";

type Attesting = AttestationServiceClient<Channel>;

async fn node(world: &World, region: &str) -> Attesting {
    AttestationServiceClient::new(world.connect(&format!("/region/{region}/node")).await)
}

/// So many debts that both reported, of a day that is cut off.
async fn cut_off_with(world: &World, count: u8) -> Vec<Leg> {
    let legs: Vec<_> = (1..=count)
        .map(|id| debt(id, i64::from(id) * 100))
        .collect();
    let (mut ningbo, mut chengdu) = (world.region(NINGBO).await, world.region(CHENGDU).await);
    let numbered = || (1..).zip(&legs);
    let told = numbered().map(|(number, leg)| receivable(number, leg));
    report(&mut chengdu, told.collect()).await.unwrap();
    let told = numbered().map(|(number, leg)| payable(number, leg));
    report(&mut ningbo, told.collect()).await.unwrap();
    for region in [&mut ningbo, &mut chengdu] {
        close(region, DAY, u64::from(count)).await.unwrap();
    }
    cut_off(&mut world.officer().await, DAY).await.unwrap();
    legs
}

async fn attest(client: &mut Attesting, book: &[Leg]) -> Vec<v1::RowPair> {
    let rows = RowLegs::all(book.to_vec()).unwrap();
    let request = v1::AttestRequest {
        incarnation: 1,
        business_day: DAY.to_owned(),
        rows: rows.values().map(|legs| row_to_wire(legs.row())).collect(),
    };
    client.attest(request).await.unwrap().into_inner().differ
}

/// Searches a row in which a book differs, as a node does; tells what is found, and in how many messages.
async fn search_and_tell(client: &mut Attesting, pair: &v1::RowPair, book: &[Leg]) -> usize {
    let own = RowLegs::all(book.to_vec())
        .unwrap()
        .into_values()
        .next()
        .unwrap();
    let mut search = Search::new(&own);
    let mut messages = 0;
    loop {
        let asks = search.asks();
        if asks.is_empty() {
            break;
        }
        messages += 1;
        let request = v1::LookIntoRequest {
            incarnation: 1,
            business_day: DAY.to_owned(),
            pair: Some(pair.clone()),
            spans: asks.into_iter().map(span_to_wire).collect(),
        };
        let looked = client.look_into(request).await.unwrap().into_inner().looked;
        let looked = looked
            .iter()
            .map(|looked| looked_from_wire(looked, Path::root("looked")));
        search
            .answered(looked.collect::<Result<_, _>>().unwrap())
            .unwrap();
    }
    let words = search
        .found()
        .into_iter()
        .map(|(key, (_, own))| v1::BookWord {
            place: Some(place_to_wire(key)),
            book: own.as_ref().map(body_to_wire),
        });
    let request = v1::TellDifferencesRequest {
        incarnation: 1,
        business_day: DAY.to_owned(),
        pair: Some(pair.clone()),
        words: words.collect(),
    };
    client.tell_differences(request).await.unwrap();
    messages
}

/// A region is asked for all its numbers up to one.
async fn all_numbers_are_asked_for(client: &mut Attesting, up_to: u64) {
    let request = v1::GetWindowRequest {
        incarnation: 1,
        after: 0,
    };
    let window = client.get_window(request).await.unwrap().into_inner();
    let found = (window.business_day.as_str(), window.from, window.to);
    assert_eq!(found, (DAY, 0, up_to));
    assert!(window.except.is_empty());
}

#[tokio::test]
async fn legs_that_a_region_has_otherwise_are_found_told_and_kept_out_of_nets() {
    let mut world = World::begin().await;
    world.wait_minutes = 60;
    world.stop().await;
    world.start().await.unwrap();
    let legs = cut_off_with(&world, 200).await;
    let mut officer = world.officer().await;
    let refused = net(&mut officer, DAY).await;
    assert_eq!(
        refusal(refused),
        (
            "cycle.not_attested".to_owned(),
            format!("{NINGBO}, {CHENGDU}")
        )
    );
    let (mut ningbo, mut chengdu) = (node(&world, NINGBO).await, node(&world, CHENGDU).await);
    all_numbers_are_asked_for(&mut ningbo, 200).await;
    assert!(attest(&mut ningbo, &legs).await.is_empty());

    // Chengdu's book has one leg with another amount and one not at all.
    let mut book = legs.clone();
    book[20].amount = Fen::new(1).unwrap();
    book.remove(150);
    let differ = attest(&mut chengdu, &book).await;
    assert_eq!(differ.len(), 1);
    assert_eq!(search_and_tell(&mut chengdu, &differ[0], &book).await, 2);
    let told = status(&mut officer, DAY).await;
    assert_eq!(told.state(), v1::CycleState::Attested);
    assert_eq!((told.agreed_legs, told.waiting_legs), (198, 2));
    let plan = net(&mut officer, DAY).await.unwrap();
    assert_eq!(plan.legs, 198);

    // The clearinghouse is restarted on an index that is made anew, and an officer sees all of it.
    world.stop().await;
    world.lose(&["index"]);
    world.start().await.unwrap();
    let shown = json(&world, &["attest", "--day", DAY]).await;
    let row = &shown["rows"][0];
    assert_eq!(row["debtor"]["state"], "alike");
    assert_eq!(row["creditor"]["state"], "otherwise");
    let differences = row["creditor"]["differences"].as_array().unwrap();
    let differs: BTreeMap<_, _> = differences
        .iter()
        .map(|found| {
            (
                found["settlement"].as_str().unwrap(),
                found["differs"].as_str().unwrap(),
            )
        })
        .collect();
    let named = [
        legs[20].settlement.to_string(),
        legs[150].settlement.to_string(),
    ];
    let expected = [
        (named[0].as_str(), "changed"),
        (named[1].as_str(), "not_in_book"),
    ];
    assert_eq!(differs, BTreeMap::from(expected));
    let waiting = json(&world, &["exceptions", "--reason", "attested_otherwise"]).await;
    assert_eq!(waiting["exceptions"].as_array().unwrap().len(), 2);
    let again = net(&mut world.officer().await, DAY).await.unwrap();
    assert_eq!(again.canonical, plan.canonical);
}

#[tokio::test]
async fn only_nodes_attest_and_only_officers_look() {
    let world = World::begin().await;
    let mut as_officer = AttestationServiceClient::new(world.connect(OFFICER).await);
    let window = v1::GetWindowRequest {
        incarnation: 1,
        after: 0,
    };
    let refused = as_officer.get_window(window).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
    let channel = world.connect(&format!("/region/{NINGBO}/node")).await;
    let mut as_node = AttestationOfficeServiceClient::new(channel);
    let request = v1::ListAttestationsRequest {
        business_day: DAY.to_owned(),
        after: None,
    };
    let refused = as_node
        .list_attestations(request.clone())
        .await
        .unwrap_err();
    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
    let mut office = AttestationOfficeServiceClient::new(world.connect(OFFICER).await);
    let refused = office.list_attestations(request).await;
    assert_eq!(refusal(refused).0, "cycle.not_cut_off");
}
