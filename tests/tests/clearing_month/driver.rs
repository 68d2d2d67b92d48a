//! How the month goes: each business day is worked, closed, cut off, attested, netted, proven, approved, ordered and paid.
//! The clearinghouse goes down in each of these states, on days of their own.

mod attesting;
mod members;
mod paying;
mod prefunds;
mod reporting;

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::date::BusinessDay;
use huitong_core::leg::Leg;
use huitong_core::region::RegionCode;
use huitong_document::calendar::state_council;
use huitong_proto::clearing::v1::CycleState;
use huitong_transport::Clock as _;

use crate::closing::{self, Deaths, drawn_up};
use crate::evidence::{Cycle, Evidence, Order, Prefund, Said};
use crate::misread::How;
use crate::office::{Cut, Office};
use crate::proof::{self, Checked};
use crate::register::{Place, places};
use crate::source::{self, Shared, each};
use crate::story::Story;
use crate::tables::{self, Compared};
use crate::world::{Moves, Outage, World};
use members::Moving;
use prefunds::Watched;

/// The last business day of the month before, which is a month of one cycle here.
const BEFORE: &str = "2026-08-31";
const MONTH_BEFORE: &str = "2026-08";
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
const WAITS: usize = 6;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Setup {
    pub seed: u64,
    pub regions: usize,
    /// In each region on each day.
    pub visits: usize,
    pub moves: Moves,
    pub goes_on: GoesOn,
}

/// How long it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GoesOn {
    /// Until the first cycle after the month, and the month is closed.
    ToTheEnd,
    /// For so many cycles, after the last of which nothing is told.
    For(usize),
}

/// What came of it.
#[derive(Debug)]
pub struct Outcome {
    pub evidence: Evidence,
    /// What was checked offline, and what did not hold when it was looked at.
    pub checked: Checked,
    /// What was to be checked: of each cycle the part of every region that had not left and the statement of every member of
    /// one, of the month every region's part and its file.
    pub to_check: [usize; 4],
    /// Payments that were tried while an earlier one was open.
    pub too_soon: usize,
    /// In which states it went down.
    pub outages: Vec<&'static str>,
    /// What the command says of a statement that was changed, and of a book that lacks legs.
    pub meddled: [Vec<String>; 2],
    /// What another tool comes to.
    pub compared: Compared,
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
    goes_on: GoesOn,
    silent_from: BusinessDay,
    cycles: Vec<Cycle>,
    moves: Moves,
    orders: Vec<Order>,
    prefund: Prefund,
    watched: Watched,
    months: Vec<crate::evidence::Month>,
    checked: Checked,
    to_check: [usize; 4],
    outages: Vec<&'static str>,
    too_soon: usize,
    moving: Moving,
    joined: BTreeMap<RegionCode, BusinessDay>,
    left: BTreeMap<RegionCode, BusinessDay>,
    /// Up to where the streams of those are held that are suspended or have left.
    stood: BTreeMap<RegionCode, u64>,
    /// Until which cycle a region has a leg otherwise, and how.
    misread: Vec<(usize, RegionCode, Leg, How)>,
    /// The last correction that each region booked.
    corrected: Vec<u64>,
    chance: fastrand::Rng,
}

/// A month, from its first day to the first cycle after it.
pub async fn pass(setup: Setup) -> Outcome {
    let (mut places, mut days) = (places(setup.regions + 1), days());
    let silent_from = days[SILENT_FROM];
    if let GoesOn::For(cycles) = setup.goes_on {
        days.truncate(cycles);
    }
    let joining = places.pop().unwrap();
    let world = World::begin(&places, days[0], setup.moves).await;
    let sources = source::all(&world, &places);
    let joins = source::all(&world, &[joining]).pop().unwrap();
    let moving = Moving::of(&places, (joining, joins));
    let of = (setup.seed, setup.visits);
    let mut month = Month {
        office: Office::of(&world),
        prefund: prefunds::begun(places[0].member, places[1].member),
        story: Story::new(of, &places, days.len() - 2, moving.leaving),
        corrected: vec![0; places.len()],
        chance: fastrand::Rng::with_seed(setup.seed ^ 1),
        world,
        places,
        sources,
        days,
        goes_on: setup.goes_on,
        silent_from,
        cycles: Vec::new(),
        moves: setup.moves,
        orders: Vec::new(),
        watched: Watched::default(),
        months: Vec::new(),
        checked: Checked::default(),
        to_check: [0; 4],
        outages: Vec::new(),
        too_soon: 0,
        moving,
        joined: BTreeMap::new(),
        left: BTreeMap::new(),
        stood: BTreeMap::new(),
        misread: Vec::new(),
    };
    for number in 0..month.days.len() {
        month.day(number).await;
    }
    month.ends().await
}

