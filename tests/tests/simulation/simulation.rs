//! One simulation: a world, its work, its faults, its end, its audit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use huitong_journal::testing::{FakeDisk, Misfortune};
use tokio::time::{Instant, sleep};

use crate::books;
use crate::callers::{Answer, ClearingOfficer, Officers};
use crate::faults::{self, Edge, Fault, Index, Power};
use crate::laws::{Evidence, Law, Violation, audit};
use crate::party::{Kind, Party};
use crate::platform::EventLog;
use crate::saboteurs::Saboteur;
use crate::workload::{History, Hospitals};

/// What is simulated.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    pub seed: u64,
    pub regions: usize,
    pub saboteur: Option<Saboteur>,
}

/// How it went.
#[derive(Debug)]
pub struct Outcome {
    pub violations: Vec<Violation>,
    pub events: Vec<String>,
    /// How many settlements stand.
    pub stand: usize,
}

const TICK: Duration = Duration::from_millis(5);
const CALLERS: &str = "callers";
/// How long the end may take, in simulated time.
const END_WITHIN: Duration = Duration::from_secs(60);
/// How long a machine whose disk failed is down.
const REPAIR_TAKES: Duration = Duration::from_millis(700);

/// How far it is.
const BRINGING_IN: u8 = 0;
const WORKING: u8 = 1;
const WORK_DONE: u8 = 2;
const HEALED: u8 = 3;

struct Driver<'a> {
    sim: turmoil::Sim<'a>,
    parties: Vec<Arc<Party>>,
    phase: Arc<AtomicU8>,
    log: EventLog,
    /// Machines that are down, and when they come back.
    down: BTreeMap<usize, Duration>,
    backups: BTreeMap<usize, FakeDisk>,
    saboteur: Option<Saboteur>,
}

/// Simulates one seed.
pub fn simulate(setup: Setup) -> Outcome {
    let Setup {
        seed,
        regions,
        saboteur,
    } = setup;
    let log = EventLog::default();
    let history = History::default();
    let mut parties: Vec<_> = (0..regions)
        .map(|number| Arc::new(Party::node(number, regions, seed, saboteur, &log)))
        .collect();
    parties.push(Arc::new(Party::clearinghouse(regions, seed, &log)));
    let mut sim = turmoil::Builder::new()
        .rng_seed(seed)
        .tick_duration(TICK)
        .simulation_duration(Duration::from_secs(600))
        .min_message_latency(Duration::from_millis(1))
        .max_message_latency(Duration::from_millis(30))
        .tcp_capacity(4_096)
        .build();
    for party in &parties {
        let own = Arc::clone(party);
        sim.host(party.name.as_str(), move || {
            let own = Arc::clone(&own);
            async move {
                own.run().await;
                Ok(())
            }
        });
    }
    let phase = Arc::new(AtomicU8::new(BRINGING_IN));
    let unended = Arc::default();
    let day = Day {
        seed,
        regions,
        phase: Arc::clone(&phase),
        history: history.clone(),
        log: log.clone(),
        unended: Arc::clone(&unended),
    };
    sim.client(CALLERS, async move {
        day.pass().await;
        Ok(())
    });
    let mut driver = Driver {
        sim,
        parties,
        phase,
        log: log.clone(),
        down: BTreeMap::new(),
        backups: BTreeMap::new(),
        saboteur,
    };
    driver.drive(seed);
    let mut violations: Vec<Violation> = std::mem::take(&mut *unended.lock().unwrap());
    let mut stand = 0;
    match driver.evidence(&history) {
        Ok(evidence) => {
            stand = evidence.nodes.iter().map(|node| node.committed.len()).sum();
            violations.extend(audit(&evidence));
        }
        Err(story) => violations.push(Violation {
            law: Law::Unreadable,
            story,
        }),
    }
    for violation in &violations {
        log.note("auditor", violation);
    }
    Outcome {
        violations,
        events: log.events(),
        stand,
    }
}

