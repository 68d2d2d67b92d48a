//! Filings: made, amended, ended. Pure: a person's record and what is asked in, the filings after it out.
//!
//! A filing is made on the day of the act, never before it. Nothing is taken away: what ends keeps its place
//! with its end, and what is amended ends where its successor begins.

use huitong_core::date::{DateInterval, ServiceDate};
use huitong_core::id::FilingId;
use huitong_core::record::person::{AskedBy, FilingEnd, HeldFiling};
use huitong_core::record::registry::{Filing, FilingArea};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{FilingClass, FilingEndReason};

use super::person::{Person, malformed};
use super::rule::FilingRule;

/// The most filings of one person, those that ended included.
pub const FILINGS_AT_MOST: usize = 256;

/// Who acts, when, and by which rule.
#[derive(Debug, Clone, Copy)]
pub struct Acting<'a> {
    /// The home region.
    pub own: RegionCode,
    /// Who asks.
    pub by: &'a AskedBy,
    /// The day of the act.
    pub today: ServiceDate,
    /// The id of a filing that the act makes.
    pub id: FilingId,
    /// The region's rule.
    pub rule: &'a FilingRule,
}

/// What a filing is to say.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Its class.
    pub class: FilingClass,
    /// Where it holds.
    pub area: FilingArea,
    /// Its first day, when given.
    pub from: Option<ServiceDate>,
    /// Its last day, when given.
    pub until: Option<ServiceDate>,
}

impl Acting<'_> {
    /// All filings once one more is made.
    ///
    /// # Errors
    /// In this order: who may file, where, for which days, beside which others, how many.
    pub fn file(&self, person: &Person, wanted: Wanted) -> Result<Vec<HeldFiling>, Refusal> {
        let Wanted {
            class,
            area,
            from,
            until,
        } = wanted;
        self.may_file(class, area)?;
        self.elsewhere(area)?;
        let from = from.unwrap_or(self.today);
        let until = match until {
            Some(until) => Some(until),
            None => self.rule.last_day(class, from).map_err(malformed("from"))?,
        };
        let days = DateInterval::new(from, until).map_err(malformed("until"))?;
        if until.is_some_and(|until| until < self.today) {
            return Err(malformed("until")("is over already"));
        }
        let filing = Filing {
            psn_no: person.psn_no,
            class,
            area,
            days,
            filed_on: self.today,
        };
        self.beside(person.filings.clone(), filing, None)
    }

    /// All filings once another takes the place of one.
    ///
    /// # Errors
    /// In this order: no such filing, where, for which days, nothing changed, beside which others, how many.
    pub fn amend(
        &self,
        person: &Person,
        which: FilingId,
        wanted: Wanted,
    ) -> Result<Vec<HeldFiling>, Refusal> {
        let Wanted {
            class, area, until, ..
        } = wanted;
        let old = self.standing(person, which)?.filing.clone();
        if class == FilingClass::Unfiled {
            return Err(malformed("class")("is no class of a filing"));
        }
        self.elsewhere(area)?;
        let from = self.today.max(old.days.from());
        let days = DateInterval::new(from, until).map_err(malformed("until"))?;
        let as_before = (class, area) == (old.class, old.area);
        if as_before && until == old.days.until() {
            return Err(malformed("amend_filing")("changes nothing"));
        }
        let filing = Filing {
            psn_no: person.psn_no,
            class,
            area,
            days,
            // A filing of another kind or for another place is made on the day of the act.
            filed_on: if as_before { old.filed_on } else { self.today },
        };
        let end = FilingEnd {
            from,
            reason: FilingEndReason::Amended,
        };
        let ended = ended(person, which, end);
        self.beside(ended, filing, Some(which))
    }

    /// All filings once one has ended.
    ///
    /// # Errors
    /// No such filing, or a reason that is not the caller's to give.
    pub fn cancel(
        &self,
        person: &Person,
        which: FilingId,
        from: Option<ServiceDate>,
        reason: FilingEndReason,
    ) -> Result<Vec<HeldFiling>, Refusal> {
        if reason == FilingEndReason::Amended {
            return Err(malformed("reason")("is given by an amendment alone"));
        }
        let from = from.unwrap_or(self.today);
        let found = person.filings.iter().find(|held| held.id == which);
        let found = found.filter(|held| held.holds_from(from));
        let held = found.ok_or_else(|| Refusal::new(RefusalCode::FilingEnded, which))?;
        let from = from.max(held.filing.days.from());
        Ok(ended(person, which, FilingEnd { from, reason }))
    }

    fn standing<'a>(&self, person: &'a Person, which: FilingId) -> Result<&'a HeldFiling, Refusal> {
        let found = person.filings.iter().find(|held| held.id == which);
        found
            .filter(|held| held.holds_from(self.today))
            .ok_or_else(|| Refusal::new(RefusalCode::FilingEnded, which))
    }

    fn may_file(&self, class: FilingClass, area: FilingArea) -> Result<(), Refusal> {
        if class == FilingClass::Unfiled {
            return Err(malformed("class")("is no class of a filing"));
        }
        let allowed = match self.by {
            AskedBy::Officer(_) | AskedBy::File(_) => true,
            AskedBy::Institution { region, .. } if *region == self.own => {
                self.rule.here.contains(&class)
            }
            AskedBy::Institution { region, .. } => {
                self.rule.elsewhere.contains(&class) && area == FilingArea::Region(*region)
            }
        };
        if allowed {
            Ok(())
        } else {
            let detail = format!("{class}, {area}");
            Err(Refusal::new(RefusalCode::FilingNotAllowed, detail))
        }
    }

    fn elsewhere(&self, area: FilingArea) -> Result<(), Refusal> {
        if area == FilingArea::Region(self.own) {
            Err(Refusal::new(RefusalCode::FilingAtHome, area))
        } else {
            Ok(())
        }
    }

    /// A new filing among those that are held.
    fn beside(
        &self,
        mut held: Vec<HeldFiling>,
        filing: Filing,
        amends: Option<FilingId>,
    ) -> Result<Vec<HeldFiling>, Refusal> {
        let same = |other: &&HeldFiling| {
            (other.filing.class, other.filing.area) == (filing.class, filing.area)
                && other.filing.days.overlaps(filing.days)
                && other.holds_from(filing.days.from())
        };
        if let Some(other) = held.iter().find(same) {
            return Err(Refusal::new(RefusalCode::FilingStands, other.id));
        }
        if held.len() >= FILINGS_AT_MOST {
            return Err(Refusal::new(RefusalCode::RecordFull, "filings"));
        }
        held.push(HeldFiling {
            id: self.id,
            filing,
            by: self.by.clone(),
            amends,
            end: None,
        });
        held.sort_by_key(crate::store::apply::import::order);
        Ok(held)
    }
}

fn ended(person: &Person, which: FilingId, end: FilingEnd) -> Vec<HeldFiling> {
    let filings = person.filings.iter().cloned();
    filings
        .map(|held| {
            let end = if held.id == which {
                Some(end)
            } else {
                held.end
            };
            HeldFiling { end, ..held }
        })
        .collect()
}
