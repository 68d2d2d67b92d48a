//! What a rule may ask of a visit and a person, resolved once before adjudication.
//!
//! Three resolutions are made here and nowhere else. An arrival as an emergency makes a person without a
//! filing, or with a temporary one, count as filed for an emergency before admission; a better filing
//! (long-term residence, referral) stands. `referred` is up when the patient arrived by referral or holds
//! a filing for one. The tier is the first row of the home policy's map that matches.

use std::collections::BTreeSet;

use huitong_core::bill::{Arrival, Institution, Visit};
use huitong_core::claim::Claim;
use huitong_core::coverage::Coverage;
use huitong_core::date::ServiceDate;
use huitong_core::name::Name;
use huitong_core::policy::{BenefitDate, Policy};
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{
    AssistanceIdentity, FilingClass, FilingTime, Place, Scheme, Setting,
};

use crate::fault::{Fault, Unsuited};

/// Everything a rule may ask of the person and the visit; amounts come with the bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The kind of treatment.
    pub setting: Setting,
    /// The scheme.
    pub scheme: Scheme,
    /// The region's own class of insured people.
    pub category: Name,
    /// Whether retired.
    pub retired: bool,
    /// Whole years on the day of admission.
    pub age: u16,
    /// Years of contribution.
    pub years_paid: u16,
    /// Days of unbroken cover, the day of admission among them.
    pub covered_days: u32,
    /// Whole years of the same unbroken cover.
    pub covered_years: u16,
    /// Years in a row before this one without a claim.
    pub claim_free_years: u16,
    /// Days of the visit.
    pub days: u32,
    /// Sessions of a treatment given in sessions.
    pub sessions: u32,
    /// The person's nth admission of the benefit year.
    pub ordinal: u16,
    /// Whether an earlier bill of the same admission stands.
    pub continued: bool,
    /// The home region's own level of the institution; none when its policy has no levels.
    pub tier: Option<Name>,
    /// Where the institution stands, seen from home.
    pub place: Place,
    /// Whether it is on the direct-settlement network.
    pub networked: bool,
    /// The filing that holds.
    pub filing: FilingClass,
    /// When it was made.
    pub filing_time: FilingTime,
    /// Whether the patient came by the rules of referral.
    pub referred: bool,
    /// Assistance identities.
    pub identities: BTreeSet<AssistanceIdentity>,
    /// Listed diseases, the main one first.
    pub diseases: Vec<Name>,
    /// The disease package.
    pub package: Option<Name>,
    /// The date that picks the benefit year.
    pub benefit_date: ServiceDate,
}

impl Facts {
    /// Whether the bill is the first of an admission.
    #[must_use]
    pub const fn begins_stay(&self) -> bool {
        self.setting.is_stay() && !self.continued
    }
}

/// Resolves the facts of a claim under a policy.
///
/// # Errors
/// [`Fault::NotInScope`] when the policy does not decide the claim, [`Fault::SpansYears`] when it splits
/// benefit years and the bill covers days of two, [`Fault::NoTier`] when its tier map has no row for the
/// institution.
pub fn facts(policy: &Policy, claim: &Claim, coverage: &Coverage) -> Result<Facts, Fault> {
    let visit = &claim.visit;
    let benefit_date = benefit_date(policy, visit);
    in_scope(policy, coverage.scheme, visit.setting, benefit_date)?;
    if splits_years(policy, visit.setting) && visit.spans_years() {
        return Err(Fault::SpansYears {
            from: visit.billed_from,
            until: visit.discharged,
        });
    }
    let place = place(policy.scope().region, claim.treatment);
    let (filing, filing_time) = filing(visit.arrival, coverage);
    Ok(Facts {
        setting: visit.setting,
        scheme: coverage.scheme,
        category: coverage.category,
        retired: coverage.retired,
        age: coverage.age,
        years_paid: coverage.years_paid,
        covered_days: coverage.covered_days,
        covered_years: coverage.covered_years,
        claim_free_years: coverage.claim_free_years,
        days: visit.days(),
        sessions: visit.sessions,
        ordinal: coverage.ordinal,
        continued: coverage.continued,
        tier: tier(policy, &claim.institution, place)?,
        place,
        networked: claim.institution.networked,
        filing,
        filing_time,
        referred: visit.arrival == Arrival::Referred || filing == FilingClass::Referral,
        identities: coverage.identities.clone(),
        diseases: visit.diseases.clone(),
        package: visit.package,
        benefit_date,
    })
}

