//! What regions attested of cycles that are cut off, and what is kept out of nets because of it.
//!
//! What a region said otherwise stays kept out, in later cycles too, until the same region says it as it is held: silence
//! ends nothing. What the rows of a cycle come to is found once, when it is the next to be netted and somebody asks, so
//! that a thousand regions can be asked without looking through all legs for each. Deliberately absent: who is right.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use huitong_core::canonical::encode_to_vec;
use huitong_core::checkpoint::difference::Difference;
use huitong_core::checkpoint::row::{Pair, Row, RowError, rows};
use huitong_core::checkpoint::search::RowLegs;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::{Digest, sha256};
use huitong_core::leg::{Debt, Leg};
use huitong_core::record::clearing::{CycleReopened, DifferencesTold, RegionAttested};
use huitong_core::region::RegionCode;
use huitong_core::{canonical_enum, canonical_struct};
use huitong_netting::{NettingPlan, Run};

use super::Cycle;
use super::matching::{Backs, Matching, Place};

/// How many rows that were looked into are kept at hand.
const ROWS_AT_HAND: usize = 4;

/// Which numbers of a region's stream a cycle may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Numbers {
    /// The last number of the marks before.
    pub(crate) from: u64,
    /// The last number of this cycle's.
    pub(crate) to: u64,
    /// Up to `from` the numbers that are inside both marks, after it those that are not.
    pub(crate) except: Vec<Run>,
}

impl Numbers {
    fn of(mut numbers: Vec<u64>, from: u64, to: u64) -> Self {
        numbers.sort_unstable();
        let (again, fresh) = numbers.split_at(numbers.partition_point(|number| *number <= from));
        let mut except: Vec<Run> = Vec::new();
        for number in again {
            match except.last_mut() {
                Some(run) if run.last.saturating_add(1) == *number => run.last = *number,
                Some(_) | None => except.push(Run {
                    first: *number,
                    last: *number,
                }),
            }
        }
        let mut next = from.saturating_add(1);
        for number in fresh.iter().copied().chain([to.saturating_add(1)]) {
            if number > next {
                except.push(Run {
                    first: next,
                    last: number.saturating_sub(1),
                });
            }
            next = number.saturating_add(1);
        }
        Self { from, to, except }
    }
}

/// What is asked of the cycle that is to be netted next. The legs stay where they are held: there are millions of them.
#[derive(Debug)]
pub(crate) struct Attesting {
    pub(crate) day: BusinessDay,
    pub(crate) rows: BTreeMap<Pair, Row>,
    /// By region that has a row.
    pub(crate) numbers: BTreeMap<RegionCode, Numbers>,
    /// The numbers of each row's legs in the creditor's stream: a row costs what it has, not what is held.
    places: BTreeMap<Pair, Vec<u64>>,
    /// The last rows that were looked into, each with its legs.
    looked_into: Mutex<VecDeque<Arc<RowLegs>>>,
}

impl Attesting {
    /// # Errors
    /// When a row's sum is out of range: then the cycle gives no plan either.
    pub(crate) fn of(
        day: BusinessDay,
        cycle: &Cycle,
        (matching, before): (&Matching, Option<&NettingPlan>),
    ) -> Result<Self, RowError> {
        let mut numbers: BTreeMap<RegionCode, Vec<u64>> = BTreeMap::new();
        let mut of_rows: BTreeMap<Pair, Vec<u64>> = BTreeMap::new();
        // What officers left out and what waits for what it takes back is not asked about: the cycle will not take it.
        let left_out = |leg: &Leg| cycle.left_out.has(leg.debt(), Pair::of(leg));
        let held_back = matching.held_back((Some(&cycle.marks), day), &left_out, Backs::All);
        let asked = || {
            let legs = matching.agreed_legs(&cycle.marks, day);
            legs.filter(|(leg, [number, _])| {
                !left_out(leg) && !held_back.contains(&(leg.creditor, *number))
            })
        };
        for (leg, places) in asked() {
            for (region, number) in [leg.creditor, leg.debtor].into_iter().zip(places) {
                numbers.entry(region).or_default().push(number);
            }
            let [of_creditor, _] = places;
            of_rows.entry(Pair::of(leg)).or_default().push(of_creditor);
        }
        let numbers = numbers.into_iter().map(|(region, numbers)| {
            let from = before.and_then(|plan| plan.window(region));
            let from = from.map_or(0, |window| window.to);
            let to = cycle.marks.get(&region).copied().unwrap_or(from);
            (region, Numbers::of(numbers, from, to))
        });
        let rows = rows(asked().map(|(leg, _)| leg))?;
        Ok(Self {
            day,
            rows: rows.into_iter().map(|row| (row.pair, row)).collect(),
            numbers: numbers.collect(),
            places: of_rows,
            looked_into: Mutex::default(),
        })
    }

