//! A person's relationship goes from one home region to another, between two real nodes: the old home is killed
//! between the hand-over and its acknowledgement, the hand-over is taken once, a late claim of the old cover is
//! decided on the new home's totals, a reversal follows the person, and no account money is made or lost.

use huitong_core::date::{ServiceDate, Timestamp};
use huitong_core::money::Fen;
use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1::{Bill, ReversalReason as Reason, Settlement, State};
use huitong_tests::bills::{outpatient, visit};
use huitong_tests::certificates;
use huitong_tests::executable::{self, texts};
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::{self, RegionOfficer};
use huitong_tests::patience;
use huitong_tests::refused::Again;
use huitong_tests::register::{CHENGDU, Desk, Item, Region, SHANGHAI};
use huitong_tests::start;
use huitong_tests::typist::{folder_of, id_of, type_page};
use huitong_tests::world::{Party, World};
use serde_json::Value;

/// Whose relationship goes; the account holds 70 yuan.
const PERSON: u32 = 7;
/// The number at the new home.
const NUMBER: u32 = 500;

/// A day and the day before it, in one benefit year, and how many days from today the first lies.
fn days() -> (ServiceDate, ServiceDate, u32) {
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap()).unwrap();
    let today = ServiceDate::parse(&now.business_day_shanghai().to_string()).unwrap();
    let tomorrow = today.plus_days(1).unwrap();
    if tomorrow.year() == today.year() {
        (tomorrow, today, 1)
    } else {
        (tomorrow.plus_days(1).unwrap(), tomorrow, 2)
    }
}

/// The bill of a call on a hospital, of whoever shows the voucher of the old home.
fn call(home: &Region, person: u32, number: &str, day: ServiceDate, fen: i64) -> Bill {
    let mut bill = outpatient(home, person, number, &[(Item::Drug, fen)]);
    let kind = common::credential::Kind::EVoucher(CHENGDU.voucher(PERSON));
    bill.credential = Some(common::Credential { kind: Some(kind) });
    let day = day.to_string();
    visit(&mut bill).admitted.clone_from(&day);
    visit(&mut bill).discharged.clone_from(&day);
    for line in &mut bill.lines {
        line.date.clone_from(&day);
    }
    bill
}

/// `huitong node ARGS --json` as an officer of a region.
pub(crate) async fn node(world: &World, region: &Region, args: &[&str]) -> Value {
    let options = officer::options(world, region);
    let mut all = vec!["node"];
    all.extend(args);
    all.push("--json");
    all.extend(options.iter().map(String::as_str));
    executable::json(&all).await
}

/// How a transfer stands at a region.
pub(crate) async fn state(world: &World, region: &Region, transfer: &str) -> String {
    let listed = node(world, region, &["transfer", "list"]).await;
    let all = listed["transfers"].as_array().unwrap();
    let found = all.iter().find(|told| told["transfer"] == transfer);
    found.unwrap()["state"].as_str().unwrap().to_owned()
}

/// What Shanghai's bureau sees: the own account, and what outpatients have come to.
pub(crate) async fn record(world: &World, region: &Region, number: &str) -> (i64, i64) {
    let seen = node(world, region, &["person", "show", number]).await;
    let totals = seen["totals"].as_array().unwrap();
    let outpatient = totals.iter().find(|total| total["total"] == "outpatient");
    let value = outpatient.map_or(0, |total| total["value"].as_i64().unwrap());
    let own = Fen::parse_yuan(seen["own"].as_str().unwrap()).unwrap();
    (own.get(), value)
}

/// What the funds and the own account pay.
pub(crate) fn paid(settlement: &Settlement) -> (i64, i64) {
    let decision = settlement.decision.as_ref().unwrap();
    (decision.fund_total_fen, decision.own_account_fen)
}

