//! What is known of the person and the visit, as a dictionary of words, flags and counts.
//!
//! The engine has a field for each fact; here a fact is looked up by its own name, so that reading the
//! wrong one is hard.

use std::collections::{BTreeMap, BTreeSet};

use huitong_adjudication::Fault;
use huitong_core::bill::{Arrival, Visit};
use huitong_core::claim::Claim;
use huitong_core::coverage::Coverage;
use huitong_core::date::ServiceDate;
use huitong_core::name::Name;
use huitong_core::policy::fact::{FlagFact, NumberFact, WordFact};
use huitong_core::policy::total::{Period, TotalKey, TotalRule};
use huitong_core::policy::{BenefitDate, Policy};
use huitong_core::totals::{Stretch, TotalSlot};
use huitong_core::vocabulary::{FilingClass, FilingTime, Place, Setting};

pub struct Person {
    pub words: BTreeMap<WordFact, Vec<String>>,
    pub flags: BTreeSet<FlagFact>,
    pub counts: BTreeMap<NumberFact, i64>,
    pub benefit_date: ServiceDate,
}

/// Care with a bed: it may be billed in parts.
pub fn in_bed(setting: Setting) -> bool {
    [Setting::Inpatient, Setting::Maternity].contains(&setting)
}

/// The facts of a claim, or why it is refused: a bill of two years under a policy that splits them, an
/// institution that no row of the tier map fits.
pub fn person(policy: &Policy, claim: &Claim, coverage: &Coverage) -> Result<Person, Fault> {
    let visit = &claim.visit;
    let place = match (claim.treatment, policy.scope().region) {
        (there, home) if there == home => Place::Home,
        (there, home) if there.province() == home.province() => Place::Province,
        _ => Place::OtherProvince,
    };
    // An emergency counts as filed in time for whoever has no better filing.
    let weak = [FilingClass::Unfiled, FilingClass::Temporary].contains(&coverage.filing);
    let (filing, time) = if visit.arrival == Arrival::Emergency && weak {
        (FilingClass::Emergency, FilingTime::Before)
    } else {
        (coverage.filing, coverage.filing_time)
    };
    let in_bed = in_bed(visit.setting);
    let (from, until) = (visit.billed_from, visit.discharged);
    if in_bed && policy.benefit_date() == BenefitDate::Split && from.year() != until.year() {
        return Err(Fault::SpansYears { from, until });
    }
    let tier = tier(policy, claim, place)?;
    let words = BTreeMap::from([
        (WordFact::Setting, vec![visit.setting.to_string()]),
        (WordFact::Scheme, vec![coverage.scheme.to_string()]),
        (WordFact::Category, vec![coverage.category.to_string()]),
        (WordFact::Tier, tier.into_iter().collect()),
        (WordFact::Place, vec![place.to_string()]),
        (WordFact::Filing, vec![filing.to_string()]),
        (WordFact::FilingTime, vec![time.to_string()]),
        (
            WordFact::Identity,
            coverage
                .identities
                .iter()
                .map(ToString::to_string)
                .collect(),
        ),
        (
            WordFact::Disease,
            visit.diseases.iter().map(Name::to_string).collect(),
        ),
        (
            WordFact::Package,
            visit.package.iter().map(Name::to_string).collect(),
        ),
    ]);
    let flags = [
        (FlagFact::Retired, coverage.retired),
        (FlagFact::Continued, coverage.continued),
        (FlagFact::Networked, claim.institution.networked),
        (
            FlagFact::Referred,
            visit.arrival == Arrival::Referred || filing == FilingClass::Referral,
        ),
    ];
    let by_discharge = in_bed && policy.benefit_date() != BenefitDate::Admission;
    Ok(Person {
        words,
        flags: flags
            .into_iter()
            .filter_map(|(flag, up)| up.then_some(flag))
            .collect(),
        counts: counts(visit, coverage),
        benefit_date: if by_discharge {
            visit.discharged
        } else {
            visit.admitted
        },
    })
}

fn counts(visit: &Visit, coverage: &Coverage) -> BTreeMap<NumberFact, i64> {
    let days = visit.admitted.days_until(visit.discharged) + 1;
    BTreeMap::from([
        (NumberFact::Age, coverage.age.into()),
        (NumberFact::YearsPaid, coverage.years_paid.into()),
        (NumberFact::CoveredDays, coverage.covered_days.into()),
        (NumberFact::CoveredYears, coverage.covered_years.into()),
        (NumberFact::ClaimFreeYears, coverage.claim_free_years.into()),
        (NumberFact::Days, days),
        (NumberFact::Sessions, visit.sessions.into()),
        (NumberFact::Ordinal, coverage.ordinal.into()),
    ])
}

/// The first row that fits, an empty list fitting all; a policy without rows has no tiers at all.
fn tier(policy: &Policy, claim: &Claim, place: Place) -> Result<Option<String>, Fault> {
    if policy.tiers().is_empty() {
        return Ok(None);
    }
    let there = &claim.institution;
    for row in policy.tiers() {
        let fits = [
            row.place.is_empty() || row.place.contains(&place),
            row.grade.is_empty() || row.grade.contains(&there.grade),
            row.administration.is_empty() || row.administration.contains(&there.administration),
            row.kind.is_empty() || row.kind.contains(&there.kind),
            row.networked.is_none() || row.networked == Some(there.networked),
        ];
        if fits.into_iter().all(|fits| fits) {
            return Ok(Some(row.tier.to_string()));
        }
    }
    Err(Fault::NoTier {
        place,
        grade: there.grade,
        administration: there.administration,
        kind: there.kind,
        networked: there.networked,
    })
}

/// Where a total is kept for this visit; `None` when the visit has nothing to key it by.
pub fn slot(rule: &TotalRule, person: &Person, claim: &Claim) -> Option<TotalSlot> {
    let (date, code) = (person.benefit_date, claim.institution.code.to_string());
    let stretch = match rule.period {
        Period::Visit => Stretch::Visit(format!("{code}/{}", claim.visit.number)),
        Period::Episode => {
            let began = claim.visit.episode_at.map(|began| began.to_string());
            let began = began.unwrap_or(code.clone());
            Stretch::Episode(format!("{began}/{}", claim.visit.episode))
        }
        Period::Month => Stretch::Month(date.year(), date.month()),
        Period::Quarter => Stretch::Quarter(date.year(), (date.month() - 1) / 3 + 1),
        Period::Year | Period::DiseaseYear => Stretch::Year(date.year()),
        Period::Life => Stretch::Life,
    };
    let mut key = Vec::new();
    if rule.period == Period::DiseaseYear || rule.key == TotalKey::Disease {
        key.push(claim.visit.diseases.first()?.to_string());
    }
    match rule.key {
        TotalKey::Person | TotalKey::Disease => {}
        TotalKey::Package => key.push(claim.visit.package?.to_string()),
        TotalKey::Institution => key.push(code),
    }
    Some(TotalSlot {
        name: rule.name,
        stretch,
        key: if key.is_empty() {
            None
        } else {
            Some(key.join("/"))
        },
    })
}
