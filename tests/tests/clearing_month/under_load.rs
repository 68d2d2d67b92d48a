//! Days are cut off while every region reports without pause. A cut-off is one moment for all: what was acknowledged before it
//! was asked for is below the marks, what was not sent when it was answered is above them, and what a region writes only
//! because another one's leg was acknowledged is never below its mark while that is above the other's.

mod looked;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use huitong_core::date::BusinessDay;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use tokio::task::JoinSet;

use crate::office::{Cut, Office};
use crate::register::{Place, places};
use crate::source::{self, Shared};
use crate::story::Line;
use crate::world::{Moves, World};

const REGIONS: usize = 7;
/// The first business days of the month.
const DAYS: [&str; 6] = [
    "2026-09-01",
    "2026-09-02",
    "2026-09-03",
    "2026-09-04",
    "2026-09-07",
    "2026-09-08",
];
/// So many legs are reported before a day is cut off, and so many more before it is netted.
const LEGS: u64 = 900;
const MORE: u64 = 200;
/// So many legs are sent at once.
const BATCH: u64 = 9;
/// Of some reports one in so many is sent twice.
const TWICE_EVERY: u64 = 7;
const PATIENCE: Duration = Duration::from_secs(120);
const AGAIN: Duration = Duration::from_millis(2);

/// A region that reports without pause.
struct Pen {
    source: Shared,
    /// What it owes, of which the creditor's leg is acknowledged.
    inbox: Mutex<Vec<Leg>>,
    acknowledged: Arc<AtomicU64>,
    /// The highest number that it may have sent.
    sent: AtomicU64,
    /// How many days it has closed, and up to where the last of them.
    closed: (AtomicUsize, AtomicU64),
}

struct Load {
    places: Vec<Place>,
    pens: Vec<Pen>,
    today: AtomicUsize,
    /// The days that each is to close, in their order.
    closes: Mutex<Vec<BusinessDay>>,
    serial: AtomicU64,
    /// Debts of which the debtor's leg is not acknowledged yet.
    open: AtomicU64,
    is_over: AtomicBool,
}

fn day(number: usize) -> BusinessDay {
    DAYS[number].parse().unwrap()
}

impl Load {
    async fn of(world: &World, places: &[Place]) -> Arc<Self> {
        let mut pens = Vec::new();
        for source in source::all(world, places) {
            let acknowledged = Arc::clone(&source.lock().await.acknowledged);
            pens.push(Pen {
                source,
                inbox: Mutex::default(),
                acknowledged,
                sent: AtomicU64::new(0),
                closed: (AtomicUsize::new(0), AtomicU64::new(0)),
            });
        }
        Arc::new(Self {
            places: places.to_vec(),
            pens,
            today: AtomicUsize::new(0),
            closes: Mutex::default(),
            serial: AtomicU64::new(0),
            open: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
        })
    }

    /// The next debt to a region.
    fn debt(&self, creditor: usize) -> (usize, Leg) {
        let serial = self.serial.fetch_add(1, SeqCst);
        let step = usize::try_from(serial).unwrap() % (self.places.len() - 1) + 1;
        let debtor = (creditor + step) % self.places.len();
        let settlement = SettlementId::from_parts(i64::try_from(serial).unwrap(), [7; 10]);
        let leg = Leg {
            settlement,
            kind: LegKind::Settlement,
            debtor: self.places[debtor].code,
            creditor: self.places[creditor].code,
            fund: Fund::ResidentPool,
            amount: Fen::new(100 + i64::try_from(serial).unwrap()).unwrap(),
            business_day: day(self.today.load(SeqCst)),
            receipt: sha256(settlement.to_string().as_bytes()),
        };
        (debtor, leg)
    }

    /// One region writes and reports until it is over and nothing is open: what it is owed, and, only when that is
    /// acknowledged, each debtor what it owes.
    async fn reports(self: Arc<Self>, at: usize) {
        let pen = &self.pens[at];
        loop {
            let mut source = pen.source.lock().await;
            let closed = pen.closed.0.load(SeqCst);
            let to_close = self.closes.lock().unwrap().get(closed).copied();
            if let Some(day) = to_close {
                source.closes(day).await;
                pen.closed.1.store(pen.acknowledged.load(SeqCst), SeqCst);
                pen.closed.0.store(closed + 1, SeqCst);
            }
            let owes = std::mem::take(&mut *pen.inbox.lock().unwrap());
            let is_over = self.is_over.load(SeqCst);
            let count = if is_over { 0 } else { 1 + at % 3 };
            let owed: Vec<_> = (0..count).map(|_| self.debt(at)).collect();
            self.open.fetch_add(size(&owed), SeqCst);
            let first = |[receivable, _]: [Line; 2]| receivable;
            let second = |[_, payable]: [Line; 2]| payable;
            let owed_lines = owed.iter().map(|(_, leg)| first(Line::both(leg)));
            let owing = owes.iter().map(|leg| second(Line::both(leg)));
            let lines: Vec<Line> = owed_lines.chain(owing).collect();
            if lines.is_empty() {
                if is_over && self.open.load(SeqCst) == 0 {
                    return;
                }
                drop(source);
                tokio::time::sleep(AGAIN).await;
                continue;
            }
            lines.into_iter().for_each(|line| source.writes(line));
            pen.sent.store(source.written(), SeqCst);
            source.reports(BATCH, TWICE_EVERY).await.unwrap();
            self.open.fetch_sub(size(&owes), SeqCst);
            for (debtor, leg) in owed {
                self.pens[debtor].inbox.lock().unwrap().push(leg);
            }
        }
    }