/// Asks for the person at the new home; what the command says.
async fn request(
    world: &World,
    id: &str,
    person: u32,
    number: u32,
    day: &str,
) -> std::process::Output {
    let (person, voucher) = (CHENGDU.psn_no(person), CHENGDU.voucher(person));
    let (number, credential) = (SHANGHAI.psn_no(number), format!("e_voucher:{voucher}"));
    let mut args = vec![
        "node",
        "transfer",
        "request",
        &person,
        "--from",
        CHENGDU.code,
    ];
    args.extend([
        "--number",
        &number,
        "--credential",
        &credential,
        "--day",
        day,
    ]);
    args.extend([
        "--scheme",
        "employee",
        "--category",
        "in_service",
        "--id",
        id,
        "--json",
    ]);
    let options = officer::options(world, &SHANGHAI);
    args.extend(options.iter().map(String::as_str));
    executable::run(&args).await
}

/// Every command of deploy/docs/transfers.md, as it is typed; the transfer that they start and call back.
async fn type_the_page(world: &World, day: &str) -> String {
    let folder = folder_of(world, &[(certificates::officer(&SHANGHAI), "officer")]);
    let meant = [
        ("https://node.example:7443", world.endpoint(&SHANGHAI)),
        ("2026-12-01", day.to_owned()),
    ];
    let meant = type_page("transfers.md", folder.path(), &meant, |printed| {
        id_of(printed, "trf_", "TRANSFER")
    });
    meant.await["TRANSFER"].clone()
}

