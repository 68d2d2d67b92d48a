//! A restored node whose peer does not answer: an officer has it serve without that region, and nothing passes between
//! the two until the node has collected anew. Whoever was served meanwhile on a record that lacked something is held
//! then, until an officer has looked. It happens in some seeds in which a node loses its disk, and follows from the seed.

use std::time::Duration;

use huitong_core::record::NodeRecord;
use huitong_core::region::RegionCode;
use tokio::time::{Instant, sleep, sleep_until};

use crate::callers::Officers;
use crate::chance::Seeded;
use crate::faults::{Loss, leaving_out, losing_its_disk};
use crate::orders::{Order, Orders};
use crate::party::host;
use crate::register::{PEOPLE, Somebody, Stay, region};
use crate::workload::{Asked, Hospitals, PATIENCE};

/// How often officers look.
pub const LOOK_EVERY: Duration = Duration::from_millis(300);

/// The region with which something passed by a record that is no word of a recovery.
pub fn passes(record: &NodeRecord) -> Option<RegionCode> {
    match record {
        NodeRecord::Committed(record) => Some(record.claim.treatment),
        NodeRecord::ReversalOrdered(record) => Some(record.body().clearing.treatment),
        NodeRecord::Settled(record) => Some(record.receipt.body.clearing.home),
        NodeRecord::ReversalBooked(record) => Some(record.reversal.body.clearing.home),
        NodeRecord::HandWritten(record) => Some(record.clone().into_word().new_home),
        NodeRecord::HandTaken(record) => Some(record.hand.word.old_home),
        _ => None,
    }
}

struct Story<'a> {
    hospitals: &'a Hospitals,
    chance: Seeded,
    loss: Loss,
    away: usize,
    /// A third region.
    third: usize,
}

/// The story of a seed, to its end.
pub async fn all(hospitals: &Hospitals, (seed, regions): (u64, usize), orders: &Orders) {
    let Some((loss, away)) = leaving_out(seed, regions) else {
        return;
    };
    let mut places = 0..regions;
    let third = places.find(|place| ![loss.node, away].contains(place));
    let story = Story {
        hospitals,
        chance: Seeded::new(seed, 5_000),
        loss,
        away,
        third: third.unwrap_or(loss.node),
    };
    story.goes(orders).await;
}

impl Story<'_> {
    async fn goes(&self, orders: &Orders) {
        let (loss, away, chance) = (self.loss, self.away, &self.chance);
        let began = Instant::now();
        let person = chance.within(0..PEOPLE);
        let of = Somebody {
            home: loss.node,
            person,
        };
        sleep(loss.copied + Duration::from_millis(50)).await;
        // The backup lacks it, and the region that is left out has it.
        tokio::select! {
            biased;
            () = self.settles("before", of, away) => {}
            () = sleep_until(began + loss.lost) => {}
        }
        sleep_until(began + loss.lost + Duration::from_millis(20)).await;
        turmoil::partition(host(loss.node), host(away));
        self.notes(format_args!("{} and {away} are cut off", loss.node));
        let mut officers = Officers::of(loss.node);
        let left_out = self.leaves_out(&mut officers).await;
        self.notes(format_args!("left out: {left_out:?}"));
        turmoil::repair(host(loss.node), host(away));
        tokio::join!(
            self.settles("across", of, away),
            self.settles("back", Somebody { home: away, person }, loss.node),
            async {
                // It is not forgotten by a restart.
                sleep(chance.millis(0..1_500)).await;
                orders.give(Order::Restart(loss.node)).await;
                let without = chance.millis(2_000..5_000);
                tokio::select! {
                    biased;
                    () = async {
                        self.settles("elsewhere", of, self.third).await;
                        sleep(without).await;
                    } => {}
                    // The person may be held already.
                    () = sleep(without + without) => {}
                }
                orders.give(Order::CollectAnew(loss.node)).await;
                let released = self.releases(&mut officers).await;
                self.notes(format_args!("released: {released:?}"));
                self.settles("after", of, self.third).await;
            }
        );
    }

    fn notes(&self, what: std::fmt::Arguments<'_>) {
        self.hospitals.log.note("left out", what);
    }

    async fn settles(&self, name: &str, of: Somebody, treatment: usize) {
        let name = format!("l.{name}");
        let asked = Asked {
            treatment,
            request_id: name.clone(),
            visit: name,
            of,
            stay: Stay::Before,
            fen: i64::try_from(self.chance.within(300..9_000)).unwrap() * 100,
        };
        self.hospitals.history.ask(&asked);
        let settling = self.hospitals.settle_with_patience(&asked, &self.chance);
        settling.await;
    }

    /// Has the node serve without the region, once it waits for that one alone.
    async fn leaves_out(&self, officers: &mut Officers) -> Result<(), String> {
        let begun = Instant::now();
        let away = region(self.away).to_string();
        loop {
            let waits_for = officers.status().await.map(|status| status.recovering_from);
            let told = match waits_for {
                Ok(waits_for) if waits_for == [away.clone()] => officers.leave_out(self.away).await,
                Ok(waits_for) => Err(format!("it waits for {waits_for:?}")),
                Err(status) => Err(status.message().to_owned()),
            };
            if told.is_ok() || begun.elapsed() > PATIENCE {
                return told;
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until the node serves with everybody again and nobody is held there.
    async fn releases(&self, officers: &mut Officers) -> Result<(), String> {
        let begun = Instant::now();
        loop {
            let told = released(officers, self.loss.node, Whom::All).await;
            if told.is_ok() || begun.elapsed() > PATIENCE {
                return told;
            }
            sleep(LOOK_EVERY).await;
        }
    }
}

/// Whom an officer releases.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// Whoever is held.
    All,
    /// Those who do not move. The others are released only when nothing fails any more: so long late claims find them
    /// held.
    WhoeverStays,
}

/// Releases people who are held, once the node serves with everybody again; why it does not, or whom it still holds.
pub async fn released(officers: &mut Officers, home: usize, whom: Whom) -> Result<(), String> {
    let status = officers.status().await;
    let status = status.map_err(|status| status.message().to_owned())?;
    let (waits_for, left_out) = (status.recovering_from, status.left_out);
    if !(waits_for.is_empty() && left_out.is_empty()) {
        return Err(format!("waits for {waits_for:?}, without {left_out:?}"));
    }
    let mut released = Vec::new();
    for held in status.held {
        let mut people = (0..PEOPLE).map(|person| Somebody { home, person }.psn_no());
        if whom == Whom::All || people.any(|person| person == held.psn_no) {
            officers.release(held.psn_no.clone()).await?;
            released.push(held.psn_no);
        }
    }
    if released.is_empty() {
        Ok(())
    } else {
        Err(format!("{released:?} were held"))
    }
}

/// The end of whatever holds people, when nothing fails any more; the story of what does not come to one.
pub async fn ended(
    officers: &mut [Officers],
    (seed, regions): (u64, usize),
    within: Duration,
) -> Option<String> {
    let home = losing_its_disk(seed, regions)?;
    let begun = Instant::now();
    loop {
        match released(&mut officers[home], home, Whom::All).await {
            Ok(()) => return None,
            Err(why) if begun.elapsed() > within => {
                return Some(format!("{}: {why}", region(home)));
            }
            Err(_) => sleep(LOOK_EVERY).await,
        }
    }
}
