//! The clearinghouse loses its disk in some seeds, after a cycle was cut off in the middle of the work: a backup is put
//! back, the regions send again what came after it, and the officer brings the cycle back by the papers. The next day
//! is then closed and netted like any other. All of it follows from the seed.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::callers::{Officers, until};
use crate::chance::Seeded;
use crate::clearing_officer::{ClearingOfficer, Cut, Known};
use crate::faults::clearing_is_lost;
use crate::orders::{Order, Orders};
use crate::papers::Papers;
use crate::platform::EventLog;
use crate::workload::PATIENCE;

/// The day of the first cycle: the one on which everything happens.
const FIRST: &str = "2024-05-30";
/// From ten in the morning to two o'clock in the night.
pub const NIGHT_HOURS: i64 = 16;

/// When the backup is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum BackedUp {
    BeforeTheCycle,
    CutOff,
    Netted,
}

/// The story, to its end.
pub async fn all((seed, regions): (u64, usize), orders: &Orders, papers: &Papers, log: &EventLog) {
    if !clearing_is_lost(seed, regions) {
        return;
    }
    let chance = Seeded::new(seed, 4_000);
    let backed_up = [BackedUp::CutOff, BackedUp::BeforeTheCycle, BackedUp::Netted][chance.place(3)];
    let mut officer = ClearingOfficer::with(papers.clone());
    sleep(chance.millis(1_500..5_000)).await;
    if backed_up == BackedUp::BeforeTheCycle {
        orders.give(Order::BackUp(regions)).await;
        sleep(chance.millis(0..2_000)).await;
    }
    let told = until(PATIENCE, async || {
        officer.cut_off(FIRST, Cut::Deadline).await
    })
    .await;
    log.note(FIRST, format_args!("cut off: {told:?}"));
    if told.is_err() {
        // Nobody knows whether it is cut off, so the disk had better not be lost.
        return;
    }
    if backed_up == BackedUp::CutOff {
        orders.give(Order::BackUp(regions)).await;
    }
    if backed_up == BackedUp::Netted || chance.within(0..4) > 0 {
        let told = until(PATIENCE, async || officer.net(FIRST, Known::Nothing).await).await;
        log.note(FIRST, format_args!("net: {told:?}"));
    }
    if backed_up == BackedUp::Netted {
        orders.give(Order::BackUp(regions)).await;
    }
    sleep(chance.millis(0..2_000)).await;
    let back = chance.millis(300..2_500);
    orders.give(Order::Lose(regions, back)).await;
    let told = until(PATIENCE, async || officer.bring_back().await).await;
    log.note(FIRST, format_args!("brought back: {told:?}"));
}

/// The first day's end, when nothing fails any more: whatever became of its cycle, it is there and netted. The stories
/// of what is not.
pub async fn ended(officer: &mut ClearingOfficer, within: Duration) -> Vec<String> {
    let mut stories = Vec::new();
    stories.extend(officer.brings_back(within).await.err());
    stories.extend(officer.closes(FIRST, Cut::Deadline, within).await.err());
    stories
}

/// Some regions' officers close the first day when its cycle is long past; the stories of those who cannot.
pub async fn closed_late(
    officers: &mut [Officers],
    chance: &Seeded,
    within: Duration,
) -> Vec<String> {
    let mut stories = Vec::new();
    for officers in officers {
        if chance.one_in(2) {
            continue;
        }
        let begun = Instant::now();
        loop {
            let told = officers.close_day(FIRST).await;
            if matches!(told, Ok(true)) {
                break;
            }
            if begun.elapsed() > within {
                stories.push(format!("{FIRST} cannot be closed late: {told:?}"));
                break;
            }
            sleep(chance.millis(200..900)).await;
        }
    }
    stories
}
