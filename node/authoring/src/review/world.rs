//! What can occur: the values that facts of one policy may take, and which of them go together.
//!
//! Three groups of facts hang together and are never taken apart: tier, place and network follow from the
//! institution by the policy's tier map; class, time of filing and referral from the filing; index figures
//! from the benefit year. Words that the rules name are told apart from one another and from everything
//! else; of a number only the points matter at which some rule changes.

use std::collections::{BTreeMap, BTreeSet};

use huitong_adjudication::{Facts, facts};
use huitong_core::bill::{DAYS_AT_MOST, Institution};
use huitong_core::date::ServiceDate;
use huitong_core::institution::InstitutionCode;
use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::fact::{Dimension, NumberFact};
use huitong_core::vocabulary::{
    Administration, FilingClass, FilingTime, Grade, InstitutionType, Place,
};

use super::situation::Situation;

/// Years that are looked at when a policy has no last day, or a far one.
const YEARS_AT_MOST: u16 = 20;
/// More fen than any bill: 100 million yuan.
pub(super) const MUCH: i64 = 10_000_000_000;

/// Tier, place and network of an institution.
pub(super) type Standing = (Option<Name>, Place, bool);
/// Class and time of a filing, and whether the patient was referred.
pub(super) type Filed = (FilingClass, FilingTime, bool);

/// The possible values of a policy's facts.
pub(super) struct World<'p> {
    policy: &'p Policy,
    default: Situation,
    /// Tier, place and network that some institution has.
    pub(super) institutions: BTreeSet<Standing>,
    /// Where an institution stands in one place, and where it would stand in another.
    pub(super) journeys: BTreeSet<(Standing, Standing)>,
    /// Institutions without a tier, each once for its place.
    pub(super) without_tier: Vec<(Place, Institution)>,
    /// Tier rows that some institution meets.
    pub(super) tier_rows_met: BTreeSet<usize>,
}

impl<'p> World<'p> {
    /// `None` when the policy's own names make no institution; a checked policy has none such.
    pub(super) fn of(policy: &'p Policy) -> Option<Self> {
        let mut world = Self {
            policy,
            default: default(policy)?,
            institutions: BTreeSet::new(),
            journeys: BTreeSet::new(),
            without_tier: Vec::new(),
            tier_rows_met: BTreeSet::new(),
        };
        world.meet_institutions()?;
        Some(world)
    }

