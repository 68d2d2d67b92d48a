//! What bureaus do about people whom another region insures too: they begin to look for them, look at who is shown, say what
//! becomes of whom, and end one cover. All of it follows from the seed.
//!
//! Whatever is not answered, or lost with a disk, is asked again when nothing fails any more. What was shown is written
//! down; whether it is right the auditor says.

use std::time::Duration;

use huitong_core::date::{BusinessDay, Timestamp};
use tokio::time::{Instant, sleep};

use crate::chance::Seeded;
use crate::platform::{BEGINNING, EventLog};
use crate::register::region;
use crate::twin_desk::{Page, TwinDesk};
use crate::twins::{Kind, LAST, Note, Notes, Pair, When, missing, pairs, parties};
use crate::workload::PATIENCE;

/// How often officers look.
const LOOK_EVERY: Duration = Duration::from_millis(703);
/// How often officers look while things fail.
const LOOKS: usize = 5;
/// Within which nodes have looked at what the clearinghouse has, and written it down.
const SEEN_WITHIN: Duration = Duration::from_secs(4);

/// The bureaus of the regions that look for people who are insured twice.
struct Bureaus<'a> {
    pairs: Vec<Pair>,
    parties: Vec<usize>,
    desks: Vec<TwinDesk>,
    notes: &'a Notes,
    log: &'a EventLog,
}

/// The day of all that happens at first.
fn first_day() -> BusinessDay {
    let begun = Timestamp::parse(BEGINNING).unwrap();
    begun.business_day_shanghai()
}

/// The story of a seed while things fail: each of the regions begins, and looks.
pub async fn all(of: (u64, usize), notes: &Notes, log: &EventLog) {
    let (mut bureaus, chance) = (Bureaus::of(of, notes, log), Seeded::new(of.0, 8_002));
    if bureaus.parties.is_empty() {
        return;
    }
    for at in 0..bureaus.parties.len() {
        sleep(chance.millis(0..1_200)).await;
        bureaus.begins(at).await;
    }
    for _ in 0..LOOKS {
        for at in 0..bureaus.parties.len() {
            if let Some(page) = bureaus.looks(at, (first_day(), When::Before)).await {
                bureaus.speaks(at, first_day(), &page).await;
            }
        }
        sleep(LOOK_EVERY).await;
    }
}

/// When nothing fails any more: everybody is found, officers say what becomes of them, and what was ended is gone.
pub async fn ended(of: (u64, usize), (notes, log): (&Notes, &EventLog), within: Duration) {
    let mut bureaus = Bureaus::of(of, notes, log);
    let until = Instant::now() + within;
    bureaus.until_shown(first_day(), until).await;
    bureaus.ends_cover().await;
    bureaus.at_last(first_day(), until).await;
}

/// On a later day: whose cover has ended is gone, and whoever follows was never insured twice. Not looked at where the first
/// day has left something missing.
pub async fn later(
    of: (u64, usize),
    (notes, log): (&Notes, &EventLog),
    (day, within): (BusinessDay, Duration),
) {
    let mut bureaus = Bureaus::of(of, notes, log);
    let all = notes.all();
    let is_missing = all.iter().any(|note| match note {
        Note::Shown(number, day, shown, When::AtLast) => {
            !missing(&bureaus.pairs, (*number, *day), shown, &all).is_empty()
        }
        _ => false,
    });
    if !is_missing {
        bureaus.at_last(day, Instant::now() + within).await;
    }
}

impl<'a> Bureaus<'a> {
    fn of((seed, regions): (u64, usize), notes: &'a Notes, log: &'a EventLog) -> Self {
        let parties = parties(seed, regions);
        Self {
            pairs: pairs(seed, regions),
            desks: parties.iter().map(|number| TwinDesk::of(*number)).collect(),
            parties,
            notes,
            log,
        }
    }

    fn logs(&self, what: std::fmt::Arguments<'_>) {
        self.log.note("twins", what);
    }

