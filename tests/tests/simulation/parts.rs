//! Stays that are billed in parts: the first days while the patient is there, the rest at the discharge, each under an id of
//! its own and one visit. They are one admission, and no part is paid twice. Some parts are sent again under another id, some
//! are taken back and settled again. Most of these stays are billed whole as well: after a part of them stands, before any
//! does, or at once with the first; whichever comes later is to be refused. It follows from the seed.
//!
//! Not here: two parts of the same days, which nobody refuses: what days a bill is of is the institution's word.

use tokio::time::sleep;

use crate::chance::Seeded;
use crate::faults::losing_its_disk;
use crate::register::{IN_PARTS, Somebody, Stay};
use crate::workload::{Asked, BEGIN_WITHIN_MS, HOMES, Hospitals};

/// Stories of one seed that begin with a part.
const IN_ORDER: u64 = 2;

/// All stories of a seed, to their ends, each of another person.
pub async fn all(hospitals: &Hospitals, of: (u64, usize)) {
    let parts = |nth| Parts::of(hospitals, of, nth);
    let (one, other, whole) = (parts(0), parts(IN_ORDER - 1), parts(IN_ORDER));
    tokio::join!(one.come_first(), other.come_first(), whole.come_after());
}

/// One stay, and its bills.
struct Parts<'a> {
    hospitals: &'a Hospitals,
    chance: Seeded,
    nth: u64,
    of: Somebody,
    treatment: usize,
}

impl<'a> Parts<'a> {
    fn of(hospitals: &'a Hospitals, (seed, regions): (u64, usize), nth: u64) -> Self {
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
        Self {
            hospitals,
            chance,
            nth,
            of,
            treatment,
        }
    }

    fn bill(&self, name: &str, stay: Stay) -> Asked {
        let nth = self.nth;
        Asked {
            treatment: self.treatment,
            request_id: format!("p{nth}.{name}"),
            visit: format!("p{nth}"),
            of: self.of,
            stay,
            fen: i64::try_from(self.chance.within(300..9_000)).unwrap() * 100,
        }
    }

    /// The whole is billed when a part or all of them stand.
    async fn come_first(self) {
        let chance = &self.chance;
        sleep(chance.millis(0..BEGIN_WITHIN_MS)).await;
        let whole = self.bill("whole", Stay::Before);
        self.settles(&self.bill("begun", Stay::Begun)).await;
        let is_billed_whole = chance.within(0..4);
        if is_billed_whole == 0 {
            self.settles(&whole).await;
        }
        let rest = self.bill("rest", Stay::Rest);
        self.settles(&rest).await;
        if is_billed_whole == 1 {
            self.settles(&whole).await;
        }
        if chance.one_in(2) && self.takes_back(&rest).await {
            if is_billed_whole == 2 {
                // Its first days stand.
                self.settles(&whole).await;
            }
            self.settles(&self.bill("right", Stay::Rest)).await;
        }
    }

    /// The whole is billed first, or at once with a part of it.
    async fn come_after(self) {
        let chance = &self.chance;
        sleep(chance.millis(0..BEGIN_WITHIN_MS)).await;
        let (whole, begun) = (
            self.bill("whole", Stay::Before),
            self.bill("begun", Stay::Begun),
        );
        if chance.one_in(2) {
            tokio::join!(self.settles(&whole), self.settles(&begun));
        } else {
            self.settles(&whole).await;
            self.settles(&begun).await;
        }
        if chance.one_in(2) && self.takes_back(&whole).await {
            self.settles(&self.bill("then", Stay::Begun)).await;
        }
        self.settles(&self.bill("rest", Stay::Rest)).await;
    }

    /// Has a bill taken back; whether it ever stood.
    async fn takes_back(&self, bill: &Asked) -> bool {
        if self.hospitals.history.settlement(bill).is_none() {
            return false;
        }
        self.hospitals.history.ask_back(bill);
        let back = self
            .hospitals
            .reverse_with_patience(bill, ".back", &self.chance);
        back.await;
        true
    }

    /// A bill, and where it stands mostly once more under another id, which has no visit left.
    async fn settles(&self, bill: &Asked) {
        let (hospitals, chance) = (self.hospitals, &self.chance);
        hospitals.history.ask(bill);
        hospitals.settle_with_patience(bill, chance).await;
        if chance.within(0..4) > 0 && hospitals.history.settlement(bill).is_some() {
            let request_id = format!("{}.again", bill.request_id);
            let again = Asked {
                request_id,
                ..bill.clone()
            };
            hospitals.history.ask(&again);
            hospitals.settle_with_patience(&again, chance).await;
        }
    }
}
