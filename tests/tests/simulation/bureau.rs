//! What a bureau does for one of its own people while hospitals settle for the same person: a bill brought home that
//! its hospital may settle directly too, what the own core system settled, and assistance on the year. It happens in
//! some seeds, to somebody whom no other story knows, and follows from the seed.
//!
//! Whatever is asked is repeated under its id until it is answered for good; the answers are written down.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::chance::Seeded;
use crate::check_desk::{CheckStands, Speaks, Suspicion};
use crate::desks::{Deducted, Deducting, Desks, External, Hand};
use crate::dispute_desk::{Disputed, Says, Stands};
use crate::faults::losing_its_disk;
use crate::register::{IN_NEED, Somebody, Stay};
use crate::workload::{Asked, HOMES, Hospitals, PATIENCE};

/// What an officer wants.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// A bill settled by hand.
    ByHand(Asked),
    /// A settlement by hand taken back.
    Back {
        request_id: String,
        of: Somebody,
        settlement: String,
    },
    /// What the core system settled recorded, and withdrawn.
    Recorded(External),
    Withdrawn(External),
    /// Assistance granted, and taken back.
    Granted {
        request_id: String,
        of: Somebody,
    },
    Ended {
        grant: String,
        of: Somebody,
    },
    /// Something taken off a settlement where it was settled, and given again.
    Deducted(Deducting),
    GivenAgain {
        deduction: String,
        of: Somebody,
        treatment: usize,
    },
    /// Something said in a dispute between two regions.
    Said(Disputed, Says),
    /// Something said in an expense check.
    Checked(Suspicion, Speaks),
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    Settled(Hand),
    /// Granted under this id.
    Granted(String),
    /// Deducted under this id, whether it has ended since or not.
    Deducted(String),
    /// Taken, and the dispute stands so.
    Stands(Stands),
    /// Taken, and the check stands so.
    Checked(CheckStands),
    Done,
    /// Refused for good.
    Refused(String),
}

/// What officers wanted, and were told; nothing while it is not known.
#[derive(Debug, Clone, Default)]
pub struct Acts(Arc<Mutex<Errands>>);

/// What was wanted, and what became of it.
pub type Errands = Vec<(Wanted, Option<Ending>)>;

impl Acts {
    pub fn all(&self) -> Errands {
        self.0.lock().unwrap().clone()
    }

    /// A dispute is gone: whatever was said in it and not answered never will be.
    pub fn give_up(&self, dispute: &str) {
        for (wanted, done) in self.0.lock().unwrap().iter_mut() {
            if matches!(wanted, Wanted::Said(of, _) if of.name == dispute) && done.is_none() {
                *done = Some(Ending::Refused("dispute.unknown".to_owned()));
            }
        }
    }

    /// Asks until it is answered for good or takes too long.
    pub async fn want(&self, hospitals: &Hospitals, wanted: Wanted) -> Option<Ending> {
        let number = {
            let mut acts = self.0.lock().unwrap();
            acts.push((wanted, None));
            acts.len() - 1
        };
        self.goes_on(hospitals, number, PATIENCE).await
    }

    async fn goes_on(
        &self,
        hospitals: &Hospitals,
        number: usize,
        within: Duration,
    ) -> Option<Ending> {
        let begun = Instant::now();
        let (wanted, known) = self.0.lock().unwrap()[number].clone();
        if known.is_some() {
            return known;
        }
        let mut desks = Desks::of(wanted.desks());
        while begun.elapsed() <= within {
            let told = wanted.asked_of(&mut desks).await;
            let what = format_args!("{wanted:?}: {told:?}");
            hospitals.log.note("bureau", what);
            let done = match told {
                Ok(done) => Some(done),
                Err(code) if is_for_good(&code) => Some(Ending::Refused(code)),
                Err(_) => None,
            };
            if done.is_some() {
                self.0.lock().unwrap()[number].1.clone_from(&done);
                return done;
            }
            sleep(Duration::from_millis(700)).await;
        }
        None
    }

    /// Asks again what was never answered; the stories of what still is not.
    pub async fn ended(&self, hospitals: &Hospitals, within: Duration) -> Vec<String> {
        let mut stories = Vec::new();
        for number in 0..self.all().len() {
            if self.goes_on(hospitals, number, within).await.is_none() {
                stories.push(format!("{:?} has no outcome", self.all()[number].0));
            }
        }
        stories
    }
}

