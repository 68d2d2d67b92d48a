//! Netting alone: the legs of the same journal, read with the same reader, joined, planned, and the plan proven. What is
//! joined was read and decoded on a thread of its own, as the clearinghouse does when it opens its store.

use std::collections::BTreeMap;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::mpsc::sync_channel;
use std::time::Instant;

use huitong_core::digest::Digest;
use huitong_core::leg::{Debt, NumberedLeg, Side};
use huitong_core::region::RegionCode;
use huitong_netting::{AgreedLeg, Inputs, check, plan};

use crate::bare::{each_report, journal};
use crate::day::{FOLDER, day, regions};
use crate::figures::{Figures, highest_memory};
use crate::ground::Ground;

/// Reports that are read ahead.
const READ_AHEAD: usize = 4;

/// Reads the day and nets it.
pub(crate) fn net(ground: &Ground) -> Figures {
    let config = ground.clearinghouse(FOLDER, &regions());
    let (journal, mut figures) = (journal(ground), Figures::default());
    let begun = Instant::now();
    let mut one_sided: HashMap<Debt, (u64, Digest)> = HashMap::new();
    let mut marks: BTreeMap<RegionCode, u64> = BTreeMap::new();
    let mut legs = Vec::new();
    let mut join = |region, numbered: NumberedLeg| {
        let (number, receipt) = (numbered.number, numbered.leg.receipt);
        marks.insert(region, number);
        match one_sided.entry(numbered.leg.debt()) {
            Entry::Vacant(free) => drop(free.insert((number, receipt))),
            Entry::Occupied(other) => {
                let (other, of_other) = other.remove();
                assert_eq!(of_other, receipt, "both tell the same");
                let (receivable, payable) = match numbered.side {
                    Side::Receivable => (number, other),
                    Side::Payable => (other, number),
                };
                legs.push(AgreedLeg::new(receivable, payable, &numbered.leg));
            }
        }
    };
    let (send, read) = sync_channel(READ_AHEAD);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            each_report(&journal, move |region, legs| {
                send.send((region, legs)).unwrap()
            })
        });
        for (region, report) in read {
            report.into_iter().for_each(|leg| join(region, leg));
        }
    });
    assert!(one_sided.is_empty(), "each debt is told by both");
    figures.add("read and join", begun);
    let begun = Instant::now();
    let inputs = Inputs {
        day: day(),
        parent: None,
        members: config.members(),
        marks: &marks,
        legs: &legs,
    };
    let planned = plan(&inputs).unwrap();
    figures.add("plan", begun);
    let begun = Instant::now();
    check(&planned, &inputs).unwrap();
    figures.add("check", begun);
    figures.legs = planned.legs();
    figures.memory = highest_memory();
    figures
}
