//! Whether somebody asks about more people than are treated: enumeration, noticed and stopped.
//!
//! An institution that settles asks about as many people as it treats. One that goes through numbers asks about
//! people who are unknown or whose credential it has not read, or about many for whom no settlement follows. Both are
//! counted for each institution and for each region, over a window; at the limit further questions are refused
//! until it is over, and an operator is told, by region and never by person.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use huitong_core::institution::InstitutionCode;
use huitong_core::person::PsnNo;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use tokio::time::Instant;

use crate::error::NodeError;
use crate::measures::Measures;

/// How many people may be asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WatchLimits {
    /// The window.
    pub window: Duration,
    /// People for whom no settlement has followed yet, of one institution.
    pub people_per_institution: usize,
    /// The same, of all institutions of one region.
    pub people_per_region: usize,
    /// Questions about people who are unknown or show another credential, of one institution.
    pub unknown_per_institution: usize,
    /// The same, of all institutions of one region.
    pub unknown_per_region: usize,
}

impl WatchLimits {
    /// What a node uses unless told otherwise: a large hospital discharges some hundred patients in an hour.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            window: Duration::from_secs(3_600),
            people_per_institution: 2_000,
            people_per_region: 50_000,
            unknown_per_institution: 200,
            unknown_per_region: 5_000,
        }
    }
}

/// Who asks: a region's node, for one of its institutions.
pub type Asker = (RegionCode, InstitutionCode);

/// What is counted of all who ask.
#[derive(Debug)]
pub struct Watch {
    limits: WatchLimits,
    measures: Arc<Measures>,
    regions: Mutex<BTreeMap<RegionCode, OfRegion>>,
}

#[derive(Debug)]
struct OfRegion {
    since: Instant,
    people: usize,
    unknown: usize,
    institutions: BTreeMap<InstitutionCode, OfInstitution>,
    is_told: Told,
}

#[derive(Debug, Default)]
struct OfInstitution {
    people: BTreeSet<PsnNo>,
    unknown: usize,
    /// Whom nobody knows and claims came for, each counted once: a claim that is open is put again and again, and to hear
    /// the same again is no guess.
    claimed: BTreeSet<PsnNo>,
}

/// Whether an operator was told in this window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Not,
    Once,
}

impl OfRegion {
    const fn since(since: Instant) -> Self {
        Self {
            since,
            people: 0,
            unknown: 0,
            institutions: BTreeMap::new(),
            is_told: Told::Not,
        }
    }
}

impl Watch {
    /// Nobody has asked yet.
    #[must_use]
    pub const fn new(limits: WatchLimits, measures: Arc<Measures>) -> Self {
        Self {
            limits,
            measures,
            regions: Mutex::new(BTreeMap::new()),
        }
    }

    /// Whether a person may be asked about now.
    ///
    /// # Errors
    /// `snapshot.too_many`, with the rest of the window.
    pub fn admit(&self, asker: Asker, psn_no: PsnNo, now: Instant) -> Result<(), NodeError> {
        let limits = self.limits;
        self.with(asker.0, now, |region| {
            let (people, unknown) = (region.people, region.unknown);
            // Nobody is remembered for asking alone: codes can be made up without end.
            let own = region.institutions.get(&asker.1);
            let (shown, guessed) = own.map_or((0, 0), |own| (own.people.len(), own.unknown));
            let is_new = own.is_none_or(|own| !own.people.contains(&psn_no));
            let is_full = guessed >= limits.unknown_per_institution
                || unknown >= limits.unknown_per_region
                || (is_new
                    && (shown >= limits.people_per_institution
                        || people >= limits.people_per_region));
            if !is_full {
                return Ok(());
            }
            if region.is_told == Told::Not {
                region.is_told = Told::Once;
                tracing::error!(
                    region = %asker.0, people, unknown,
                    "a region asks about more people than it settles for: further questions are refused for now"
                );
            }
            self.measures.too_many_asked(asker.0);
            let after = limits.window.saturating_sub(now.saturating_duration_since(region.since));
            let refusal = Refusal::new(RefusalCode::TooManyAsked, asker.1);
            Err(NodeError::Pushed(refusal, after))
        })
    }

    /// A person's standing was given.
    pub fn given(&self, asker: Asker, psn_no: PsnNo, now: Instant) {
        self.with(asker.0, now, |region| {
            let own = region.institutions.entry(asker.1).or_default();
            if own.people.insert(psn_no) {
                region.people = region.people.saturating_add(1);
            }
        });
    }

