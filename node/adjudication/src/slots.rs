//! Where each declared total of a policy is kept for one visit: its stretch of time and its key.
//!
//! The home region answers a snapshot with the stored values of these slots and adds a settlement's
//! changes to them. A total keyed by something the visit does not have (a disease, a package) has no slot:
//! it reads as zero and grows by nothing. A linked transfer is one episode at two institutions: its totals
//! are kept under the institution where it began.

use std::collections::BTreeMap;

use huitong_core::bill::{Institution, Visit, VisitNumber};
use huitong_core::claim::Claim;
use huitong_core::institution::InstitutionCode;
use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::total::{Period, TotalKey};
use huitong_core::totals::{Stretch, TotalSlot};

use crate::facts::Facts;

/// The slot of every declared total that has one for this visit, by name.
#[must_use]
pub fn slots(policy: &Policy, facts: &Facts, claim: &Claim) -> BTreeMap<Name, TotalSlot> {
    policy
        .totals()
        .iter()
        .filter_map(|rule| {
            let key = key(rule.period, rule.key, facts, &claim.institution)?;
            let stretch = stretch(rule.period, facts, &claim.institution, &claim.visit);
            Some((
                rule.name,
                TotalSlot {
                    name: rule.name,
                    stretch,
                    key,
                },
            ))
        })
        .collect()
}

/// The key, or `None` when the visit has nothing to key by. A disease-year is keyed by the disease, and by
/// what else the total names.
fn key(
    period: Period,
    key: TotalKey,
    facts: &Facts,
    institution: &Institution,
) -> Option<Option<String>> {
    let disease = || facts.diseases.first().map(Name::to_string);
    let own = match key {
        TotalKey::Person => None,
        TotalKey::Disease => Some(disease()?),
        TotalKey::Package => Some(facts.package?.to_string()),
        TotalKey::Institution => Some(institution.code.to_string()),
    };
    match (period, key) {
        (Period::DiseaseYear, TotalKey::Person) => disease().map(Some),
        (Period::DiseaseYear, TotalKey::Package | TotalKey::Institution) => {
            let disease = disease()?;
            Some(own.map(|own| format!("{disease}/{own}")))
        }
        (Period::DiseaseYear, TotalKey::Disease)
        | (
            Period::Visit
            | Period::Episode
            | Period::Month
            | Period::Quarter
            | Period::Year
            | Period::Life,
            TotalKey::Person | TotalKey::Disease | TotalKey::Package | TotalKey::Institution,
        ) => Some(own),
    }
}

fn stretch(period: Period, facts: &Facts, institution: &Institution, visit: &Visit) -> Stretch {
    let date = facts.benefit_date;
    let at = |institution: InstitutionCode, number: &VisitNumber| format!("{institution}/{number}");
    match period {
        Period::Visit => Stretch::Visit(at(institution.code, &visit.number)),
        Period::Episode => {
            let began = visit.episode_began_at(institution.code);
            Stretch::Episode(at(began, &visit.episode))
        }
        Period::Month => Stretch::Month(date.year(), date.month()),
        Period::Quarter => Stretch::Quarter(date.year(), quarter(date.month())),
        Period::Year | Period::DiseaseYear => Stretch::Year(date.year()),
        Period::Life => Stretch::Life,
    }
}

/// 1 to 4.
const fn quarter(month: u8) -> u8 {
    month.saturating_add(2) / 3
}