impl Driver<'_> {
    fn drive(&mut self, seed: u64) {
        let mut edges = faults::plan(seed, self.parties.len()).into_iter().peekable();
        let mut began = None;
        loop {
            let now = self.sim.elapsed();
            let phase = self.phase.load(Ordering::Relaxed);
            if phase == WORKING {
                if began.is_none() {
                    self.keep_backups();
                }
                let began = *began.get_or_insert(now);
                while let Some((at, edge, fault)) = edges.peek().copied() {
                    if began + at > now {
                        break;
                    }
                    edges.next();
                    self.turn(edge, fault, now);
                }
            }
            self.look_after_machines(now);
            if phase == WORK_DONE {
                self.heal();
            }
            if self.sim.step().unwrap() {
                return;
            }
        }
    }

    fn name(&self, machine: usize) -> String {
        let party = self.parties.get(machine);
        party.map_or_else(|| CALLERS.to_owned(), |party| party.name.clone())
    }

    fn turn(&mut self, edge: Edge, fault: Fault, now: Duration) {
        self.log.note("fault", format_args!("{} {edge:?} {fault:?}", now.as_millis()));
        match (fault, edge) {
            (Fault::Partition(one, other), Edge::Begins) => {
                self.sim.partition(self.name(one), self.name(other));
            }
            (Fault::OneWay(one, other), Edge::Begins) => {
                self.sim.partition_oneway(self.name(one), self.name(other));
            }
            (Fault::Partition(one, other) | Fault::OneWay(one, other), Edge::Ends) => {
                self.sim.repair(self.name(one), self.name(other));
            }
            (Fault::Held(one, other), Edge::Begins) => {
                self.sim.hold(self.name(one), self.name(other));
            }
            (Fault::Held(one, other), Edge::Ends) => {
                self.sim.release(self.name(one), self.name(other));
            }
            (Fault::Crash(machine, power, index), Edge::Begins) => {
                self.crash(machine, power, index, Duration::MAX);
            }
            (Fault::Crash(machine, ..), Edge::Ends) => self.come_back(machine),
            (Fault::DiskFails(machine, ahead, misfortune), Edge::Begins) => {
                self.parties[machine].disk().plan(ahead, misfortune);
            }
            (Fault::DiskFails(machine, ..), Edge::Ends) => self.mend(machine),
            (Fault::SlowDisk(machine, takes), Edge::Begins) => {
                self.disk_takes(machine, takes);
            }
            (Fault::SlowDisk(machine, _), Edge::Ends) => self.disk_takes(machine, 1),
            (Fault::FullDisk(machine), Edge::Begins) => {
                self.parties[machine].disk().leave_room(0);
            }
            (Fault::FullDisk(machine), Edge::Ends) => {
                self.parties[machine].disk().leave_room(u64::MAX);
            }
        }
    }

    fn disk_takes(&self, machine: usize, takes_ms: u64) {
        let takes = &self.parties[machine].disk_takes_ms;
        takes.store(takes_ms, Ordering::Relaxed);
    }

    fn mend(&self, machine: usize) {
        let disk = self.parties[machine].disk();
        disk.plan(u64::MAX / 2, Misfortune::Refused);
        disk.leave_room(u64::MAX);
    }

    fn crash(&mut self, machine: usize, power: Power, index: Index, until: Duration) {
        if self.down.contains_key(&machine) {
            return;
        }
        let party = Arc::clone(&self.parties[machine]);
        self.sim.crash(party.name.as_str());
        match power {
            Power::Stays => party.disk().restart_process(),
            Power::Fails => party.disk().restore_power(),
        }
        if index == Index::Lost {
            party.lose_index();
        }
        party.is_broken.store(false, Ordering::Relaxed);
        self.down.insert(machine, until);
    }

    fn come_back(&mut self, machine: usize) {
        if self.down.remove(&machine).is_some() {
            self.serve_from_backup(machine);
            self.sim.bounce(self.parties[machine].name.as_str());
        }
    }

    /// Restarts machines that stopped writing, as their operators would.
    fn look_after_machines(&mut self, now: Duration) {
        for machine in 0..self.parties.len() {
            if self.parties[machine].is_broken.load(Ordering::Relaxed) {
                self.crash(machine, Power::Fails, Index::Kept, now + REPAIR_TAKES);
            }
        }
        let due: Vec<usize> = self
            .down
            .iter()
            .filter(|(_, until)| **until <= now)
            .map(|(machine, _)| *machine)
            .collect();
        for machine in due {
            self.come_back(machine);
        }
    }

    /// Nothing fails from now on.
    fn heal(&mut self) {
        let machines: Vec<String> = (0..=self.parties.len())
            .map(|machine| self.name(machine))
            .collect();
        for (at, one) in machines.iter().enumerate() {
            for other in &machines[at + 1..] {
                self.sim.release(one.as_str(), other.as_str());
            }
        }
        for machine in 0..self.parties.len() {
            self.mend(machine);
            self.disk_takes(machine, 1);
            self.come_back(machine);
        }
        self.phase.store(HEALED, Ordering::Relaxed);
    }

    fn keep_backups(&mut self) {
        if self.saboteur == Some(Saboteur::OldBackup) {
            for (machine, party) in self.parties.iter().enumerate() {
                self.backups.insert(machine, party.disk().copy());
            }
        }
    }

    fn serve_from_backup(&self, machine: usize) {
        if let (Some(backup), Kind::Node { storage, .. }) =
            (self.backups.get(&machine), &self.parties[machine].kind)
        {
            storage.replace(backup.copy());
        }
    }

    /// The books, once every machine has lost its power.
    fn evidence(&mut self, history: &History) -> Result<Evidence, String> {
        let mut nodes = Vec::new();
        let mut clearing = books::ClearingBooks::default();
        for party in &self.parties {
            self.sim.crash(party.name.as_str());
            let disk = party.disk();
            disk.restore_power();
            let unreadable = |error| format!("{}: {error}", party.name);
            match &party.kind {
                Kind::Node { .. } => nodes.push(books::of_node(&disk).map_err(unreadable)?),
                Kind::Clearinghouse { .. } => {
                    clearing = books::of_clearinghouse(&disk).map_err(unreadable)?;
                }
            }
        }
        for (party, books) in self.parties.iter().zip(&nodes) {
            let (settled, committed) = (books.settled.len(), books.committed.len());
            let told = format!(
                "{} records, {settled} settled, {committed} committed",
                books.records
            );
            self.log.note(&party.name, told);
        }
        Ok(Evidence {
            asked: history.asked(),
            answers: history.answers(),
            nodes,
            clearing,
        })
    }
}

