//! One simulation: a world, its day, and its audit.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::bureau::Acts;
use crate::day::Day;
use crate::driver::{CALLERS, Driver};
use crate::echo::Echo;
use crate::faults;
use crate::laws::{Law, Violation, audit};
use crate::orders::Orders;
use crate::papers::Papers;
use crate::party::{Kind, Party};
use crate::phases::Phases;
use crate::platform::EventLog;
use crate::saboteurs::Saboteur;
use crate::storage::KeepsImages;
use crate::twins;
use crate::workload::History;

/// What is simulated.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    pub seed: u64,
    pub regions: usize,
    /// How many days there are.
    pub days: usize,
    pub saboteur: Option<Saboteur>,
    /// Which nodes keep images of their index. None does whose disk or rows somebody meddles with.
    pub images: KeepsImages,
}

/// How it went.
#[derive(Debug)]
pub struct Outcome {
    pub violations: Vec<Violation>,
    pub events: Vec<String>,
    /// How many settlements stand.
    pub stand: usize,
    /// How many totals and balances the auditor compared with the sums of what stands.
    pub sums_compared: usize,
    /// How often a node without its index started from an image of it.
    pub from_images: usize,
}

/// Messages arrive at the beginning of a tick; waiting on one machine is exact.
const TICK: Duration = Duration::from_millis(5);
/// Days that do not end by then, the first of them and each other, never do.
const LONGEST_DAY: Duration = Duration::from_secs(600);
/// The days of a simulation unless more are asked for: the last two of a month.
pub const DAYS: usize = 2;

/// Tasks of a machine that crashes are dropped in an order that hangs on their numbers, up to this modulus,
/// and numbers are handed out over the whole process.
const TASK_NUMBERS: u64 = 1_024;

/// Simulates one seed; one at a time in a process.
pub fn simulate(setup: Setup) -> Outcome {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock();
    begin_task_numbers_anew();
    let Setup {
        seed,
        regions,
        days,
        saboteur,
        images,
    } = setup;
    assert!(
        images == KeepsImages::None || saboteur.is_none(),
        "{saboteur:?} with images"
    );
    let (log, history) = (EventLog::default(), History::default());
    let phase = Phases::new();
    let (mut sim, parties) = world(setup, (&phase, &log));
    let (orders, papers) = (Orders::default(), Papers::default());
    let acts = Acts::default();
    let unended = Arc::default();
    let day = Day {
        seed,
        regions,
        phase: phase.clone(),
        history: history.clone(),
        echo: Echo::of(parties[..regions].to_vec(), log.clone()),
        orders: orders.clone(),
        papers: papers.clone(),
        acts: acts.clone(),
        parties: parties.clone(),
        log: log.clone(),
        unended: Arc::clone(&unended),
        days,
        saboteur,
    };
    sim.client(CALLERS, async move {
        day.pass().await;
        Ok(())
    });
    let counted = parties.clone();
    let mut driver = Driver::new(sim, parties, (phase, orders), saboteur, log.clone());
    driver.drive(seed);
    let from_images = counted.iter().map(|party| starts_from_images(party)).sum();
    let mut violations: Vec<Violation> = std::mem::take(&mut *unended.lock().unwrap());
    let (mut stand, mut sums_compared) = (0, 0);
    let pairs = twins::pairs(seed, regions);
    match driver.exhibits(&history, &papers, &acts, pairs) {
        Ok(exhibits) => {
            stand = exhibits.nodes.iter().map(|node| node.committed.len()).sum();
            let audited = audit(&exhibits);
            sums_compared = audited.sums_compared;
            log.note("auditor", format_args!("{sums_compared} sums compared"));
            violations.extend(audited.violations);
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
        sums_compared,
        from_images,
    }
}

fn starts_from_images(party: &Party) -> usize {
    match &party.kind {
        Kind::Node { storage, .. } => storage.starts_from_images(),
        Kind::Clearinghouse { .. } => 0,
    }
}

/// Uses up numbers of tasks until the next one is where every simulation begins.
fn begin_task_numbers_anew() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let number = || {
        let task = runtime.spawn(async {});
        task.id().to_string().parse::<u64>().unwrap()
    };
    while number() % TASK_NUMBERS != 0 {}
}

/// The machines, and what will run on them.
fn world(setup: Setup, told: (&Phases, &EventLog)) -> (turmoil::Sim<'static>, Vec<Arc<Party>>) {
    let Setup {
        seed,
        regions,
        days,
        saboteur,
        images,
    } = setup;
    let mut parties: Vec<_> = (0..regions)
        .map(|number| {
            Arc::new(Party::node(
                (number, regions, seed),
                (saboteur, images),
                told,
            ))
        })
        .collect();
    parties.push(Arc::new(Party::clearinghouse(
        regions, seed, saboteur, told,
    )));
    let mut sim = turmoil::Builder::new()
        .rng_seed(seed)
        .tick_duration(TICK)
        .simulation_duration(LONGEST_DAY * u32::try_from(days).unwrap())
        .min_message_latency(Duration::from_millis(1))
        .max_message_latency(faults::latency(seed))
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
    (sim, parties)
}
