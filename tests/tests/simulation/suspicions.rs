//! Expense checks between regions: the home region asks about a settlement that it finds suspicious, the treatment region
//! answers, and the home region confirms or sends the answer back once, also while the settlement is taken back. It happens
//! in two of three seeds, to settlements of the workload, and follows from the seed.
//!
//! A region that loses its disk checks and is asked as well; only what it alone knew is told of no further.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::audits::{Found, found};
use crate::bureau::{Acts, Ending, Wanted};
use crate::chance::Seeded;
use crate::check_desk::{CheckStands, Speaks, Suspicion};
use crate::faults::losing_its_disk;
use crate::register::region;
use crate::workload::{Hospitals, PATIENCE};

/// So many are checked.
const CHECKS: usize = 4;
/// How often it is looked whether every word has arrived.
const LOOK_EVERY: Duration = Duration::from_millis(500);

struct Bureaus<'a> {
    hospitals: &'a Hospitals,
    acts: &'a Acts,
    chance: Seeded,
    /// The region that loses its disk.
    lost: Option<usize>,
}

/// The story of a seed, to its end.
pub async fn all(hospitals: &Hospitals, (seed, regions): (u64, usize), acts: &Acts) {
    let chance = Seeded::new(seed, 7_300);
    if chance.one_in(3) {
        return;
    }
    let bureaus = Bureaus {
        hospitals,
        acts,
        chance,
        lost: losing_its_disk(seed, regions),
    };
    for number in 0..CHECKS {
        sleep(bureaus.chance.millis(900..2_600)).await;
        if let Some(found) = found(hospitals, &bureaus.chance, None) {
            bureaus.go(number, &found).await;
        }
    }
}

/// One check of a later day.
pub async fn one(hospitals: &Hospitals, acts: &Acts, (number, chance): (usize, Seeded)) {
    let bureaus = Bureaus {
        hospitals,
        acts,
        chance,
        lost: None,
    };
    if let Some(found) = found(hospitals, &bureaus.chance, None) {
        bureaus.go(number, &found).await;
    }
}

impl Bureaus<'_> {
    async fn go(&self, number: usize, found: &Found) {
        let chance = &self.chance;
        let tenth = found.paid / 10 * i64::try_from(chance.within(1..10)).unwrap();
        let asked = Suspicion {
            request_id: format!("s{number}"),
            check: String::new(),
            of: found.asked.of,
            treatment: found.asked.treatment,
            settlement: found.settlement.clone(),
            fund: found.fund,
            paid: found.paid,
        };
        let Some(stands) = self.say(&asked, Speaks::Ask).await else {
            return;
        };
        if stands.to_send > 0 && self.may_be_lost(&asked) {
            return;
        }
        let check = stands.check.clone();
        let of = Suspicion { check, ..asked };
        if !self.arrives(&of, stands).await {
            return;
        }
        let back = async {
            if chance.one_in(4) {
                sleep(chance.millis(0..900)).await;
                self.hospitals.history.ask_back(&found.asked);
                let taken_back =
                    self.hospitals
                        .reverse_with_patience(&found.asked, ".checked", chance);
                taken_back.await;
            }
        };
        let checked = async {
            if chance.one_in(3) {
                // No fund was owed more wrongly than it paid.
                self.say(&of, Speaks::Discrepancy(found.paid + 1)).await;
            }
            let finding = [Speaks::Verified, Speaks::Discrepancy(tenth)][chance.place(2)];
            if self.say(&of, finding).await.is_none() {
                return;
            }
            match chance.within(0..4) {
                // Nobody says anything to it.
                0 => {}
                1 => {
                    self.say(&of, Speaks::Confirm).await;
                }
                2 => {
                    // One officer confirms it while another sends it back.
                    let back = self.say(&of, Speaks::SendBack);
                    tokio::join!(self.say(&of, Speaks::Confirm), back);
                }
                _ => {
                    if self.say(&of, Speaks::SendBack).await.is_some() {
                        self.say(&of, Speaks::Discrepancy(tenth + 1)).await;
                        self.say(&of, Speaks::Confirm).await;
                    }
                }
            }
        };
        tokio::join!(checked, back);
    }

    /// Waits until the treatment region has what was asked; whether it takes it.
    async fn arrives(&self, of: &Suspicion, mut stands: CheckStands) -> bool {
        let begun = Instant::now();
        while stands.to_send > 0 {
            sleep(LOOK_EVERY).await;
            let seen = self.say(of, Speaks::LookAtHome).await;
            match seen {
                Some(seen) if begun.elapsed() <= PATIENCE => stands = seen,
                Some(_) | None => return false,
            }
        }
        !stands.is_refused()
    }

    fn may_be_lost(&self, of: &Suspicion) -> bool {
        let parties = [of.of.home, of.treatment];
        self.lost.is_some_and(|lost| parties.contains(&lost))
    }

    /// How the check stands by it; nothing when that is refused, or not known.
    async fn say(&self, of: &Suspicion, speaks: Speaks) -> Option<CheckStands> {
        said(self.hospitals, self.acts, of, speaks).await
    }
}

async fn said(
    hospitals: &Hospitals,
    acts: &Acts,
    of: &Suspicion,
    speaks: Speaks,
) -> Option<CheckStands> {
    let wanted = Wanted::Checked(of.clone(), speaks);
    match acts.want(hospitals, wanted).await {
        Some(Ending::Checked(stands)) => Some(stands),
        Some(_) | None => None,
    }
}

/// Looks at every check that the other region had when it was asked, in both, until both have all that was said; the
/// stories of what does not come to an end.
pub async fn ended(
    hospitals: &Hospitals,
    (seed, regions): (u64, usize),
    acts: &Acts,
    within: Duration,
) -> Vec<String> {
    let lost = losing_its_disk(seed, regions);
    let asked = |(wanted, done)| match (wanted, done) {
        (Wanted::Checked(of, Speaks::Ask), Some(Ending::Checked(stands))) => {
            let may_be_lost = [of.of.home, of.treatment].map(Some).contains(&lost);
            let is_there = stands.to_send == 0 || !(lost.is_some() && may_be_lost);
            let check = stands.check;
            is_there.then_some(Suspicion { check, ..of })
        }
        _ => None,
    };
    let asked: Vec<Suspicion> = acts.all().into_iter().filter_map(asked).collect();
    let mut stories = Vec::new();
    for of in asked {
        let begun = Instant::now();
        loop {
            let home = said(hospitals, acts, &of, Speaks::LookAtHome).await;
            let is_refused = home.as_ref().is_some_and(CheckStands::is_refused);
            if is_refused {
                break;
            }
            let there = said(hospitals, acts, &of, Speaks::LookThere).await;
            let both = [home, there];
            let has_all = |stands: &Option<CheckStands>| {
                stands.as_ref().is_some_and(|stands| stands.to_send == 0)
            };
            if both.iter().all(has_all) {
                break;
            }
            if begun.elapsed() > within {
                let parties = [of.of.home, of.treatment].map(region);
                stories.push(format!("{} of {parties:?} is open: {both:?}", of.check));
                break;
            }
            sleep(LOOK_EVERY).await;
        }
    }
    stories
}