    /// The person asked about is unknown, or another credential was shown.
    pub fn unknown(&self, asker: Asker, now: Instant) {
        self.with(asker.0, now, |region| {
            let own = region.institutions.entry(asker.1).or_default();
            own.unknown = own.unknown.saturating_add(1);
            region.unknown = region.unknown.saturating_add(1);
        });
    }

    /// A claim came for a person who is unknown.
    pub fn unknown_claimed(&self, asker: Asker, psn_no: PsnNo, now: Instant) {
        let is_new = self.with(asker.0, now, |region| {
            let own = region.institutions.entry(asker.1).or_default();
            own.claimed.insert(psn_no)
        });
        if is_new {
            self.unknown(asker, now);
        }
    }

    /// A settlement has followed.
    pub fn settled(&self, asker: Asker, psn_no: PsnNo, now: Instant) {
        self.with(asker.0, now, |region| {
            let own = region.institutions.get_mut(&asker.1);
            if own.is_some_and(|own| own.people.remove(&psn_no)) {
                region.people = region.people.saturating_sub(1);
            }
        });
    }

    fn with<T>(
        &self,
        region: RegionCode,
        now: Instant,
        change: impl FnOnce(&mut OfRegion) -> T,
    ) -> T {
        let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let counted = regions.entry(region).or_insert(OfRegion::since(now));
        if now.saturating_duration_since(counted.since) >= self.limits.window {
            *counted = OfRegion::since(now);
        }
        change(counted)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: WatchLimits = WatchLimits {
        window: Duration::from_secs(60),
        people_per_institution: 3,
        people_per_region: 5,
        unknown_per_institution: 2,
        unknown_per_region: 3,
    };

    fn asker(region: &str, nth: u8) -> Asker {
        let code = format!("H{region}0000{nth}");
        (region.parse().unwrap(), code.parse().unwrap())
    }

    fn person(nth: usize) -> PsnNo {
        PsnNo::parse(&format!("33020000000000{nth:04}")).unwrap()
    }

    /// Asks about people one after the other; how many are shown.
    fn ask(watch: &Watch, by: Asker, people: std::ops::Range<usize>, now: Instant) -> usize {
        people
            .filter(|nth| {
                let admitted = watch.admit(by, person(*nth), now).is_ok();
                if admitted {
                    watch.given(by, person(*nth), now);
                }
                admitted
            })
            .count()
    }

    #[test]
    fn a_claim_that_is_put_again_and_again_is_one_guess() {
        let (watch, now) = (Watch::new(LIMITS, Arc::default()), Instant::now());
        let by = asker("510100", 1);
        for _ in 0..9 {
            watch.admit(by, person(1), now).unwrap();
            watch.unknown_claimed(by, person(1), now);
        }
        watch.unknown_claimed(by, person(2), now);
        assert!(watch.admit(by, person(3), now).is_err(), "two guesses");
    }

    #[test]
    fn an_institution_is_shown_as_many_as_it_treats() {
        let (watch, now) = (Watch::new(LIMITS, Arc::default()), Instant::now());
        let by = asker("510100", 1);
        assert_eq!(ask(&watch, by, 0..9, now), 3);
        // The same person again is no other person, and who is settled for makes room.
        assert_eq!(ask(&watch, by, 0..3, now), 3);
        watch.settled(by, person(1), now);
        assert_eq!(ask(&watch, by, 7..9, now), 1);
        // Another institution has its own; together they have the region's.
        assert_eq!(ask(&watch, asker("510100", 2), 20..29, now), 2);
        assert_eq!(ask(&watch, asker("310000", 1), 20..29, now), 3);
        let refused = watch.admit(by, person(99), now + LIMITS.window / 2);
        let Err(NodeError::Pushed(refusal, after)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(refusal.code, RefusalCode::TooManyAsked);
        assert_eq!(after, LIMITS.window / 2);
        assert_eq!(ask(&watch, by, 0..9, now + LIMITS.window), 3);
    }

    #[test]
    fn who_guesses_numbers_is_stopped_whomever_it_asks_about_next() {
        let (watch, now) = (Watch::new(LIMITS, Arc::default()), Instant::now());
        let by = asker("510100", 1);
        (0..2).for_each(|_| watch.unknown(by, now));
        assert_eq!(ask(&watch, by, 0..9, now), 0);
        let other = asker("510100", 2);
        assert_eq!(ask(&watch, other, 0..1, now), 1);
        watch.unknown(other, now);
        assert_eq!(ask(&watch, other, 1..2, now), 0, "the region's limit");
        assert_eq!(ask(&watch, asker("310000", 1), 0..1, now), 1);
    }
}
