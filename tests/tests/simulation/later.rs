//! The days after the first, on which nothing fails but machines that are stopped and started: people are treated, what was
//! netted before is taken back, disputed and checked, and each day is closed and netted. A month that ends is drawn up,
//! confirmed and approved, money moves, and hospitals look after their accounts; in the end each region verifies every day.
//!
//! In a seed in which the clearinghouse loses its disk the second day is over before any of this: of two days the month
//! ends, and nothing happens on a later one. Left out: disks that are lost, connections that fail, and whoever moves.

use std::sync::Arc;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::payable::Month;
use tokio::time::sleep;

use crate::accounts::Books;
use crate::audits::found;
use crate::callers::{Officers, until};
use crate::chance::Seeded;
use crate::clearing_officer::ClearingOfficer;
use crate::day::{Day, END_WITHIN};
use crate::faults::clearing_is_lost;
use crate::money::Bank;
use crate::months::MonthEnd;
use crate::orders::Order;
use crate::platform::BEGINNING;
use crate::quarrels;
use crate::register::{PEOPLE, Somebody, Stay};
use crate::suspicions;
use crate::twin_bureaus;
use crate::workload::{Asked, HOMES, Hospitals};

/// From one day to the same hour of the next.
const HOURS_OF_A_DAY: i64 = 24;
/// The day after the first.
const NEXT: usize = 1;
/// People who are treated on a day.
const STAYS: usize = 2;
/// Disputes and checks of later days have numbers from here on.
const NUMBERED_FROM: usize = 100;

/// The business day of the how manieth day, from 0.
fn date(nth: usize) -> BusinessDay {
    let first = Timestamp::parse(BEGINNING).unwrap();
    let days = i32::try_from(nth).unwrap();
    first.business_day_shanghai().plus_days(days).unwrap()
}

impl Day {
    /// All days after the first, which is closed.
    pub async fn later(&self, hospitals: &Hospitals, officers: &mut [Officers]) {
        // Where the clearinghouse lost its disk, a night has passed already.
        let closed = usize::from(clearing_is_lost(self.seed, self.regions));
        if self.is_stuck() {
            return;
        }
        if closed == NEXT {
            Box::pin(self.twins()).await;
        }
        Box::pin(self.accounts(closed, hospitals)).await;
        Box::pin(self.is_over(closed)).await;
        Box::pin(self.money_moves(closed)).await;
        for nth in closed + 1..self.days {
            for party in &self.parties {
                party.time_passes(HOURS_OF_A_DAY);
            }
            if self.is_stuck() {
                return;
            }
            self.log.note("day", date(nth));
            let chance = Seeded::new(self.seed, 7_500 + u64::try_from(nth).unwrap());
            Box::pin(self.works(nth, hospitals, &chance)).await;
            Box::pin(self.ends(hospitals)).await;
            if nth == NEXT {
                Box::pin(self.twins()).await;
            }
            tokio::join!(self.close(officers), self.restarts(&chance));
            Box::pin(self.accounts(nth, hospitals)).await;
            Box::pin(self.is_over(nth)).await;
            Box::pin(self.money_moves(nth)).await;
        }
        let cycles = self.papers.cycles().into_iter();
        let netted = cycles.filter(|paper| paper.plan.is_some());
        let days: Vec<String> = netted.map(|paper| paper.day).collect();
        let of = (END_WITHIN, self.saboteur);
        let statements = &self.papers.statements;
        let stories = statements.verify(&days, self.regions, of).await;
        stories.into_iter().for_each(|story| self.unended(story));
    }

    /// What was begun comes to an end before the day is closed.
    pub async fn ends(&self, hospitals: &Hospitals) {
        let of = (self.seed, self.regions);
        let mut stories = self.acts.ended(hospitals, END_WITHIN).await;
        stories.extend(quarrels::ended(hospitals, &self.acts, END_WITHIN).await);
        stories.extend(suspicions::ended(hospitals, of, &self.acts, END_WITHIN).await);
        stories.into_iter().for_each(|story| self.unended(story));
    }

    /// Bureaus look once more at people whom another region insures too.
    async fn twins(&self) {
        let (of, notes) = ((self.seed, self.regions), &self.papers.twins);
        twin_bureaus::later(of, (notes, &self.log), (date(NEXT), END_WITHIN)).await;
    }

