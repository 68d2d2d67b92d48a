//! Whoever drives the world: moves its time, makes things fail as planned, restarts machines as operators
//! would, mends everything in the end, and takes the disks to the auditor.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::vec::IntoIter;

use huitong_core::date::Timestamp;
use huitong_journal::testing::{FakeDisk, Misfortune};

use crate::books;
use crate::bureau::Acts;
use crate::faults::{self, Edge, FAR_AWAY, Fault, Index, Power};
use crate::laws::Exhibits;
use crate::orders::{Order, Orders};
use crate::papers::Papers;
use crate::party::{Kind, Party, clearing_journal_options};
use crate::phases::{Phase, Phases};
use crate::platform::EventLog;
use crate::register::region;
use crate::saboteurs::{Saboteur, one_net_off, rots};
use crate::twins::Pair;
use crate::workload::History;

/// The machine on which all callers are.
pub const CALLERS: &str = "callers";
/// What is noted of a restored node that stops before it has collected what others have.
pub const STOPPED_COLLECTING: &str = "stopped while it collects";
/// How long a machine whose disk failed is down.
const REPAIR_TAKES: Duration = Duration::from_millis(700);

/// The faults that are still to come.
type Planned = Peekable<IntoIter<(Duration, Edge, Fault)>>;

/// The driver.
pub struct Driver<'a> {
    sim: turmoil::Sim<'a>,
    parties: Vec<Arc<Party>>,
    phase: Phases,
    orders: Orders,
    log: EventLog,
    /// Machines that are down, and when they come back.
    down: BTreeMap<usize, Duration>,
    backups: BTreeMap<usize, FakeDisk>,
    /// Machines whose disk is lost, until they have their backup in its place.
    lost: BTreeSet<usize>,
    saboteur: Option<Saboteur>,
    /// How long messages take at most when nothing fails.
    latency: Duration,
}

impl<'a> Driver<'a> {
    pub fn new(
        sim: turmoil::Sim<'a>,
        parties: Vec<Arc<Party>>,
        (phase, orders): (Phases, Orders),
        saboteur: Option<Saboteur>,
        log: EventLog,
    ) -> Self {
        Self {
            sim,
            parties,
            phase,
            orders,
            log,
            down: BTreeMap::new(),
            backups: BTreeMap::new(),
            lost: BTreeSet::new(),
            saboteur,
            latency: Duration::ZERO,
        }
    }

