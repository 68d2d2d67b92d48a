//! How the month goes: each business day is worked, closed, cut off, attested, netted, proven, approved, ordered and paid.
//! The clearinghouse goes down in each of these states, on days of their own.

mod paying;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_core::region::RegionCode;
use huitong_document::calendar::state_council;
use huitong_proto::clearing::v1::CycleState;
use huitong_transport::Clock as _;

use crate::closing::{self, drawn_up};
use crate::evidence::{Cycle, Evidence};
use crate::office::{Cut, Office};
use crate::proof::{self, Checked};
use crate::quarrels;
use crate::register::{Place, places};
use crate::source::{self, Shared, each};
use crate::story::{Line, Story};
use crate::world::{Outage, World};

/// The last business day of the month before, which is a month of one cycle here.
const BEFORE: &str = "2026-08-31";
/// The month: thirty days, with a holiday on a Friday and a Sunday that is worked for it.
const MONTH: &str = "2026-09";
/// The first business day of the month after, in which is netted what came late.
const AFTER: &str = "2026-10-08";
/// From this cycle on one member pays nothing.
const SILENT_FROM: usize = 9;
/// Regions quarrel on this day.
const QUARREL: usize = 7;
/// A region closes nothing and attests nothing on this day.
const ABSENT: usize = 5;
/// Nothing waits for longer than so many cycles to be netted.
const WAITS: usize = 4;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    pub seed: u64,
    pub regions: usize,
    /// In each region on each day.
    pub visits: usize,
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    pub evidence: Evidence,
    /// What was checked offline, and what did not hold when it was looked at.
    pub checked: Checked,
    /// Payments that were tried while an earlier one was open.
    pub too_soon: usize,
    /// In which states it went down.
    pub outages: Vec<&'static str>,
    /// What the command says of a statement that was changed, and of a book that lacks legs.
    pub meddled: [Vec<String>; 2],
}

impl Outcome {
    /// What was to be checked: of each cycle every region's part and every member's statement, of the month every region's
    /// part and its file.
    pub fn to_check(&self) -> [usize; 4] {
        let regions = self.evidence.members.len();
        let members: BTreeSet<_> = self.evidence.members.values().collect();
        let cycles = self.evidence.cycles.len();
        [regions * cycles, members.len() * cycles, regions, 1]
    }
}

/// The cycles: the last of the month before, the month's own, and one more.
fn days() -> Vec<BusinessDay> {
    let calendar = state_council().unwrap();
    let (first, last): (BusinessDay, BusinessDay) =
        (BEFORE.parse().unwrap(), AFTER.parse().unwrap());
    let all = (0..=first.days_until(last)).map(|days| {
        let days = i32::try_from(days).unwrap();
        first.plus_days(days).unwrap()
    });
    all.filter(|day| calendar.is_business(*day)).collect()
}

struct Month {
    world: World,
    office: Office,
    places: Vec<Place>,
    sources: Vec<Shared>,
    story: Story,
    days: Vec<BusinessDay>,
    cycles: Vec<Cycle>,
    months: Vec<crate::evidence::Month>,
    checked: Checked,
    outages: Vec<&'static str>,
    too_soon: usize,
    /// The last correction that each region booked.
    corrected: Vec<u64>,
    chance: fastrand::Rng,
}

/// A month, from its first day to the first cycle after it.
pub async fn pass(setup: Setup) -> Outcome {
    let (places, days) = (places(setup.regions), days());
    let world = World::begin(&places, days[0]).await;
    let sources = source::all(&world, &places);
    let mut month = Month {
        office: Office::of(&world),
        story: Story::new(setup.seed, &places, setup.visits, days.len() - 2),
        corrected: vec![0; places.len()],
        chance: fastrand::Rng::with_seed(setup.seed ^ 1),
        world,
        places,
        sources,
        days,
        cycles: Vec::new(),
        months: Vec::new(),
        checked: Checked::default(),
        outages: Vec::new(),
        too_soon: 0,
    };
    for number in 0..month.days.len() {
        month.day(number).await;
    }
    month.ends().await
}

impl Month {
    fn silent(&self) -> RegionCode {
        self.places[0].member
    }

    /// It goes down in a state, one way or the other.
    async fn goes_down(&mut self, state: &'static str) {
        let how = match (state, self.chance.bool()) {
            ("cut off", _) => Outage::Keeping,
            ("netted", _) => Outage::Behind,
            (_, true) => Outage::Killed,
            (_, false) => Outage::Stopped,
        };
        self.world.goes_down(how).await;
        self.outages.push(state);
    }

