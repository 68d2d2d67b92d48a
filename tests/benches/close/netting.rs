//! Netting alone: the legs of the same journal, read with the same reader, joined, planned, and the plan proven.

use std::thread;
use std::time::Instant;

use huitong_netting::{Inputs, check_beside, plan};

use crate::bare::journal;
use crate::day::{FOLDER, day, regions};
use crate::figures::{Figures, highest_memory};
use crate::ground::Ground;
use crate::joining::{Joined, joined};

/// Reads the day and nets it.
pub(crate) fn net(ground: &Ground) -> Figures {
    let config = ground.clearinghouse(FOLDER, &regions());
    let (journal, mut figures) = (journal(ground), Figures::default());
    let begun = Instant::now();
    let Joined { marks, legs } = joined(&journal, &regions());
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
    check_beside(&planned, &inputs, |one, other| {
        thread::scope(|scope| {
            let other = scope.spawn(other);
            (one(), other.join().unwrap())
        })
    })
    .unwrap();
    figures.add("check", begun);
    figures.legs = planned.legs();
    figures.memory = highest_memory();
    figures
}
