//! A person goes from one home to a second and on to a third. What is taken back afterwards at either follows them, once,
//! also when the second home loses its disk and is given back its own words and those of the first.

use huitong_core::date::{ServiceDate, Timestamp};
use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1::{Bill, ReversalReason as Reason, State};
use huitong_tests::bills::{outpatient, visit};
use huitong_tests::hospital::Hospital;
use huitong_tests::patience;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, Region, SHANGHAI};
use huitong_tests::start;
use huitong_tests::world::{Party, World};

use crate::transfers::{node, paid, put_back, record, restore, state};

/// Somebody of Shanghai; the account holds 70 yuan.
const PERSON: u32 = 7;
/// The number at either new home.
const NUMBER: u32 = 500;

/// Four days in a row of one benefit year, and how many days from today the second lies.
fn days() -> ([ServiceDate; 4], u32) {
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap()).unwrap();
    let today = ServiceDate::parse(&now.business_day_shanghai().to_string()).unwrap();
    let day = |nth: i32| today.plus_days(nth).unwrap();
    let first = (0..4).find(|nth| day(*nth).year() == day(nth + 3).year());
    let first = first.unwrap();
    let days = [0, 1, 2, 3].map(|nth| day(first + nth));
    (days, u32::try_from(first + 1).unwrap())
}

/// The bill of a call on a hospital.
fn call(home: &Region, person: u32, number: &str, day: ServiceDate, fen: i64) -> Bill {
    let mut bill = outpatient(home, person, number, &[(Item::Drug, fen)]);
    let kind = common::credential::Kind::EVoucher(SHANGHAI.voucher(PERSON));
    bill.credential = Some(common::Credential { kind: Some(kind) });
    let day = day.to_string();
    visit(&mut bill).admitted.clone_from(&day);
    visit(&mut bill).discharged.clone_from(&day);
    for line in &mut bill.lines {
        line.date.clone_from(&day);
    }
    bill
}

/// Asks for the person at a new home, from a day on; the transfer.
async fn moves(world: &World, from: (&Region, u32), to: &Region, day: ServiceDate) -> String {
    let credential = format!("e_voucher:{}", SHANGHAI.voucher(PERSON));
    let ((home, person), day) = (from, day.to_string());
    let (person, number) = (home.psn_no(person), to.psn_no(NUMBER));
    let asked = format!(
        "transfer request {person} --from {} --number {number} --credential {credential} --day {day} \
         --scheme employee --category in_service --id t-{}",
        home.code, to.code
    );
    let asked: Vec<&str> = asked.split_whitespace().collect();
    let told = node(world, to, &asked).await;
    told["transfer"].as_str().unwrap().to_owned()
}

async fn is_done(world: &World, home: &Region, transfer: &str) {
    patience::until("the acknowledgement", async || {
        (state(world, home, transfer).await == "done").then_some(())
    })
    .await;
}

/// Waits until the last home's account holds so much.
async fn holds(world: &World, own: i64) {
    let number = NINGBO.psn_no(NUMBER);
    patience::until("the supplement", async || {
        (record(world, &NINGBO, &number).await.0 == own).then_some(())
    })
    .await;
}

async fn takes_back(at: &Hospital, request: &str, settled: &str) {
    let back = at.reverse_for_sure(request, settled, Reason::WrongBill);
    assert_eq!(back.await.unwrap().state(), State::Reversed);
}

/// A person who is treated here, moves, is treated again and moves on.
async fn moves_twice(world: &World, here: &Hospital) {
    let ([before, between, since, _], ahead) = days();
    let first = call(&SHANGHAI, PERSON, "v-1", before, 3_000);
    let first = here.settle_for_sure("s-1", first).await.unwrap();
    assert_eq!(paid(&first), (0, 3_000));
    let transfer = moves(world, (&SHANGHAI, PERSON), &CHENGDU, between).await;
    for _ in 0..ahead {
        world.tomorrow().await;
    }
    is_done(world, &SHANGHAI, &transfer).await;
    let second = call(&CHENGDU, NUMBER, "v-2", between, 1_000);
    let second = here.settle_for_sure("s-2", second).await.unwrap();
    assert_eq!(paid(&second), (0, 1_000));
    let transfer = moves(world, (&CHENGDU, NUMBER), &NINGBO, since).await;
    world.tomorrow().await;
    is_done(world, &CHENGDU, &transfer).await;
    holds(world, 3_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_follows_a_person_to_a_third_home_is_counted_once_when_the_second_loses_its_disk() {
    let world = start::start(&[&SHANGHAI, &CHENGDU, &NINGBO]).await;
    let ([_, between, _, _], _) = days();
    let here = Hospital::of(&world, &SHANGHAI, Desk::Three);
    moves_twice(&world, &here).await;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup").display().to_string();
    node(&world, &CHENGDU, &["backup", "--to", &backup]).await;

    // First the second home's own word, then the first one's goes on.
    takes_back(&here, "x-2", "s-2").await;
    holds(&world, 4_000).await;
    takes_back(&here, "x-1", "s-1").await;
    holds(&world, 7_000).await;
    restore(&world, &CHENGDU, &backup).await;

    // What is told now comes after all that a restored home may have told again.
    let late = call(&CHENGDU, NUMBER, "v-3", between, 500);
    let late = here.settle_for_sure("s-3", late).await.unwrap();
    assert_eq!(paid(&late), (0, 500));
    takes_back(&here, "x-3", "s-3").await;
    holds(&world, 7_000).await;
    world.stop_all().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_told_while_the_second_home_is_down_goes_on_though_its_backup_lacks_all_of_the_person()
 {
    let world = start::start(&[&SHANGHAI, &CHENGDU, &NINGBO]).await;
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("backup").display().to_string();
    node(&world, &CHENGDU, &["backup", "--to", &backup]).await;
    let here = Hospital::of(&world, &SHANGHAI, Desk::Three);
    // The second claim comes back before the hand-over to the third home does, and then finds nothing in the account.
    moves_twice(&world, &here).await;

    world.kill(Party::Region(CHENGDU.region())).await;
    takes_back(&here, "x-1", "s-1").await;
    put_back(&world, &CHENGDU, &backup).await;
    holds(&world, 6_000).await;
    takes_back(&here, "x-2", "s-2").await;
    holds(&world, 7_000).await;
    world.stop_all().await;
}
