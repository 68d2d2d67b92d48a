//! Stays that are billed in parts: the first days while the patient is there, the rest at the discharge, each under an id of
//! its own and one visit. They are one admission, and no part is paid twice. Some parts are sent again under another id, some
//! are taken back and settled again. It follows from the seed.
//!
//! Not here: a bill of the whole stay beside one of its parts, which is to be refused.

use tokio::time::sleep;

use crate::chance::Seeded;
use crate::faults::losing_its_disk;
use crate::register::{IN_PARTS, Somebody, Stay};
use crate::workload::{Asked, BEGIN_WITHIN_MS, HOMES, Hospitals};

/// Stories of one seed, each of another person.
const STORIES: u64 = 2;

/// All stories of a seed, to their ends.
pub async fn all(hospitals: &Hospitals, of: (u64, usize)) {
    tokio::join!(one(hospitals, of, 0), one(hospitals, of, STORIES - 1));
}

async fn one(hospitals: &Hospitals, (seed, regions): (u64, usize), nth: u64) {
    let chance = Seeded::new(seed, 9_000 + nth);
    let lost = losing_its_disk(seed, regions);
    let but_lost = |place: usize| match lost {
        Some(lost) if lost == place => (place + 1) % regions,
        Some(_) | None => place,
    };
    let of = Somebody {
        home: but_lost(chance.place(regions.min(HOMES))),
        person: IN_PARTS + nth,
    };
    let treatment = but_lost(chance.place(regions));
    let part = |name: &str, stay| Asked {
        treatment,
        request_id: format!("p{nth}.{name}"),
        visit: format!("p{nth}"),
        of,
        stay,
        fen: i64::try_from(chance.within(300..9_000)).unwrap() * 100,
    };
    sleep(chance.millis(0..BEGIN_WITHIN_MS)).await;
    let (begun, rest) = (part("begun", Stay::Begun), part("rest", Stay::Rest));
    settles(hospitals, &begun, &chance).await;
    settles(hospitals, &rest, &chance).await;
    if chance.one_in(2) && hospitals.history.settlement(&rest).is_some() {
        hospitals.history.ask_back(&rest);
        hospitals
            .reverse_with_patience(&rest, ".back", &chance)
            .await;
        let right = part("right", Stay::Rest);
        settles(hospitals, &right, &chance).await;
    }
}

/// A part, and mostly once more under another id, which has no visit left.
async fn settles(hospitals: &Hospitals, part: &Asked, chance: &Seeded) {
    hospitals.history.ask(part);
    hospitals.settle_with_patience(part, chance).await;
    if chance.within(0..4) > 0 && hospitals.history.settlement(part).is_some() {
        let request_id = format!("{}.again", part.request_id);
        let again = Asked {
            request_id,
            ..part.clone()
        };
        hospitals.history.ask(&again);
        hospitals.settle_with_patience(&again, chance).await;
    }
}