    /// Where the legs of a row are held; nowhere when there is no such row.
    pub(crate) fn places(&self, pair: Pair) -> impl Iterator<Item = Place> + '_ {
        let numbers = self.places.get(&pair).into_iter().flatten();
        numbers.map(move |number| (pair.creditor, *number))
    }

    /// A row with its legs; those that were asked for last are at hand.
    pub(crate) fn legs(
        &self,
        pair: Pair,
        read: impl FnOnce() -> Result<RowLegs, RowError>,
    ) -> Result<Arc<RowLegs>, RowError> {
        let mut last = self
            .looked_into
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = last.iter().find(|legs| legs.row().pair == pair) {
            return Ok(Arc::clone(found));
        }
        let found = Arc::new(read()?);
        if last.len() >= ROWS_AT_HAND {
            last.pop_front();
        }
        last.push_back(Arc::clone(&found));
        Ok(found)
    }
}

/// A region's word on a cycle, without the rows that are as they are held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attested {
    pub(crate) incarnation: u32,
    pub(crate) at: Timestamp,
    /// Over all its rows: one incarnation has one word.
    pub(crate) digest: Digest,
    pub(crate) otherwise: BTreeMap<Pair, Otherwise>,
}

canonical_struct!(Attested {
    incarnation,
    at,
    digest,
    otherwise
});

/// A row that a region's book has otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Otherwise {
    /// What it attested; none when its book has no leg of the row.
    pub(crate) told: Option<Row>,
    /// The legs that differ, once it has told them.
    pub(crate) differences: Option<Vec<Difference>>,
}

canonical_struct!(Otherwise { told, differences });

impl Attested {
    pub(crate) fn of(attested: &RegionAttested) -> Self {
        let told = |pair: &Pair| attested.rows.iter().find(|row| row.pair == *pair).copied();
        let otherwise = attested.otherwise.iter().map(|pair| {
            let row = Otherwise {
                told: told(pair),
                differences: None,
            };
            (*pair, row)
        });
        Self {
            incarnation: attested.incarnation,
            at: attested.at,
            digest: digest(&attested.rows),
            otherwise: otherwise.collect(),
        }
    }

    /// The word with the differences that were told of one of its rows.
    pub(crate) fn with(mut self, told: &DifferencesTold) -> Self {
        if let Some(row) = self.otherwise.get_mut(&told.pair) {
            row.differences = Some(told.differences.clone());
        }
        self
    }

    /// The rows of which it is not told yet in which legs they differ.
    pub(crate) fn searched(&self) -> impl Iterator<Item = Pair> + '_ {
        let rows = self.otherwise.iter();
        let open = rows.filter(|(_, row)| row.differences.is_none());
        open.map(|(pair, _)| *pair)
    }

    /// In place of one that a reopening took the ground from: it is of no incarnation, so every one is asked.
    pub(crate) fn withdrawn(at: Timestamp) -> Self {
        Self {
            incarnation: 0,
            at,
            digest: digest(&[]),
            otherwise: BTreeMap::new(),
        }
    }

    /// Whether a region said it.
    pub(crate) const fn is_said(&self) -> bool {
        self.incarnation > 0
    }
}

/// The regions whose words a reopening takes the ground from: those of the rows that something is left out of, either way
/// round, since what takes that back is left out as well.
pub(crate) fn asked_anew(reopened: &CycleReopened) -> BTreeSet<RegionCode> {
    let left_out = &reopened.left_out;
    let rows = left_out.debts.iter().map(|(_, pair)| pair);
    let rows = rows.chain(&left_out.rows);
    rows.flat_map(|pair| [pair.debtor, pair.creditor]).collect()
}

/// What identifies a word among others of one region on one cycle.
pub(crate) fn digest(rows: &[Row]) -> Digest {
    sha256(&encode_to_vec(&rows.to_vec()))
}

