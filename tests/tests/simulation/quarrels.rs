//! Disputes between regions: one says that the other owes it something of what a home region's fund paid, the other
//! answers, and they agree, or officers of the operator decide. It happens in two of three seeds, about settlements of the
//! workload, also while those are taken back, and follows from the seed.
//!
//! More is claimed than is left, too, and two regions, or two officers of one, speak at once. In a seed in which the
//! clearinghouse loses its disk nobody disputes anything: what was said after its backup would be said again, and settled
//! under another number then.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::audits::{Found, found};
use crate::bureau::{Acts, Ending, Wanted};
use crate::callers::Officers;
use crate::chance::Seeded;
use crate::desks::Desks;
use crate::dispute_desk::{Disputed, Says, Stands};
use crate::faults::clearing_is_lost;
use crate::register::region;
use crate::workload::Hospitals;

/// So many are disputed.
const QUARRELS: usize = 4;
/// How often it is looked whether what disputes came to is booked.
const LOOK_EVERY: Duration = Duration::from_millis(500);

struct Quarrel<'a> {
    hospitals: &'a Hospitals,
    acts: &'a Acts,
    chance: Seeded,
}

/// The story of a seed, to its end.
pub async fn all(hospitals: &Hospitals, (seed, regions): (u64, usize), acts: &Acts) {
    let chance = Seeded::new(seed, 7_200);
    if chance.one_in(3) || clearing_is_lost(seed, regions) {
        return;
    }
    let quarrel = Quarrel {
        hospitals,
        acts,
        chance,
    };
    for number in 0..QUARRELS {
        sleep(quarrel.chance.millis(900..2_600)).await;
        if let Some(found) = found(hospitals, &quarrel.chance, None) {
            quarrel.goes(number, &found).await;
        }
    }
}

/// One dispute of a later day.
pub async fn one(
    hospitals: &Hospitals,
    (seed, regions): (u64, usize),
    acts: &Acts,
    (number, chance): (usize, Seeded),
) {
    if clearing_is_lost(seed, regions) {
        return;
    }
    let quarrel = Quarrel {
        hospitals,
        acts,
        chance,
    };
    if let Some(found) = found(hospitals, &quarrel.chance, None) {
        quarrel.goes(number, &found).await;
    }
}

impl Quarrel<'_> {
    async fn goes(&self, number: usize, found: &Found) {
        let chance = &self.chance;
        let (of, treatment) = (found.asked.of, found.asked.treatment);
        let raiser = [of.home, treatment][chance.place(2)];
        let tenth = |most: i64| most / 10 * i64::try_from(chance.within(1..10)).unwrap();
        let claimed = 10 + tenth(found.paid - 9);
        let dispute = Disputed {
            name: format!("{}/q{number}", region(raiser)),
            of,
            treatment,
            settlement: found.settlement.clone(),
            fund: found.fund,
            paid: found.paid,
            raiser,
            claimed,
        };
        let part = tenth(claimed);
        if self.says(&dispute, Says::Raise).await.is_none() {
            return;
        }
        match chance.within(0..6) {
            0 => {
                self.says(&dispute, Says::Concede).await;
            }
            1 => self.agreed(&dispute, part).await,
            2 => {
                self.says(&dispute, Says::Reject).await;
                if self.says(&dispute, Says::Escalate).await.is_some() {
                    self.decided(&dispute, part).await;
                }
            }
            3 => {
                // Withdrawn while it is answered.
                let withdrawn = self.says(&dispute, Says::Withdraw);
                tokio::join!(self.says(&dispute, Says::Partly(part)), withdrawn);
            }
            4 => {
                // One officer accepts the answer while another has the operator decide.
                self.says(&dispute, Says::Partly(part)).await;
                let accepted = self.says(&dispute, Says::Accept(part));
                let (_, escalated) = tokio::join!(accepted, self.says(&dispute, Says::Escalate));
                if escalated.is_some() {
                    self.decided(&dispute, part).await;
                }
            }
            // Nothing is said to the answer.
            _ => {
                self.says(&dispute, Says::Partly(part)).await;
            }
        }
        // As much as was paid, beside the first; where that is taken, all of it is owed.
        let more = Disputed {
            name: format!("{}.more", dispute.name),
            claimed: found.paid,
            ..dispute
        };
        if self.says(&more, Says::Raise).await.is_some() {
            self.says(&more, Says::Concede).await;
        }
    }

    async fn agreed(&self, dispute: &Disputed, part: i64) {
        if self.says(dispute, Says::Partly(part)).await.is_some() {
            self.says(dispute, Says::Accept(part)).await;
        }
    }

    /// Two officers of the operator decide.
    async fn decided(&self, dispute: &Disputed, part: i64) {
        let fen = [0, part, dispute.claimed][self.chance.place(3)];
        if self.says(dispute, Says::Propose(fen)).await.is_some() {
            self.says(dispute, Says::Confirm(fen)).await;
        }
    }

    /// How it stands by it; nothing when that is refused, or not known.
    async fn says(&self, dispute: &Disputed, says: Says) -> Option<Stands> {
        said(self.hospitals, self.acts, dispute, says).await
    }
}

async fn said(
    hospitals: &Hospitals,
    acts: &Acts,
    dispute: &Disputed,
    says: Says,
) -> Option<Stands> {
    let wanted = Wanted::Said(dispute.clone(), says);
    match acts.want(hospitals, wanted).await {
        Some(Ending::Stands(stands)) => Some(stands),
        Some(_) | None => None,
    }
}

/// Looks at every dispute that was raised, and waits until both regions have booked what it came to; the stories of what
/// does not come to an end.
pub async fn ended(hospitals: &Hospitals, acts: &Acts, within: Duration) -> Vec<String> {
    let mut stories = Vec::new();
    let raised = |(wanted, done)| match (wanted, done) {
        (Wanted::Said(dispute, Says::Raise), Some(Ending::Stands(_))) => Some(dispute),
        _ => None,
    };
    let raised: Vec<Disputed> = acts.all().into_iter().filter_map(raised).collect();
    for dispute in raised {
        let Some(stands) = said(hospitals, acts, &dispute, Says::Look).await else {
            stories.push(format!("{} is not listed", dispute.name));
            continue;
        };
        if stands.settled.is_none_or(|(fen, _)| fen == 0) {
            continue;
        }
        for party in [dispute.raiser, dispute.respondent()] {
            let booked = booked(party, &dispute.correction(), within).await;
            if let Err(why) = booked {
                let party = region(party);
                stories.push(format!("{party} did not book {}: {why}", dispute.name));
            }
        }
    }
    stories
}

/// Waits until a region has a leg of this id.
async fn booked(party: usize, leg: &str, within: Duration) -> Result<(), String> {
    let (mut officers, mut desks) = (Officers::of(party), Desks::of(party));
    let begun = Instant::now();
    loop {
        let written = officers.status().await.map(|status| status.legs_written);
        let told = match written {
            Ok(written) => desks.disputes.has_leg(leg, written).await,
            Err(status) => Err(status.message().to_owned()),
        };
        match told {
            Ok(true) => return Ok(()),
            told if begun.elapsed() > within => return Err(format!("{told:?}")),
            _ => sleep(LOOK_EVERY).await,
        }
    }
}
