//! Settling while the home region is frozen or dead, with the treatment node killed in the middle: what was told
//! stands, the patient pays the lower of the two, legs agree at the clearinghouse, and the officers of both regions
//! see who bears the difference, by every command of deploy/docs/provisional.md as it is typed.

use huitong_proto::settlement::v1::{Arrival, Bill, ReversalReason as Reason, Settlement, State};
use huitong_tests::bills::{outpatient, visit};
use huitong_tests::certificates::officer;
use huitong_tests::executable;
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::{self, ClearingOfficer, RegionOfficer};
use huitong_tests::patience;
use huitong_tests::register::{CHENGDU, Desk, HANGZHOU, Item, Region};
use huitong_tests::start;
use huitong_tests::typist::{folder_of, type_page};
use huitong_tests::world::{Party, World};
use serde_json::{Value, json};

/// 1,000 yuan: 650 of it are the patient's while the year's start is open, 500 once it is met.
const FEN: i64 = 100_000;
const START_OPEN: i64 = 65_000;
const START_MET: i64 = 50_000;

fn call(person: u32, number: &str) -> Bill {
    outpatient(&HANGZHOU, person, number, &[(Item::Drug, FEN)])
}

fn emergency(person: u32, number: &str) -> Bill {
    let mut bill = call(person, number);
    visit(&mut bill).arrival = Arrival::Emergency.into();
    bill
}

fn party(region: &Region) -> Party {
    Party::Region(region.region())
}

/// `huitong node provisional ARGS --json` as an officer of a region.
async fn provisional(world: &World, region: &Region, args: &[&str]) -> Value {
    let options = officer::options(world, region);
    let mut all = vec!["node", "provisional"];
    all.extend(args);
    all.push("--json");
    all.extend(options.iter().map(String::as_str));
    executable::json(&all).await
}

/// What the patient was told of a settlement that is provisional.
fn told(given: &Settlement) -> i64 {
    assert_eq!(given.state(), State::Provisional);
    given.provisional.as_ref().unwrap().cash_told_fen
}

/// A snapshot is signed while the year's start is met; then it is not met any more.
async fn signed_with_the_start_met(hospital: &Hospital, person: u32) {
    let (first, back) = (format!("s-{person}0"), format!("x-{person}0"));
    let bill = call(person, &format!("v-{person}0"));
    hospital.settle_for_sure(&first, bill).await.unwrap();
    let bill = emergency(person, &format!("v-{person}"));
    hospital.estimate(bill).await.unwrap();
    let reversed = hospital.reverse_for_sure(&back, &first, Reason::WrongBill);
    assert_eq!(reversed.await.unwrap().state(), State::Reversed);
}

async fn trued_up(hospital: &Hospital, request: &str) -> Settlement {
    patience::until("the home region's word", async || {
        let seen = hospital.get(request).await.ok()?;
        (seen.state() == State::Settled).then_some(seen)
    })
    .await
}

/// Two settlements while the home node is dead. The treatment node is killed at some moment while it settles one, and
/// once for certain between what was given and its true-up: both were told then, and nobody can true them up yet.
async fn given_across_kills(world: &World, hospital: &Hospital) {
    world.kill(party(&HANGZHOU)).await;
    let settling = tokio::spawn({
        let hospital = hospital.clone();
        async move { hospital.settle_for_sure("s-1", emergency(1, "v-1")).await }
    });
    world.kill(party(&CHENGDU)).await;
    world.run(party(&CHENGDU)).await;
    let given = settling.await.unwrap().unwrap();
    assert_eq!(told(&given), START_MET);
    let other = hospital.settle_for_sure("s-3", emergency(3, "v-3"));
    let other = other.await.unwrap();
    assert_eq!(told(&other), START_MET);
    world.kill(party(&CHENGDU)).await;
    world.run(party(&CHENGDU)).await;
    assert_eq!(hospital.get("s-1").await.unwrap(), given);
    assert_eq!(hospital.get("s-3").await.unwrap(), other);
    let open = provisional(world, &CHENGDU, &["list", "--only", "open"]).await;
    assert_eq!(open["settlements"].as_array().unwrap().len(), 2);
    let advanced = 2 * (FEN - START_MET);
    let sums = json!({
        "count": 2,
        "open_fen": advanced,
        "refund_fen": 0,
        "home_bears_fen": 0,
        "treatment_bears_fen": 0,
    });
    assert_eq!(open["sums"], sums);
    world.run(party(&HANGZHOU)).await;
}