    async fn day(&mut self, number: usize) {
        let day = self.days[number];
        self.world.clock.put(day, "02:00");
        if number == self.days.len() - 1 {
            self.month_ends().await;
        }
        self.banks(number).await;
        let late = self.works(number).await;
        self.world.clock.put(day, "17:30");
        let is_absent = number == ABSENT;
        let present = self.sources[usize::from(is_absent)..].to_vec();
        each(
            &present,
            |mut source| async move { source.closes(day).await },
        )
        .await;
        self.write(late).await;
        each(&self.sources, |mut source| async move {
            source.reports(97, 5).await.unwrap();
        })
        .await;
        let cut = if is_absent {
            Cut::AtDeadline
        } else {
            Cut::AllClosed
        };
        let marks = self.office.cuts_off(day, cut).await;
        if number == 4 {
            self.goes_down("cut off").await;
            assert_eq!(self.office.state(day).await, CycleState::CutOff);
        }
        each(
            &present,
            |mut source| async move { source.attests(day).await },
        )
        .await;
        if is_absent {
            // It is not waited for any longer.
            self.world.clock.put(day, "19:30");
        }
        if number == 6 {
            self.goes_down("attested").await;
            assert_eq!(self.office.state(day).await, CycleState::Attested);
        }
        self.nets(number, marks).await;
    }

    /// Regions write what happens and report it; what comes late is given back.
    async fn works(&mut self, number: usize) -> Vec<Line> {
        let day = self.days[number];
        if number == QUARREL {
            self.quarrels(day).await;
        }
        if number > QUARREL {
            self.corrects().await;
        }
        let earlier = self.days[..number].to_vec();
        let told = self.story.day(number, day, &earlier);
        self.write(told.in_time).await;
        if matches!(number, 2 | 13) {
            self.dies_while_they_report().await;
        }
        let batch = 20 + self.chance.u64(0..60);
        each(&self.sources, |mut source| async move {
            source.reports(batch, 3).await.unwrap();
        })
        .await;
        told.late
    }

    async fn write(&mut self, lines: Vec<Line>) {
        let mut of_region: BTreeMap<_, Vec<Line>> = BTreeMap::new();
        for line in lines {
            of_region.entry(line.region).or_default().push(line);
        }
        for source in &self.sources {
            let mut source = source.lock().await;
            let lines = of_region.remove(&source.place.code);
            lines
                .into_iter()
                .flatten()
                .for_each(|line| source.writes(line));
        }
    }

    /// Its journal is copied while all of them report; what they are answered from then on is lost, and so is what it wrote.
    async fn dies_while_they_report(&mut self) {
        let (mut told, mut pending) = (Vec::new(), 0);
        for source in &self.sources {
            let source = source.lock().await;
            let acknowledged = Arc::clone(&source.acknowledged);
            pending += source.written() - acknowledged.load(Ordering::SeqCst);
            told.push(acknowledged);
        }
        let heard = || told.iter().map(|told| told.load(Ordering::SeqCst));
        let enough = heard().sum::<u64>() + pending / 3;
        let sources = self.sources.clone();
        let reporting = tokio::spawn(async move {
            let reports = each(
                &sources,
                |mut source| async move { source.reports(7, 4).await },
            );
            reports.await
        });
        while heard().sum::<u64>() < enough && !reporting.is_finished() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        if heard().sum::<u64>() < enough {
            let ended = reporting.await;
            panic!("reports ended before it went down: {ended:?}");
        }
        let before: Vec<u64> = heard().collect();
        self.world.goes_down(Outage::Killed).await;
        // Whether it went well is not known to anybody: it died meanwhile.
        drop(reporting.await.unwrap());
        self.outages.push("open");
        for (source, acknowledged) in self.sources.iter().zip(before) {
            let found = source.lock().await.finds_its_place(acknowledged).await;
            self.checked.faults.extend(found.err());
        }
    }

