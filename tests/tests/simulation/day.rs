//! The callers' first day: what is brought in, what is settled, how every id is asked after, and how the day is
//! closed and netted.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::audits;
use crate::bureau::{self, Acts};
use crate::callers::{Answer, Officers};
use crate::chance::Seeded;
use crate::clearing_officer::{ClearingOfficer, Cut};
use crate::cut_off;
use crate::echo::Echo;
use crate::faults::{clearing_is_lost, losing_its_disk};
use crate::given_up;
use crate::late_commits;
use crate::laws::{Law, Violation};
use crate::left_out;
use crate::lost_clearing;
use crate::moving;
use crate::orders::Orders;
use crate::papers::Papers;
use crate::parts;
use crate::party::Party;
use crate::phases::{Phase, Phases};
use crate::platform::EventLog;
use crate::quarrels;
use crate::saboteurs::Saboteur;
use crate::suspicions;
use crate::twin_bureaus;
use crate::twins;
use crate::workload::{History, Hospitals};

/// How long the end may take, in simulated time.
pub const END_WITHIN: Duration = Duration::from_secs(60);
/// When an officer gives up what nothing else ends: whoever put it to its home region has put it again long before.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(30);
/// How often it is looked whether everything is mended.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// The day.
pub struct Day {
    pub seed: u64,
    pub regions: usize,
    pub phase: Phases,
    pub history: History,
    pub echo: Echo,
    pub orders: Orders,
    pub papers: Papers,
    pub acts: Acts,
    pub parties: Vec<Arc<Party>>,
    pub log: EventLog,
    pub unended: Arc<Mutex<Vec<Violation>>>,
    /// How many days there are.
    pub days: usize,
    pub saboteur: Option<Saboteur>,
}

impl Day {
    pub async fn pass(self) {
        let mut officers: Vec<_> = (0..self.regions).map(Officers::of).collect();
        for (number, officers) in officers.iter_mut().enumerate() {
            let twins = twins::of_region(self.seed, self.regions, number);
            officers.bring_in(number, &twins).await;
        }
        let hospitals = {
            let (history, echo) = (self.history.clone(), self.echo.clone());
            Hospitals::of(self.regions, history, echo, self.log.clone())
        };
        self.phase.becomes(Phase::Working);
        let of = (self.seed, self.regions);
        // Each on its own: together they are larger than the stack of a test.
        tokio::join!(
            Box::pin(hospitals.all(self.seed, self.regions)),
            Box::pin(cut_off::all(&hospitals, of, &self.orders)),
            Box::pin(moving::all(&hospitals, of)),
            Box::pin(bureau::all(&hospitals, of, &self.acts)),
            Box::pin(audits::all(&hospitals, of, &self.acts)),
            Box::pin(quarrels::all(&hospitals, of, &self.acts)),
            Box::pin(suspicions::all(&hospitals, of, &self.acts)),
            Box::pin(left_out::all(&hospitals, of, &self.orders)),
            Box::pin(parts::all(&hospitals, of)),
            Box::pin(late_commits::all(&hospitals, of, &self.parties)),
            Box::pin(self.befalls_some()),
        );
        self.phase.becomes(Phase::WorkDone);
        while self.phase.now() != Phase::Healed {
            sleep(LOOK_EVERY).await;
        }
        let of = (self.seed, self.regions);
        if let Some(story) = left_out::ended(&mut officers, of, END_WITHIN).await {
            self.unended(story);
        }
        self.ask_for_outcomes(&hospitals, &mut officers).await;
        Box::pin(self.says_again(&hospitals)).await;
        let twins = (&self.papers.twins, &self.log);
        tokio::join!(
            Box::pin(self.ends(&hospitals)),
            Box::pin(twin_bureaus::ended(of, twins, END_WITHIN)),
        );
        for number in 0..self.regions {
            self.echo.again(number, None).await;
        }
        for story in moving::ended(&self.history.moves(), &mut officers, END_WITHIN).await {
            self.unended(story);
        }
        self.pass_the_night(&mut officers).await;
        Box::pin(self.close(&mut officers)).await;
        Box::pin(self.later(&hospitals, &mut officers)).await;
        // What changed after its last word is seen now.
        for asked in self.history.asked() {
            let answer = hospitals.get(&asked).await;
            let is_forgotten = matches!(&answer, Answer::None(code) if code == NOT_FOUND);
            if is_forgotten && self.history.has_outcome(&asked) {
                // A restored node need not know an id under which nothing stands. Whoever sends it again is told
                // what was told before.
                hospitals.cancel(&asked).await;
            }
        }
    }