impl Month {
    fn today(&self) -> BusinessDay {
        self.world.clock.now().business_day_shanghai()
    }

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
        if number == self.days.len() - 1 && self.goes_on == GoesOn::ToTheEnd {
            self.month_ends().await;
        }
        self.stands(number).await;
        self.banks(number).await;
        self.prefund_is_paid(number).await;
        self.goes(number).await;
        let late = self.works(number).await;
        self.world.clock.put(day, "17:30");
        let is_absent = number == ABSENT;
        let present = self.active()[usize::from(is_absent)..].to_vec();
        each(
            &present,
            |mut source| async move { source.closes(day).await },
        )
        .await;
        self.write(late).await;
        each(&self.here(), |mut source| async move {
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
        let said = self.attest(number, &present, &marks).await;
        if is_absent || self.is_untold() {
            let refused = self.office.is_not_netted(day).await;
            assert_eq!(refused.as_deref(), Some("cycle.not_attested"));
            // Nobody is waited for any longer.
            self.world.clock.put(day, "19:30");
        }
        if number == 6 {
            self.goes_down("attested").await;
            assert_eq!(self.office.state(day).await, CycleState::Attested);
        }
        self.nets(number, marks, said).await;
        self.prefund_is_watched(number).await;
    }

    /// The day is netted and proven, approved and ordered.
    async fn nets(
        &mut self,
        number: usize,
        marks: BTreeMap<RegionCode, u64>,
        said: BTreeMap<RegionCode, Said>,
    ) {
        let day = self.days[number];
        let (mut cycle, digest) = self.office.nets(day, marks.clone()).await;
        (cycle.said, cycle.stood) = (said, self.stood.clone());
        if number == 8 {
            self.goes_down("netted").await;
            assert_eq!(self.office.state(day).await, CycleState::Netted);
            let (_, again) = self.office.nets(day, marks).await;
            assert_eq!(again, digest, "the plan of {day}");
        }
        let after = number.checked_sub(WAITS).map(|at| &self.cycles[at]);
        let here = self.here();
        let parts = proof::parts(&self.world, &here, &mut cycle, after);
        self.checked.adds(parts.await);
        let before = number.checked_sub(1).map(|at| &self.cycles[at]);
        let of = (&cycle, before, after);
        let checked = proof::statements(&self.world, &mut self.office, &here, of);
        let checked = checked.await;
        self.checked.adds(checked);
        self.to_check[0] += here.len();
        self.to_check[1] += self.members_here().len();
        self.cycles.push(cycle);
        self.orders(number, &digest).await;
    }

    fn members_here(&self) -> BTreeSet<RegionCode> {
        let here = self.places.iter();
        let here = here.filter(|place| !self.left.contains_key(&place.code));
        here.map(|place| place.member).collect()
    }

    /// The month is drawn up, confirmed and approved.
    async fn month_ends(&mut self) {
        if self.moves == Moves::ByMonth {
            self.month_is_closed(MONTH_BEFORE).await;
        } else {
            drawn_up(&mut self.office, MONTH_BEFORE).await;
        }
        self.month_is_closed(MONTH).await;
        if self.moves == Moves::ByMonth {
            self.pays_the_months().await;
        }
    }

    async fn month_is_closed(&mut self, name: &str) {
        let of = (&mut self.world, &mut self.office, &self.sources);
        // It goes down in each state where money moves by the day: what a month comes to is the same.
        let deaths = match self.moves {
            Moves::ByDay => Deaths::InEachState,
            Moves::ByMonth => Deaths::None,
        };
        let (month, checked, died) = closing::month(of.0, of.1, of.2, (name, deaths)).await;
        if deaths == Deaths::InEachState {
            let died = std::iter::repeat_n("rows written in part", died);
            self.outages.extend(died);
            let rest = ["drawn up", "said", "approved of the month"];
            self.outages.extend(rest);
        }
        self.checked.adds(checked);
        self.to_check[2] += self.places.len();
        self.to_check[3] += 1;
        self.months.push(month);
    }

    /// Members' statements are asked for as of the last day.
    async fn ends(mut self) -> Outcome {
        self.waits();
        let today = self.today();
        let members: BTreeMap<_, _> = self
            .places
            .iter()
            .map(|place| (place.code, place.member))
            .collect();
        for cycle in &mut self.cycles {
            let of_cycle: BTreeSet<_> = cycle.marks.keys().map(|region| members[region]).collect();
            for member in of_cycle {
                self.office.notes_statement(cycle, member).await;
            }
        }
        let (mut streams, mut said) = (BTreeMap::new(), BTreeMap::new());
        for source in &self.sources {
            let source = source.lock().await;
            let code = source.place.code;
            streams.insert(code, source.stream.clone());
            said.extend(
                source
                    .said
                    .iter()
                    .map(|(number, of)| ((code, *number), *of)),
            );
        }
        let meddled = proof_of_meddling(&self.world, &self.cycles, self.places[0].member).await;
        let since = match self.moves {
            Moves::ByDay => self.silent_from,
            Moves::ByMonth => self.days[1],
        };
        let silent = (self.silent(), since);
        let orders = self.orders.clone();
        self.pays_the_rest().await;
        let evidence = Evidence {
            members,
            streams,
            said,
            cycles: self.cycles,
            orders,
            prefund: self.prefund,
            joined: self.joined,
            left: self.left,
            months: self.months,
            silent,
            today,
        };
        let compared = tables::compared(&self.world, &evidence).await;
        self.world.ends().await;
        Outcome {
            evidence,
            checked: self.checked,
            to_check: self.to_check,
            too_soon: self.too_soon,
            outages: self.outages,
            meddled,
            compared,
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