/// The callers' day: what is brought in, what is settled, and how it is closed.
struct Day {
    seed: u64,
    regions: usize,
    phase: Arc<AtomicU8>,
    history: History,
    log: EventLog,
    unended: Arc<std::sync::Mutex<Vec<Violation>>>,
}

impl Day {
    async fn pass(self) {
        let mut officers: Vec<_> = (0..self.regions).map(Officers::of).collect();
        for (number, officers) in officers.iter_mut().enumerate() {
            officers.bring_in(number).await;
        }
        let hospitals = Hospitals::of(self.regions, self.history.clone(), self.log.clone());
        self.phase.store(WORKING, Ordering::Relaxed);
        hospitals.all(self.seed, self.regions).await;
        self.phase.store(WORK_DONE, Ordering::Relaxed);
        while self.phase.load(Ordering::Relaxed) != HEALED {
            sleep(TICK).await;
        }
        self.ask_for_outcomes(&hospitals).await;
        self.close(&mut officers).await;
        // What changed after its last word is seen now.
        for asked in self.history.asked() {
            hospitals.get(&asked).await;
        }
    }

    fn unended(&self, story: String) {
        let law = Law::Unended;
        self.unended.lock().unwrap().push(Violation { law, story });
    }

    /// Asks after every id until it has an outcome or was never taken.
    async fn ask_for_outcomes(&self, hospitals: &Hospitals) {
        let begun = Instant::now();
        let mut open = self.history.asked();
        while !open.is_empty() && begun.elapsed() < END_WITHIN {
            let mut still = Vec::new();
            for asked in open {
                let answer = hospitals.get(&asked).await;
                let never_taken = matches!(&answer, Answer::None(code) if code == NOT_FOUND);
                if !answer.is_final() && !never_taken {
                    still.push(asked);
                }
            }
            open = still;
            sleep(Duration::from_millis(500)).await;
        }
        for asked in open {
            self.unended(format!("{} has no outcome", asked.request_id));
        }
    }

    /// Waits until every receipt and leg has arrived, closes the day, and has it netted.
    async fn close(&self, officers: &mut [Officers]) {
        let begun = Instant::now();
        let mut days = BTreeSet::new();
        for officers in officers.iter_mut() {
            loop {
                let status = officers.status().await;
                let why = match &status {
                    Ok(status)
                        if status.prepared == 0
                            && status.receipts_undelivered == 0
                            && status.legs_held == status.legs_written =>
                    {
                        let day = status.open_business_day.clone();
                        if officers.close_day(&day).await.unwrap_or_default() {
                            days.insert(day);
                            break;
                        }
                        format!("{day} cannot be closed")
                    }
                    Ok(status) => format!(
                        "{}: {} prepared, {} receipts undelivered, {} of {} legs held",
                        status.region,
                        status.prepared,
                        status.receipts_undelivered,
                        status.legs_held,
                        status.legs_written
                    ),
                    Err(status) => status.to_string(),
                };
                if begun.elapsed() > END_WITHIN {
                    self.unended(why);
                    break;
                }
                sleep(Duration::from_millis(200)).await;
            }
        }
        let mut officer = ClearingOfficer::new();
        for day in days {
            if let Err(status) = officer.net(&day).await {
                self.unended(format!("{day} cannot be netted: {status}"));
            }
        }
    }
}

const NOT_FOUND: &str = "settlement.not_found";