    /// What happens in some seeds only.
    async fn befalls_some(&self) {
        let (of, papers) = ((self.seed, self.regions), &self.papers);
        tokio::join!(
            lost_clearing::all(of, &self.orders, papers, &self.log),
            twin_bureaus::all(of, &papers.twins, &self.log),
        );
    }

    pub fn unended(&self, story: String) {
        let law = Law::Unended;
        self.unended.lock().unwrap().push(Violation { law, story });
    }

    /// Whether something did not come to an end: nothing is begun after it then, which would only wait too.
    pub fn is_stuck(&self) -> bool {
        !self.unended.lock().unwrap().is_empty()
    }

    /// Asks after every id until it has an outcome or was never taken.
    async fn ask_for_outcomes(&self, hospitals: &Hospitals, officers: &mut [Officers]) {
        let begun = Instant::now();
        let lost = losing_its_disk(self.seed, self.regions);
        let mut open = self.history.asked();
        while !open.is_empty() && begun.elapsed() < END_WITHIN {
            let mut still = Vec::new();
            for asked in open {
                let answer = hospitals.get(&asked).await;
                let never_taken = matches!(&answer, Answer::None(code) if code == NOT_FOUND);
                if !answer.is_final() && !never_taken {
                    still.push(asked);
                }
            }
            open = still;
            if let Some(home) = lost
                && begun.elapsed() > GIVEN_UP_AFTER
            {
                given_up::at_home(home, &mut officers[home], &open, &self.log).await;
            }
            sleep(Duration::from_millis(500)).await;
        }
        for asked in open {
            self.unended(format!("{} has no outcome", asked.request_id));
        }
    }

    /// Waits until every receipt and leg has arrived, closes the day, and has it netted.
    pub async fn close(&self, officers: &mut [Officers]) {
        let begun = Instant::now();
        let mut days = BTreeSet::new();
        for officers in officers.iter_mut() {
            // Closed and not heard of, it is closed again, and not the day after it.
            let mut closing = None;
            loop {
                let status = officers.status().await;
                let why = match &status {
                    Ok(status)
                        if status.prepared == 0
                            && status.reversals_open == 0
                            && status.receipts_undelivered == 0
                            && status.legs_held == status.legs_written =>
                    {
                        let open = || status.open_business_day.clone();
                        let day = closing.get_or_insert_with(open).clone();
                        if officers.close_day(&day).await.unwrap_or_default() {
                            days.insert(day);
                            break;
                        }
                        format!("{day} cannot be closed")
                    }
                    Ok(status) => format!(
                        "{}: {} prepared, {} receipts undelivered, {} of {} legs held",
                        status.region,
                        status.prepared,
                        status.receipts_undelivered,
                        status.legs_held,
                        status.legs_written
                    ),
                    Err(status) => status.to_string(),
                };
                if begun.elapsed() > END_WITHIN {
                    self.unended(why);
                    break;
                }
                sleep(Duration::from_millis(200)).await;
            }
        }
        let mut officer = ClearingOfficer::with(self.papers.clone());
        for day in days {
            let closed = officer.closes(&day, Cut::AllClosed, END_WITHIN).await;
            closed.unwrap_or_else(|story| self.unended(story));
        }
    }

    /// Where the clearinghouse lost its disk, cycles are brought back, and what was said in disputes is said again.
    async fn says_again(&self, hospitals: &Hospitals) {
        if !clearing_is_lost(self.seed, self.regions) {
            return;
        }
        let mut officer = ClearingOfficer::with(self.papers.clone());
        let mut stories: Vec<String> = Vec::new();
        stories.extend(officer.brings_back(END_WITHIN).await.err());
        stories.extend(quarrels::said_again(hospitals, &self.acts).await);
        stories.into_iter().for_each(|story| self.unended(story));
    }

    /// Where the clearinghouse lost its disk, the day that it had cut off before is over, and a night passes.
    async fn pass_the_night(&self, officers: &mut [Officers]) {
        if !clearing_is_lost(self.seed, self.regions) {
            return;
        }
        let mut officer = ClearingOfficer::with(self.papers.clone());
        let mut stories = lost_clearing::ended(&mut officer, END_WITHIN).await;
        for party in &self.parties {
            party.time_passes(lost_clearing::NIGHT_HOURS);
        }
        let chance = Seeded::new(self.seed, 4_001);
        stories.extend(lost_clearing::closed_late(officers, &chance, END_WITHIN).await);
        for story in stories {
            self.unended(story);
        }
    }
}

const NOT_FOUND: &str = "settlement.not_found";
