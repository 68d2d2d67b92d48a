//! What another party acts on is on disk before it is told: whoever loses power afterwards lacks nothing that the other counts
//! as done.

use std::sync::Arc;
use std::time::Duration;

use huitong_journal::testing::FakeDisk;
use huitong_journal::{DirDisk, Disk};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::ReversalReason as Reason;
use tokio::time::timeout;

use crate::bills::{published, settle, small};
use crate::bureau::by_officer;
use crate::gated::{Gate, Gated, GoesOn};
use crate::privacy::{PERSON, who_looked};
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World};

/// How long is waited for what comes, on a machine that has much else to do.
const WITHIN: Duration = Duration::from_secs(60);
/// The day before the one that the world is in.
const BEFORE: &str = "2023-03-09";

/// What is durable of a journal, on a disk in memory.
fn in_memory(of: &dyn Disk) -> FakeDisk {
    let fake = FakeDisk::new(7);
    let disk = fake.port();
    for name in of.list().unwrap() {
        let from = of.open(&name).unwrap();
        let mut bytes = vec![0; usize::try_from(from.size().unwrap()).unwrap()];
        from.read_at(0, &mut bytes).unwrap();
        let to = disk.create(&name, from.size().unwrap()).unwrap();
        to.write_at(0, &bytes).unwrap();
        to.sync().unwrap();
    }
    disk.sync_names().unwrap();
    fake
}

/// A region's node goes on upon a disk in memory that can stand still.
async fn on_gated(world: &mut World, of: &'static str) -> (FakeDisk, Arc<Gate>) {
    world.stop(of).await;
    let gate = Arc::new(Gate::default());
    let disk = DirDisk::at(world.journal(of)).unwrap();
    let fake = in_memory(&*disk);
    world.start_on(of, Gated::of(fake.port(), &gate)).await;
    (fake, gate)
}

async fn waited(gate: &Gate) {
    let waiting = async {
        while !gate.is_waited() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(WITHIN, waiting).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_that_was_booked_and_lost_with_the_power_is_delivered_again() {
    let mut world = World::relayed().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let settled = hospital.settle(settle("r-1", published("V1"))).await;
    let id = settled.unwrap().settlement;
    world
        .status_when(NINGBO, |it| it.receipts_undelivered == 0)
        .await;
    let (disk, gate) = on_gated(&mut world, CHENGDU).await;
    let _goes_on = GoesOn(Arc::clone(&gate));
    gate.close();
    let ordered = by_officer(&world, NINGBO, "o-1", &id, Reason::WrongPerson);
    let ordered = ordered.await.unwrap().reversal.unwrap();
    // It is appended here, and stands before the disk.
    waited(&gate).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let bill = Some(small("V9"));
    let asked = v1::EstimateRequest { bill };
    hospital.client.estimate(asked).await.unwrap();
    // With each question it is told what is held: the receipt alone.
    assert_eq!(world.relay.as_ref().unwrap().told_held(), Some(1));
    assert_eq!(world.status(NINGBO).await.receipts_undelivered, 1);
    let durable = disk.copy();
    gate.lose_power();
    world.kill(CHENGDU).await;
    world.start_on(CHENGDU, durable.port()).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let reversed = timeout(WITHIN, hospital.reversed("r-1")).await;
    let told = reversed.expect("the reversal is lost").reversal.unwrap();
    assert_eq!(told, ordered);
    world
        .status_when(NINGBO, |it| it.receipts_undelivered == 0)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_told_closed_only_once_that_is_on_disk() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let (_disk, gate) = on_gated(&mut world, CHENGDU).await;
    let _goes_on = GoesOn(Arc::clone(&gate));
    let mut officer = world.officer(CHENGDU).await;
    // The clearinghouse is told this day in every round, before any later one.
    let told_again = Arc::clone(&world.clearing.as_ref().unwrap().open);
    told_again.lock().unwrap().insert(BEFORE.to_owned(), 0);
    let mut before = tonic::Request::new(v1::CloseBusinessDayRequest {
        business_day: BEFORE.to_owned(),
    });
    before.set_timeout(Duration::from_millis(500));
    officer.close_day(before).await.unwrap();
    gate.close();
    let told_closed = Arc::clone(&world.clearing.as_ref().unwrap().closed);
    let is_told = || !told_closed.lock().unwrap().is_empty();
    let closing = officer.close_day(v1::CloseBusinessDayRequest {
        business_day: "2023-03-10".to_owned(),
    });
    let looking = async {
        waited(&gate).await;
        let rounds = || told_again.lock().unwrap()[BEFORE];
        let since = rounds();
        let passed = async {
            while rounds() < since + 3 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(WITHIN, passed).await.unwrap();
        assert!(!is_told(), "told before it is on disk");
        told_again.lock().unwrap().clear();
        gate.open();
    };
    let (closed, ()) = tokio::join!(closing, looking);
    closed.unwrap();
    let told = async {
        while !is_told() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(WITHIN, told).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_looked_is_told_only_once_that_is_on_disk() {
    let mut world = World::new().await;
    let (_disk, gate) = on_gated(&mut world, NINGBO).await;
    let _goes_on = GoesOn(Arc::clone(&gate));
    gate.close();
    let bill = Some(published("V1"));
    let asked = v1::EstimateRequest { bill };
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.client.estimate(asked).await.unwrap();
    waited(&gate).await;
    let asking = who_looked(&world, PERSON);
    tokio::pin!(asking);
    let early = timeout(Duration::from_millis(300), &mut asking).await;
    assert!(early.is_err(), "told before it is on disk: {early:?}");
    gate.open();
    assert_eq!(asking.await.times, 1);
}