/// The benefit date of a visit: its day for an outpatient, else as the policy says.
#[must_use]
pub fn benefit_date(policy: &Policy, visit: &Visit) -> ServiceDate {
    match (visit.setting, policy.benefit_date()) {
        (Setting::Inpatient | Setting::Maternity, BenefitDate::Discharge | BenefitDate::Split) => {
            visit.discharged
        }
        (Setting::Inpatient | Setting::Maternity, BenefitDate::Admission)
        | (Setting::Outpatient | Setting::Chronic | Setting::Pharmacy, _) => visit.admitted,
    }
}

/// Whether each bill of a visit of this kind must lie within one benefit year.
#[must_use]
pub fn splits_years(policy: &Policy, setting: Setting) -> bool {
    setting.is_stay() && policy.benefit_date() == BenefitDate::Split
}

/// Where a treatment region lies, seen from home.
#[must_use]
pub fn place(home: RegionCode, treatment: RegionCode) -> Place {
    if home == treatment {
        Place::Home
    } else if home.province() == treatment.province() {
        Place::Province
    } else {
        Place::OtherProvince
    }
}

/// The home region's own level of an institution; `None` when the policy has no levels at all.
///
/// # Errors
/// [`Fault::NoTier`] when there are levels and no row matches.
pub fn tier(
    policy: &Policy,
    institution: &Institution,
    place: Place,
) -> Result<Option<Name>, Fault> {
    if policy.tiers().is_empty() {
        return Ok(None);
    }
    let row = policy.tiers().iter().find(|row| {
        any(&row.place, &place)
            && any(&row.grade, &institution.grade)
            && any(&row.administration, &institution.administration)
            && any(&row.kind, &institution.kind)
            && row
                .networked
                .is_none_or(|networked| networked == institution.networked)
    });
    row.map(|row| Some(row.tier)).ok_or(Fault::NoTier {
        place,
        grade: institution.grade,
        administration: institution.administration,
        kind: institution.kind,
        networked: institution.networked,
    })
}

/// An empty list matches everything.
fn any<T: PartialEq>(listed: &[T], value: &T) -> bool {
    listed.is_empty() || listed.contains(value)
}

fn filing(arrival: Arrival, coverage: &Coverage) -> (FilingClass, FilingTime) {
    match (arrival, coverage.filing) {
        (Arrival::Emergency, FilingClass::Unfiled | FilingClass::Temporary) => {
            (FilingClass::Emergency, FilingTime::Before)
        }
        (
            Arrival::Emergency,
            FilingClass::LongTerm | FilingClass::Referral | FilingClass::Emergency,
        )
        | (Arrival::Direct | Arrival::Referred, _) => (coverage.filing, coverage.filing_time),
    }
}

fn in_scope(
    policy: &Policy,
    scheme: Scheme,
    setting: Setting,
    date: ServiceDate,
) -> Result<(), Fault> {
    let scope = policy.scope();
    if scope.scheme != scheme {
        Err(Fault::NotInScope(Unsuited::Scheme))
    } else if !scope.settings.contains(&setting) {
        Err(Fault::NotInScope(Unsuited::Setting))
    } else if !scope.effective.contains(date) {
        Err(Fault::NotInScope(Unsuited::Date))
    } else {
        Ok(())
    }
}
