//! What regions come to owe each other, day by day: settlements, their reversals, audit deductions and their ends. Most of
//! it is reported at once by both; some comes late, twice, from one side only, or not alike and right a day later.

use std::collections::BTreeMap;

use fastrand::Rng;
use huitong_core::date::BusinessDay;
use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind, Side};
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;

use crate::register::Place;

const FUNDS: [Fund; 3] = [
    Fund::ResidentPool,
    Fund::EmployeePool,
    Fund::ResidentCriticalIllness,
];
/// So many of a hundred visits are of people of the region that does not pay.
const OF_THE_SILENT: u32 = 6;

/// What the first region owes the second by a visit of each day.
pub const OF_A_DAY: i64 = 5_000_000;

/// What a region is to write into its stream.
#[derive(Debug, Clone)]
pub struct Line {
    pub region: RegionCode,
    pub side: Side,
    pub leg: Leg,
    /// Of which settlement the deduction is, as whoever owes it says beside it.
    pub of: Option<SettlementId>,
}

impl Line {
    fn of(side: Side, leg: &Leg) -> Self {
        let region = match side {
            Side::Receivable => leg.creditor,
            Side::Payable => leg.debtor,
        };
        Self {
            region,
            side,
            leg: leg.clone(),
            of: None,
        }
    }

    /// The same, where it is the side that owes, with what it says beside it.
    fn said(self, settlement: SettlementId) -> Self {
        let of = Some(settlement).filter(|_| self.side == Side::Payable);
        Self { of, ..self }
    }

    /// Both sides of a debt.
    pub fn both(leg: &Leg) -> [Self; 2] {
        [Side::Receivable, Side::Payable].map(|side| Self::of(side, leg))
    }
}

/// What is written on a day.
#[derive(Debug, Default)]
pub struct Told {
    /// Before the day is closed.
    pub in_time: Vec<Line>,
    /// After it.
    pub late: Vec<Line>,
}

/// How a debt comes to be reported.
enum Course {
    AtOnce,
    BothLate,
    OneLate(Side),
    /// The debtor's amount is wrong, and right on the next day.
    Differs,
    /// One side comes two days later; both report on the day between that it is taken back, or that some is deducted.
    Missing(Side),
    /// Both report it once more on the next day.
    Twice,
}

/// The story of a month.
pub struct Story {
    chance: Rng,
    places: Vec<Place>,
    /// Visits in each region and day.
    visits: usize,
    serial: u64,
    /// The last day of which something is told later.
    last: usize,
    later: BTreeMap<usize, Vec<Line>>,
    /// Settlements that both reported, oldest first, of which nothing came since.
    sound: Vec<Leg>,
    deducted: Vec<Leg>,
    /// Settlements of the day before that one side does not report before the next one, and that are taken back meanwhile.
    half_reported: Vec<Leg>,
    /// Such of which some is deducted meanwhile.
    half_deducted: Vec<Leg>,
    /// Whatever is of this region is reported at once by both, as long as it is there: so nothing of it is left over.
    tidy: RegionCode,
}

impl Story {
    pub fn new(
        (seed, visits): (u64, usize),
        places: &[Place],
        last: usize,
        tidy: RegionCode,
    ) -> Self {
        Self {
            chance: Rng::with_seed(seed),
            places: places.to_vec(),
            visits,
            serial: 0,
            last,
            later: BTreeMap::new(),
            sound: Vec::new(),
            deducted: Vec::new(),
            half_reported: Vec::new(),
            half_deducted: Vec::new(),
            tidy,
        }
    }

    /// One more region takes part.
    pub fn joins(&mut self, place: Place) {
        self.places.push(place);
    }

    /// One takes part no more; nothing of it is taken back.
    pub fn leaves(&mut self, code: RegionCode) {
        self.places.retain(|place| place.code != code);
        let is_other = |leg: &Leg| ![leg.debtor, leg.creditor].contains(&code);
        self.sound.retain(is_other);
        self.deducted.retain(is_other);
        self.half_reported.retain(is_other);
        self.half_deducted.retain(is_other);
    }