/// Types every command of the page in a folder that holds both officers' certificates.
async fn type_the_page(world: &World) {
    let parties = [
        (officer(&CHENGDU), "treatment"),
        (officer(&HANGZHOU), "home"),
    ];
    let folder = folder_of(world, &parties);
    let meant = [
        ("https://treatment.example:7443", world.endpoint(&CHENGDU)),
        ("https://home.example:7443", world.endpoint(&HANGZHOU)),
    ];
    type_page("provisional.md", folder.path(), &meant, |_| Vec::new()).await;
}

/// Every leg has its counterpart, and the day is netted.
async fn net(world: &World) {
    let mut closed = Vec::new();
    for region in [&HANGZHOU, &CHENGDU] {
        closed.push(RegionOfficer::of(world, region).close_day().await);
    }
    assert_eq!(closed[0], closed[1], "each leg has its counterpart");
    let officer = ClearingOfficer::of(world);
    let status = officer.status(&closed[0].0).await;
    assert_eq!((status.waiting_legs, status.differing_legs), (0, 0));
    officer.net(&closed[0].0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_told_too_little_or_too_much_pays_the_lower_and_the_officers_see_the_difference() {
    let world = start::start(&[&HANGZHOU, &CHENGDU]).await;
    let hospital = Hospital::of(&world, &CHENGDU, Desk::Three);
    for person in [1, 3] {
        signed_with_the_start_met(&hospital, person).await;
    }
    // Of person 2 it is the other way round.
    hospital.estimate(emergency(2, "v-2")).await.unwrap();
    let first = hospital.settle_for_sure("s-20", call(2, "v-20")).await;
    first.unwrap();
    let settling = hospital.settle_for_sure("s-2", emergency(2, "v-2"));
    let given = world.while_frozen(&HANGZHOU, settling).await.unwrap();
    assert_eq!(told(&given), START_OPEN);
    let lower = trued_up(&hospital, "s-2").await;
    let true_up = lower.provisional.unwrap().true_up.unwrap();
    assert_eq!(true_up.patient_fen, START_MET);
    assert_eq!(true_up.refund_fen, START_OPEN - START_MET);

    given_across_kills(&world, &hospital).await;
    for request in ["s-1", "s-3"] {
        let settled = trued_up(&hospital, request).await;
        let true_up = settled.provisional.unwrap().true_up.unwrap();
        assert_eq!(true_up.patient_fen, START_MET);
        assert_eq!(true_up.cash_decided_fen, START_OPEN);
        let borne = (true_up.home_bears_fen, true_up.treatment_bears_fen);
        assert_eq!(borne, (10_000, 5_000));
    }
    // A loss that is reversed is nobody's.
    let back = hospital.reverse_for_sure("x-3", "s-3", Reason::WrongBill);
    assert_eq!(back.await.unwrap().state(), State::Reversed);
    let losses = provisional(&world, &CHENGDU, &["losses"]).await;
    let of = &losses["by_home_region"][0];
    assert_eq!(of["home_region"], HANGZHOU.code);
    let sums = json!({
        "count": 2,
        "open_fen": 0,
        "refund_fen": 15_000,
        "home_bears_fen": 10_000,
        "treatment_bears_fen": 5_000,
    });
    assert_eq!(of["sums"], sums);
    let borne = provisional(&world, &HANGZHOU, &["losses"]).await;
    assert_eq!(borne["by_treatment_region"][0]["sums"], sums);
    type_the_page(&world).await;
    net(&world).await;
    world.stop_all().await;
}
