//! The legs of a journal, read by as many threads as the machine has processors, and joined: each debt as both told it.
//!
//! The reader is the one that the bare parts read with: it checks each frame and that it follows upon the one before, and
//! whoever has the next frame decodes it while another has the one after it read. Legs are laid down by who is owed, so that
//! the table in which those of one creditor are joined stays near the processor, and what is joined lies as the
//! clearinghouse's own matching gives it to a plan: creditor by creditor.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::thread;

use foldhash::fast::RandomState;
use huitong_core::leg::{Debt, NumberedLeg, Side};
use huitong_core::region::RegionCode;
use huitong_journal::{Frames, Journal, Position};
use huitong_netting::AgreedLeg;

use crate::bare::legs_of;

/// What is joined, and up to which number each region's stream goes.
pub(crate) struct Joined {
    pub(crate) marks: BTreeMap<RegionCode, u64>,
    pub(crate) legs: Vec<AgreedLeg>,
}

/// Reads all legs of these regions, and joins them.
pub(crate) fn joined(journal: &Journal, regions: &[RegionCode]) -> Joined {
    let threads = thread::available_parallelism().unwrap().get();
    let frames = Mutex::new(journal.reader().frames_from(Position::START));
    let read = beside_each_other(threads, || Laid::read(&frames, regions));
    let (mut marks, mut by_creditor) = (BTreeMap::new(), Vec::new());
    by_creditor.resize_with(regions.len(), Vec::new);
    for laid in read {
        for (region, mark) in laid.marks {
            let known = marks.entry(region).or_insert(0);
            *known = mark.max(*known);
        }
        for (all, some) in by_creditor.iter_mut().zip(laid.by_creditor) {
            all.push(some);
        }
    }
    let left = Mutex::new(by_creditor.into_iter());
    let mut parts = beside_each_other(threads, || join(&left)).into_iter();
    let mut legs = parts.next().unwrap();
    parts.for_each(|mut part| legs.append(&mut part));
    Joined { marks, legs }
}

fn beside_each_other<T: Send>(threads: usize, work: impl Fn() -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let begun: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
        let ended = begun.into_iter().map(|thread| thread.join().unwrap());
        ended.collect()
    })
}

/// What one thread read.
struct Laid {
    marks: BTreeMap<RegionCode, u64>,
    /// In the order of the regions.
    by_creditor: Vec<Vec<NumberedLeg>>,
}

impl Laid {
    fn read(frames: &Mutex<Frames>, regions: &[RegionCode]) -> Self {
        let place: HashMap<RegionCode, usize, RandomState> =
            regions.iter().copied().zip(0..).collect();
        let (mut marks, mut by_creditor) = (BTreeMap::new(), Vec::new());
        by_creditor.resize_with(regions.len(), Vec::new);
        let next = || frames.lock().unwrap().next();
        while let Some(frame) = next() {
            legs_of(&frame.unwrap(), |region, legs| {
                let last = legs.last().map_or(0, |numbered| numbered.number);
                let mark = marks.entry(region).or_insert(0);
                *mark = last.max(*mark);
                for numbered in legs {
                    by_creditor[place[&numbered.leg.creditor]].push(numbered);
                }
            });
        }
        Self { marks, by_creditor }
    }
}

/// Joins what is left, one creditor's legs at a time.
fn join(left: &Mutex<impl Iterator<Item = Vec<Vec<NumberedLeg>>>>) -> Vec<AgreedLeg> {
    let mut alone: HashMap<Debt, NumberedLeg, RandomState> = HashMap::default();
    let mut joined = Vec::new();
    let next = || left.lock().unwrap().next();
    while let Some(of_creditor) = next() {
        for one in of_creditor.into_iter().flatten() {
            match alone.entry(one.leg.debt()) {
                Entry::Vacant(free) => drop(free.insert(one)),
                Entry::Occupied(other) => {
                    let other = other.remove();
                    assert_eq!(other.leg, one.leg, "both tell the same");
                    let (receivable, payable) = match (one.side, other.side) {
                        (Side::Receivable, Side::Payable) => (one.number, other.number),
                        (Side::Payable, Side::Receivable) => (other.number, one.number),
                        _ => panic!("one side told it twice"),
                    };
                    joined.push(AgreedLeg::new(receivable, payable, &one.leg));
                }
            }
        }
        assert!(alone.is_empty(), "each debt is told by both");
    }
    joined
}