    fn each(&self, of: impl Fn(&Pen) -> u64) -> BTreeMap<RegionCode, u64> {
        let places = self.places.iter().map(|place| place.code);
        places.zip(self.pens.iter().map(of)).collect()
    }

    fn acknowledged(&self) -> BTreeMap<RegionCode, u64> {
        self.each(|pen| pen.acknowledged.load(SeqCst))
    }

    async fn hears(&self, more: u64) {
        let sum = || self.acknowledged().values().sum::<u64>();
        let enough = sum() + more;
        until(|| sum() >= enough).await;
    }

    /// Has each close a day, in the midst of what it reports; up to where each did.
    async fn close(&self, day: BusinessDay) -> BTreeMap<RegionCode, u64> {
        let count = {
            let mut closes = self.closes.lock().unwrap();
            closes.push(day);
            closes.len()
        };
        let mut pens = self.pens.iter();
        until(|| pens.clone().all(|pen| pen.closed.0.load(SeqCst) == count)).await;
        assert!(pens.all(|pen| pen.closed.1.load(SeqCst) > 0));
        self.each(|pen| pen.closed.1.load(SeqCst))
    }
}

fn size<T>(of: &[T]) -> u64 {
    u64::try_from(of.len()).unwrap()
}

async fn until(holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE);
        tokio::time::sleep(AGAIN).await;
    }
}

/// A cut-off, and what was known around it.
struct Moment {
    marks: BTreeMap<RegionCode, u64>,
    /// Acknowledged before it was asked for.
    before: BTreeMap<RegionCode, u64>,
    /// Sent when it was answered.
    after: BTreeMap<RegionCode, u64>,
    /// Up to where each had closed the day; none when it was cut off at the deadline.
    closed: Option<BTreeMap<RegionCode, u64>>,
}

/// Two officers cut a day off at the same time, and are told the same.
async fn cut_off(world: &World, load: &Load, number: usize) -> Moment {
    let closed = match number % 2 {
        0 => None,
        _ => Some(load.close(day(number)).await),
    };
    let cut = match closed {
        None => Cut::AtDeadline,
        Some(_) => Cut::AllClosed,
    };
    let (mut one, mut other) = (Office::of(world), Office::of(world));
    // Both are connected before anything is asked.
    one.channels().await;
    other.channels().await;
    let before = load.acknowledged();
    let both = tokio::join!(
        one.cuts_off(day(number), cut),
        other.cuts_off(day(number), cut)
    );
    let after = load.each(|pen| pen.sent.load(SeqCst));
    assert_eq!(both.0, both.1, "{}", DAYS[number]);
    Moment {
        marks: both.0,
        before,
        after,
        closed,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_off_is_one_moment_while_every_region_reports_without_pause() {
    let places = places(REGIONS);
    let world = World::begin(&places, day(0), Moves::ByDay).await;
    let load = Load::of(&world, &places).await;
    let mut tasks = JoinSet::new();
    for at in 0..places.len() {
        tasks.spawn(Arc::clone(&load).reports(at));
    }
    let mut office = Office::of(&world);
    let (mut cycles, mut moments) = (Vec::new(), Vec::new());
    for number in 0..DAYS.len() {
        world.clock.put(day(number), "02:00");
        load.today.store(number, SeqCst);
        let is_last = number == DAYS.len() - 1;
        if is_last {
            load.hears(LEGS).await;
            load.is_over.store(true, SeqCst);
            until(|| load.open.load(SeqCst) == 0).await;
        } else {
            load.hears(LEGS).await;
        }
        world.clock.put(day(number), "17:30");
        let moment = if is_last {
            // All have ended; each says so.
            while let Some(ended) = tasks.join_next().await {
                ended.unwrap();
            }
            quiet(&world, &load, number).await
        } else {
            cut_off(&world, &load, number).await
        };
        if !is_last {
            load.hears(MORE).await;
        }
        world.clock.put(day(number), "19:30");
        let (cycle, digest) = office.nets(day(number), moment.marks.clone()).await;
        let (again, same) = office.nets(day(number), moment.marks.clone()).await;
        assert_eq!((again.pairs == cycle.pairs, same), (true, digest));
        assert_eq!(
            office.cuts_off(day(number), Cut::AtDeadline).await,
            moment.marks
        );
        cycles.push(cycle);
        moments.push(moment);
    }
    looked::looks(world, &load, (cycles, moments)).await;
}

/// The last cut-off, when nobody reports any more.
async fn quiet(world: &World, load: &Load, number: usize) -> Moment {
    let marks = Office::of(world)
        .cuts_off(day(number), Cut::AtDeadline)
        .await;
    let held = load.acknowledged();
    assert_eq!(marks, held);
    Moment {
        marks,
        before: held.clone(),
        after: held,
        closed: None,
    }
}