    /// Lets the day pass, and lets things fail and be mended in it.
    pub fn drive(&mut self, seed: u64) {
        self.latency = faults::latency(seed);
        let planned = faults::plan(seed, self.parties.len());
        let mut edges: Planned = planned.into_iter().peekable();
        let morning = faults::begins(seed, self.parties.len() - 1);
        let mut began = None;
        loop {
            let now = self.sim.elapsed();
            let phase = self.phase.now();
            if phase == Phase::Working {
                let is_beginning = began.is_none();
                let began = *began.get_or_insert(now);
                let runs_out = |planned: &Planned, node| {
                    let at = faults::runs_out(planned.clone(), node)?;
                    Some(moment(morning, began + at))
                };
                if is_beginning {
                    self.keep_backups();
                    for (node, party) in self.parties.iter().enumerate() {
                        if let Some(last) = runs_out(&edges, node) {
                            party.renew(Some(last));
                        }
                    }
                }
                while let Some((at, edge, fault)) = edges.peek().copied() {
                    if began + at > now {
                        break;
                    }
                    edges.next();
                    self.turn(edge, fault, now);
                    if let (Fault::CertificateExpires(node), Edge::Ends) = (fault, edge) {
                        self.parties[node].renew(runs_out(&edges, node));
                    }
                }
            }
            while let Some(order) = self.orders.take() {
                self.obey(order, now);
            }
            self.look_after_machines(now);
            if phase == Phase::WorkDone {
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
        self.log.note(
            "fault",
            format_args!("{} {edge:?} {fault:?}", now.as_millis()),
        );
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
            (Fault::DiskFails(machine, ..), Edge::Ends) => self.fails_no_more(machine),
            (Fault::SlowDisk(machine, takes), Edge::Begins) => {
                self.disk_takes(machine, takes);
            }
            (Fault::SlowDisk(machine, _), Edge::Ends) => self.disk_takes(machine, 1),
            (Fault::FullDisk(machine), Edge::Begins) => {
                self.parties[machine].disk().leave_room(0);
            }
            (Fault::FarAway(machine), Edge::Begins) => self.links_take(machine, FAR_AWAY),
            (Fault::FarAway(machine), Edge::Ends) => self.links_take(machine, self.latency),
            (Fault::BackedUp(machine), _) => self.back_up(machine),
            (Fault::Lost(machine), Edge::Begins) => {
                self.crash(machine, Power::Fails, Index::Lost, Duration::MAX);
                self.lost.insert(machine);
            }
            (Fault::Lost(machine), Edge::Ends) => self.come_back(machine),
            // It runs out by itself, and is renewed by whoever knows until when the next one is to hold.
            (Fault::CertificateExpires(_), _) => {}
            (Fault::FullDisk(machine), Edge::Ends) => {
                self.parties[machine].disk().leave_room(u64::MAX);
            }
        }
    }

    /// How long messages to and from a machine take at most.
    fn links_take(&self, machine: usize, longest: Duration) {
        for other in (0..=self.parties.len()).filter(|other| *other != machine) {
            let (one, other) = (self.name(machine), self.name(other));
            self.sim.set_link_max_message_latency(one, other, longest);
        }
    }

    fn disk_takes(&self, machine: usize, takes_ms: u64) {
        let takes = &self.parties[machine].disk_takes_ms;
        takes.store(takes_ms, Ordering::Relaxed);
    }

    /// Its disk may be full all the same.
    fn fails_no_more(&self, machine: usize) {
        let disk = self.parties[machine].disk();
        disk.plan(u64::MAX / 2, Misfortune::Refused);
    }

    /// Does what a story wants done.
    fn obey(&mut self, order: Order, now: Duration) {
        let told = format_args!("{} {order:?}", now.as_millis());
        self.log.note("order", told);
        match order {
            Order::BackUp(machine) => self.back_up(machine),
            Order::Lose(machine, back) => {
                self.crash(machine, Power::Fails, Index::Lost, now + back);
                self.lost.insert(machine);
            }
            Order::Restart(machine) => {
                // What keeps images of its index starts from one of them.
                let index = match &self.parties[machine].kind {
                    Kind::Node { storage, .. } if storage.keeps_images() => Index::Lost,
                    _ => Index::Kept,
                };
                self.crash(machine, Power::Stays, index, now + REPAIR_TAKES);
            }
            Order::CollectAnew(machine) => {
                self.crash(machine, Power::Stays, Index::Lost, now + REPAIR_TAKES);
                if !self.lost.contains(&machine) {
                    self.parties[machine].collect_anew();
                }
            }
        }
    }

    fn crash(&mut self, machine: usize, power: Power, index: Index, until: Duration) {
        if self.down.contains_key(&machine) {
            return;
        }
        let party = Arc::clone(&self.parties[machine]);
        if let Kind::Node { storage, .. } = &party.kind
            && storage.is_collecting()
        {
            self.log.note(&party.name, STOPPED_COLLECTING);
        }
        self.sim.crash(party.name.as_str());
        match power {
            Power::Stays => party.disk().restart_process(),
            Power::Fails => match &party.kind {
                Kind::Node { storage, .. } => storage.power_fails(),
                Kind::Clearinghouse { storage, .. } => storage.disk().restore_power(),
            },
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
            if self.lost.remove(&machine) {
                let backup = &self.backups[&machine];
                self.parties[machine].restore(backup);
            }
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
            self.fails_no_more(machine);
            self.parties[machine].disk().leave_room(u64::MAX);
            self.disk_takes(machine, 1);
            self.parties[machine].renew(None);
            self.links_take(machine, self.latency);
            self.come_back(machine);
        }
        self.phase.becomes(Phase::Healed);
    }

    fn back_up(&mut self, machine: usize) {
        self.backups
            .insert(machine, self.parties[machine].disk().copy());
    }

    fn keep_backups(&mut self) {
        if self.saboteur == Some(Saboteur::OldBackup) {
            (0..self.parties.len()).for_each(|machine| self.back_up(machine));
        }
    }

    fn serve_from_backup(&self, machine: usize) {
        if self.saboteur != Some(Saboteur::OldBackup) {
            return;
        }
        if let (Some(backup), Kind::Node { storage, .. }) =
            (self.backups.get(&machine), &self.parties[machine].kind)
        {
            storage.replace(backup.copy());
        }
    }

    /// The disk that the auditor reads.
    fn spoilt(&self, party: &Party, disk: FakeDisk) -> FakeDisk {
        match (self.saboteur, &party.kind) {
            (Some(Saboteur::NetOff), Kind::Clearinghouse { .. }) => {
                one_net_off(&disk, clearing_journal_options())
            }
            (Some(Saboteur::RottenDisk), Kind::Node { number: 0, .. }) => {
                rots(&disk);
                disk
            }
            _ => disk,
        }
    }

    /// The books, once every machine has lost its power.
    pub fn exhibits(
        &mut self,
        history: &History,
        papers: &Papers,
        acts: &Acts,
        pairs: Vec<Pair>,
    ) -> Result<Exhibits, String> {
        let mut nodes = Vec::new();
        let mut clearing = books::ClearingBooks::default();
        for party in &self.parties {
            self.sim.crash(party.name.as_str());
            let disk = party.disk();
            disk.restore_power();
            let disk = self.spoilt(party, disk);
            let unreadable = |error| format!("{}: {error}", party.name);
            match &party.kind {
                Kind::Node { .. } => {
                    let own = region(nodes.len());
                    nodes.push(books::of_node(&disk, own).map_err(unreadable)?);
                }
                Kind::Clearinghouse { .. } => {
                    clearing = books::of_clearinghouse(&disk).map_err(unreadable)?;
                }
            }
        }
        for (party, books) in self.parties.iter().zip(&nodes) {
            let (settled, committed) = (books.settled.len(), books.committed.len());
            let told = format!(
                "{} records, {settled} settled, {committed} committed, {} true-ups came back, {} people released",
                books.records,
                books.trued_up_again(),
                books.released.len()
            );
            self.log.note(&party.name, told);
        }
        Ok(Exhibits {
            asked: history.asked(),
            answers: history.answers(),
            reversals: history.reversals(),
            moves: history.moves(),
            papers: papers.all(),
            verified: papers.statements.all(),
            months: papers.months.all(),
            money: papers.money.all(),
            accounts: papers.accounts.all(),
            twins: papers.twins.all(),
            pairs,
            acts: acts.all(),
            nodes,
            clearing,
        })
    }
}

/// So long after a world's first moment.
fn moment(first: Timestamp, after: Duration) -> jiff::Timestamp {
    let millis = first.as_millis() + i64::try_from(after.as_millis()).unwrap();
    jiff::Timestamp::from_millisecond(millis).unwrap()
}
