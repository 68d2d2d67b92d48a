//! What bureaus of treatment regions take off settlements after an audit, and give again, while hospitals take some of
//! them back. It happens in every second seed, to settlements of the workload, and follows from the seed.
//!
//! More is asked for than is left, too: that is refused, whatever was lost or said twice.

use huitong_proto::common::v1::Fund;
use tokio::time::sleep;

use crate::bureau::{Acts, Ending, Wanted};
use crate::callers::Answer;
use crate::chance::Seeded;
use crate::desks::Deducting;
use crate::faults::losing_its_disk;
use crate::workload::{Asked, Hospitals};

/// So many settlements are audited.
const AUDITS: usize = 4;

struct Audit<'a> {
    hospitals: &'a Hospitals,
    acts: &'a Acts,
    chance: Seeded,
    /// The region that loses its disk: what it alone knew is gone, and no story of audits is told of it.
    lost: Option<usize>,
}

/// A settlement between two regions, of which a fund paid something that may be deducted.
pub struct Found {
    pub asked: Asked,
    pub settlement: String,
    pub fund: i32,
    pub paid: i64,
}

/// One of those of the workload that were told to be settled so far, between regions of which none is this one.
pub fn found(hospitals: &Hospitals, chance: &Seeded, but: Option<usize>) -> Option<Found> {
    let history = &hospitals.history;
    let answers = history.answers();
    let may = |asked: &Asked| {
        let parties = [asked.treatment, asked.of.home];
        asked.request_id.starts_with('r')
            && asked.treatment != asked.of.home
            && !parties.iter().any(|party| Some(*party) == but)
    };
    let found = |asked: Asked| {
        let told = answers.iter().find_map(|(id, answer)| match answer {
            Answer::Settled(told) if *id == asked.request_id => Some(told),
            _ => None,
        })?;
        let account = |fund: i32| {
            let fund = Fund::try_from(fund).unwrap();
            matches!(fund, Fund::OwnAccount | Fund::FamilyAccount)
        };
        let mut paid = told.amounts.iter();
        let (fund, paid) = *paid.find(|(fund, fen)| !account(*fund) && *fen > 9)?;
        told.trued_up.is_none().then(|| Found {
            settlement: told.settlement.clone(),
            asked,
            fund,
            paid,
        })
    };
    let asked = history.asked().into_iter().filter(|asked| may(asked));
    let mut all: Vec<Found> = asked.filter_map(found).collect();
    let at = chance.place(all.len().max(1));
    (at < all.len()).then(|| all.swap_remove(at))
}

/// The story of a seed, to its end.
pub async fn all(hospitals: &Hospitals, (seed, regions): (u64, usize), acts: &Acts) {
    let chance = Seeded::new(seed, 7_100);
    if !chance.one_in(2) {
        return;
    }
    let audit = Audit {
        hospitals,
        acts,
        chance,
        lost: losing_its_disk(seed, regions),
    };
    for number in 0..AUDITS {
        sleep(audit.chance.millis(900..2_600)).await;
        if let Some(found) = found(hospitals, &audit.chance, audit.lost) {
            audit.goes(number, &found).await;
        }
    }
}

impl Audit<'_> {
    async fn goes(&self, number: usize, found: &Found) {
        let part = found.paid / 10 * i64::try_from(self.chance.within(1..9)).unwrap();
        let of = found.asked.of;
        let deducting = |name: &str, fen: i64| {
            Wanted::Deducted(Deducting {
                request_id: format!("a{number}.{name}"),
                of,
                treatment: found.asked.treatment,
                settlement: found.settlement.clone(),
                fund: found.fund,
                fen,
            })
        };
        let back = async {
            if self.chance.one_in(3) {
                sleep(self.chance.millis(0..900)).await;
                self.hospitals.history.ask_back(&found.asked);
                let (hospitals, chance) = (self.hospitals, &self.chance);
                hospitals
                    .reverse_with_patience(&found.asked, ".audited", chance)
                    .await;
            }
        };
        let taken_off = async {
            let first = self.wants(deducting("part", part)).await;
            // No fund gives back more than it paid.
            self.wants(deducting("all", found.paid)).await;
            let Some(Ending::Deducted(deduction)) = first else {
                return;
            };
            if self.chance.one_in(2) {
                self.wants(Wanted::GivenAgain {
                    deduction,
                    of,
                    treatment: found.asked.treatment,
                })
                .await;
                self.wants(deducting("again", found.paid - 1)).await;
            }
        };
        tokio::join!(taken_off, back);
    }

    async fn wants(&self, wanted: Wanted) -> Option<Ending> {
        self.acts.want(self.hospitals, wanted).await
    }
}
