//! The parts of a close with nothing around them, from the same journal and to the same disk.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write as _;
use std::time::Instant;

use huitong_core::canonical::Artifact as _;
use huitong_core::leg::{Debt, NumberedLeg, Side};
use huitong_core::merkle;
use huitong_core::record::clearing::ClearingRecord;
use huitong_core::region::RegionCode;
use huitong_journal::{DirDisk, Frame, Journal, Options, Position};

use crate::day::FOLDER;
use crate::figures::{Figures, highest_memory};
use crate::ground::Ground;

/// Reads, joins, hashes, and writes so many bytes.
pub(crate) fn parts(ground: &Ground, bytes: u64) -> Figures {
    let mut figures = Figures::default();
    let journal = journal(ground);

    // The same reader and the same decoder, and one column of what they give.
    let begun = Instant::now();
    let mut sum = 0_i128;
    each_leg(&journal, |numbered| {
        sum += i128::from(numbered.leg.amount.get())
    });
    assert!(sum > 0);
    figures.add("read and sum", begun);

    let mut legs = Vec::new();
    each_leg(&journal, |numbered| {
        legs.push((numbered.side, numbered.leg))
    });
    let begun = Instant::now();
    let mut known: HashMap<Debt, u32> = HashMap::with_capacity(legs.len() / 2);
    let mut joined = 0_u64;
    for (place, (_, leg)) in legs.iter().enumerate() {
        match known.remove(&leg.debt()) {
            Some(_) => joined += 1,
            None => drop(known.insert(leg.debt(), place as u32)),
        }
    }
    assert!(known.is_empty());
    drop(known);
    figures.add("join by id", begun);
    figures.legs = joined;

    legs.retain(|(side, _)| *side == Side::Receivable);
    let begun = Instant::now();
    let leaves: Vec<_> = legs
        .iter()
        .map(|(_, leg)| merkle::leaf_hash(&leg.to_bytes()))
        .collect();
    std::hint::black_box(merkle::root(&leaves));
    figures.add("hash", begun);
    drop((legs, leaves));

    let part = vec![7; 1 << 20];
    let begun = Instant::now();
    let mut out = File::create(ground.place("bare")).unwrap();
    let mut left = bytes;
    while left > 0 {
        let now = left.min(1 << 20);
        out.write_all(&part[..now as usize]).unwrap();
        left -= now;
    }
    out.sync_data().unwrap();
    figures.add("write bytes", begun);
    figures.bytes = bytes;
    figures.memory = highest_memory();
    figures
}

/// The day's journal.
pub(crate) fn journal(ground: &Ground) -> Journal {
    let disk = DirDisk::at(ground.place(FOLDER).join("journal")).unwrap();
    Journal::open(disk, Options::standard(), None).unwrap().0
}

/// Each leg with whose stream it is in.
fn each_leg(journal: &Journal, mut visit: impl FnMut(NumberedLeg)) {
    for frame in journal.reader().frames_from(Position::START) {
        legs_of(&frame.unwrap(), |_, legs| {
            legs.into_iter().for_each(&mut visit)
        });
    }
}

/// The legs of each report of a frame, with whose stream they are in.
pub(crate) fn legs_of(frame: &Frame, mut visit: impl FnMut(RegionCode, Vec<NumberedLeg>)) {
    for record in frame.records() {
        let ClearingRecord::LegsTaken(taken) = ClearingRecord::from_bytes(record).unwrap() else {
            continue;
        };
        visit(taken.region, taken.legs);
    }
}
