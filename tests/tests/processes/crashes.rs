//! Servers are killed in the middle of a run and started again, while hospitals of both regions settle and,
//! as hospitals do, send what was not answered again under the same id. Nothing is lost and nothing doubled:
//! the auditor finds every settlement that was acknowledged once on both sides, its legs once each, and the
//! netted day equal to what hospitals were told. Some visits are billed once more under another id, which must be refused
//! whoever was killed in between.
//!
//! Who is killed, and after how many more bills, follows from a seed. `cargo xtask crash --rounds N` runs as
//! many rounds as one likes.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use huitong_proto::settlement::v1 as settlement;
use huitong_proto::settlement::v1::ReversalReason;
use huitong_tests::audit::{self, Told};
use huitong_tests::bills::{inpatient, outpatient};
use huitong_tests::environment;
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::RegionOfficer;
use huitong_tests::patience;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO, PEOPLE, Region};
use huitong_tests::start;
use huitong_tests::world::{Party, World};
use prost::Message as _;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Hospitals' systems that settle at once, half of them in each region.
const DESKS: u32 = 8;
/// The most bills that are settled between two kills.
const BETWEEN: u32 = 30;
/// The most bills of one desk in one round of kills; it stops long before, after the last.
const BILLS_AT_MOST: u32 = 400;
/// Rounds of kills, unless the environment says how many.
const ROUNDS: u32 = 6;

/// Who settles where: the other region's people more often than the own.
fn errand(desk: u32, number: u32) -> (&'static Region, &'static Region) {
    let (here, there) = if desk.is_multiple_of(2) {
        (&CHENGDU, &NINGBO)
    } else {
        (&NINGBO, &CHENGDU)
    };
    let home = if number.is_multiple_of(7) {
        here
    } else {
        there
    };
    (here, home)
}

fn bill(home: &Region, person: u32, id: &str, number: u32) -> settlement::Bill {
    let fen = i64::from(number % 60) * 3_517 + 4_001;
    if number.is_multiple_of(4) {
        let lines = [
            (Item::Drug, 40 * fen),
            (Item::DearDrug, 7 * fen),
            (Item::Comfort, fen),
        ];
        inpatient(home, person, id, &lines)
    } else {
        outpatient(
            home,
            person,
            id,
            &[(Item::Drug, fen), (Item::DearDrug, 333)],
        )
    }
}

/// Settles one bill; every third is sent by two of the hospital's systems at once, which must hear the same.
/// All that its visit was settled by: once, unless something is wrong.
async fn settle(hospital: Hospital, desk: u32, number: u32) -> Vec<Told> {
    let (treatment, home) = errand(desk, number);
    let person = (desk * 5 + number) % PEOPLE;
    let request_id = format!("d{desk}-{number}");
    let bill = bill(home, person, &request_id, number);
    let once_more = bill.clone();
    let settlement = if number.is_multiple_of(3) {
        let both = tokio::join!(
            hospital.settle_for_sure(&request_id, bill.clone()),
            hospital.settle_for_sure(&request_id, bill)
        );
        let (one, other) = (both.0.unwrap(), both.1.unwrap());
        assert_eq!(
            one.encode_to_vec(),
            other.encode_to_vec(),
            "{request_id}: two answers"
        );
        one
    } else {
        hospital.settle_for_sure(&request_id, bill).await.unwrap()
    };
    let settlement = if is_taken_back(number) {
        let back = format!("{request_id}-back");
        let reversed = hospital.reverse_for_sure(&back, &request_id, ReversalReason::WrongBill);
        let reversed = reversed.await.unwrap();
        assert_eq!(reversed.receipt, settlement.receipt, "{request_id}");
        reversed
    } else {
        settlement
    };
    let told = |request_id, settlement| Told {
        treatment,
        home,
        person,
        request_id,
        settlement,
    };
    let second = if is_billed_again(number) {
        settle_again(&hospital, format!("{request_id}-again"), once_more).await
    } else {
        None
    };
    let second = second.map(|(request_id, settlement)| told(request_id, settlement));
    let first = told(request_id, settlement);
    std::iter::once(first).chain(second).collect()
}

/// Bills a visit that is settled once more, as a system does that lost its own id.
async fn settle_again(
    hospital: &Hospital,
    again: String,
    bill: settlement::Bill,
) -> Option<(String, settlement::Settlement)> {
    match hospital.settle_for_sure(&again, bill).await {
        Ok(settlement) => Some((again, settlement)),
        Err(refused) => {
            assert_eq!(refused.code, "visit.already_settled", "{again}");
            None
        }
    }
}