    async fn works(&self, nth: usize, hospitals: &Hospitals, chance: &Seeded) {
        for number in 0..STAYS {
            let home = chance.place(self.regions.min(HOMES));
            let name = format!("d{nth}.{number}");
            let asked = Asked {
                treatment: (home + 1 + chance.place(self.regions - 1)) % self.regions,
                request_id: name.clone(),
                visit: name,
                of: Somebody {
                    home,
                    person: chance.within(0..PEOPLE),
                },
                stay: Stay::Before,
                fen: i64::try_from(chance.within(300..9_000)).unwrap() * 100,
            };
            hospitals.history.ask(&asked);
            hospitals.settle_with_patience(&asked, chance).await;
        }
        if let Some(found) = found(hospitals, chance, None)
            && chance.one_in(2)
        {
            hospitals.history.ask_back(&found.asked);
            let back = hospitals.reverse_with_patience(&found.asked, ".late", chance);
            back.await;
        }
        let number = NUMBERED_FROM + nth;
        let own = Seeded::new(self.seed, 7_600 + u64::try_from(nth).unwrap());
        match chance.within(0..3) {
            0 => {
                let cycles = self.papers.cycles();
                quarrels::one(hospitals, &self.acts, &cycles, (number, own)).await;
            }
            1 => suspicions::one(hospitals, &self.acts, (number, own)).await,
            _ => {}
        }
    }

    /// Hospitals look at their books of a day that is closed.
    async fn accounts(&self, nth: usize, hospitals: &Hospitals) {
        if self.is_stuck() {
            return;
        }
        let month = Month::of(date(nth));
        let is_over = Month::of(date(nth + 1)) != month;
        let books = Books {
            seed: self.seed,
            nth: u64::try_from(nth).unwrap(),
            today: date(nth).to_string(),
            ended: is_over.then(|| month.to_string()),
            history: hospitals.history.clone(),
            accounts: self.papers.accounts.clone(),
            orders: self.orders.clone(),
            log: self.log.clone(),
            within: END_WITHIN,
        };
        let stories = books.all(self.regions).await;
        stories.into_iter().for_each(|story| self.unended(story));
    }

    /// The clearinghouse, and somebody's node, are stopped and started while a day is closed and netted.
    async fn restarts(&self, chance: &Seeded) {
        for machine in [self.regions, chance.place(self.regions)] {
            sleep(chance.millis(0..900)).await;
            if chance.one_in(2) {
                self.orders.give(Order::Restart(machine)).await;
            }
        }
    }

    /// What is netted is ordered to be paid, and is paid as far as money comes in.
    async fn money_moves(&self, nth: usize) {
        let on = date(nth).to_string();
        let mut bank = Bank::of(on, END_WITHIN, self.saboteur);
        let own = |purpose| Seeded::new(self.seed, purpose + u64::try_from(nth).unwrap());
        let (choice, chance) = (own(7_700), own(7_800));
        let (cycles, money) = (self.papers.cycles(), &self.papers.money);
        let moved = money.moves(&cycles, &mut bank, &choice);
        let (moved, ()) = tokio::join!(moved, self.restarts(&chance));
        if let Err(story) = moved {
            self.unended(story);
        }
        let mut officer = ClearingOfficer::with(self.papers.clone());
        for cycle in cycles.iter().filter(|cycle| cycle.plan.is_some()) {
            match until(END_WITHIN, async || officer.state(&cycle.day).await).await {
                Ok(state) => money.note(&cycle.day, state),
                Err(why) => self.unended(format!("{}: {why}", cycle.day)),
            }
        }
    }

    /// A day is netted; with the last one of a month that month ends.
    async fn is_over(&self, nth: usize) {
        let ended = Month::of(date(nth));
        if Month::of(date(nth + 1)) == ended {
            return;
        }
        let chance = Seeded::new(self.seed, 7_400 + u64::try_from(nth).unwrap());
        let end = MonthEnd {
            month: ended.to_string(),
            chance: Arc::new(chance),
            regions: self.regions,
            orders: self.orders.clone(),
            months: self.papers.months.clone(),
            log: self.log.clone(),
            within: END_WITHIN,
        };
        if let Err(story) = end.comes().await {
            self.unended(story);
        }
    }
}
