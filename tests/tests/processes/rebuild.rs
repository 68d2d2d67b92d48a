//! The journal is the truth and the index follows from it: with the index gone, a node that starts again
//! gives the same answers, byte for byte, and decides the next bill the same.

use std::collections::BTreeMap;

use huitong_tests::bills::{inpatient, outpatient};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::RegionOfficer;
use huitong_tests::patience;
use huitong_tests::peer::Peer;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, Region, SHANGHAI};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use prost::Message as _;

/// People who settle in each direction.
const PEOPLE: u32 = 6;

fn directions() -> [(&'static Region, &'static Region); 3] {
    [(&CHENGDU, &NINGBO), (&NINGBO, &CHENGDU), (&NINGBO, &NINGBO)]
}

fn ids(treatment: &Region, home: &Region) -> impl Iterator<Item = (u32, String)> {
    let prefix = format!("{}-{}", treatment.code, home.code);
    (0..PEOPLE).map(move |person| (person, format!("{prefix}-{person}")))
}

async fn settle_all(world: &World) {
    for (treatment, home) in directions() {
        let hospital = Hospital::of(world, treatment, Desk::Two);
        for (person, id) in ids(treatment, home) {
            let fen = i64::from(person) * 1_117 + 15_003;
            let stay = inpatient(
                home,
                person,
                &id,
                &[(Item::Drug, 30 * fen), (Item::DearDrug, fen)],
            );
            hospital.settle(&id, stay).await.unwrap();
            let visit = outpatient(home, person, &format!("{id}-o"), &[(Item::Drug, fen)]);
            hospital.settle(&format!("{id}-o"), visit).await.unwrap();
        }
        // An id that was given up stays given up.
        let given_up = outpatient(home, 0, "given-up", &[(Item::Drug, 1)]);
        let person = given_up.person.unwrap();
        hospital
            .cancel(&format!("given-up-{}", home.code), person)
            .await;
    }
}

/// All that anyone is told, by what was asked.
async fn answers(world: &World) -> BTreeMap<String, Vec<u8>> {
    let mut answers = BTreeMap::new();
    for (treatment, home) in directions() {
        let hospital = Hospital::of(world, treatment, Desk::Two);
        let witness = Peer::of(world, &SHANGHAI, home);
        for (person, id) in ids(treatment, home) {
            for id in [id.clone(), format!("{id}-o")] {
                let shown = hospital.get(&id).await.unwrap();
                answers.insert(format!("settlement {id}"), shown.encode_to_vec());
            }
            let next = outpatient(
                home,
                person,
                "next",
                &[(Item::Drug, 12_345), (Item::DearDrug, 678)],
            );
            let estimate = hospital.estimate(next).await.unwrap();
            answers.insert(format!("next of {id}"), estimate.encode_to_vec());
            let snapshot = witness.snapshot(home, person).await;
            answers.insert(
                format!("snapshot for {id}"),
                format!("{snapshot:?}").into_bytes(),
            );
        }
        let given_up = format!("given-up-{}", home.code);
        let shown = hospital.get(&given_up).await.unwrap();
        answers.insert(given_up, shown.encode_to_vec());
    }
    for region in [&NINGBO, &CHENGDU] {
        let status = RegionOfficer::of(world, region).status().await.unwrap();
        answers.insert(format!("status of {}", region.code), status.encode_to_vec());
    }
    answers
}

/// Waits until what moves by itself has come to rest.
async fn at_rest(world: &World) {
    for region in [&NINGBO, &CHENGDU] {
        let officer = RegionOfficer::of(world, region);
        patience::until("legs held and receipts acknowledged", async || {
            let status = officer.status().await.unwrap();
            let is_held = status.legs_held == status.legs_written && status.legs_written > 0;
            (is_held && status.receipts_undelivered == 0 && status.prepared == 0).then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn without_its_index_a_node_says_the_same() {
    let world = start::start(&[&NINGBO, &CHENGDU, &SHANGHAI]).await;
    settle_all(&world).await;
    at_rest(&world).await;
    let before = answers(&world).await;

    let [ningbo, chengdu] = [&NINGBO, &CHENGDU].map(|region| Party::Region(region.region()));
    world.stop(ningbo).await;
    world.kill(chengdu).await;
    for region in [&NINGBO, &CHENGDU] {
        world.remove_index(region).await;
        world.run(Party::Region(region.region())).await;
    }
    at_rest(&world).await;
    let after = answers(&world).await;

    let differing: Vec<&String> = before
        .iter()
        .filter(|(asked, said)| after.get(*asked) != Some(said))
        .map(|(asked, _)| asked)
        .collect();
    assert!(
        differing.is_empty(),
        "{} of {} answers differ: {differing:?}",
        differing.len(),
        before.len()
    );
    assert_eq!(before.len(), after.len());

    // And what is settled next is what was estimated before.
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Two);
    let next = outpatient(
        &NINGBO,
        3,
        "next",
        &[(Item::Drug, 12_345), (Item::DearDrug, 678)],
    );
    let estimated = hospital.estimate(next.clone()).await.unwrap();
    let settled = hospital.settle("next", next).await.unwrap();
    assert_eq!(settled.decision, estimated.decision);
    world.stop_all().await;
}