    /// What the second region says of one that has left.
    pub fn strays(&mut self, left: RegionCode, day: BusinessDay) -> Vec<Line> {
        let mut leg = self.visit(1, day, &[]);
        leg.debtor = left;
        vec![Line::of(Side::Receivable, &leg)]
    }

    /// Settlements of earlier days that nothing came of; they are taken out.
    pub fn sound(&mut self, count: usize) -> Vec<Leg> {
        let count = count.min(self.sound.len());
        self.sound.drain(..count).collect()
    }

    /// What happens on a day, of which `earlier` are the days before.
    pub fn day(&mut self, number: usize, day: BusinessDay, earlier: &[BusinessDay]) -> Told {
        let mut told = Told {
            in_time: self.later.remove(&number).unwrap_or_default(),
            late: Vec::new(),
        };
        if number > self.last {
            return told;
        }
        for of in std::mem::take(&mut self.half_reported) {
            let back = self.against(&of, LegKind::Reversal, day);
            told.in_time.extend(Line::both(&back));
        }
        for of in std::mem::take(&mut self.half_deducted) {
            let lines = Line::both(&half_of(&of, day));
            let lines = lines.map(|line| line.said(of.settlement));
            told.in_time.extend(lines);
        }
        let before = self.sound.len();
        for at in 0..self.places.len() {
            for _ in 0..self.visits {
                let leg = self.visit(at, day, earlier);
                let drawn = self.course();
                let is_tidy = [leg.debtor, leg.creditor].contains(&self.tidy);
                let course = if is_tidy { Course::AtOnce } else { drawn };
                self.reported(number, &leg, &course, &mut told);
            }
        }
        let mut daily = self.visit(1, day, &[]);
        daily.debtor = self.places[0].code;
        daily.fund = Fund::ResidentPool;
        daily.amount = Fen::new(OF_A_DAY).unwrap();
        told.in_time.extend(Line::both(&daily));
        for back in self.taken_back(before, day) {
            told.in_time.extend(Line::both(&back));
        }
        told
    }

    fn next_id(&mut self) -> SettlementId {
        self.serial += 1;
        let mut random = [0; 10];
        random[2..].copy_from_slice(&self.serial.to_be_bytes());
        // Ids do not stand in the order in which they are made.
        SettlementId::from_parts(self.chance.i64(0..1 << 40), random)
    }

    fn visit(&mut self, at: usize, day: BusinessDay, earlier: &[BusinessDay]) -> Leg {
        let creditor = self.places[at].code;
        let home = if at > 0 && self.chance.u32(0..100) < OF_THE_SILENT {
            0
        } else {
            (at + self.chance.usize(1..self.places.len())) % self.places.len()
        };
        let is_earlier = self.chance.u32(0..100) < 6 && !earlier.is_empty();
        let business_day = if is_earlier {
            earlier[self.chance.usize(0..earlier.len())]
        } else {
            day
        };
        let settlement = self.next_id();
        Leg {
            settlement,
            kind: LegKind::Settlement,
            debtor: self.places[home].code,
            creditor,
            fund: FUNDS[self.chance.usize(0..FUNDS.len())],
            amount: Fen::new(self.chance.i64(100..5_000_000)).unwrap(),
            business_day,
            receipt: sha256(settlement.to_string().as_bytes()),
        }
    }

    fn course(&mut self) -> Course {
        let side = if self.chance.bool() {
            Side::Receivable
        } else {
            Side::Payable
        };
        match self.chance.u32(0..100) {
            0..6 => Course::BothLate,
            6..10 => Course::OneLate(side),
            10..14 => Course::Differs,
            14..17 => Course::Missing(side),
            17..20 => Course::Twice,
            _ => Course::AtOnce,
        }
    }

