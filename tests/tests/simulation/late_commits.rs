//! Claims that are given up while what was put to their home region is still on its way: it arrives when the id is buried,
//! with the version of a person of whom nothing else has changed since. What must never stand then would, if nobody
//! remembered that. It follows from the seed.

use std::ops::Range;
use std::sync::Arc;

use huitong_certs::Identity;
use tokio::time::sleep;

use crate::chance::Seeded;
use crate::faults::losing_its_disk;
use crate::party::Party;
use crate::register::{GIVEN_UP, Somebody, Stay, region};
use crate::workload::{Asked, BEGIN_WITHIN_MS, HOMES, Hospitals};

/// How much later it arrives: whoever put it there has stopped waiting by then, and asked for the id to be buried.
const LATER_MS: Range<u64> = 2_500..9_000;
/// How many claims of one person are given up, one after the other.
const CLAIMS: u64 = 2;

/// All stories of a seed, to their ends, each of another person.
pub async fn all(hospitals: &Hospitals, of: (u64, usize), parties: &[Arc<Party>]) {
    tokio::join!(
        one(hospitals, of, 0, parties),
        one(hospitals, of, 1, parties)
    );
}

async fn one(
    hospitals: &Hospitals,
    (seed, regions): (u64, usize),
    nth: u64,
    parties: &[Arc<Party>],
) {
    let chance = Seeded::new(seed, 9_100 + nth);
    let lost = losing_its_disk(seed, regions);
    // Of these people a restored node knows nothing that others do not know too.
    let but = |mut place: usize, not: Option<usize>| {
        while Some(place) == lost || Some(place) == not {
            place = (place + 1) % regions;
        }
        place
    };
    let home = but(chance.place(regions.min(HOMES)), None);
    let treatment = but(chance.place(regions), Some(home).filter(|_| regions > 2));
    let by = Identity::RegionNode(region(treatment));
    let person = GIVEN_UP + nth;
    for claim in 0..CLAIMS {
        let name = format!("g{nth}.{claim}");
        let asked = Asked {
            treatment,
            request_id: name.clone(),
            visit: name,
            of: Somebody { home, person },
            stay: Stay::Before,
            fen: i64::try_from(chance.within(300..9_000)).unwrap() * 100,
        };
        sleep(chance.millis(0..BEGIN_WITHIN_MS / CLAIMS)).await;
        hospitals.history.ask(&asked);
        let wire = &parties[home].wire;
        wire.next_commit_comes_late(by.clone(), chance.millis(LATER_MS));
        tokio::join!(async { drop(hospitals.settle(&asked, 0).await) }, async {
            sleep(chance.millis(50..400)).await;
            hospitals.cancel_with_patience(&asked, &chance).await;
        });
        hospitals
            .echo
            .again(treatment, Some(&asked.request_id))
            .await;
    }
}