    /// The day is netted and proven, approved and ordered.
    async fn nets(&mut self, number: usize, marks: BTreeMap<RegionCode, u64>) {
        let day = self.days[number];
        let (mut cycle, digest) = self.office.nets(day, marks.clone()).await;
        if number == 8 {
            self.goes_down("netted").await;
            assert_eq!(self.office.state(day).await, CycleState::Netted);
            let (_, again) = self.office.nets(day, marks).await;
            assert_eq!(again, digest, "the plan of {day}");
        }
        let after = number.checked_sub(WAITS).map(|at| &self.cycles[at]);
        let parts = proof::parts(&self.world, &self.sources, &mut cycle, after);
        self.checked.adds(parts.await);
        let before = number.checked_sub(1).map(|at| &self.cycles[at]);
        let of = (&cycle, before, after);
        let checked = proof::statements(&self.world, &mut self.office, &self.sources, of);
        let checked = checked.await;
        self.checked.adds(checked);
        self.office.approves(0, day, &digest).await;
        if number == 10 {
            self.goes_down("approved by one").await;
        }
        assert_eq!(self.office.state(day).await, CycleState::Netted);
        self.office.approves(1, day, &digest).await;
        if number == 11 {
            self.goes_down("approved").await;
        }
        assert_eq!(self.office.state(day).await, CycleState::Approved);
        self.office.instructs(day).await;
        assert_eq!(self.office.state(day).await, CycleState::Instructed);
        cycle.ordered = Some(self.world.clock.now().business_day_shanghai());
        self.cycles.push(cycle);
    }

    async fn quarrels(&mut self, day: BusinessDay) {
        let debts = self.story.sound(quarrels::DEBTS);
        let before = self.cycles.last().unwrap();
        let disputed = |row: &Pair| debts.iter().any(|leg| Pair::of(leg) == *row);
        let row = before.pairs.keys().find(|row| !disputed(row)).unwrap();
        let about = (before.day, *row, self.world.clock.now());
        let of = (&self.sources[..], &self.places[..]);
        quarrels::all(&mut self.office, of, &debts, about).await;
        assert!(day > before.day);
        self.goes_down("disputed").await;
    }

    /// Each region asks for what is settled of its disputes, and writes its side of each correction.
    async fn corrects(&mut self) {
        for (at, source) in self.sources.iter().enumerate() {
            let (legs, after) = quarrels::corrections(source, self.corrected[at]).await;
            self.corrected[at] = after;
            let mut source = source.lock().await;
            let code = source.place.code;
            let lines = legs.iter().flat_map(Line::both);
            lines
                .filter(|line| line.region == code)
                .for_each(|line| source.writes(line));
        }
    }

    /// The month is drawn up, confirmed and approved.
    async fn month_ends(&mut self) {
        drawn_up(&mut self.office, "2026-08").await;
        let of = (&mut self.world, &mut self.office, &self.sources);
        let (month, checked, died) = closing::month(of.0, of.1, of.2, MONTH).await;
        let died = std::iter::repeat_n("rows written in part", died);
        self.outages.extend(died);
        let rest = ["drawn up", "said", "approved of the month"];
        self.outages.extend(rest);
        self.checked.adds(checked);
        self.months.push(month);
    }

    /// Members' statements are asked for as of the last day.
    async fn ends(mut self) -> Outcome {
        let today = self.world.clock.now().business_day_shanghai();
        let members: BTreeMap<_, _> = self
            .places
            .iter()
            .map(|place| (place.code, place.member))
            .collect();
        let mut of_members: Vec<_> = members.values().copied().collect();
        of_members.sort();
        of_members.dedup();
        for cycle in &mut self.cycles {
            for member in &of_members {
                self.office.notes_statement(cycle, *member).await;
            }
        }
        let mut streams = BTreeMap::new();
        for source in &self.sources {
            let source = source.lock().await;
            streams.insert(source.place.code, source.stream.clone());
        }
        let meddled = proof_of_meddling(&self.world, &self.cycles, self.places[0].member).await;
        let silent = (self.silent(), self.days[SILENT_FROM]);
        self.world.ends().await;
        Outcome {
            evidence: Evidence {
                members,
                streams,
                cycles: self.cycles,
                months: self.months,
                silent,
                today,
            },
            checked: self.checked,
            too_soon: self.too_soon,
            outages: self.outages,
            meddled,
        }
    }
}

async fn proof_of_meddling(
    world: &World,
    cycles: &[Cycle],
    member: RegionCode,
) -> [Vec<String>; 2] {
    let day = cycles[1].day;
    let (papers, roots) = (world.papers(), world.roots());
    let meddling = move || proof::meddled((&papers, &roots), day, member);
    tokio::task::spawn_blocking(meddling).await.unwrap()
}
