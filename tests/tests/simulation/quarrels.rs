//! Disputes between regions: one says that the other owes it something of what a home region's fund paid, or of a row of a
//! cycle, the other answers, and they agree, or officers of the operator decide. It happens in two of three seeds, about
//! settlements of the workload, also while those are taken back, and about what was netted of earlier days, and follows from
//! the seed.
//!
//! More is claimed than is left, too, and two regions, or two officers of one, speak at once. In a seed in which the
//! clearinghouse loses its disk what settles a dispute is said when the disk cannot be lost any more, after all that was
//! said before is said again: settled before, a dispute might be settled under another number then, and its two
//! corrections would wait as legs that differ.

use std::collections::BTreeSet;
use std::time::Duration;

use huitong_core::canonical::Artifact as _;
use huitong_core::region::RegionCode;
use huitong_netting::NettingPlan;
use huitong_proto::clearing::v1::DisputeStage;
use huitong_proto::conversion::common::fund_to_wire;
use tokio::time::{Instant, sleep};

use crate::audits::{Found, found};
use crate::bureau::{Acts, Ending, Wanted};
use crate::callers::Officers;
use crate::chance::Seeded;
use crate::desks::Desks;
use crate::dispute_desk::{About, Disputed, Says, Stands};
use crate::faults::clearing_is_lost;
use crate::papers::Paper;
use crate::register::{REGIONS, region};
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
    if chance.one_in(3) {
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
            let dispute = quarrel.about(number, owed(&found));
            if clearing_is_lost(seed, regions) {
                quarrel.begins(&dispute).await;
            } else {
                quarrel.goes(dispute).await;
            }
        }
    }
}

/// One dispute of a later day, about a settlement or about a row of a day that is netted.
pub async fn one(
    hospitals: &Hospitals,
    acts: &Acts,
    cycles: &[Paper],
    (number, chance): (usize, Seeded),
) {
    let quarrel = Quarrel {
        hospitals,
        acts,
        chance,
    };
    let of_row = if quarrel.chance.within(0..3) > 0 {
        row(cycles, &quarrel.chance)
    } else {
        None
    };
    let owed = of_row.or_else(|| found(hospitals, &quarrel.chance, None).as_ref().map(owed));
    if let Some(owed) = owed {
        quarrel.goes(quarrel.about(number, owed)).await;
    }
}

/// What may be disputed: who owed whom, for which fund, and how much.
struct Owed {
    about: About,
    debtor: usize,
    creditor: usize,
    fund: i32,
    fen: i64,
}

fn owed(found: &Found) -> Owed {
    Owed {
        about: About::Settlement(found.settlement.clone()),
        debtor: found.asked.of.home,
        creditor: found.asked.treatment,
        fund: found.fund,
        fen: found.paid,
    }
}

/// A row of one of the days that are netted.
fn row(cycles: &[Paper], chance: &Seeded) -> Option<Owed> {
    let number = |of: RegionCode| {
        let code = of.to_string();
        REGIONS.iter().position(|known| *known == code).unwrap()
    };
    let plans = cycles.iter().filter_map(|paper| paper.plan.as_ref());
    let plans = plans.map(|plan| NettingPlan::from_bytes(plan).unwrap());
    let mut rows = Vec::new();
    for plan in plans {
        let worth = plan.gross().iter().filter(|row| row.amount.get() > 9);
        rows.extend(worth.map(|row| Owed {
            about: About::RowOf(plan.day().to_string()),
            debtor: number(row.debtor),
            creditor: number(row.creditor),
            fund: fund_to_wire(row.fund),
            fen: row.amount.get(),
        }));
    }
    let at = chance.place(rows.len().max(1));
    (at < rows.len()).then(|| rows.swap_remove(at))
}