    pub(super) const fn policy(&self) -> &'p Policy {
        self.policy
    }

    /// An adult at home in the first setting, without any identity, filing or money.
    pub(super) const fn default(&self) -> &Situation {
        &self.default
    }

    fn meet_institutions(&mut self) -> Option<()> {
        let code = format!("H{}00001", self.policy.scope().region);
        let code = InstitutionCode::parse(&code).ok()?;
        let mut told = BTreeSet::new();
        for institution in every_institution(code) {
            let mut standings = Vec::new();
            for place in Place::ALL {
                match facts::tier(self.policy, &institution, *place) {
                    Ok(tier) => {
                        standings.push((tier, *place, institution.networked));
                        self.tier_rows_met
                            .extend(row_met(self.policy, &institution, *place));
                    }
                    Err(_) if told.insert(*place) => {
                        self.without_tier.push((*place, institution.clone()));
                    }
                    Err(_) => {}
                }
            }
            self.institutions.extend(&standings);
            for one in &standings {
                let journeys = standings.iter().map(|other| (*one, *other));
                self.journeys.extend(journeys);
            }
        }
        Some(())
    }

    /// Every way to be filed and referred.
    pub(super) fn filings() -> Vec<Filed> {
        let mut filings = Vec::new();
        for class in FilingClass::ALL {
            let times: &[FilingTime] = match class {
                FilingClass::Unfiled => &[FilingTime::Absent],
                FilingClass::LongTerm
                | FilingClass::Referral
                | FilingClass::Emergency
                | FilingClass::Temporary => &[FilingTime::Before, FilingTime::DuringStay],
            };
            for time in times {
                // A filing for a referral counts as referred.
                if *class != FilingClass::Referral {
                    filings.push((*class, *time, false));
                }
                filings.push((*class, *time, true));
            }
        }
        filings
    }

    /// The benefit years of the policy; an open one is followed as far as its figures go.
    pub(super) fn years(&self) -> Vec<u16> {
        let effective = self.policy.scope().effective;
        let first = effective.from().year();
        let figures = self.policy.indexes().values().flat_map(BTreeMap::keys);
        let last = match effective.until() {
            Some(until) => until.year(),
            None => figures.copied().max().unwrap_or(first).max(first),
        };
        (first..=last.min(first.saturating_add(YEARS_AT_MOST))).collect()
    }

    /// A day of a benefit year on which the policy holds.
    pub(super) fn day(&self, year: u16) -> Option<ServiceDate> {
        let effective = self.policy.scope().effective;
        let from = effective.from();
        if from.year() == year {
            return Some(from);
        }
        let day: ServiceDate = format!("{year}-01-01").parse().ok()?;
        effective.contains(day).then_some(day)
    }

    /// What a number measures.
    pub(super) fn dimension(&self, fact: NumberFact) -> Dimension {
        let total = |name: Name| {
            let totals = self.policy.totals().iter();
            let mut named = totals.filter(|total| total.name == name);
            named.next().map(|total| total.dimension())
        };
        fact.dimension(total).unwrap_or(Dimension::Money)
    }

    /// The least and the most that a number may be.
    pub(super) fn range(&self, fact: NumberFact) -> (i64, i64) {
        match fact {
            NumberFact::Age => (0, 120),
            NumberFact::YearsPaid | NumberFact::CoveredYears | NumberFact::ClaimFreeYears => {
                (0, 80)
            }
            NumberFact::CoveredDays => (1, 30_000),
            NumberFact::Days | NumberFact::Sessions => (1, i64::from(DAYS_AT_MOST)),
            NumberFact::Ordinal => (1, 366),
            // Tables are asked only when the layer took something.
            NumberFact::Base => (1, MUCH),
            NumberFact::Total(_) => match self.dimension(fact) {
                Dimension::Count => (0, 10_000),
                Dimension::Money => (0, MUCH),
            },
            NumberFact::Bill
            | NumberFact::Part(_, _)
            | NumberFact::Index(_)
            | NumberFact::Balance(_)
            | NumberFact::Given(_) => (0, MUCH),
        }
    }
}

fn default(policy: &Policy) -> Option<Situation> {
    let scope = policy.scope();
    let facts = Facts {
        setting: scope.settings.first().copied()?,
        scheme: scope.scheme,
        category: Name::parse("any_other").ok()?,
        retired: false,
        age: 40,
        years_paid: 0,
        covered_days: 3_650,
        covered_years: 9,
        claim_free_years: 0,
        days: 1,
        sessions: 1,
        ordinal: 1,
        continued: false,
        tier: policy.tiers().first().map(|row| row.tier),
        place: Place::Home,
        networked: true,
        filing: FilingClass::Unfiled,
        filing_time: FilingTime::Absent,
        referred: false,
        identities: BTreeSet::new(),
        diseases: Vec::new(),
        package: None,
        benefit_date: scope.effective.from(),
    };
    Some(Situation {
        facts,
        amounts: BTreeMap::new(),
    })
}

fn every_institution(code: InstitutionCode) -> impl Iterator<Item = Institution> {
    let grades = Grade::ALL.iter().copied();
    grades.flat_map(move |grade| {
        Administration::ALL.iter().flat_map(move |administration| {
            InstitutionType::ALL.iter().flat_map(move |kind| {
                [true, false].into_iter().map(move |networked| Institution {
                    code,
                    kind: *kind,
                    grade,
                    price_grade: grade,
                    administration: *administration,
                    networked,
                })
            })
        })
    })
}

/// The place of the first tier row that an institution meets.
fn row_met(policy: &Policy, institution: &Institution, place: Place) -> Option<usize> {
    fn any<T: PartialEq>(listed: &[T], value: &T) -> bool {
        listed.is_empty() || listed.contains(value)
    }
    policy.tiers().iter().position(|row| {
        any(&row.place, &place)
            && any(&row.grade, &institution.grade)
            && any(&row.administration, &institution.administration)
            && any(&row.kind, &institution.kind)
            && row
                .networked
                .is_none_or(|networked| networked == institution.networked)
    })
}