/// Every fifth bill turns out to be wrong.
const fn is_taken_back(number: u32) -> bool {
    number % 5 == 4
}

/// Every sixth bill that was right is sent once more under another id.
const fn is_billed_again(number: u32) -> bool {
    number % 6 == 1 && !is_taken_back(number)
}

/// What the hospitals have done, and whether it is enough.
#[derive(Clone)]
struct Progress {
    settled: watch::Sender<u32>,
    enough: Arc<AtomicBool>,
}

impl Progress {
    /// Waits until some more bills are settled.
    async fn more(&self, bills: u32) {
        let wanted = *self.settled.borrow() + bills;
        self.settled
            .subscribe()
            .wait_for(|settled| *settled >= wanted)
            .await
            .unwrap();
    }
}

/// Who is killed in a round: one node or both, in either order, or the clearinghouse.
fn victims(rng: &mut fastrand::Rng) -> Vec<Party> {
    let [ningbo, chengdu] = [&NINGBO, &CHENGDU].map(|region| Party::Region(region.region()));
    match rng.u8(..6) {
        0 | 1 => vec![ningbo],
        2 | 3 => vec![chengdu],
        4 if rng.bool() => vec![ningbo, chengdu],
        4 => vec![chengdu, ningbo],
        _ => vec![Party::Clearinghouse],
    }
}

/// Runs the hospitals until it is enough.
fn load(world: &World, progress: &Progress, bills_at_most: u32) -> JoinSet<Vec<Vec<Told>>> {
    let mut load = JoinSet::new();
    for desk in 0..DESKS {
        let hospital = Hospital::of(world, errand(desk, 1).0, Desk::Three);
        let progress = progress.clone();
        load.spawn(async move {
            let mut told = Vec::new();
            for number in 0..bills_at_most {
                told.push(settle(hospital.clone(), desk, number).await);
                progress.settled.send_modify(|settled| *settled += 1);
                if progress.enough.load(Ordering::Relaxed) {
                    return told;
                }
            }
            panic!("{bills_at_most} bills, and the servers are not back");
        });
    }
    load
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_loses_and_doubles_nothing() {
    let rounds: u32 = environment::number("HUITONG_CRASH_ROUNDS").unwrap_or(ROUNDS);
    let seed = environment::number("HUITONG_CRASH_SEED").unwrap_or_else(|| fastrand::u64(..));
    println!("seed {seed}, {rounds} rounds");
    let mut rng = fastrand::Rng::with_seed(seed);
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let progress = Progress {
        settled: watch::Sender::new(0),
        enough: Arc::default(),
    };
    let load = load(&world, &progress, rounds.max(ROUNDS) * BILLS_AT_MOST);
    let mut kills = 0;
    for _ in 0..rounds {
        progress.more(rng.u32(1..=BETWEEN)).await;
        let killed = victims(&mut rng);
        for party in &killed {
            world.kill(*party).await;
            kills += 1;
        }
        for party in &killed {
            world.run(*party).await;
        }
    }
    progress.more(BETWEEN).await;
    progress.enough.store(true, Ordering::Relaxed);
    let visits: Vec<Vec<Told>> = load.join_all().await.into_iter().flatten().collect();
    let doubled = visits.iter().filter(|told| told.len() > 1).count();
    let told: Vec<Told> = visits.into_iter().flatten().collect();

    for region in [&NINGBO, &CHENGDU] {
        let officer = RegionOfficer::of(&world, region);
        patience::until("everything known and acknowledged", async || {
            let status = officer.status().await.unwrap();
            (status.prepared == 0 && status.receipts_undelivered == 0).then_some(())
        })
        .await;
    }
    let held = audit::both_sides_hold_once(&world, &told, Desk::Three).await;
    audit::the_day_nets_to_what_was_told(&world, &told).await;
    world.stop_all().await;
    let ids: BTreeSet<&str> = told.iter().map(|told| told.request_id.as_str()).collect();
    let taken_back = told
        .iter()
        .filter(|told| told.settlement.reversal.is_some());
    let (acknowledged, taken_back) = (ids.len(), taken_back.count());
    assert_eq!(acknowledged, told.len(), "a hospital used an id twice");
    let lost = (acknowledged + taken_back).abs_diff(held);
    println!(
        "{rounds} rounds, {kills} kills, {acknowledged} acknowledged, {taken_back} of them taken back, {lost} \
         lost, {doubled} doubled"
    );
    assert_eq!((lost, doubled), (0, 0));
}