impl Quarrel<'_> {
    /// Some of it, claimed by one of the two.
    fn about(&self, number: usize, owed: Owed) -> Disputed {
        let raiser = [owed.debtor, owed.creditor][self.chance.place(2)];
        Disputed {
            name: format!("{}/q{number}", region(raiser)),
            about: owed.about,
            debtor: owed.debtor,
            creditor: owed.creditor,
            fund: owed.fund,
            owed: owed.fen,
            raiser,
            claimed: 10 + self.tenth(owed.fen - 9),
        }
    }

    fn tenth(&self, most: i64) -> i64 {
        most / 10 * i64::try_from(self.chance.within(1..10)).unwrap()
    }

    /// Says what settles nothing yet.
    async fn begins(&self, dispute: &Disputed) {
        let answer = Says::Partly(half(dispute));
        if self.says(dispute, Says::Raise).await.is_none() {
            return;
        }
        match self.chance.within(0..5) {
            0 => {}
            1 => {
                self.says(dispute, answer).await;
            }
            2 => {
                self.says(dispute, Says::Reject).await;
                if self.says(dispute, Says::Escalate).await.is_some() {
                    self.says(dispute, Says::Propose(half(dispute))).await;
                }
            }
            3 => {
                // Withdrawn while it is answered.
                let withdrawn = self.says(dispute, Says::Withdraw);
                tokio::join!(self.says(dispute, answer), withdrawn);
            }
            _ => {
                self.says(dispute, answer).await;
                self.says(dispute, Says::Escalate).await;
            }
        }
    }

    async fn goes(&self, dispute: Disputed) {
        let part = self.tenth(dispute.claimed);
        if self.says(&dispute, Says::Raise).await.is_none() {
            return;
        }
        match self.chance.within(0..6) {
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
        // As much as was owed, beside the first; where that is taken, all of it is owed.
        let more = Disputed {
            name: format!("{}.more", dispute.name),
            claimed: dispute.owed,
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

/// What is answered, and proposed, of a dispute that is settled later.
const fn half(dispute: &Disputed) -> i64 {
    dispute.claimed / 2
}

/// Has everything said again that a restored clearinghouse may not know any more, in order, and then what settles it; the
/// stories of what it does not take again. Where a settlement was taken back since, nothing is left of it to dispute, and
/// what is lost of that dispute stays so.
pub async fn said_again(hospitals: &Hospitals, acts: &Acts) -> Vec<String> {
    let (mut stories, mut gone) = (Vec::new(), BTreeSet::new());
    for (wanted, done) in acts.all() {
        let (Wanted::Said(dispute, says), Some(Ending::Stands(_))) = (wanted, done) else {
            continue;
        };
        if gone.contains(&dispute.name) {
            continue;
        }
        let wanted = Wanted::Said(dispute.clone(), says);
        match (says, acts.want(hospitals, wanted).await) {
            (_, Some(Ending::Stands(_))) => {}
            (Says::Raise, Some(Ending::Refused(_))) => {
                acts.give_up(&dispute.name);
                gone.insert(dispute.name);
            }
            (says, told) => {
                let name = &dispute.name;
                stories.push(format!("{name} {says:?} is not taken again: {told:?}"));
            }
        }
    }
    for dispute in raised(acts) {
        settles(hospitals, acts, &dispute).await;
    }
    stories
}

/// Says what settles a dispute, as far as it has come.
async fn settles(hospitals: &Hospitals, acts: &Acts, dispute: &Disputed) {
    let part = half(dispute);
    let says = async |says| said(hospitals, acts, dispute, says).await;
    let stage = says(Says::Look).await.map(|stands| stands.stage);
    match stage {
        Some(DisputeStage::Raised) => {
            says(Says::Concede).await;
        }
        Some(DisputeStage::Answered) if is_said(acts, dispute, Says::Partly(part)) => {
            says(Says::Accept(part)).await;
        }
        Some(DisputeStage::Escalated) => {
            says(Says::Propose(part)).await;
            says(Says::Confirm(part)).await;
        }
        _ => {}
    }
}

fn is_said(acts: &Acts, of: &Disputed, says: Says) -> bool {
    acts.all().iter().any(|(wanted, done)| {
        matches!(wanted, Wanted::Said(dispute, said) if dispute.name == of.name && *said == says)
            && matches!(done, Some(Ending::Stands(_)))
    })
}

/// The disputes that were raised, and are not refused since, in order, each once.
fn raised(acts: &Acts) -> Vec<Disputed> {
    let mut raised: Vec<Disputed> = Vec::new();
    for (wanted, done) in acts.all() {
        let Wanted::Said(dispute, Says::Raise) = wanted else {
            continue;
        };
        if done.is_some() {
            raised.retain(|known| known.name != dispute.name);
        }
        if matches!(done, Some(Ending::Stands(_))) {
            raised.push(dispute);
        }
    }
    raised
}

/// Looks at every dispute that was raised, and waits until both regions have booked what it came to; the stories of what
/// does not come to an end.
pub async fn ended(hospitals: &Hospitals, acts: &Acts, within: Duration) -> Vec<String> {
    let mut stories = Vec::new();
    for dispute in raised(acts) {
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