/// Two homes agree; one transfer is called back and leaves nothing, one stands.
async fn agree(world: &World, day: &str) -> String {
    let told = |output: &std::process::Output| -> Value {
        let (printed, said) = texts(output);
        assert!(output.status.success(), "{printed}{said}");
        serde_json::from_str(&printed).unwrap()
    };
    let first = told(&request(world, "t-1", PERSON, NUMBER, day).await);
    assert_eq!(first["state"], "agreed");
    let again = told(&request(world, "t-1", PERSON, NUMBER, day).await);
    assert_eq!(again["transfer"], first["transfer"], "it is safe to repeat");
    let refused = request(world, "t-2", PERSON, NUMBER + 1, day).await;
    let (_, said) = texts(&refused);
    assert!(said.contains("transfer.stands"), "{said}");
    let other = type_the_page(world, day).await;
    assert_eq!(state(world, &CHENGDU, &other).await, "cancelled");
    first["transfer"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_handed_over_once_and_both_homes_go_on_with_one_total_and_one_account() {
    let world = start::start(&[&CHENGDU, &SHANGHAI]).await;
    let (from, last, ahead) = days();
    let (here, there) = (
        Hospital::of(&world, &CHENGDU, Desk::Three),
        Hospital::of(&world, &SHANGHAI, Desk::Three),
    );
    let first = call(&CHENGDU, PERSON, "v-1", last, 3_000);
    let first = here.settle_for_sure("s-1", first).await.unwrap();
    assert_eq!(paid(&first), (0, 3_000));
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup").display().to_string();
    node(&world, &CHENGDU, &["backup", "--to", &backup]).await;
    let transfer = agree(&world, &from.to_string()).await;

    handed_over_across_kills(&world, &here, &transfer, (last, ahead)).await;
    let (number, before) = (SHANGHAI.psn_no(NUMBER), CHENGDU.psn_no(PERSON));
    assert_eq!(record(&world, &SHANGHAI, &number).await, (4_000, 3_000));
    assert_eq!(record(&world, &CHENGDU, &before).await.0, 0);

    // Care since then is the new home's, with what was met of the deductible of 20,000.
    let moved = here
        .settle("s-3", call(&CHENGDU, PERSON, "v-3", from, 100))
        .await;
    let moved = moved.unwrap_err();
    assert_eq!(
        (moved.code.as_str(), moved.again),
        ("member.moved", Again::No)
    );
    let since = call(&SHANGHAI, NUMBER, "v-4", from, 30_000);
    let since = there.settle_for_sure("s-4", since).await.unwrap();
    assert_eq!(paid(&since), (7_800, 4_000));

    // Care of before is the old home's, on the new home's totals: the deductible is met by now.
    let late = call(&CHENGDU, PERSON, "v-5", last, 10_000);
    let late = here.settle_for_sure("s-5", late.clone()).await.unwrap();
    assert_eq!(paid(&late), (6_000, 0));
    assert_eq!(record(&world, &SHANGHAI, &number).await, (0, 43_000));

    // A reversal follows the person: the account has back what it had paid.
    let back = here
        .reverse_for_sure("x-1", "s-1", Reason::WrongBill)
        .await
        .unwrap();
    assert_eq!(back.state(), State::Reversed);
    patience::until("the supplement", async || {
        (record(&world, &SHANGHAI, &number).await == (3_000, 40_000)).then_some(())
    })
    .await;
    let held =
        record(&world, &SHANGHAI, &number).await.0 + record(&world, &CHENGDU, &before).await.0;
    let spent = paid(&since).1 + paid(&late).1;
    assert_eq!(
        held + spent,
        7_000,
        "account money is neither made nor lost"
    );

    // The old home loses its disk; its backup is of before the transfer.
    restore(&world, &CHENGDU, &backup).await;
    // Until the new home has said again that it holds the word, the person is on the way.
    patience::until("the acknowledgement", async || {
        (state(&world, &CHENGDU, &transfer).await == "done").then_some(())
    })
    .await;
    let moved = here
        .settle("s-6", call(&CHENGDU, PERSON, "v-6", from, 100))
        .await;
    assert_eq!(moved.unwrap_err().code, "member.moved");
    assert_eq!(record(&world, &CHENGDU, &before).await.0, 0);
    world.stop_all().await;
}

/// The day comes while the new home is away: the person is on the way, and the old home is killed then.
async fn handed_over_across_kills(
    world: &World,
    here: &Hospital,
    transfer: &str,
    (last, ahead): (ServiceDate, u32),
) {
    let (old, new) = (
        Party::Region(CHENGDU.region()),
        Party::Region(SHANGHAI.region()),
    );
    world.kill(new).await;
    for _ in 0..ahead {
        world.tomorrow().await;
    }
    patience::until("the hand-over", async || {
        (state(world, &CHENGDU, transfer).await == "handed_over").then_some(())
    })
    .await;
    let refused = here
        .settle("s-2", call(&CHENGDU, PERSON, "v-2", last, 100))
        .await;
    let refused = refused.unwrap_err();
    assert_eq!(
        (refused.code.as_str(), refused.again),
        ("member.moving", Again::SameId)
    );
    world.kill(old).await;
    world.run(old).await;
    assert_eq!(state(world, &CHENGDU, transfer).await, "handed_over");
    world.run(new).await;
    patience::until("the acknowledgement", async || {
        (state(world, &CHENGDU, transfer).await == "done").then_some(())
    })
    .await;
    assert_eq!(state(world, &SHANGHAI, transfer).await, "done");
}

/// Kills a node, puts its backup in the place of its data, and waits until it serves.
pub(crate) async fn restore(world: &World, region: &Region, backup: &str) {
    let party = Party::Region(region.region());
    world.kill(party).await;
    put_back(world, region, backup).await;
}

/// Puts a backup in the place of what a region's node has, which does not run, and waits until it serves.
pub(crate) async fn put_back(world: &World, region: &Region, backup: &str) {
    let party = Party::Region(region.region());
    world.lose_disk(region);
    let config = world.region_folder(region).join("config.toml");
    let config = config.display().to_string();
    let args = [
        "node", "restore", "--json", "--config", &config, "--from", backup,
    ];
    let restored = executable::run(&args).await;
    let (printed, said) = texts(&restored);
    assert!(restored.status.success(), "{printed}{said}");
    world.run(party).await;
    let officer = RegionOfficer::of(world, region);
    patience::until("recovery", async || {
        let status = officer.status().await.ok()?;
        status.recovering_from.is_empty().then_some(())
    })
    .await;
}
