//! What simulated servers stand on: one thread, and a clock that the simulation moves.

use std::fmt;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use huitong_core::date::Timestamp;
use huitong_journal::{
    Disk, Journal, OpenError, Options, Recovery, Runner, Running, Seal, Turn, Work,
};
use huitong_transport::Clock;
use tokio::sync::Notify;

/// When most simulations begin: the last day but one of May, a Thursday, ten in the morning in Shanghai. Whatever begins
/// earlier has that day as its first too.
pub const BEGINNING: &str = "2024-05-30T02:00:00.000Z";

/// A clock that is off by some time.
#[derive(Debug)]
pub struct SimulatedClock {
    offset_ms: AtomicI64,
}

impl SimulatedClock {
    pub fn off_by(offset_ms: i64) -> Self {
        let offset_ms = AtomicI64::new(offset_ms);
        Self { offset_ms }
    }

    /// So much time passes at once.
    pub fn passes(&self, hours: i64) {
        self.offset_ms
            .fetch_add(hours * 3_600_000, Ordering::Relaxed);
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        let passed = turmoil::sim_elapsed().unwrap_or_default();
        let begun = Timestamp::parse(BEGINNING).unwrap().as_millis();
        let passed = i64::try_from(passed.as_millis()).unwrap();
        Timestamp::from_millis(begun + passed + self.offset_ms.load(Ordering::Relaxed)).unwrap()
    }
}

/// Does all work of a server on its one thread. A group is written so much later than it was handed in.
#[derive(Debug)]
pub struct OneThread {
    pub disk_takes_ms: Arc<AtomicU64>,
}

impl Runner for OneThread {
    fn open_journal(
        &self,
        disk: Arc<dyn Disk>,
        options: Options,
        seal: Option<Seal>,
    ) -> Result<(Journal, Recovery), OpenError> {
        let bell = Arc::new(Notify::new());
        let ring = {
            let bell = Arc::clone(&bell);
            move || bell.notify_one()
        };
        let (journal, mut turns, recovery) = Journal::in_turns(disk, options, seal, ring)?;
        let takes = Arc::clone(&self.disk_takes_ms);
        tokio::spawn(async move {
            loop {
                let takes = Duration::from_millis(takes.load(Ordering::Relaxed));
                tokio::time::sleep(takes).await;
                match turns.turn() {
                    Turn::Wrote => {}
                    Turn::Idle => bell.notified().await,
                    Turn::Ended => return,
                }
            }
        });
        Ok((journal, recovery))
    }

    fn start(&self, _name: &'static str, work: Work) -> std::io::Result<Running> {
        tokio::spawn(work);
        Ok(Running::beside_the_waiter())
    }
}

/// What happened, in order: two runs of one seed write the same.
#[derive(Debug, Clone, Default)]
pub struct EventLog(Arc<Mutex<Vec<String>>>);

impl EventLog {
    /// Writes an event down, with the simulated time.
    pub fn note(&self, who: &str, what: impl fmt::Display) {
        let at = turmoil::sim_elapsed().map_or_else(String::new, |at| at.as_millis().to_string());
        self.0
            .lock()
            .unwrap()
            .push(format!("{at:>8} {who}: {what}"));
    }

    /// All events.
    pub fn events(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}