    fn reported(&mut self, number: usize, leg: &Leg, course: &Course, told: &mut Told) {
        let other = |side: Side| match side {
            Side::Receivable => Side::Payable,
            Side::Payable => Side::Receivable,
        };
        match course {
            Course::AtOnce => {
                told.in_time.extend(Line::both(leg));
                self.sound.push(leg.clone());
            }
            Course::BothLate => told.late.extend(Line::both(leg)),
            Course::OneLate(side) => {
                told.late.push(Line::of(*side, leg));
                told.in_time.push(Line::of(other(*side), leg));
            }
            Course::Differs => {
                let mut wrong = leg.clone();
                wrong.amount = Fen::new(leg.amount.get() + 1).unwrap();
                told.in_time.push(Line::of(Side::Receivable, leg));
                told.in_time.push(Line::of(Side::Payable, &wrong));
                self.later(number + 1, [Line::of(Side::Payable, leg)]);
            }
            Course::Missing(side) => {
                told.in_time.push(Line::of(other(*side), leg));
                self.later(number + 2, [Line::of(*side, leg)]);
                let half = if self.serial.is_multiple_of(2) {
                    &mut self.half_reported
                } else {
                    &mut self.half_deducted
                };
                half.push(leg.clone());
            }
            Course::Twice => {
                told.in_time.extend(Line::both(leg));
                self.later(number + 1, Line::both(leg));
            }
        }
    }

    /// Something that is told on a later day, at the latest on the one after the last.
    pub fn later(&mut self, number: usize, lines: impl IntoIterator<Item = Line>) {
        let number = number.min(self.last + 1);
        self.later.entry(number).or_default().extend(lines);
    }

    /// Reversals, deductions and ends of deductions, of what was reported on days before.
    fn taken_back(&mut self, before: usize, day: BusinessDay) -> Vec<Leg> {
        let mut back = Vec::new();
        let mut count = before.min(self.places.len() / 4 + 2);
        while count > 0 {
            count -= 1;
            let at = self.chance.usize(0..=count);
            let of = self.sound.remove(at);
            let kind = if self.chance.bool() {
                LegKind::Reversal
            } else {
                LegKind::Deduction
            };
            let leg = self.against(&of, kind, day);
            if kind == LegKind::Deduction {
                self.deducted.push(leg.clone());
            }
            back.push(leg);
        }
        // Some of those of earlier days are withdrawn.
        let few = self.places.len() / 16 + 1;
        let over = self.deducted.len().saturating_sub(self.places.len() / 4);
        let ended: Vec<Leg> = self.deducted.drain(..few.min(over)).collect();
        let ended = ended.iter();
        back.extend(ended.map(|of| self.against(of, LegKind::DeductionEnd, day)));
        back
    }

    /// What goes back the other way: all of it, or of a deduction some part.
    fn against(&mut self, of: &Leg, kind: LegKind, day: BusinessDay) -> Leg {
        let (settlement, amount) = match kind {
            LegKind::Deduction => {
                let part = self.chance.i64(1..=of.amount.get());
                (self.next_id(), Fen::new(part).unwrap())
            }
            _ => (of.settlement, of.amount),
        };
        Leg {
            settlement,
            kind,
            debtor: of.creditor,
            creditor: of.debtor,
            fund: of.fund,
            amount,
            business_day: day,
            receipt: sha256(format!("{kind} of {settlement}").as_bytes()),
        }
    }
}

/// Half of a settlement is deducted.
fn half_of(of: &Leg, day: BusinessDay) -> Leg {
    let [.., a, b, c, d, e, f, g, h] = of.settlement.to_bytes();
    Leg {
        settlement: SettlementId::from_parts(1 << 41, [1, 1, a, b, c, d, e, f, g, h]),
        kind: LegKind::Deduction,
        debtor: of.creditor,
        creditor: of.debtor,
        amount: Fen::new((of.amount.get() / 2).max(1)).unwrap(),
        business_day: day,
        receipt: sha256(format!("half of {}", of.settlement).as_bytes()),
        fund: of.fund,
    }
}