/// What of a row is kept out of nets, because a region attested it otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kept {
    /// All of it: which legs differ is not told.
    Row,
    /// These legs.
    Legs(BTreeSet<Debt>),
}

canonical_enum!(Kept { 1 => Row, 2 => Legs(debts) });

impl Kept {
    /// What is kept out once a region told the differences of a row; nothing when it only has legs that are not held.
    pub(crate) fn after(told: &DifferencesTold) -> Option<Self> {
        let held = told.differences.iter().filter_map(Difference::held);
        let here = held.filter(|leg| Pair::of(leg) == told.pair);
        let debts: BTreeSet<Debt> = here.map(Leg::debt).collect();
        (!debts.is_empty()).then_some(Self::Legs(debts))
    }

    fn keeps(&self, debt: Debt) -> bool {
        match self {
            Self::Row => true,
            Self::Legs(debts) => debts.contains(&debt),
        }
    }
}

/// What a region's word says of each row that it names: whether it is kept out from now on.
pub(crate) fn kept_after(
    attested: &RegionAttested,
) -> impl Iterator<Item = (Pair, Option<Kept>)> + '_ {
    let otherwise = attested
        .otherwise
        .iter()
        .map(|pair| (*pair, Some(Kept::Row)));
    let alike = attested.rows.iter().map(|row| row.pair);
    let alike = alike.filter(|pair| attested.otherwise.binary_search(pair).is_err());
    otherwise.chain(alike.map(|pair| (pair, None)))
}

/// What regions attested.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attestations {
    /// Of cycles that the index may not know as netted.
    words: BTreeMap<(BusinessDay, RegionCode), Attested>,
    kept: BTreeMap<(RegionCode, Pair), Kept>,
}

impl Attestations {
    /// As they were kept.
    pub(crate) const fn new(
        words: BTreeMap<(BusinessDay, RegionCode), Attested>,
        kept: BTreeMap<(RegionCode, Pair), Kept>,
    ) -> Self {
        Self { words, kept }
    }

    pub(crate) fn attested(&mut self, record: &RegionAttested) {
        let place = (record.day, record.region);
        self.words.insert(place, Attested::of(record));
        for (pair, kept) in kept_after(record) {
            self.keep((record.region, pair), kept);
        }
    }

    pub(crate) fn told(&mut self, record: &DifferencesTold) {
        let place = (record.day, record.region);
        if let Some(word) = self.words.remove(&place) {
            self.words.insert(place, word.with(record));
        }
        self.keep((record.region, record.pair), Kept::after(record));
    }

    /// Lets go of words on a cycle that something is left out of. What they keep out stays so until the same regions say
    /// otherwise.
    pub(crate) fn reopened(&mut self, record: &CycleReopened) {
        for region in asked_anew(record) {
            self.words.remove(&(record.day, region));
        }
    }

    fn keep(&mut self, place: (RegionCode, Pair), kept: Option<Kept>) {
        match kept {
            Some(kept) => self.kept.insert(place, kept),
            None => self.kept.remove(&place),
        };
    }

    /// A region's word on a cycle.
    pub(crate) fn word(&self, day: BusinessDay, region: RegionCode) -> Option<&Attested> {
        self.words.get(&(day, region))
    }

    /// All words on a cycle that are here.
    pub(crate) fn of_day(&self, day: BusinessDay) -> BTreeMap<RegionCode, Attested> {
        let words = self.words.iter().filter(|((of, _), _)| *of == day);
        words
            .map(|((_, region), word)| (*region, word.clone()))
            .collect()
    }

    /// Whether a leg is kept out of nets: one of its regions attested it otherwise and has not said since that it is as it
    /// is held.
    pub(crate) fn keeps_out(&self, pair: Pair, debt: Debt) -> bool {
        [pair.debtor, pair.creditor].into_iter().any(|region| {
            let kept = self.kept.get(&(region, pair));
            kept.is_some_and(|kept| kept.keeps(debt))
        })
    }

    /// Whether anything is kept out.
    pub(crate) fn keeps_anything(&self) -> bool {
        !self.kept.is_empty()
    }

    /// Lets go of the words on cycles up to this one, which the index has now.
    pub(crate) fn forget(&mut self, up_to: BusinessDay) {
        self.words.retain(|(day, _), _| *day > up_to);
    }
}
