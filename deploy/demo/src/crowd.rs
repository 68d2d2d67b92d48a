//! The crowd: seeded people with seeded illnesses, in the mix that the network sees.
//!
//! By count about 62 % ordinary outpatient visits, 5 % chronic, 27 % pharmacy and 6 % inpatient (published
//! for 2025). One seed gives one crowd. A few bills are wrong on purpose, as some always are.

use huitong_core::region::RegionCode;

use crate::desk::Desk;
use crate::world::World;
use crate::world::people::PEOPLE;

/// One bill in this many is wrong on purpose.
const WRONG_ONE_IN: u32 = 100;

/// What one member of the crowd brings to the counter.
#[derive(Debug, Clone)]
pub struct Errand {
    /// The home region.
    pub home: RegionCode,
    /// Which of the region's people.
    pub person: u32,
    /// The treatment region.
    pub treatment: RegionCode,
    /// Where in the region.
    pub desk: Desk,
    /// The kind of treatment, as the vocabulary spells it.
    pub setting: &'static str,
    /// How many days ago the patient came.
    pub days_ago: u16,
    /// How many days the patient stayed.
    pub nights: u16,
    /// Catalogue item and fen of each line.
    pub lines: Vec<(&'static str, i64)>,
    /// What is wrong with it, if anything.
    pub wrong: Option<Wrong>,
}

/// What is wrong with a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// A code that no catalogue has.
    UnknownCode,
    /// A person whose cover ended.
    Lapsed,
    /// A person whom no one knows.
    Stranger,
}

/// An endless crowd of a seed.
#[derive(Debug)]
pub struct Crowd {
    random: fastrand::Rng,
    regions: Vec<RegionCode>,
}

impl Crowd {
    /// The crowd of a seed.
    #[must_use]
    pub fn new(world: &World, seed: u64) -> Self {
        Self {
            random: fastrand::Rng::with_seed(seed),
            regions: world.places().iter().map(|place| place.code).collect(),
        }
    }

    fn region(&mut self, other_than: Option<RegionCode>) -> Option<RegionCode> {
        let candidates: Vec<RegionCode> = self
            .regions
            .iter()
            .copied()
            .filter(|region| Some(*region) != other_than)
            .collect();
        self.random.choice(candidates)
    }

    fn lines(&mut self, setting: &'static str) -> Vec<(&'static str, i64)> {
        let (count, items, typical_fen): (usize, &[&'static str], i64) = match setting {
            "inpatient" => (
                self.random.usize(8..=40),
                &[
                    "service",
                    "drug_a",
                    "drug_b",
                    "relaxed_exam",
                    "drug_c",
                    "ward_comfort",
                ],
                90_000,
            ),
            "pharmacy" => (
                self.random.usize(1..=3),
                &["drug_a", "drug_b", "drug_c"],
                4_000,
            ),
            _ => (
                self.random.usize(1..=8),
                &["service", "drug_a", "drug_b", "relaxed_exam"],
                7_000,
            ),
        };
        (0..count)
            .map(|_| {
                let item = self
                    .random
                    .choice(items.iter().copied())
                    .unwrap_or("service");
                // A product of two even draws has many small and few large amounts, as bills do.
                let stretch = self
                    .random
                    .i64(1..=200)
                    .saturating_mul(self.random.i64(1..=100));
                (
                    item,
                    typical_fen.saturating_mul(stretch).div_euclid(5_000).max(1),
                )
            })
            .collect()
    }
}

impl Iterator for Crowd {
    type Item = Errand;

    fn next(&mut self) -> Option<Errand> {
        let home = self.region(None)?;
        let treatment = self.region(Some(home))?;
        let (setting, desk) = match self.random.u8(0..100) {
            0..=61 => (
                "outpatient",
                self.random
                    .choice([Desk::Three, Desk::Two, Desk::One, Desk::Community])?,
            ),
            62..=66 => (
                "chronic",
                self.random
                    .choice([Desk::Three, Desk::Two, Desk::Community])?,
            ),
            67..=93 => ("pharmacy", Desk::Pharmacy),
            _ => (
                "inpatient",
                self.random
                    .choice([Desk::Three, Desk::Three, Desk::Two, Desk::One])?,
            ),
        };
        let nights = if setting == "inpatient" {
            self.random.u16(2..=14)
        } else {
            0
        };
        let lines = self.lines(setting);
        let wrong = if self.random.u32(0..WRONG_ONE_IN) == 0 {
            self.random
                .choice([Wrong::UnknownCode, Wrong::Lapsed, Wrong::Stranger])
        } else {
            None
        };
        Some(Errand {
            home,
            person: self.random.u32(0..PEOPLE),
            treatment,
            desk,
            setting,
            days_ago: self.random.u16(0..=15),
            nights,
            lines,
            wrong,
        })
    }
}
