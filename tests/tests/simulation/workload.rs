//! What hospitals do: they settle, send twice, lose patience, send again under another id, settle for one
//! person in two regions at once, give up, and take back. All of it follows from the seed.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use huitong_proto::settlement::v1;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::callers::{Answer, Hospital, Officers};
use crate::chance::Seeded;
use crate::echo::Echo;
use crate::faults::{begins, losing_its_disk};
use crate::platform::EventLog;
use crate::register::{PEOPLE, Somebody, Stay, bill};

/// Stories of one seed.
const STORIES: u64 = 36;
/// The regions that people are of: few, so that they are asked for at once.
pub const HOMES: usize = 4;
/// The stretch in which they begin.
pub const BEGIN_WITHIN_MS: u64 = 6_000;
/// How long a hospital goes on asking before it leaves an id alone.
pub const PATIENCE: Duration = Duration::from_secs(12);

/// What an id is told whose settlement another reversal has taken back.
const ALREADY_REVERSED: &str = "reversal.already_reversed";

/// What an id is told of whose settlement nothing stands.
const NOTHING_STANDS: &str = "reversal.nothing_stands";

/// What is told for good of care since the day on which somebody moved.
const MOVED: &str = "member.moved";

/// What an id is told whose visit stands under another.
pub const ALREADY_SETTLED: &str = "visit.already_settled";

/// What a hospital asked for under an id.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The number of the hospital's region.
    pub treatment: usize,
    pub request_id: String,
    pub visit: String,
    pub of: Somebody,
    pub stay: Stay,
    pub fen: i64,
}

/// A transfer that officers want.
#[derive(Debug, Clone)]
pub struct Move {
    /// The person, as the old home and as the new one knows them.
    pub of: Somebody,
    pub to: Somebody,
    /// The first day at the new home.
    pub day: &'static str,
    /// The region whose officer starts it, and that officer's id.
    pub by: usize,
    pub request_id: String,
}

/// What hospitals asked and were told, in order.
#[derive(Debug, Clone, Default)]
pub struct History(Arc<Mutex<Told>>);

#[derive(Debug, Default)]
struct Told {
    asked: Vec<Asked>,
    answers: Vec<(String, Answer)>,
    /// The ids whose settlements somebody wants taken back.
    reversals: BTreeSet<String>,
    moves: Vec<Move>,
}

impl History {
    pub fn ask(&self, asked: &Asked) {
        self.0.lock().unwrap().asked.push(asked.clone());
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.0.lock().unwrap().asked.clone()
    }

    pub fn moves(&self) -> Vec<Move> {
        self.0.lock().unwrap().moves.clone()
    }

    pub fn ask_to_move(&self, wanted: &Move) {
        self.0.lock().unwrap().moves.push(wanted.clone());
    }

    pub fn ask_back(&self, asked: &Asked) {
        let id = asked.request_id.clone();
        self.0.lock().unwrap().reversals.insert(id);
    }

    /// The settlement that an id was told of, if it was.
    pub fn settlement(&self, asked: &Asked) -> Option<String> {
        let told = self.0.lock().unwrap();
        told.answers.iter().find_map(|(id, answer)| {
            let told = answer.settlement()?;
            (*id == asked.request_id).then(|| told.settlement.clone())
        })
    }

    pub fn reversals(&self) -> BTreeSet<String> {
        self.0.lock().unwrap().reversals.clone()
    }

    /// Whether an id was told what became of it, for ever.
    pub fn has_outcome(&self, asked: &Asked) -> bool {
        let told = self.0.lock().unwrap();
        let mut answers = told.answers.iter();
        answers.any(|(id, answer)| *id == asked.request_id && answer.is_final())
    }

    pub fn answers(&self) -> Vec<(String, Answer)> {
        self.0.lock().unwrap().answers.clone()
    }
}

/// Those who send, and what they write down.
#[derive(Clone)]
pub struct Hospitals {
    hospitals: Arc<Vec<Hospital>>,
    pub history: History,
    pub echo: Echo,
    pub log: EventLog,
}

impl Hospitals {
    pub fn of(regions: usize, history: History, echo: Echo, log: EventLog) -> Self {
        let hospitals = (0..regions).map(Hospital::of).collect();
        Self {
            hospitals: Arc::new(hospitals),
            history,
            echo,
            log,
        }
    }