/// Refusals that the story knows of; any other passes, or is a mistake of somebody.
fn is_for_good(code: &str) -> bool {
    [
        "visit.already_settled",
        "reversal.already_reversed",
        "reversal.nothing_stands",
        "deduction.too_large",
        "deduction.ended",
        "assistance.stands",
        "assistance.not_entitled",
        "assistance.nothing_counts",
        "check.not_now",
        "check.stands",
        "check.too_large",
        "check.too_small",
        "dispute.exceeds",
        "dispute.stage",
        "dispute.over",
    ]
    .contains(&code)
}

impl Wanted {
    /// The home region of whom it is about; of a dispute the one that owed.
    pub const fn home(&self) -> usize {
        match self {
            Self::ByHand(asked) => asked.of.home,
            Self::Recorded(settled) | Self::Withdrawn(settled) => settled.of.home,
            Self::Deducted(wanted) => wanted.of.home,
            Self::Said(dispute, _) => dispute.debtor,
            Self::Checked(asked, _) => asked.of.home,
            Self::Back { of, .. }
            | Self::Granted { of, .. }
            | Self::Ended { of, .. }
            | Self::GivenAgain { of, .. } => of.home,
        }
    }

    /// The region whose officer wants it.
    const fn desks(&self) -> usize {
        match self {
            Self::Deducted(wanted) => wanted.treatment,
            Self::GivenAgain { treatment, .. } => *treatment,
            Self::Said(dispute, says) => dispute.speaker(*says),
            Self::Checked(asked, speaks) => asked.speaker(*speaks),
            _ => self.home(),
        }
    }

    async fn asked_of(&self, desks: &mut Desks) -> Result<Ending, String> {
        match self {
            Self::ByHand(asked) => desks.by_hand(asked).await.map(Ending::Settled),
            Self::Back {
                request_id,
                of,
                settlement,
            } => {
                let back = desks.take_back(request_id, of.home, settlement);
                back.await.map(|()| Ending::Done)
            }
            Self::Recorded(settled) => desks.record(settled).await.map(|()| Ending::Done),
            Self::Withdrawn(settled) => {
                let core_id = &settled.core_id;
                desks.withdraw(core_id).await.map(|()| Ending::Done)
            }
            Self::Granted { request_id, of } => {
                desks.grant(request_id, *of).await.map(Ending::Granted)
            }
            Self::Ended { grant, .. } => desks.end_grant(grant).await.map(|()| Ending::Done),
            Self::Deducted(wanted) => desks.deduct(wanted).await.map(|done| match done {
                Deducted::Taken(deduction) => Ending::Deducted(deduction),
                Deducted::Refused(code) => Ending::Refused(code),
            }),
            Self::Said(dispute, says) => {
                let said = desks.disputes.say(dispute, *says);
                said.await.map(Ending::Stands)
            }
            Self::Checked(asked, speaks) => {
                let said = desks.checks.say(asked, *speaks);
                said.await.map(Ending::Checked)
            }
            Self::GivenAgain { deduction, .. } => {
                let done = desks.give_again(deduction).await;
                done.map(|done| match done {
                    Deducted::Taken(_) => Ending::Done,
                    Deducted::Refused(code) => Ending::Refused(code),
                })
            }
        }
    }
}

struct Story<'a> {
    hospitals: &'a Hospitals,
    acts: &'a Acts,
    chance: Seeded,
    of: Somebody,
    /// Where the bill that is brought home comes from.
    treatment: usize,
}

/// The story of a seed, to its end.
pub async fn all(hospitals: &Hospitals, (seed, regions): (u64, usize), acts: &Acts) {
    let chance = Seeded::new(seed, 6_000);
    if !chance.one_in(2) {
        return;
    }
    // What only the home region knows is gone with its disk.
    let lost = losing_its_disk(seed, regions);
    let home = chance.place(regions.min(HOMES));
    let home = if lost == Some(home) {
        (home + 1) % regions
    } else {
        home
    };
    let person = IN_NEED;
    let story = Story {
        hospitals,
        acts,
        of: Somebody { home, person },
        treatment: (home + 1 + chance.place(regions - 1)) % regions,
        chance,
    };
    story.goes().await;
}