    async fn begins(&mut self, at: usize) {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            let told = self.desks[at].begin().await;
            self.logs(format_args!(
                "{} begins: {told:?}",
                region(self.parties[at])
            ));
            if told.is_ok() {
                return;
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// What a region is shown, written down when it is another than before.
    async fn looks(&mut self, at: usize, (day, when): (BusinessDay, When)) -> Option<Page> {
        let number = self.parties[at];
        let page = match self.desks[at].list().await {
            Ok(page) => page,
            Err(why) => {
                self.logs(format_args!("{} is shown nothing: {why}", region(number)));
                return None;
            }
        };
        let note = Note::Shown(number, day, page.shown.clone(), when);
        let all = self.notes.all();
        let of_region = |note: &&Note| matches!(note, Note::Shown(of, ..) if *of == number);
        if when == When::AtLast || all.iter().rev().find(of_region) != Some(&note) {
            self.logs(format_args!("{note:?} {}", page.trouble));
            self.notes.note(note);
        }
        Some(page)
    }

    /// Says what becomes of everybody who is shown as insured twice.
    async fn speaks(&mut self, at: usize, day: BusinessDay, page: &Page) {
        for pair in self.pairs.clone() {
            let parts = pair.parts();
            let Some(part) = parts
                .iter()
                .find(|part| part.own().of.home == self.parties[at])
            else {
                continue;
            };
            let shown = page.shown.iter().find(|shown| part.is_of(shown));
            let (Some(shown), Some(reason)) = (shown, part.says()) else {
                continue;
            };
            let (psn_no, notes) = (part.own().of.psn_no(), self.notes.all());
            if shown.here == reason {
                // It was taken, though nobody was told.
                let wanted = Note::Wants(psn_no.clone(), reason);
                let said = Note::Said(psn_no, reason);
                if notes.contains(&wanted) && !notes.contains(&said) {
                    self.notes.note(said);
                }
            } else if pair.is_twice(day, &notes) {
                self.notes.note(Note::Wants(psn_no.clone(), reason));
                let named = (psn_no.as_str(), shown.other.as_str());
                let told = self.desks[at].resolve(named, reason).await;
                self.logs(format_args!("{psn_no} {reason:?}: {told:?}"));
                if told.is_ok() {
                    self.notes.note(Note::Said(psn_no, reason));
                }
            }
        }
    }

    /// The second bureau ends the cover that is to be ended.
    async fn ends_cover(&mut self) {
        for pair in self.pairs.clone() {
            let twin = &pair.homes[1];
            let at = self.parties.iter().position(|party| *party == twin.of.home);
            if pair.kind != Kind::Lapses {
                continue;
            }
            let (psn_no, begun) = (twin.of.psn_no(), Instant::now());
            while begun.elapsed() < PATIENCE {
                let told = self.desks[at.unwrap()].lapse(&psn_no, LAST).await;
                self.logs(format_args!("{psn_no} lapses: {told:?}"));
                if told.is_ok() {
                    self.notes.note(Note::Lapsed(psn_no));
                    break;
                }
                sleep(LOOK_EVERY).await;
            }
        }
    }

    /// Looks until everybody is shown as they should be in each of the regions, or it takes too long. Who begins anew and who
    /// speaks is what the others wait for: none is waited for before the others were looked at.
    async fn until_shown(&mut self, day: BusinessDay, until: Instant) {
        while Instant::now() < until {
            let mut is_right = true;
            for at in 0..self.parties.len() {
                let page = self.looks(at, (day, When::Before)).await;
                is_right = self.is_as_it_should_be(at, day, page).await && is_right;
            }
            if is_right {
                return;
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Whether a region is shown what it should be, after it has begun where that was lost and said what it has to say.
    async fn is_as_it_should_be(
        &mut self,
        at: usize,
        day: BusinessDay,
        page: Option<Page>,
    ) -> bool {
        let Some(page) = page else {
            return false;
        };
        if !page.is_begun {
            self.begins(at).await;
        }
        self.speaks(at, day, &page).await;
        let of = (self.parties[at], day);
        let missing = missing(&self.pairs, of, &page.shown, &self.notes.all());
        page.is_level && missing.is_empty()
    }

    /// What each region is shown when it should be as it stays.
    async fn at_last(&mut self, day: BusinessDay, until: Instant) {
        if self.parties.is_empty() {
            return;
        }
        self.until_shown(day, until).await;
        sleep(SEEN_WITHIN).await;
        for at in 0..self.parties.len() {
            while self.looks(at, (day, When::AtLast)).await.is_none() && Instant::now() < until {
                sleep(LOOK_EVERY).await;
            }
        }
    }
}