    fn told(&self, asked: &Asked, what: &str, answer: Answer) -> Answer {
        let id = &asked.request_id;
        self.log.note(id, format_args!("{what}: {answer:?}"));
        let mut told = self.history.0.lock().unwrap();
        told.answers.push((id.clone(), answer.clone()));
        answer
    }

    pub async fn settle(&self, asked: &Asked, not_after_ms: i64) -> Answer {
        let request = v1::SettleRequest {
            request_id: asked.request_id.clone(),
            bill: Some(bill(asked.of, &asked.visit, asked.stay, asked.fen)),
            not_after_ms,
        };
        let answer = self.hospitals[asked.treatment].settle(request).await;
        self.told(asked, "settle", answer)
    }

    /// Asks what would be paid, until somebody says or it takes too long.
    pub async fn estimate_with_patience(&self, asked: &Asked, chance: &Seeded) {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let bill = bill(asked.of, &asked.visit, asked.stay, asked.fen);
            let told = self.hospitals[asked.treatment].estimate(bill).await;
            let id = &asked.request_id;
            self.log.note(id, format_args!("estimate: {told:?}"));
            if told.is_ok() {
                return;
            }
            sleep(chance.millis(200..900)).await;
        }
    }

    /// Gives an id up.
    pub async fn cancel(&self, asked: &Asked) -> Answer {
        let hospital = &self.hospitals[asked.treatment];
        let answer = hospital.cancel(&asked.request_id, asked.of).await;
        self.told(asked, "cancel", answer)
    }

    /// How an id stands.
    pub async fn get(&self, asked: &Asked) -> Answer {
        let answer = self.hospitals[asked.treatment].get(&asked.request_id).await;
        self.told(asked, "get", answer)
    }

    /// Takes a settlement back under an id of its own, until it is taken back or that is refused for good.
    pub async fn reverse_with_patience(&self, asked: &Asked, suffix: &str, chance: &Seeded) {
        let (settled, begun) = (&asked.request_id, Instant::now());
        let request_id = format!("{settled}{suffix}");
        while begun.elapsed() < PATIENCE {
            let hospital = &self.hospitals[asked.treatment];
            let answer = hospital.reverse(&request_id, settled).await;
            let answer = self.told(asked, "reverse", answer);
            let is_refused = matches!(
                &answer,
                Answer::None(code) if code == ALREADY_REVERSED || code == NOTHING_STANDS
            );
            if matches!(answer, Answer::Reversed(_) | Answer::Abandoned) || is_refused {
                return;
            }
            sleep(chance.millis(200..900)).await;
        }
    }

    /// An officer of the home region takes it back; the hospital hears of it.
    async fn order_back(&self, asked: &Asked, settlement: &str, chance: &Seeded) {
        let (mut officers, begun) = (Officers::of(asked.of.home), Instant::now());
        let request_id = format!("{}.ordered", asked.request_id);
        while begun.elapsed() < PATIENCE {
            let ordered = officers.reverse(&request_id, asked.treatment, settlement);
            let ordered = ordered.await;
            self.log
                .note(&request_id, format_args!("order: {ordered:?}"));
            if ordered.is_ok() || ordered.is_err_and(|code| code == ALREADY_REVERSED) {
                return;
            }
            sleep(chance.millis(200..900)).await;
        }
    }

    pub async fn settle_with_patience(&self, asked: &Asked, chance: &Seeded) {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let answer = self.settle(asked, 0).await;
            // Another id has the visit, or another region the person: there is nothing left to ask for.
            let is_elsewhere = matches!(
                &answer,
                Answer::None(code) if code == ALREADY_SETTLED || code == MOVED
            );
            if answer.is_final() || is_elsewhere {
                return;
            }
            sleep(chance.millis(200..900)).await;
        }
    }

    pub async fn cancel_with_patience(&self, asked: &Asked, chance: &Seeded) {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if self.cancel(asked).await.is_final() {
                return;
            }
            sleep(chance.millis(200..900)).await;
        }
    }

    /// All stories of a seed, to their ends.
    pub async fn all(&self, seed: u64, regions: usize) {
        let mut stories = JoinSet::new();
        for number in 0..STORIES {
            let (hospitals, chance) = (self.clone(), Seeded::new(seed, 1_000 + number));
            stories.spawn_local(async move {
                sleep(chance.millis(0..BEGIN_WITHIN_MS)).await;
                hospitals.story((seed, number), regions, &chance).await;
            });
        }
        while let Some(ended) = stories.join_next().await {
            ended.unwrap();
        }
    }

    async fn story(&self, (seed, number): (u64, u64), regions: usize, chance: &Seeded) {
        let home = chance.place(regions.min(HOMES));
        let of = Somebody {
            home,
            person: chance.within(0..PEOPLE),
        };
        let fen = i64::try_from(chance.within(300..16_000)).unwrap() * 100;
        let asked = |treatment, suffix: &str| Asked {
            treatment,
            request_id: format!("r{number}{suffix}"),
            visit: format!("v{number}"),
            of,
            stay: Stay::Before,
            fen,
        };
        // What nobody else knows is gone with a disk, and its people are held until an officer has seen to it.
        let alone = losing_its_disk(seed, regions).filter(|lost| *lost == home);
        let next_but = |mut place: usize, not: Option<usize>| {
            while Some(place) == alone || Some(place) == not {
                place = (place + 1) % regions;
            }
            place
        };
        let treatment = next_but(chance.place(regions), None);
        let first = asked(treatment, "");
        self.history.ask(&first);
        match chance.within(0..16) {
            0..=2 => self.settle_with_patience(&first, chance).await,
            3 => {
                // The same request twice at once.
                let again = self.settle_with_patience(&first, chance);
                tokio::join!(self.settle_with_patience(&first, chance), again);
            }
            4 => {
                // Another id for the same visit, whatever the first was told.
                let second = asked(treatment, ".again");
                self.history.ask(&second);
                let (_, ()) = tokio::join!(self.settle(&first, 0), async {
                    sleep(chance.millis(0..1_500)).await;
                    self.settle_with_patience(&second, chance).await;
                });
            }
            5 | 6 => {
                // The same person, at the same time, in another region.
                let elsewhere = (treatment + 1 + chance.place(regions - 1)) % regions;
                let elsewhere = next_but(elsewhere, Some(treatment));
                let rival = asked(elsewhere, ".rival");
                self.history.ask(&rival);
                let there = self.settle_with_patience(&rival, chance);
                tokio::join!(self.settle_with_patience(&first, chance), there);
            }
            7..=9 => {
                // Given up while it is under way.
                let (_, ()) = tokio::join!(self.settle(&first, 0), async {
                    sleep(chance.millis(0..300)).await;
                    self.cancel_with_patience(&first, chance).await;
                    // What it had put to the home region comes there once more.
                    self.echo.again(treatment, Some(&first.request_id)).await;
                });
            }
            10 => {
                // Given up before it comes.
                self.cancel_with_patience(&first, chance).await;
                self.settle_with_patience(&first, chance).await;
            }
            11..=14 => self.taken_back(&first, alone, chance).await,
            _ => {
                // Wanted for a short while only.
                let begun = begins(seed, regions).as_millis();
                let now = turmoil::sim_elapsed().unwrap().as_millis();
                let soon = begun + i64::try_from(now).unwrap() + 1_500;
                self.settle(&first, soon).await;
            }
        }
    }

    /// A mistake: settled, taken back, and settled as it should have been.
    async fn taken_back(&self, first: &Asked, alone: Option<usize>, chance: &Seeded) {
        self.settle_with_patience(first, chance).await;
        let Some(settlement) = self.history.settlement(first) else {
            return;
        };
        self.history.ask_back(first);
        let kind = match chance.within(0..5) {
            // What a home region's officer alone has ordered is gone with its disk, and its legs match nothing.
            0 | 1 if alone == Some(first.of.home) => 4,
            kind => kind,
        };
        match kind {
            0 => self.order_back(first, &settlement, chance).await,
            1 => {
                // The bureau and the hospital at once, who must not both do it.
                let ordered = self.order_back(first, &settlement, chance);
                tokio::join!(self.reverse_with_patience(first, ".back", chance), ordered);
            }
            2 => {
                // Two of the hospital's systems at once.
                let other = self.reverse_with_patience(first, ".back2", chance);
                tokio::join!(self.reverse_with_patience(first, ".back", chance), other);
            }
            3 => {
                // Once more, when it is long done.
                self.reverse_with_patience(first, ".back", chance).await;
                sleep(chance.millis(200..2_000)).await;
                self.reverse_with_patience(first, ".back2", chance).await;
            }
            _ => self.reverse_with_patience(first, ".back", chance).await,
        }
        if chance.within(0..3) > 0 {
            let corrected = Asked {
                request_id: format!("{}.right", first.request_id),
                fen: first.fen / 2 + 70_000,
                ..first.clone()
            };
            self.history.ask(&corrected);
            self.settle_with_patience(&corrected, chance).await;
        }
    }
}