impl Story<'_> {
    async fn goes(&self) {
        let (chance, of) = (&self.chance, self.of);
        sleep(chance.millis(0..2_000)).await;
        let grant = |nth: u8| Wanted::Granted {
            request_id: format!("g{nth}"),
            of,
        };
        let (by_hand, recorded, (), first) = tokio::join!(
            self.by_hand(),
            self.recorded(),
            self.settles("first", of.home),
            async {
                sleep(chance.millis(0..1_500)).await;
                self.wants(grant(1)).await
            },
        );
        self.settles("second", self.treatment).await;
        // Once for a person and year, whoever asks.
        let (second, third) = tokio::join!(self.wants(grant(2)), self.wants(grant(3)));
        if chance.one_in(2)
            && let Some(settled) = recorded
        {
            self.wants(Wanted::Withdrawn(settled)).await;
        }
        if chance.one_in(2)
            && let Some(settlement) = by_hand
        {
            let request_id = "h.back".to_owned();
            let back = Wanted::Back {
                request_id,
                of,
                settlement,
            };
            self.wants(back).await;
        }
        let granted = [first, second, third].into_iter().flatten();
        if let Some(Ending::Granted(grant)) = granted
            .into_iter()
            .find(|done| matches!(done, Ending::Granted(_)))
        {
            self.wants(Wanted::Ended { grant, of }).await;
        }
        let (_, ()) = tokio::join!(self.wants(grant(4)), self.settles("third", of.home));
    }

    async fn wants(&self, wanted: Wanted) -> Option<Ending> {
        self.acts.want(self.hospitals, wanted).await
    }

    fn asked(&self, request_id: &str, visit: &str, treatment: usize) -> Asked {
        Asked {
            treatment,
            request_id: request_id.to_owned(),
            visit: visit.to_owned(),
            of: self.of,
            stay: Stay::Before,
            fen: i64::try_from(self.chance.within(2_000..7_000)).unwrap() * 100,
        }
    }

    async fn settles_as(&self, asked: &Asked) {
        self.hospitals.history.ask(asked);
        let settling = self.hospitals.settle_with_patience(asked, &self.chance);
        settling.await;
    }

    async fn settles(&self, name: &str, treatment: usize) {
        let name = format!("b.{name}");
        self.settles_as(&self.asked(&name, &name, treatment)).await;
    }

    /// A bill brought home whose hospital settles it too; the settlement by hand, if it is the one that stands.
    async fn by_hand(&self) -> Option<String> {
        let direct = self.asked("b.brought", "brought", self.treatment);
        let by_hand = Asked {
            request_id: "h.brought".to_owned(),
            ..direct.clone()
        };
        let hand = async {
            sleep(self.chance.millis(0..300)).await;
            self.wants(Wanted::ByHand(by_hand)).await
        };
        let directly = async {
            sleep(self.chance.millis(0..200)).await;
            self.settles_as(&direct).await;
        };
        match tokio::join!(hand, directly).0 {
            Some(Ending::Settled(hand)) => Some(hand.settlement),
            Some(_) | None => None,
        }
    }

    /// What the core system settled and the hospital settles too; what was recorded, if it was.
    async fn recorded(&self) -> Option<External> {
        let fen = |most| i64::try_from(self.chance.within(0..most)).unwrap() * 100;
        let settled = External {
            core_id: "core-1".to_owned(),
            of: self.of,
            visit: "both".to_owned(),
            start: fen(300),
            pool: fen(3_000),
            account: fen(200),
            cash: 100 + fen(900),
        };
        let direct = self.asked("b.both", "both", self.of.home);
        let record = async {
            sleep(self.chance.millis(0..300)).await;
            self.wants(Wanted::Recorded(settled.clone())).await
        };
        let directly = async {
            sleep(self.chance.millis(0..300)).await;
            self.settles_as(&direct).await;
        };
        match tokio::join!(record, directly).0 {
            Some(Ending::Done) => Some(settled),
            Some(_) | None => None,
        }
    }
}
